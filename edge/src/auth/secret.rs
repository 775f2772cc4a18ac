//! The deployment's secret, and the keys derived from it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use worker::Env;

/// The Worker secret that holds it: 64 hex digits.
pub const SECRET_KEY: &str = "SECRET_KEY";

/// A keyed HMAC-SHA256, ready to be cloned and fed.
pub type Signer = Hmac<Sha256>;

thread_local! {
    /// Hashing the key costs as much as signing a token, so an isolate does it once.
    static VISITOR_TOKENS: RefCell<Option<Signer>> = const { RefCell::new(None) };
}

/// The deployment lacks its secret, or it is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecret;

/// The signer of visitors' tokens.
pub fn visitor_tokens(env: &Env) -> Result<Signer, NoSecret> {
    if let Some(signer) = VISITOR_TOKENS.with_borrow(Clone::clone) {
        return Ok(signer);
    }
    let secret = env.secret(SECRET_KEY).map_err(|_| NoSecret)?.to_string();
    let signer = derive(&secret, b"visitor tokens")?;
    VISITOR_TOKENS.set(Some(signer.clone()));
    Ok(signer)
}

/// A signer of its own for each purpose, so that what was signed for one proves nothing for another.
pub(super) fn derive(secret: &str, purpose: &[u8]) -> Result<Signer, NoSecret> {
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
    let digits = b"0123456789abcdef";
    let hash = Sha256::digest(text.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| digits.get(usize::from(nibble)).copied().map(char::from)).collect()
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
    fn hashes_and_comparisons() {
        assert_eq!(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "abcd") && !same("", "a"));
    }
}
