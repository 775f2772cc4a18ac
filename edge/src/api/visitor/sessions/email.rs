//! `POST sessions/link-email`: a visitor claims an e-mail address. It joins nobody with anybody, and opens nothing.

use super::super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::http::fields::Fields;
use crate::thread::command::Profile;
use shared::model::settings::Mode;
use shared::text::{Email, Line, Name};

/// An e-mail that is claimed.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct LinkEmailRequest {
    /// The address.
    pub email: Email,
    /// A name.
    pub name: Option<Name>,
}

/// Handles it.
pub async fn link(call: Call<'_>) -> Result<Success, ApiError> {
    call.admit()?;
    let (proof, _) = call.visitor()?;
    if call.widget.rules.identity_required {
        return Err(ApiError::NotAllowed("this chat takes no identity that is only claimed"));
    }
    call.open_to(Mode::Identified)?;
    let mut fields = Fields::read(&body::json_text(call.request).await?)?;
    let email = fields.text("email", Email::parse);
    let (email, name) = (fields.demand("email", email), fields.text("name", Name::parse));
    let wrong = fields.finish();
    let email = email.filter(|_| wrong.is_empty()).ok_or(ApiError::Invalid(wrong))?;
    let body = LinkEmailRequest { email, name };
    let profile = Profile {
        name: body.name.as_ref().and_then(Line::as_option).map(Into::into),
        email: Some(body.email.to_string()),
        ..Profile::default()
    };
    let opened = call.open(proof.visitor, true, profile).await.map_err(unless_forgotten)?;
    call.session(proof.visitor, opened, proof.mode, proof.verified)
}
