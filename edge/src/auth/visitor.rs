//! Visitors' tokens: JWTs (RFC 7519) under HS256, and nothing else.

use super::bearer;
use super::secret::Signer;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::Mac;
use serde::Serialize;
use shared::id::{OrganizationId, TokenId, VisitorId, WidgetId};
use shared::json;
use shared::json::Read;
use shared::model::settings::Mode;
use shared::time::Timestamp;
use worker::Headers;

/// How long a token lasts, in seconds.
pub const LIFETIME: i64 = 24 * 60 * 60;

/// For how long after its end a token still proves, to `sessions` alone, that its holder is the visitor it names, in
/// seconds. Without it a visitor who comes back after a weekend would have lost the conversation.
pub const RENEWABLE: i64 = 30 * 24 * 60 * 60;

/// `{"alg":"HS256","typ":"JWT"}`: the one header that is written, and the only one that is read.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// What a visitor's token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Read)]
pub struct Claims {
    /// The visitor.
    pub sub: VisitorId,
    /// The widget.
    pub ch: WidgetId,
    /// The organization.
    pub org: OrganizationId,
    /// How the session was begun.
    pub mode: Mode,
    /// Whether the identity was verified.
    pub ver: bool,
    /// This token's own id.
    pub jti: TokenId,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// Proof that the request comes from this visitor, of this widget.
#[derive(Debug, Clone)]
pub struct VisitorProof {
    /// The visitor.
    pub visitor: VisitorId,
    /// How their session was begun.
    pub mode: Mode,
    /// Whether their identity was verified.
    pub verified: bool,
    /// When the proof ends.
    pub expires_at: Timestamp,
}

/// Why a token proves nothing. What is said to the caller is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVisitor {
    /// There is none.
    Missing,
    /// It is not ours, or not whole.
    Forged,
    /// It belongs to another widget.
    Foreign,
    /// It has ended.
    Expired,
}

impl VisitorProof {
    /// From the request's bearer token, which must be of this widget.
    pub fn from_bearer(
        headers: &Headers,
        signer: &Signer,
        widget: WidgetId,
        now: Timestamp,
    ) -> Result<Self, NoVisitor> {
        Self::from_token(&bearer(headers).ok_or(NoVisitor::Missing)?, signer, widget, now)
    }

    /// From a token, which must be of this widget.
    pub fn from_token(
        token: &str,
        signer: &Signer,
        widget: WidgetId,
        now: Timestamp,
    ) -> Result<Self, NoVisitor> {
        prove(token, signer, widget, now.seconds())
    }

    /// From the request's bearer token, be it ended for up to [`RENEWABLE`] seconds: enough to be given a new one.
    pub fn renewable(
        headers: &Headers,
        signer: &Signer,
        widget: WidgetId,
        now: Timestamp,
    ) -> Result<Self, NoVisitor> {
        let token = bearer(headers).ok_or(NoVisitor::Missing)?;
        prove(&token, signer, widget, now.seconds().saturating_sub(RENEWABLE))
    }
}

fn prove(token: &str, signer: &Signer, widget: WidgetId, now: i64) -> Result<VisitorProof, NoVisitor> {
    let claims = verify(token, signer).ok_or(NoVisitor::Forged)?;
    if claims.ch != widget {
        return Err(NoVisitor::Foreign);
    }
    if claims.exp <= now {
        return Err(NoVisitor::Expired);
    }
    let expires_at = Timestamp::from_millis(claims.exp.saturating_mul(1000));
    Ok(VisitorProof { visitor: claims.sub, mode: claims.mode, verified: claims.ver, expires_at })
}

/// Writes a token.
pub fn sign(claims: &Claims, signer: &Signer) -> Result<String, serde_json::Error> {
    let mut token = format!("{HEADER}.{}", BASE64.encode(serde_json::to_vec(claims)?));
    let signature = signer.clone().chain_update(token.as_bytes()).finalize().into_bytes();
    token.push('.');
    token.push_str(&BASE64.encode(signature));
    Ok(token)
}

/// Reads a token whose header is exactly ours (so no other algorithm is ever considered) and whose signature holds.
fn verify(token: &str, signer: &Signer) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let payload = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
    let signature = BASE64.decode(signature).ok()?;
    signer.clone().chain_update(signed.as_bytes()).verify_slice(&signature).ok()?;
    json::read(&String::from_utf8(BASE64.decode(payload).ok()?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret::derive;

    const NOON: i64 = 1_800_000_000;

    fn signer(purpose: &[u8]) -> Signer {
        derive(&"s".repeat(64), purpose).unwrap()
    }

    fn widget(n: u8) -> WidgetId {
        WidgetId::new(Timestamp::from_millis(0), [n; 10])
    }

    fn claims() -> Claims {
        let at = Timestamp::from_millis(0);
        Claims {
            sub: VisitorId::new(at, [1; 10]),
            ch: widget(2),
            org: OrganizationId::new(at, [3; 10]),
            mode: Mode::Anonymous,
            ver: false,
            jti: TokenId::new(at, [4; 10]),
            iat: NOON - LIFETIME,
            exp: NOON,
        }
    }

    fn proved(token: &str, now: i64) -> Result<VisitorId, NoVisitor> {
        let now = Timestamp::from_millis(now * 1000);
        VisitorProof::from_token(token, &signer(b"t"), widget(2), now).map(|proof| proof.visitor)
    }

    #[test]
    fn the_header_says_what_it_is_taken_for() {
        assert_eq!(BASE64.decode(HEADER).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn a_token_proves_its_visitor_until_the_second_it_ends() {
        let token = sign(&claims(), &signer(b"t")).unwrap();
        assert_eq!(proved(&token, NOON - 1), Ok(claims().sub));
        assert_eq!(proved(&token, NOON), Err(NoVisitor::Expired));
    }

    #[test]
    fn no_other_token_proves_anything() {
        let good = sign(&claims(), &signer(b"t")).unwrap();
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let payload = signed.split_once('.').unwrap().1;
        let none = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let other = BASE64.encode(serde_json::to_vec(&Claims { ver: true, ..claims() }).unwrap());
        for forged in [
            String::new(),
            "a.b.c".into(),
            format!("{none}.{payload}."),
            format!("{none}.{payload}.{signature}"),
            format!("{HEADER}.{payload}."),
            format!("{HEADER}.{other}.{signature}"),
            format!("{good}x"),
            sign(&claims(), &signer(b"another purpose")).unwrap(),
        ] {
            assert_eq!(proved(&forged, 0), Err(NoVisitor::Forged), "{forged}");
        }
        let foreign = sign(&Claims { ch: widget(9), ..claims() }, &signer(b"t")).unwrap();
        assert_eq!(proved(&foreign, 0), Err(NoVisitor::Foreign));
    }
}
