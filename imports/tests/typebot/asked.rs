//! What bots ask for: ratings, files, and choices of options, pictures and cards.

use super::{bubble, of_blocks, said, step, tried};
use flow::test_run::Status;
use imports::typebot::Imported;
use serde_json::{Value, json};

fn told(bot: &Imported) -> Vec<&str> {
    bot.report.iter().filter_map(|told| Some(told.split_once(", block ")?.1)).collect()
}

/// The question that an input becomes, below words that ask, and what is told of it.
fn question(mut input: Value) -> (Value, Vec<String>) {
    input["id"] = json!("q");
    input["options"]["variableId"] = json!("va");
    let bot = of_blocks(json!([bubble("t", "Well?"), input]));
    let mut made = step(&bot, "q");
    if let Some(members) = made.as_object_mut() {
        members.retain(|name, _| !["id", "next", "type", "text", "saveAs", "error"].contains(&name.as_str()));
    }
    tried(&bot, &json!({"messages": ["x"]}));
    (made, told(&bot).into_iter().map(|told| told.replace("2: ", "")).collect())
}

#[test]
fn ratings_have_a_best() {
    let rating = |options: Value| question(json!({"type": "rating input", "options": options}));
    let from_one =
        |most: u8| "it is rated from 1 to {most}; Typebot rates from 0".replace("{most}", &most.to_string());
    let of = |most: u8| json!({"validate": "rating", "most": most});
    assert_eq!(rating(json!({"length": 5, "buttonType": "Icons"})), (of(5), vec![]));
    assert_eq!(rating(json!({"length": 7, "buttonType": "Numbers", "startsAt": 1})), (of(7), vec![]));
    assert_eq!(rating(json!({})), (of(10), vec![from_one(10)]));
    assert_eq!(
        rating(json!({"length": 5, "startsAt": "{{b}}"})).1,
        ["it is rated from 1 to 5; Typebot rates from {{b}}"]
    );
    let (made, told) = rating(json!({"length": 1, "buttonType": "Icons", "customIcon": {"isEnabled": true}}));
    assert_eq!(
        (made, told),
        (
            of(2),
            vec![
                "it is rated from 1 to 2, not to 1".into(),
                "its icon is not carried over: the widget has its own".into()
            ]
        )
    );
    let bot = of_blocks(
        json!([{"id": "q", "type": "rating input", "options": {"variableId": "va", "length": 3, "startsAt": 1}}]),
    );
    assert_eq!(tried(&bot, &json!({"messages": ["4", "3"]})).final_variables["a"].to_string(), "3");
}

#[test]
fn files_are_asked_for() {
    let file = |options: Value| question(json!({"type": "file input", "options": options}));
    assert_eq!(file(json!({})), (json!({"validate": "file"}), vec![]));
    let (made, told) = file(
        json!({"isRequired": false, "isMultipleAllowed": true, "allowedFileTypes": {"isEnabled": true, "types": [".pdf"]}}),
    );
    assert_eq!(made, json!({"validate": "file", "skippable": true}));
    assert_eq!(
        told,
        [
            "one file is taken and not several; ask again for more",
            "files are taken of every kind that visitors may send; say above which are wanted",
        ]
    );
}

#[test]
fn texts_are_asked_for_whatever_helps_to_write_them() {
    let ask = |options: Value| question(json!({"type": "text input", "options": options}));
    assert_eq!(ask(json!({"isLong": true, "inputMode": "email"})), (json!({}), vec![]));
    let options =
        json!({"audioClip": {"isEnabled": true, "saveVariableId": "vb"}, "attachments": {"isEnabled": true}});
    assert_eq!(
        ask(options).1,
        [
            "it takes words alone and no recording, so b is not set; ask for a file where one is needed",
            "it takes words alone and no files; ask for a file where one is needed",
        ]
    );
    assert_eq!(
        question(json!({"type": "time input"})).1,
        ["\"time input\" is not carried over; a text is asked for"]
    );
}

