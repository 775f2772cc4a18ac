//! The answer to `POST …/sessions`.

use crate::id::{ConversationId, VisitorId};
use crate::time::Timestamp;
use crate::wire::source::Source;
use alloc::string::String;

/// A visitor's session: the token to speak with, and who they are to us.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// The bearer token of the other calls: a JWT (RFC 7519).
    pub session_token: String,
    /// The visitor, which may be another than the hint in the request.
    pub visitor_id: VisitorId,
    /// Whether the identity was proved, not merely claimed.
    pub identity_verified: bool,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// The conversation that the next message belongs to.
    pub conversation_id: ConversationId,
    /// The visitor's name as they claim it.
    pub name: Option<String>,
    /// The visitor's e-mail as they claim it.
    pub email: Option<String>,
    /// Whether people are there now.
    pub online: bool,
    /// When they will be, where they are not and that is known.
    pub back_at: Option<Timestamp>,
}

impl Session {
    /// Reads a session as the widget does.
    pub fn decode(source: &impl Source) -> Option<Self> {
        let text = |key: &str| source.get(key).and_then(|v| v.string());
        let visitor_id = VisitorId::parse(&text("visitorId")?).ok()?;
        let identity_verified = source.get("identityVerified")?.boolean()?;
        let expires_at = source.get("expiresAt")?.time()?;
        let conversation_id = ConversationId::parse(&text("conversationId")?).ok()?;
        Some(Self {
            session_token: text("sessionToken").filter(|token| is_token(token))?,
            visitor_id,
            identity_verified,
            expires_at,
            conversation_id,
            name: text("name"),
            email: text("email"),
            online: source.get("online").and_then(|v| v.boolean()).unwrap_or(true),
            back_at: source.get("backAt").and_then(|v| v.time()),
        })
    }
}

/// Whether this is made of what a JWT is made of. A browser throws at a header with a line feed in it.
fn is_token(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    (1..=4096).contains(&text.len()) && text.bytes().all(known)
}
