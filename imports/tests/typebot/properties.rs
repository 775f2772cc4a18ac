//! Anything at all, thrown at the importer.

use flow::lint::lint;
use imports::typebot::import;
use proptest::prelude::*;
use shared::json::Json;

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
        "description",
        "pictureSrc",
        "imageUrl",
        "paths",
        "displayCondition",
        "isEnabled",
        "condition",
        "saveResponseMapping",
        "field",
        "Title",
        "length",
        "startsAt",
        "waitForEvent",
        "clickLink",
        "bold",
        "italic",
        "ul",
        "li",
        "youtube",
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
        "video",
        "audio",
        "embed",
        "rating input",
        "cards",
        "Redirect",
        "Return",
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
            let ours = [
                "steps[",
                "which is not a step",
                "another step has this id",
                "a message needs",
                "a message has at most",
                "pictures and files need",
                "a rating's most",
                "1 to 20 options",
                "not a regular expression",
                "a set needs",
                "a delay has",
                "the url must",
            ];
            prop_assert!(!ours.into_iter().any(|fault_of_ours| fault.contains(fault_of_ours)), "{}", fault);
            let told = format!("It cannot be published yet: {fault}");
            prop_assert!(bot.as_ref().is_some_and(|bot| bot.report.contains(&told)), "{}", fault);
        }
    }

    /// Words that are set somehow are the same words: nothing in them is a mark of its own.
    #[test]
    fn what_is_literal_is_escaped(words in r"[a-c0-9*_~\[\]\\`.>+() -]{0,24}") {
        let node = serde_json::json!({"type": "p", "children": [{"text": words, "italic": true}]});
        let export = serde_json::json!({"groups": [{"blocks": [{"type": "text", "content": {"richText": [node]}}]}]});
        let bot = import(&Json::parse(&export.to_string()).unwrap()).unwrap();
        let Json::List(steps) = &bot.steps else { panic!("{:?}", bot.steps) };
        if let Some(written) = steps[0].get("text").and_then(Json::text) {
            let inner = written.strip_prefix('*').and_then(|inner| inner.strip_suffix('*')).unwrap();
            let (mut plain, mut rest, mut before) = (String::new(), inner.chars().peekable(), ' ');
            while let Some(c) = rest.next() {
                let within = before.is_alphanumeric() && rest.peek().is_some_and(|c| c.is_alphanumeric());
                prop_assert!(!"*~[]`".contains(c) && (c != '_' || within), "{} in {}", c, written);
                before = if c == '\\' { rest.next().unwrap() } else { c };
                plain.push(before);
            }
            prop_assert_eq!(plain, words.trim());
        }
    }
}
