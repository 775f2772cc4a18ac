//! Writing JSON without serde, where one answer has so much of it that what serde costs a member is felt.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A type that is written as JSON, the way its `Serialize` does.
pub trait Write {
    /// Puts it at the end of a text.
    fn write(&self, out: &mut Vec<u8>);

    /// It alone.
    fn json(&self) -> String {
        let mut out = Vec::new();
        self.write(&mut out);
        // Nothing but texts was put there, and ASCII between them.
        String::from_utf8(out).unwrap_or_default()
    }
}

/// The members of an object, one after the other.
#[derive(Debug)]
pub struct Members<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

/// Writes an object.
pub fn write_object(out: &mut Vec<u8>, members: impl FnOnce(&mut Members<'_>)) {
    out.push(b'{');
    members(&mut Members { out, first: true });
    out.push(b'}');
}

impl Members<'_> {
    /// Writes a member.
    pub fn add(&mut self, name: &str, value: &(impl Write + ?Sized)) {
        self.name(name);
        value.write(self.out);
    }

    fn name(&mut self, name: &str) {
        if !core::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        name.write(self.out);
        self.out.push(b':');
    }

    /// Writes a member that may have no value, and is left out then.
    pub fn add_some(&mut self, name: &str, value: &Option<impl Write>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// Writes a list that may be empty, and is left out then.
    pub fn add_items(&mut self, name: &str, items: &[impl Write]) {
        if !items.is_empty() {
            self.add(name, items);
        }
    }
}

impl Write for str {
    fn write(&self, out: &mut Vec<u8>) {
        quick::write_text(self, out);
    }
}

impl Write for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        quick::write_whole(*self, out);
    }
}

impl Write for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl Write for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_str().write(out);
    }
}

impl Write for Cow<'_, str> {
    fn write(&self, out: &mut Vec<u8>) {
        str::write(self, out);
    }
}

impl Write for f64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(serde_json::to_string(self).unwrap_or_default().as_bytes());
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            item.write(out);
        }
        out.push(b']');
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}

impl<T: Write> Write for BTreeMap<String, T> {
    fn write(&self, out: &mut Vec<u8>) {
        write_object(out, |members| self.iter().for_each(|(name, value)| members.add(name, value)));
    }
}
