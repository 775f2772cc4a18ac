//! Trying a flow out: scripted answers, servers that are not asked, a clock that moves only where the flow waits.

use super::graph::Graph;
use super::lint::lint;
use super::run::{Effect, Fetch, Input, Outcome, Run, World, advance};
use super::trace::TraceEntry;
use super::value::{MAX_VARIABLE_BYTES, MOST_WORK, Refused, Value};
use super::written::Written;
use serde::Serialize;
use shared::json::{Json, Read, Write, Wrong, write_object};
use shared::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// The most answers of a script.
const MOST_MESSAGES: usize = 200;
/// The most bytes that the trace of a try may have, about; what the turn that passes it did is still told.
const MOST_BYTES: usize = 1024 * 1024;
/// The most turns that a run takes by itself: waiting and asking servers.
const MOST_TURNS: usize = 200;

/// What a flow is tried with.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What the visitor does, in order; at most 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Act>>,
    /// What is known at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<BTreeMap<String, Value>>,
    /// What servers answer, by the ids of the steps that ask them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mocks: Option<BTreeMap<String, Mock>>,
    /// When it is; the present where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
}

impl Read for Script {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.object(Some(&["messages", "variables", "mocks", "now"]))?;
        let script = Self {
            messages: json.field("messages")?,
            variables: json.field("variables")?,
            mocks: json.field("mocks")?,
            now: json.field("now")?,
        };
        let known = script.variables.iter().flatten();
        if let Some((name, _)) = known.into_iter().find(|(_, value)| value.bytes() > MAX_VARIABLE_BYTES) {
            return Err(Wrong::new(Refused::TooLong).within(name).within("variables"));
        }
        match &script.messages {
            Some(messages) if messages.len() > MOST_MESSAGES => {
                Err(Wrong::new(format_args!("must have at most {MOST_MESSAGES} items")).within("messages"))
            }
            _ => Ok(script),
        }
    }
}

/// What a visitor does: say something, send a file, or let time go by.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Act {
    /// Says this.
    Says(String),
    /// Sends a file.
    Sends {
        /// Where it can be fetched, or its name.
        file: String,
    },
    /// Says nothing.
    Waits {
        /// For so many seconds.
        wait: u32,
    },
}

impl Read for Act {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Text(said) => Ok(Self::Says(said.clone())),
            Json::Object(_) if json.get("file").is_some() => {
                json.object(Some(&["file"]))?;
                Ok(Self::Sends { file: json.field("file")? })
            }
            Json::Object(_) => {
                json.object(Some(&["wait"]))?;
                Ok(Self::Waits { wait: json.field("wait")? })
            }
            _ => Err(Wrong::new("must be a text, {file} or {wait}")),
        }
    }
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mock {
    /// The status; 0 for no answer.
    pub status: u16,
    /// The body; what is no text is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub body: Option<Json>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The flow came to an end, or to people.
    Completed,
    /// It waits for an answer that the script does not have.
    Waiting,
    /// It asks a server that the script does not speak for, or cannot be run.
    Error,
    /// It went through more steps than a turn may.
    Limit,
}

impl Status {
    /// Its name, as JSON spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Waiting => "waiting",
            Self::Error => "error",
            Self::Limit => "limit",
        }
    }
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The steps, in the order they were gone through.
    pub steps: Vec<TraceEntry>,
    /// What the variables hold at the end.
    pub final_variables: BTreeMap<String, Value>,
    /// How it ended.
    pub status: Status,
    /// What was refused or went wrong, each with its step.
    pub warnings: Vec<String>,
}

impl Write for Report {
    fn write(&self, out: &mut Vec<u8>) {
        write_object(out, |members| {
            members.add("steps", &self.steps);
            members.add("finalVariables", &self.final_variables);
            members.add("status", self.status.name());
            members.add("warnings", &self.warnings);
        });
    }
}

