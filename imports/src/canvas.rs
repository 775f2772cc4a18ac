//! Another spelling of steps: nodes and the edges between them, as editors draw them.

use shared::json::{Json, Wrong};
use std::collections::BTreeSet;

/// The steps that a drawing means: `{nodes: [{id, type, data}], edges: [{source, target, sourceHandle?}]}`.
///
/// An edge without a handle is the step's `next`; with one it leaves a choice's option of that value or label, a
/// condition's case of that number (from 0), or its `else`, an http step's `onError`, a handoff's `ifOffline`. What leads
/// nowhere leads to an end, for below it stands nothing in particular.
pub fn steps(drawing: &Json) -> Result<Json, Wrong> {
    let list = |name: &str| match drawing.get(name) {
        Some(Json::List(items)) => Ok(items.as_slice()),
        None if name == "edges" => Ok(&[][..]),
        _ => Err(Wrong::new("must be a list").within(name)),
    };
    let (nodes, edges) = (list("nodes")?, list("edges")?);
    let edges: Vec<Edge<'_>> = edges.iter().enumerate().map(read_edge).collect::<Result<_, _>>()?;
    let mut ids = BTreeSet::new();
    for (index, node) in nodes.iter().enumerate() {
        let id = node.get("id").and_then(Json::text);
        let id =
            id.ok_or_else(|| Wrong::new("must be a text").within("id").within(&format!("nodes[{index}]")))?;
        ids.insert(id);
    }
    let end = (0..).map(|n| format!("end-{n}")).find(|id| !ids.contains(id.as_str())).unwrap_or_default();
    // A flow begins where nothing leads to.
    let targets: BTreeSet<&str> = edges.iter().map(|edge| edge.target).collect();
    let is_first = |node: &&Json| node.get("id").and_then(Json::text).is_some_and(|id| !targets.contains(id));
    let first = nodes.iter().position(|node| is_first(&node)).unwrap_or(0);
    let mut ordered: Vec<&Json> = nodes.iter().skip(first).take(1).collect();
    ordered.extend(nodes.iter().enumerate().filter(|(index, _)| *index != first).map(|(_, node)| node));
    let steps: Vec<(Json, bool)> = ordered.into_iter().map(|node| step(node, &edges, &end)).collect();
    let ends = steps.iter().any(|(_, ends)| *ends);
    let mut steps: Vec<Json> = steps.into_iter().map(|(step, _)| step).collect();
    if ends {
        let member = |name: &str, text: &str| (name.to_owned(), Json::Text(text.into()));
        steps.push(Json::Object(vec![member("id", &end), member("type", "end")]));
    }
    Ok(Json::List(steps))
}

struct Edge<'a> {
    source: &'a str,
    target: &'a str,
    handle: Option<&'a str>,
}

fn read_edge((index, edge): (usize, &Json)) -> Result<Edge<'_>, Wrong> {
    let text = |name: &str| {
        let text = edge.get(name).and_then(Json::text);
        text.ok_or_else(|| Wrong::new("must be a text").within(name).within(&format!("edges[{index}]")))
    };
    let handle = edge.get("sourceHandle").and_then(Json::text).filter(|handle| !handle.is_empty());
    Ok(Edge { source: text("source")?, target: text("target")?, handle })
}

