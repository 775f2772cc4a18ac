//! All that a flow can say and ask besides plain words, and all that can happen to it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flow::graph::Graph;
use flow::run::{Effect, Input, MOST_ALONE, Outcome, Run, Turn, World, advance};
use flow::test_run::{Script, Status, try_out};
use flow::value::Value;
use serde_json::{Value as Json, json};
use shared::model::message::{MessageType, Payload};
use shared::time::Timestamp;
use std::collections::BTreeMap;

const PRICES: &str = "00000000-0000-7000-8000-00000000000a";

struct Talk {
    graph: Graph,
    run: Run,
    known: BTreeMap<String, Value>,
}

impl Talk {
    #[allow(clippy::needless_pass_by_value, reason = "flows are written where they are given")]
    fn with(flow: Json) -> Self {
        let graph = Graph::read(&flow.to_string()).unwrap();
        Self { graph, run: Run::default(), known: BTreeMap::new() }
    }

    fn turn(&mut self, input: Input<'_>) -> Turn {
        let now = Timestamp::from_millis(1_767_225_600_000);
        advance(&self.graph, &mut self.run, input, World { known: &self.known, now, random: [7; 10] })
    }

    fn start(&mut self) -> Vec<String> {
        told(&self.turn(Input::Start))
    }

    fn say(&mut self, text: &str) -> Vec<String> {
        told(&self.turn(Input::Said(text)))
    }

    fn kept(&self, name: &str) -> Option<Value> {
        self.run.variables.get(name).cloned()
    }
}

fn told(turn: &Turn) -> Vec<String> {
    let told = turn.effects.iter().map(|effect| match effect {
        Effect::Say(_, payload) => payload.plain(),
        Effect::Handoff(_) => "people".into(),
        Effect::Patience(seconds) => format!("patience {seconds}"),
        other => format!("{other:?}"),
    });
    told.collect()
}

