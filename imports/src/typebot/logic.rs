//! Conditions and what variables are set to.

use super::names::Names;
use super::{list, object, text, word};
use flow::expression;
use shared::json::Json;
use shared::rules::pattern;

/// A condition that never holds, as one without comparisons does not.
fn never() -> Json {
    object([("any", Json::List(Vec::new()))])
}

/// A condition, its comparisons together or one of them. What cannot be compared as it was is told.
pub(super) fn when(condition: &Json, names: &Names, tell: &mut dyn FnMut(String)) -> Json {
    let comparisons = list(condition, "comparisons");
    let mut parts: Vec<Json> = comparisons.iter().map(|comparison| test(comparison, names, tell)).collect();
    match (parts.len(), word(condition, "logicalOperator")) {
        (0, _) => {
            tell("a condition without comparisons never holds".into());
            never()
        }
        (1, _) => parts.pop().unwrap_or_else(never),
        (_, "OR") => object([("any", Json::List(parts))]),
        _ => object([("all", Json::List(parts))]),
    }
}

/// Whether a comparison asks whether words are the same, which Typebot takes letter by letter.
pub(super) fn compares_words(comparison: &Json) -> bool {
    let value = word(comparison, "value");
    matches!(word(comparison, "comparisonOperator"), "Equal to" | "Not equal")
        && value.contains(char::is_alphabetic)
        && !matches!(value, "true" | "false" | "null" | "undefined")
}

fn test(comparison: &Json, names: &Names, tell: &mut dyn FnMut(String)) -> Json {
    let told = word(comparison, "comparisonOperator");
    let op = match told {
        "Equal to" => "eq",
        "Not equal" => "ne",
        "Contains" => "contains",
        "Does not contain" => "notContains",
        "Greater than" => "gt",
        "Greater or equal to" => "gte",
        "Less than" => "lt",
        "Less or equal to" => "lte",
        "Is set" => "set",
        "Is empty" => "empty",
        "Starts with" => "startsWith",
        "Ends with" => "endsWith",
        "Matches regex" | "Does not match regex" => "matches",
        _ => "",
    };
    let (Some(variable), false) = (names.of(comparison, "variableId"), op.is_empty()) else {
        tell(format!("a comparison without a variable, or by \"{told}\", never holds"));
        return never();
    };
    let made = |op: &str, value: Option<Json>| {
        let mut members = vec![("variable".to_owned(), text(&variable)), ("op".to_owned(), text(op))];
        members.extend(value.map(|value| ("value".to_owned(), value)));
        Json::Object(members)
    };
    let value = word(comparison, "value");
    if value.contains("{{") {
        tell(format!(
            "{variable} cannot be compared to another variable; it is compared to the words \"{value}\""
        ));
    }
    match (op, value) {
        ("set" | "empty", _) => made(op, None),
        // What holds nothing is called so in Typebot.
        ("eq", "null" | "undefined" | "") => made("empty", None),
        ("ne", "null" | "undefined" | "") => made("set", None),
        (_, "") => {
            tell(format!("{variable} is compared to nothing by \"{told}\", which never holds"));
            never()
        }
        ("matches", value) => {
            let expression = expression_of(value);
            if !pattern::is_one(&expression) {
                tell(format!("the pattern {value} cannot be read; the comparison never holds"));
                return never();
            }
            let found = made("matches", Some(text(&expression)));
            if told == "Matches regex" { found } else { object([("not", found)]) }
        }
        ("eq" | "ne" | "gt" | "gte" | "lt" | "lte", value) => {
            let typed = typed(value);
            let is_date = matches!(typed, Json::Text(_)) && value.get(..10).is_some_and(is_day);
            let order = !matches!(op, "eq" | "ne");
            if order && matches!(typed, Json::Text(_)) && !is_date {
                tell(format!("{variable} and \"{value}\" are ordered as words, not by their length"));
            }
            match made(op, Some(typed)) {
                Json::Object(mut members) if order && is_date => {
                    members.push(("type".into(), text("date")));
                    Json::Object(members)
                }
                test => test,
            }
        }
        (op, value) => made(op, Some(text(value))),
    }
}

/// Whether ten characters are a day: `2026-05-01`.
fn is_day(text: &str) -> bool {
    let digit = |(place, b): (usize, u8)| if matches!(place, 4 | 7) { b == b'-' } else { b.is_ascii_digit() };
    text.bytes().enumerate().all(digit)
}

/// A number or a truth where the words are no more than that.
fn typed(value: &str) -> Json {
    match value.trim() {
        "true" => Json::Boolean(true),
        "false" => Json::Boolean(false),
        words => match words.parse::<f64>() {
            // A number that is written otherwise, `007`, may be none.
            Ok(number) if number.to_string() == words => Json::Number(number),
            _ => text(value),
        },
    }
}

