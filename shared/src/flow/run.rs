//! Running a flow: one turn at a time, each within a fuel of steps.

mod assign;
mod server;

use super::answer;
use super::graph::Graph;
use super::step::{Action, ChoiceOption, HttpMethod, Step, StepId};
use super::template::fill;
use super::trace::TraceEntry;
use super::value::{Scope, Value, Variables};
use crate::json::Read;
use crate::model::message::{Button, MessageType, Payload};
use crate::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most steps one turn goes through.
pub const FUEL: usize = 500;

/// How often a choice asks again.
const CHOICE_RETRIES: u8 = 2;

/// The answer that passes over a skippable question.
const SKIP: &str = "skip";

/// A visitor's way through a flow, between two turns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The step that waits for an answer; none before the first turn and after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_at: Option<StepId>,
    /// How many wrong answers that step has had.
    #[serde(default)]
    pub wrong_answers: u8,
    /// What has been kept.
    #[serde(default)]
    pub variables: Variables,
}

/// What moves a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// The flow begins.
    Start,
    /// The visitor said something.
    Said(&'a str),
    /// A person has given the conversation back: what the run waits for is asked for again.
    Resume,
    /// The delay that was asked for is over.
    Elapsed,
    /// What a server answered: its status and body; none where it did not.
    Fetched(Option<(u16, &'a str)>),
}

/// What a turn happens in. Nothing in here is asked for anywhere else.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// What is known without being set: `name`, `email`, `phone`, `visitor.*`, `conversation.*`, `office.open`,
    /// `agents.online`.
    pub known: &'a BTreeMap<String, Value>,
    /// The present.
    pub now: Timestamp,
    /// Random bytes, for ids.
    pub random: [u8; 10],
}

/// A call of a server, ready to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
pub struct Fetch {
    /// How.
    pub method: HttpMethod,
    /// Where.
    pub url: String,
    /// What is said beside the body.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Option<String>,
}

/// What a turn wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say this.
    Say(MessageType, Payload),
    /// Ask people to take over, of this department if one is named.
    Handoff(Option<String>),
    /// Put these tags on the conversation.
    Tag(Vec<String>),
    /// Come back with [`Input::Elapsed`] after so many seconds.
    Wait(u32),
    /// Ask a server, and come back with [`Input::Fetched`].
    Fetch(Box<Fetch>),
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A step waits for an answer.
    Waiting,
    /// People take over.
    HandedOff,
    /// The flow came to its end, or was not waiting for anything.
    Ended,
    /// [`FUEL`] was spent; people take over.
    FuelSpent,
}

/// A turn's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// What happened, a step at a time.
    pub trace: Vec<TraceEntry>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Takes one turn. The same graph, run, input and world give the same turn and the same run, always.
pub fn advance(graph: &Graph, run: &mut Run, input: Input<'_>, world: World<'_>) -> Turn {
    let mut turn = Walk { run, world, effects: Vec::new(), trace: Vec::new() };
    let outcome = turn.take(graph, input);
    Turn { effects: turn.effects, trace: turn.trace, outcome }
}

/// Where a step leads.
enum Lead<'a> {
    To(Option<&'a Step>),
    Stop(Outcome),
}

struct Walk<'a> {
    run: &'a mut Run,
    world: World<'a>,
    effects: Vec<Effect>,
    trace: Vec<TraceEntry>,
}

