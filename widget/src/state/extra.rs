//! What a bubble has besides words, a file and a menu.

use alloc::{boxed::Box, string::String, vec::Vec};
use shared::model::message::{Button, Payload};
use shared::model::rich::{AnswerForm, Rich};

/// What a bubble has besides words, a file and a menu.
#[derive(Debug, Clone, Eq)]
pub struct Extra {
    /// Formatting, a picture or file, cards.
    pub rich: Rich,
    /// The buttons that open addresses: they stay, whatever is answered.
    pub links: Vec<Button>,
    /// Whether it is the question that can be answered now.
    pub open: bool,
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        same_later(self, other)
    }
}

#[inline(never)]
fn same_later(one: &Extra, other: &Extra) -> bool {
    (one.open, &one.links, &one.rich) == (other.open, &other.links, &other.rich)
}

/// Whether a message has more than words and answers, which only the second part can draw.
pub fn has_extra(payload: &Payload) -> bool {
    payload.rich.is_some() || payload.buttons.iter().any(|button| button.url.is_some())
}

/// It, where there is any.
#[inline(never)]
pub fn extra_later(payload: &Payload, open: bool) -> Option<Box<Extra>> {
    if !has_extra(payload) {
        return None;
    }
    let mut rich = payload.rich.as_deref().cloned().unwrap_or_default();
    // Of several, each is ticked below: nothing on a card answers by itself.
    if rich.asks.is_some_and(|asks| asks.form == AnswerForm::Several) {
        for card in &mut rich.cards {
            card.buttons.retain(|button| button.url.is_some());
        }
    }
    let links = payload.buttons.iter().filter(|button| button.url.is_some()).cloned().collect();
    Some(Box::new(Extra { rich, links, open }))
}

/// What can be ticked: the answers of the message and of its cards.
#[inline(never)]
pub fn several_later(payload: &Payload) -> Vec<String> {
    let cards = payload.rich.iter().flat_map(|rich| &rich.cards).flat_map(|card| &card.buttons);
    let answers = payload.buttons.iter().chain(cards).filter(|button| button.url.is_none());
    answers.map(|button| button.label.clone()).collect()
}