impl Report {
    /// Its JSON; the report is let go of here, too, where that is built for speed.
    #[inline(never)]
    pub fn into_json(self) -> String {
        // About as long as it will be: what grows is copied again and again.
        let mut out = Vec::with_capacity(256 + 128 * self.steps.len());
        self.write(&mut out);
        // Nothing but texts was put there, and ASCII between them.
        String::from_utf8(out).unwrap_or_default()
    }

    /// Of a flow that cannot be run, for these reasons.
    pub fn of_faults(faults: Vec<String>) -> Self {
        Self { steps: Vec::new(), final_variables: BTreeMap::new(), status: Status::Error, warnings: faults }
    }
}

/// What moves a try on.
enum Next {
    Start,
    Acts(Act),
    Elapsed,
    Fetched(Option<(u16, String)>),
}

/// Tries a draft out as it is written, with whatever [`lint`] finds among the warnings.
pub fn try_draft(flow: &Json, script: &Script, now: Timestamp, random: [u8; 10]) -> Report {
    let faults = match lint(flow) {
        Ok(graph) => return try_out(&graph, script, now, random),
        Err(faults) => faults,
    };
    // What is only meant otherwise can be tried out; what cannot be run cannot.
    match Written::read(flow).ok().and_then(|written| Graph::of(written).ok()) {
        Some(graph) => {
            let mut report = try_out(&graph, script, now, random);
            report.warnings.extend(faults);
            report
        }
        None => Report::of_faults(faults),
    }
}

/// Runs a flow by a script. Nothing outside is touched; the same flow, script, time and random bytes give the same report.
pub fn try_out(graph: &Graph, script: &Script, now: Timestamp, random: [u8; 10]) -> Report {
    let mut run = Run::default();
    let report = walk(graph, script, &mut run, now, random);
    Report { final_variables: run.variables.all(), ..report }
}

fn walk(graph: &Graph, script: &Script, run: &mut Run, now: Timestamp, random: [u8; 10]) -> Report {
    let known = script.variables.clone().unwrap_or_default();
    let mut clock = script.now.unwrap_or(now);
    let mut acts: VecDeque<Act> = script.messages.clone().unwrap_or_default().into();
    let (mut report, mut bytes, mut work) = (Report::of_faults(Vec::new()), 0, 0_u32);
    let mut next = Next::Start;
    for _ in 0..MOST_TURNS + MOST_MESSAGES {
        let input = match &next {
            Next::Start => Input::Start,
            Next::Acts(Act::Says(said)) => Input::Said(said),
            Next::Acts(Act::Sends { file }) => Input::Sent { file, said: file },
            Next::Acts(Act::Waits { .. }) | Next::Elapsed => Input::Elapsed,
            Next::Fetched(answer) => {
                Input::Fetched(answer.as_ref().map(|(status, body)| (*status, body.as_str())))
            }
        };
        let turn = advance(graph, run, input, World { known: &known, now: clock, random });
        // Whatever the step that waits does, and when it has waited long enough.
        let (mut waits, mut fetches, mut patience) = (None, None, None);
        for effect in turn.effects {
            match effect {
                Effect::Wait(seconds) => waits = Some(seconds),
                Effect::Patience(seconds) => patience = Some(clock.plus_seconds(seconds.into())),
                Effect::Fetch(fetch) => fetches = Some(fetch),
                _ => {}
            }
        }
        bytes += report.add(turn.trace, waits.map_or(0, |seconds| u64::from(seconds) * 1000));
        work = work.saturating_add(turn.work);
        if work > MOST_WORK {
            return report.ended(
                Status::Limit,
                Some("a try that compares and fills in so much takes too long".into()),
            );
        }
        if bytes > MOST_BYTES {
            return report.ended(Status::Limit, Some(format!("a try tells of at most {MOST_BYTES} bytes")));
        }
        match turn.outcome {
            Outcome::HandedOff | Outcome::Ended => return report.ended(Status::Completed, None),
            Outcome::FuelSpent => return report.ended(Status::Limit, None),
            Outcome::Waiting => {}
        }
        next = if let Some(seconds) = waits {
            clock = clock.plus_seconds(seconds.into());
            Next::Elapsed
        } else if let Some(fetch) = fetches {
            let step = run.waiting_at.as_ref().map(ToString::to_string).unwrap_or_default();
            match mocked(script, &step) {
                Some(answer) => Next::Fetched(answer),
                None => return report.ended(Status::Error, Some(unspoken(&step, &fetch))),
            }
        } else {
            match acts_next(&mut acts, &mut clock, patience) {
                Some(next) => next,
                None => return report.ended(Status::Waiting, None),
            }
        };
    }
    report.ended(Status::Limit, Some(format!("a try goes on for at most {MOST_TURNS} turns by itself")))
}

