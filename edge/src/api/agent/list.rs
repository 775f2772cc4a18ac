//! `GET conversations`: what there is to answer, last changed first.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::http::query::Query;
use crate::media::address;
use crate::platform::now;
use crate::store::conversations::{self, Cursor, Filter, search};
use shared::id::{AgentId, ConversationId, OrganizationId, WidgetId};
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;
use shared::wire::source::Tag;

/// Handles it. `status`, `assignee`, `channel`, `department` and `search` filter; `after` takes the `endCursor` of the page before.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let limit = query.number("limit", 50, 1..=100).map_err(ApiError::invalid)?;
    let filter = filter(call.key.organization, &query)?;
    let after = match query.get("after") {
        Some(text) => Some(cursor(text).ok_or_else(|| ApiError::invalid("after must be an endCursor"))?),
        None => None,
    };
    if filter.words.is_some() {
        search::catch_up(&call.db, call.key.organization).await?;
    }
    let page = conversations::list(&call.db, call.key.organization, &filter, after.as_ref(), limit).await?;
    let end = page.next.as_ref().map(|next| format!("{}_{}", next.updated_at, next.id));
    let (has_next, end) = (end.is_some(), serde_json::to_string(&end)?);
    let signer = secret::media_addresses(&call.env)?;
    let data = address::sign_all(&page.json, &call.request.origin(), &signer, now());
    Ok(Success::ok(format!(
        "{{\"data\":{data},\"pageInfo\":{{\"endCursor\":{end},\"hasNextPage\":{has_next}}}}}"
    )))
}

/// The most characters that are searched for.
const SEARCHABLE: usize = 200;

fn filter(organization: OrganizationId, query: &Query) -> Result<Filter, ApiError> {
    let status = query.get("status").map(|tag| {
        ConversationStatus::from_tag(tag)
            .ok_or_else(|| ApiError::invalid("status must be pending, open or closed"))
    });
    let assignee = query.get("assignee").map(|text| match text {
        "none" => Ok(None),
        id => AgentId::parse(id)
            .map(Some)
            .map_err(|_| ApiError::invalid("assignee must be an agent's id, or none")),
    });
    let channel = query
        .get("channel")
        .map(|id| WidgetId::parse(id).map_err(|_| ApiError::invalid("channel must be the id of a widget")));
    let department = query.get("department").map(str::to_owned);
    let words = query.get("search").map(|typed| match typed.chars().count() {
        0..=SEARCHABLE => search::matches(organization, typed)
            .ok_or_else(|| ApiError::invalid("search must have letters or digits")),
        _ => Err(ApiError::invalid("search must have at most 200 characters")),
    });
    Ok(Filter {
        status: status.transpose()?,
        assignee: assignee.transpose()?,
        channel: channel.transpose()?,
        department,
        words: words.transpose()?,
    })
}

fn cursor(text: &str) -> Option<Cursor> {
    let (updated_at, id) = text.split_once('_')?;
    Some(Cursor { updated_at: Timestamp::parse(updated_at).ok()?, id: ConversationId::parse(id).ok()? })
}

/// A page of conversations.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct ConversationPage {
    /// The conversations.
    pub data: Vec<conversations::ConversationView>,
    /// Where it goes on.
    #[serde(rename = "pageInfo")]
    pub page_info: PageInfo,
}

/// Where a list goes on.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// To be given as `after` for the next page; null on the last.
    pub end_cursor: Option<String>,
    /// Whether there is one.
    pub has_next_page: bool,
}
