//! The flow engine: what its steps do, and what it never does.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flow::graph::{Graph, GraphError};
use flow::run::{Effect, FUEL, Input, Outcome, Run, Turn, World, advance};
use flow::value::Value;
use serde_json::{Value as Json, json};
use shared::time::Timestamp;
use std::collections::BTreeMap;

#[allow(clippy::needless_pass_by_value, reason = "steps are written where they are given")]
fn graph(steps: Json) -> Graph {
    Graph::new(shared::json::read(&steps.to_string()).unwrap()).unwrap()
}

/// A world in which time stands still.
fn world(known: &BTreeMap<String, Value>) -> World<'_> {
    World { known, now: Timestamp::from_millis(1_767_225_600_000), random: [7; 10] }
}

/// A conversation with a flow, as a script of what was said on either side.
struct Talk {
    graph: Graph,
    run: Run,
}

impl Talk {
    fn with(steps: Json) -> (Self, Vec<String>) {
        let mut talk = Self { graph: graph(steps), run: Run::default() };
        let first = said(&talk.turn(Input::Start));
        (talk, first)
    }

    fn turn(&mut self, input: Input<'_>) -> Turn {
        let known = BTreeMap::from([("visitor.lang".to_owned(), Value::Text("en".into()))]);
        advance(&self.graph, &mut self.run, input, world(&known))
    }

    fn say(&mut self, text: &str) -> (Vec<String>, Outcome) {
        let turn = self.turn(Input::Said(text));
        (said(&turn), turn.outcome)
    }
}

fn said(turn: &Turn) -> Vec<String> {
    let texts = turn.effects.iter().map(|effect| match effect {
        Effect::Say(_, payload) => payload.text.clone(),
        Effect::Handoff(department) => format!("handoff {}", department.as_deref().unwrap_or("-")),
        Effect::Tag(tags) => format!("tags {}", tags.join(" ")),
        Effect::Wait(seconds) => format!("wait {seconds}"),
        Effect::Patience(seconds) => format!("patience {seconds}"),
        Effect::Assign(agent) => format!("assign {agent}"),
        Effect::Fetch(fetch) => {
            let body = fetch.body.as_ref().map_or_else(|| "-".into(), ToString::to_string);
            format!("{} {} {body}", fetch.method.name(), fetch.url)
        }
    });
    texts.collect()
}

fn welcome() -> Json {
    json!([
        {"id": "hi", "type": "message", "text": "Welcome"},
        {"id": "topic", "type": "choice", "text": "What is it about?", "saveAs": "topic", "options": [
            {"label": "An order", "value": "order"},
            {"label": "Opening hours", "value": "hours", "next": "hours"},
        ]},
        {"id": "name", "type": "question", "text": "Your name?", "saveAs": "name"},
        {"id": "thanks", "type": "message", "text": "Thanks {{name}}, about your {{topic}}."},
        {"id": "people", "type": "handoff", "department": "sales"},
        {"id": "hours", "type": "message", "text": "Nine to five."},
        {"id": "back", "type": "goto", "next": "topic"},
    ])
}

#[test]
fn a_flow_greets_offers_asks_and_hands_over() {
    let (mut talk, first) = Talk::with(welcome());
    assert_eq!(first, ["Welcome", "What is it about?"]);
    assert_eq!(
        talk.say("opening HOURS "),
        (vec!["Nine to five.".into(), "What is it about?".into()], Outcome::Waiting)
    );
    assert_eq!(talk.say("order"), (vec!["Your name?".into()], Outcome::Waiting));
    let end = (vec!["Thanks Ada, about your order.".into(), "handoff sales".into()], Outcome::HandedOff);
    assert_eq!(talk.say("Ada"), end);
    assert_eq!(talk.say("anyone?"), (vec![], Outcome::Ended));
}

#[test]
fn a_choice_asks_again_twice_and_then_calls_people() {
    let (mut talk, _) = Talk::with(welcome());
    for _ in 0..2 {
        assert_eq!(talk.say("pancakes"), (vec!["What is it about?".into()], Outcome::Waiting));
    }
    assert_eq!(talk.say("pancakes"), (vec!["handoff -".into()], Outcome::HandedOff));
}

