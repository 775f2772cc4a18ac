//! Making, changing, copying and deleting flows.

use super::body::{FlowRequest, LONGEST_NAME, MAX_BODY};
use super::publish::{beside_others, follow};
use super::{Call, told};
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::platform::{now, random};
use crate::store::audit::Entry;
use crate::store::flows::{self, Flow};
use shared::id::FlowId;
use shared::time::Timestamp;

/// What a copy's name ends with.
const COPY: &str = " (copia)";

pub(super) fn fresh() -> Result<Flow, ApiError> {
    let at = now();
    Ok(Flow {
        id: FlowId::new(at, random()?),
        name: String::new(),
        description: None,
        steps: "[]".into(),
        variables: "[]".into(),
        channel: None,
        trigger_type: "AUTO_REPLY".into(),
        trigger_config: None,
        enabled: 1,
        published_version: None,
        published_at: None,
        version: 0,
        created_at: at,
        updated_at: at,
    })
}

/// `POST flows`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin_within(&call.caller(), "flows", MAX_BODY).await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let request = FlowRequest::read(&creating.text)?;
    if request.name.is_none() {
        return Err(ApiError::invalid("missing field `name`"));
    }
    let flow = request.applied(&fresh()?);
    let entry = Entry::new(&call.key, "flow.created", flow.id);
    let statements = flows::insert(&call.db, call.organization(), &flow, &entry)?;
    creating::finish(&call.caller(), creating, statements, told(&flow)?).await
}

/// `POST flows/:id/duplicate`: the draft, unpublished, under another name.
pub async fn duplicate(call: &Call<'_>, origin: &Flow) -> Result<Success, ApiError> {
    let creating = match creating::begin_bare(&call.caller(), &format!("duplicate {}", origin.id)).await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let kept = LONGEST_NAME - COPY.chars().count();
    let new = fresh()?;
    let flow = Flow {
        id: new.id,
        name: origin.name.chars().take(kept).chain(COPY.chars()).collect(),
        published_version: None,
        published_at: None,
        version: 0,
        created_at: new.created_at,
        updated_at: new.updated_at,
        ..origin.clone()
    };
    let entry = Entry::new(&call.key, "flow.created", flow.id);
    let statements = flows::insert(&call.db, call.organization(), &flow, &entry)?;
    creating::finish(&call.caller(), creating, statements, told(&flow)?).await
}

/// `PATCH flows/:id`. What is served stays what was published; when it begins, and whether, is as it is said now.
pub async fn change(call: &Call<'_>, before: Flow) -> Result<Success, ApiError> {
    let text = body::json_text_within(call.request, MAX_BODY).await?;
    let after = FlowRequest::read(&text)?.applied(&before);
    save(call, &before, after, None, "flow.changed").await.map(|(json, _)| Success::ok(json))
}

/// Keeps a changed flow, with the version that is published of it now where one is, and has the widgets follow it. Gives its
/// JSON.
pub(super) async fn save(
    call: &Call<'_>,
    before: &Flow,
    after: Flow,
    published: Option<&str>,
    action: &'static str,
) -> Result<(String, Flow), ApiError> {
    if after.published_version.is_some() && after.enabled == 1 {
        beside_others(call, &after).await?;
    }
    // Two changes of one millisecond are two, or the later would not see the earlier.
    let at = now();
    let at = if at > before.updated_at { at } else { Timestamp::from_millis(before.updated_at.millis() + 1) };
    let after = Flow { updated_at: at, ..after };
    let entry = Entry::new(&call.key, action, after.id).changing(&before.audited()?, &after.audited()?);
    match flows::update(&call.db, call.organization(), before, &after, published, &entry).await {
        Ok(true) => {}
        Ok(false) => {
            return Err(ApiError::Conflict("somebody else is changing this flow: read it and try again"));
        }
        // Two of one channel at once: one is the first.
        Err(error) => {
            beside_others(call, &after).await?;
            return Err(error.into());
        }
    }
    follow(call, before).await?;
    if before.channel != after.channel {
        follow(call, &after).await?;
    }
    Ok((told(&after)?, after))
}

/// `DELETE flows/:id`: running conversations go on with the steps they began with.
pub async fn delete(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let entry = Entry::new(&call.key, "flow.deleted", flow.id);
    flows::delete(&call.db, call.organization(), flow.id, &entry).await?;
    follow(call, flow).await?;
    Ok(Success { status: 204, ..Success::ok(String::new()) })
}