#[test]
fn options_are_offered_where_their_conditions_hold() {
    let shown = |value: &str| json!({"isEnabled": true, "condition": {"logicalOperator": "AND", "comparisons": [{"variableId": "va", "comparisonOperator": "Equal to", "value": value}]}});
    let bot = of_blocks(json!([
        bubble("t", "Which?"), {"id": "s", "type": "Set variable", "options": {"variableId": "va", "expressionToEvaluate": "pro"}},
        {"id": "q", "type": "choice input", "options": {"variableId": "vb"}, "items": [
            {"id": "1", "content": "Chat", "displayCondition": shown("pro"), "outgoingEdgeId": "x"},
            {"id": "2", "content": "Mail", "displayCondition": shown("free"), "outgoingEdgeId": "x"},
            {"id": "3", "content": "Call", "displayCondition": {"isEnabled": false}},
            {"id": "4", "content": "Fax", "displayCondition": {"isEnabled": true}}]}]));
    assert_eq!(
        step(&bot, "q")["options"],
        json!([
        {"label": "Chat", "when": {"variable": "a", "op": "eq", "value": "pro"}, "next": "t"},
        {"label": "Mail", "when": {"variable": "a", "op": "eq", "value": "free"}, "next": "t"},
        {"label": "Call"}, {"label": "Fax"}])
    );
    assert_eq!(told(&bot), Vec::<&str>::new());
    let report = tried(&bot, &json!({"messages": ["Mail", "Call"]}));
    assert_eq!((report.status, report.final_variables["b"].to_string()), (Status::Completed, "Call".into()));

    // Where no condition holds, it goes on, though every option leads elsewhere.
    let all = of_blocks(json!([
        {"id": "s", "type": "Set variable", "options": {"variableId": "va", "expressionToEvaluate": "pro"}},
        {"id": "q", "type": "choice input", "items": [{"id": "1", "content": "Mail", "displayCondition": shown("free"), "outgoingEdgeId": "x"}]}]));
    assert_eq!(step(&all, "q")["next"], "end");
    assert_eq!(tried(&all, &json!({})).status, Status::Completed);
}

#[test]
fn pictures_are_chosen_from() {
    let items = json!([
        {"id": "1", "title": "Lamp", "pictureSrc": "https://x.example/{{a}}.png", "description": "Bright, {{a}}", "value": "l1"},
        {"id": "2", "title": "Desk", "pictureSrc": "http://x.example/d.png"}]);
    let bot = of_blocks(json!([
        {"id": "s", "type": "Set variable", "options": {"variableId": "va", "expressionToEvaluate": "é"}},
        {"id": "q", "type": "picture choice input", "items": items, "options": {"variableId": "vb", "isMultipleChoice": true}}]));
    assert_eq!(
        step(&bot, "q"),
        json!({"id": "q", "type": "choice", "text": "", "saveAs": "b", "multiple": true, "next": "end", "options": [
        {"label": "Lamp", "value": "l1", "image": {"url": "https://x.example/{{a|url}}.png"}, "description": "Bright, {{a}}"},
        {"label": "Desk"}]})
    );
    assert_eq!(
        told(&bot),
        ["2: the picture of \"Desk\" is left out, for its address is not https; put it on such a server"]
    );
    let report = tried(&bot, &json!({"messages": ["desk, lamp"]}));
    assert_eq!(report.final_variables["b"].to_string(), "Desk, l1");
    assert_eq!(said(&report), ["Lamp\nBright, é\nDesk"]);
    let dynamic = of_blocks(
        json!([{"id": "q", "type": "picture choice input", "items": items, "options": {"variableId": "vb", "dynamicItems": {"isEnabled": true}}}]),
    );
    assert_eq!(
        told(&dynamic),
        [
            "1: options out of a variable, or none, cannot be offered; a text is asked for until they are written into a choice"
        ]
    );
}

#[test]
fn cards_are_chosen_from() {
    let shown = json!({"isEnabled": true, "condition": {"comparisons": [{"variableId": "va", "comparisonOperator": "Is set"}]}});
    let bot = of_blocks(json!([
        bubble("t", "Which?"),
        {"id": "q", "type": "cards", "options": {"saveResponseMapping": [{"field": "Title", "variableId": "va"}, {"field": "Internal Value", "variableId": "vb"}]}, "items": [
            {"id": "1", "title": "Lamp", "description": "Bright", "imageUrl": "https://x.example/l.png", "options": {"internalValue": "l1"},
                "paths": [{"id": "p1", "text": "Take", "outgoingEdgeId": "x"}]},
            {"id": "2", "title": "Desk", "imageUrl": null, "paths": [{"id": "p2", "text": "Take"}, {"id": "p3", "text": "More"}], "options": {"displayCondition": shown}},
            {"id": "3", "title": "None"}]}]));
    assert_eq!(
        step(&bot, "q"),
        json!({"id": "q", "type": "choice", "text": "", "saveAs": "b", "next": "end", "options": [
        {"label": "Lamp", "value": "l1", "next": "t", "image": {"url": "https://x.example/l.png"}, "description": "Bright"},
        {"label": "Desk: Take", "when": {"variable": "a", "op": "set"}},
        {"label": "Desk: More", "when": {"variable": "a", "op": "set"}, "next": "t"},
        {"label": "None"}]})
    );
    assert_eq!(
        told(&bot),
        [
            "2: a is not set to the Title of the chosen card; set it where the card leads",
            "2: its button \"Take\" says \"Lamp\", as the card does",
        ]
    );
    let report = tried(&bot, &json!({"messages": ["lamp", "none"]}));
    assert_eq!((report.status, report.final_variables["b"].to_string()), (Status::Completed, "None".into()));
}
