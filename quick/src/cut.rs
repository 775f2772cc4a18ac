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
        let (name, rest) = self.0.split_at_checked(text_end(self.0.as_bytes())?)?;
        let (value, rest) = first(rest.strip_prefix(':')?)?;
        self.0 = rest;
        Some((name.strip_prefix('"')?.strip_suffix('"')?, value))
    }
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

/// The value that a text begins with, and what follows the comma behind it.
fn first(json: &str) -> Option<(&str, &str)> {
    let (value, rest) = json.split_at_checked(end(json.as_bytes())?)?;
    Some((value, rest.strip_prefix(',').unwrap_or_default()))
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

/// Where the text ends that bytes begin with.
fn text_end(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    let mut within = bytes.iter().enumerate();
    if *within.next()?.1 != b'"' {
        return None;
    }
    for (at, byte) in within {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the object or list ends that bytes begin with.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{items, members};

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
    fn what_breaks_off_is_cut_no_further() {
        for broken in ["", "{", r#"{"a"#, r#"{"a":"x"#, r#"{"a":{"b""#, "null", r#""x""#, "]", "{]"] {
            assert_eq!(members(broken).count(), 0, "{broken}");
        }
        for broken in ["", "[", "[]]", r#"["x"#, "{}"] {
            assert_eq!(items(broken).count(), 0, "{broken}");
        }
    }
}
