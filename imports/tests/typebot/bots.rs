//! Whole bots: where they begin, what their flows do, what keeps them apart and what is refused.

use super::{bubble, imported, said, step, steps, tells, tried};
use flow::lint::lint;
use flow::test_run::Status;
use imports::typebot::import;
use serde_json::{Value, json};
use shared::json::Json;

fn lead_bot() -> Value {
    json!({
        "version": "6", "name": "Lead scoring", "theme": {"chat": {}}, "settings": {"general": {"isBrandingEnabled": true}},
        "variables": [
            {"id": "v1", "name": "First name"}, {"id": "v2", "name": "Lead score"}, {"id": "v3", "name": "email"},
            {"id": "v4", "name": "city"}, {"id": "v5", "name": "tags"}, {"id": "v6", "name": "seen"}, {"id": "v7", "name": "team"}
        ],
        "events": [{"id": "ev", "type": "start", "outgoingEdgeId": "e0"}],
        "groups": [
            {"id": "bye", "title": "Bye", "blocks": [
                {"id": "bye 1", "type": "text", "content": {"richText": [
                    {"type": "p", "children": [{"text": "Thanks, "}, {"type": "inline-variable", "children": [{"type": "p", "children": [{"text": "{{First name}}"}]}]}, {"text": "!", "bold": true}]},
                    {"type": "ul", "children": [
                        {"type": "li", "children": [{"type": "lic", "children": [{"type": "a", "url": "https://x.example/", "children": [{"text": "Our site"}]}]}]},
                        {"type": "li", "children": [{"type": "lic", "children": [{"text": "Score {{Lead score}}"}]}]}]}]}}]},
            {"id": "hi", "title": "Welcome", "blocks": [
                bubble("hi1", "Hi there"),
                {"id": "vid", "type": "video", "content": {"url": "https://v.example/1", "type": "youtube"}},
                {"id": "score0", "type": "Set variable", "options": {"variableId": "v2", "expressionToEvaluate": "0"}},
                bubble("askname", "What is your name?"),
                {"id": "name", "type": "text input", "options": {"variableId": "v1", "labels": {"button": "Send"}}},
                bubble("askmail", "And your address, {{First name}}?"),
                {"id": "mail", "type": "email input", "outgoingEdgeId": "e1",
                    "options": {"variableId": "v3", "retryMessageContent": "No address, {{First name}}."}}]},
            {"id": "team", "title": "Team", "blocks": [
                {"id": "pick", "type": "choice input", "options": {"variableId": "v7"}, "items": [
                    {"id": "i1", "content": "Sales", "outgoingEdgeId": "e2"},
                    {"id": "i2", "content": "Support"}]},
                {"id": "size", "type": "number input", "options": {"variableId": "v5"}},
                {"id": "if", "type": "Condition", "outgoingEdgeId": "e5", "items": [
                    {"id": "c1", "content": {"logicalOperator": "AND", "comparisons": [
                        {"variableId": "v5", "comparisonOperator": "Greater than", "value": "30"},
                        {"variableId": "v3", "comparisonOperator": "Ends with", "value": ".com"}]}},
                    {"id": "c2", "content": {"comparisons": [{"variableId": "v5", "comparisonOperator": "Less than", "value": "0"}]}}]},
            ]},
            {"id": "add", "title": "Add", "blocks": [
                {"id": "plus", "type": "Set variable", "options": {"variableId": "v2", "expressionToEvaluate": "{{Lead score}} + 10"}},
                {"id": "now", "type": "Set variable", "options": {"variableId": "v6", "type": "Now"}},
                {"id": "wait", "type": "Wait", "options": {"secondsToWaitFor": "2"}},
                {"id": "hook", "type": "Webhook", "options": {
                    "webhook": {"method": "POST", "url": "https://api.example/leads/{{First name}}", "body": "{\"mail\":\"{{email}}\"}",
                        "headers": [{"id": "h", "key": "Content-Type", "value": "application/json"}],
                        "queryParams": [{"id": "q", "key": "from", "value": "a b"}]},
                    "isCustomBody": true,
                    "responseVariableMapping": [{"id": "m", "variableId": "v4", "bodyPath": "data.places[0].city"},
                        {"id": "n", "variableId": "v6", "bodyPath": "data.flatMap(item => item.x)"}]}},
                bubble("where", "You are in {{city}}"),
                {"id": "jump", "type": "Jump", "options": {"groupId": "bye"}}]},
            {"id": "more", "title": "More", "blocks": [
                {"id": "sheet", "type": "Google Sheets", "options": {}},
                {"id": "go", "type": "Redirect", "options": {"url": "https://x.example/"}, "outgoingEdgeId": "e6"}]}
        ],
        "edges": [
            {"id": "e0", "from": {"eventId": "ev"}, "to": {"groupId": "hi"}},
            {"id": "e1", "from": {"blockId": "mail"}, "to": {"groupId": "team"}},
            {"id": "e2", "from": {"blockId": "pick", "itemId": "i1"}, "to": {"groupId": "add"}},
            {"id": "e4", "from": {"blockId": "if", "itemId": "c1"}, "to": {"groupId": "add"}},
            {"id": "e5", "from": {"blockId": "if"}, "to": {"groupId": "more", "blockId": "sheet"}},
            {"id": "e6", "from": {"blockId": "go"}, "to": {"groupId": "bye"}}
        ]
    })
}

