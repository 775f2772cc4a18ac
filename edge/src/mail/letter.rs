//! A letter: what it says, once as plain text and once as HTML. Whoever's words stand in it, they stay words.

use super::words::Language;
use shared::text::Email;

/// A letter.
#[derive(Debug)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// The language it is written in.
    pub language: &'static Language,
    /// What it says, one part below the other.
    pub parts: Vec<Part>,
    /// Who is written to by whoever answers it; where nobody is named, the sender.
    pub reply_to: Option<Email>,
}

/// A part of a letter.
#[derive(Debug)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// Something to be read off and typed elsewhere.
    Code(String),
    /// A link, given as `http(s)` by the caller, and what it leads to.
    Link {
        /// What it leads to, in words.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// What somebody said.
    Said {
        /// Who.
        who: String,
        /// When.
        when: String,
        /// What.
        text: String,
    },
}

impl Letter {
    /// The letter as plain text.
    pub fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Code(code) => format!("    {code}"),
            Part::Link { label, url } => format!("{label}\n{url}"),
            Part::Said { who, when, text } => format!("{} ({when})\n{text}", one_line(who)),
        });
        let mut text = parts.collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }

    /// The letter as HTML. It fetches nothing, so that nobody learns when it is read.
    pub fn html(&self) -> String {
        let Language { tag, direction, .. } = self.language;
        let mut html = format!(
            "<!doctype html><html lang=\"{tag}\" dir=\"{direction}\"><meta charset=\"utf-8\"><title>{}</title>\
            <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff\">\
            <div style=\"max-width:560px;margin:auto\">",
            escape(&self.subject)
        );
        for part in &self.parts {
            html.push_str(&match part {
                Part::Text(text) => format!("<p>{}</p>", lines(text)),
                Part::Code(code) => format!(
                    "<p dir=\"ltr\" style=\"font:700 32px/1.2 ui-monospace,monospace;letter-spacing:.2em\">{}</p>",
                    escape(code)
                ),
                Part::Link { label, url } => {
                    format!("<p><a href=\"{}\">{}</a></p>", escape(url), escape(label))
                }
                Part::Said { who, when, text } => format!(
                    "<p><b dir=\"auto\">{}</b> <small>{}</small><br><span dir=\"auto\">{}</span></p>",
                    escape(who),
                    escape(when),
                    lines(text)
                ),
            });
        }
        html.push_str("</div></body></html>\n");
        html
    }
}

/// A text with its line ends, for HTML.
fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>")
}

/// A text as it stands in HTML, within elements and within quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text as it may stand in a header: one line, without what a mail program might take for the end of it, and of a
/// length that fits.
pub fn one_line(text: &str) -> String {
    let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().filter(|c| !ends(*c)).take(200).collect::<String>().trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::words::language;

    fn letter(text: &str) -> Letter {
        Letter {
            subject: "Code".into(),
            language: language("en"),
            reply_to: None,
            parts: vec![
                Part::Text(text.into()),
                Part::Link { label: text.into(), url: "https://a.example/?b=\"&c".into() },
                Part::Said { who: text.into(), when: "now".into(), text: text.into() },
            ],
        }
    }

    #[test]
    fn words_stay_words() {
        let html = letter("<img src=x onerror=\"alert(1)\">'&").html();
        assert!(
            !html.contains("<img")
                && html.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;")
        );
        assert!(html.contains("href=\"https://a.example/?b=&quot;&amp;c\""));
    }

    #[test]
    fn a_header_is_one_line() {
        assert_eq!(one_line(" Ada\r\nBcc: all@example.com\u{2028}\0 "), "AdaBcc: all@example.com");
        assert_eq!(one_line(&"é".repeat(300)).chars().count(), 200);
    }

    #[test]
    fn both_forms_say_the_same() {
        let text = letter("Hello").text();
        assert!(text.starts_with("Hello\n\nHello\nhttps://a.example/"), "{text}");
        assert!(letter("a\nb").html().contains("a<br>b"));
    }
}
