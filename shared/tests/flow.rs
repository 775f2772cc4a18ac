//! The flow engine: what its steps do, and what it never does.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use shared::flow::graph::{Graph, GraphError};
use shared::flow::run::{Effect, FUEL, Input, Outcome, Run, Turn, World, advance};
use shared::flow::step::Step;
use shared::flow::value::Value;
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
        Effect::Fetch(fetch) => {
            format!("{} {} {}", fetch.method.name(), fetch.url, fetch.body.as_deref().unwrap_or("-"))
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
    assert_eq!(turn.trace[0].variables["plan"], Value::Text("Pro".into()));
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

fn any_id() -> impl Strategy<Value = String> {
    "[a-f]"
}

fn any_when() -> impl Strategy<Value = Json> {
    let op = prop::sample::select(vec![
        "eq",
        "ne",
        "gt",
        "gte",
        "lt",
        "lte",
        "contains",
        "notContains",
        "startsWith",
        "endsWith",
        "matches",
        "in",
        "set",
        "empty",
        "before",
        "after",
    ]);
    let value = prop_oneof![
        Just(json!("a+")),
        Just(json!(3)),
        Just(json!(true)),
        Just(json!(["x", "3"])),
        Just(json!("2026-05-01"))
    ];
    let test = ("[xyz]", op, value)
        .prop_map(|(variable, op, value)| json!({"variable": variable, "op": op, "value": value}));
    test.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({"all": all})),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|any| json!({"any": any})),
            inner.prop_map(|not| json!({"not": not})),
        ]
    })
}

fn any_action() -> impl Strategy<Value = Json> {
    prop_oneof![
        ".{0,20}".prop_map(|text| json!({"type": "message", "text": text})),
        ("[xyz]", prop::sample::select(vec!["text", "number", "email", "date"]), 0..3_u8).prop_map(|(save, validate, retries)| {
            json!({"type": "question", "text": "{{x}}?", "saveAs": save, "validate": validate, "retries": retries})
        }),
        prop::collection::vec(("[xyz3]{1,3}", any_id()), 1..4).prop_map(|options| {
            let options: Vec<_> = options.iter().map(|(label, next)| json!({"label": label, "next": next})).collect();
            json!({"type": "choice", "text": "?", "saveAs": "x", "options": options})
        }),
        prop::collection::vec((any_when(), any_id()), 0..3).prop_map(|cases| {
            let cases: Vec<_> = cases.iter().map(|(when, next)| json!({"when": when, "next": next})).collect();
            json!({"type": "condition", "cases": cases})
        }),
        ("[xyz]", ".{0,30}").prop_map(|(variable, value)| json!({"type": "set", "variable": variable, "value": value})),
        ("[xyz]", prop::sample::select(vec!["append", "increment", "now", "id"]), "[0-9]{1,3}|.{0,9}").prop_map(|(variable, op, value)| {
            json!({"type": "set", "variable": variable, "op": op, "value": if op == "now" || op == "id" { Json::Null } else { json!(value) }})
        }),
        ("[xyz]", "[xyz] [-+*/%] \\(?[xyz0-9]").prop_filter_map("arithmetic", |(variable, value)| {
            let read = shared::flow::expression::is_one(&value);
            read.then(|| json!({"type": "set", "variable": variable, "op": "expression", "value": value}))
        }),
        (1..100_u32).prop_map(|seconds| json!({"type": "delay", "seconds": seconds})),
        (any_id(), "[xyz]", ".{0,9}").prop_map(|(on_error, save, path)| {
            json!({"type": "http", "url": "https://shop.example/{{x|url}}", "saveAs": save, "map": {"y": path}, "onError": on_error})
        }),
        prop::collection::vec(".{0,9}", 1..4).prop_map(|tags| json!({"type": "tag", "tags": tags})),
        any_id().prop_map(|elsewhere| json!({"type": "handoff", "ifOffline": elsewhere})),
        Just(json!({"type": "handoff"})),
        Just(json!({"type": "end"})),
    ]
}