/// A node's step, and whether it leads to the end that is put below.
fn step(node: &Json, edges: &[Edge<'_>], end: &str) -> (Json, bool) {
    let text = |name: &str| node.get(name).and_then(Json::text).unwrap_or_default();
    let (id, kind) = (text("id"), text("type"));
    let own = |handle: Option<&str>| {
        edges.iter().find(|edge| edge.source == id && edge.handle == handle).map(|edge| edge.target)
    };
    let to = |target: &str| Json::Text(target.into());
    let mut members = vec![("id".to_owned(), to(id)), ("type".to_owned(), to(kind))];
    if let Some(Json::Object(data)) = node.get("data") {
        members.extend(
            data.iter().filter(|(name, _)| !["id", "type", "next"].contains(&name.as_str())).cloned(),
        );
    }
    for (name, value) in &mut members {
        match (name.as_str(), value) {
            ("options", Json::List(options)) => {
                for option in options {
                    let named = ["value", "label"]
                        .into_iter()
                        .filter_map(|name| option.get(name).and_then(Json::text));
                    if let Some(target) = named.filter_map(|handle| own(Some(handle))).next() {
                        lead(option, target);
                    }
                }
            }
            ("cases", Json::List(cases)) => {
                for (index, case) in cases.iter_mut().enumerate() {
                    if let Some(target) = own(Some(&index.to_string())) {
                        lead(case, target);
                    }
                }
            }
            _ => {}
        }
    }
    for handle in ["else", "onError", "ifOffline"] {
        if let Some(target) = own(Some(handle)) {
            members.push((handle.into(), to(target)));
        }
    }
    let next = own(None);
    if let Some(next) = next {
        members.push(("next".into(), to(next)));
    }
    let step = Json::Object(members);
    let leads = |list: &str| match step.get(list) {
        Some(Json::List(items)) => !items.is_empty() && items.iter().all(|item| item.get("next").is_some()),
        _ => false,
    };
    let elsewhere = match kind {
        "end" | "handoff" => true,
        "choice" => leads("options"),
        "condition" => step.get("else").is_some(),
        _ => false,
    };
    if next.is_some() || elsewhere {
        return (step, false);
    }
    (step.merged(Json::Object(vec![("next".into(), to(end))])), true)
}

fn lead(from: &mut Json, target: &str) {
    if let Json::Object(members) = from {
        members.retain(|(name, _)| name != "next");
        members.push(("next".into(), Json::Text(target.into())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_steps() {
        let drawing = r#"{"nodes":[{"id":"bye","type":"message","data":{"text":"Bye"}},
            {"id":"ask","type":"choice","data":{"text":"?","options":[{"label":"A","value":"a"},{"label":"B"}]}},
            {"id":"if","type":"condition","data":{"cases":[{"when":{"variable":"x","op":"set"}}]}}],
            "edges":[{"source":"ask","target":"if","sourceHandle":"a"},{"source":"ask","target":"bye"},
            {"source":"if","target":"bye","sourceHandle":"0"},{"source":"if","target":"ask","sourceHandle":"else"}]}"#;
        let read = |text: &str| Json::parse(text).unwrap();
        assert_eq!(
            steps(&read(drawing)).unwrap().json(),
            concat!(
                r#"[{"id":"bye","type":"message","text":"Bye","next":"end-0"},"#,
                r#"{"id":"ask","type":"choice","text":"?","options":[{"label":"A","value":"a","next":"if"},{"label":"B"}],"next":"bye"},"#,
                r#"{"id":"if","type":"condition","cases":[{"when":{"variable":"x","op":"set"},"next":"bye"}],"else":"ask"},"#,
                r#"{"id":"end-0","type":"end"}]"#
            )
        );
        assert_eq!(steps(&read(r#"{"nodes":[]}"#)).unwrap().json(), "[]");
        for (wrong, sentence) in [
            ("{}", "nodes must be a list"),
            (r#"{"nodes":[{}]}"#, "nodes[0].id must be a text"),
            (r#"{"nodes":[],"edges":[{"source":"a"}]}"#, "edges[0].target must be a text"),
        ] {
            assert_eq!(steps(&read(wrong)).unwrap_err().sentence(), sentence);
        }
    }

    #[test]
    fn a_flow_begins_where_nothing_leads_to() {
        let drawing = r#"{"nodes":[{"id":"b","type":"end"},{"id":"a","type":"goto"}],"edges":[{"source":"a","target":"b"}]}"#;
        let steps = steps(&Json::parse(drawing).unwrap()).unwrap();
        assert_eq!(steps.json(), r#"[{"id":"a","type":"goto","next":"b"},{"id":"b","type":"end"}]"#);
    }
}
