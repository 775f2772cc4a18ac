//! The fields of calls, by the patterns of the API's document. Each is matched whole, and all that is wrong is told at once.

use super::envelope::Refusal;
use shared::text::Email;

/// What a field may be.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// How many characters it has at least, and at most.
    length: (usize, usize),
    /// Which it may begin with besides.
    sign: Option<char>,
    /// Which it may have.
    known: fn(char) -> bool,
    /// The same, as whoever has sent another is told.
    said: &'static str,
}

const ANY: &str = "must be text";

/// A chat server: `[a-zA-Z0-9.:/-]`.
pub const SERVER: Form = Form::of(
    (5, 255),
    |c| c.is_ascii_alphanumeric() || ".:/-".contains(c),
    "must be of letters from A to Z, digits, dots, colons, slashes and hyphens",
);
/// An account's token.
pub const TOKEN: Form =
    Form::of((10, 128), |c| c.is_ascii_alphanumeric(), "must be of letters from A to Z and digits");
/// A session.
pub const SESSION: Form = Form::of(
    (10, 65),
    |c| c.is_ascii_alphanumeric() || c == '-',
    "must be of letters from A to Z, digits and hyphens",
);
/// A session where it begins, and may have the form of a phone number.
pub const NEW_SESSION: Form = Form {
    sign: Some('+'),
    said: "must be of letters from A to Z, digits and hyphens; a plus may stand first",
    ..SESSION
};
/// What is said.
pub const MESSAGE: Form = Form::of((1, 10_000), |_| true, ANY);
/// A page.
pub const URL: Form = Form::of((1, 2_048), |c| !c.is_control(), "must be without control characters");
/// A page that was visited.
pub const VISITED: Form = Form { length: (4, 2_048), ..URL };
/// What else the server knows, which is not read.
pub const DATA: Form = Form::of((1, 4_096), |_| true, ANY);
/// An address of another kind, which is not read.
pub const ADDRESS: Form = Form::of((1, 255), |_| true, ANY);
/// An address of the network.
pub const IP: Form = Form { length: (5, 255), ..ADDRESS };
/// A customer's name.
pub const NAME: Form = Form::of(
    (1, 100),
    |c| c.is_ascii_alphanumeric() || c == ' ',
    "must be of letters from A to Z, digits and spaces",
);
/// A phone number.
pub const PHONE: Form = Form {
    sign: Some('+'),
    ..Form::of((2, 40), |c| c.is_ascii_digit(), "must be of digits; a plus may stand first")
};
/// The name of a host.
pub const HOST: Form = Form::of(
    (1, 253),
    |c| c.is_ascii_alphanumeric() || ".-".contains(c),
    "must be a host alone, like shop.example.com: without https://, a port or a path",
);

impl Form {
    const fn of(length: (usize, usize), known: fn(char) -> bool, said: &'static str) -> Self {
        Self { length, sign: None, known, said }
    }

    fn fault(&self, text: &str) -> Option<String> {
        let (least, most) = self.length;
        let rest = self.sign.and_then(|sign| text.strip_prefix(sign)).unwrap_or(text);
        if !(least..=most).contains(&text.chars().count()) {
            return Some(format!("must have {least} to {most} characters"));
        }
        (rest.is_empty() || !rest.chars().all(self.known)).then(|| self.said.into())
    }
}

/// The fields of a call, of which one after the other is taken. Fields that nobody asks for are passed over.
#[derive(Debug)]
pub struct Params {
    fields: Vec<(String, String)>,
    wrong: Vec<(String, String)>,
}

impl Params {
    /// Those that were sent. A field that was sent twice is wrong; one that is empty was not sent.
    pub fn of(fields: Vec<(String, String)>) -> Self {
        let mut params = Self { fields: Vec::new(), wrong: Vec::new() };
        for (name, value) in fields {
            if params.fields.iter().any(|(known, _)| *known == name) {
                params.refuse(&name, "must be sent once");
            } else {
                params.fields.push((name, value));
            }
        }
        params
    }

