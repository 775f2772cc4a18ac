//! What becomes of bots that Typebot exported.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use proptest::prelude::*;
use serde_json::{Value, json};
use shared::flow::lint::lint;
use shared::flow::test_run::{Report, Script, Status, try_out};
use shared::flow::typebot::{Imported, import};
use shared::json::{self, Json};
use shared::time::Timestamp;

#[allow(clippy::needless_pass_by_value, reason = "exports are written where they are given")]
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

/// One group of blocks that follow each other, and variables `a`, `b` and `Full name`.
#[allow(clippy::needless_pass_by_value, reason = "blocks are written where they are given")]
fn of_blocks(blocks: Value) -> Imported {
    imported(json!({"version": "6", "groups": [{"id": "g", "title": "One", "blocks": blocks}],
        "events": [{"id": "e", "type": "start", "outgoingEdgeId": "x"}],
        "edges": [{"id": "x", "from": {"eventId": "e"}, "to": {"groupId": "g"}}],
        "variables": [{"id": "va", "name": "a"}, {"id": "vb", "name": "b"}, {"id": "vn", "name": "Full name"}]}))
}

fn bubble(id: &str, text: &str) -> Value {
    json!({"id": id, "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": text}]}]}})
}

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
            "Bold, italic and underlined words are said as plain words",
            "Group \"Welcome\", block 2: the video cannot be shown; its address is said as text",
            "Placeholders and buttons' words of inputs are not carried over",
            "Group \"Add\", block 4: seen is not set: data.flatMap(item => item.x) is no plain way to a value",
            "Group \"More\", block 1: \"Google Sheets\" is not carried over; the flow goes on",
            "Group \"More\", block 2: visitors are not sent to \"https://x.example/\"; the flow goes on",
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
            "https://v.example/1",
            "What is your name?",
            "And your address, Ada?",
            "No address, Ada.",
            "POST https://api.example/leads/Ada?from=a%20b",
            "You are in Oslo",
            "Thanks, Ada!\n- Our site (https://x.example/)\n- Score 10",
        ]
    );
    assert_eq!(long.final_variables["seen"].to_string(), "2026-05-01T10:00:00.000Z");
    assert_eq!(long.steps.iter().filter_map(|step| step.ms).sum::<u64>(), 2000);
    let short = tried(&bot, &json!({"messages": ["Ada", "ada@x.com", "Support", "3"]}));
    assert_eq!(said(&short).last().unwrap(), "Thanks, Ada!\n- Our site (https://x.example/)\n- Score 0");
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
            json!({"id": "html", "type": "message", "text": "Tom & J here (https://x.example)\n&lt;", "next": "end"}),
            json!({"id": "ask", "type": "question", "text": "", "saveAs": "answer", "validate": "number", "error": "Hi", "next": "html"}),
            json!({"id": "end", "type": "end"}),
        ]
    );
    tells(&bot, "Group 3, block 2: its answer was not kept; it is, as answer");
    tells(
        &bot,
        "Group 3, block 2: a rating is asked for as a number; its limits and icons are not carried over",
    );
    assert_eq!(tried(&bot, &json!({"messages": ["many", "9"]})).status, Status::Completed);
}

#[test]
fn variables_are_set_to_what_can_be_carried_over() {
    let set = |options: Value| {
        let mut options = options;
        options["variableId"] = json!("va");
        let bot = of_blocks(json!([{"id": "s", "type": "Set variable", "options": options}]));
        let told = bot.report.iter().filter(|told| told.starts_with("Group")).count();
        let step = step(&bot, "s");
        (step["op"].clone(), step["value"].clone(), told)
    };
    let custom = |text: &str| set(json!({"expressionToEvaluate": text}));
    for (text, value) in [
        ("Paris", json!("Paris")),
        ("\"Paris\"", json!("Paris")),
        ("'Paris'", json!("Paris")),
        ("12.5", json!(12.5)),
        ("true", json!(true)),
        ("[\"x\", \"y\"]", json!(["x", "y"])),
        ("{{Full name}}", json!("{{Full_name}}")),
        ("Hello {{Full name}}. Fine", json!("Hello {{Full_name}}. Fine")),
        ("well-known", json!("well-known")),
        ("", json!("")),
        ("null", json!("")),
    ] {
        assert_eq!(custom(text), (Value::Null, value, 0), "{text}");
    }
    assert_eq!(
        custom("({{a}} + 2) * {{Full name}}"),
        (json!("expression"), json!("({{a}} + 2) * {{Full_name}}"), 0)
    );
    for code in
        ["Math.round({{a}})", "{{a}}.trim()", "\"Hi \" + {{a}}", "{{a}} > 1 ? \"x\" : \"y\"", "`${x}`"]
    {
        assert_eq!(custom(code), (Value::Null, json!(""), 1), "{code}");
    }
    assert_eq!(set(json!({"expressionToEvaluate": "word", "isCode": true})), (Value::Null, json!(""), 1));
    assert_eq!(set(json!({"type": "Today"})), (json!("now"), Value::Null, 0));
    assert_eq!(set(json!({"type": "Now", "timeZone": "Europe/Paris"})), (json!("now"), Value::Null, 1));
    assert_eq!(set(json!({"type": "Random ID"})), (json!("id"), Value::Null, 0));
    assert_eq!(
        set(json!({"type": "Append value(s)", "item": "{{Full name}}"})),
        (json!("append"), json!("{{Full_name}}"), 0)
    );
    assert_eq!(set(json!({"type": "Transcript"})), (Value::Null, json!(""), 1));
}

