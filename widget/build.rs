//! Styles without the white space that only people need.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/view");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for file in ["panel.css", "log.css", "composer.css", "dark.css"] {
        let css = fs::read_to_string(Path::new("src/view").join(file))?;
        fs::write(Path::new(&out).join(file), tight(&css))?;
    }
    Ok(())
}

/// Drops line ends, indentation and the spaces around punctuation. A space before a colon stays: in a selector it
/// means something.
fn tight(css: &str) -> String {
    let mut tight: String = css.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    for mark in [":", ";", ",", "{", "}"] {
        tight = tight.replace(&[mark, " "].concat(), mark);
    }
    tight.replace(" {", "{").replace(" }", "}").replace(";}", "}").trim().into()
}
