//! What no flow and nothing that happens to it may ever do.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flow::graph::Graph;
use flow::run::{Effect, FUEL, Input, Outcome, Run, World, advance};
use flow::step::Step;
use flow::value::Value;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use shared::time::Timestamp;
use std::collections::BTreeMap;

/// A world in which time stands still.
fn world(known: &BTreeMap<String, Value>) -> World<'_> {
    World { known, now: Timestamp::from_millis(1_767_225_600_000), random: [7; 10] }
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
            let read = flow::expression::is_one(&value);
            read.then(|| json!({"type": "set", "variable": variable, "op": "expression", "value": value}))
        }),
        (1..100_u32).prop_map(|seconds| json!({"type": "delay", "seconds": seconds})),
        (any_id(), "[xyz]", ".{0,9}").prop_map(|(on_error, save, path)| {
            json!({"type": "http", "url": "https://shop.example/{{x|url}}", "saveAs": save, "map": {"y": path}, "onError": on_error})
        }),
        prop::collection::vec(".{0,9}", 1..4).prop_map(|tags| json!({"type": "tag", "tags": tags})),
        any_id().prop_map(|elsewhere| json!({"type": "handoff", "ifOffline": elsewhere})),
        Just(json!({"type": "handoff"})),
        any_message(),
        (prop::sample::select(vec!["rating", "file", "choice", "url", "phone"]), any_when(), any_id()).prop_map(|(validate, when, id)| {
            json!({"type": "question", "text": "**{{x}}**", "markdown": true, "saveAs": "x", "validate": validate, "skippable": true,
                "options": [{"label": "x", "when": when, "image": "{{y}}"}, {"label": "3", "next": id}], "timeout": {"seconds": 5, "next": id}})
        }),
        (prop::sample::select(vec![CALLED, OTHER, "00000000-0000-7000-8000-000000000009"])).prop_map(|flow| json!({"type": "call", "flow": flow})),
        Just(json!({"type": "assign", "agent": "00000000-0000-7000-8000-000000000001"})),
        ("[xyz3]", prop::sample::select(vec!["exact", "contains"])).prop_map(|(word, how)| json!({"type": "jump", "keywords": [word], "match": how})),
        Just(json!({"type": "onError"})),
        (1..9_u32).prop_map(|seconds| json!({"type": "onTimeout", "seconds": seconds})),
        Just(json!({"type": "end"})),
    ]
}

/// Flows that are called.
const CALLED: &str = "00000000-0000-7000-8000-00000000000a";
const OTHER: &str = "00000000-0000-7000-8000-00000000000b";

fn any_message() -> impl Strategy<Value = Json> {
    (".{0,9}", any::<bool>(), prop::sample::select(vec!["https://x.example/{{x}}", "{{x}}", "{{y|url}}"])).prop_map(|(text, markdown, url)| {
        json!({"type": "message", "text": text, "markdown": markdown, "image": url, "file": {"url": url},
            "cards": [{"title": "{{x}}", "image": {"url": url, "alt": "{{y}}"}, "buttons": [{"label": "{{x}}"}, {"label": "y", "url": url}]}],
            "buttons": [{"label": "z", "url": url}]})
    })
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

prop_compose! {
    /// Such steps, and two flows that they may call, of which the first may call the second.
    fn any_written()(steps in any_steps(), called in any_steps(), other in any_steps()) -> Json {
        let without = |steps: &Json, calls: &[&str]| {
            let mut steps = steps.clone();
            for step in steps.as_array_mut().into_iter().flatten() {
                if step["type"] == "call" && !calls.contains(&step["flow"].as_str().unwrap_or_default()) {
                    step["type"] = json!("goto");
                    step["next"] = json!("a");
                }
            }
            steps
        };
        json!({
            "steps": without(&steps, &[CALLED, OTHER]),
            "variables": [{"name": "x", "type": "number", "scope": "visitor", "default": 3}, {"name": "z", "type": "list"}],
            "called": {CALLED: {"steps": without(&called, &[OTHER])}, OTHER: {"steps": without(&other, &[])}},
        })
    }
}

fn any_flow() -> impl Strategy<Value = Graph> {
    any_written().prop_map(|written| Graph::read(&written.to_string()).unwrap())
}

/// What may happen to a run.
#[derive(Debug, Clone)]
enum Happens {
    Said(String),
    Sent(String),
    Elapsed,
    Resume,
    Fetched(Option<(u16, String)>),
}

impl Happens {
    fn input(&self) -> Input<'_> {
        match self {
            Self::Said(text) => Input::Said(text),
            Self::Sent(file) => Input::Sent { file, said: file },
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
        "[xyz]{1,3}".prop_map(Happens::Sent),
        Just(Happens::Elapsed),
        Just(Happens::Resume),
        prop::option::of((100..600_u16, ".{0,9}|\\{\"x\":[0-9]\\}")).prop_map(Happens::Fetched),
    ]
}

proptest! {
    #[test]
    fn a_turn_ends_by_itself_where_no_circle_was_found(written in any_written(), script in prop::collection::vec(anything(), 0..8)) {
        // What is called is looked over on its own before, when it is published.
        let circles = |flow: &Json| {
            let mut flow = flow.clone();
            flow["called"] = written["called"].clone();
            let read = shared::json::Json::parse(&flow.to_string()).unwrap();
            let faults = flow::lint::lint(&read).err().unwrap_or_default();
            faults.iter().any(|fault| fault.contains("runs in a circle"))
        };
        let circle = circles(&written) || circles(&written["called"][CALLED]) || circles(&written["called"][OTHER]);
        let (flow, known) = (Graph::read(&written.to_string()).unwrap(), BTreeMap::new());
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
