//! Saying things.

use super::Effect;
use super::walk::Walk;
use crate::step::{CardOf, FileAt, LinkOf, Message, Step};
use crate::template::{fill, fill_formatted};
use shared::model::media::{MediaKind, MediaType};
use shared::model::message::{Button, MessageType, Payload};
use shared::model::rich::{Card, Linked, Rich};
use shared::wire::source::Tag;

/// What a link may open.
const LINKS: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];
/// Where pictures and files may lie.
const FILES: [&str; 1] = ["https://"];

impl Walk<'_, '_> {
    /// Says words with what goes with them; nothing where there is nothing.
    pub(super) fn say(&mut self, step: &Step, template: &str, buttons: Vec<Button>, rich: Rich) {
        let text = match rich.markdown {
            true => fill_formatted(template, self.scope()),
            false => fill(template, self.scope()),
        };
        let answers = |button: &Button| button.url.is_none();
        let asks = rich.asks.is_some()
            || buttons.iter().any(answers)
            || rich.cards.iter().flat_map(|card| &card.buttons).any(answers);
        let kind = if asks { MessageType::Choice } else { MessageType::Text };
        let payload = Payload { text, buttons, rich: rich.boxed(), ..Payload::default() };
        let told = payload.plain();
        self.told += told.len() + payload.buttons.iter().map(|button| button.label.len()).sum::<usize>();
        self.note(step, |entry| entry.output.push(told));
        if !payload.text.trim().is_empty() || !payload.buttons.is_empty() || payload.rich.is_some() {
            self.effects.push(Effect::Say(kind, payload));
        }
    }

    pub(super) fn say_message(&mut self, step: &Step, message: &Message) {
        let image = message.image.as_ref().map(|image| {
            let url = self.address(&image.url, &FILES)?;
            Some(Linked { kind: MediaKind::Image, url, name: self.filled(image.alt.as_ref()) })
        });
        let file = message.file.as_ref().map(|file| self.file(file));
        if [&image, &file].into_iter().flatten().any(Option::is_none) {
            self.warn(
                step,
                "a picture or file was left out: its address does not begin with https://".into(),
            );
        }
        let (image, file) = (image.flatten(), file.flatten());
        let cards: Vec<Card> = message.cards.iter().map(|card| self.card(card)).collect();
        let buttons = self.links(&message.buttons);
        let text = message.text.as_deref().unwrap_or_default();
        // A message has one picture or file; the other is one of its own.
        if let (Some(image), Some(_)) = (&image, &file) {
            self.say(step, "", Vec::new(), Rich { linked: Some(image.clone()), ..Rich::default() });
        }
        let linked = file.or(image);
        let markdown = message.markdown && !text.is_empty();
        self.say(step, text, buttons, Rich { markdown, linked, cards, asks: None });
    }

    fn card(&self, card: &CardOf) -> Card {
        Card {
            title: self.filled(card.title.as_ref()),
            text: self.filled(card.text.as_ref()),
            image: card.image.as_ref().and_then(|image| self.address(&image.url, &FILES)),
            alt: card.image.as_ref().map(|image| self.filled(image.alt.as_ref())).unwrap_or_default(),
            buttons: self.links(&card.buttons),
        }
    }

    /// Buttons; one that would open what may not be opened is left out.
    fn links(&self, buttons: &[LinkOf]) -> Vec<Button> {
        let button = |button: &LinkOf| {
            let label = self.filled(Some(&button.label));
            let url = match &button.url {
                Some(url) => Some(self.address(url, &LINKS)?),
                None => None,
            };
            Some(Button { value: label.clone(), label, url })
        };
        buttons.iter().filter_map(button).collect()
    }

    fn file(&self, file: &FileAt) -> Option<Linked> {
        let url = self.address(&file.url, &FILES)?;
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        let ending = last.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        let known = MediaType::ALL.iter().find(|(kind, _)| kind.extensions().contains(&ending.as_str()));
        let kind = known.map_or(MediaKind::Document, |(kind, _)| kind.kind());
        let name = self.filled(file.name.as_ref());
        let name = if name.is_empty() { last.to_owned() } else { name };
        Some(Linked { kind, url, name })
    }

    /// An address with its variables filled in, where it begins as it must and is one word.
    pub(super) fn address(&self, template: &str, starts: &[&str]) -> Option<String> {
        let url = fill(template, self.scope());
        let url = url.trim();
        let lower = url.to_lowercase();
        let begins =
            starts.iter().any(|start| lower.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
        let one_word = !url.contains(|c: char| c.is_whitespace() || c.is_control());
        (begins && one_word && url.len() <= 2_000).then(|| url.to_owned())
    }

    pub(super) fn filled(&self, template: Option<&String>) -> String {
        template.map(|template| fill(template, self.scope())).unwrap_or_default()
    }
}
