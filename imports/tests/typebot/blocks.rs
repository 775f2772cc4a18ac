//! Single blocks of logic, and what is told of those that cannot be carried over.

use super::{of_blocks, step, tried};
use flow::test_run::Status;
use serde_json::{Value, json};

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
            "Group \"One\", block 3: nothing can be paid; a text is asked for",
            "Group \"One\", block 4: \"otp input\" is not carried over; a text is asked for",
            "Group \"One\", block 5: options out of a variable, or none, cannot be offered; a text is asked for until they are written into a choice",
            "Group \"One\", block 6: an option of several has no commas; it is called \"Red; dark\"",
            "Group \"One\", block 6: an option without words is called 2",
            "Group \"One\", block 7: the other bot is not in this export; import and publish it as a flow, and put a call step here; until then the flow goes on",
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