impl Walk<'_> {
    fn take(&mut self, graph: &Graph, input: Input<'_>) -> Outcome {
        let mut lead = match input {
            Input::Start => {
                *self.run = Run { variables: core::mem::take(&mut self.run.variables), ..Run::default() };
                Lead::To(graph.first())
            }
            input => {
                let waiting = self.run.waiting_at.take().and_then(|id| graph.step(&id));
                match (waiting, input) {
                    (None, _) | (_, Input::Start) => Lead::Stop(Outcome::Ended),
                    (Some(step), Input::Said(said)) => self.answered(graph, step, said),
                    (Some(step), Input::Resume) => Lead::To(Some(step)),
                    (Some(step), Input::Elapsed) => self.elapsed(graph, step),
                    (Some(step), Input::Fetched(answer)) => self.fetched(graph, step, answer),
                }
            }
        };
        for _ in 0..FUEL {
            lead = match lead {
                Lead::To(Some(step)) => self.enter(graph, step),
                Lead::To(None) => return Outcome::Ended,
                Lead::Stop(outcome) => return outcome,
            };
        }
        match lead {
            Lead::Stop(outcome) => outcome,
            Lead::To(None) => Outcome::Ended,
            Lead::To(Some(step)) => {
                let spent = format!("a turn goes through at most {FUEL} steps");
                self.warn(step, spent);
                self.effects.push(Effect::Handoff(None));
                Outcome::FuelSpent
            }
        }
    }

    /// Does what a step does when the run comes to it.
    fn enter<'g>(&mut self, graph: &'g Graph, step: &'g Step) -> Lead<'g> {
        self.note(step, |_| ());
        let lead = match &step.action {
            Action::Message { text } => {
                self.say(step, text, Vec::new());
                Lead::To(graph.after(step))
            }
            Action::Choice { .. } | Action::Question { .. } => {
                self.run.wrong_answers = 0;
                self.ask(step);
                Lead::Stop(Outcome::Waiting)
            }
            Action::Condition { cases, otherwise } => {
                let mut decided = Vec::new();
                let scope = self.scope();
                let mut tell = |test: &super::condition::Test, held: bool| {
                    let got = scope.get(&test.variable).map(Value::to_string).unwrap_or_default();
                    let value = test.value.as_ref().map(|value| format!(" {value}")).unwrap_or_default();
                    decided.push(format!("{} (\"{got}\") {}{value}: {held}", test.variable, test.op.name()));
                };
                let found =
                    cases.iter().find(|case| case.when.holds(scope, &mut tell)).map(|case| &case.next);
                self.note(step, |entry| entry.decided = decided);
                Lead::To(match found.or(otherwise.as_ref()) {
                    Some(target) => graph.step(target),
                    None => graph.after(step),
                })
            }
            Action::Set { variable, op, value } => {
                match self.assigned(variable, *op, value.as_ref()) {
                    Some(value) => self.set(step, variable, value),
                    None => {
                        self.warn(step, format!("{variable} was not set: there is no number to reckon with"));
                    }
                }
                Lead::To(graph.after(step))
            }
            Action::Goto {} => Lead::To(graph.after(step)),
            Action::Delay { seconds } => {
                self.effects.push(Effect::Wait(*seconds));
                self.wait(step)
            }
            Action::Http(http) => {
                let fetch = self.fetch(http);
                self.note(step, |entry| entry.output.push(format!("{} {}", fetch.method.name(), fetch.url)));
                self.effects.push(Effect::Fetch(Box::new(fetch)));
                self.wait(step)
            }
            Action::Tag { tags } => {
                let tags: Vec<String> =
                    tags.iter().map(|tag| fill(tag, self.scope()).trim().to_owned()).collect();
                let tags: Vec<String> = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
                self.note(step, |entry| entry.output.extend(tags.iter().cloned()));
                self.effects.push(Effect::Tag(tags));
                Lead::To(graph.after(step))
            }
            Action::Handoff { if_offline: Some(elsewhere), .. } if self.nobody_is_there() => {
                Lead::To(graph.step(elsewhere))
            }
            Action::Handoff { department, .. } => {
                self.effects.push(Effect::Handoff(department.clone()));
                Lead::Stop(Outcome::HandedOff)
            }
            Action::End {} => Lead::Stop(Outcome::Ended),
        };
        self.leads(step, lead)
    }

    /// Takes the visitor's answer to the step that waits.
    fn answered<'g>(&mut self, graph: &'g Graph, step: &'g Step, said: &str) -> Lead<'g> {
        self.note(step, |entry| entry.input = Some(said.into()));
        let lead = match &step.action {
            Action::Choice { options, save_as, multiple: false, .. } => match answer::chosen(options, said) {
                Some(option) => {
                    self.set_if(step, save_as.as_deref(), Value::Text(option.kept().into()));
                    Lead::To(match &option.next {
                        Some(next) => graph.step(next),
                        None => graph.after(step),
                    })
                }
                None => self.wrong(step, CHOICE_RETRIES, None),
            },
            Action::Choice { options, save_as, .. } => match answer::several(options, said) {
                Some(chosen) => {
                    let kept = chosen.iter().map(|option| option.kept().into()).collect();
                    self.set_if(step, save_as.as_deref(), Value::List(kept));
                    Lead::To(graph.after(step))
                }
                None => self.wrong(step, CHOICE_RETRIES, None),
            },
            Action::Question { skippable: true, .. } if said.trim().eq_ignore_ascii_case(SKIP) => {
                Lead::To(graph.after(step))
            }
            Action::Question { save_as, validate, pattern, retries, error, .. } => {
                match answer::valid(*validate, pattern.as_deref(), said) {
                    Some(value) => {
                        self.set(step, save_as, value);
                        Lead::To(graph.after(step))
                    }
                    None => self.wrong(step, *retries, error.as_deref()),
                }
            }
            // It goes on when what it waits for has come.
            Action::Delay { .. } | Action::Http(_) => self.wait(step),
            // No other step waits; a run that says so was written by a later version of the flow's own steps.
            _ => Lead::Stop(Outcome::Ended),
        };
        self.leads(step, lead)
    }

    /// The delay is over; another step waits on, for what it is told of is not what it waits for.
    fn elapsed<'g>(&mut self, graph: &'g Graph, step: &'g Step) -> Lead<'g> {
        let lead = match &step.action {
            Action::Delay { .. } => Lead::To(graph.after(step)),
            _ => self.wait(step),
        };
        self.leads(step, lead)
    }

    fn nobody_is_there(&self) -> bool {
        let known = |name: &str| self.world.known.get(name);
        known("office.open").and_then(Value::as_boolean) == Some(false)
            || known("agents.online").and_then(Value::as_number) == Some(0.0)
    }

    fn wait<'g>(&mut self, step: &Step) -> Lead<'g> {
        self.run.waiting_at = Some(step.id.clone());
        Lead::Stop(Outcome::Waiting)
    }

    fn warn(&mut self, step: &Step, warning: String) {
        self.note(step, |entry| entry.warnings.push(warning));
    }

    /// Asks again, or gives up and calls for people.
    fn wrong<'g>(&mut self, step: &Step, retries: u8, error: Option<&str>) -> Lead<'g> {
        if self.run.wrong_answers >= retries {
            self.run.wrong_answers = 0;
            self.effects.push(Effect::Handoff(None));
            return Lead::Stop(Outcome::HandedOff);
        }
        self.run.wrong_answers += 1;
        if let Some(error) = error {
            self.say(step, error, Vec::new());
        }
        self.ask(step);
        Lead::Stop(Outcome::Waiting)
    }

    /// Says what the step asks, and waits at it.
    fn ask(&mut self, step: &Step) {
        match &step.action {
            Action::Choice { text, options, .. } => {
                self.say(step, text, options.iter().map(button).collect());
            }
            Action::Question { text, skippable, .. } => {
                let skip = skippable.then(|| Button { label: "Skip".into(), value: SKIP.into(), url: None });
                self.say(step, text, skip.into_iter().collect());
            }
            _ => {}
        }
        self.run.waiting_at = Some(step.id.clone());
    }

    fn say(&mut self, step: &Step, template: &str, buttons: Vec<Button>) {
        let text = fill(template, self.scope());
        let said = text.clone();
        self.note(step, |entry| entry.output.push(said));
        let kind = if buttons.is_empty() { MessageType::Text } else { MessageType::Choice };
        if !text.trim().is_empty() || !buttons.is_empty() {
            self.effects.push(Effect::Say(kind, Payload { text, buttons, ..Payload::default() }));
        }
    }

    fn set_if(&mut self, step: &Step, variable: Option<&str>, value: Value) {
        if let Some(variable) = variable {
            self.set(step, variable, value);
        }
    }

    fn set(&mut self, step: &Step, variable: &str, value: Value) {
        let kept = self.run.variables.set(variable, value.clone());
        self.note(step, |entry| match kept {
            Ok(()) => drop(entry.variables.insert(variable.into(), value)),
            Err(refused) => entry.warnings.push(format!("{variable} was not kept: {refused}")),
        });
    }

    fn scope(&self) -> Scope<'_> {
        Scope { variables: &self.run.variables, known: self.world.known }
    }

    fn leads<'g>(&mut self, step: &Step, lead: Lead<'g>) -> Lead<'g> {
        if let Lead::To(Some(next)) = &lead {
            let next = next.id.clone();
            self.note(step, |entry| entry.next = Some(next));
        }
        lead
    }

    /// Writes to the trace's entry of a step: the last one, or a new one where another step wrote last.
    fn note(&mut self, step: &Step, write: impl FnOnce(&mut TraceEntry)) {
        let id = step.id.as_str();
        if self.trace.last().is_none_or(|entry| entry.next.is_some() || entry.step_id != id) {
            self.trace.push(TraceEntry {
                step_id: id.into(),
                kind: step.action.name().into(),
                ..TraceEntry::default()
            });
        }
        if let Some(entry) = self.trace.last_mut() {
            write(entry);
        }
    }
}

fn button(option: &ChoiceOption) -> Button {
    Button { label: option.label.clone(), value: option.kept().into(), url: None }
}
