//! Departments.

use super::Call;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::platform::{now, random};
use crate::store::audit::{self, Entry};
use crate::store::departments::{self, Department};
use serde::Serialize;
use shared::id::DepartmentId;
use shared::json::{Json, Read};
use shared::text::Name;

/// What a department is made with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DepartmentRequest {
    /// Its name, which no other of the organization has.
    pub name: Name,
}

/// `GET departments`: by name.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let found = departments::list(&call.db, call.organization()).await?;
    Ok(Success::ok(serde_json::to_string(&found)?))
}

/// `POST departments`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "departments").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: DepartmentRequest = body::parse(&creating.text)?;
    let at = now();
    let id = DepartmentId::new(at, random().map_err(|error| ApiError::Internal(error.to_string()))?);
    let department =
        Department { id, name: free(call, body.name, id).await?, created_at: at, updated_at: at };
    let json = serde_json::to_string(&department)?;
    let statement = departments::insert(&call.db, call.organization(), &department)?;
    let note = audit::note(&call.db, &Entry::new(&call.key, "department.created", id))?;
    let made = creating::finish(&call.caller(), creating, vec![statement, note], json).await;
    // Two of one name at once: one is the first.
    match made {
        Err(ApiError::Internal(_)) if is_taken(call, &department.name, id).await? => Err(TAKEN),
        made => made,
    }
}

/// `PATCH departments/:id`.
pub async fn change(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let id = named(id)?;
    let before = there(call, id).await?;
    let body: DepartmentRequest = body::json(call.request).await?;
    let told = |name: &Name| Json::Object(vec![("name".into(), Json::Text(name.to_string()))]);
    let name = free(call, body.name, id).await?;
    let entry = Entry::new(&call.key, "department.changed", id).changing(&told(&before.name), &told(&name));
    let after = Department { name, updated_at: now(), ..before };
    match departments::rename(&call.db, call.organization(), &after, &entry).await {
        Err(_) if is_taken(call, &after.name, id).await? => return Err(TAKEN),
        renamed => renamed?,
    }
    Ok(Success::ok(serde_json::to_string(&after)?))
}

/// `DELETE departments/:id`.
pub async fn delete(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let id = there(call, named(id)?).await?.id;
    let entry = Entry::new(&call.key, "department.deleted", id);
    departments::delete(&call.db, call.organization(), id, &entry).await?;
    Ok(Success::done())
}

async fn there(call: &Call<'_>, id: DepartmentId) -> Result<Department, ApiError> {
    departments::find(&call.db, call.organization(), id).await?.ok_or(ApiError::NotFound("department"))
}

fn named(id: &str) -> Result<DepartmentId, ApiError> {
    DepartmentId::parse(id).map_err(|_| ApiError::NotFound("department"))
}

/// A name that is one, and no other department's.
async fn free(call: &Call<'_>, name: Name, id: DepartmentId) -> Result<Name, ApiError> {
    if name.as_option().is_none() {
        return Err(ApiError::invalid("name: must not be empty"));
    }
    if is_taken(call, &name, id).await? { Err(TAKEN) } else { Ok(name) }
}

const TAKEN: ApiError = ApiError::Conflict("another department has this name");

async fn is_taken(call: &Call<'_>, name: &Name, id: DepartmentId) -> Result<bool, ApiError> {
    Ok(departments::is_taken(&call.db, call.organization(), name, id).await?)
}
