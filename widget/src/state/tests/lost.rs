use super::browser::*;
use crate::state::command::Command;
use crate::state::event::{Event, Failure};
use crate::state::outbox::Fate;
use shared::wire::frame::ServerFrame;

#[test]
fn what_could_not_be_sent_is_sent_again_in_order_and_once() {
    let mut browser = Browser::returning(vec![]);
    assert_eq!(posts(&browser.say("One")), 1);
    browser.now += 1;
    assert_eq!(posts(&browser.say("Two")), 0, "one at a time");
    let (one, two) = (browser.outgoing(0), browser.outgoing(1));
    browser.take(Event::Posted(one.id.clone(), Err(failure(0))));
    assert_eq!(browser.screen(), ["One (Sending)", "Two (Sending)"]);
    assert!(browser.wait(20_000).contains(&Command::Post(one.id.clone())));
    assert!(browser.kept(&one, 1).contains(&Command::Post(two.id.clone())));
    browser.kept(&two, 2);
    assert_eq!(browser.screen(), ["One (Sent)", "Two (Sent)"]);
}

#[test]
fn the_edges_copy_may_come_before_its_answer() {
    let mut browser = Browser::returning(vec![]);
    browser.say("Hello");
    let sent = browser.outgoing(0);
    let commands = browser.hear_message(own(1, "Hello", &sent.id));
    assert_eq!(commands, [Command::DropOutgoing(sent.id.clone())]);
    browser.kept(&sent, 1);
    assert_eq!(browser.screen(), ["Hello (Sent)"]);
}

#[test]
fn a_busy_edge_is_given_the_time_it_asks_for() {
    let mut browser = Browser::returning(vec![]);
    browser.say("Hello");
    let id = browser.outgoing(0).id;
    let busy = Failure { status: 429, retry_after: Some(30), reason: None };
    browser.take(Event::Posted(id, Err(busy)));
    assert_eq!(posts(&browser.wait(29_000)), 0);
    assert_eq!(posts(&browser.wait(2_000)), 1);
}

#[test]
fn a_refused_message_says_why_and_waits_for_its_author() {
    let mut browser = Browser::returning(vec![]);
    browser.say("Bad");
    let id = browser.outgoing(0).id;
    let refused = Failure { status: 400, retry_after: None, reason: Some("Too rude".into()) };
    browser.take(Event::Posted(id.clone(), Err(refused)));
    assert_eq!(browser.screen(), ["Bad (Failed(\"Too rude\"))"]);
    assert_eq!(posts(&browser.wait(60_000)), 0);
    assert_eq!(posts(&browser.take(Event::Retry(id.clone()))), 1);
    assert_eq!(browser.take(Event::Discard(id.clone())), [Command::DropOutgoing(id)]);
    assert_eq!(browser.screen(), Vec::<String>::new());
}

#[test]
fn a_reload_goes_on_where_the_page_was_left() {
    let mut before = Browser::returning(vec![]);
    before.say("Hello");
    let left = vec![before.outgoing(0)];
    let mut browser = Browser::new();
    let session = Some(browser.session(1));
    let commands = browser.take(Event::Remembered { session, owner: None, outbox: left });
    assert_eq!(posts(&commands), 1);
    let mut without_session = Browser::new();
    let entry = before.outgoing(0);
    let commands =
        without_session.take(Event::Remembered { session: None, owner: None, outbox: vec![entry] });
    assert_eq!(commands, [Command::FetchSettings], "they say whether something is asked first");
    assert_eq!(without_session.take(settings()), [Command::AskSession]);
}

#[test]
fn a_refused_token_is_renewed_and_the_message_goes_on() {
    let mut browser = Browser::returning(vec![agent(1, "Hello")]);
    browser.say("Hi");
    let sent = browser.outgoing(0);
    assert_eq!(browser.take(Event::Posted(sent.id, Err(failure(401)))), [Command::AskSession]);
    let same = browser.session(1);
    let commands = browser.take(Event::Granted(Ok(same)));
    assert_eq!(posts(&commands), 1);
    assert_eq!(browser.screen(), ["Hello", "Hi (Sending)"]);
}