/// A regular expression out of `/…/flags`, or as it stands.
fn expression_of(written: &str) -> String {
    let slashes = written.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match slashes.filter(|(_, flags)| flags.chars().all(|c| "gimsuy".contains(c))) {
        Some((inside, flags)) => {
            let flags: String = flags.chars().filter(|c| "ims".contains(*c)).collect();
            if flags.is_empty() { inside.into() } else { format!("(?{flags}){inside}") }
        }
        None => written.into(),
    }
}

/// How a `set` comes by its value: its `op` where it is no plain value, and its `value`. What is not carried over is told.
pub(super) fn assigned(
    options: &Json,
    names: &Names,
    tell: &mut dyn FnMut(String),
) -> (Option<&'static str>, Option<Json>) {
    let zone = word(options, "timeZone");
    match word(options, "type") {
        "" | "Custom" => custom(options, names, tell),
        "Empty" => (None, Some(text(""))),
        kind @ ("Now" | "Today") => {
            if !zone.is_empty() {
                tell(format!("\"{kind}\" is told in UTC, not in the time of {zone}"));
            }
            (Some("now"), None)
        }
        "Random ID" => (Some("id"), None),
        "Append value(s)" => (Some("append"), Some(text(&names.text(word(options, "item"))))),
        "Environment name" => (None, Some(text("web"))),
        other => {
            tell(format!("a variable cannot be set to \"{other}\"; it is set to empty text"));
            (None, Some(text("")))
        }
    }
}

fn custom(
    options: &Json,
    names: &Names,
    tell: &mut dyn FnMut(String),
) -> (Option<&'static str>, Option<Json>) {
    let written = word(options, "expressionToEvaluate").trim();
    let ours = names.text(written);
    match Json::parse(written) {
        Ok(Json::Number(number)) if number.is_finite() => return (None, Some(Json::Number(number))),
        Ok(truth @ Json::Boolean(_)) => return (None, Some(truth)),
        Ok(Json::Null) => return (None, Some(text(""))),
        Ok(Json::Text(words)) => return (None, Some(text(&names.text(&words)))),
        Ok(Json::List(items)) if items.iter().all(|item| item.text().is_some()) => {
            return (None, Some(Json::List(items)));
        }
        _ => {}
    }
    let quoted = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(words) = quoted.filter(|words| !words.contains(['\'', '\\'])) {
        return (None, Some(text(&names.text(words))));
    }
    let alone = ours.starts_with("{{") && ours.ends_with("}}") && ours.matches("{{").count() == 1;
    if !alone && is_arithmetic(&ours) {
        return (Some("expression"), Some(text(&ours)));
    }
    let code = options.get("isCode") == Some(&Json::Boolean(true)) && !alone && !written.is_empty();
    if code || looks_like_code(written) {
        let beginning: String = written.chars().take(60).collect();
        tell(format!("code cannot be run, so the variable is set to empty text: {beginning}"));
        return (None, Some(text("")));
    }
    (None, Some(text(&ours)))
}

/// Whether a text is arithmetic, and not words with a hyphen: names stand between braces.
fn is_arithmetic(written: &str) -> bool {
    let outside: String = written
        .split("{{")
        .enumerate()
        .map(
            |(index, part)| {
                if index == 0 { part } else { part.split_once("}}").map_or("", |(_, rest)| rest) }
            },
        )
        .collect();
    !outside.contains(|c: char| c.is_alphabetic() || c == '_')
        && outside.contains(['+', '-', '*', '/', '%'])
        && expression::is_one(written)
}

/// Whether a text has what words do not have and code has. Typebot itself runs all it is given, and takes what fails for
/// words.
fn looks_like_code(written: &str) -> bool {
    const SIGNS: [&str; 27] = [
        "=>",
        "return ",
        "function",
        "const ",
        "let ",
        "===",
        "!==",
        "==",
        "&&",
        "||",
        "`",
        "new Date",
        "Math.",
        "JSON.",
        "Number(",
        "parseInt(",
        "parseFloat(",
        "String(",
        "Object.",
        "Array.",
        "{{=",
        "}}[",
        "\" +",
        "+ \"",
        "' +",
        "+ '",
        "}}.",
    ];
    let after = |sign: &str| {
        // `{{Name}}.` ends a sentence; `{{Name}}.trim()` does not.
        let letter = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
        sign != "}}." || written.split(sign).skip(1).any(letter)
    };
    SIGNS.into_iter().any(|sign| written.contains(sign) && after(sign))
        || ["? \"", "? '"].into_iter().any(|sign| written.contains(sign) && written.contains(" : "))
}
