//! `host-identified`: the site says who its user is, and signs for it.

use super::super::Call;
use super::request::SessionRequest;
use crate::api::envelope::ApiError;
use crate::auth::{sealed, secret};
use crate::store::Database;
use crate::store::identities::{self, Identity, Kind};
use shared::text::{Email, Exact};

/// What is said of every signature that does not hold.
const NOT_SIGNED: &str = "the hash is not the host's signature of this identity";

/// Who the host says this is, if its signature holds. With a `userId` that is what it signs, and the e-mail beside it is a
/// claim; only without one it signs the e-mail. What signs the one never signs the other.
pub async fn prove(call: &Call<'_>, body: &SessionRequest) -> Result<Identity, ApiError> {
    let user = body.user_id.as_ref().and_then(Exact::as_option);
    let identity = match (user, &body.email) {
        (Some(user), _) if Email::parse(user.trim()).is_ok() => {
            return Err(ApiError::invalid(
                "userId: must not be an e-mail address: leave it out and send email",
            ));
        }
        (Some(user), _) => Identity { kind: Kind::HostUser, value: user.into() },
        (None, Some(email)) => Identity { kind: Kind::HostEmail, value: email.to_string() },
        (None, None) => return Err(ApiError::invalid("userId: must be given, or else email")),
    };
    let hash = body.hash.as_ref().and_then(Exact::as_option);
    let hash = hash.ok_or_else(|| ApiError::invalid("hash: must be given"))?;
    let (organization, widget) = (call.widget.organization, call.widget.widget);
    let db = Database::of(&call.env, organization)?;
    let Some(sealed) = identities::secret(&db, organization, widget).await? else {
        return Err(ApiError::NotAllowed("this chat has no identity secret: its owner has not set one"));
    };
    let key = sealed::open(&call.env, &widget.text(), &sealed).await?;
    if secret::signed(key.as_bytes(), identity.value.as_bytes(), hash) {
        Ok(identity)
    } else {
        Err(ApiError::NotProved(NOT_SIGNED))
    }
}