fn said(turn: &Turn) -> Vec<(MessageType, Json)> {
    let said = turn.effects.iter().filter_map(|effect| match effect {
        Effect::Say(kind, payload) => Some((*kind, serde_json::to_value(payload).unwrap())),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_message_carries_pictures_files_cards_and_links() {
    let mut talk = Talk::with(json!([
        {"id": "v", "type": "set", "variable": "who", "value": "*Ada*"},
        {"id": "m", "type": "message", "text": "**Hi** {{who}}", "markdown": true, "image": {"url": "https://x.example/a.png", "alt": "A lamp for {{who}}"},
         "file": {"url": "https://x.example/film.MP4?x=1"}, "buttons": [{"label": "See", "url": "https://x.example/{{who|url}}"}, {"label": "More"}]},
        {"id": "c", "type": "message", "cards": [{"title": "One", "text": "for {{who}}", "image": "https://x.example/1.png", "buttons": [{"label": "Buy", "url": "{{link}}"}]}, {"text": "Two"}]},
    ]));
    let turn = talk.turn(Input::Start);
    let spoken = said(&turn);
    assert_eq!(spoken.len(), 3);
    assert_eq!(
        spoken[0].1["rich"]["linked"],
        json!({"kind": "image", "url": "https://x.example/a.png", "name": "A lamp for *Ada*"})
    );
    assert_eq!(spoken[1].0, MessageType::Choice);
    assert_eq!(
        spoken[1].1,
        json!({"text": "**Hi** \\*Ada\\*", "buttons": [{"label": "See", "value": "See", "url": "https://x.example/%2AAda%2A"}, {"label": "More", "value": "More"}],
            "rich": {"markdown": true, "linked": {"kind": "video", "url": "https://x.example/film.MP4?x=1", "name": "film.MP4"}}})
    );
    assert_eq!(spoken[2].0, MessageType::Text);
    // The button would have opened nothing.
    assert_eq!(
        spoken[2].1["rich"]["cards"],
        json!([{"title": "One", "text": "for *Ada*", "image": "https://x.example/1.png"}, {"title": "", "text": "Two"}])
    );
    assert_eq!(Payload::plain(&shared::json::read(&spoken[2].1.to_string()).unwrap()), "One\nfor *Ada*\nTwo");
}

#[test]
fn nothing_is_opened_that_could_run() {
    let mut talk = Talk::with(json!([
        {"id": "m", "type": "message", "text": "x", "image": {"url": "{{bad}}"}, "buttons": [{"label": "a", "url": "{{bad}}"}, {"label": "b", "url": "{{tel}}"}]},
    ]));
    for bad in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        " vbscript:x",
        "https://",
        "https://x y",
        "//x.example",
    ] {
        talk.known = BTreeMap::from([
            ("bad".into(), Value::Text(bad.into())),
            ("tel".into(), Value::Text("tel:+431".into())),
        ]);
        let spoken = said(&talk.turn(Input::Start));
        assert_eq!(
            spoken[0].1,
            json!({"text": "x", "buttons": [{"label": "b", "value": "b", "url": "tel:+431"}]}),
            "{bad}"
        );
    }
}

#[test]
fn options_are_offered_under_conditions_and_as_cards() {
    let mut talk = Talk::with(json!([
        {"id": "c", "type": "choice", "text": "Which?", "saveAs": "lamp", "options": [
            {"label": "Heron", "value": "heron", "image": {"url": "https://x.example/h.png", "alt": "Heron"}, "description": "Ash"},
            {"label": "Secret", "when": {"variable": "member", "op": "eq", "value": true}},
        ]},
        {"id": "none", "type": "choice", "text": "Nothing", "options": [{"label": "x", "when": {"variable": "member", "op": "eq", "value": true}}]},
        {"id": "end", "type": "message", "text": "{{lamp}}"},
    ]));
    let spoken = said(&talk.turn(Input::Start));
    let card = json!({"title": "", "text": "Ash", "image": "https://x.example/h.png", "alt": "Heron", "buttons": [{"label": "Heron", "value": "heron"}]});
    assert_eq!(spoken, [(MessageType::Choice, json!({"text": "Which?", "rich": {"cards": [card]}}))]);
    assert_eq!(talk.say("secret"), ["Which?\nAsh"]);
    assert_eq!(talk.say("heron"), ["heron"]);
}

#[test]
fn questions_ask_for_choices_ratings_and_files() {
    let mut talk = Talk::with(json!([
        {"id": "a", "type": "question", "text": "Colour?", "saveAs": "colour", "validate": "choice", "options": [{"label": "Red", "value": "r"}, {"label": "Blue"}], "retries": 1, "error": "One of these."},
        {"id": "b", "type": "question", "text": "How was it?", "saveAs": "stars", "validate": "rating", "most": 10, "skippable": true},
        {"id": "c", "type": "question", "text": "A picture?", "saveAs": "picture", "validate": "file"},
        {"id": "d", "type": "choice", "text": "Which?", "saveAs": "several", "multiple": true, "options": [{"label": "A"}, {"label": "B, too"}]},
    ]));
    assert_eq!(
        said(&talk.turn(Input::Start))[0].1["buttons"],
        json!([{"label": "Red", "value": "r"}, {"label": "Blue", "value": "Blue"}])
    );
    assert_eq!(talk.say("green"), ["One of these.", "Colour?"]);
    let asked = talk.turn(Input::Said("red"));
    assert_eq!(talk.kept("colour"), Some(Value::Text("r".into())));
    assert_eq!(said(&asked)[0].1["rich"], json!({"asks": {"form": "rating", "most": 10}}));
    assert_eq!(said(&asked)[0].1["buttons"], json!([{"label": "Skip", "value": "skip"}]));
    assert_eq!(talk.say("11"), ["How was it?"]);
    assert_eq!(said(&talk.turn(Input::Said("10")))[0].1["rich"], json!({"asks": {"form": "file"}}));
    assert_eq!(talk.say("here it is"), ["A picture?"]);
    let asked = talk.turn(Input::Sent { file: "https://x.example/p.png", said: "p.png" });
    assert_eq!(talk.kept("picture"), Some(Value::Text("https://x.example/p.png".into())));
    assert_eq!(said(&asked)[0].1["rich"], json!({"asks": {"form": "several"}}));
    assert_eq!(talk.turn(Input::Said("b, too, a")).outcome, Outcome::Ended);
    assert_eq!(talk.kept("several"), Some(Value::List(vec!["B, too".into(), "A".into()])));
}

#[test]
fn another_flow_is_gone_through_and_comes_back() {
    let prices = json!({"steps": [
        {"id": "q", "type": "question", "text": "Which lamp?", "saveAs": "lamp"},
        {"id": "how", "type": "condition", "cases": [{"when": {"variable": "lamp", "op": "eq", "value": "none"}, "next": "stop"}]},
        {"id": "p", "type": "message", "text": "{{lamp}} is 90."},
        {"id": "stop", "type": "end"},
    ]});
    let flow = json!({"steps": [
        {"id": "q", "type": "message", "text": "Hello"},
        {"id": "call", "type": "call", "flow": PRICES},
        {"id": "after", "type": "message", "text": "Back with {{lamp}}"},
    ], "called": {PRICES: prices}});
    let mut talk = Talk::with(flow.clone());
    assert_eq!(talk.start(), ["Hello", "Which lamp?"]);
    // What waits in another flow survives being written down.
    talk.run = shared::json::read(&serde_json::to_string(&talk.run).unwrap()).unwrap();
    let turn = talk.turn(Input::Said("Heron"));
    assert_eq!(told(&turn), ["Heron is 90.", "Back with Heron"]);
    let of_flow: Vec<_> = turn.trace.iter().map(|entry| entry.flow.map(|it| it.to_string())).collect();
    assert_eq!(
        of_flow,
        [Some(PRICES.into()), Some(PRICES.into()), Some(PRICES.into()), Some(PRICES.into()), None]
    );
    let mut talk = Talk::with(flow);
    talk.start();
    assert_eq!((talk.say("none"), talk.run.calls.len()), (vec!["Back with none".into()], 0));
}

#[test]
fn a_keyword_jumps_from_wherever_the_flow_waits_even_out_of_a_call() {
    let mut talk = Talk::with(json!({"steps": [
        {"id": "c", "type": "choice", "text": "Which?", "options": [{"label": "Help"}, {"label": "Prices", "next": "call"}]},
        {"id": "end", "type": "end"},
        {"id": "call", "type": "call", "flow": PRICES, "next": "end"},
        {"id": "stop", "type": "jump", "keywords": ["stop", "help"]},
        {"id": "bye", "type": "message", "text": "Stopped.", "next": "end"},
        {"id": "any", "type": "jump", "keywords": ["human"], "match": "contains", "next": "people"},
        {"id": "people", "type": "handoff"},
    ], "called": {PRICES: {"steps": [{"id": "q", "type": "question", "text": "Which lamp?", "saveAs": "lamp"}]}}}));
    assert_eq!(talk.start(), ["Which?"]);
    let mut offered = Talk { graph: talk.graph.clone(), run: talk.run.clone(), known: BTreeMap::new() };
    // What is offered counts more.
    assert_eq!(
        (offered.turn(Input::Said("help")).outcome, offered.run.waiting_at.is_none()),
        (Outcome::Ended, true)
    );
    assert_eq!(talk.say("prices"), ["Which lamp?"]);
    let mut other = Talk { graph: talk.graph.clone(), run: talk.run.clone(), known: BTreeMap::new() };
    assert_eq!((talk.say("STOP!"), talk.run.calls.len()), (vec!["Stopped.".into()], 0));
    assert_eq!(talk.kept("lamp"), None);
    assert_eq!(other.say("a human, please"), ["people"]);
}

#[test]
fn what_goes_wrong_and_what_is_not_answered_have_their_own_ways() {
    let mut talk = Talk::with(json!([
        {"id": "q", "type": "question", "text": "Order?", "saveAs": "order", "validate": "number", "retries": 0},
        {"id": "ask", "type": "http", "url": "https://x.example/{{order}}", "timeout": 2},
        {"id": "end", "type": "end"},
        {"id": "wrong", "type": "onError"},
        {"id": "sorry", "type": "message", "text": "Sorry.", "next": "q"},
        {"id": "late", "type": "onTimeout", "seconds": 60},
        {"id": "there", "type": "message", "text": "Are you there?", "next": "own"},
        {"id": "own", "type": "question", "text": "Name?", "saveAs": "name", "timeout": {"seconds": 5, "next": "gone"}},
        {"id": "gone", "type": "message", "text": "Bye.", "next": "end"},
    ]));
    assert_eq!(talk.start(), ["Order?", "patience 60"]);
    assert_eq!(talk.say("seven"), ["Sorry.", "Order?", "patience 60"]);
    assert!(
        matches!(talk.turn(Input::Said("7")).effects.as_slice(), [Effect::Fetch(fetch)] if fetch.patience == 2)
    );
    assert_eq!(told(&talk.turn(Input::Fetched(None))), ["Sorry.", "Order?", "patience 60"]);
    assert_eq!(told(&talk.turn(Input::Elapsed)), ["Are you there?", "Name?", "patience 5"]);
    let turn = talk.turn(Input::Elapsed);
    assert_eq!((told(&turn), turn.outcome), (vec!["Bye.".into()], Outcome::Ended));
}

#[test]
fn a_flow_does_not_go_on_for_ever_where_nobody_is() {
    let mut talk = Talk::with(json!([
        {"id": "m", "type": "message", "text": "Hello?"},
        {"id": "d", "type": "delay", "seconds": 1},
        {"id": "g", "type": "goto", "next": "m"},
    ]));
    talk.start();
    let outcomes: Vec<_> = (0..=MOST_ALONE).map(|_| talk.turn(Input::Elapsed).outcome).collect();
    assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Waiting).count(), usize::from(MOST_ALONE));
    assert_eq!(outcomes.last(), Some(&Outcome::FuelSpent));
}

