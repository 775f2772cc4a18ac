use super::browser::*;
use crate::state::Model;
use crate::state::command::Command;
use crate::state::event::Event;
use crate::state::session::Presented;
use crate::state::sheet::Kind;
use shared::rules::pre_chat::{Fault, Field, FieldType, PreChat};

pub(super) fn asking() -> Event {
    let field = |id: &str, kind| Field {
        id: id.into(),
        label: id.into(),
        kind,
        required: true,
        options: Vec::new(),
        pattern: None,
        show_if: None,
    };
    let fields = vec![field("name", FieldType::Text), field("email", FieldType::Email)];
    let mut config = config();
    config.pre_chat = PreChat { fields };
    Event::Settings(Ok(Box::new(config)))
}

fn kind(model: &Model) -> Option<Kind> {
    model.sheet.as_ref().map(|sheet| sheet.kind)
}

fn fill(browser: &mut Browser, values: &[(&str, &str)]) -> Vec<Command> {
    browser.take(Event::Filled(values.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect()))
}

fn presented(who: &str) -> Event {
    Event::Identify(Box::new(Presented { who: who.into(), json: format!("{{\"userId\":\"{who}\"}}") }))
}

#[test]
fn questions_come_before_the_first_message_and_their_answers_go_with_the_session() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(asking());
    assert!(!browser.say("Hello").contains(&Command::AskSession));
    assert_eq!(kind(&browser.model), Some(Kind::Questions));
    assert_eq!(fill(&mut browser, &[("name", " "), ("email", "nobody")]), []);
    let faults = browser.model.sheet.as_ref().unwrap().faults.clone();
    assert_eq!(faults, [("name".into(), Fault::Missing), ("email".into(), Fault::NotA(FieldType::Email))]);
    let commands = fill(&mut browser, &[("name", "Ada"), ("email", "ada@example.com")]);
    assert!(commands.contains(&Command::AskSession));
    assert_eq!(browser.model.answers.as_deref(), Some(r#"{"name":"Ada","email":"ada@example.com"}"#));
    assert_eq!(kind(&browser.model), None);
}

#[test]
fn who_would_rather_not_answer_has_their_words_back() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(asking());
    browser.say("Hello");
    let commands = browser.take(Event::Escape);
    assert!(commands.contains(&Command::Compose("Hello".into())));
    assert!(browser.model.outbox.is_empty() && kind(&browser.model).is_none());
}

#[test]
fn a_code_is_asked_for_checked_and_asked_for_again() {
    let mut browser = Browser::returning(vec![]);
    browser.take(Event::Ask(Kind::Email));
    assert_eq!(fill(&mut browser, &[("email", "nobody")]), []);
    assert_eq!(fill(&mut browser, &[("email", "ada@example.com")]), [Command::AskCode(None)]);
    assert_eq!(fill(&mut browser, &[("email", "ada@example.com")]), [], "once");
    browser.take(Event::CodeSent(Ok(())));
    assert_eq!(kind(&browser.model), Some(Kind::Code));
    assert_eq!(browser.take(Event::Resend), [], "not before a minute has passed");
    assert_eq!(fill(&mut browser, &[("code", "123 456")]), [Command::AskCode(Some("123456".into()))]);
    browser.take(Event::Verified(Err(failure(401))));
    let trouble = browser.model.sheet.as_ref().unwrap().trouble.clone();
    assert_eq!(trouble.as_deref(), Some(browser.model.words.wrong_code));
    browser.wait(60_000);
    assert_eq!(browser.take(Event::Resend), [Command::AskCode(None)]);
    browser.take(Event::CodeSent(Ok(())));
    fill(&mut browser, &[("code", "123456")]);
    let other = browser.session(2);
    assert!(browser.take(Event::Verified(Ok(other.clone()))).contains(&Command::KeepSession));
    assert_eq!(browser.model.session, Some(other));
}

#[test]
fn where_an_identity_is_required_the_first_message_waits_for_it() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    let mut config = config();
    config.identity_required = true;
    browser.take(Event::Settings(Ok(Box::new(config))));
    browser.say("Hello");
    assert_eq!(kind(&browser.model), Some(Kind::Email));
    fill(&mut browser, &[("email", "ada@example.com")]);
    browser.take(Event::CodeSent(Ok(())));
    fill(&mut browser, &[("code", "123456")]);
    let session = browser.session(1);
    assert_eq!(posts(&browser.take(Event::Verified(Ok(session)))), 1);
    assert_eq!(kind(&browser.model), None);
}

