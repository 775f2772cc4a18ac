//! What every step must be for its flow to be run.

use super::{Graph, GraphError};
use crate::condition::{MAX_DEPTH, Operator, When};
use crate::expression;
use crate::step::{
    Action, Assignment, ChoiceOption, LinkOf, MAX_DELAY, Message, PictureAt, Question, Step, StepId, Timeout,
    Validate,
};
use crate::value::Value;
use shared::id::FlowId;
use shared::rules::pattern;

impl Graph {
    pub(super) fn check(&self, step: &Step) -> Result<(), GraphError> {
        let id = || step.id.clone();
        let refer = |target: &StepId| match self.places.contains_key(target) {
            true => Ok(()),
            false => Err(GraphError::UnknownReference(id(), target.clone())),
        };
        let must =
            |holds: bool, error: fn(StepId) -> GraphError| if holds { Ok(()) } else { Err(error(id())) };
        let offered = |options: &[ChoiceOption]| {
            must((1..=20).contains(&options.len()), GraphError::Options)?;
            options.iter().filter_map(|option| option.next.as_ref()).try_for_each(refer)?;
            options
                .iter()
                .filter_map(|option| option.when.as_ref())
                .try_for_each(|when| compares(&step.id, when))?;
            must(options.iter().filter_map(|option| option.image.as_ref()).all(is_picture), GraphError::Link)
        };
        let ends = |timeout: &Option<Timeout>| match timeout {
            Some(timeout) => {
                must(is_delay(timeout.seconds), GraphError::Delay)?;
                refer(&timeout.next)
            }
            None => Ok(()),
        };
        step.next.iter().try_for_each(refer)?;
        match &step.action {
            Action::Message(message) => says(message).map_or(Ok(()), |error| Err(error(id()))),
            Action::Goto {} => must(step.next.is_some(), GraphError::NoTarget),
            Action::Choice(choice) => {
                offered(&choice.options)?;
                ends(&choice.timeout)
            }
            Action::Question(question) => {
                if question.validate == Validate::Choice || !question.options.is_empty() {
                    offered(&question.options)?;
                }
                must(has_form(question), GraphError::Pattern)?;
                must((2..=10).contains(&question.best()), GraphError::Rating)?;
                ends(&question.timeout)
            }
            Action::Condition { cases, otherwise } => {
                cases.iter().map(|case| &case.next).chain(otherwise).try_for_each(refer)?;
                cases.iter().try_for_each(|case| compares(&step.id, &case.when))
            }
            Action::Handoff { if_offline, .. } => if_offline.iter().try_for_each(refer),
            Action::Http(http) => {
                http.on_error.iter().try_for_each(refer)?;
                must(names_host(&http.url), GraphError::Address)?;
                must(http.timeout.is_none_or(|seconds| (1..=10).contains(&seconds)), GraphError::Patience)
            }
            Action::Set { op, value, .. } => must(is_assigned(*op, value.as_ref()), GraphError::NoValue),
            Action::Delay { seconds } | Action::OnTimeout { seconds } => {
                must(is_delay(*seconds), GraphError::Delay)
            }
            Action::Tag { tags } => must((1..=20).contains(&tags.len()), GraphError::Tags),
            Action::Jump { keywords, .. } => {
                let words = keywords.iter().all(|word| word.contains(char::is_alphanumeric));
                must(words && (1..=20).contains(&keywords.len()), GraphError::Keywords)
            }
            Action::Call { .. } | Action::Assign { .. } | Action::OnError {} | Action::End {} => Ok(()),
        }
    }

    /// Whether all that is called is there, and nothing calls itself.
    pub(super) fn check_calls(&self) -> Vec<GraphError> {
        let mut faults = Vec::new();
        for (step, flow) in self.calls() {
            if self.called(flow).is_none() {
                faults.push(GraphError::UnknownFlow(step.id.clone(), flow));
            } else if self.comes_back(flow) {
                faults.push(GraphError::Recursion(step.id.clone()));
            }
        }
        for (_, called) in &self.called {
            let unknown = called.calls().filter(|(_, flow)| self.called(*flow).is_none());
            faults.extend(unknown.map(|(step, flow)| GraphError::UnknownFlow(step.id.clone(), flow)));
        }
        faults
    }

