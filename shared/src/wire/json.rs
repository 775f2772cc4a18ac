//! Writing small JSON objects without a JSON library, for the widget's few requests.

use alloc::string::String;
/// An object being written. Keys are the program's own and need no escaping.
#[derive(Debug)]
pub struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self(String::from("{"))
    }

    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_string(&mut self.0, key);
        self.0.push(':');
    }

    /// Adds a string.
    pub fn string(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        push_string(&mut self.0, value);
        self
    }

    /// Adds a boolean.
    pub fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key);
        self.0.push_str(if value { "true" } else { "false" });
        self
    }

    /// Adds a whole number.
    pub fn number(&mut self, key: &str, value: u32) -> &mut Self {
        self.key(key);
        push_number(&mut self.0, value);
        self
    }

    /// Adds a value that is JSON already.
    pub fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        self.key(key);
        self.0.push_str(json);
        self
    }

    /// Adds the members of an object that is JSON already.
    pub fn members(&mut self, object: &str) -> &mut Self {
        let inner = object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
        if !inner.is_empty() {
            if self.0.len() > 1 {
                self.0.push(',');
            }
            self.0.push_str(inner);
        }
        self
    }

    /// The finished text.
    pub fn end(&mut self) -> String {
        self.0.push('}');
        core::mem::take(&mut self.0)
    }
}

/// Appends a number in decimal; `to_string` would bring the formatting machinery into the widget.
pub fn push_number(out: &mut String, value: u32) {
    if value >= 10 {
        push_number(out, value / 10);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// Appends a JSON string (RFC 8259, section 7).
pub fn push_string(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                out.push_str("\\u00");
                for digit in [c as usize >> 4, c as usize & 15] {
                    out.push(HEX.get(digit).copied().map_or('0', char::from));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_json(text in any::<String>(), number in any::<u32>(), flag in any::<bool>()) {
            let written = Object::new().string("text", &text).number("n", number).boolean("b", flag).end();
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read, serde_json::json!({"text": text, "n": number, "b": flag}));
        }
    }

    #[test]
    fn what_is_json_already_is_taken_over() {
        let mut whole = Object::new();
        whole.members("{}").members(r#"{"a":{"b":1}}"#).raw("c", "[2]").members(r#"{"d":3}"#);
        assert_eq!(whole.end(), r#"{"a":{"b":1},"c":[2],"d":3}"#);
    }

    #[test]
    fn an_empty_object_is_one() {
        assert_eq!(Object::new().end(), "{}");
    }
}