#[test]
fn becoming_another_visitor_begins_anew_without_losing_what_was_written() {
    let mut browser = Browser::returning(vec![agent(1, "Hello")]);
    browser.say("Hi");
    let id = browser.outgoing(0).id;
    browser.take(Event::Posted(id, Err(failure(401))));
    let epoch = browser.model.epoch;
    let other = browser.session(2);
    let commands = browser.take(Event::Granted(Ok(other)));
    assert!(commands.contains(&Command::Disconnect) && commands.contains(&Command::Connect));
    assert_eq!(posts(&commands), 1);
    let stale = Ok(crate::state::event::Page { messages: vec![agent(9, "Not yours")], ..Default::default() });
    browser.take(Event::Gap { epoch, answer: stale });
    assert!(!browser.screen().contains(&"Not yours".into()), "an answer to who we were is not for us");
}

#[test]
fn a_gap_is_fetched_and_what_is_known_beyond_it_does_not_close_it() {
    let mut browser = Browser::returning(vec![agent(1, "One")]);
    browser.take(Event::SocketClosed { code: 1006 });
    assert!(browser.wait(2_000).contains(&Command::Connect));
    assert_eq!(browser.hello(3, 1), [Command::FetchGap]);
    browser.hear_message(agent(4, "Four"));
    assert_eq!(browser.model.log.cursor, 1);
    browser.gap(vec![agent(2, "Two"), agent(3, "Three")]);
    assert_eq!(browser.screen(), ["One", "Fresh", "Two", "Three", "Four"]);
    assert_eq!(browser.model.log.cursor, 3);
}

#[test]
fn an_own_message_says_nothing_of_what_came_before_it() {
    let mut browser = Browser::returning(vec![agent(1, "One")]);
    browser.say("Two");
    let sent = browser.outgoing(0);
    browser.kept(&sent, 3);
    assert_eq!(browser.model.log.cursor, 1);
}

#[test]
fn a_silent_socket_is_given_up_and_the_visitor_told_only_if_it_lasts() {
    let mut browser = Browser::returning(vec![]);
    let commands = browser.wait(90_000);
    assert!(commands.contains(&Command::Ping) && commands.contains(&Command::Disconnect));
    let mut browser = Browser::returning(vec![]);
    browser.take(Event::SocketClosed { code: 1006 });
    assert!(!browser.model.link.is_down(browser.now + 1_900));
    assert!(browser.model.link.is_down(browser.now + 2_000));
    browser.wait(2_000);
    browser.hello(0, 0);
    assert!(!browser.model.link.is_down(browser.now + 60_000));
}

#[test]
fn tabs_share_one_session_and_do_not_send_for_each_other() {
    let mut browser = Browser::new();
    let session = Some(browser.session(1));
    let commands = browser.take(Event::SessionElsewhere(session));
    assert_eq!(commands, [Command::Connect, Command::FetchPage { older: false }]);
    browser.page(vec![]);
    browser.hello(0, 0);
    let mut other = Browser::returning(vec![]);
    other.say("From the other tab");
    let entry = other.outgoing(0);
    let commands = browser.take(Event::OutboxElsewhere(entry.id.clone(), Some(Box::new(entry.clone()))));
    assert_eq!(posts(&commands), 0);
    assert_eq!(browser.screen(), ["From the other tab (Sending)"]);
    browser.take(Event::OutboxElsewhere(entry.id.clone(), None));
    assert_eq!(browser.model.outbox.entries()[0].fate, Fate::HandedOver);
    browser.hear_message(own(1, "From the other tab", &entry.id));
    assert_eq!(browser.screen(), ["From the other tab (Sent)"]);

    let mut entry = entry;
    entry.id = shared::id::ClientId::parse("left-behind").unwrap();
    browser.take(Event::OutboxElsewhere(entry.id.clone(), Some(Box::new(entry))));
    assert_eq!(posts(&browser.wait(20_000)), 1, "a tab that was closed leaves its message to the others");
}

#[test]
fn an_unknown_frame_is_a_sign_of_life() {
    let mut browser = Browser::returning(vec![]);
    assert_eq!(browser.take(Event::Heard(None)), []);
    assert_eq!(browser.hear(ServerFrame::Error { code: "x".into(), message: "y".into() }), []);
}
