//! Cutting JSON into its members without reading them: what is passed on as it is needs to be found, not understood.
//!
//! It is for JSON that we have written ourselves: without white space, and whole. Of any other, what is cut out may be
//! wrong, and nothing worse.

/// The members of an object: each name, between its quotes as it is written, and its value's own JSON.
pub fn members(json: &str) -> Members<'_> {
    Members(json.strip_prefix('{').unwrap_or_default())
}

/// The items of a list, each as its own JSON.
pub fn items(json: &str) -> Items<'_> {
    Items(json.strip_prefix('[').unwrap_or_default())
}

/// See [`members`].
#[derive(Debug)]
pub struct Members<'a>(&'a str);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value, rest) = member(self.0)?;
        self.0 = rest;
        Some((name, value))
    }
}

/// Takes the object that a text begins with: the values of the members of these names, which stand in the order that the
/// members have, come into the places of their names, and what follows the object is given. Whoever wants several members
/// of many objects has them sooner than by [`members`].
pub fn take<'a>(json: &'a str, names: &[&str], values: &mut [&'a str]) -> Option<&'a str> {
    let bytes = json.as_bytes();
    let mut at = usize::from(*bytes.first()? == b'{');
    let mut next = 0;
    while *bytes.get(at)? != b'}' {
        let named = at + text_end(bytes.get(at..)?)?;
        let ends = named + 1 + end(bytes.get(named + 1..)?)?;
        let name = bytes.get(at + 1..named - 1)?;
        let places = names.get(next..)?;
        if let Some(found) = places.iter().position(|wanted| same(wanted.as_bytes(), name)) {
            next += found + 1;
            *values.get_mut(next - 1)? = json.get(named + 1..ends)?;
        }
        at = ends + usize::from(*bytes.get(ends)? == b',');
    }
    json.get(at + 1..)
}

/// Whether two names are the same. They are short: a call that compares longer ones would take longer.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

/// See [`items`].
#[derive(Debug)]
pub struct Items<'a>(&'a str);

impl<'a> Iterator for Items<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        let (item, rest) = first(self.0)?;
        self.0 = rest;
        Some(item)
    }
}

/// The member that a text begins with, and what follows the comma behind it.
fn member(json: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = json.split_at_checked(text_end(json.as_bytes())?)?;
    let (value, rest) = first(rest.strip_prefix(':')?)?;
    Some((name.strip_prefix('"')?.strip_suffix('"')?, value, rest))
}

/// The value that a text begins with, and what follows the comma behind it.
fn first(json: &str) -> Option<(&str, &str)> {
    let (value, rest) = json.split_at_checked(end(json.as_bytes())?)?;
    Some((value, rest.strip_prefix(',').unwrap_or(rest)))
}

/// Where the value ends that bytes begin with.
fn end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'"' => text_end(bytes),
        b'{' | b'[' => nested_end(bytes),
        b'}' | b']' => None,
        _ => Some(bytes.iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(bytes.len())),
    }
}

/// Where the text ends that bytes begin with. A call for each would take a third longer.
#[inline(always)]
fn text_end(bytes: &[u8]) -> Option<usize> {
    if *bytes.first()? != b'"' {
        return None;
    }
    let mut at = 1;
    loop {
        at += plain(bytes.get(at..)?);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            // What is escaped is no end.
            _ => at += 2,
        }
    }
}

/// How many bytes there are before the next quote or backslash: eight of them are looked at in one go.
fn plain(bytes: &[u8]) -> usize {
    let (eights, rest) = bytes.as_chunks();
    let mut at = 0;
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        let found = holds(word, b'"') | holds(word, b'\\');
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len())
}

/// Whether eight bytes hold one, which the lowest bit says that is set
/// (<https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>).
fn holds(eight: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zero_where_it_is = eight ^ (ONES * u64::from(byte));
    zero_where_it_is.wrapping_sub(ONES) & !zero_where_it_is & (ONES << 7)
}

/// Where the object or list ends that bytes begin with.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += text_end(bytes.get(at..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{items, members, take, text_end};

    #[test]
    fn an_object_is_cut_into_its_members() {
        let json = r#"{"a":"x\"},{","b":{"c":[1,{"d":"]"}],"e":"\\"},"f":-1.5e3,"g":null,"h":"é"}"#;
        let cut: Vec<_> = members(json).collect();
        let expected = [
            ("a", r#""x\"},{""#),
            ("b", r#"{"c":[1,{"d":"]"}],"e":"\\"}"#),
            ("f", "-1.5e3"),
            ("g", "null"),
            ("h", r#""é""#),
        ];
        assert_eq!(cut, expected);
        assert_eq!(members("{}").count(), 0);
    }

    #[test]
    fn a_list_is_cut_into_its_items() {
        let cut: Vec<_> = items(r#"[{"a":[1,2]},"b,]",3,[]]"#).collect();
        assert_eq!(cut, [r#"{"a":[1,2]}"#, r#""b,]""#, "3", "[]"]);
        assert_eq!(items("[]").count(), 0);
    }

    #[test]
    fn an_object_is_taken_for_its_members_and_what_follows_it() {
        let json = r#"{"a":1,"b":{"a":2},"c":"}","d":[]},{"a":3}]"#;
        let mut values = ["", "", "-"];
        assert_eq!(take(json, &["a", "c", "e"], &mut values), Some(r#",{"a":3}]"#));
        assert_eq!(values, ["1", r#""}""#, "-"]);
        assert_eq!(take("{}]", &[], &mut []), Some("]"));
        for broken in ["", "[", "{", r#"{"a":1"#, r#"{"a":1,"#, r#"{"a":{"b":1}"#, r#"{a:1}"#] {
            assert_eq!(take(broken, &["a"], &mut [""]), None, "{broken}");
        }
    }

    #[test]
    fn a_text_ends_at_its_own_quote_wherever_that_is_among_eight_bytes() {
        for length in 0..40 {
            for (within, bytes) in
                [("a", 1), ("é", 2), ("\\\"", 2), ("\\\\", 2), ("\u{10ffff}", 4), ("!", 1), ("#", 1)]
            {
                let text = format!("\"{}{}\"", "x".repeat(length), within.repeat(3));
                let end = length + 3 * bytes + 2;
                assert_eq!(text_end(text.as_bytes()), Some(end), "{text}");
                assert_eq!(text_end(format!("{text}\"\\\"").as_bytes()), Some(end), "{text}");
                assert_eq!(text_end(text.strip_suffix('"').unwrap().as_bytes()), None, "{text}");
            }
        }
    }

    #[test]
    fn what_breaks_off_is_cut_no_further() {
        for broken in ["", "{", r#"{"a"#, r#"{"a":"x"#, r#"{"a":{"b""#, "null", r#""x""#, "]", "{]"] {
            assert_eq!(members(broken).count(), 0, "{broken}");
        }
        for broken in ["", "[", "[]]", r#"["x"#, "{}"] {
            assert_eq!(items(broken).count(), 0, "{broken}");
        }
    }
}
