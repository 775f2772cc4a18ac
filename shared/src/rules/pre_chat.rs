//! What a visitor is asked before the chat, and whether they have answered it. The widget asks the same questions of the
//! same rules as the edge; how a pattern is matched each knows for itself.

use crate::text::Email;
use crate::wire::source::{Source, Tag, tags};
use alloc::string::String;
use alloc::vec::Vec;

tags! {
    /// What a field takes.
    FieldType {
        /// A line of text.
        Text = "text",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
        /// A number.
        Number = "number",
        /// One of the options.
        Select = "select",
        /// Yes or no.
        Checkbox = "checkbox",
        /// Several lines of text.
        Textarea = "textarea",
    }
}

/// When a field is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShowIf {
    /// Another field's id.
    pub field: String,
    /// What has to be answered there; `true` or `false` for a checkbox.
    pub is: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Field {
    /// Its name among the answers.
    pub id: String,
    /// What the visitor reads.
    pub label: String,
    /// What it takes.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: FieldType,
    /// Whether it has to be answered.
    #[cfg_attr(feature = "serde", serde(default))]
    pub required: bool,
    /// What there is to choose from.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub options: Vec<String>,
    /// A regular expression that the whole answer must match.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub pattern: Option<String>,
    /// When it is shown; always where nothing is said.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub show_if: Option<ShowIf>,
}

/// The questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(default))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreChat {
    /// One below the other.
    pub fields: Vec<Field>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is none, and there has to be.
    Missing,
    /// It is not what the field takes.
    NotA(FieldType),
    /// It is none of the options.
    NoOption,
    /// It does not match the pattern.
    NoMatch,
}

impl Fault {
    /// What is wrong, as the end of a sentence that begins with the field.
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "must be answered",
            Self::NotA(FieldType::Email) => "must be an e-mail address",
            Self::NotA(FieldType::Phone) => "must be a phone number",
            Self::NotA(FieldType::Number) => "must be a number",
            Self::NotA(FieldType::Checkbox) => "must be true or false",
            Self::NotA(_) => "must be a text",
            Self::NoOption => "must be one of the options",
            Self::NoMatch => "must have the form that is asked for",
        }
    }
}

impl PreChat {
    /// Every field whose answer is wrong, and why. `answer` gives a field's answer as text, a checkbox's as `true` or
    /// `false`; `matches` says whether a pattern matches a whole text.
    pub fn faults<'a>(
        &'a self,
        answer: &impl Fn(&str) -> Option<String>,
        matches: &impl Fn(&str, &str) -> bool,
    ) -> Vec<(&'a Field, Fault)> {
        let shown = self.fields.iter().filter(|field| field.is_shown(answer));
        shown.filter_map(|field| Some((field, field.fault(answer(&field.id), matches)?))).collect()
    }

    /// Reads the questions as the widget does; a field it does not know is left out.
    pub fn decode(source: &impl Source) -> Self {
        let fields = source.get("fields").map(|list| list.items().iter().filter_map(decode_field).collect());
        Self { fields: fields.unwrap_or_default() }
    }
}

impl Field {
    /// Whether the visitor is asked, after what they have answered so far.
    pub fn is_shown(&self, answer: &impl Fn(&str) -> Option<String>) -> bool {
        let Some(condition) = &self.show_if else { return true };
        answer(&condition.field).as_deref() == Some(condition.is.as_str())
    }

    /// What is wrong with an answer, if anything is.
    pub fn fault(&self, answer: Option<String>, matches: &impl Fn(&str, &str) -> bool) -> Option<Fault> {
        let given = answer.unwrap_or_default();
        let text = given.trim();
        if text.is_empty() || (self.kind == FieldType::Checkbox && self.required && text == "false") {
            return self.required.then_some(Fault::Missing);
        }
        let is_one = match self.kind {
            FieldType::Email => Email::parse(text).is_ok(),
            FieldType::Phone => is_phone(text),
            FieldType::Number => is_number(text),
            FieldType::Checkbox => text == "true" || text == "false",
            FieldType::Text | FieldType::Textarea | FieldType::Select => true,
        };
        if !is_one {
            Some(Fault::NotA(self.kind))
        } else if self.kind == FieldType::Select && !self.options.iter().any(|option| option == text) {
            Some(Fault::NoOption)
        } else if self.pattern.as_deref().is_some_and(|pattern| !matches(pattern, text)) {
            Some(Fault::NoMatch)
        } else {
            None
        }
    }
}

