//! Query strings.

use super::request::Request;

/// The parameters of a request.
#[derive(Debug)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a request's.
    pub fn of(request: &Request) -> Self {
        Self(form_urlencoded::parse(request.query.as_bytes()).into_owned().collect())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A whole number within bounds; the usual one where the name is absent.
    pub fn number(
        &self,
        name: &str,
        usual: u32,
        bounds: core::ops::RangeInclusive<u32>,
    ) -> Result<u32, String> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && bounds.contains(&number) => Ok(number),
            _ => Err(format!("{name} must be a whole number from {} to {}", bounds.start(), bounds.end())),
        }
    }
}
