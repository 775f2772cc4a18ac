//! A draft with all that it needs to be run: the flows it calls, as they are published now, and the names of its agents.

use super::Call;
use crate::api::envelope::ApiError;
use crate::store::agents;
use crate::store::flows::{self, Flow};
use crate::store::served::{self, FlowVersion};
use flow::graph::MAX_CALLED;
use flow::written::Parts;
use shared::id::FlowId;
use shared::json::Json;

/// A flow's draft.
pub(super) fn draft(flow: &Flow) -> Result<Parts, ApiError> {
    let variables = Json::parse(&flow.variables)?;
    Ok(Parts {
        steps: Json::parse(&flow.steps)?,
        variables: Some(variables).filter(|it| *it != Json::List(Vec::new())),
    })
}

/// The draft with what it calls by whichever way, and what is wrong with that beyond what lint finds.
pub(super) async fn gathered(call: &Call<'_>, flow: &Flow) -> Result<(Json, Vec<String>), ApiError> {
    let draft = draft(flow)?;
    let (mut called, mut faults): (Vec<(FlowId, Parts)>, Vec<String>) = (Vec::new(), Vec::new());
    let mut left = draft.calls();
    while let Some(id) = left.pop().filter(|_| called.len() <= MAX_CALLED) {
        if called.iter().any(|(known, _)| *known == id) {
            continue;
        }
        if id == flow.id {
            faults.push("a flow cannot call itself, by whichever way".into());
            continue;
        }
        if let Some(parts) = published(call, id).await? {
            left.extend(parts.calls());
            called.push((id, parts));
        }
    }
    let mut known = Vec::new();
    let all = called.iter().map(|(_, parts)| parts).chain([&draft]);
    for (step, id) in all.flat_map(Parts::assigns) {
        match agents::find(&call.db, call.organization(), id).await? {
            Some(agent) if !known.iter().any(|(known, _)| *known == id) => known.push((id, agent.name)),
            Some(_) => {}
            None => faults.push(format!("step {step}: there is no agent {id}")),
        }
    }
    Ok((draft.whole(called, known), faults))
}

async fn published(call: &Call<'_>, id: FlowId) -> Result<Option<Parts>, ApiError> {
    let Some(flow) = flows::find(&call.db, call.organization(), id).await? else { return Ok(None) };
    let Some(version) = flow.published_version else { return Ok(None) };
    let json = served::version_json(&call.db, call.organization(), FlowVersion { flow: id, version }).await?;
    Ok(json.as_deref().map(Json::parse).transpose()?.as_ref().map(Parts::of))
}
