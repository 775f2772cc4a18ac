//! Where in a JSON text something stands: `fields[2].label`.

/// A container that is open at the place that is looked for.
enum Open {
    /// An object, with the key whose value stands there.
    Object(String),
    /// An array, with the index of the item that stands there.
    Array(usize),
}

/// The path to what stands before a place, which is given as serde_json does: a line, and a byte of it, both from 1 up.
/// A list or an object that begins just there is meant as a whole.
pub fn path(text: &str, line: usize, column: usize) -> String {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let end = lines.map(str::len).sum::<usize>() + column;
    let mut open: Vec<Open> = Vec::new();
    let mut said = String::new();
    let (mut quoted, mut escaped, mut began) = (false, false, false);
    for c in text.bytes().take(end) {
        if quoted {
            match c {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            if quoted {
                said.push(char::from(c));
            }
            continue;
        }
        began = matches!(c, b'{' | b'[');
        match (c, open.last_mut()) {
            (b'"', _) => {
                quoted = true;
                said.clear();
            }
            (b'{', _) => open.push(Open::Object(String::new())),
            (b'[', _) => open.push(Open::Array(0)),
            (b'}' | b']', _) => drop(open.pop()),
            (b':', Some(Open::Object(key))) => *key = core::mem::take(&mut said),
            (b',', Some(Open::Array(index))) => *index += 1,
            _ => {}
        }
    }
    if began {
        open.pop();
    }
    let mut path = String::new();
    for container in open {
        match container {
            Open::Object(key) if path.is_empty() => path = key,
            Open::Object(key) => path = format!("{path}.{key}"),
            Open::Array(index) => path = format!("{path}[{index}]"),
        }
    }
    path
}

/// The path to the object that a path leads into.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}
