//! What visitors answer: finding the option they chose, and checking the form of what they typed.

use super::condition::date;
use super::step::{ChoiceOption, Validate};
use super::value::Value;
use crate::rules::pattern;
use crate::text::Email;

/// The option an answer names, by its label or its value, without regard to case.
pub(super) fn chosen<'a>(options: &'a [ChoiceOption], answer: &str) -> Option<&'a ChoiceOption> {
    let same = |text: &str| text.trim().to_lowercase() == answer.trim().to_lowercase();
    options.iter().find(|option| same(&option.label)).or_else(|| options.iter().find(|o| same(o.kept())))
}

/// The options that an answer names with commas between; `None` when one of them is none.
pub(super) fn several<'a>(options: &'a [ChoiceOption], answer: &str) -> Option<Vec<&'a ChoiceOption>> {
    answer.split(',').map(|part| chosen(options, part)).collect()
}

/// The answer as the value to keep, where it has the form asked for.
pub(super) fn valid(validate: Validate, pattern: Option<&str>, answer: &str) -> Option<Value> {
    let answer = answer.trim();
    let text = || Some(Value::Text(answer.into()));
    match validate {
        Validate::Text => text(),
        Validate::Number => Value::Text(answer.replace(',', ".")).as_number().map(Value::Number),
        Validate::Email => Email::parse(answer).ok().and_then(|_| text()),
        Validate::Phone => is_phone(answer).then(text).flatten(),
        Validate::Url => is_http_url(answer).then(text).flatten(),
        Validate::Date => (answer.len() == 10).then(text).flatten().filter(|value| date(value).is_some()),
        Validate::Regex => (pattern::whole(pattern?, answer) == Some(true)).then(text).flatten(),
    }
}

fn is_phone(answer: &str) -> bool {
    let digits = answer.bytes().filter(u8::is_ascii_digit).count();
    let rest = answer.strip_prefix('+').unwrap_or(answer);
    (6..=15).contains(&digits) && rest.bytes().all(|b| b.is_ascii_digit() || b" ()-./".contains(&b))
}

fn is_http_url(answer: &str) -> bool {
    let Some(rest) = answer.strip_prefix("https://").or_else(|| answer.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    !host.is_empty() && host.contains('.') && !answer.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_form_asked_for() {
        let ok = |validate, answer| valid(validate, Some("[a-z]{3}[0-9]"), answer).is_some();
        assert!(
            ok(Validate::Number, " 3,5 ") && !ok(Validate::Number, "three") && !ok(Validate::Number, "inf")
        );
        assert!(ok(Validate::Email, "a@b.co") && !ok(Validate::Email, "a@b"));
        assert!(ok(Validate::Phone, "+44 (20) 7946-0018") && !ok(Validate::Phone, "12345"));
        assert!(ok(Validate::Url, "https://example.com/x?y") && !ok(Validate::Url, "javascript:alert(1)"));
        assert!(ok(Validate::Date, "2026-05-01") && !ok(Validate::Date, "2026-02-30"));
        assert!(ok(Validate::Regex, "abc1") && !ok(Validate::Regex, "xabc1"));
    }
}
