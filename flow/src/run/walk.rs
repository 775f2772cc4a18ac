//! Going from step to step.

use super::{Called, Effect, FUEL, Input, MOST_ALONE, MOST_TOLD, Outcome, Run, World};
use crate::condition::Test;
use crate::graph::Graph;
use crate::step::{Action, Case, Step, StepId};
use crate::template::fill;
use crate::trace::TraceEntry;
use crate::value::{MOST_WORK, Scope, Value};
use core::cell::Cell;
use shared::id::FlowId;
use std::rc::Rc;

/// The longest tag, in characters.
const LONGEST_TAG: usize = 100;
/// How many bytes of an address a trace tells.
const LONGEST_ASKED: usize = 2_000;

/// Where a step leads.
pub(super) enum Lead<'g> {
    To(Option<&'g Step>),
    Stop(Outcome),
}

/// One turn under way.
pub(super) struct Walk<'a, 'g> {
    /// The flow; the run may be in one that it calls.
    pub flow: &'g Graph,
    pub run: &'a mut Run,
    pub world: World<'a>,
    pub effects: Vec<Effect>,
    pub trace: Vec<TraceEntry>,
    /// The step that the trace's last entry is of: another flow may have one of the same name.
    pub noted: *const Step,
    /// How many bytes it has said.
    pub told: usize,
    /// How much work it has been.
    pub work: &'a Cell<u32>,
}