#[test]
fn a_bot_becomes_a_flow_that_can_be_published_and_run() {
    let bot = imported(lead_bot());
    assert_eq!(bot.name.as_deref(), Some("Lead scoring"));
    assert_eq!(steps(&bot)[0]["id"], "hi1");
    assert_eq!(step(&bot, "name")["saveAs"], "First_name");
    assert_eq!(step(&bot, "mail")["error"], "No address, {{First_name}}.");
    assert_eq!(step(&bot, "plus")["value"], "{{Lead_score}} + 10");
    assert_eq!(step(&bot, "bye_1")["next"], "end");
    assert_eq!(
        step(&bot, "if"),
        json!({"id": "if", "type": "condition", "else": "sheet", "cases": [
            {"when": {"all": [{"variable": "tags", "op": "gt", "value": 30}, {"variable": "email", "op": "endsWith", "value": ".com"}]}, "next": "plus"},
            {"when": {"variable": "tags", "op": "lt", "value": 0}, "next": "end"}]})
    );
    assert_eq!(
        step(&bot, "hook"),
        json!({"id": "hook", "type": "http", "method": "POST", "url": "https://api.example/leads/{{First_name|url}}?from=a%20b",
            "headers": {"Content-Type": "application/json"}, "body": "{\"mail\":\"{{email}}\"}",
            "map": {"city": "places[0].city"}, "next": "where"})
    );
    assert_eq!(
        bot.report,
        [
            "The variable \"First name\" is called First_name here",
            "The variable \"Lead score\" is called Lead_score here",
            "The theme is not carried over: the widget has its own",
            "The settings are not carried over: typing, metadata and the like",
            "Group \"Welcome\", block 2: the video is not played here; a button opens it",
            "Placeholders and buttons' words of inputs are not carried over",
            "Group \"Add\", block 4: seen is not set: data.flatMap(item => item.x) is no plain way to a value",
            "Group \"More\", block 1: \"Google Sheets\" is not carried over; the flow goes on",
            "Group \"More\", block 2: visitors are not sent elsewhere; a button opens it",
        ]
    );
    let mocks = json!({"hook": {"status": 200, "body": {"places": [{"city": "Oslo"}]}}});
    let long =
        tried(&bot, &json!({"messages": ["Ada", "ada", "ada@x.com", "Support", "40"], "mocks": mocks}));
    assert_eq!((long.status, long.warnings.len()), (Status::Completed, 0));
    assert_eq!(
        said(&long),
        [
            "Hi there",
            "What is your name?",
            "And your address, Ada?",
            "No address, Ada.",
            "POST https://api.example/leads/Ada?from=a%20b",
            "You are in Oslo",
            "Thanks, Ada**!**\n- [Our site](https://x.example/)\n- Score 10",
        ]
    );
    assert_eq!(long.final_variables["seen"].to_string(), "2026-05-01T10:00:00.000Z");
    assert_eq!(long.steps.iter().filter_map(|step| step.ms).sum::<u64>(), 2000);
    let short = tried(&bot, &json!({"messages": ["Ada", "ada@x.com", "Support", "3"]}));
    assert_eq!(said(&short).last().unwrap(), "Thanks, Ada**!**\n- [Our site](https://x.example/)\n- Score 0");
    let direct = tried(&bot, &json!({"messages": ["Ada", "ada@x.com", "sales"], "mocks": mocks}));
    assert_eq!(direct.status, Status::Completed);
}

