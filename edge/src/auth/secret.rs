//! The deployment's secret, and the keys derived from it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::thread::LocalKey;
use worker::Env;

/// The Worker secret that holds it: 64 hex digits.
pub const SECRET_KEY: &str = "SECRET_KEY";

/// A keyed HMAC-SHA256, ready to be cloned and fed.
pub type Signer = Hmac<Sha256>;

thread_local! {
    /// Hashing the key costs as much as signing a token, so an isolate does it once.
    static VISITOR_TOKENS: Signing = const { RefCell::new(None) };
    static LIVECHAT_TOKENS: Signing = const { RefCell::new(None) };
    static MEDIA_ADDRESSES: Signing = const { RefCell::new(None) };
}

type Signing = RefCell<Option<Signer>>;

/// The deployment lacks its secret, or it is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecret;

/// The signer of visitors' tokens.
pub fn visitor_tokens(env: &Env) -> Result<Signer, NoSecret> {
    kept(&VISITOR_TOKENS, env, b"visitor tokens")
}

/// What the tokens are hashed with that livechat clients choose.
pub fn livechat_tokens(env: &Env) -> Result<Signer, NoSecret> {
    kept(&LIVECHAT_TOKENS, env, b"livechat tokens")
}

/// The signer of the addresses of files.
pub fn media_addresses(env: &Env) -> Result<Signer, NoSecret> {
    kept(&MEDIA_ADDRESSES, env, b"media addresses")
}

fn kept(place: &'static LocalKey<Signing>, env: &Env, purpose: &[u8]) -> Result<Signer, NoSecret> {
    if let Some(signer) = place.with_borrow(Clone::clone) {
        return Ok(signer);
    }
    let secret = env.secret(SECRET_KEY).map_err(|_| NoSecret)?.to_string();
    let signer = derive(&secret, purpose)?;
    place.set(Some(signer.clone()));
    Ok(signer)
}

/// A signer of its own for each purpose, so that what was signed for one proves nothing for another.
pub(crate) fn derive(secret: &str, purpose: &[u8]) -> Result<Signer, NoSecret> {
    Signer::new_from_slice(&derived(secret, purpose)?).map_err(|_| NoSecret)
}

/// The key for a purpose.
pub(super) fn derived(secret: &str, purpose: &[u8]) -> Result<[u8; 32], NoSecret> {
    if secret.len() < 32 {
        return Err(NoSecret);
    }
    let mut root = Signer::new_from_slice(secret.as_bytes()).map_err(|_| NoSecret)?;
    root.update(purpose);
    Ok(root.finalize().into_bytes().into())
}

/// The signer of a purpose that is not met on every request.
pub fn signer(env: &Env, purpose: &[u8]) -> Result<Signer, NoSecret> {
    derive(&env.secret(SECRET_KEY).map_err(|_| NoSecret)?.to_string(), purpose)
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| digits.get(usize::from(nibble)).copied().map(char::from)).collect()
}

/// Whether `hash`, in hex of either case, is the HMAC-SHA256 of a text under a key; told in a time that tells nothing of
/// the one it should be.
pub fn signed(key: &[u8], text: &[u8], hash: &str) -> bool {
    let Ok(signer) = Signer::new_from_slice(key) else { return false };
    let digits = hash.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let Some(nibbles) = digits.collect::<Option<Vec<u8>>>() else { return false };
    let pairs = nibbles.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble));
    nibbles.len() == 64 && signer.chain_update(text).verify_slice(&pairs.collect::<Vec<_>>()).is_ok()
}

/// Whether two texts are the same, in a time that tells nothing about where they differ.
pub fn same(left: &str, right: &str) -> bool {
    let differences = left.bytes().zip(right.bytes()).fold(0, |all, (l, r)| all | (l ^ r));
    left.len() == right.len() && core::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_have_keys_of_their_own() {
        let secret = "0".repeat(64);
        let sign = |purpose| derive(&secret, purpose).unwrap().chain_update(b"x").finalize().into_bytes();
        assert_ne!(sign(b"a"), sign(b"b"));
        assert_eq!(derive("short", b"a").err(), Some(NoSecret));
    }

    #[test]
    fn a_signature_is_64_hex_digits_of_the_right_key_over_the_right_text() {
        // RFC 4231, test case 2.
        let hash = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let text = b"what do ya want for nothing?";
        assert!(signed(b"Jefe", text, hash) && signed(b"Jefe", text, &hash.to_uppercase()));
        for wrong in [
            "",
            "0",
            &hash[..62],
            &hash[..63],
            &format!("{hash}00"),
            &format!(" {}", &hash[1..]),
            &"0".repeat(64),
        ] {
            assert!(!signed(b"Jefe", text, wrong), "{wrong}");
        }
        assert!(!signed(b"jefe", text, hash) && !signed(b"Jefe", b"what do ya want for nothing", hash));
        assert!(!signed(b"Jefe", text, &hash.replace('5', "５")));
    }

    #[test]
    fn hashes_and_comparisons() {
        assert_eq!(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "abcd") && !same("", "a"));
    }
}
