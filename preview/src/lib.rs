//! The flow engine in an editor's page: what publishing would refuse and how a try would go, told as the edge tells it,
//! without asking it. JSON text in, JSON text out.

use flow::test_run::{Script, try_draft};
use shared::json::{self, Json, Wrong};
use shared::time::Timestamp;
use wasm_bindgen::prelude::*;

/// What is wrong with a draft: the sentences with which publishing would refuse it, as a list. A draft is the list of its
/// steps, or an object that has more to say beside `steps`.
#[wasm_bindgen]
pub fn lint(flow: &str) -> Result<String, JsError> {
    let flow = Json::parse(flow).map_err(|wrong| refused("flow", wrong))?;
    let faults = flow::lint::lint(&flow).err().unwrap_or_default();
    Ok(serde_json::to_string(&faults)?)
}

/// Tries a draft out: the report of `POST …/bot/flows/:id/test-run`. `now` is in milliseconds since 1970, and `random`
/// ten bytes that ids are made of.
#[wasm_bindgen(js_name = testRun)]
pub fn test_run(flow: &str, script: &str, now: f64, random: &[u8]) -> Result<String, JsError> {
    let flow = Json::parse(flow).map_err(|wrong| refused("flow", wrong))?;
    let script: Script = json::read(script).map_err(|wrong| refused("script", wrong))?;
    let random = random.try_into().map_err(|_| JsError::new("random: must be 10 bytes"))?;
    let report = try_draft(&flow, &script, Timestamp::from_millis(now as i64), random);
    Ok(report.into_json())
}

fn refused(what: &str, wrong: Wrong) -> JsError {
    JsError::new(&wrong.within(what).to_string())
}
