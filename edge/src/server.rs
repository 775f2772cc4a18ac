//! Asking other people's servers: `https` to a host by its name, without following where it sends us, for a while and so
//! much of an answer at most. What a name leads to is looked at before ([`names`]).

pub mod names;
pub mod step;

use crate::auth::secret::{Signer, hex};
use crate::environment::test_server;
use hmac::{KeyInit, Mac};
use js_sys::Array;
use js_sys::futures::JsFuture;
use shared::url::{CallbackUrl, InvalidCallbackUrl};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

#[wasm_bindgen(inline_js = "
    export async function ask(method, url, headers, body, most, patience) {
        try {
            const given = JSON.parse(headers)
            const sent = new Headers(body === undefined ? {} : { 'content-type': 'application/json' })
            for (const [name, value] of given) sent.set(name, value)
            sent.set('user-agent', 'Porchlight')
            const answer = await fetch(url, { method, headers: sent, body: method === 'GET' ? undefined : body, redirect: 'manual', signal: AbortSignal.timeout(patience) })
            const parts = []
            let size = 0
            try {
                for await (const part of answer.body ?? []) {
                    size += part.byteLength
                    if (size > most) return [answer.status]
                    parts.push(part)
                }
            } catch {
                return [answer.status]
            }
            return [answer.status, await new Blob(parts).text()]
        } catch (error) {
            return [error?.name === 'TimeoutError' ? 1 : 0]
        }
    }
")]
extern "C" {
    fn ask(
        method: &str,
        url: &str,
        headers: &str,
        body: Option<&str>,
        most: f64,
        patience: f64,
    ) -> js_sys::Promise;
}

/// An address that may be asked, as far as its form tells.
#[derive(Debug)]
pub enum Destination {
    /// Somebody's server.
    Public(CallbackUrl),
    /// The server of the tests, which all hosts under `.test` stand for where a deployment is tried out.
    Test(String),
}

impl Destination {
    /// Reads an address.
    pub fn parse(env: &Env, url: &str) -> Result<Self, InvalidCallbackUrl> {
        match of_tests(env, url) {
            Some(url) => Ok(Self::Test(url)),
            None => CallbackUrl::parse(url).map(Self::Public),
        }
    }
}

fn of_tests(env: &Env, url: &str) -> Option<String> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    host.strip_suffix(".test").map(|_| ())?;
    Some(format!("{}/{path}", test_server(env)?))
}

/// What a server is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The method.
    pub method: &'a str,
    /// Headers with their values. A body is JSON unless they say otherwise.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: Option<&'a str>,
    /// How long an answer is waited for, in seconds.
    pub patience: f64,
    /// How many bytes of it are taken.
    pub most: u32,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status. Where a redirection leads is not looked at.
    pub status: u16,
    /// The body; none where it is longer than what is taken, breaks off or does not end in time.
    pub body: Option<String>,
}

/// Why a server did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// Where its name leads could not be found out, or nobody has it: it was not asked.
    NotResolved,
    /// Its name leads into somebody's own network: it was not asked.
    Private,
    /// It did not answer in time.
    TooSlow,
    /// It could not be reached, or broke off.
    Unreachable,
}

impl core::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NotResolved => "the name of the server could not be resolved",
            Self::Private => "the name of the server leads to an address that is not public",
            Self::TooSlow => "the server did not answer in time",
            Self::Unreachable => "the server could not be reached",
        })
    }
}

impl Question<'_> {
    /// Asks a server.
    pub async fn ask(&self, env: &Env, destination: &Destination) -> Result<Answer, Unanswered> {
        let url = match destination {
            Destination::Public(url) => {
                names::check(env, url.host()).await?;
                url.as_str()
            }
            Destination::Test(url) => url,
        };
        self.put(url).await
    }

    async fn put(&self, url: &str) -> Result<Answer, Unanswered> {
        let headers = serde_json::to_string(self.headers).map_err(|_| Unanswered::Unreachable)?;
        let patience = self.patience * 1_000.0;
        let asked = ask(self.method, url, &headers, self.body, self.most.into(), patience);
        let answer: JsValue = JsFuture::from(asked).await.map_err(|_| Unanswered::Unreachable)?;
        let answer = Array::from(&answer);
        match answer.get(0).as_f64() {
            Some(status) if status >= 200.0 => {
                Ok(Answer { status: status as u16, body: answer.get(1).as_string() })
            }
            Some(1.0) => Err(Unanswered::TooSlow),
            _ => Err(Unanswered::Unreachable),
        }
    }
}

/// The header with the signature of a body.
pub const SIGNATURE: &str = "x-porchlight-signature";

/// What proves that a body was sent by us, and when, in seconds since 1970: `t=…,v1=…`, where `v1` is the hex HMAC-SHA256 of
/// `{t}.{body}` under the secret.
pub fn signature(secret: &str, at: i64, body: &str) -> Option<String> {
    let signer = Signer::new_from_slice(secret.as_bytes()).ok()?;
    let signed = signer.chain_update(format!("{at}.{body}")).finalize().into_bytes();
    Some(format!("t={at},v1={}", hex(&signed)))
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_over_time_and_body() {
        // By `printf '1.{}' | openssl dgst -sha256 -hmac key`.
        let expected = "t=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
        assert_eq!(signature("key", 1, "{}").as_deref(), Some(expected));
    }
}
