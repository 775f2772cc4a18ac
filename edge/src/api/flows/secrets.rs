//! `GET`, `PUT` and `DELETE bot/secrets…`: what servers that flows ask want to be shown. A secret is told to nobody, not to
//! whoever set it either.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::auth::sealed;
use crate::http::body;
use crate::platform::now;
use crate::store::audit::{self, Entry};
use crate::store::secrets::{self, MOST, Secret};
use serde::Serialize;
use shared::json::Read;

/// The most bytes of a secret.
const LONGEST: usize = 4_096;

/// A secret that is to be kept.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretRequest {
    /// It: 1 to 4,096 bytes.
    pub value: String,
}

/// Lists their names.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let found = secrets::list(&call.db, call.organization()).await?;
    Ok(Success::ok(serde_json::to_string(&found)?))
}

/// Keeps one, in the place of the one of that name.
pub async fn set(call: &Call<'_>, name: &str) -> Result<Success, ApiError> {
    let name = named(name)?;
    let body: SecretRequest = body::json(call.request).await?;
    if !(1..=LONGEST).contains(&body.value.len()) {
        return Err(ApiError::invalid(format!("value must have 1 to {LONGEST} bytes")));
    }
    let known = secrets::list(&call.db, call.organization()).await?;
    if known.len() >= MOST as usize && !known.iter().any(|secret| secret.name == name) {
        return Err(ApiError::Conflict("an organization has at most 100 secrets: delete one first"));
    }
    let sealed = sealed::seal(&call.env, &secrets::of(call.organization(), name), &body.value).await?;
    let secret = Secret { name: name.into(), updated_at: now() };
    let statement = secrets::set(&call.db, call.organization(), &secret, &sealed)?;
    let note = audit::note(&call.db, &Entry::new(&call.key, "secret.set", name))?;
    call.db.batch(vec![statement, note]).await?;
    Ok(Success::ok(serde_json::to_string(&secret)?))
}

/// Forgets one; flows that name it get no answer any more.
pub async fn delete(call: &Call<'_>, name: &str) -> Result<Success, ApiError> {
    let name = named(name)?;
    let entry = Entry::new(&call.key, "secret.deleted", name);
    match secrets::delete(&call.db, call.organization(), name, &entry).await? {
        true => Ok(Success { status: 204, ..Success::ok(String::new()) }),
        false => Err(ApiError::NotFound("secret")),
    }
}

fn named(name: &str) -> Result<&str, ApiError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    match (1..=64).contains(&name.len()) && name.bytes().all(known) {
        true => Ok(name),
        false => Err(ApiError::invalid("a secret's name has 1 to 64 characters of A-Z a-z 0-9 _ -")),
    }
}
