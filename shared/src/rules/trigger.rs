//! What makes a flow begin in the middle of a conversation: keywords, and phrases that mean the same.

use crate::json::{Json, Read};
use serde::Serialize;
use std::collections::BTreeSet;

/// The most words and phrases that one flow listens for.
const MOST: usize = 200;
/// How much of two phrases has to be the same, in hundredths.
const ENOUGH: u32 = 60;

/// What a flow listens for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
pub struct Listener {
    /// Words that are found in what the visitor says; without regard to case.
    pub keywords: Vec<String>,
    /// Whether nothing else may be said beside one of them.
    pub exact: bool,
    /// Examples of what the visitor may mean.
    pub phrases: Vec<String>,
}

impl Listener {
    /// Reads a flow's configuration: `{keywords, match: "contains" | "exact"}` or `{phrases}`. What is of another form is
    /// left out.
    pub fn of(kind: &str, config: &Json) -> Self {
        let list = |name: &str| match config.get(name) {
            Some(Json::List(items)) => items
                .iter()
                .filter_map(Json::text)
                .map(plain)
                .filter(|it| !it.is_empty())
                .take(MOST)
                .collect(),
            _ => Vec::new(),
        };
        let exact = config.get("match").and_then(Json::text) == Some("exact");
        match kind {
            "KEYWORD" => Self { keywords: list("keywords"), exact, phrases: Vec::new() },
            "INTENT" => Self { keywords: Vec::new(), exact: false, phrases: list("phrases") },
            _ => Self::default(),
        }
    }

    /// One that listens for words.
    pub fn of_words(words: &[String], exact: bool) -> Self {
        Self { keywords: words.iter().map(|word| plain(word)).collect(), exact, phrases: Vec::new() }
    }

    /// How well it is met by what the visitor says; more is better, none is not at all. A keyword counts more than any
    /// likeness, and a longer one more than a shorter.
    pub fn score(&self, said: &str) -> Option<u32> {
        let said = plain(said);
        let padded = format!(" {said} ");
        let met =
            |word: &&String| if self.exact { **word == said } else { padded.contains(&format!(" {word} ")) };
        let keyword = self.keywords.iter().filter(met).map(|word| 1_000 + word.chars().count() as u32).max();
        let likeness =
            self.phrases.iter().map(|phrase| alike(phrase, &said)).max().filter(|score| *score >= ENOUGH);
        keyword.max(likeness)
    }
}

/// Words in lower case with single blanks between, and nothing else.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// How much two phrases have in common, in hundredths: words that both have, of all they have (Dice's coefficient).
fn alike(one: &str, other: &str) -> u32 {
    let words = |text: &'_ str| {
        text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (one, other) = (words(one), words(other));
    let shared = one.iter().filter(|word| other.iter().any(|it| same(word, it))).count();
    (200 * shared).checked_div(one.len() + other.len()).unwrap_or(0).min(100) as u32
}

/// Whether two words are one, but for how they end.
fn same(one: &str, other: &str) -> bool {
    let longer = one.chars().count().max(other.chars().count());
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    one == other || shared >= longer.saturating_sub(2).max(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(kind: &str, config: &str) -> Listener {
        Listener::of(kind, &Json::parse(config).unwrap())
    }

    #[test]
    fn keywords_are_whole_words_and_longer_ones_count_more() {
        let price = listener("KEYWORD", r#"{"keywords":["Price","price list"," ",7]}"#);
        assert_eq!(price.keywords, ["price", "price list"]);
        assert_eq!(price.score("What's the PRICE?"), Some(1_005));
        assert_eq!(price.score("the price-list, please"), Some(1_010));
        assert_eq!((price.score("priceless"), price.score(""), price.score("?")), (None, None, None));
        let exact = listener("KEYWORD", r#"{"keywords":["stop"],"match":"exact"}"#);
        assert_eq!((exact.score(" Stop! ").is_some(), exact.score("stop it")), (true, None));
    }

    #[test]
    fn phrases_are_met_by_what_is_alike() {
        let order =
            listener("INTENT", r#"{"phrases":["where is my order","track my parcel"],"keywords":["x"]}"#);
        assert!(order.score("Where is my order?").is_some_and(|score| score == 100));
        assert!(order.score("where are my orders").is_some());
        assert_eq!((order.score("I like lamps"), order.score("x"), order.score("")), (None, None, None));
        assert_eq!(listener("MANUAL", r#"{"keywords":["a"]}"#), Listener::default());
    }
}