    /// Notes what is wrong with a field, unless it is known to be.
    pub fn refuse(&mut self, name: &str, why: impl Into<String>) {
        if !self.wrong.iter().any(|(known, _)| known == name) {
            self.wrong.push((name.into(), why.into()));
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }

    /// A field of a form, which may be missing.
    pub fn optional(&mut self, name: &str, form: Form) -> Option<String> {
        let text = self.get(name)?;
        match form.fault(&text) {
            None => Some(text),
            Some(why) => {
                self.refuse(name, why);
                None
            }
        }
    }

    /// A page's address, or the path of one, which may be missing.
    pub fn page(&mut self, name: &str, form: Form) -> Option<String> {
        let url = self.optional(name, form)?;
        let good = ["https://", "http://", "/"].iter().any(|begins| url.starts_with(begins));
        if !good {
            self.refuse(name, "must begin with https://, http:// or /");
        }
        good.then_some(url)
    }

    /// A field of a form, which must be there. Where it is not, what is given is nothing, and [`Self::finish`] refuses.
    pub fn required(&mut self, name: &str, form: Form) -> String {
        let found = self.optional(name, form);
        if found.is_none() {
            self.refuse(name, "must be there");
        }
        found.unwrap_or_default()
    }

    /// A whole number within bounds, which may be missing.
    pub fn number(&mut self, name: &str, bounds: core::ops::RangeInclusive<u32>) -> Option<u32> {
        let text = self.get(name)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && bounds.contains(number));
        if number.is_none() {
            self.refuse(name, format!("must be a whole number from {} to {}", bounds.start(), bounds.end()));
        }
        number
    }

    /// Checks a truth value, which may be missing.
    pub fn truth(&mut self, name: &str) {
        if self.get(name).is_some_and(|text| !["true", "false", "0", "1"].contains(&text.as_str())) {
            self.refuse(name, "must be true or false");
        }
    }

    /// An address of mail, which may be missing.
    pub fn email(&mut self, name: &str) -> Option<Email> {
        let read = Email::parse(&self.get(name)?);
        if read.is_err() {
            self.refuse(name, "must be an e-mail address");
        }
        read.ok()
    }

    /// Refuses the call where anything is wrong.
    pub fn finish(&mut self) -> Result<(), Refusal> {
        match self.wrong.is_empty() {
            true => Ok(()),
            false => Err(Refusal::Invalid(core::mem::take(&mut self.wrong))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_matched_whole() {
        let good = |form: Form, text: &str| assert_eq!(form.fault(text), None, "{text}");
        let bad = |form: Form, text: &str| assert!(form.fault(text).is_some(), "{text}");
        good(SERVER, "https://chat.example.com:8443/hook-1");
        bad(SERVER, "https://chat.example.com/\n");
        bad(SERVER, "a.b");
        good(SESSION, "0123456789");
        good(NEW_SESSION, "+4912345678");
        bad(SESSION, "+4912345678");
        bad(NEW_SESSION, "++491234567");
        bad(SESSION, &"a".repeat(66));
        good(TOKEN, "abcdefghij");
        bad(TOKEN, "abcdefghi-");
        good(PHONE, "+49123");
        bad(PHONE, "+");
        good(MESSAGE, &"é".repeat(10_000));
        bad(MESSAGE, &"é".repeat(10_001));
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let field = |name: &str, value: &str| (String::from(name), String::from(value));
        let mut params = Params::of(vec![
            field("a", "1"),
            field("a", "2"),
            field("n", "51"),
            field("e", ""),
            field("t", "yes"),
        ]);
        assert_eq!(params.number("n", 1..=50), None);
        assert_eq!(params.optional("e", NAME), None);
        params.truth("t");
        params.required("m", MESSAGE);
        let Err(Refusal::Invalid(wrong)) = params.finish() else { panic!("it is wrong") };
        assert_eq!(wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "n", "t", "m"]);
        assert!(params.finish().is_ok());
    }
}
