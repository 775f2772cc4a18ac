//! Merge patches (RFC 7396).

use super::Json;

impl Json {
    /// What comes of a value by a patch: an object's members are merged into an object's, `null` takes a member away, and
    /// anything else stands in the place of what was there.
    pub fn merged(self, patch: Self) -> Self {
        let Self::Object(changes) = patch else { return patch };
        let mut members = match self {
            Self::Object(members) => members,
            _ => Vec::new(),
        };
        for (name, change) in changes {
            let at = members.iter().position(|(key, _)| *key == name);
            let before = at.map_or(Self::Null, |at| members.remove(at).1);
            if change != Self::Null {
                let at = at.unwrap_or(members.len());
                members.insert(at, (name, before.merged(change)));
            }
        }
        Self::Object(members)
    }

    /// How deep it nests: 1 for what holds nothing.
    pub fn depth(&self) -> usize {
        let below = match self {
            Self::List(items) => items.iter().map(Self::depth).max(),
            Self::Object(members) => members.iter().map(|(_, value)| value.depth()).max(),
            _ => None,
        };
        1 + below.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_merge_as_the_rfc_says() {
        // RFC 7396, appendix A.
        for (original, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let read = |text: &str| Json::parse(text).unwrap();
            assert_eq!(read(original).merged(read(patch)).json(), result, "{original} {patch}");
        }
    }

    #[test]
    fn depth_counts_what_is_within() {
        for (text, depth) in [("1", 1), ("{}", 1), ("[[]]", 2), (r#"{"a":[{"b":1}]}"#, 4)] {
            assert_eq!(Json::parse(text).unwrap().depth(), depth, "{text}");
        }
    }
}
