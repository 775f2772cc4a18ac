//! What visitors answer: finding the option they chose, and checking the form of what they typed.

use super::condition::date;
use super::step::{ChoiceOption, Question, Validate};
use super::value::Value;
use shared::rules::pattern;
use shared::text::Email;

/// The option an answer names, by its label or its value, without regard to case.
pub(super) fn chosen<'a>(offered: &[&'a ChoiceOption], answer: &str) -> Option<&'a ChoiceOption> {
    let same = |text: &str| text.trim().to_lowercase() == answer.trim().to_lowercase();
    let by_label = offered.iter().find(|option| same(&option.label));
    by_label.or_else(|| offered.iter().find(|option| same(option.kept()))).copied()
}

/// The options that an answer names with commas between; `None` when one of them is none. Labels may have commas of their
/// own: the longest that fits is meant.
pub(super) fn several<'a>(offered: &[&'a ChoiceOption], answer: &str) -> Option<Vec<&'a ChoiceOption>> {
    let lower = |text: &str| text.trim().to_lowercase();
    let mut names: Vec<(String, &'a ChoiceOption)> =
        offered.iter().flat_map(|it| [(lower(&it.label), *it), (lower(it.kept()), *it)]).collect();
    names.sort_by_key(|(name, _)| core::cmp::Reverse(name.len()));
    let answer = lower(answer);
    let (mut rest, mut chosen): (&str, Vec<&ChoiceOption>) = (&answer, Vec::new());
    loop {
        let (after, option) =
            names.iter().filter(|(name, _)| !name.is_empty()).find_map(|(name, option)| {
                let after = rest.strip_prefix(name.as_str())?.trim_start();
                (after.is_empty() || after.starts_with(',')).then_some((after, *option))
            })?;
        if !chosen.iter().any(|before| core::ptr::eq(*before, option)) {
            chosen.push(option);
        }
        match after.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => return Some(chosen),
        }
    }
}

/// The answer as the value to keep, where it has the form asked for: what was said, or where the file is that was sent.
pub(super) fn valid(question: &Question, said: &str, file: Option<&str>) -> Option<Value> {
    let answer = said.trim();
    let text = || Some(Value::Text(answer.into()));
    match question.validate {
        Validate::Text | Validate::Choice => text(),
        Validate::Number => Value::Text(answer.replace(',', ".")).as_number().map(Value::Number),
        Validate::Email => Email::parse(answer).ok().and_then(|_| text()),
        Validate::Phone => is_phone(answer).then(text).flatten(),
        Validate::Url => is_http_url(answer).then(text).flatten(),
        Validate::Date => (answer.len() == 10).then(text).flatten().filter(|value| date(value).is_some()),
        Validate::File => file.map(|file| Value::Text(file.into())),
        Validate::Rating => {
            let rating: u8 = answer.parse().ok()?;
            (1..=question.best()).contains(&rating).then(|| Value::Number(rating.into()))
        }
        Validate::Regex => {
            (pattern::whole(question.pattern.as_deref()?, answer) == Some(true)).then(text).flatten()
        }
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
        let ok = |validate, answer| {
            let json =
                format!(r#"{{"text":"?","saveAs":"a","pattern":"[a-z]{{3}}[0-9]","validate":"{validate}"}}"#);
            valid(&shared::json::read(&json).unwrap(), answer, None).is_some()
        };
        assert!(ok("number", " 3,5 ") && !ok("number", "three") && !ok("number", "inf"));
        assert!(ok("email", "a@b.co") && !ok("email", "a@b"));
        assert!(ok("phone", "+44 (20) 7946-0018") && !ok("phone", "12345"));
        assert!(ok("url", "https://example.com/x?y") && !ok("url", "javascript:alert(1)"));
        assert!(ok("date", "2026-05-01") && !ok("date", "2026-02-30"));
        assert!(ok("regex", "abc1") && !ok("regex", "xabc1"));
        assert!(ok("rating", " 5 ") && !ok("rating", "6") && !ok("rating", "0") && !ok("rating", "4.5"));
        assert!(!ok("file", "a.png"));
    }

    #[test]
    fn several_are_named_with_commas_between_even_where_they_have_some() {
        let json = r#"[{"label":"Red"},{"label":"Red, dark"},{"label":"Blue","value":"b"}]"#;
        let options: Vec<ChoiceOption> = shared::json::read(json).unwrap();
        let offered: Vec<&ChoiceOption> = options.iter().collect();
        let named = |answer| {
            several(&offered, answer).map(|it| it.iter().map(|it| it.kept()).collect::<Vec<_>>().join("+"))
        };
        assert_eq!(named("red, dark, BLUE").as_deref(), Some("Red, dark+b"));
        assert_eq!(named("b,red , b").as_deref(), Some("b+Red"));
        for none in ["", ",", "red,", "redblue", "red; b", "green"] {
            assert_eq!(named(none), None, "{none}");
        }
    }
}
