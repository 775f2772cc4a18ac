//! Arithmetic: numbers, variables, `+ - * / %`, signs and parentheses.

use super::value::{Scope, Value};

/// How deep parentheses and signs may nest.
const DEPTH: usize = 32;

/// Whether a text can be read; whether it comes to a number depends on what its variables hold.
pub fn is_one(text: &str) -> bool {
    Reader { rest: text, value: &|_| Some(1.0), depth: 0 }.whole().is_some()
}

/// What it comes to: `price * 1.2`, `({{a}} + 2) / count`. None where a variable holds no number, or where it comes to none.
pub fn value(text: &str, scope: Scope<'_>) -> Option<f64> {
    let value = |name: &str| scope.get(name).and_then(Value::as_number);
    Reader { rest: text, value: &value, depth: 0 }.whole().filter(|number| number.is_finite())
}

/// The variables that a text names.
pub fn names(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !is_part(c));
    let is_name = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    words.filter(is_name).map(str::to_owned).collect()
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

struct Reader<'a> {
    rest: &'a str,
    value: &'a dyn Fn(&str) -> Option<f64>,
    depth: usize,
}

impl Reader<'_> {
    fn whole(mut self) -> Option<f64> {
        let sum = self.sum()?;
        self.rest.trim_start().is_empty().then_some(sum)
    }

    fn sum(&mut self) -> Option<f64> {
        let mut sum = self.product()?;
        loop {
            if self.takes("+") {
                sum += self.product()?;
            } else if self.takes("-") {
                sum -= self.product()?;
            } else {
                return Some(sum);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut product = self.factor()?;
        loop {
            if self.takes("*") {
                product *= self.factor()?;
            } else if self.takes("/") {
                product /= self.factor()?;
            } else if self.takes("%") {
                product %= self.factor()?;
            } else {
                return Some(product);
            }
        }
    }

    fn factor(&mut self) -> Option<f64> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let factor = if self.takes("-") {
            -self.factor()?
        } else if self.takes("(") {
            let sum = self.sum()?;
            self.takes(")").then_some(sum)?
        } else {
            let braces = self.takes("{{");
            let text = self.rest.trim_start();
            let (word, rest) = text.split_at(text.find(|c| !is_part(c)).unwrap_or(text.len()));
            self.rest = rest;
            if braces && !self.takes("}}") {
                return None;
            }
            match word.chars().next()? {
                '0'..='9' | '.' if !braces && word.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                    word.parse().ok()?
                }
                c if c.is_ascii_alphabetic() || c == '_' => (self.value)(word)?,
                _ => return None,
            }
        };
        self.depth -= 1;
        Some(factor)
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Variables;
    use std::collections::BTreeMap;

    #[test]
    fn arithmetic_comes_to_what_it_should_and_nonsense_to_nothing() {
        let mut variables = Variables::default();
        variables.set("price", Value::Number(4.0)).unwrap();
        variables.set("count", Value::Text(" 3 ".into())).unwrap();
        variables.set("name", Value::Text("Ada".into())).unwrap();
        let known = BTreeMap::from([("visitor.age".into(), Value::Number(40.0))]);
        let scope = Scope { variables: &variables, known: &known, work: &core::cell::Cell::new(0) };
        for (text, comes_to) in [
            ("1", 1.0),
            ("2 + 3 * 4", 14.0),
            ("(2 + 3) * 4 - -1", 21.0),
            ("price * count / 2", 6.0),
            ("{{price}} + {{ count }}", 7.0),
            ("7 % 4 - .5", 2.5),
            ("visitor.age / 2", 20.0),
        ] {
            assert_eq!((value(text, scope), is_one(text)), (Some(comes_to), true), "{text}");
        }
        for text in ["", "1 +", "(1", "1)", "1 2", "a b", "{{price} + 1", "2price", "1e5", "--", "1 + é"] {
            assert_eq!((value(text, scope), is_one(text)), (None, false), "{text}");
        }
        for text in ["name + 1", "nothing", "1 / 0", "0 / 0"] {
            assert_eq!((value(text, scope), is_one(text)), (None, true), "{text}");
        }
        assert!(!is_one(&"(".repeat(5_000)) && !is_one(&"-".repeat(5_000)));
        assert_eq!(names("({{price}} + 2) * visitor.age"), ["price", "visitor.age"]);
    }
}