/// What the visitor does next. Time goes by until somebody loses patience, or as long as it is to.
fn acts_next(acts: &mut VecDeque<Act>, clock: &mut Timestamp, patience: Option<Timestamp>) -> Option<Next> {
    loop {
        let Act::Waits { wait } = acts.front()? else { return acts.pop_front().map(Next::Acts) };
        let until = clock.plus_seconds((*wait).into());
        match patience {
            Some(at) if at <= until => {
                let left = until.seconds() - at.seconds();
                *clock = at;
                match acts.front_mut() {
                    Some(Act::Waits { wait }) if left > 0 => *wait = u32::try_from(left).unwrap_or(0),
                    _ => drop(acts.pop_front()),
                }
                return Some(Next::Elapsed);
            }
            _ => {
                *clock = until;
                acts.pop_front();
            }
        }
    }
}

fn mocked(script: &Script, step: &str) -> Option<Option<(u16, String)>> {
    let mock = script.mocks.as_ref()?.get(step)?;
    let body = match &mock.body {
        Some(Json::Text(text)) => text.clone(),
        Some(json) => json.json(),
        None => String::new(),
    };
    Some((mock.status > 0).then_some((mock.status, body)))
}

fn unspoken(step: &str, fetch: &Fetch) -> String {
    format!("step {step}: nothing is asked in a test run; give mocks.{step} what {} answers", fetch.url)
}

impl Report {
    /// Adds a turn; gives about how many bytes it tells.
    fn add(&mut self, mut trace: Vec<TraceEntry>, waited: u64) -> usize {
        let (mut bytes, last) = (0, trace.len().saturating_sub(1));
        for (index, entry) in trace.iter_mut().enumerate() {
            self.warnings
                .extend(entry.warnings.iter().map(|warning| format!("step {}: {warning}", entry.step_id)));
            entry.ms = Some(if index == last { waited } else { 0 });
            bytes += entry.bytes();
        }
        match self.steps.is_empty() {
            true => self.steps = trace,
            false => self.steps.append(&mut trace),
        }
        bytes
    }

    fn ended(mut self, status: Status, warning: Option<String>) -> Self {
        self.status = status;
        self.warnings.extend(warning);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_written_as_serde_would() {
        let steps = r#"[
            {"id": "n", "type": "set", "variable": "n", "op": "increment", "value": -2.5},
            {"id": "whole", "type": "set", "variable": "whole", "op": "increment"},
            {"id": "yes", "type": "set", "variable": "yes", "value": true},
            {"id": "list", "type": "set", "variable": "list", "op": "append", "value": "\\ \"é\"\n\u0001{{n}}"},
            {"id": "none", "type": "set", "variable": "none", "op": "expression", "value": "nothing + 1"},
            {"id": "if", "type": "condition", "cases": [{"when": {"variable": "whole", "op": "lt", "value": 0}, "next": "n"}]},
            {"id": "ask", "type": "question", "text": "Name, {{list}}?", "saveAs": "name"}
        ]"#;
        let graph = Graph::new(shared::json::read(steps).unwrap()).unwrap();
        let script: Script = shared::json::read(r#"{"messages": ["Ada"]}"#).unwrap();
        let report = try_out(&graph, &script, Timestamp::from_millis(0), [0; 10]);
        assert_eq!(report.steps.len(), 8);
        let by_serde = serde_json::to_string(&report).unwrap();
        assert_eq!(Json::parse(&report.json()).unwrap(), Json::parse(&by_serde).unwrap());
    }
}
