use super::browser::*;
use crate::state::command::Command;
use crate::state::event::Event;
use crate::state::files::{File, Unfit};
use crate::state::outbox::Fate;
use shared::model::media::MediaKind;

fn file(key: u32, name: &str, mime: &str, size: u32) -> Event {
    Event::Picked(Box::new(File {
        key,
        name: name.into(),
        mime: mime.into(),
        size,
        preview: String::new(),
        measure: None,
        progress: 0,
        asset: None,
    }))
}

fn browser() -> Browser {
    let mut browser = Browser::returning(vec![]);
    browser.take(Event::Open);
    browser.take(settings());
    browser
}

#[test]
fn what_cannot_be_sent_is_told_before_it_is_sent() {
    let mut browser = browser();
    browser.take(file(1, "a.png", "image/png", 1000));
    browser.take(file(2, "b.png", "image/png", 1001));
    browser.take(file(3, "c.svg", "image/svg+xml", 10));
    browser.take(file(4, "d.png", "", 10));
    browser.take(file(5, "e.png", "image/png", 0));
    let unfit: Vec<_> = browser.model.tray.iter().map(|(_, unfit)| *unfit).collect();
    assert_eq!(unfit, [None, Some(Unfit::Large), Some(Unfit::Type), None, Some(Unfit::Empty)]);
}

#[test]
fn a_file_goes_before_its_message_and_outlives_the_page_only_when_it_is_there() {
    let mut browser = browser();
    browser.take(file(1, "a.png", "image/png", 10));
    let commands = browser.say("Look");
    let id = browser.outgoing(0).id;
    assert!(commands.contains(&Command::Upload(id.clone())) && posts(&commands) == 0);
    browser.take(Event::Uploading(id.clone(), 40));
    assert_eq!(browser.outgoing(0).file.unwrap().progress, 40);
    let commands = browser.take(Event::Uploaded(id.clone(), Ok(("asset".into(), "image/png".into()))));
    assert_eq!(commands, [Command::KeepOutgoing(id.clone()), Command::Post(id)]);
    let sent = browser.outgoing(0);
    assert_eq!(
        (sent.text.as_str(), sent.file.unwrap().asset),
        ("Look", Some(("asset".into(), MediaKind::Image)))
    );
}

#[test]
fn a_file_that_did_not_get_through_is_tried_again_or_refused() {
    let mut browser = browser();
    browser.take(file(1, "a.png", "image/png", 10));
    browser.say("");
    let id = browser.outgoing(0).id;
    browser.take(Event::Uploaded(id.clone(), Err(failure(0))));
    assert!(browser.wait(20_000).contains(&Command::Upload(id.clone())));
    browser.take(Event::Uploaded(id.clone(), Err(failure(415))));
    assert!(matches!(browser.outgoing(0).fate, Fate::Refused(_)));
    assert!(browser.take(Event::Retry(id.clone())).contains(&Command::Upload(id.clone())));
    let commands = browser.take(Event::Discard(id.clone()));
    assert!(commands.contains(&Command::Abort(id)) && browser.model.outbox.is_empty());
    assert_eq!(posts(&browser.say("On I go")), 1, "what was stopped stops nothing else");
}

#[test]
fn each_file_is_a_message_of_its_own_name_and_long_words_too() {
    let mut browser = browser();
    browser.take(file(1, "a.png", "image/png", 10));
    browser.take(file(2, "b.png", "image/png", 10));
    browser.say(&"x".repeat(1025));
    let entries = browser.model.outbox.entries();
    assert_eq!(entries.len(), 3);
    let mut ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(browser.model.tray.is_empty());
}

#[test]
fn who_leaves_leaves_no_file_to_who_comes_next() {
    let mut browser = browser();
    browser.take(file(1, "private.txt", "text/plain", 10));
    let commands = browser.take(Event::Logout);
    assert!(commands.contains(&Command::DropFile(1)) && browser.model.tray.is_empty());
}

#[test]
fn who_would_rather_not_answer_has_their_files_back() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(super::asking::asking());
    browser.take(file(1, "a.png", "image/png", 10));
    let commands = browser.say("Look");
    assert!(!commands.contains(&Command::DropFile(1)));
    let commands = browser.take(Event::Dismiss);
    assert!(commands.contains(&Command::Compose("Look".into())));
    assert_eq!(browser.model.tray.iter().map(|(file, _)| file.key).collect::<Vec<_>>(), [1]);
}

#[test]
fn what_is_pasted_before_the_settings_are_here_is_judged_when_they_come() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    browser.take(file(1, "a.png", "image/png", 10));
    browser.take(file(2, "a.svg", "image/svg+xml", 10));
    browser.take(super::asking::asking());
    let verdicts: Vec<_> = browser.model.tray.iter().map(|(file, unfit)| (file.key, *unfit)).collect();
    assert_eq!(verdicts, [(1, None), (2, Some(Unfit::Type))]);
}
