use super::browser::*;
use crate::state::command::Command;
use crate::state::event::{Event, Page};
use crate::state::rows::{Body, rows};
use shared::model::message::AuthorKind;
use shared::wire::frame::{ClientFrame, ServerFrame};

fn seen(seq: u32) -> Command {
    Command::Say(ClientFrame::Seen { seq })
}

#[test]
fn seen_is_what_was_before_the_visitors_eyes() {
    let mut browser = Browser::returning(vec![agent(1, "One")]);
    assert!(browser.hear_message(agent(2, "Two")).contains(&Command::TellUnread(1)), "closed");
    assert!(browser.take(Event::Open).contains(&seen(2)));
    assert_eq!(browser.model.unread, 0);

    browser.take(Event::Visible(false));
    assert!(!browser.hear_message(agent(3, "Three")).contains(&seen(3)), "another tab is in front");
    assert!(browser.take(Event::Visible(true)).contains(&seen(3)));

    browser.take(Event::Scrolled { at_end: false });
    assert!(!browser.hear_message(agent(4, "Four")).contains(&seen(4)), "reading above");
    assert!(browser.take(Event::Scrolled { at_end: true }).contains(&seen(4)));
}

#[test]
fn what_is_new_is_marked_until_the_visitor_answers() {
    let mut browser = Browser::returning(vec![agent(1, "Old")]);
    browser.hear_message(agent(2, "New"));
    browser.take(Event::Open);
    assert_eq!(browser.screen(), ["Old", "Fresh", "New"]);
    browser.say("Thanks");
    assert_eq!(browser.screen(), ["Old", "New", "Thanks (Sending)"]);
}

#[test]
fn nothing_is_unread_before_the_edge_has_told_what_was_seen() {
    let mut browser = Browser::new();
    browser.take(Event::Remembered { session: Some(browser.session(1)), owner: None, outbox: Vec::new() });
    browser.page(vec![agent(1, "One"), agent(2, "Two")]);
    assert_eq!(browser.model.unread, 0);
    browser.hello(2, 1);
    assert_eq!(browser.model.unread, 1);
    browser.hear(ServerFrame::Seen { by: AuthorKind::Visitor, seq: 2 });
    assert_eq!(browser.model.unread, 0, "seen on another device");
}

#[test]
fn an_agent_who_looks_is_seen_to() {
    let mut browser = Browser::returning(vec![message(1, AuthorKind::Visitor, "Hello?")]);
    assert_eq!(browser.screen(), ["Hello? (Sent)"]);
    browser.hear(ServerFrame::Seen { by: AuthorKind::Agent, seq: 1 });
    assert_eq!(browser.screen(), ["Hello? (Seen)"]);
}

#[test]
fn older_pages_come_before_and_their_changes_do_not_tear_holes() {
    let mut browser = Browser::new();
    browser.take(Event::Remembered { session: Some(browser.session(1)), owner: None, outbox: Vec::new() });
    let newest = Page { messages: vec![agent(51, "51")], next_before: Some("cursor".into()), rows: 1 };
    browser.take(Event::Page { epoch: 0, older: false, answer: Ok(newest) });
    browser.hello(51, 51);
    browser.hear_message(agent(7, "An edit far above"));
    assert_eq!(browser.screen(), ["Older", "51"]);
    assert_eq!(browser.take(Event::NearTop), [Command::FetchPage { older: true }]);
    assert_eq!(browser.take(Event::NearTop), [], "once");
    let older = Page { messages: vec![agent(50, "50")], ..Page::default() };
    browser.take(Event::Page { epoch: 0, older: true, answer: Ok(older) });
    assert_eq!(browser.screen(), ["50", "51"]);
}

#[test]
fn one_authors_messages_belong_together() {
    let browser = Browser::returning(vec![agent(1, "a"), agent(2, "b"), bot(3, "c")]);
    let shape: Vec<_> = rows(&browser.model, browser.now)
        .into_iter()
        .filter_map(|row| match row.body {
            Body::Bubble(bubble) => Some((bubble.first, bubble.last)),
            _ => None,
        })
        .collect();
    assert_eq!(shape, [(true, false), (false, true), (true, true)]);
}

#[test]
fn days_are_told_apart_but_a_log_of_today_does_not_say_so() {
    let mut old = agent(1, "Yesterday");
    old.created_at = shared::time::Timestamp::from_millis(1_800_000_000_000 - 24 * 3_600_000);
    let browser = Browser::returning(vec![old, agent(2, "Today")]);
    let days = rows(&browser.model, browser.now).into_iter().filter(|row| matches!(row.body, Body::Day(_)));
    assert_eq!(days.count(), 2);
    let browser = Browser::returning(vec![agent(2, "Today")]);
    assert_eq!(browser.screen(), ["Today"]);
}

#[test]
fn settings_that_did_not_come_can_be_asked_for_again() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(Event::Settings(Err(failure(0))));
    assert!(browser.screen()[0].contains("retry: true"));
    assert_eq!(browser.take(Event::AskSettings), [Command::FetchSettings]);
    browser.take(Event::Settings(Err(failure(404))));
    assert!(browser.screen()[0].contains("retry: false"));
}
