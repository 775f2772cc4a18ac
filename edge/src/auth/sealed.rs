//! Secrets that must serve as keys again, sealed for keeping: AES-256-GCM under a key derived from the Worker secret. What
//! a secret belongs to is sealed with it, so that one that is copied to another row opens there no more.

use super::secret::{NoSecret, SECRET_KEY, derived};
use crate::platform::random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use js_sys::futures::JsFuture;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

/// What comes before a sealed secret: the way it was sealed.
const VERSION: &str = "v1.";
/// How long a nonce is, in bytes (NIST SP 800-38D, section 8.2).
const NONCE: usize = 12;

#[wasm_bindgen(inline_js = "
    export async function aesGcm(does, key, iv, additionalData, bytes) {
        const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, [does])
        return new Uint8Array(await crypto.subtle[does]({ name: 'AES-GCM', iv, additionalData }, aes, bytes))
    }
")]
extern "C" {
    #[wasm_bindgen(js_name = aesGcm)]
    fn aes_gcm(
        does: &str,
        key: &Uint8Array,
        nonce: &Uint8Array,
        of: &Uint8Array,
        bytes: &Uint8Array,
    ) -> Promise;
}

/// Why a secret could not be sealed or opened.
#[derive(Debug)]
pub enum NotSealed {
    /// The deployment has no secret to seal under.
    NoSecret,
    /// It was sealed for something else, under another secret, or was changed.
    Broken,
    /// The platform gave no random bytes.
    Platform(worker::Error),
}

/// Seals a secret that belongs to `of`.
pub async fn seal(env: &Env, of: &str, secret: &str) -> Result<String, NotSealed> {
    let nonce = random::<NONCE>().map_err(NotSealed::Platform)?;
    let sealed = perform("encrypt", env, of, &nonce, secret.as_bytes()).await?;
    Ok(format!("{VERSION}{}", BASE64.encode([nonce.as_slice(), &sealed].concat())))
}

/// Opens a secret that belongs to `of`.
pub async fn open(env: &Env, of: &str, sealed: &str) -> Result<String, NotSealed> {
    let encoded = sealed.strip_prefix(VERSION).ok_or(NotSealed::Broken)?;
    let bytes = BASE64.decode(encoded).map_err(|_| NotSealed::Broken)?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(NotSealed::Broken)?;
    let opened = perform("decrypt", env, of, nonce, sealed).await?;
    String::from_utf8(opened).map_err(|_| NotSealed::Broken)
}

async fn perform(does: &str, env: &Env, of: &str, nonce: &[u8], bytes: &[u8]) -> Result<Vec<u8>, NotSealed> {
    let secret = env.secret(SECRET_KEY).map_err(|_| NotSealed::NoSecret)?.to_string();
    let key = derived(&secret, b"sealed secrets").map_err(|NoSecret| NotSealed::NoSecret)?;
    // Copies, all of them: wasm's own memory may move before the platform looks at it.
    let copy = |bytes: &[u8]| Uint8Array::from(bytes);
    let done = aes_gcm(does, &copy(&key), &copy(nonce), &copy(of.as_bytes()), &copy(bytes));
    let done: JsValue = JsFuture::from(done).await.map_err(|_| NotSealed::Broken)?;
    Ok(Uint8Array::new(&done).to_vec())
}
