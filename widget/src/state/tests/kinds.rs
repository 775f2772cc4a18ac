use super::browser::*;
use crate::state::event::Event;
use crate::state::question::form;
use crate::state::rows::{Body, Bubble, rows};
use shared::model::media::MediaKind;
use shared::model::message::{Button, Message, MessageType};
use shared::model::rich::{AnswerForm, Asks, Card, Linked, Rich};
use shared::wire::config::OpeningMessage;

fn button(label: &str, url: Option<&str>) -> Button {
    Button { label: label.into(), value: label.into(), url: url.map(Into::into) }
}

fn asking(seq: u32, text: &str, form: AnswerForm, labels: &[&str]) -> Message {
    let mut message = choice(seq, text, labels);
    message.payload.rich = Rich { asks: Some(Asks { form, most: 0 }), ..Rich::default() }.boxed();
    message
}

fn bubbles(browser: &Browser) -> Vec<Bubble> {
    let bubble = |body| if let Body::Bubble(bubble) = body { Some(*bubble) } else { None };
    rows(&browser.model, browser.now).into_iter().filter_map(|row| bubble(row.body)).collect()
}

#[test]
fn a_question_is_answered_by_what_suits_it_until_somebody_speaks() {
    let mut browser = Browser::returning(vec![asking(1, "How many stars?", AnswerForm::Rating, &["Skip"])]);
    assert_eq!(browser.screen(), ["How many stars?", "[Skip] Rating"]);
    browser.take(Event::Open);
    browser.hear_message(asking(2, "Which?", AnswerForm::Several, &["Bulb", "Shade"]));
    browser.wait(1_000);
    assert_eq!(
        browser.screen(),
        ["How many stars?", "Which?", "[Bulb|Shade] Several"],
        "the newer one counts"
    );
    browser.hear_message(agent(3, "I am here now"));
    assert_eq!(browser.screen(), ["How many stars?", "Which?", "I am here now"]);
}

#[test]
fn an_answer_closes_its_question_at_once() {
    let mut browser = Browser::returning(vec![asking(1, "When?", AnswerForm::Date, &[])]);
    assert_eq!(browser.screen(), ["When?", "[] Date"]);
    browser.say("2026-05-01");
    assert_eq!(browser.screen(), ["When?", "2026-05-01 (Sending)"]);
}

#[test]
fn what_is_typed_is_asked_for_in_the_composer_as_long_as_it_is_asked_for() {
    let mut browser = Browser::returning(vec![asking(1, "Your e-mail?", AnswerForm::Email, &["Skip"])]);
    assert_eq!(form(&browser.model), Some(AnswerForm::Email));
    assert_eq!(browser.screen(), ["Your e-mail?", "[Skip]"]);
    browser.say("ada@example.com");
    assert_eq!(form(&browser.model), None);
}

#[test]
fn ways_out_stay_and_answers_close() {
    let mut message = choice(1, "Look", &["Buy"]);
    message.payload.buttons.push(button("Our shop", Some("https://shop.example/")));
    let card = Card { title: "Heron".into(), buttons: vec![button("Heron", None)], ..Card::default() };
    message.payload.rich = Rich { cards: vec![card], ..Rich::default() }.boxed();
    let mut browser = Browser::returning(vec![message]);
    assert_eq!(browser.screen(), ["Look", "[Buy]"]);
    let extra = |browser: &Browser| bubbles(browser).remove(0).extra.expect("it has one");
    assert!(extra(&browser).open);
    assert_eq!(extra(&browser).links, [button("Our shop", Some("https://shop.example/"))]);
    browser.say("Heron");
    assert!(!extra(&browser).open);
    assert_eq!(extra(&browser).links.len(), 1);
}

#[test]
fn of_several_cards_each_can_be_ticked_below() {
    let mut message = asking(1, "Which ones?", AnswerForm::Several, &[]);
    if let Some(rich) = message.payload.rich.as_deref_mut() {
        let card = |label| Card {
            title: String::from(label),
            buttons: vec![button(label, None)],
            ..Card::default()
        };
        rich.cards = vec![card("Heron"), card("Wren")];
    }
    let browser = Browser::returning(vec![message]);
    assert_eq!(browser.screen(), ["Which ones?", "[Heron|Wren] Several"]);
    let extra = bubbles(&browser).remove(0).extra.expect("it has cards");
    assert!(extra.rich.cards.iter().all(|card| card.buttons.is_empty()));
}

#[test]
fn a_message_without_words_is_not_one_that_was_taken_back() {
    let mut message = bot(1, "");
    let linked =
        Linked { kind: MediaKind::Image, url: "https://a.example/b.png".into(), name: "A lamp".into() };
    message.payload.rich = Rich { linked: Some(linked), ..Rich::default() }.boxed();
    let mut browser = Browser::returning(vec![message.clone()]);
    assert!(!bubbles(&browser)[0].gone);
    let told = browser.hear_message(Message { id: bot(2, "").id, seq: 2, changed: 2, ..message });
    assert!(format!("{told:?}").contains("A lamp"), "the page hears what it shows: {told:?}");
}

#[test]
fn the_opening_asks_in_every_form_and_an_answer_begins_the_session() {
    let mut browser = Browser::new();
    browser.take(Event::Open);
    let mut config = config();
    let question = asking(1, "How do you like it?", AnswerForm::Rating, &["Skip"]);
    config.opening = vec![
        OpeningMessage { kind: MessageType::Text, payload: bot(1, "Hello").payload },
        OpeningMessage { kind: MessageType::Choice, payload: question.payload },
    ];
    browser.take(Event::Settings(Ok(Box::new(config))));
    assert_eq!(browser.screen(), ["Hello", "How do you like it?", "[Skip] Rating"]);
    let open: Vec<_> = bubbles(&browser).into_iter().map(|it| it.extra.is_some_and(|it| it.open)).collect();
    assert_eq!(open, [false, true]);
    browser.say("4");
    assert_eq!(browser.screen(), ["Hello", "How do you like it?", "4 (Sending)"]);
}
