//! What is found before a flow is published, and what a flow does that is tried out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flow::lint::lint;
use flow::test_run::{Status, try_out};
use serde_json::{Value as Json, json};
use shared::time::Timestamp;

#[allow(clippy::needless_pass_by_value, reason = "steps are written where they are given")]
fn faults(steps: Json) -> Vec<String> {
    lint(&shared::json::Json::parse(&steps.to_string()).unwrap()).err().unwrap_or_default()
}

#[test]
fn each_fault_names_its_step_and_what_to_do() {
    let ask = json!({"id": "q", "type": "question", "text": "?", "saveAs": "a"});
    for (steps, wanted) in [
        (json!([]), "a flow needs at least one step"),
        (
            json!([{"id": "a", "type": "message", "text": "x", "next": "b"}]),
            "step a: leads to b, which is not a step",
        ),
        (
            json!([{"id": "a", "type": "message"}]),
            "step a: a message needs text, image, file, cards or buttons",
        ),
        (json!([{"id": "a", "type": "dance"}]), "step a: there is no step of type `dance`"),
        (json!([{"type": "end"}]), "steps[0]: missing field `id`"),
        (
            json!([{"id": "a", "type": "end"}, {"id": "b", "type": "end"}]),
            "step b: no step leads here; lead one here, or remove it",
        ),
        (
            json!([{"id": "a", "type": "message", "text": "x", "next": "a"}]),
            "step a: no way leads from here to an end; add an end or a handoff",
        ),
        (
            json!([ask, {"id": "a", "type": "condition", "cases": [{"when": {"variable": "a", "op": "set"}, "next": "b"}]}, {"id": "end", "type": "end"},
            {"id": "b", "type": "goto", "next": "a"}]),
            "step a: runs in a circle that waits for nobody; put a question or a delay into it",
        ),
        (
            json!([{"id": "a", "type": "message", "text": "Hi {{nmae}}"}]),
            "step a: nothing sets the variable nmae; set it, or mend its name",
        ),
        (
            json!([{"id": "a", "type": "set", "variable": "x", "op": "expression", "value": "y + 1"}]),
            "step a: nothing sets the variable y; set it, or mend its name",
        ),
        (
            json!([{"id": "a", "type": "set", "variable": "x", "op": "expression", "value": "1 +"}]),
            "step a: a set needs a value that its op can take",
        ),
        (
            json!([{"id": "a", "type": "set", "variable": "x"}]),
            "step a: a set needs a value that its op can take",
        ),
        (json!([{"id": "a", "type": "delay", "seconds": 0}]), "step a: a delay has 1 to 86400 seconds"),
        (json!([{"id": "a", "type": "tag", "tags": []}]), "step a: a tag step has 1 to 20 tags"),
        (
            json!([{"id": "a", "type": "message", "text": "x", "buttons": [{"label": "y", "url": "javascript:z"}]}]),
            "step a: pictures and files need an https:// address, links https://, http://, mailto: or tel:",
        ),
        (
            json!([{"id": "a", "type": "message", "image": {"url": "http://x.example/a.png"}}]),
            "step a: pictures and files need an https:// address, links https://, http://, mailto: or tel:",
        ),
        (
            json!([{"id": "a", "type": "question", "text": "?", "saveAs": "x", "validate": "choice"}]),
            "step a: a choice needs 1 to 20 options",
        ),
        (
            json!([{"id": "a", "type": "question", "text": "?", "saveAs": "x", "validate": "rating", "most": 11}]),
            "step a: a rating's most is 2 to 10",
        ),
        (
            json!([{"id": "a", "type": "question", "text": "?", "saveAs": "x", "timeout": {"seconds": 5, "next": "z"}}]),
            "step a: leads to z, which is not a step",
        ),
        (
            json!([{"id": "a", "type": "choice", "text": "?", "options": [{"label": "b", "when": {"variable": "x", "op": "eq", "value": 1}}]}]),
            "step a: nothing sets the variable x; set it, or mend its name",
        ),
        (
            json!([{"id": "a", "type": "message", "text": "{{secret.KEY}}"}]),
            "step a: the secret KEY is for http steps alone, or visitors would see it",
        ),
        (
            json!([{"id": "a", "type": "message", "text": "x"}, {"id": "b", "type": "onError"}, {"id": "c", "type": "end"}]),
            "step a: leads into the onError step b; give a a next, or put an end between",
        ),
        (
            json!([{"id": "a", "type": "end"}, {"id": "b", "type": "onError"}, {"id": "c", "type": "end"}, {"id": "d", "type": "onError", "next": "c"}]),
            "step d: there is an onError step before it; a flow has one",
        ),
        (
            json!([{"id": "a", "type": "end"}, {"id": "b", "type": "jump", "keywords": ["?"], "next": "a"}]),
            "step b: a jump needs 1 to 20 keywords",
        ),
        (
            json!([{"id": "a", "type": "question", "text": "?", "saveAs": "x", "validate": "regex", "pattern": "[a-z]{1167}"}]),
            "step a: the pattern is not a regular expression",
        ),
        (
            json!([{"id": "a", "type": "call", "flow": "00000000-0000-7000-8000-00000000000a"}]),
            "step a: calls the flow 00000000-0000-7000-8000-00000000000a, which is not published",
        ),
        (
            json!({"steps": [{"id": "a", "type": "set", "variable": "x", "value": "many"}], "variables": [{"name": "x", "type": "number"}]}),
            "step a: x is declared of another type than this value",
        ),
        (
            json!({"steps": [{"id": "a", "type": "call", "flow": "00000000-0000-7000-8000-00000000000a"}],
                "called": {"00000000-0000-7000-8000-00000000000a": [{"id": "b", "type": "call", "flow": "00000000-0000-7000-8000-00000000000a"}]}}),
            "step a: the flow it calls comes back to itself",
        ),
        (
            json!([{"id": "a", "type": "http", "url": "http://x.example/"}]),
            "step a: the url must begin with https:// and a host without variables",
        ),
        (
            json!([{"id": "a", "type": "http", "url": "https://{{name}}.example/"}]),
            "step a: the url must begin with https:// and a host without variables",
        ),
        (
            json!([{"id": "a", "type": "http", "url": "https://a@b/"}]),
            "step a: the url must begin with https:// and a host without variables",
        ),
    ] {
        let found = faults(steps.clone());
        assert!(found.iter().any(|fault| fault == wanted), "{steps}: {found:?}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let found = faults(json!([
        {"id": "a", "type": "message", "text": "{{x}} {{y|default:'z'}} {{name}} {{visitor.age}}"},
        {"id": "a", "type": "end"},
        {"id": "c", "type": "delay", "seconds": 0},
        {"id": "d", "type": "handoff", "ifOffline": "nowhere"},
    ]));
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_good_flow_has_no_faults() {
    assert_eq!(
        faults(json!([
            {"id": "hi", "type": "message", "text": "Hello {{name|default:'you'}}"},
            {"id": "q", "type": "choice", "text": "What?", "saveAs": "what", "options": [{"label": "A", "next": "wait"}, {"label": "B"}]},
            {"id": "c", "type": "condition", "cases": [{"when": {"variable": "what", "op": "eq", "value": "B"}, "next": "q"}], "else": "wait"},
            {"id": "wait", "type": "delay", "seconds": 5},
            {"id": "people", "type": "handoff", "ifOffline": "bye"},
            {"id": "bye", "type": "end"},
        ])),
        Vec::<String>::new()
    );
}

