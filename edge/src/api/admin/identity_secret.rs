//! The secret that a host signs its users' identities with.

use super::Call;
use super::channels::named;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::auth::sealed;
use crate::auth::secret::hex;
use crate::platform::{now, random};
use crate::store::audit::{self, Entry};
use crate::store::identities;
use serde::Serialize;
use shared::time::Timestamp;

/// A new secret; it is shown this once.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentitySecret {
    /// The key of the HMAC-SHA256: these characters themselves.
    pub secret: String,
    /// Since when it holds. What the one before has signed proves nothing any more.
    pub rotated_at: Timestamp,
}

/// `POST identity-secret`: makes one, or a new one.
pub async fn rotate(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let widget = named(call, id).await?;
    let creating =
        match creating::begin_bare(&call.caller(), &format!("identity-secret {}", widget.id)).await? {
            Begun::Creating(creating) => creating,
            Begun::Answered(success) => return Ok(success),
        };
    let secret = hex(&random::<32>().map_err(|error| ApiError::Internal(error.to_string()))?);
    let sealed = sealed::seal(&call.env, &widget.id.to_string(), &secret).await?;
    let at = now();
    let statement = identities::set_secret(&call.db, call.organization(), widget.id, &sealed, at)?;
    let json = serde_json::to_string(&IdentitySecret { secret, rotated_at: at })?;
    let note = audit::note(&call.db, &Entry::new(&call.key, "widget.secret.rotated", widget.id))?;
    creating::finish(&call.caller(), creating, vec![statement, note], json).await
}

/// `DELETE identity-secret`: from now on nothing is signed.
pub async fn revoke(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let widget = named(call, id).await?;
    let entry = Entry::new(&call.key, "widget.secret.revoked", widget.id);
    identities::revoke_secret(&call.db, call.organization(), widget.id, &entry).await?;
    Ok(Success::done())
}
