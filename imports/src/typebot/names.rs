//! Names: of steps and of variables, as we can write them.

use shared::json::Json;
use std::collections::{BTreeMap, BTreeSet};

/// The longest a name may be: a step's id may not be longer.
const LONGEST: usize = 64;

/// Gives each a name of its own.
#[derive(Default)]
pub(super) struct Unique {
    taken: BTreeSet<String>,
    /// The number that comes next after a name, so that many of one name do not each try all numbers.
    next: BTreeMap<String, usize>,
}

impl Unique {
    /// The name, with a number behind it where another has it.
    pub(super) fn named(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let next = self.next.entry(wanted.clone()).or_insert(2);
        loop {
            let number = format!("_{next}");
            *next += 1;
            let kept: String = wanted.chars().take(LONGEST - number.len()).collect();
            let name = kept + &number;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// A text of no characters but ASCII's letters and digits and these, for each of which another stood.
fn plain(text: &str, signs: &str) -> String {
    let known = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
    text.chars().take(LONGEST).map(|c| if known(c) { c } else { '_' }).collect()
}

/// A step's id like a block's.
pub(super) fn step_id(id: &str) -> String {
    match plain(id, "_-") {
        id if id.is_empty() => "step".into(),
        id => id,
    }
}

/// A variable's name like Typebot's. Without hyphens, and no digit first: such a name cannot stand in arithmetic.
fn variable(name: &str) -> String {
    let mut plain = plain(name.trim(), "_.");
    if !plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        plain.insert_str(0, "v_");
        plain.truncate(LONGEST);
    }
    plain
}

/// Typebot's variables and what they are called here.
pub(super) struct Names {
    ids: BTreeMap<String, String>,
    ours: BTreeMap<String, String>,
    unique: Unique,
}

impl Names {
    /// Reads the list of variables. Names that can stay as they are do, whatever others would become.
    pub(super) fn read(variables: &[Json]) -> Self {
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::text).map(str::to_owned);
        let declared = || variables.iter().filter_map(|json| Some((text(json, "id")?, text(json, "name")?)));
        let (mut ours, mut unique) = (BTreeMap::new(), Unique::default());
        for stays in [true, false] {
            for (_, name) in declared() {
                let wanted = variable(&name);
                let name = name.trim().to_owned();
                if (wanted == name) == stays && !ours.contains_key(&name) {
                    ours.insert(name, unique.named(wanted));
                }
            }
        }
        let ids = declared().filter_map(|(id, name)| Some((id, ours.get(name.trim())?.clone()))).collect();
        Self { ids, ours, unique }
    }

    /// A name for an answer that Typebot does not keep.
    pub(super) fn of_answer(&mut self) -> String {
        self.unique.named("answer".into())
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ours.len()
    }

    /// Those that are called something else here: before and after.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.ours.iter().map(|(before, after)| (before.as_str(), after.as_str()));
        pairs.filter(|(before, after)| before != after)
    }

    /// The name of the variable that a member names by its id.
    pub(super) fn of(&self, json: &Json, member: &str) -> Option<String> {
        self.ids.get(json.get(member)?.text()?).cloned()
    }

    /// A text whose variables have our names.
    pub(super) fn text(&self, text: &str) -> String {
        self.filled(text, "", str::to_owned)
    }

    /// The same, with a filter to every variable, and what stands between them changed.
    pub(super) fn filled(&self, text: &str, filter: &str, between: impl Fn(&str) -> String) -> String {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(&between(before));
            let found = after.split_once("}}").filter(|(inside, _)| is_name(inside));
            if let Some((inside, tail)) = found {
                let name = inside.trim();
                // A variable that is not declared holds nothing in Typebot either; its name only has to be one.
                let ours = self.ours.get(name).cloned().unwrap_or_else(|| variable(name));
                out.push_str(&format!("{{{{{ours}{filter}}}}}"));
                rest = tail;
            } else {
                out.push_str("{{");
                rest = after;
            }
        }
        out + &between(rest)
    }
}

/// Whether a variable's name stands between braces, and no code.
fn is_name(inside: &str) -> bool {
    !inside.trim().is_empty() && !inside.contains(['{', '}']) && !inside.starts_with('=')
}