#[test]
fn declared_variables_have_a_type_a_lifetime_and_a_beginning() {
    let mut talk = Talk::with(json!({"variables": [
        {"name": "visits", "type": "number", "scope": "visitor", "default": 0},
        {"name": "plan", "type": "text", "default": "free"},
        {"name": "seen", "type": "list"},
    ], "steps": [
        {"id": "a", "type": "set", "variable": "visits", "op": "increment"},
        {"id": "b", "type": "set", "variable": "seen", "value": "{{plan}}"},
        {"id": "q", "type": "question", "text": "{{visits}} {{plan}}", "saveAs": "visits"},
    ]}));
    assert_eq!(talk.start(), ["1 free"]);
    assert_eq!(talk.kept("seen"), Some(Value::List(vec!["free".into()])));
    let warned = talk.turn(Input::Said("often")).trace;
    assert_eq!(warned[0].warnings, ["visits was not kept: it is not of the type that is declared"]);
    let lasting = talk.run.of_visitor(&talk.graph);
    assert_eq!(lasting, BTreeMap::from([("visits".into(), Value::Number(1.0))]));
}

#[test]
fn secrets_are_nowhere_but_in_the_call() {
    let mut talk = Talk::with(json!([
        {"id": "s", "type": "set", "variable": "x", "value": "{{secret.KEY}}"},
        {"id": "a", "type": "http", "method": "POST", "url": "https://x.example/?k={{secret.KEY}}", "headers": {"authorization": "Bearer {{secret.KEY}}"}, "body": "{{x}}", "sign": "HOOK"},
    ]));
    let turn = talk.turn(Input::Start);
    let Some(Effect::Fetch(fetch)) = turn.effects.last() else { panic!("{turn:?}") };
    assert_eq!(
        (fetch.body.as_ref().unwrap().to_string(), fetch.sign.as_deref()),
        (String::new(), Some("HOOK"))
    );
    assert_eq!(fetch.headers[0].value.with(|name| Some(format!("<{name}>"))), "Bearer <KEY>");
    assert_eq!(turn.trace.last().unwrap().output, ["POST https://x.example/?k={{secret.KEY}}"]);
}

