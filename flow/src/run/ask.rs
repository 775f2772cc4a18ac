//! Asking the visitor, and taking what they answer.

use super::walk::{Lead, Walk};
use super::{Effect, Outcome};
use crate::answer;
use crate::step::{Action, Choice, ChoiceOption, Question, Step, Timeout, Validate};
use crate::value::Value;
use shared::model::message::Button;
use shared::model::rich::{AnswerForm, Asks, Card, Rich};

/// How often a choice asks again.
const CHOICE_RETRIES: u8 = 2;

/// The answer that passes over a skippable question.
const SKIP: &str = "skip";

impl<'g> Walk<'_, 'g> {
    /// Says what the step asks, and waits at it. A choice that has nothing to offer is passed over.
    pub(super) fn ask(&mut self, step: &'g Step) -> Lead<'g> {
        let timeout = match &step.action {
            Action::Choice(choice) => {
                let offered = self.offered(&choice.options);
                if offered.is_empty() {
                    self.warn(step, "none of its options is offered".into());
                    return Lead::To(self.here().after(step));
                }
                self.ask_choice(step, choice, &offered);
                choice.timeout.as_ref()
            }
            Action::Question(question) => {
                self.ask_question(step, question);
                question.timeout.as_ref()
            }
            _ => None,
        };
        self.patient(timeout);
        self.wait(step)
    }

    fn patient(&mut self, own: Option<&Timeout>) {
        if let Some(seconds) = own.map(|timeout| timeout.seconds).or_else(|| self.patience()) {
            self.effects.push(Effect::Patience(seconds));
        }
    }

    fn ask_choice(&mut self, step: &Step, choice: &Choice, offered: &[&ChoiceOption]) {
        let (buttons, cards) = self.shown(offered, choice.multiple);
        let form = choice.multiple.then_some(Asks { form: AnswerForm::Several, most: 0 });
        let rich = Rich { markdown: choice.markdown, cards, asks: form, linked: None };
        self.say(step, &choice.text, buttons, rich);
    }

    fn ask_question(&mut self, step: &Step, question: &Question) {
        let (mut buttons, cards) = match question.validate {
            Validate::Choice => self.shown(&self.offered(&question.options), false),
            _ => (Vec::new(), Vec::new()),
        };
        if question.skippable {
            buttons.push(Button { label: "Skip".into(), value: SKIP.into(), url: None });
        }
        let form = match question.validate {
            Validate::Text | Validate::Choice | Validate::Regex => None,
            Validate::Number => Some(AnswerForm::Number),
            Validate::Email => Some(AnswerForm::Email),
            Validate::Phone => Some(AnswerForm::Phone),
            Validate::Url => Some(AnswerForm::Url),
            Validate::Date => Some(AnswerForm::Date),
            Validate::File => Some(AnswerForm::File),
            Validate::Rating => Some(AnswerForm::Rating),
        };
        let most = if question.validate == Validate::Rating { question.best() } else { 0 };
        let asks = form.map(|form| Asks { form, most });
        self.say(
            step,
            &question.text,
            buttons,
            Rich { markdown: question.markdown, cards, asks, linked: None },
        );
    }

    /// The options whose conditions hold.
    fn offered<'o>(&self, options: &'o [ChoiceOption]) -> Vec<&'o ChoiceOption> {
        let holds = |option: &&ChoiceOption| {
            option.when.as_ref().is_none_or(|when| when.holds(self.scope(), &mut |_, _| ()))
        };
        options.iter().filter(holds).collect()
    }

    /// Options as buttons; as cards with a button each, where one of them has a picture. Of cards to choose several from the
    /// buttons stand apart, to be ticked.
    fn shown(&self, offered: &[&ChoiceOption], several: bool) -> (Vec<Button>, Vec<Card>) {
        let button = |option: &&ChoiceOption| Button {
            label: option.label.clone(),
            value: option.kept().into(),
            url: None,
        };
        if offered.iter().all(|option| option.image.is_none()) {
            return (offered.iter().map(button).collect(), Vec::new());
        }
        let card = |option: &&ChoiceOption| Card {
            // What stands on its button need not be said twice.
            title: if several { option.label.clone() } else { String::new() },
            text: self.filled(option.description.as_ref()),
            image: option.image.as_ref().and_then(|it| self.address(&it.url, &["https://"])),
            alt: option.image.as_ref().map(|it| self.filled(it.alt.as_ref())).unwrap_or_default(),
            buttons: if several { Vec::new() } else { vec![button(option)] },
        };
        let buttons = if several { offered.iter().map(button).collect() } else { Vec::new() };
        (buttons, offered.iter().map(card).collect())
    }

    /// Takes the visitor's answer to the step that waits: what they said, and the file they sent with it.
    pub(super) fn answered(&mut self, step: &'g Step, said: &str, file: Option<&str>) -> Lead<'g> {
        self.note(step, |entry| entry.input = Some(said.into()));
        let lead = match &step.action {
            // What is offered counts more than words that are jumped at.
            Action::Choice(choice) if self.takes(choice, said) => self.choose(step, choice, said),
            Action::Question(question) if self.offers(question, said, file) => {
                self.takes_answer(step, said, file)
            }
            _ => match self.jump(said) {
                Some(jump) => Lead::To(Some(jump)),
                None => self.takes_answer(step, said, file),
            },
        };
        self.leads(step, lead)
    }

    fn takes_answer(&mut self, step: &'g Step, said: &str, file: Option<&str>) -> Lead<'g> {
        match &step.action {
            Action::Choice(_) => self.wrong(step, CHOICE_RETRIES, None),
            Action::Question(question) if question.skippable && said.trim().eq_ignore_ascii_case(SKIP) => {
                Lead::To(self.here().after(step))
            }
            Action::Question(question) if question.validate == Validate::Choice => {
                match answer::chosen(&self.offered(&question.options), said) {
                    Some(option) => {
                        self.set(step, &question.save_as.as_str().into(), Value::Text(option.kept().into()));
                        self.leads_on(step, option)
                    }
                    None => self.wrong(step, question.retries, question.error.as_deref()),
                }
            }
            Action::Question(question) => match answer::valid(question, said, file) {
                Some(value) => {
                    self.set(step, &question.save_as.as_str().into(), value);
                    Lead::To(self.here().after(step))
                }
                None => self.wrong(step, question.retries, question.error.as_deref()),
            },
            // It goes on when what it waits for has come.
            Action::Delay { .. } | Action::Http(_) => self.wait(step),
            // No other step waits; a run that says so was written by a later version of the flow's own steps.
            _ => Lead::Stop(Outcome::Ended),
        }
    }

    /// Whether an answer is one of those that a question itself puts before the visitor, or has a form that words have not.
    fn offers(&self, question: &Question, said: &str, file: Option<&str>) -> bool {
        match question.validate {
            _ if question.skippable && said.trim().eq_ignore_ascii_case(SKIP) => true,
            Validate::Text | Validate::Regex => false,
            Validate::Choice => answer::chosen(&self.offered(&question.options), said).is_some(),
            _ => answer::valid(question, said, file).is_some(),
        }
    }

    fn takes(&self, choice: &Choice, said: &str) -> bool {
        let offered = self.offered(&choice.options);
        match choice.multiple {
            true => answer::several(&offered, said).is_some(),
            false => answer::chosen(&offered, said).is_some(),
        }
    }

    fn choose(&mut self, step: &'g Step, choice: &'g Choice, said: &str) -> Lead<'g> {
        let offered = self.offered(&choice.options);
        let (kept, lead) = match choice.multiple {
            true => {
                let chosen = answer::several(&offered, said).unwrap_or_default();
                let kept = chosen.iter().map(|option| option.kept().into()).collect();
                (Value::List(kept), Lead::To(self.here().after(step)))
            }
            false => match answer::chosen(&offered, said) {
                Some(option) => (Value::Text(option.kept().into()), self.leads_on(step, option)),
                None => return self.wrong(step, CHOICE_RETRIES, None),
            },
        };
        if let Some(variable) = &choice.save_as {
            self.set(step, &variable.as_str().into(), kept);
        }
        lead
    }

    fn leads_on(&self, step: &'g Step, option: &'g ChoiceOption) -> Lead<'g> {
        Lead::To(match &option.next {
            Some(next) => self.here().step(next),
            None => self.here().after(step),
        })
    }

    /// Asks again, or gives up.
    fn wrong(&mut self, step: &'g Step, retries: u8, error: Option<&str>) -> Lead<'g> {
        if self.run.wrong_answers >= retries {
            return self.gives_up();
        }
        self.run.wrong_answers += 1;
        if let Some(error) = error {
            self.say(step, error, Vec::new(), Rich::default());
        }
        self.ask(step)
    }
}
