//! What becomes of bots that Typebot exported.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should panic")]
#![allow(clippy::needless_pass_by_value, reason = "exports are written where they are given")]

mod asked;
mod blocks;
mod bots;
mod properties;
mod said;

use flow::lint::lint;
use flow::test_run::{Report, Script, try_out};
use imports::typebot::{Imported, import};
use serde_json::{Value, json};
use shared::json::{self, Json};
use shared::time::Timestamp;

fn imported(export: Value) -> Imported {
    import(&Json::parse(&export.to_string()).unwrap()).unwrap()
}

fn steps(imported: &Imported) -> Vec<Value> {
    serde_json::from_str(&imported.steps.json()).unwrap()
}

fn step(imported: &Imported, id: &str) -> Value {
    steps(imported).into_iter().find(|step| step["id"] == id).unwrap_or_else(|| json!({"no step": id}))
}

/// Goes through a flow that can be published.
fn tried(imported: &Imported, script: &Value) -> Report {
    let graph = lint(&imported.steps).unwrap();
    let script: Script = json::read(&script.to_string()).unwrap();
    try_out(&graph, &script, Timestamp::parse("2026-05-01T10:00:00Z").unwrap(), [7; 10])
}

fn said(report: &Report) -> Vec<String> {
    let said = report.steps.iter().flat_map(|step| step.output.clone());
    said.filter(|text| !text.is_empty()).collect()
}

fn tells(imported: &Imported, sentence: &str) {
    assert!(imported.report.iter().any(|told| told == sentence), "{sentence}\n{:#?}", imported.report);
}

/// One group of blocks that follow each other, edges `x` and, from the button `p3`, `y` to its first, and variables `a`, `b` and `Full name`.
fn of_blocks(blocks: Value) -> Imported {
    imported(json!({"version": "6", "groups": [{"id": "g", "title": "One", "blocks": blocks}],
        "events": [{"id": "e", "type": "start", "outgoingEdgeId": "x"}],
        "edges": [{"id": "x", "from": {"eventId": "e"}, "to": {"groupId": "g"}},
            {"id": "y", "from": {"blockId": "q", "itemId": "2", "pathId": "p3"}, "to": {"groupId": "g"}}],
        "variables": [{"id": "va", "name": "a"}, {"id": "vb", "name": "b"}, {"id": "vn", "name": "Full name"}]}))
}

fn bubble(id: &str, text: &str) -> Value {
    json!({"id": id, "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": text}]}]}})
}
