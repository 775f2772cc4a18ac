//! Typebot's exports, versions 3 to 6: groups of blocks, and edges between them.
//!
//! Every block becomes a step. What Typebot can do and a flow cannot is told in the report, a sentence for each thing. An
//! input asks nothing by itself: the words above it do, in a step of their own, and they are what it says to an answer of
//! the wrong form where it has no words for that.

mod bubbles;
mod cards;
mod choices;
mod html;
mod inputs;
mod links;
mod logic;
mod marked;
mod members;
mod names;
mod rich;
mod server;
mod steps;

use flow::graph::MAX_STEPS;
use flow::lint::lint;
use flow::value::MAX_VARIABLES;
use members::{is, list, object, text, word};
use names::{Names, Unique, step_id};
use shared::json::{Json, Wrong};
use std::collections::{BTreeMap, BTreeSet};

/// The most blocks that are read, and the most variables.
const MOST: usize = 2_000;

/// What came of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What the bot was called.
    pub name: Option<String>,
    /// The steps, a list of objects; the first is where the bot began.
    pub steps: Json,
    /// A sentence for each thing that was changed or is not carried over, and for each that keeps the flow from being
    /// published.
    pub report: Vec<String>,
}

/// Makes a flow's steps of a bot that Typebot exported. Refuses what is no such export, and what has more than 2,000
/// blocks or variables; more steps than a flow may have are given all the same, and told of.
pub fn import(export: &Json) -> Result<Imported, Wrong> {
    // Typebot's own API answers with the bot inside.
    let export = export.get("typebot").unwrap_or(export);
    export.object(None)?;
    let Some(Json::List(groups)) = export.get("groups") else {
        return Err(Wrong::new("must be a list, as Typebot exports it since version 3").within("groups"));
    };
    let variables = list(export, "variables");
    let count = groups.iter().map(|group| list(group, "blocks").len()).sum::<usize>();
    if count.max(groups.len()) > MOST || variables.len() > MOST {
        return Err(Wrong::new(format_args!("a bot has at most {MOST} groups, blocks and variables")));
    }
    let mut import = Import::new(export, groups, Names::read(variables));
    let blocks = blocks(groups, &mut import);
    if blocks.is_empty() {
        return Err(Wrong::new("has no blocks").within("groups"));
    }
    import.lay_edges(list(export, "edges"));
    import.general(export);
    let first = import.start(export, groups, &blocks);
    let mut steps: Vec<Json> = Vec::with_capacity(blocks.len() + 1);
    for block in &blocks {
        let step = import.step(block);
        if block.id == first { steps.insert(0, step) } else { steps.push(step) }
    }
    if import.ends {
        steps.push(object([("id", text(&import.end)), ("type", text("end"))]));
    }
    let count = steps.len();
    let steps = Json::List(steps);
    if count > MAX_STEPS {
        import
            .report
            .push(format!("There are {count} steps, and a flow has at most {MAX_STEPS}; remove some"));
    } else if let Err(faults) = lint(&steps) {
        let told = faults.into_iter().map(|fault| format!("It cannot be published yet: {fault}"));
        import.report.extend(told);
    }
    let name = export.get("name").and_then(Json::text).map(str::to_owned);
    Ok(Imported { name: name.filter(|name| !name.trim().is_empty()), steps, report: import.report })
}

/// A block, and where it stands.
struct Block<'a> {
    json: &'a Json,
    kind: &'a str,
    /// Its step's id.
    id: String,
    /// How the report names it: `Group "Welcome", block 2`.
    place: String,
    /// The block above it in its group, and the step below.
    above: Option<&'a Json>,
    below: Option<String>,
}

/// What is known while blocks become steps.
struct Import<'a> {
    names: Names,
    /// The ids of steps.
    unique: Unique,
    /// The steps of blocks by the blocks' ids, and the first steps of groups by the groups'.
    steps: BTreeMap<&'a str, String>,
    firsts: BTreeMap<&'a str, String>,
    /// Where edges lead, by their ids and by the block, item or event that they leave.
    edges: BTreeMap<&'a str, Option<String>>,
    leaving: BTreeMap<(&'a str, &'a str), Option<String>>,
    end: String,
    ends: bool,
    /// What is told of once, however often it is met.
    once: BTreeSet<&'static str>,
    report: Vec<String>,
}

/// All blocks but those that only begin, group after group.
fn blocks<'a>(groups: &'a [Json], import: &mut Import<'a>) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let title = title(group, index);
        let first = blocks.len();
        for (number, json) in list(group, "blocks").iter().enumerate() {
            let kind = word(json, "type");
            if kind == "start" {
                continue;
            }
            let (id, place) =
                (import.unique.named(step_id(word(json, "id"))), format!("{title}, block {}", number + 1));
            if import.steps.contains_key(word(json, "id")) {
                import.report.push(format!("{place}: another block has its id; ways lead to that one"));
            } else {
                import.steps.insert(word(json, "id"), id.clone());
            }
            let above = blocks.get_mut(first..).and_then(<[_]>::last_mut).map(|above| {
                above.below = Some(id.clone());
                above.json
            });
            blocks.push(Block { json, kind, id, place, above, below: None });
        }
        if let Some(block) = blocks.get(first) {
            import.firsts.entry(word(group, "id")).or_insert_with(|| block.id.clone());
        }
    }
    import.end = import.unique.named("end".into());
    blocks
}

