//! Blocks and the steps they become.

use super::{Block, Import, list, logic, made, object, text, word};
use flow::step::MAX_DELAY;
use shared::json::Json;

impl Import<'_> {
    /// A step that does nothing but lead on, in place of a block that cannot be one.
    pub(super) fn passes(&mut self, block: &Block<'_>, why: &str) -> Json {
        self.tell(block, why);
        let next = self.on(block);
        made(block, "goto", vec![], Some(next))
    }

    /// A block's step.
    pub(super) fn step(&mut self, block: &Block<'_>) -> Json {
        let options = block.json.get("options").unwrap_or(&Json::Null);
        let content = block.json.get("content").unwrap_or(&Json::Null);
        match block.kind {
            "text" => self.says(block, content),
            "image" | "video" | "audio" => self.shows(block, content),
            "embed" => self.embeds(block, content),
            "Set variable" => self.sets(block, options),
            "Condition" => self.decides(block),
            "Wait" => self.waits(block, options),
            "Jump" => match self.target(options) {
                Some(target) => made(block, "goto", vec![], Some(target)),
                None => self.passes(block, "it jumps to nothing; the flow goes on below"),
            },
            "Typebot link" if word(options, "typebotId") == "current" => match self.target(options) {
                Some(target) => made(block, "goto", vec![], Some(target)),
                None => self.passes(block, "it links to nothing; the flow goes on"),
            },
            "Typebot link" => self.passes(
                block,
                "the other bot is not in this export; import and publish it as a flow, and put a call step here; until then the flow goes on",
            ),
            "Return" => made(block, "end", vec![], None),
            "Redirect" => self.opens(block, options, "visitors are not sent elsewhere; a button opens it"),
            "Code" | "Script" => self.passes(block, "a script cannot be run; the flow goes on"),
            "AB test" => {
                self.tell(block, "ways are not chosen by chance; everybody goes the first");
                let way = list(block.json, "items").first().and_then(|item| self.of_item(block, item));
                let next = way.unwrap_or_else(|| self.on(block));
                made(block, "goto", vec![], Some(next))
            }
            "Webhook" | "HTTP request" => self.asks_server(block, options),
            "choice input" | "picture choice input" => self.offers(block, options),
            "cards" => self.offers_cards(block, options),
            kind if kind.ends_with(" input") => self.asks(block, options),
            "" => self.passes(block, "it does not say what it is; it is passed over"),
            kind => self.passes(block, &format!("\"{kind}\" is not carried over; the flow goes on")),
        }
    }

    fn sets(&mut self, block: &Block<'_>, options: &Json) -> Json {
        let Some(variable) = self.names.of(options, "variableId") else {
            return self.passes(block, "it sets no variable; it is passed over");
        };
        let mut told = Vec::new();
        let (op, value) = logic::assigned(options, &self.names, &mut |what| told.push(what));
        told.iter().for_each(|what| self.tell(block, what));
        let mut members = vec![("variable", text(&variable))];
        members.extend(op.map(|op| ("op", text(op))));
        members.extend(value.map(|value| ("value", value)));
        let next = self.on(block);
        made(block, "set", members, Some(next))
    }

    fn decides(&mut self, block: &Block<'_>) -> Json {
        let mut cases = Vec::new();
        for item in list(block.json, "items") {
            let when = self.holds(block, item.get("content").unwrap_or(&Json::Null));
            let next = self.of_item(block, item).unwrap_or_else(|| self.below(block));
            cases.push(object([("when", when), ("next", text(&next))]));
        }
        let otherwise = self.on(block);
        made(block, "condition", vec![("cases", Json::List(cases)), ("else", text(&otherwise))], None)
    }

    /// A condition; what of it cannot be carried over is told.
    pub(super) fn holds(&mut self, block: &Block<'_>, condition: &Json) -> Json {
        if list(condition, "comparisons").iter().any(logic::compares_words) {
            self.tell_once("Words are compared without regard to case");
        }
        let mut told = Vec::new();
        let when = logic::when(condition, &self.names, &mut |what| told.push(what));
        told.iter().for_each(|what| self.tell(block, what));
        when
    }

    fn waits(&mut self, block: &Block<'_>, options: &Json) -> Json {
        let asked = match options.get("secondsToWaitFor") {
            Some(Json::Number(seconds)) => Some(*seconds),
            Some(Json::Text(seconds)) => seconds.trim().parse().ok(),
            _ => None,
        };
        let seconds = asked.filter(|seconds| seconds.is_finite()).unwrap_or(1.0);
        let seconds = seconds.ceil().clamp(1.0, MAX_DELAY.into());
        if asked != Some(seconds) {
            self.tell(block, &format!("it waits {seconds} seconds: whole ones, from 1 to {MAX_DELAY}"));
        }
        let next = self.on(block);
        made(block, "delay", vec![("seconds", Json::Number(seconds))], Some(next))
    }
}