#[test]
fn comparisons_are_typed() {
    let when = |comparison: Value| {
        let mut comparison = comparison;
        comparison["variableId"] = json!("va");
        let bot = of_blocks(
            json!([{"id": "c", "type": "Condition", "items": [{"id": "i", "content": {"comparisons": [comparison]}}]}]),
        );
        let mut when = step(&bot, "c")["cases"][0]["when"].clone();
        if let Some(test) = when.as_object_mut() {
            test.remove("variable");
        }
        (when, bot.report.iter().filter(|told| told.starts_with("Group")).count())
    };
    for (op, value, wanted, told) in [
        ("Equal to", "Yes", json!({"op": "eq", "value": "Yes"}), 0),
        ("Not equal", "3", json!({"op": "ne", "value": 3}), 0),
        ("Equal to", "007", json!({"op": "eq", "value": "007"}), 0),
        ("Equal to", "true", json!({"op": "eq", "value": true}), 0),
        ("Equal to", "null", json!({"op": "empty"}), 0),
        ("Is set", "", json!({"op": "set"}), 0),
        ("Is empty", "x", json!({"op": "empty"}), 0),
        ("Does not contain", "7", json!({"op": "notContains", "value": "7"}), 0),
        ("Less or equal to", "2026-05-01", json!({"op": "lte", "value": "2026-05-01", "type": "date"}), 0),
        ("Greater or equal to", "word", json!({"op": "gte", "value": "word"}), 1),
        ("Matches regex", "/^a+$/gi", json!({"op": "matches", "value": "(?i)^a+$"}), 0),
        ("Does not match regex", "x", json!({"not": {"variable": "a", "op": "matches", "value": "x"}}), 0),
        ("Matches regex", "(?=x)", json!({"any": []}), 1),
        ("Contains", "", json!({"any": []}), 1),
        ("Dances", "x", json!({"any": []}), 1),
        ("Equal to", "{{b}}", json!({"op": "eq", "value": "{{b}}"}), 1),
    ] {
        let compared = when(json!({"comparisonOperator": op, "value": value}));
        assert_eq!(compared, (wanted, told), "{op} {value}");
    }
}