prop_compose! {
    /// Six steps a to f that refer to each other at random: loops, dead ends and all.
    fn any_steps()(actions in prop::collection::vec((any_action(), prop::option::of(any_id())), 6)) -> Json {
        let steps = actions.into_iter().zip("abcdef".chars()).map(|((mut action, next), id)| {
            if let Some(step) = action.as_object_mut() {
                step.insert("id".into(), json!(id.to_string()));
                step.extend(next.map(|next| ("next".to_owned(), json!(next))));
            }
            action
        });
        Json::Array(steps.collect())
    }
}

fn any_flow() -> impl Strategy<Value = Graph> {
    any_steps().prop_map(graph)
}

/// What may happen to a run.
#[derive(Debug, Clone)]
enum Happens {
    Said(String),
    Elapsed,
    Resume,
    Fetched(Option<(u16, String)>),
}

impl Happens {
    fn input(&self) -> Input<'_> {
        match self {
            Self::Said(text) => Input::Said(text),
            Self::Elapsed => Input::Elapsed,
            Self::Resume => Input::Resume,
            Self::Fetched(answer) => {
                Input::Fetched(answer.as_ref().map(|(status, body)| (*status, body.as_str())))
            }
        }
    }
}

fn anything() -> impl Strategy<Value = Happens> {
    prop_oneof![
        "[xyz3]{0,3}|a@b\\.co|.{0,10}".prop_map(Happens::Said),
        Just(Happens::Elapsed),
        Just(Happens::Resume),
        prop::option::of((100..600_u16, ".{0,9}|\\{\"x\":[0-9]\\}")).prop_map(Happens::Fetched),
    ]
}

proptest! {
    #[test]
    fn a_turn_ends_by_itself_where_no_circle_was_found(steps in any_steps(), script in prop::collection::vec(anything(), 0..8)) {
        let read = shared::json::Json::parse(&steps.to_string()).unwrap();
        let faults = shared::flow::lint::lint(&read).err().unwrap_or_default();
        let circle = faults.iter().any(|fault| fault.contains("runs in a circle"));
        let (flow, known) = (graph(steps), BTreeMap::new());
        let mut run = Run::default();
        for input in std::iter::once(Input::Start).chain(script.iter().map(Happens::input)) {
            let turn = advance(&flow, &mut run, input, world(&known));
            prop_assert!(circle || turn.outcome != Outcome::FuelSpent);
        }
    }

    #[test]
    fn a_turn_never_exceeds_its_fuel_and_always_says_how_it_ended(flow in any_flow(), inputs in prop::collection::vec(anything(), 0..8)) {
        let known = BTreeMap::new();
        let (mut run, mut again) = (Run::default(), Run::default());
        let script = std::iter::once(Input::Start).chain(inputs.iter().map(Happens::input));
        for input in script {
            let turn = advance(&flow, &mut run, input, world(&known));
            prop_assert!(turn.trace.len() <= FUEL + 2);
            prop_assert_eq!(run.waiting_at.is_some(), turn.outcome == Outcome::Waiting);
            let handed = turn.effects.iter().any(|effect| matches!(effect, Effect::Handoff(_)));
            prop_assert_eq!(handed, matches!(turn.outcome, Outcome::HandedOff | Outcome::FuelSpent));
            // The same flow, run and input: the same turn, and the run survives being written down.
            prop_assert_eq!(advance(&flow, &mut again, input, world(&known)), turn);
            again = shared::json::read(&serde_json::to_string(&again).unwrap()).unwrap();
            prop_assert_eq!(&again, &run);
        }
    }

    #[test]
    fn no_json_makes_the_reader_panic(text in "[\\[{\"idtypesag:,}\\]0-9]{0,80}") {
        if let Ok(steps) = shared::json::read::<Vec<Step>>(&text) {
            let _ = Graph::new(steps);
        }
    }
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
    assert_eq!(with(&[("agents.online", Value::Number(0.0))]), ["We are back tomorrow."]);
    assert_eq!(with(&[("office.open", Value::Boolean(true))]), ["handoff -"]);
    assert_eq!(with(&[]), ["handoff -"]);
}
