//! Publishing flows, and trying them out before.

use super::Call;
use super::tests::failing;
use super::whole::gathered;
use super::write::save;
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::platform::{now, random};
use crate::store::config;
use crate::store::flows::{self, Flow};
use crate::store::served::{self, FlowVersion};
use flow::lint::lint;
use flow::test_run::{Script, try_draft};
use shared::json::Json;

/// How many widgets show a published flow at once; others do within a minute.
const AT_ONCE: u32 = 20;

/// `POST flows/:id/publish`: the draft is looked over and goes through its tests, and answers from now on. What is published
/// already stays.
pub async fn publish(call: &Call<'_>, flow: Flow) -> Result<Success, ApiError> {
    let (whole, faults) = gathered(call, &flow).await?;
    let linted = lint(&whole);
    let found = linted.as_ref().err().cloned().unwrap_or_default();
    let mut faults: Vec<String> = found.into_iter().chain(faults).chain(deaf(&flow)).collect();
    if let (Ok(graph), true) = (&linted, faults.is_empty()) {
        faults = failing(call, &flow, graph).await?;
    }
    if !faults.is_empty() {
        return Err(ApiError::Unprocessable(faults));
    }
    if let Some(version) = flow.published_version {
        let version = FlowVersion { flow: flow.id, version };
        let served = served::version_json(&call.db, call.organization(), version).await?;
        if served.is_some_and(|served| Json::parse(&served).is_ok_and(|served| served == whole)) {
            return Ok(Success::created(super::told(&flow)?));
        }
    }
    let version = flow.version + 1;
    let after = Flow { version, published_version: Some(version), published_at: Some(now()), ..flow.clone() };
    save(call, &flow, after, Some(&whole.json()), "flow.published")
        .await
        .map(|(json, _)| Success::created(json))
}

/// `POST flows/:id/unpublish`: conversations that begin from now on are not answered by it.
pub async fn unpublish(call: &Call<'_>, flow: Flow) -> Result<Success, ApiError> {
    if flow.published_version.is_none() {
        return Ok(Success::created(super::told(&flow)?));
    }
    let after = Flow { published_version: None, published_at: None, ..flow.clone() };
    save(call, &flow, after, None, "flow.unpublished").await.map(|(json, _)| Success::created(json))
}

/// `POST flows/:id/test-run`: the draft, by a script. Nothing outside is touched, and nothing is kept.
pub async fn test_run(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let script: Script = body::json(call.request).await?;
    let (whole, _) = gathered(call, flow).await?;
    let report = try_draft(&whole, &script, now(), random()?);
    Ok(Success::created(report.into_json()))
}

/// Whether a flow may be published beside those that are: two of one channel must not begin by the same trigger.
pub(super) async fn beside_others(call: &Call<'_>, flow: &Flow) -> Result<(), ApiError> {
    let others = flows::beside(&call.db, call.organization(), flow).await?;
    // As many as a widget asks for (`store/flows.rs`).
    let listens = |flow: &Flow| matches!(flow.trigger_type.as_str(), "KEYWORD" | "INTENT");
    let on_pages = |flow: &Flow| flow.trigger_type == "AUTO_REPLY" && !listed(flow, &["urls"]).is_empty();
    let full = |is: &dyn Fn(&Flow) -> bool, most: u32| {
        is(flow) && others.iter().filter(|it| is(it)).count() >= most as usize
    };
    if full(&listens, served::MOST_LISTENING) || full(&on_pages, served::MOST_AT_PAGES) {
        return Err(ApiError::Conflict(
            "this channel has as many published flows with such triggers as it can: unpublish one first",
        ));
    }
    for other in others {
        if other.trigger_type != flow.trigger_type {
            continue;
        }
        let same = match flow.trigger_type.as_str() {
            "AUTO_REPLY" => {
                let (mine, theirs) = (listed(flow, &["urls"]), listed(&other, &["urls"]));
                (mine.is_empty() && theirs.is_empty()) || mine.iter().any(|page| theirs.contains(page))
            }
            "KEYWORD" | "INTENT" => {
                let kinds = ["keywords", "phrases"];
                let (mine, theirs) = (listed(flow, &kinds), listed(&other, &kinds));
                mine.iter().any(|word| theirs.contains(word))
            }
            _ => false,
        };
        if same {
            return Err(ApiError::Conflict(
                "another published flow of this channel has the same trigger: unpublish it first",
            ));
        }
    }
    Ok(())
}

/// What keeps a flow from ever beginning.
fn deaf(flow: &Flow) -> Option<String> {
    let (list, what) = match flow.trigger_type.as_str() {
        "KEYWORD" => ("keywords", "a word"),
        "INTENT" => ("phrases", "a phrase"),
        _ => return None,
    };
    let none = listed(flow, &[list]).iter().all(|text| !text.contains(char::is_alphanumeric));
    none.then(|| {
        format!("triggerConfig: {list} must be a list with at least {what}, or nothing begins this flow")
    })
}

/// The texts of a trigger's lists, without regard to case.
fn listed(flow: &Flow, names: &[&str]) -> Vec<String> {
    let config = flow.trigger_config.as_deref().and_then(|text| Json::parse(text).ok());
    let lists = names.iter().filter_map(|name| config.as_ref()?.get(name));
    let items = lists.flat_map(|list| if let Json::List(items) = list { items.as_slice() } else { &[] });
    items.filter_map(Json::text).map(|word| word.trim().to_lowercase()).collect()
}

/// Has the widgets that follow a flow published anew.
pub(super) async fn follow(call: &Call<'_>, flow: &Flow) -> Result<(), ApiError> {
    for follower in flows::followers(&call.db, call.organization(), flow, AT_ONCE).await? {
        config::publish(&call.env, &follower.token, follower.id).await?;
    }
    Ok(())
}