fn tried(steps: &Json, script: &Json) -> (Json, Status) {
    let read = |json: &Json| shared::json::Json::parse(&json.to_string()).unwrap();
    let graph = lint(&read(steps)).unwrap();
    let script = shared::json::read(&script.to_string()).unwrap();
    let report = try_out(&graph, &script, Timestamp::from_millis(0), [1; 10]);
    (serde_json::to_value(&report).unwrap(), report.status)
}

#[test]
fn a_try_tells_of_every_step_what_came_in_and_what_decided() {
    let steps = json!([
        {"id": "who", "type": "question", "text": "Order?", "saveAs": "order", "validate": "regex", "pattern": "[A-Z]-\\d+", "retries": 1},
        {"id": "wait", "type": "delay", "seconds": 60},
        {"id": "at", "type": "set", "variable": "at", "op": "now"},
        {"id": "ask", "type": "http", "url": "https://shop.example/{{order|url}}", "map": {"state": "state"}},
        {"id": "if", "type": "condition", "cases": [{"when": {"variable": "state", "op": "eq", "value": "sent"}, "next": "sent"}], "else": "people"},
        {"id": "sent", "type": "message", "text": "It is on its way.", "next": "end"},
        {"id": "people", "type": "handoff"},
        {"id": "end", "type": "end"},
    ]);
    let mocks = json!({"ask": {"status": 200, "body": {"state": "sent"}}});
    let script = json!({"messages": ["x", "A-1"], "mocks": mocks, "now": "2026-05-01T00:00:00.000Z"});
    let (report, status) = tried(&steps, &script);
    assert_eq!(status, Status::Completed);
    let ids: Vec<_> =
        report["steps"].as_array().unwrap().iter().map(|step| step["stepId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["who", "who", "who", "wait", "wait", "at", "ask", "ask", "if", "sent", "end"]);
    let of = |id: &str| {
        report["steps"].as_array().unwrap().iter().rfind(|step| step["stepId"] == id).unwrap().clone()
    };
    assert_eq!(report["steps"][3]["ms"], 60_000);
    assert_eq!(of("at")["variables"], json!({"at": "2026-05-01T00:01:00.000Z"}));
    assert_eq!(
        (of("ask")["input"].clone(), of("ask")["variables"].clone()),
        (json!("status 200"), json!({"state": "sent"}))
    );
    assert_eq!(of("if")["next"], "sent");
    assert!(of("if")["decided"][0].as_str().unwrap().contains("state"));
    assert_eq!(
        report["finalVariables"],
        json!({"order": "A-1", "at": "2026-05-01T00:01:00.000Z", "state": "sent"})
    );
    assert_eq!(tried(&steps, &script), (report, status), "the same again");

    assert_eq!(tried(&steps, &json!({})).1, Status::Waiting);
    let (unasked, status) = tried(&steps, &json!({"messages": ["A-1"]}));
    assert_eq!(status, Status::Error);
    assert!(unasked["warnings"][0].as_str().unwrap().contains("mocks.ask"), "{unasked}");
    for status in [0, 500] {
        let (report, ended) =
            tried(&steps, &json!({"messages": ["A-1"], "mocks": {"ask": {"status": status}}}));
        assert_eq!(
            (ended, report["steps"].as_array().unwrap().last().unwrap()["stepId"].as_str()),
            (Status::Completed, Some("people"))
        );
    }
}
