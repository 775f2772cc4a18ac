//! Asking other people's servers, as a flow's `http` step does: `https` to a host by its name, without following where it
//! sends us, for ten seconds and 64 KiB at most. Secrets that a flow names are filled in here and nowhere else.
//!
//! Names that lead into a private network are the platform's to refuse; addresses, and names that are private by their
//! ending, are refused here.

use crate::auth::secret::{Signer, hex};
use crate::platform::now;
use crate::store::secrets;
use flow::run::Fetch;
use flow::template::Filled;
use hmac::{KeyInit, Mac};
use js_sys::Array;
use js_sys::futures::JsFuture;
use shared::id::OrganizationId;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Env, console_error};

/// The most bytes of an answer.
const MOST: f64 = 65_536.0;
/// Endings of names that are no one's in public (RFC 6761, RFC 8375, RFC 9476).
const PRIVATE: [&str; 8] = ["localhost", "local", "internal", "home.arpa", "invalid", "test", "onion", "alt"];
/// Stands in flows for the server of their tests, which a deployment that is tried out names in `FLOW_TEST_SERVER`.
const TEST_HOST: &str = "https://flow-server.test/";

#[wasm_bindgen(inline_js = "
    export async function ask(method, url, headers, body, most, patience) {
        try {
            const given = JSON.parse(headers)
            const sent = new Headers(body === undefined ? {} : { 'content-type': 'application/json' })
            for (const [name, value] of given) sent.set(name, value)
            sent.set('user-agent', 'Porchlight')
            const answer = await fetch(url, { method, headers: sent, body: method === 'GET' ? undefined : body, redirect: 'manual', signal: AbortSignal.timeout(patience) })
            if (answer.status >= 300 && answer.status < 400) return undefined
            const parts = []
            let size = 0
            for await (const part of answer.body ?? []) {
                size += part.byteLength
                if (size > most) return undefined
                parts.push(part)
            }
            return [answer.status, await new Blob(parts).text()]
        } catch {
            return undefined
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

/// What a server answers: its status and body; none where it does not, must not be asked, or a secret is not there.
pub async fn ask_server(env: &Env, organization: OrganizationId, fetch: &Fetch) -> Option<(u16, String)> {
    let texts = [&fetch.url].into_iter().chain(&fetch.body).chain(fetch.headers.iter().map(|it| &it.value));
    let names: Vec<&str> = texts.flat_map(Filled::secrets).chain(fetch.sign.as_deref()).collect();
    let secrets = match names.is_empty() {
        true => Vec::new(),
        false => secrets::opened(env, organization, &names).await.ok()?,
    };
    let known = |name: &str| secrets.iter().find(|secret| secret.0 == name).map(|secret| secret.1.clone());
    if let Some(missing) = names.iter().find(|name| known(name).is_none()) {
        console_error!("a flow names the secret {missing}, which is not there: its server was not asked");
        return None;
    }
    let url = fetch.url.with(known);
    let url = match url.strip_prefix(TEST_HOST) {
        Some(path) => format!("{}/{path}", env.var("FLOW_TEST_SERVER").ok()?),
        None if is_public(&url) => url,
        None => return None,
    };
    let body = fetch.body.as_ref().map(|body| body.with(known));
    let mut headers: Vec<(String, String)> =
        fetch.headers.iter().map(|it| (it.name.clone(), it.value.with(known))).collect();
    if let Some(secret) = fetch.sign.as_deref().and_then(known) {
        let signature = signature(&secret, now().seconds(), body.as_deref().unwrap_or_default())?;
        headers.push(("x-porchlight-signature".into(), signature));
    }
    let headers = serde_json::to_string(&headers).ok()?;
    let patience = f64::from(fetch.patience) * 1_000.0;
    let asked = ask(fetch.method.name(), &url, &headers, body.as_deref(), MOST, patience);
    let answer: JsValue = JsFuture::from(asked).await.ok()?;
    let answer: Array = answer.dyn_into().ok()?;
    let status = answer.get(0).as_f64()?;
    Some((status as u16, answer.get(1).as_string()?))
}

/// What proves that a body was sent by us, and when: `t=…,v1=…`, as [`flow::step::Http::sign`] tells.
fn signature(secret: &str, at: i64, body: &str) -> Option<String> {
    let signer = Signer::new_from_slice(secret.as_bytes()).ok()?;
    let signed = signer.chain_update(format!("{at}.{body}")).finalize().into_bytes();
    Some(format!("t={at},v1={}", hex(&signed)))
}

/// Whether an address is `https`, of a host that is named in public, at the usual port.
fn is_public(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    let host = host.strip_suffix('.').unwrap_or(host);
    let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let ending = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.bytes().all(named)
        // The last part of an address in numbers, however it is written, begins with a digit; no name's does.
        && ending.starts_with(|c: char| c.is_ascii_alphabetic())
        && !PRIVATE.iter().any(|private| host == *private || host.ends_with(&format!(".{private}")))
}

#[cfg(test)]
mod tests {
    use super::{is_public, signature};

    #[test]
    fn a_signature_is_over_time_and_body() {
        // By `printf '1.{}' | openssl dgst -sha256 -hmac key`.
        let expected = "t=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
        assert_eq!(signature("key", 1, "{}").as_deref(), Some(expected));
    }

    #[test]
    fn only_public_names_are_asked() {
        for good in [
            "https://api.shop.example/x?y=https://z",
            "https://SHOP.example",
            "https://shop.example:443/",
            "https://shop.example.",
        ] {
            assert!(is_public(good), "{good}");
        }
        for bad in [
            "http://shop.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://a@shop.example/",
            "https://shop.example:8443/",
            "https://metadata.google.internal/",
            "https://nas.local/",
            "https://x.localhost/",
            "https://shop/",
            "https://shop.example\\@127.0.0.1/",
            "https://",
            "https://ⓛocalhost.example/",
            "https://flow-server.test/",
        ] {
            assert!(!is_public(bad), "{bad}");
        }
    }
}