    fn calls(&self) -> impl Iterator<Item = (&Step, FlowId)> {
        self.steps.iter().filter_map(|step| match step.action {
            Action::Call { flow } => Some((step, flow)),
            _ => None,
        })
    }

    /// Whether a flow that is called can come to one that is already under way.
    fn comes_back(&self, flow: FlowId) -> bool {
        // Flows that are wholly looked through, and those on the way to the one that is looked at.
        fn look(program: &Graph, flow: FlowId, way: &mut Vec<FlowId>, done: &mut Vec<FlowId>) -> bool {
            if way.contains(&flow) {
                return true;
            }
            if done.contains(&flow) {
                return false;
            }
            way.push(flow);
            let back = program
                .called(flow)
                .is_some_and(|called| called.calls().any(|(_, next)| look(program, next, way, done)));
            way.pop();
            done.push(flow);
            back
        }
        look(self, flow, &mut Vec::new(), &mut Vec::new())
    }
}

/// Whether an address is `https`, of a host that no variable has a say in.
pub fn names_host(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !host.contains(['{', '}', '@', '\\']) && !host.contains(char::is_whitespace)
}

fn is_delay(seconds: u32) -> bool {
    (1..=MAX_DELAY).contains(&seconds)
}

/// Whether an address can be one once its variables are filled in; then it is looked at again.
fn is_picture(picture: &PictureAt) -> bool {
    picture.url.starts_with("https://") || picture.url.starts_with("{{")
}

fn says(message: &Message) -> Option<fn(StepId) -> GraphError> {
    let Message { text, image, file, cards, buttons, .. } = message;
    let pictures = image.iter().chain(cards.iter().filter_map(|card| card.image.as_ref()));
    let links = |buttons: &[LinkOf]| {
        buttons.iter().filter_map(|button| button.url.as_ref()).all(|url| {
            ["https://", "http://", "mailto:", "tel:", "{{"].iter().any(|start| url.starts_with(start))
        })
    };
    let empty = text.is_none();
    if empty && image.is_none() && file.is_none() && cards.is_empty() && buttons.is_empty() {
        return Some(GraphError::Nothing);
    }
    if cards.len() > 10 || buttons.len() > 10 || cards.iter().any(|card| card.buttons.len() > 3) {
        return Some(GraphError::TooMuch);
    }
    let nothing =
        |card: &crate::step::CardOf| card.title.is_none() && card.text.is_none() && card.image.is_none();
    if cards.iter().any(nothing) {
        return Some(GraphError::Nothing);
    }
    let files = file.iter().all(|file| file.url.starts_with("https://") || file.url.starts_with("{{"));
    let good = files && links(buttons) && cards.iter().all(|card| links(&card.buttons));
    (!good || !pictures.into_iter().all(is_picture)).then_some(GraphError::Link)
}

fn has_form(question: &Question) -> bool {
    question.validate != Validate::Regex || question.pattern.as_ref().is_some_and(|it| pattern::is_one(it))
}

fn is_assigned(op: Assignment, value: Option<&Value>) -> bool {
    match (op, value) {
        (Assignment::Now | Assignment::Id | Assignment::Increment, None) => true,
        (Assignment::Expression, Some(Value::Text(text))) => expression::is_one(text),
        (Assignment::Expression, Some(Value::Number(_))) => true,
        (Assignment::Value | Assignment::Append | Assignment::Increment, Some(_)) => true,
        _ => false,
    }
}

fn compares(id: &StepId, when: &When) -> Result<(), GraphError> {
    if when.depth() > MAX_DEPTH {
        return Err(GraphError::TooDeep(id.clone()));
    }
    let patterns = when.tests().into_iter().filter(|test| test.op == Operator::Matches);
    for test in patterns {
        if !test.value.as_ref().is_some_and(|value| pattern::is_one(&value.to_string())) {
            return Err(GraphError::Pattern(id.clone()));
        }
    }
    Ok(())
}