#[test]
fn a_question_checks_its_answer() {
    let (mut talk, _) = Talk::with(json!([
        {"id": "age", "type": "question", "text": "Age?", "saveAs": "age", "validate": "number", "retries": 1,
         "error": "A number, please."},
        {"id": "how", "type": "condition", "cases": [
            {"when": {"all": [{"variable": "age", "op": "gte", "value": 18}, {"not": {"variable": "age", "op": "gt", "value": 99}}]}, "next": "old"}],
         "else": "young"},
        {"id": "old", "type": "message", "text": "old"},
        {"id": "stop", "type": "end"},
        {"id": "young", "type": "message", "text": "young"},
    ]));
    assert_eq!(talk.say("many").0, ["A number, please.", "Age?"]);
    assert_eq!(talk.say("18"), (vec!["old".into()], Outcome::Ended));
}

#[test]
fn a_skippable_question_can_be_passed_over() {
    let (mut talk, _) = Talk::with(json!([
        {"id": "q", "type": "question", "text": "E-mail?", "saveAs": "email", "validate": "email", "skippable": true},
        {"id": "m", "type": "message", "text": "{{email|default:'none'}}"},
    ]));
    assert_eq!(talk.say("skip").0, ["none"]);
}

#[test]
fn several_options_are_kept_as_a_list() {
    let (mut talk, _) = Talk::with(json!([
        {"id": "q", "type": "choice", "text": "Which?", "saveAs": "which", "multiple": true,
         "options": [{"label": "A"}, {"label": "B", "value": "bee"}, {"label": "C"}]},
        {"id": "c", "type": "condition", "cases": [{"when": {"variable": "which", "op": "contains", "value": "bee"}, "next": "m"}], "else": "n"},
        {"id": "m", "type": "message", "text": "{{which}}"},
        {"id": "n", "type": "end"},
    ]));
    assert_eq!(talk.say("a, b").0, ["A, bee"]);
}

#[test]
fn the_trace_tells_what_decided() {
    let (mut talk, _) = Talk::with(json!([
        {"id": "q", "type": "question", "text": "Plan?", "saveAs": "plan"},
        {"id": "c", "type": "condition", "cases": [{"when": {"variable": "plan", "op": "eq", "value": "pro"}, "next": "m"}]},
        {"id": "e", "type": "end"},
        {"id": "m", "type": "message", "text": "pro"},
    ]));
    let turn = talk.turn(Input::Said("Pro"));
    let steps: Vec<_> = turn.trace.iter().map(|entry| entry.step_id.as_str()).collect();
    assert_eq!(steps, ["q", "c", "m"]);
    assert_eq!(turn.trace[0].input.as_deref(), Some("Pro"));
    assert_eq!(turn.trace[0].variables.get("plan"), Some(&Value::Text("Pro".into())));
    assert!(turn.trace[1].decided[0].ends_with(": true"), "{:?}", turn.trace[1].decided);
    assert_eq!(turn.trace[2].output, ["pro"]);
}

#[test]
fn a_loop_spends_its_fuel_and_calls_people() {
    let (mut talk, _) = Talk::with(json!([
        {"id": "q", "type": "question", "text": "?", "saveAs": "x"},
        {"id": "a", "type": "set", "variable": "n", "value": "{{n}}x"},
        {"id": "b", "type": "goto", "next": "a"},
    ]));
    let turn = talk.turn(Input::Said("go"));
    assert_eq!(turn.outcome, Outcome::FuelSpent);
    assert_eq!(turn.effects, [Effect::Handoff(None)]);
    assert!(turn.trace.len() <= FUEL + 2);
}

#[test]
fn what_cannot_be_run_is_refused_with_the_step() {
    let refused =
        |steps: Json| Graph::new(shared::json::read(&steps.to_string()).unwrap()).unwrap_err().to_string();
    assert_eq!(Graph::new(vec![]), Err(GraphError::NoSteps));
    assert_eq!(
        refused(json!([{"id": "a", "type": "end"}, {"id": "a", "type": "end"}])),
        "step a: another step has this id; give one of them another"
    );
    assert_eq!(
        refused(json!([{"id": "a", "type": "message", "text": "x", "next": "z"}])),
        "step a: leads to z, which is not a step"
    );
    assert_eq!(refused(json!([{"id": "a", "type": "goto"}])), "step a: a goto needs next");
    assert_eq!(
        refused(json!([{"id": "a", "type": "choice", "text": "?", "options": []}])),
        "step a: a choice needs 1 to 20 options"
    );
    assert_eq!(
        refused(
            json!([{"id": "a", "type": "question", "text": "?", "saveAs": "x", "validate": "regex", "pattern": "("}])
        ),
        "step a: the pattern is not a regular expression"
    );
}