#[test]
fn nobody_says_more_than_a_turn_may_and_no_report_has_no_end() {
    let big = json!([
        {"id": "a", "type": "set", "variable": "a", "value": "x".repeat(4_000)},
        {"id": "m", "type": "message", "text": "{{a}}".repeat(40)},
        {"id": "again", "type": "goto", "next": "m"},
    ]);
    let turn = Talk::with(big).turn(Input::Start);
    assert_eq!((turn.outcome, turn.effects.len()), (Outcome::FuelSpent, 6));
    assert_eq!(turn.trace.last().unwrap().warnings, ["a turn says at most 262144 bytes"]);
    let talks = json!([
        {"id": "a", "type": "set", "variable": "a", "value": "x".repeat(4_000)},
        {"id": "m", "type": "message", "text": "{{a}}".repeat(40)},
        {"id": "d", "type": "delay", "seconds": 1},
        {"id": "again", "type": "goto", "next": "m"},
    ]);
    let graph = Graph::read(&talks.to_string()).unwrap();
    let report = try_out(&graph, &Script::default(), Timestamp::from_millis(0), [0; 10]);
    let bytes = serde_json::to_string(&report).unwrap().len();
    assert_eq!((report.status, (1_000_000..1_500_000).contains(&bytes)), (Status::Limit, true), "{bytes}");
}

