//! Where names lead, asked by DNS over HTTPS right before a server is
//! (<https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json>).
//!
//! The platform resolves the name once more when it connects, and offers no way to connect to an address that was looked
//! at: a name whose owner changes it between the two is not caught here. On Cloudflare's network that gains them nothing, for
//! its Workers reach no network but the public one; elsewhere it is workerd's own rule that has to hold (`network.allow`,
//! which is `public` unless it is changed).

use super::{Answer, Question, Unanswered};
use crate::environment::test_server;
use crate::platform::now;
use core::net::IpAddr;
use shared::json::{self, Json, Read};
use shared::rules::public::is_public;
use std::cell::RefCell;
use std::collections::BTreeMap;
use worker::Env;

/// Who is asked.
const RESOLVER: &str = "https://cloudflare-dns.com";
/// The types of records that hold addresses (RFC 1035, RFC 3596).
const ADDRESSES: [u16; 2] = [1, 28];
/// How long an answer is waited for, in seconds.
const PATIENCE: f64 = 3.0;
/// The most bytes of an answer.
const MOST: u32 = 16_384;
/// How long it is known that a name is public, in milliseconds.
const KNOWN_FOR: i64 = 30_000;
/// The most names that are known.
const MOST_KNOWN: usize = 500;

thread_local! {
    /// Names that lead to public addresses alone, and until when that is known.
    static PUBLIC: RefCell<BTreeMap<String, i64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether a name leads somewhere, and to public addresses alone.
pub async fn check(env: &Env, host: &str) -> Result<(), Unanswered> {
    let at = now().millis();
    if PUBLIC.with_borrow(|known| known.get(host).is_some_and(|until| *until > at)) {
        return Ok(());
    }
    let mut addresses = Vec::new();
    for kind in ADDRESSES {
        addresses.extend(resolve(env, host, kind).await.ok_or(Unanswered::NotResolved)?);
    }
    judge(&addresses)?;
    PUBLIC.with_borrow_mut(|known| {
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(host.into(), at + KNOWN_FOR);
    });
    Ok(())
}

fn judge(addresses: &[IpAddr]) -> Result<(), Unanswered> {
    match addresses {
        [] => Err(Unanswered::NotResolved),
        all if all.iter().all(|address| is_public(*address)) => Ok(()),
        _ => Err(Unanswered::Private),
    }
}

async fn resolve(env: &Env, host: &str, kind: u16) -> Option<Vec<IpAddr>> {
    let resolver = test_server(env).unwrap_or_else(|| RESOLVER.into());
    let url = format!("{resolver}/dns-query?name={host}&type={kind}");
    let headers = [("accept".into(), "application/dns-json".into())];
    let question = Question { method: "GET", headers: &headers, body: None, patience: PATIENCE, most: MOST };
    match question.put(&url).await {
        Ok(Answer { status: 200, body: Some(body) }) => addresses(&body, kind),
        _ => None,
    }
}

/// The addresses that a resolver answers; none where it failed.
fn addresses(answer: &str, kind: u16) -> Option<Vec<IpAddr>> {
    #[derive(Read)]
    struct Answered {
        #[serde(rename = "Status")]
        status: u16,
        #[serde(rename = "Answer", default)]
        answer: Vec<Json>,
    }
    let Answered { status, answer } = json::read(answer).ok()?;
    // 0 is an answer, and 3 that nobody has the name (RFC 1035, section 4.1.1).
    if !matches!(status, 0 | 3) {
        return None;
    }
    let of_kind = answer.iter().filter(|record| record.field::<u16>("type").is_ok_and(|it| it == kind));
    of_kind.map(|record| record.field::<String>("data").ok()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_out_of_an_answer_past_other_names() {
        let answer = r#"{"Status":0,"TC":false,"Question":[{"name":"a.example","type":1}],"Answer":[
            {"name":"a.example","type":5,"TTL":60,"data":"b.example."},
            {"name":"b.example","type":1,"TTL":60,"data":"1.2.3.4"},{"name":"b.example","type":1,"TTL":60,"data":"10.0.0.1"}]}"#;
        let found = addresses(answer, 1).unwrap();
        assert_eq!(found, ["1.2.3.4".parse::<IpAddr>().unwrap(), "10.0.0.1".parse().unwrap()]);
        assert_eq!(judge(&found), Err(Unanswered::Private));
        assert_eq!(judge(&found[..1]), Ok(()));
        assert_eq!(addresses(answer, 28), Some(Vec::new()));
    }

    #[test]
    fn a_name_that_nobody_has_is_not_public_and_a_resolver_that_failed_says_nothing() {
        assert_eq!(addresses(r#"{"Status":3}"#, 1), Some(Vec::new()));
        assert_eq!(judge(&[]), Err(Unanswered::NotResolved));
        for failed in [r#"{"Status":2}"#, "", "{}", r#"{"Status":0,"Answer":[{"type":1,"data":"x"}]}"#] {
            assert_eq!(addresses(failed, 1), None, "{failed}");
        }
    }
}
