//! A flow as it is written and kept: its steps, and what belongs to them.

use super::declared::Declared;
use super::step::Step;
use shared::id::{AgentId, FlowId, InvalidId};
use shared::json::{Json, Read, Wrong};

/// A flow as it is written, with the flows that it calls by whichever way; JSON spells it
/// `{steps, variables?, called?, agents?}`, or as the list of its steps where there is nothing else.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// Its steps.
    pub steps: Vec<Step>,
    /// The variables it declares.
    pub variables: Vec<Declared>,
    /// What it calls.
    pub called: Vec<(FlowId, Self)>,
    /// The names of the agents whom it assigns conversations to.
    pub agents: Vec<(AgentId, String)>,
}

impl Read for Written {
    fn read(json: &Json) -> Result<Self, Wrong> {
        if let Json::List(_) = json {
            return Ok(Self { steps: Read::read(json)?, ..Self::default() });
        }
        json.object(Some(&["steps", "variables", "called", "agents"]))?;
        Ok(Self {
            steps: json.field("steps")?,
            variables: json.known("variables")?.unwrap_or_default(),
            called: by_id(json, "called", FlowId::parse)?,
            agents: by_id(json, "agents", AgentId::parse)?,
        })
    }
}

fn by_id<I, T: Read>(
    json: &Json,
    name: &str,
    id: impl Fn(&str) -> Result<I, InvalidId>,
) -> Result<Vec<(I, T)>, Wrong> {
    let Some(held) = json.get(name) else { return Ok(Vec::new()) };
    let Json::Object(members) = held else { return Err(Wrong::new("must be an object").within(name)) };
    let read = |(key, value): &(String, Json)| {
        let id = id(key).map_err(Wrong::new)?;
        Ok((id, T::read(value).map_err(|wrong: Wrong| wrong.within(key))?))
    };
    members.iter().map(read).collect::<Result<_, Wrong>>().map_err(|wrong| wrong.within(name))
}

/// The parts of a flow's JSON, be they well written or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The list of its steps.
    pub steps: Json,
    /// The list of the variables it declares; nothing where it declares none.
    pub variables: Option<Json>,
}

impl Parts {
    /// Takes a flow's JSON apart.
    pub fn of(json: &Json) -> Self {
        match json {
            Json::Object(_) => Self {
                steps: json.get("steps").cloned().unwrap_or(Json::List(Vec::new())),
                variables: json.get("variables").cloned().filter(|it| *it != Json::List(Vec::new())),
            },
            steps => Self { steps: steps.clone(), variables: None },
        }
    }

    /// Puts it together again, with what it calls and the names of the agents it knows.
    pub fn whole(self, called: Vec<(FlowId, Self)>, agents: Vec<(AgentId, String)>) -> Json {
        if self.variables.is_none() && called.is_empty() && agents.is_empty() {
            return self.steps;
        }
        let mut members = vec![("steps".to_owned(), self.steps)];
        members.extend(self.variables.map(|variables| ("variables".to_owned(), variables)));
        if !called.is_empty() {
            let called =
                called.into_iter().map(|(id, flow)| (id.to_string(), flow.whole(Vec::new(), Vec::new())));
            members.push(("called".into(), Json::Object(called.collect())));
        }
        if !agents.is_empty() {
            let agents = agents.into_iter().map(|(id, name)| (id.to_string(), Json::Text(name)));
            members.push(("agents".into(), Json::Object(agents.collect())));
        }
        Json::Object(members)
    }

    /// The flows that its steps call.
    pub fn calls(&self) -> Vec<FlowId> {
        self.named("call", "flow").filter_map(|(_, id)| FlowId::parse(id).ok()).collect()
    }

    /// The agents whom its steps assign conversations to, each with the step.
    pub fn assigns(&self) -> Vec<(String, AgentId)> {
        let named = self.named("assign", "agent");
        named.filter_map(|(step, id)| Some((step.to_owned(), AgentId::parse(id).ok()?))).collect()
    }

    fn named<'a>(&'a self, kind: &'a str, member: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let items = if let Json::List(items) = &self.steps { items.as_slice() } else { &[] };
        let of_kind = items.iter().filter(move |item| item.get("type").and_then(Json::text) == Some(kind));
        of_kind.filter_map(move |item| {
            Some((item.get("id").and_then(Json::text).unwrap_or_default(), item.get(member)?.text()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_taken_apart_and_put_together() {
        let id = "00000000-0000-7000-8000-00000000000a";
        let steps = format!(
            r#"[{{"id":"a","type":"call","flow":"{id}"}},{{"id":"b","type":"assign","agent":"{id}"}},7]"#
        );
        let parts = Parts::of(&Json::parse(&steps).unwrap());
        assert_eq!(parts.clone().whole(Vec::new(), Vec::new()).json(), steps);
        assert_eq!(parts.calls(), [FlowId::parse(id).unwrap()]);
        assert_eq!(parts.assigns(), [("b".into(), AgentId::parse(id).unwrap())]);
        let other = Parts::of(&Json::parse(r#"{"steps":[],"variables":[{"name":"x"}]}"#).unwrap());
        let whole = parts.whole(
            vec![(FlowId::parse(id).unwrap(), other)],
            vec![(AgentId::parse(id).unwrap(), "Sam".into())],
        );
        let written = format!(
            r#"{{"steps":{steps},"called":{{"{id}":{{"steps":[],"variables":[{{"name":"x"}}]}}}},"agents":{{"{id}":"Sam"}}}}"#
        );
        assert_eq!(whole.json(), written);
        assert_eq!(Parts::of(&whole).steps.json(), steps);
    }
}