#[test]
fn a_step_of_one_name_in_two_flows_is_two_in_the_trace() {
    let mut talk = Talk::with(json!({"steps": [
        {"id": "c", "type": "call", "flow": PRICES}, {"id": "m", "type": "message", "text": "outer"},
    ], "called": {PRICES: [{"id": "m", "type": "message", "text": "inner"}]}}));
    let trace = talk.turn(Input::Start).trace;
    assert_eq!(trace.iter().map(|entry| entry.output.join(" ")).collect::<Vec<_>>(), ["", "inner", "outer"]);
}

#[test]
fn what_a_question_puts_before_the_visitor_counts_more_than_a_jump() {
    let flow = |question: Json| {
        Talk::with(json!([
            question, {"id": "end", "type": "end"},
            {"id": "jump", "type": "jump", "keywords": ["human", "5", "skip"]}, {"id": "people", "type": "handoff"},
        ]))
    };
    let answer = |question: Json, said: &str| {
        let mut talk = flow(question);
        talk.start();
        talk.turn(Input::Said(said)).outcome
    };
    let choice = json!({"id": "q", "type": "question", "text": "?", "saveAs": "x", "validate": "choice", "options": [{"label": "Human"}]});
    let rating = json!({"id": "q", "type": "question", "text": "?", "saveAs": "x", "validate": "rating", "skippable": true});
    let words = json!({"id": "q", "type": "question", "text": "?", "saveAs": "x"});
    assert_eq!((answer(choice, "human"), answer(rating.clone(), "5")), (Outcome::Ended, Outcome::Ended));
    assert_eq!(
        (answer(rating.clone(), "skip"), answer(rating, "human")),
        (Outcome::Ended, Outcome::HandedOff)
    );
    assert_eq!(answer(words, "human"), Outcome::HandedOff);
}

#[test]
fn a_turn_does_not_compare_for_ever() {
    let when = json!({"variable": "x", "op": "matches", "value": "([a-z]{0,30}){0,8}Q"});
    let cases: Vec<_> = (0..500).map(|_| json!({"when": when, "next": "end"})).collect();
    let mut talk = Talk::with(json!([
        {"id": "q", "type": "question", "text": "?", "saveAs": "x"},
        {"id": "if", "type": "condition", "cases": cases},
        {"id": "end", "type": "end"},
    ]));
    talk.start();
    let turn = talk.turn(Input::Said(&"a".repeat(4_000)));
    assert_eq!(turn.outcome, Outcome::FuelSpent);
    assert_eq!(turn.trace[1].warnings, Vec::<String>::new());
    assert!(turn.trace[2].warnings[0].contains("takes too long"), "{:?}", turn.trace.last());
    assert_eq!(talk.turn(Input::Start).outcome, Outcome::Waiting);
}
