use super::browser::*;
use crate::state::command::Command;
use crate::state::event::Event;
use shared::model::conversation::ConversationStatus;
use shared::model::message::AuthorKind;
use shared::wire::frame::{ClientFrame, ServerFrame};

#[test]
fn opening_asks_for_the_settings_and_for_nothing_else() {
    let mut browser = Browser::new();
    let commands = browser.take(Event::Open);
    let harmless =
        [Command::FetchSettings, Command::ScrollToEnd, Command::FocusComposer, Command::TellOpened];
    assert_eq!(commands, harmless);
    assert_eq!(browser.take(settings()), []);
    assert_eq!(browser.screen(), ["Hello! What is it about?", "[Lamps|Orders]"]);
    assert_eq!(browser.wait(3_600_000), [], "nothing happens until the visitor acts");
}

#[test]
fn the_first_act_begins_a_session_and_the_log_takes_over_from_the_opening() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(settings());
    let commands = browser.say("Lamps");
    assert!(matches!(commands[0], Command::KeepOutgoing(_)), "kept before it is sent");
    assert_eq!(commands.last(), Some(&Command::AskSession));
    assert_eq!(browser.screen(), ["Hello! What is it about?", "Lamps (Sending)"]);

    let session = browser.session(1);
    let commands = browser.take(Event::Granted(Ok(session)));
    assert_eq!(commands[..2], [Command::KeepSession, Command::Connect]);
    assert_eq!(posts(&commands), 1);

    let posted = browser.outgoing(0);
    let commands = browser.kept(&posted, 2);
    assert_eq!(commands, [Command::DropOutgoing(posted.id.clone()), Command::FetchPage { older: false }]);
    assert_eq!(browser.screen(), ["Hello! What is it about?", "Lamps (Sent)"], "no jump in between");

    let greeting = choice(1, "Hello! What is it about?", &["Lamps", "Orders"]);
    browser.page(vec![bot(3, "Which one?"), own(2, "Lamps", &posted.id), greeting]);
    assert_eq!(browser.screen()[..2], ["Hello! What is it about?", "Lamps (Sent)"]);
    browser.wait(1_000);
    assert_eq!(browser.screen(), ["Hello! What is it about?", "Lamps (Sent)", "Which one?"]);
}

#[test]
fn a_bots_messages_come_one_by_one_but_history_at_once() {
    let mut browser = Browser::returning(vec![bot(1, "One"), bot(2, "Two")]);
    browser.take(Event::Open);
    assert_eq!(browser.screen(), ["One", "Two"]);
    browser.hear_message(bot(3, "Three"));
    browser.hear_message(bot(4, "Four"));
    assert_eq!(browser.screen().len(), 3, "two, and somebody writing");
    browser.wait(800);
    assert_eq!(browser.screen()[2], "Three");
    browser.wait(800);
    assert_eq!(browser.screen(), ["One", "Two", "Three", "Four"]);
    browser.hear_message(bot(5, "Five"));
    browser.hear_message(agent(6, "A person"));
    assert_eq!(browser.screen()[4..], ["Five", "A person"], "nobody waits for a bot that was overtaken");
}

#[test]
fn choices_stand_under_the_newest_open_question_alone() {
    let question = || choice(1, "Which?", &["A", "B"]);
    assert_eq!(Browser::returning(vec![question()]).screen()[1], "[A|B]");
    let answered = Browser::returning(vec![question(), message(2, AuthorKind::Visitor, "A")]);
    assert!(!answered.screen().contains(&"[A|B]".into()));
    let taken_over = Browser::returning(vec![question(), agent(2, "Hello, I am Maya")]);
    assert!(!taken_over.screen().contains(&"[A|B]".into()));
    let mut pressed = Browser::returning(vec![question()]);
    pressed.say("A");
    assert_eq!(pressed.screen(), ["Which?", "A (Sending)"]);
}

#[test]
fn writing_is_told_sparingly_and_ends_by_itself() {
    let mut browser = Browser::returning(vec![]);
    let on = Command::Say(ClientFrame::Typing { on: true });
    let off = Command::Say(ClientFrame::Typing { on: false });
    assert_eq!(browser.take(Event::Typed { empty: false }), [on]);
    browser.wait(2_000);
    assert_eq!(browser.take(Event::Typed { empty: false }), []);
    assert_eq!(browser.wait(5_000), std::slice::from_ref(&off));
    browser.take(Event::Typed { empty: false });
    assert!(browser.say("Done").contains(&off));
}

#[test]
fn a_lost_end_of_typing_is_made_up_for() {
    let mut browser = Browser::returning(vec![agent(1, "Hello")]);
    browser.hear(ServerFrame::Typing { by: AuthorKind::Agent, name: Some("Maya".into()), on: true });
    assert_eq!(browser.screen().len(), 2);
    browser.wait(31_000);
    assert_eq!(browser.screen(), ["Hello"]);
}

#[test]
fn after_the_end_the_next_message_begins_anew() {
    let mut browser = Browser::returning(vec![agent(1, "Bye")]);
    browser.hear(ServerFrame::Status { status: ConversationStatus::Closed });
    assert_eq!(browser.screen()[1], "— Your next message begins a new one.");
    browser.say("One more thing");
    assert_eq!(browser.screen(), ["Bye", "One more thing (Sending)"]);
}
