//! Asking servers, and what becomes of their answers.

use super::walk::{Lead, Walk};
use super::{Fetch, Header};
use crate::step::{Action, Http, HttpMethod, Step};
use crate::template::{Escaped, Filled};
use crate::value::Value;
use shared::json::{Json, Read};

/// How long an answer is waited for where nothing is said, in seconds.
const PATIENCE: u8 = 5;

impl<'g> Walk<'_, 'g> {
    /// A server has answered, or not.
    pub(super) fn fetched(&mut self, step: &'g Step, answer: Option<(u16, &str)>) -> Lead<'g> {
        let Action::Http(http) = &step.action else { return self.wait(step) };
        let told = answer.map_or_else(|| "no answer".into(), |(status, _)| format!("status {status}"));
        self.note(step, |entry| entry.input = Some(told.clone()));
        let lead = match answer.filter(|(status, _)| *status < 400) {
            Some((_, body)) => {
                self.keep_answer(step, http, body);
                Lead::To(self.here().after(step))
            }
            None => {
                self.warn(step, format!("the server gave {told}"));
                Lead::To(match &http.on_error {
                    Some(own) => self.here().step(own),
                    None => self.error_handler().or_else(|| self.here().after(step)),
                })
            }
        };
        self.leads(step, lead)
    }

    fn keep_answer(&mut self, step: &Step, http: &Http, body: &str) {
        let json = Json::parse(body).unwrap_or_else(|_| Json::Text(body.into()));
        if let Some(variable) = &http.save_as {
            let value = Value::read(&json).unwrap_or_else(|_| Value::Text(body.into()));
            self.set(step, &variable.as_str().into(), value);
        }
        for (variable, path) in &http.map {
            match json.at_path(path).and_then(|found| Value::read(found).ok()) {
                Some(value) => self.set(step, &variable.as_str().into(), value),
                None => self.warn(step, format!("{variable} was not set: the answer has no value at {path}")),
            }
        }
    }

    pub(super) fn fetch(&self, http: &Http) -> Fetch {
        let filled = |template: &String, escaped| Filled::of(template, self.scope(), escaped);
        let header = |(name, value): (&String, &String)| Header {
            name: name.clone(),
            value: filled(value, Escaped::Line),
        };
        // A body is JSON where the headers say nothing else.
        let kind = http.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let is_json = kind.is_none_or(|(_, kind)| kind.to_ascii_lowercase().contains("json"));
        let in_body = if is_json { Escaped::Json } else { Escaped::Not };
        let sends_body = http.method != HttpMethod::Get;
        Fetch {
            method: http.method,
            url: filled(&http.url, Escaped::Url),
            headers: http.headers.iter().map(header).collect(),
            body: http.body.as_ref().filter(|_| sends_body).map(|body| filled(body, in_body)),
            sign: http.sign.clone(),
            patience: http.timeout.unwrap_or(PATIENCE),
        }
    }
}
