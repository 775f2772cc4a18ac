//! `POST sessions`: a visitor appears, or comes back.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::auth::visitor::{Claims, LIFETIME, Mode, VisitorProof, sign};
use crate::http::body;
use crate::platform::{now, random};
use crate::rate;
use crate::thread::client::Thread;
use crate::thread::command::{Command, Open, Opened, Profile};
use serde::{Deserialize, Serialize};
use shared::id::{TokenId, VisitorId};
use shared::text::{Email, Line, Name};
use shared::wire::session::Session;
use std::collections::BTreeMap;

/// What a session is begun with.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionRequest {
    /// A hint; it is honoured for the bearer of that visitor's own token, which may have ended up to 30 days ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor_id: Option<VisitorId>,
    /// How the visitor identifies.
    pub mode: Mode,
    /// A name they claim; not taken from an anonymous visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// An e-mail they claim; not taken from an anonymous visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// A phone they claim; not taken from an anonymous visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line<40>>,
    /// The page they are on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Line<500>>,
    /// The page they came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referer: Option<Line<500>>,
    /// The page's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Line<500>>,
    /// Their language (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Line<20>>,
}

/// Handles it.
pub async fn create(call: Call<'_>) -> Result<Success, ApiError> {
    let now = now();
    let signer = secret::visitor_tokens(&call.env)?;
    let widget = call.widget.widget;
    let known = VisitorProof::renewable(&call.request.headers, &signer, widget, now).ok();
    if known.is_none() {
        limit(&call).await?;
    }
    let body: SessionRequest = body::json(call.request).await?;
    // A token that has ended brings the visitor back, and changes nothing of who they are.
    let ended = known.as_ref().is_some_and(|proof| proof.expires_at <= now);
    let visitor = match known {
        Some(proof) if body.visitor_id.is_none_or(|hint| hint == proof.visitor) => proof.visitor,
        _ => VisitorId::new(now, random()?),
    };
    let thread = Thread::of(&call.env, widget, visitor)?;
    let open = Open {
        organization: call.widget.organization,
        widget,
        visitor,
        flow: call.widget.flow,
        profile: profile(&body, if ended { Mode::Anonymous } else { body.mode })?,
    };
    let opened: Opened = thread.tell(&Command::Open(open)).await?;
    let expires_at = now.plus_seconds(LIFETIME);
    let claims = Claims {
        sub: visitor,
        ch: widget,
        org: call.widget.organization,
        mode: body.mode,
        ver: false,
        jti: TokenId::new(now, random()?),
        iat: now.seconds(),
        exp: expires_at.seconds(),
    };
    let session = Session {
        session_token: sign(&claims, &signer)?,
        visitor_id: visitor,
        identity_verified: false,
        expires_at,
        conversation_id: opened.conversation,
        name: opened.name,
        email: opened.email,
    };
    Ok(Success::created(serde_json::to_string(&session)?))
}

/// A shield against one address that makes visitors by the thousand.
async fn limit(call: &Call<'_>) -> Result<(), ApiError> {
    if !rate::are_on(&call.env) {
        return Ok(());
    }
    let address = call.request.header("cf-connecting-ip").unwrap_or_default();
    let key = format!("{}:{}", call.widget.widget, network(&address));
    match call.env.rate_limiter("SESSIONS_PER_IP")?.limit(key).await?.success {
        true => Ok(()),
        false => Err(ApiError::TooMany { limit: 30, retry_after: 60 }),
    }
}

/// Whom an address stands for: itself, or for IPv6 its network of 64 bits, which one household has (RFC 6177).
fn network(address: &str) -> String {
    match address.parse::<core::net::Ipv6Addr>() {
        Ok(v6) => v6.segments().iter().take(4).map(|part| format!("{part:x}:")).collect(),
        Err(_) => address.into(),
    }
}

fn profile(body: &SessionRequest, mode: Mode) -> Result<Profile, ApiError> {
    let page = [
        ("url", body.url.as_ref().and_then(Line::as_option)),
        ("referer", body.referer.as_ref().and_then(Line::as_option)),
        ("title", body.title.as_ref().and_then(Line::as_option)),
        ("lang", body.lang.as_ref().and_then(Line::as_option)),
    ];
    let context: BTreeMap<_, _> = page.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let context = (!context.is_empty()).then(|| serde_json::to_string(&context)).transpose()?;
    Ok(match mode {
        Mode::Anonymous => Profile { context, ..Profile::default() },
        Mode::Identified => Profile {
            name: body.name.as_ref().and_then(Line::as_option).map(Into::into),
            email: body.email.as_ref().map(ToString::to_string),
            phone: body.phone.as_ref().and_then(Line::as_option).map(Into::into),
            context,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_address_stands_for_its_network() {
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
