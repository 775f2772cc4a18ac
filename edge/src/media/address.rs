//! Where a file can be fetched: an address with a signature that ends, made when a message is read. Nothing that is
//! stored has one.

use crate::auth::secret::Signer;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::Mac;
use shared::time::Timestamp;

/// What stands before an attachment's address in a message's JSON. Within the texts of people quotes are escaped, so it
/// can stand nowhere else.
pub const MARK: &str = "\"attachment\":{\"url\":\"";

/// For how long addresses are the same, in seconds, so that browsers can keep what they have fetched. They end after one
/// to two of these.
const SAME_FOR: i64 = 30 * 60;

/// Puts addresses in the place of the keys of all attachments in some JSON.
pub fn sign_all(json: &str, origin: &str, signer: &Signer, now: Timestamp) -> String {
    let mut signed = String::with_capacity(json.len() + 256);
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(MARK) {
        let (key, behind) = after.split_once('"').unwrap_or((after, ""));
        signed.push_str(before);
        signed.push_str(MARK);
        signed.push_str(&sign(key, origin, signer, now));
        signed.push('"');
        rest = behind;
    }
    signed.push_str(rest);
    signed
}

/// The address of an object.
pub fn sign(key: &str, origin: &str, signer: &Signer, now: Timestamp) -> String {
    let until = (now.seconds().div_euclid(SAME_FOR) + 2).saturating_mul(SAME_FOR);
    let signature = BASE64.encode(fed(signer, key, until).finalize().into_bytes());
    format!("{origin}/media/{key}?until={until}&signature={signature}")
}

/// The seconds for which an address still holds; none where it does not, or never did.
pub fn verify(key: &str, until: &str, signature: &str, signer: &Signer, now: Timestamp) -> Option<i64> {
    let until: i64 = until.parse().ok()?;
    let signature = BASE64.decode(signature).ok()?;
    fed(signer, key, until).verify_slice(&signature).ok()?;
    Some(until.saturating_sub(now.seconds())).filter(|left| *left > 0)
}

fn fed(signer: &Signer, key: &str, until: i64) -> Signer {
    signer.clone().chain_update(key.as_bytes()).chain_update(b"?").chain_update(until.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret::derive;

    fn signer() -> Signer {
        derive(&"s".repeat(64), b"media").unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn parts(address: &str) -> (String, String, String) {
        let (key, query) = address.strip_prefix("https://a.example/media/").unwrap().split_once('?').unwrap();
        let (until, signature) = query.split_once('&').unwrap();
        let value = |text: &str| text.split_once('=').unwrap().1.to_owned();
        (key.into(), value(until), value(signature))
    }

    #[test]
    fn an_address_holds_for_half_an_hour_to_an_hour_and_stays_the_same_meanwhile() {
        let address = sign("abc", "https://a.example", &signer(), at(1_800_000_001));
        assert_eq!(address, sign("abc", "https://a.example", &signer(), at(1_800_001_799)));
        let (key, until, signature) = parts(&address);
        let holds = |seconds| verify(&key, &until, &signature, &signer(), at(seconds));
        assert_eq!(holds(1_800_000_001), Some(3599));
        assert_eq!(holds(1_800_003_599), Some(1));
        assert_eq!(holds(1_800_003_600), None);
    }

    #[test]
    fn no_other_address_holds() {
        let (key, until, signature) = parts(&sign("abc", "https://a.example", &signer(), at(0)));
        let holds = |key: &str, until: &str, signature: &str| {
            verify(key, until, signature, &signer(), at(0)).is_some()
        };
        assert!(holds(&key, &until, &signature));
        assert!(!holds("abd", &until, &signature));
        assert!(!holds(&key, "9999", &signature));
        assert!(!holds("abc?", "3600", &signature));
        for wrong in ["", "AAAA", &signature[1..], &format!("{signature}A"), &signature.to_lowercase()] {
            assert!(!holds(&key, &until, wrong), "{wrong}");
        }
        let other = derive(&"s".repeat(64), b"another purpose").unwrap();
        assert_eq!(verify(&key, &until, &signature, &other, at(0)), None);
    }

    #[test]
    fn every_attachment_of_a_page_gets_its_address_and_nothing_else_does() {
        let json = r#"[{"payload":{"text":"\"attachment\":{\"url\":\"x\"","attachment":{"url":"abc","id":"1"}}},{"attachment":{"url":"def"}}]"#;
        let signed = sign_all(json, "https://a.example", &signer(), at(0));
        let url = |key| sign(key, "https://a.example", &signer(), at(0));
        let expected = json.replace("\"abc\"", &format!("\"{}\"", url("abc")));
        assert_eq!(signed, expected.replace("\"def\"", &format!("\"{}\"", url("def"))));
        assert_eq!(sign_all("[]", "https://a.example", &signer(), at(0)), "[]");
    }
}
