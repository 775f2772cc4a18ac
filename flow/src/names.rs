//! The variables that steps set and use, by their names.

use super::condition::When;
use super::expression;
use super::step::{Action, Assignment, ChoiceOption, Message};
use super::template;
use super::value::Value;

/// The variables that a step sets.
pub(super) fn sets(action: &Action) -> Vec<String> {
    match action {
        Action::Choice(choice) => choice.save_as.iter().cloned().collect(),
        Action::Question(question) => vec![question.save_as.clone()],
        Action::Set { variable, .. } => vec![variable.to_string()],
        Action::Http(http) => http.save_as.iter().chain(http.map.keys()).cloned().collect(),
        _ => Vec::new(),
    }
}

/// The variables that a step uses; one that has a default to fall back on needs no setting.
pub(super) fn uses(action: &Action) -> Vec<String> {
    let mut names: Vec<String> = texts(action).into_iter().flat_map(template::names).collect();
    match action {
        Action::Condition { cases, .. } => cases.iter().for_each(|case| compared(&case.when, &mut names)),
        Action::Choice(choice) => offered(&choice.options, &mut names),
        Action::Question(question) => offered(&question.options, &mut names),
        Action::Set { op: Assignment::Expression, value: Some(Value::Text(text)), .. } => {
            names.extend(expression::names(text));
        }
        _ => {}
    }
    names
}

fn offered(options: &[ChoiceOption], names: &mut Vec<String>) {
    options.iter().filter_map(|option| option.when.as_ref()).for_each(|when| compared(when, names));
}

fn compared(when: &When, names: &mut Vec<String>) {
    // Whether there is one is what such a test is for.
    let tests = when.tests().into_iter().filter(|test| !test.asks_whether_set());
    names.extend(tests.map(|test| test.variable.clone()));
}

/// The texts of a step that take variables.
fn texts(action: &Action) -> Vec<&str> {
    let mut texts: Vec<&String> = Vec::new();
    match action {
        Action::Message(message) => said(message, &mut texts),
        Action::Choice(choice) => {
            texts.push(&choice.text);
            pictured(&choice.options, &mut texts);
        }
        Action::Question(question) => {
            texts.push(&question.text);
            texts.extend(&question.error);
            pictured(&question.options, &mut texts);
        }
        Action::Set { op: Assignment::Expression, .. } => {}
        Action::Set { value: Some(Value::Text(text)), .. } => texts.push(text),
        Action::Http(http) => {
            texts.extend([&http.url].into_iter().chain(&http.body).chain(http.headers.values()));
        }
        Action::Tag { tags } => texts.extend(tags),
        _ => {}
    }
    texts.into_iter().map(String::as_str).collect()
}

fn said<'a>(message: &'a Message, texts: &mut Vec<&'a String>) {
    let pictures = message.image.iter().chain(message.cards.iter().filter_map(|card| card.image.as_ref()));
    let buttons = message.buttons.iter().chain(message.cards.iter().flat_map(|card| &card.buttons));
    texts.extend(&message.text);
    texts.extend(message.cards.iter().flat_map(|card| card.title.iter().chain(&card.text)));
    texts.extend(pictures.flat_map(|picture| [&picture.url].into_iter().chain(&picture.alt)));
    texts.extend(message.file.iter().flat_map(|file| [&file.url].into_iter().chain(&file.name)));
    texts.extend(buttons.flat_map(|button| [&button.label].into_iter().chain(&button.url)));
}

fn pictured<'a>(options: &'a [ChoiceOption], texts: &mut Vec<&'a String>) {
    let pictures = options.iter().filter_map(|option| option.image.as_ref());
    texts.extend(pictures.flat_map(|picture| [&picture.url].into_iter().chain(&picture.alt)));
    texts.extend(options.iter().filter_map(|option| option.description.as_ref()));
}