/// Digits as people write them, 5 to 15 of them (E.164 has no more).
fn is_phone(text: &str) -> bool {
    let rest = text.strip_prefix('+').unwrap_or(text);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (5..=15).contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || " ().-/".contains(c))
}

/// A decimal number, as JSON writes one; nothing else is, not even what a parser of numbers would take.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| (1..=30).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(rest)
}

fn decode_field<S: Source>(source: &S) -> Option<Field> {
    let text = |key: &str| source.get(key).and_then(|value| value.string());
    Some(Field {
        id: text("id")?,
        label: text("label").unwrap_or_default(),
        kind: FieldType::from_tag(&text("type")?)?,
        required: source.get("required").and_then(|value| value.boolean()).unwrap_or_default(),
        options: source
            .get("options")
            .map(|list| list.items().iter().filter_map(Source::string).collect())
            .unwrap_or_default(),
        pattern: text("pattern"),
        show_if: source.get("showIf").and_then(|when| {
            Some(ShowIf { field: when.get("field")?.string()?, is: when.get("is")?.string()? })
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, kind: FieldType) -> Field {
        Field {
            id: id.into(),
            label: String::new(),
            kind,
            required: false,
            options: Vec::new(),
            pattern: None,
            show_if: None,
        }
    }

    fn fault(field: &Field, answer: &str) -> Option<Fault> {
        field.fault(Some(answer.into()), &|pattern, text| pattern == text)
    }

    #[test]
    fn each_type_takes_what_it_is_for() {
        let cases: [(FieldType, &[&str], &[&str]); 4] = [
            (FieldType::Email, &["a@b.co"], &["a", "a@b", "a@b.co, c@d.co"]),
            (
                FieldType::Phone,
                &["+44 20 7946 0018", "(555) 010-1234"],
                &["1234", "call me", "+1 555 0100 x", "1234567890123456"],
            ),
            (FieldType::Number, &["0", "-3.5", "007"], &["1e9", "0x1", "1,5", "NaN", "inf", ".5", "5."]),
            (FieldType::Checkbox, &["true", "false"], &["yes", "1"]),
        ];
        for (kind, good, wrong) in cases {
            for text in good {
                assert_eq!(fault(&field("a", kind), text), None, "{text}");
            }
            for text in wrong {
                assert_eq!(fault(&field("a", kind), text), Some(Fault::NotA(kind)), "{text}");
            }
        }
    }

    #[test]
    fn what_is_required_must_be_answered_and_a_box_ticked() {
        for kind in [FieldType::Text, FieldType::Select, FieldType::Checkbox] {
            let required = Field { required: true, ..field("a", kind) };
            assert_eq!(fault(&required, " "), Some(Fault::Missing));
            assert_eq!(required.fault(None, &|_, _| true), Some(Fault::Missing));
            assert_eq!(field("a", kind).fault(None, &|_, _| true), None);
        }
        assert_eq!(
            fault(&Field { required: true, ..field("a", FieldType::Checkbox) }, "false"),
            Some(Fault::Missing)
        );
        assert_eq!(fault(&field("a", FieldType::Checkbox), "false"), None);
    }

    #[test]
    fn options_and_patterns_bind() {
        let select = Field { options: vec!["red".into(), "blue".into()], ..field("a", FieldType::Select) };
        assert_eq!((fault(&select, "red"), fault(&select, "RED")), (None, Some(Fault::NoOption)));
        let exact = Field { pattern: Some("A-1".into()), ..field("a", FieldType::Text) };
        assert_eq!((fault(&exact, "A-1"), fault(&exact, "A-2")), (None, Some(Fault::NoMatch)));
    }

    #[test]
    fn a_field_that_is_not_shown_asks_nothing() {
        let asked = PreChat {
            fields: vec![
                field("customer", FieldType::Checkbox),
                Field {
                    required: true,
                    show_if: Some(ShowIf { field: "customer".into(), is: "true".into() }),
                    ..field("number", FieldType::Number)
                },
            ],
        };
        let faults = |customer: &'static str| {
            let answer = move |id: &str| (id == "customer").then(|| String::from(customer));
            asked
                .faults(&answer, &|_, _| true)
                .into_iter()
                .map(|(field, fault)| (field.id.clone(), fault))
                .collect::<Vec<_>>()
        };
        assert_eq!(faults("false"), []);
        assert_eq!(faults("true"), [("number".into(), Fault::Missing)]);
    }
}
