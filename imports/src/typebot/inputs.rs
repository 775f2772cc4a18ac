//! Inputs: questions. What they ask stands in the blocks above them.

use super::{Block, Import, is, made, rich, text, word};
use shared::json::Json;

/// The best that Typebot rates with where nothing is said.
const USUAL_BEST: f64 = 10.0;

impl Import<'_> {
    /// A question in place of an input.
    pub(super) fn asks(&mut self, block: &Block<'_>, options: &Json) -> Json {
        self.labels(options);
        let mut form: Vec<(&str, Json)> = Vec::new();
        let mut validate = |name: &str| form.push(("validate", text(name)));
        let mut told: Vec<String> = Vec::new();
        match block.kind {
            "text input" => {
                for (name, what) in [("audioClip", "no recording"), ("attachments", "no files")] {
                    if let Some(other) = options.get(name).filter(|other| is(other, "isEnabled")) {
                        let kept = self.names.of(other, "saveVariableId");
                        let unset = kept.map(|name| format!(", so {name} is not set")).unwrap_or_default();
                        told.push(format!(
                            "it takes words alone and {what}{unset}; ask for a file where one is needed"
                        ));
                    }
                }
            }
            "number input" => {
                validate("number");
                let limits = ["min", "max", "step"];
                if limits.into_iter().any(|name| options.get(name).is_some_and(|limit| *limit != Json::Null))
                {
                    told.push("the limits of the number are not checked".into());
                }
            }
            "rating input" => form.extend(rated(options, &mut told)),
            "email input" => validate("email"),
            "url input" => validate("url"),
            "phone number input" => {
                validate("phone");
                if !word(options, "defaultCountryCode").is_empty() {
                    told.push("no country's code is put before the number".into());
                }
            }
            "date input" if is(options, "hasTime") || is(options, "isRange") => {
                told.push("a time or a span of days is asked for as text".into());
            }
            "date input" => {
                validate("date");
                told.push("the day is typed, as 2026-05-01, and not picked; its format and limits are not carried over".into());
            }
            "file input" => {
                validate("file");
                if is(options, "isMultipleAllowed") {
                    told.push("one file is taken and not several; ask again for more".into());
                }
                if options.get("allowedFileTypes").is_some_and(|types| is(types, "isEnabled")) {
                    told.push(
                        "files are taken of every kind that visitors may send; say above which are wanted"
                            .into(),
                    );
                }
                if options.get("isRequired") == Some(&Json::Boolean(false)) {
                    form.push(("skippable", Json::Boolean(true)));
                }
            }
            "payment input" => told.push("nothing can be paid; a text is asked for".into()),
            kind => told.push(format!("\"{kind}\" is not carried over; a text is asked for")),
        }
        let question = self.question(block, options, form);
        told.iter().for_each(|what| self.tell(block, what));
        question
    }

    /// A question of a form: what checks its answer.
    pub(super) fn question(&mut self, block: &Block<'_>, options: &Json, form: Vec<(&str, Json)>) -> Json {
        let save_as = self.names.of(options, "variableId").unwrap_or_else(|| self.answer(block));
        let mut members = vec![("text", text("")), ("saveAs", text(&save_as))];
        let checked = !form.is_empty();
        members.extend(form);
        if checked {
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
        let next = self.on(block);
        made(block, "question", members, Some(next))
    }

    /// A question keeps its answer, always.
    fn answer(&mut self, block: &Block<'_>) -> String {
        let name = self.names.of_answer();
        self.tell(block, &format!("its answer was not kept; it is, as {name}"));
        name
    }

    pub(super) fn labels(&mut self, options: &Json) {
        if ["labels", "buttonLabel"].into_iter().any(|name| options.get(name).is_some()) {
            self.tell_once("Placeholders and buttons' words of inputs are not carried over");
        }
    }
}

/// How a rating is asked for: from 1 to its best.
fn rated(options: &Json, told: &mut Vec<String>) -> Vec<(&'static str, Json)> {
    let number =
        |name: &str| if let Some(Json::Number(number)) = options.get(name) { Some(*number) } else { None };
    let length = number("length").unwrap_or(USUAL_BEST);
    let most = length.round().clamp(2.0, 10.0);
    if most != length {
        told.push(format!("it is rated from 1 to {most}, not to {length}"));
    }
    // Icons are counted from the first; numbers begin where they are told to.
    let begins = match word(options, "startsAt") {
        "" => number("startsAt").unwrap_or(0.0).to_string(),
        variable => variable.to_owned(),
    };
    if word(options, "buttonType") != "Icons" && begins != "1" {
        told.push(format!("it is rated from 1 to {most}; Typebot rates from {begins}"));
    }
    if options.get("customIcon").is_some_and(|icon| is(icon, "isEnabled")) {
        told.push("its icon is not carried over: the widget has its own".into());
    }
    vec![("validate", text("rating")), ("most", Json::Number(most))]
}
