//! Choices: of buttons, of pictures, of cards.

use super::links::{address, may_lie};
use super::{Block, Import, is, list, made, object, text, word};
use shared::json::Json;
use std::collections::BTreeSet;

/// The most options of a choice.
const OPTIONS: usize = 20;

/// What is offered: an item, or one of a card's buttons.
pub(super) struct Offer<'j> {
    /// What stands on it.
    pub(super) label: String,
    /// What is kept of it, if not the label.
    pub(super) value: &'j str,
    /// More of it.
    pub(super) description: &'j str,
    /// Where its picture lies.
    pub(super) picture: &'j str,
    /// What must hold for it to be offered.
    pub(super) shown: Option<&'j Json>,
    /// What its edge leaves.
    pub(super) way: &'j Json,
}

impl Import<'_> {
    /// A choice in place of buttons or pictures.
    pub(super) fn offers(&mut self, block: &Block<'_>, options: &Json) -> Json {
        self.labels(options);
        let items = list(block.json, "items");
        let fills = options.get("dynamicItems").is_some_and(|items| is(items, "isEnabled"));
        if items.is_empty() || fills || !word(options, "dynamicVariableId").is_empty() {
            self.tell(block, "options out of a variable, or none, cannot be offered; a text is asked for until they are written into a choice");
            return self.question(block, options, vec![]);
        }
        if is(options, "isSearchable") {
            self.tell(block, "options cannot be searched through");
        }
        let label = |item| {
            let words = [word(item, "content"), word(item, "title")];
            words.into_iter().find(|label| !label.trim().is_empty()).unwrap_or_default().to_owned()
        };
        let offer = |item| Offer {
            label: label(item),
            value: word(item, "value"),
            description: word(item, "description"),
            picture: word(item, "pictureSrc"),
            shown: item.get("displayCondition"),
            way: item,
        };
        let save_as = self.names.of(options, "variableId");
        self.choice(block, items.iter().map(offer).collect(), save_as, is(options, "isMultipleChoice"))
    }

    /// A choice between offers, of which there is at least one.
    pub(super) fn choice(
        &mut self,
        block: &Block<'_>,
        offers: Vec<Offer<'_>>,
        save_as: Option<String>,
        multiple: bool,
    ) -> Json {
        if offers.len() > OPTIONS {
            let over = offers.len() - OPTIONS;
            let why = format!("a choice has at most {OPTIONS} options; the last {over} are left out");
            self.tell(block, &why);
        }
        let (mut offered, mut labels) = (Vec::new(), BTreeSet::new());
        // Whether all lead somewhere of their own, and whether none may be offered.
        let (mut leads, mut none) = (!multiple, true);
        for (index, offer) in offers.into_iter().take(OPTIONS).enumerate() {
            let label = self.label(block, &offer.label, index, multiple);
            let when = self.shown(block, offer.shown);
            // Of two that are called the same, conditions may offer one alone.
            let twice = labels.contains(&label.to_lowercase());
            if when.is_none() && !labels.insert(label.to_lowercase()) || when.is_some() && twice {
                self.tell(block, &format!("two options are called \"{label}\"; the first is taken"));
            }
            let way = self.of_item(block, offer.way);
            if multiple && way.is_some() {
                let why = format!("\"{label}\" leads nowhere of its own where several may be chosen");
                self.tell(block, &why);
            }
            let next = way.filter(|_| !multiple);
            (leads, none) = (leads && next.is_some(), none && when.is_some());
            offered.push(self.option(block, &offer, &label, when, next));
        }
        let mut members = vec![("text", text("")), ("options", Json::List(offered))];
        members.extend(save_as.map(|name| ("saveAs", text(&name))));
        if multiple {
            members.push(("multiple", Json::Boolean(true)));
        }
        // Where all options lead somewhere, an end below would be one that nothing leads to.
        let next = if leads && !none { None } else { Some(self.on(block)) };
        made(block, "choice", members, next)
    }

    fn option(
        &mut self,
        block: &Block<'_>,
        offer: &Offer<'_>,
        label: &str,
        when: Option<Json>,
        next: Option<String>,
    ) -> Json {
        let mut members = vec![("label", text(label))];
        if !offer.value.is_empty() && offer.value != label {
            members.push(("value", text(offer.value)));
        }
        members.extend(when.map(|when| ("when", when)));
        members.extend(next.map(|next| ("next", text(&next))));
        let picture = address(offer.picture, &self.names);
        if may_lie(&picture) {
            members.push(("image", object([("url", text(&picture))])));
        } else if !picture.is_empty() {
            let why = format!(
                "the picture of \"{label}\" is left out, for its address is not https; put it on such a server"
            );
            self.tell(block, &why);
        }
        let description = self.names.text(offer.description.trim());
        if !description.is_empty() {
            members.push(("description", text(&description)));
        }
        object(members)
    }

    /// What must hold for an option to be offered; nothing where it always is.
    fn shown(&mut self, block: &Block<'_>, shown: Option<&Json>) -> Option<Json> {
        let condition = shown.filter(|shown| is(shown, "isEnabled"))?.get("condition")?;
        Some(self.holds(block, condition))
    }

    /// What stands on an option.
    fn label(&mut self, block: &Block<'_>, written: &str, index: usize, multiple: bool) -> String {
        let mut label = written.trim().to_owned();
        if label.is_empty() {
            label = format!("{}", index + 1);
            self.tell(block, &format!("an option without words is called {label}"));
        }
        if label.contains("{{") {
            self.tell(block, &format!("an option has no variables; \"{label}\" stands as it is written"));
        }
        if multiple && label.contains(',') {
            // Several answers have commas between them.
            label = label.replace(',', ";");
            self.tell(block, &format!("an option of several has no commas; it is called \"{label}\""));
        }
        label
    }
}