#[test]
fn an_export_of_version_3_begins_with_its_start_block() {
    let bot = imported(json!({"version": "3", "name": " ", "groups": [
        {"id": "s", "title": "Start", "blocks": [{"id": "b0", "type": "start", "groupId": "s", "outgoingEdgeId": "e"}]},
        {"id": "x", "title": "Other", "blocks": [
            {"id": "html", "type": "text", "content": {"html": "<div>Tom &amp; <b>J</b> <a href=\"https://x.example\">here</a></div><div>&amp;lt;</div>", "plainText": "no"}}]},
        {"id": "g", "title": "", "blocks": [
            {"id": "plain", "type": "text", "content": {"html": "", "plainText": "Hi"}},
            {"id": "ask", "type": "rating input", "options": {"length": 10}, "outgoingEdgeId": "f"}]}],
        "variables": [], "edges": [
            {"id": "e", "from": {"groupId": "s", "blockId": "b0"}, "to": {"groupId": "g"}},
            {"id": "f", "from": {"groupId": "g", "blockId": "ask"}, "to": {"groupId": "x"}}]}));
    assert_eq!(bot.name, None);
    assert_eq!(
        steps(&bot),
        [
            json!({"id": "plain", "type": "message", "text": "Hi", "next": "ask"}),
            json!({"id": "html", "type": "message", "text": "Tom & **J** [here](https://x.example)\n&lt;", "markdown": true, "next": "end"}),
            json!({"id": "ask", "type": "question", "text": "", "saveAs": "answer", "validate": "rating", "most": 10, "error": "Hi", "next": "html"}),
            json!({"id": "end", "type": "end"}),
        ]
    );
    tells(&bot, "Group 3, block 2: its answer was not kept; it is, as answer");
    tells(&bot, "Group 3, block 2: it is rated from 1 to 10; Typebot rates from 0");
    assert_eq!(tried(&bot, &json!({"messages": ["many", "9"]})).status, Status::Completed);
}

#[test]
fn the_report_says_what_publishing_would() {
    let bot = imported(json!({"groups": [
        {"id": "a", "title": "A", "blocks": [bubble("one", "Hi {{who}}")]},
        {"id": "b", "title": "B", "blocks": [bubble("two", "lost")]}, {"id": "c", "title": "C", "blocks": []}],
        "events": [{"id": "e", "type": "start"}],
        "edges": [{"id": "x", "from": {"eventId": "e"}, "to": {"groupId": "a"}}, {"id": "y", "from": {"blockId": "one"}, "to": {"groupId": "c"}}]}));
    assert_eq!(
        bot.report,
        [
            "Group \"C\": it is empty; what leads to it ends",
            "Group \"A\", block 1: its edge leads to nothing; the flow ends there",
            "It cannot be published yet: step two: no step leads here; lead one here, or remove it",
            "It cannot be published yet: step one: nothing sets the variable who; set it, or mend its name",
        ]
    );
    assert!(lint(&bot.steps).is_err());
}

#[test]
fn names_and_ids_stay_apart() {
    let names = ["Full name", "Full_name", "Full-name", "1st", "É"];
    let variables: Vec<Value> =
        names.iter().enumerate().map(|(n, name)| json!({"id": n.to_string(), "name": name})).collect();
    let text = "{{Full name}} {{Full_name}} {{ Full-name }} {{1st}} {{É}} {{not there}} {{=code=}} {{";
    let long = "x".repeat(100);
    let bot = imported(json!({"groups": [{"id": "g", "title": "G", "blocks": [
        bubble(&long, text), bubble(&long, "b"), bubble("é", "c"), bubble("end", "d"), bubble("", "e")]}], "variables": variables}));
    assert_eq!(
        steps(&bot)[0]["text"],
        "{{Full_name_2}} {{Full_name}} {{Full_name_3}} {{v_1st}} {{_}} {{not_there}} {{=code=}} {{"
    );
    let ids: Vec<Value> = steps(&bot).into_iter().map(|mut step| step["id"].take()).collect();
    assert_eq!(
        ids,
        ["x".repeat(64), "x".repeat(62) + "_2", "_".into(), "end".into(), "step".into(), "end_2".into()]
    );
    tells(&bot, "The variable \"Full-name\" is called Full_name_3 here");
    tells(&bot, "Nothing leads from the start; the flow begins with the first group");
}

#[test]
fn what_is_too_much_or_no_export_is_refused() {
    let many = |count: usize| {
        let blocks: Vec<Value> = (0..count).map(|n| bubble(&n.to_string(), "x")).collect();
        json!({"groups": [{"id": "g", "title": "G", "blocks": blocks}]}).to_string()
    };
    let large = import(&Json::parse(&many(201)).unwrap()).unwrap();
    assert_eq!(steps(&large).len(), 202);
    tells(&large, "There are 202 steps, and a flow has at most 200; remove some");
    for (export, sentence) in [
        (many(2001), "a bot has at most 2000 groups, blocks and variables"),
        ("[]".into(), "must be an object"),
        ("{}".into(), "groups must be a list, as Typebot exports it since version 3"),
        (r#"{"groups":[{"blocks":[{"type":"start"}]}]}"#.into(), "groups has no blocks"),
    ] {
        assert_eq!(import(&Json::parse(&export).unwrap()).unwrap_err().sentence(), sentence);
    }
}
