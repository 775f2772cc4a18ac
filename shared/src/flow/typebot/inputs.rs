//! Inputs: questions and choices. What they ask stands in the blocks above them.

use super::{Block, Import, is, list, made, object, rich, text, word};
use crate::json::Json;
use std::collections::BTreeSet;

/// The most options of a choice.
const OPTIONS: usize = 20;

impl Import<'_> {
    /// A question in place of an input.
    pub(super) fn asks(&mut self, block: &Block<'_>, options: &Json) -> Json {
        self.labels(options);
        let mut validate = None;
        let mut told: Vec<String> = Vec::new();
        match block.kind {
            "text input" => {
                if options.get("audioClip").is_some_and(|clip| is(clip, "isEnabled")) {
                    told.push("it takes words alone, no recording".into());
                }
                if options.get("attachments").is_some_and(|files| is(files, "isEnabled")) {
                    told.push("it takes words alone, no files".into());
                }
            }
            "number input" => {
                validate = Some("number");
                let limits = ["min", "max", "step"];
                if limits.into_iter().any(|name| options.get(name).is_some_and(|limit| *limit != Json::Null))
                {
                    told.push("the limits of the number are not checked".into());
                }
            }
            "rating input" => {
                validate = Some("number");
                told.push(
                    "a rating is asked for as a number; its limits and icons are not carried over".into(),
                );
            }
            "email input" => validate = Some("email"),
            "url input" => validate = Some("url"),
            "phone number input" => {
                validate = Some("phone");
                if !word(options, "defaultCountryCode").is_empty() {
                    told.push("no country's code is put before the number".into());
                }
            }
            "date input" if is(options, "hasTime") || is(options, "isRange") => {
                told.push("a time or a span of days is asked for as text".into());
            }
            "date input" => {
                validate = Some("date");
                told.push("the day is typed, as 2026-05-01, and not picked; its format and limits are not carried over".into());
            }
            "file input" => told.push("a file cannot be asked for; a text is".into()),
            "payment input" => told.push("nothing can be paid; a text is asked for".into()),
            kind => told.push(format!("\"{kind}\" is not carried over; a text is asked for")),
        }
        let skippable =
            block.kind == "file input" && options.get("isRequired") == Some(&Json::Boolean(false));
        let question = self.question(block, options, validate, skippable);
        told.iter().for_each(|what| self.tell(block, what));
        question
    }

    fn question(
        &mut self,
        block: &Block<'_>,
        options: &Json,
        validate: Option<&str>,
        skippable: bool,
    ) -> Json {
        let save_as = self.names.of(options, "variableId").unwrap_or_else(|| self.answer(block));
        let mut members = vec![("text", text("")), ("saveAs", text(&save_as))];
        if let Some(validate) = validate {
            members.push(("validate", text(validate)));
            // Without words of its own for a wrong answer, the words above ask again.
            let above = block.above.filter(|above| word(above, "type") == "text");
            let asked = above.and_then(|above| Some(rich::said(above.get("content")?).plain()));
            let error = match word(options, "retryMessageContent") {
                "" => asked.unwrap_or_default(),
                retry => retry.to_owned(),
            };
            if !error.trim().is_empty() {
                members.push(("error", text(&self.names.text(&error))));
            }
        }
        if skippable {
            members.push(("skippable", Json::Boolean(true)));
        }
        let next = self.on(block);
        made(block, "question", members, Some(next))
    }

    /// A question keeps its answer, always.
    fn answer(&mut self, block: &Block<'_>) -> String {
        let name = self.names.of_answer();
        self.tell(block, &format!("its answer was not kept; it is, as {name}"));
        name
    }

    fn labels(&mut self, options: &Json) {
        if ["labels", "buttonLabel"].into_iter().any(|name| options.get(name).is_some()) {
            self.tell_once("Placeholders and buttons' words of inputs are not carried over");
        }
    }

    /// A choice in place of buttons or pictures.
    pub(super) fn offers(&mut self, block: &Block<'_>, options: &Json) -> Json {
        self.labels(options);
        let items = list(block.json, "items");
        let fills = options.get("dynamicItems").is_some_and(|items| is(items, "isEnabled"));
        if items.is_empty() || fills || !word(options, "dynamicVariableId").is_empty() {
            self.tell(block, "options out of a variable, or none, cannot be offered; a text is asked for");
            return self.question(block, options, None, false);
        }
        if items.len() > OPTIONS {
            let over = items.len() - OPTIONS;
            self.tell(
                block,
                &format!("a choice has at most {OPTIONS} options; the last {over} are left out"),
            );
        }
        if is(options, "isSearchable") {
            self.tell(block, "options cannot be searched through");
        }
        if block.kind == "picture choice input" {
            self.tell(block, "pictures and what stands below them are not shown; their titles are offered");
        }
        let multiple = is(options, "isMultipleChoice");
        let (mut offered, mut labels, mut leads) = (Vec::new(), BTreeSet::new(), true);
        for (index, item) in items.iter().take(OPTIONS).enumerate() {
            let label = self.label(block, item, index, multiple);
            if !labels.insert(label.to_lowercase()) {
                self.tell(block, &format!("two options are called \"{label}\"; the first is taken"));
            }
            let mut members = vec![("label", text(&label))];
            let value = word(item, "value");
            if !value.is_empty() {
                members.push(("value", text(value)));
            }
            match self.of_item(block, item) {
                Some(_) if multiple => {
                    self.tell(
                        block,
                        &format!("\"{label}\" leads nowhere of its own where several may be chosen"),
                    );
                }
                Some(next) => members.push(("next", text(&next))),
                None => leads = false,
            }
            offered.push(object(members));
        }
        let mut members = vec![("text", text("")), ("options", Json::List(offered))];
        members.extend(self.names.of(options, "variableId").map(|name| ("saveAs", text(&name))));
        if multiple {
            members.push(("multiple", Json::Boolean(true)));
        }
        // Where all options lead somewhere, an end below would be one that nothing leads to.
        let next = if leads && !multiple { None } else { Some(self.on(block)) };
        made(block, "choice", members, next)
    }

    /// What stands on an option.
    fn label(&mut self, block: &Block<'_>, item: &Json, index: usize, multiple: bool) -> String {
        let written =
            [word(item, "content"), word(item, "title")].into_iter().find(|label| !label.trim().is_empty());
        let mut label = written.map_or_else(|| format!("{}", index + 1), |label| label.trim().to_owned());
        if written.is_none() {
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
        if item.get("displayCondition").is_some_and(|shown| is(shown, "isEnabled")) {
            self.tell(block, &format!("the option \"{label}\" is always offered, without its condition"));
        }
        label
    }
}