#[test]
fn the_forgotten_are_as_new() {
    let mut browser = Browser::returning(vec![agent(1, "Hello")]);
    browser.say("Hi");
    browser.take(Event::Ask(Kind::Forget));
    assert_eq!(fill(&mut browser, &[]), [Command::Erase]);
    browser.take(Event::Erased(Err(failure(503))));
    assert!(browser.model.session.is_some(), "nothing is forgotten before the edge has forgotten it");
    fill(&mut browser, &[]);
    let commands = browser.take(Event::Erased(Ok(())));
    assert!(commands.contains(&Command::ForgetAll) && commands.contains(&Command::Disconnect));
    assert!(browser.model.session.is_none() && browser.model.outbox.is_empty());
    assert!(browser.model.log.messages().is_empty());
}

#[test]
fn the_page_presents_its_visitor_without_a_word_to_the_edge_before_the_first_act() {
    let mut browser = Browser::new();
    assert_eq!(browser.take(presented("ada")), [Command::TellIdentity(Ok(false))]);
    browser.take(Event::Open);
    browser.take(asking());
    assert!(browser.say("Hello").contains(&Command::AskSession), "whom the page knows it need not ask");
    let mut session = browser.session(1);
    session.identity_verified = true;
    assert!(browser.take(Event::Granted(Ok(session))).contains(&Command::TellIdentity(Ok(true))));
}

#[test]
fn an_identity_that_is_refused_is_told_to_the_page_and_the_visitor_goes_on() {
    let mut browser = Browser::returning(vec![]);
    assert_eq!(browser.take(presented("ada")), [Command::AskSession]);
    let commands = browser.take(Event::Granted(Err(failure(401))));
    assert_eq!(commands, [Command::TellIdentity(Err(String::new()))]);
    assert_eq!(posts(&browser.say("Hello")), 1);
}

#[test]
fn who_comes_after_another_finds_nothing_of_theirs() {
    let mut browser = Browser::returning(vec![agent(1, "For Ada")]);
    browser.take(presented("ada"));
    let session = browser.session(1);
    browser.take(Event::Granted(Ok(session)));
    browser.say("Still on its way");
    assert!(browser.take(presented("grace")).contains(&Command::ForgetAll));
    assert!(browser.model.outbox.is_empty() && browser.model.session.is_none());

    // The page says the same on its next page, and hears what is so.
    let mut browser = Browser::returning(vec![agent(1, "For Ada")]);
    browser.take(presented("ada"));
    let session = browser.session(1);
    browser.take(Event::Granted(Ok(session)));
    assert!(matches!(browser.take(presented("ada")).as_slice(), [Command::TellIdentity(Ok(_))]));

    let mut browser = Browser::returning(vec![agent(1, "For Ada")]);
    assert!(browser.take(Event::Logout).contains(&Command::ForgetAll));
    assert!(browser.model.log.messages().is_empty());
}

#[test]
fn own_messages_are_changed_for_a_quarter_of_an_hour() {
    let mut browser =
        Browser::returning(vec![message(1, shared::model::message::AuthorKind::Visitor, "Helo")]);
    browser.take(Event::Open);
    let id = browser.model.log.messages()[0].id;
    browser.take(Event::RowMenu(Some(id)));
    assert_eq!(browser.take(Event::Edit(id)), [Command::Compose("Helo".into())]);
    browser.take(Event::Escape);
    assert!(
        browser.model.editing.is_none() && browser.model.open,
        "Escape gives up the change, not the chat"
    );
    browser.take(Event::Edit(id));
    assert_eq!(browser.say("Hello"), [Command::Amend(id, "Hello".into())]);
    assert_eq!(browser.take(Event::Amended(Ok(()))), [Command::FetchGap]);
    browser.take(Event::Ask(Kind::Remove(id)));
    assert_eq!(fill(&mut browser, &[]), [Command::Remove(id)]);
    let menus = |browser: &Browser| {
        let rows = crate::state::rows::rows(&browser.model, browser.now);
        rows.iter().any(|row| matches!(&row.body, crate::state::rows::Body::Bubble(b) if b.menu.is_some()))
    };
    assert!(menus(&browser));
    browser.now += 15 * 60_000 + 1;
    assert!(!menus(&browser));
}

#[test]
fn what_was_taken_back_says_so() {
    let mut gone = agent(1, "");
    gone.deleted_at = Some(gone.created_at);
    let browser = Browser::returning(vec![gone]);
    assert_eq!(browser.screen(), [browser.model.words.deleted]);
}
