//! What is not the same in two values.

use super::Json;

/// A value that is another.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where: `theme.colors.primary`, `steps[2].text`; nothing for all of it.
    pub path: String,
    /// What was there; null for nothing.
    pub before: Json,
    /// What is there; null for nothing.
    pub after: Json,
}

impl Json {
    /// All that differs from another value, in the order of this one and then of the other. Lists are compared item by item.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        compare(self, after, String::new(), &mut found);
        found
    }
}

fn compare(before: &Json, after: &Json, path: String, found: &mut Vec<Difference>) {
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => {
            let within = |name: &str| if path.is_empty() { name.into() } else { format!("{path}.{name}") };
            for (name, value) in old {
                compare(value, after.get(name).unwrap_or(&Json::Null), within(name), found);
            }
            for (name, value) in new.iter().filter(|(name, _)| before.get(name).is_none()) {
                compare(&Json::Null, value, within(name), found);
            }
        }
        (Json::List(old), Json::List(new)) => {
            for index in 0..old.len().max(new.len()) {
                let at = |list: &[Json]| list.get(index).cloned().unwrap_or(Json::Null);
                compare(&at(old), &at(new), format!("{path}[{index}]"), found);
            }
        }
        _ if before == after => {}
        _ => found.push(Difference { path, before: before.clone(), after: after.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_by_their_paths() {
        let told = |before: &str, after: &str| {
            let [before, after] = [before, after].map(|text| Json::parse(text).unwrap());
            let each = |d: Difference| format!("{} {} {}", d.path, d.before.json(), d.after.json());
            before.differences(&after).into_iter().map(each).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(told(r#"{"a":1,"b":[1]}"#, r#"{"b":[1],"a":1}"#), "");
        assert_eq!(
            told(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":3,"d":4}}"#),
            "a.b 1 3; a.c 2 null; a.d null 4"
        );
        assert_eq!(told(r#"{"a":[1,{"x":1}]}"#, r#"{"a":[1,{"x":2},3]}"#), "a[1].x 1 2; a[2] null 3");
        assert_eq!(told("1", r#""1""#), r#" 1 "1""#);
        assert_eq!(told(r#"{"a":{}}"#, r#"{"a":{"b":{"c":1}}}"#), r#"a.b null {"c":1}"#);
    }
}
