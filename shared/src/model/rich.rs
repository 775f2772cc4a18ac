//! What bots say besides plain words: formatting, pictures and files that lie elsewhere, cards, and the form of the answer
//! they ask for.

use crate::model::media::MediaKind;
use crate::model::message::Button;
use crate::wire::source::{Source, Tag, tags};
use alloc::{boxed::Box, string::String, vec::Vec};

tags! {
    /// The form of an answer that is asked for, so that it can be given by what suits it best.
    AnswerForm {
        /// Any words.
        Text = "text",
        /// A number.
        Number = "number",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
        /// An address on the web.
        Url = "url",
        /// A calendar date, `2026-05-01`.
        Date = "date",
        /// Any number of the message's buttons; answered by their labels with commas between.
        Several = "several",
        /// A file.
        File = "file",
        /// A whole number from 1 to [`Asks::most`].
        Rating = "rating",
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Asks {
    /// The form of the answer.
    pub form: AnswerForm,
    /// The best of a rating, 2 to 10; 0 where nothing is rated.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_none"))]
    pub most: u8,
}

#[cfg(feature = "serde")]
fn is_none(most: &u8) -> bool {
    *most == 0
}

/// A picture or file that lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Linked {
    /// What it is.
    pub kind: MediaKind,
    /// Where it lies: an `https` address.
    pub url: String,
    /// A file's name; of a picture, what it shows, in words. May be empty.
    pub name: String,
}

/// A card: a picture, a title, words, and buttons; any of them may be missing. Several cards stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(default))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Its words.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub text: String,
    /// Where its picture lies: an `https` address.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub image: Option<String>,
    /// What the picture shows, in words.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub alt: String,
    /// Its buttons.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub buttons: Vec<Button>,
}

/// All that a message has besides words, a file and buttons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(default))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rich {
    /// Whether the words are formatted: `**strong**`, `*emphasis*`, `` `code` ``, `~~struck~~`, `[words](https://…)`, lists
    /// and quotes. Whoever does not know that shows them as they are.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "core::ops::Not::not"))]
    pub markdown: bool,
    /// A picture or file.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub linked: Option<Linked>,
    /// Cards.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub cards: Vec<Card>,
    /// What is asked for, where the visitor's words alone do not say it best.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub asks: Option<Asks>,
}

impl Rich {
    /// It, where there is anything.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }

    /// Reads it as the widget does; what is unknown is left out. Whoever shows it is in the widget's second part.
    #[inline(never)]
    pub fn decode_later<S: Source>(source: &S) -> Self {
        let text = |source: &S, key: &str| source.get(key).and_then(|it| it.string()).unwrap_or_default();
        let card = |card: S| Card {
            title: text(&card, "title"),
            text: text(&card, "text"),
            image: card.get("image").and_then(|it| it.string()),
            alt: text(&card, "alt"),
            buttons: Button::decode_all(card.get("buttons")),
        };
        let linked = |linked: S| {
            let kind = MediaKind::from_tag(&text(&linked, "kind"))?;
            Some(Linked { kind, url: text(&linked, "url"), name: text(&linked, "name") })
        };
        let asks = |asks: S| {
            let most = asks.get("most").and_then(|it| it.count()).and_then(|most| u8::try_from(most).ok());
            Some(Asks { form: AnswerForm::from_tag(&text(&asks, "form"))?, most: most.unwrap_or(0) })
        };
        Self {
            markdown: source.get("markdown").and_then(|it| it.boolean()).unwrap_or(false),
            linked: source.get("linked").and_then(linked),
            cards: source
                .get("cards")
                .map(|it| it.items())
                .unwrap_or_default()
                .into_iter()
                .map(card)
                .collect(),
            asks: source.get("asks").and_then(asks),
        }
    }
}