#[test]
fn what_cannot_be_carried_over_is_told_and_led_past() {
    let bot = of_blocks(json!([
        {"id": "i", "type": "image", "content": {}},
        {"id": "f", "type": "file input", "options": {"variableId": "va", "isRequired": false}},
        {"id": "p", "type": "payment input", "options": {"variableId": "vb"}},
        {"id": "o", "type": "otp input", "options": {"variableId": "vn"}},
        {"id": "d", "type": "choice input", "options": {"dynamicVariableId": "va", "variableId": "vb"}},
        {"id": "m", "type": "choice input", "options": {"isMultipleChoice": true, "variableId": "vb"}, "items": [
            {"id": "m1", "content": "Red, dark", "displayCondition": {"isEnabled": true}}, {"id": "m2", "content": ""}]},
        {"id": "l", "type": "Typebot link", "options": {"typebotId": "other"}},
        {"id": "s", "type": "Script"}, {"id": "t", "type": "AB test", "items": []}, {"id": "h", "type": "Webhook", "options": {"webhook": {"url": "http://x.example/"}}},
        {"id": "w", "type": "Wait", "options": {"secondsToWaitFor": "999999"}},
        {"id": "z", "type": "openai"}, {"id": "z", "type": "Jump"}, 7
    ]));
    let told: Vec<&String> = bot.report.iter().filter(|told| told.starts_with("Group")).collect();
    assert_eq!(
        told,
        [
            "Group \"One\", block 13: another block has its id; ways lead to that one",
            "Group \"One\", block 1: the image has no address; it is left out",
            "Group \"One\", block 2: a file cannot be asked for; a text is",
            "Group \"One\", block 3: nothing can be paid; a text is asked for",
            "Group \"One\", block 4: \"otp input\" is not carried over; a text is asked for",
            "Group \"One\", block 5: options out of a variable, or none, cannot be offered; a text is asked for",
            "Group \"One\", block 6: an option of several has no commas; it is called \"Red; dark\"",
            "Group \"One\", block 6: the option \"Red; dark\" is always offered, without its condition",
            "Group \"One\", block 6: an option without words is called 2",
            "Group \"One\", block 7: a link to another bot is not carried over; the flow goes on",
            "Group \"One\", block 8: a script cannot be run; the flow goes on",
            "Group \"One\", block 9: ways are not chosen by chance; everybody goes the first",
            "Group \"One\", block 10: a server is asked over https alone, and its host is no variable; \"http://x.example/\" is not asked",
            "Group \"One\", block 11: it waits 86400 seconds: whole ones, from 1 to 86400",
            "Group \"One\", block 12: \"openai\" is not carried over; the flow goes on",
            "Group \"One\", block 13: it jumps to nothing; the flow goes on below",
            "Group \"One\", block 14: it does not say what it is; it is passed over",
        ]
    );
    assert_eq!(step(&bot, "z_2")["next"], "step");
    let report = tried(&bot, &json!({"messages": ["skip", "paid", "123", "any", "red; dark, 2"]}));
    assert_eq!(report.status, Status::Completed);
    assert_eq!(report.final_variables["b"].to_string(), "Red; dark, 2");
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

/// JSON of words that exports have, put together by chance.
fn any_json() -> impl Strategy<Value = Json> {
    let words = prop::sample::select(vec![
        "groups",
        "blocks",
        "edges",
        "events",
        "variables",
        "id",
        "type",
        "title",
        "name",
        "content",
        "richText",
        "children",
        "text",
        "items",
        "options",
        "comparisons",
        "comparisonOperator",
        "value",
        "variableId",
        "expressionToEvaluate",
        "webhook",
        "url",
        "from",
        "to",
        "blockId",
        "groupId",
        "itemId",
        "outgoingEdgeId",
        "html",
        "bodyPath",
        "responseVariableMapping",
        "queryParams",
        "key",
        "secondsToWaitFor",
        "start",
        "text",
        "image",
        "Set variable",
        "Condition",
        "choice input",
        "email input",
        "Jump",
        "Webhook",
        "Wait",
        "AB test",
        "Matches regex",
        "Greater than",
        "a",
        "b",
        "{{a}}",
        "{{",
        "}}",
        "<a",
        "é",
        "2026-05-0é",
        "https://x.example/{{a}}",
        "data.x[",
        "'",
        "\"",
        "/",
        "(",
        "1",
        "",
    ])
    .prop_map(str::to_owned);
    let words = prop_oneof![3 => words, 1 => any::<String>()];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Boolean),
        any::<f64>().prop_map(Json::Number),
        words.clone().prop_map(Json::Text),
    ];
    leaf.prop_recursive(8, 96, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::List),
            prop::collection::vec((words.clone(), inner), 0..8).prop_map(Json::Object),
        ]
    })
}

/// A bot of blocks of known kinds, with anything in them.
fn any_bot() -> impl Strategy<Value = Json> {
    let kinds = prop::sample::select(vec![
        "text",
        "image",
        "text input",
        "email input",
        "number input",
        "choice input",
        "picture choice input",
        "file input",
        "Set variable",
        "Condition",
        "Wait",
        "Jump",
        "Webhook",
        "AB test",
        "Typebot link",
        "openai",
        "start",
    ]);
    let ids = prop::sample::select(vec!["a", "b", "c", "end", ""]);
    let text = |text: &str| Json::Text(text.into());
    let block = (kinds, ids.clone(), any_json(), any_json(), any_json()).prop_map(
        move |(kind, id, options, content, items)| {
            let members = [
                ("type", text(kind)),
                ("id", text(id)),
                ("options", options),
                ("content", content),
                ("items", items),
            ];
            Json::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
        },
    );
    let edge = (ids.clone(), ids.clone(), ids).prop_map(move |(id, from, to)| {
        let end = |name: &str, id| Json::Object(vec![(name.into(), text(id))]);
        let members = [("id", text(id)), ("from", end("blockId", from)), ("to", end("blockId", to))];
        Json::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    });
    (prop::collection::vec(block, 0..12), prop::collection::vec(edge, 0..6)).prop_map(|(blocks, edges)| {
        let group =
            Json::Object(vec![("id".into(), Json::Text("a".into())), ("blocks".into(), Json::List(blocks))]);
        Json::Object(vec![("groups".into(), Json::List(vec![group])), ("edges".into(), Json::List(edges))])
    })
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(json in any_json()) {
        let _ = import(&json);
    }

    /// Whatever stands in a bot, its steps can be read, and the report has something to say where they cannot be published.
    #[test]
    fn every_bot_becomes_steps_or_is_refused(json in any_bot()) {
        let bot = import(&json).ok();
        let faults = bot.as_ref().and_then(|bot| lint(&bot.steps).err()).unwrap_or_default();
        for fault in faults {
            let ours = ["steps[", "which is not a step", "another step has this id"];
            prop_assert!(!ours.into_iter().any(|fault_of_ours| fault.contains(fault_of_ours)), "{}", fault);
            let told = format!("It cannot be published yet: {fault}");
            prop_assert!(bot.as_ref().is_some_and(|bot| bot.report.contains(&told)), "{}", fault);
        }
    }
}
