//! What happens to a run besides answers: words that it jumps at, time that passes, and what goes wrong.

use super::walk::{Lead, Walk};
use super::{Effect, Outcome};
use crate::graph::Graph;
use crate::step::{Action, Match, Step};
use shared::rules::trigger::Listener;

impl<'g> Walk<'_, 'g> {
    /// The step that is jumped to when the visitor says this.
    pub(super) fn jump(&mut self, said: &str) -> Option<&'g Step> {
        self.handler(|step| match &step.action {
            Action::Jump { keywords, matching } => {
                Listener::of_words(keywords, *matching == Match::Exact).score(said).is_some()
            }
            _ => false,
        })
    }

    /// The step that is jumped to when the visitor has not answered, and after how many seconds.
    pub(super) fn patience(&self) -> Option<u32> {
        let seconds = |graph: &'g Graph| {
            graph.steps().iter().find_map(|step| match step.action {
                Action::OnTimeout { seconds } => Some(seconds),
                _ => None,
            })
        };
        self.graphs().find_map(|(_, graph)| seconds(graph))
    }

    /// The time is over that a step waited for; one that waits for something else waits on.
    pub(super) fn elapsed(&mut self, step: &'g Step) -> Lead<'g> {
        let own = match &step.action {
            Action::Delay { .. } => {
                let lead = Lead::To(self.here().after(step));
                return self.leads(step, lead);
            }
            Action::Choice(choice) => choice.timeout.as_ref(),
            Action::Question(question) => question.timeout.as_ref(),
            _ => return self.wait(step),
        };
        self.note(step, |entry| entry.decided.push("no answer came in time".into()));
        let handler = match own {
            Some(timeout) => self.here().step(&timeout.next),
            None => {
                let next = self.handler(|step| matches!(step.action, Action::OnTimeout { .. }));
                match next {
                    Some(next) => Some(next),
                    None => return self.wait(step),
                }
            }
        };
        self.leads(step, Lead::To(handler))
    }

    /// Something went wrong that the step says nothing of. None where the flow says nothing of it, either.
    pub(super) fn error_handler(&mut self) -> Option<&'g Step> {
        self.handler(|step| matches!(step.action, Action::OnError {}))
    }

    /// Too much was answered wrongly: the flow's own way for that, or people.
    pub(super) fn gives_up(&mut self) -> Lead<'g> {
        self.run.wrong_answers = 0;
        match self.error_handler() {
            Some(handler) => Lead::To(Some(handler)),
            None => {
                self.effects.push(Effect::Handoff(None));
                Lead::Stop(Outcome::HandedOff)
            }
        }
    }

    /// The first step of a kind in the flow that the run is in, or else in one that called it; then that is where it is.
    fn handler(&mut self, is_it: impl Fn(&Step) -> bool) -> Option<&'g Step> {
        let (depth, step) = self.graphs().find_map(|(depth, graph)| {
            graph.steps().iter().find(|step| is_it(step)).map(|step| (depth, step))
        })?;
        self.run.calls.truncate(depth);
        Some(step)
    }

    /// The flows that the run is in, the inmost first, each with how many calls lead to it.
    fn graphs(&self) -> impl Iterator<Item = (usize, &'g Graph)> + use<'_, 'g> {
        let called = self.run.calls.iter().enumerate().rev();
        let called = called.filter_map(|(depth, call)| Some((depth + 1, self.flow.called(call.flow)?)));
        called.chain(core::iter::once((0, self.flow)))
    }
}