#[test]
fn values_are_reckoned_gathered_and_counted() {
    let (mut talk, said) = Talk::with(json!([
        {"id": "n", "type": "question", "text": "How many?", "saveAs": "count", "validate": "number"},
        {"id": "sum", "type": "set", "variable": "total", "op": "expression", "value": "(count + 1) * 2.5"},
        {"id": "a", "type": "set", "variable": "list", "op": "append", "value": "first {{count}}"},
        {"id": "b", "type": "set", "variable": "list", "op": "append", "value": "second"},
        {"id": "c", "type": "set", "variable": "times", "op": "increment"},
        {"id": "d", "type": "set", "variable": "times", "op": "increment", "value": 4},
        {"id": "e", "type": "set", "variable": "at", "op": "now"},
        {"id": "f", "type": "set", "variable": "one", "op": "id"},
        {"id": "g", "type": "set", "variable": "other", "op": "id"},
        {"id": "bad", "type": "set", "variable": "none", "op": "expression", "value": "list * 2"},
        {"id": "tell", "type": "message", "text": "{{total}} {{list}} {{times}} {{at}}"},
        {"id": "tags", "type": "tag", "tags": ["order {{count}}", " "]},
    ]));
    assert_eq!(said, ["How many?"]);
    let turn = talk.turn(Input::Said("3"));
    assert_eq!(self::said(&turn), ["10 first 3, second 5 2026-01-01T00:00:00.000Z", "tags order 3"]);
    let kept = |name: &str| talk.run.variables.get(name).map(ToString::to_string);
    assert!(kept("one").is_some() && kept("one") != kept("other"));
    assert_eq!(kept("none"), None);
    let warned: Vec<_> = turn.trace.iter().flat_map(|entry| entry.warnings.clone()).collect();
    assert_eq!(warned, ["none was not set: there is no number to reckon with"]);
}

#[test]
fn a_delay_waits_whatever_is_said_and_a_server_is_asked_once() {
    let (mut talk, said) = Talk::with(json!([
        {"id": "who", "type": "question", "text": "Order?", "saveAs": "order"},
        {"id": "wait", "type": "delay", "seconds": 3},
        {"id": "ask", "type": "http", "method": "POST", "url": "https://shop.example/orders?q={{order|url}}", "body": "{\"id\":\"{{order}}\"}",
            "saveAs": "raw", "map": {"state": "order.items[1].state", "none": "order.nothing"}, "onError": "sorry"},
        {"id": "tell", "type": "message", "text": "It is {{state}}.", "next": "end"},
        {"id": "sorry", "type": "message", "text": "I cannot see it."},
        {"id": "end", "type": "end"},
    ]));
    assert_eq!(said, ["Order?"]);
    assert_eq!(talk.say("a b"), (vec!["wait 3".into()], Outcome::Waiting));
    assert_eq!(talk.say("hello?"), (vec![], Outcome::Waiting));
    assert_eq!(self::said(&talk.turn(Input::Fetched(Some((200, "{}"))))), Vec::<String>::new());
    let asked = talk.turn(Input::Elapsed);
    assert_eq!(self::said(&asked), ["POST https://shop.example/orders?q=a%20b {\"id\":\"a b\"}"]);
    assert_eq!(self::said(&talk.turn(Input::Elapsed)), Vec::<String>::new());
    let mut other = talk.run.clone();
    let body = r#"{"order":{"items":[{},{"state":"sent"}]}}"#;
    assert_eq!(self::said(&talk.turn(Input::Fetched(Some((200, body))))), ["It is sent."]);
    for answer in [None, Some((500, body)), Some((404, ""))] {
        talk.run = other.clone();
        assert_eq!(self::said(&talk.turn(Input::Fetched(answer))), ["I cannot see it."]);
    }
    core::mem::swap(&mut talk.run, &mut other);
}

#[test]
fn people_are_asked_only_while_they_are_there() {
    let flow = graph(json!([
        {"id": "people", "type": "handoff", "ifOffline": "later"},
        {"id": "later", "type": "message", "text": "We are back tomorrow."},
    ]));
    let with = |known: &[(&str, Value)]| {
        let known = known.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        said(&advance(&flow, &mut Run::default(), Input::Start, world(&known)))
    };
    assert_eq!(with(&[("office.open", Value::Boolean(false))]), ["We are back tomorrow."]);
    assert_eq!(with(&[("office.open", Value::Boolean(true))]), ["handoff -"]);
    assert_eq!(with(&[]), ["handoff -"]);
}
