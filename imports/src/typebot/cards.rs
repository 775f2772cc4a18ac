//! Cards: every button of one is an option.

use super::choices::Offer;
use super::{Block, Import, list, word};
use shared::json::Json;

/// What of a chosen card a variable can keep, by Typebot's names; the first that is asked for is kept.
const FIELDS: [&str; 5] = ["Internal Value", "Title", "Button", "Description", "Image URL"];

/// What a field has of a card and one of its buttons.
fn of_field<'j>(field: &str, card: &'j Json, path: &'j Json) -> &'j str {
    match field {
        "Internal Value" => {
            card.get("options").map(|options| word(options, "internalValue")).unwrap_or_default()
        }
        "Title" => word(card, "title"),
        "Button" => word(path, "text"),
        "Description" => word(card, "description"),
        "Image URL" => word(card, "imageUrl"),
        _ => "",
    }
}

impl Import<'_> {
    /// A choice in place of cards.
    pub(super) fn offers_cards(&mut self, block: &Block<'_>, options: &Json) -> Json {
        let cards = list(block.json, "items");
        if cards.is_empty() {
            return self.passes(block, "it has no cards; it is passed over");
        }
        let (field, save_as) = self.kept_of_card(block, options);
        let mut offers = Vec::new();
        for card in cards {
            let (title, paths) = (word(card, "title").trim(), list(card, "paths"));
            // A card without buttons could only be looked at; it can be chosen here.
            for path in if paths.is_empty() { core::slice::from_ref(card) } else { paths } {
                let button = word(path, "text").trim();
                let label = match (title, button) {
                    (title, "") => title.to_owned(),
                    ("", button) => button.to_owned(),
                    (title, button) if paths.len() > 1 => format!("{title}: {button}"),
                    (title, button) => {
                        if title != button {
                            let why = format!("its button \"{button}\" says \"{title}\", as the card does");
                            self.tell(block, &why);
                        }
                        title.to_owned()
                    }
                };
                offers.push(Offer {
                    label,
                    value: of_field(field, card, path),
                    description: word(card, "description"),
                    picture: word(card, "imageUrl").trim(),
                    shown: card.get("options").and_then(|options| options.get("displayCondition")),
                    way: path,
                });
            }
        }
        self.choice(block, offers, save_as, false)
    }

    /// Which field of a chosen card is kept, and by which variable; a choice keeps one thing.
    fn kept_of_card(&mut self, block: &Block<'_>, options: &Json) -> (&'static str, Option<String>) {
        let mapped = list(options, "saveResponseMapping");
        let mut asked: Vec<(&'static str, String)> = Vec::new();
        for field in FIELDS {
            let of_it = mapped.iter().filter(|kept| word(kept, "field") == field);
            asked.extend(of_it.filter_map(|kept| Some((field, self.names.of(kept, "variableId")?))));
        }
        for (field, variable) in asked.iter().skip(1) {
            let why = format!(
                "{variable} is not set to the {field} of the chosen card; set it where the card leads"
            );
            self.tell(block, &why);
        }
        let first = asked.into_iter().next();
        first.map_or(("", None), |(field, variable)| (field, Some(variable)))
    }
}