impl<'a> Import<'a> {
    fn new(export: &'a Json, groups: &'a [Json], names: Names) -> Self {
        let mut report: Vec<String> = names
            .renamed()
            .map(|(before, after)| format!("The variable \"{before}\" is called {after} here"))
            .collect();
        if names.count() > MAX_VARIABLES {
            let count = names.count();
            report.push(format!("There are {count} variables, and a run holds at most {MAX_VARIABLES}"));
        }
        for event in list(export, "events").iter().filter(|event| word(event, "type") != "start") {
            report.push(format!("The event \"{}\" is not carried over", word(event, "type")));
        }
        for (index, group) in groups.iter().enumerate() {
            if list(group, "blocks").is_empty() {
                report.push(format!("{}: it is empty; what leads to it ends", title(group, index)));
            }
        }
        Self {
            names,
            unique: Unique::default(),
            steps: BTreeMap::new(),
            firsts: BTreeMap::new(),
            edges: BTreeMap::new(),
            leaving: BTreeMap::new(),
            end: String::new(),
            ends: false,
            once: BTreeSet::new(),
            report,
        }
    }

    /// What an export has beside its blocks.
    fn general(&mut self, export: &Json) {
        let has = |name: &str| matches!(export.get(name), Some(Json::Object(members)) if !members.is_empty());
        if has("theme") {
            self.report.push("The theme is not carried over: the widget has its own".into());
        }
        if has("settings") {
            self.report.push("The settings are not carried over: typing, metadata and the like".into());
        }
    }

    fn lay_edges(&mut self, edges: &'a [Json]) {
        for edge in edges {
            let leads = edge.get("to").and_then(|to| self.target(to));
            self.edges.insert(word(edge, "id"), leads.clone());
            let Some(from) = edge.get("from") else { continue };
            let source = [word(from, "blockId"), word(from, "eventId")].into_iter().find(|id| !id.is_empty());
            // Of an item, or of one of its buttons.
            let item = [word(from, "pathId"), word(from, "itemId")].into_iter().find(|id| !id.is_empty());
            self.leaving.insert((source.unwrap_or_default(), item.unwrap_or_default()), leads);
        }
    }

    /// The step that a block or a group means: `{groupId, blockId?}`.
    fn target(&self, to: &Json) -> Option<String> {
        let block = self.steps.get(word(to, "blockId")).filter(|_| !word(to, "blockId").is_empty());
        block.or_else(|| self.firsts.get(word(to, "groupId"))).cloned()
    }

    /// Where the edge of a block or of one of its items leads: nowhere where what it led to is not there. None where
    /// there is no edge.
    fn edge(&self, json: &Json, source: &str, item: &str) -> Option<Option<String>> {
        let named =
            self.edges.get(word(json, "outgoingEdgeId")).filter(|_| !word(json, "outgoingEdgeId").is_empty());
        named.or_else(|| self.leaving.get(&(source, item)).filter(|_| !source.is_empty())).cloned()
    }

    /// The step where the bot begins: before version 6 a block of the kind `start` leads there, since then an event.
    fn start(&mut self, export: &'a Json, groups: &'a [Json], blocks: &[Block<'a>]) -> String {
        let begins = groups.iter().flat_map(|group| list(group, "blocks")).chain(list(export, "events"));
        let mut begins = begins.filter(|json| word(json, "type") == "start");
        let found = begins.find_map(|json| self.edge(json, word(json, "id"), "").flatten());
        found.unwrap_or_else(|| {
            self.report.push("Nothing leads from the start; the flow begins with the first group".into());
            blocks.first().map(|block| block.id.clone()).unwrap_or_default()
        })
    }

    fn tell(&mut self, block: &Block<'_>, what: &str) {
        self.report.push(format!("{}: {what}", block.place));
    }

    fn tell_once(&mut self, what: &'static str) {
        if self.once.insert(what) {
            self.report.push(what.into());
        }
    }

    fn ending(&mut self) -> String {
        self.ends = true;
        self.end.clone()
    }

    /// Where a block leads when nothing else decides: by its edge, or to the block below, or to the end.
    fn on(&mut self, block: &Block<'_>) -> String {
        match self.edge(block.json, word(block.json, "id"), "") {
            Some(target) => self.led(block, target),
            None => self.below(block),
        }
    }

    fn below(&mut self, block: &Block<'_>) -> String {
        block.below.clone().unwrap_or_else(|| self.ending())
    }

    fn led(&mut self, block: &Block<'_>, target: Option<String>) -> String {
        target.unwrap_or_else(|| {
            self.tell(block, "its edge leads to nothing; the flow ends there");
            self.ending()
        })
    }

    /// Where the edge of an item of a block leads, if it has one.
    fn of_item(&mut self, block: &Block<'_>, item: &Json) -> Option<String> {
        let edge = self
            .edge(item, word(block.json, "id"), word(item, "id"))
            .filter(|_| !word(item, "id").is_empty());
        edge.map(|target| self.led(block, target))
    }
}

/// How the report names a group.
fn title(group: &Json, index: usize) -> String {
    match word(group, "title").trim() {
        "" => format!("Group {}", index + 1),
        title => format!("Group \"{title}\""),
    }
}

/// A step in place of a block.
fn made(block: &Block<'_>, kind: &str, members: Vec<(&str, Json)>, next: Option<String>) -> Json {
    let ends = next.map(|next| ("next", text(&next)));
    object([("id", text(&block.id)), ("type", text(kind))].into_iter().chain(members).chain(ends))
}
