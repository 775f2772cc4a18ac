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
    /// What differs from another value, in the order of this one and then of the other, and at most so much. Lists are
    /// compared item by item.
    pub fn differences(&self, after: &Self, most: usize) -> Vec<Difference> {
        let mut found = Vec::new();
        compare(self, after, String::new(), &mut found, most);
        found
    }
}

fn compare(before: &Json, after: &Json, path: String, found: &mut Vec<Difference>, most: usize) {
    if found.len() >= most {
        return;
    }
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => {
            let within = |name: &str| if path.is_empty() { name.into() } else { format!("{path}.{name}") };
            for (name, value) in old {
                let now = after.get(name).unwrap_or(&Json::Null);
                if value != now && found.len() < most {
                    compare(value, now, within(name), found, most);
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| before.get(name).is_none()) {
                if found.len() >= most {
                    return;
                }
                compare(&Json::Null, value, within(name), found, most);
            }
        }
        (Json::List(old), Json::List(new)) => {
            for index in 0..old.len().max(new.len()) {
                let at = |list: &[Json]| list.get(index).cloned().unwrap_or(Json::Null);
                compare(&at(old), &at(new), format!("{path}[{index}]"), found, most);
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
            before.differences(&after, 100).into_iter().map(each).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(told(r#"{"a":1,"b":[1]}"#, r#"{"b":[1],"a":1}"#), "");
        assert_eq!(
            told(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":3,"d":4}}"#),
            "a.b 1 3; a.c 2 null; a.d null 4"
        );
        assert_eq!(told(r#"{"a":[1,{"x":1}]}"#, r#"{"a":[1,{"x":2},3]}"#), "a[1].x 1 2; a[2] null 3");
        assert_eq!(told("1", r#""1""#), r#" 1 "1""#);
        let [one, other] = ["[1,2,3,4]", "[2,3,4,5]"].map(|text| Json::parse(text).unwrap());
        assert_eq!(one.differences(&other, 2).len(), 2);
        assert_eq!(told(r#"{"a":{}}"#, r#"{"a":{"b":{"c":1}}}"#), r#"a.b null {"c":1}"#);
    }
}