impl<'g> Walk<'_, 'g> {
    pub fn take(&mut self, input: Input<'_>) -> Outcome {
        let mut lead = match input {
            Input::Start => self.starts(),
            input => match self.run.waiting_at.take().and_then(|id| self.here().step(&id)) {
                Some(step) => self.goes_on(step, input),
                None => return Outcome::Ended,
            },
        };
        for _ in 0..FUEL {
            let too_much = self.told > MOST_TOLD || self.work.get() > MOST_WORK;
            if let (Lead::To(Some(step)), true) = (&lead, too_much) {
                let why = match self.told > MOST_TOLD {
                    true => format!("a turn says at most {MOST_TOLD} bytes"),
                    false => "a turn that compares and fills in so much takes too long".into(),
                };
                self.warn(step, why);
                self.effects.push(Effect::Handoff(None));
                return Outcome::FuelSpent;
            }
            lead = match lead {
                Lead::To(Some(step)) => self.enter(step),
                Lead::To(None) => self.comes_back(),
                Lead::Stop(outcome) => return outcome,
            };
        }
        match lead {
            Lead::Stop(outcome) => outcome,
            Lead::To(None) if self.run.calls.is_empty() => Outcome::Ended,
            Lead::To(step) => {
                if let Some(step) = step {
                    self.warn(step, format!("a turn goes through at most {FUEL} steps"));
                }
                self.effects.push(Effect::Handoff(None));
                Outcome::FuelSpent
            }
        }
    }

    fn starts(&mut self) -> Lead<'g> {
        *self.run = Run { variables: core::mem::take(&mut self.run.variables), ..Run::default() };
        for variable in self.flow.variables() {
            if let Some(value) = &variable.default
                && self.run.variables.get(&variable.name).is_none()
            {
                // Where there are too many already, it has none.
                let _ = self.run.variables.set(&variable.name, value.clone());
            }
        }
        Lead::To(self.flow.first())
    }

    /// Goes on where it waited.
    fn goes_on(&mut self, step: &'g Step, input: Input<'_>) -> Lead<'g> {
        match input {
            Input::Said(_) | Input::Sent { .. } => self.run.alone = 0,
            _ => self.run.alone = self.run.alone.saturating_add(1),
        }
        if self.run.alone > MOST_ALONE {
            self.warn(
                step,
                format!("a flow takes at most {MOST_ALONE} turns while the visitor says nothing"),
            );
            self.effects.push(Effect::Handoff(None));
            return Lead::Stop(Outcome::FuelSpent);
        }
        match input {
            Input::Start | Input::Resume => Lead::To(Some(step)),
            Input::Said(said) => self.answered(step, said, None),
            Input::Sent { file, said } => self.answered(step, said, Some(file)),
            Input::Elapsed => self.elapsed(step),
            Input::Fetched(answer) => self.fetched(step, answer),
        }
    }

    /// The flow that the run is in: the one that was called last.
    pub fn here(&self) -> &'g Graph {
        self.run.calls.last().and_then(|call| self.flow.called(call.flow)).unwrap_or(self.flow)
    }

    /// Goes back to who called, where somebody did.
    fn comes_back(&mut self) -> Lead<'g> {
        match self.run.calls.pop() {
            Some(call) => Lead::To(self.here().step(&call.from).and_then(|step| self.here().after(step))),
            None => Lead::Stop(Outcome::Ended),
        }
    }

    /// Does what a step does when the run comes to it.
    fn enter(&mut self, step: &'g Step) -> Lead<'g> {
        self.note(step, |_| ());
        let here = self.here();
        let on = || Lead::To(here.after(step));
        let lead = match &step.action {
            Action::Message(message) => {
                self.say_message(step, message);
                on()
            }
            Action::Choice(_) | Action::Question(_) => {
                self.run.wrong_answers = 0;
                self.ask(step)
            }
            Action::Condition { cases, otherwise } => self.decide(step, cases, otherwise.as_ref()),
            Action::Set { variable, op, value } => {
                match self.assigned(variable, *op, value.as_ref()) {
                    Some(value) => self.set(step, variable, value),
                    None => {
                        self.warn(step, format!("{variable} was not set: there is no number to reckon with"));
                    }
                }
                on()
            }
            Action::Goto {} | Action::Jump { .. } | Action::OnError {} | Action::OnTimeout { .. } => on(),
            Action::Call { flow } => self.call(step, *flow),
            Action::Delay { seconds } => {
                self.effects.push(Effect::Wait(*seconds));
                self.wait(step)
            }
            Action::Http(http) => {
                let fetch = self.fetch(http);
                self.told += fetch.bytes();
                let asked = format!("{} {}", fetch.method.name(), fetch.url);
                let told =
                    asked.get(..asked.floor_char_boundary(LONGEST_ASKED)).unwrap_or_default().to_owned();
                self.note(step, |entry| entry.output.push(told));
                self.effects.push(Effect::Fetch(Box::new(fetch)));
                self.wait(step)
            }
            Action::Tag { tags } => {
                let cut = |tag: String| tag.trim().chars().take(LONGEST_TAG).collect::<String>();
                let tags = tags.iter().map(|tag| cut(fill(tag, self.scope())));
                let tags: Vec<String> = tags.filter(|tag| !tag.is_empty()).collect();
                self.told += tags.iter().map(String::len).sum::<usize>();
                self.note(step, |entry| entry.output.extend(tags.iter().cloned()));
                self.effects.push(Effect::Tag(tags));
                on()
            }
            Action::Assign { agent } => {
                self.effects.push(Effect::Assign(*agent));
                on()
            }
            Action::Handoff { if_offline: Some(elsewhere), .. } if self.nobody_is_there() => {
                Lead::To(here.step(elsewhere))
            }
            Action::Handoff { department, .. } => {
                self.effects.push(Effect::Handoff(department.clone()));
                Lead::Stop(Outcome::HandedOff)
            }
            Action::End {} => Lead::To(None),
        };
        self.leads(step, lead)
    }

    fn decide(&mut self, step: &'g Step, cases: &'g [Case], otherwise: Option<&'g StepId>) -> Lead<'g> {
        let mut decided = Vec::new();
        let scope = self.scope();
        let mut tell = |test: &Test, held: bool| decided.push(test.told(scope, held));
        let found = cases.iter().find(|case| case.when.holds(scope, &mut tell)).map(|case| &case.next);
        self.note(step, |entry| entry.decided = decided);
        Lead::To(match found.or(otherwise) {
            Some(target) => self.here().step(target),
            None => self.here().after(step),
        })
    }

    /// Goes into another flow; a call that cannot be made is passed over.
    fn call(&mut self, step: &'g Step, flow: FlowId) -> Lead<'g> {
        let under_way = self.run.calls.iter().any(|call| call.flow == flow);
        match self.flow.called(flow).filter(|_| !under_way) {
            Some(called) => {
                self.run.calls.push(Called { from: step.id.clone(), flow });
                Lead::To(called.first())
            }
            None => {
                self.warn(step, format!("the flow {flow} could not be called"));
                Lead::To(self.here().after(step))
            }
        }
    }

    fn nobody_is_there(&self) -> bool {
        self.world.known.get("office.open").and_then(Value::as_boolean) == Some(false)
    }

    pub fn wait(&mut self, step: &Step) -> Lead<'g> {
        self.run.waiting_at = Some(step.id.clone());
        Lead::Stop(Outcome::Waiting)
    }

    pub fn warn(&mut self, step: &Step, warning: String) {
        self.note(step, |entry| entry.warnings.push(warning));
    }

    pub fn set(&mut self, step: &Step, variable: &Rc<str>, value: Value) {
        let declared = self.flow.variables().find(|it| *it.name == **variable);
        let value = match declared {
            Some(declared) => declared.fitted(value),
            None => Some(value),
        };
        let Some(value) = value else {
            return self
                .warn(step, format!("{variable} was not kept: it is not of the type that is declared"));
        };
        let kept = self.run.variables.set(variable, value.clone());
        self.note(step, |entry| match kept {
            Ok(()) => entry.variables.insert(variable, value),
            Err(refused) => entry.warnings.push(format!("{variable} was not kept: {refused}")),
        });
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope { variables: &self.run.variables, known: self.world.known, work: self.work }
    }

    pub fn leads(&mut self, step: &Step, lead: Lead<'g>) -> Lead<'g> {
        if let Lead::To(Some(next)) = &lead {
            let next = next.id.clone();
            self.note(step, |entry| entry.next = Some(next));
        }
        lead
    }

    /// Writes to the trace's entry of a step: the last one, or a new one where another step wrote last.
    pub fn note(&mut self, step: &Step, write: impl FnOnce(&mut TraceEntry)) {
        if self.trace.last().is_none_or(|entry| entry.next.is_some()) || !core::ptr::eq(self.noted, step) {
            self.noted = step;
            self.trace.push(TraceEntry::of(step, self.run.calls.last().map(|call| call.flow)));
        }
        if let Some(entry) = self.trace.last_mut() {
            write(entry);
        }
    }
}
