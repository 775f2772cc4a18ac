//! Regular expressions that owners write. The engine needs time in proportion to the text, whatever the expression.

/// Whether an expression matches a whole text; none where the expression cannot be read.
pub fn whole(pattern: &str, text: &str) -> Option<bool> {
    let regex = regex_lite::Regex::new(&alloc::format!("^(?:{pattern})$")).ok()?;
    Some(regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_expression_matches_from_one_end_to_the_other() {
        assert_eq!(whole("[0-9]{3}|x", "123"), Some(true));
        for text in ["1234", "a123", "123\n", "xx", ""] {
            assert_eq!(whole("[0-9]{3}|x", text), Some(false), "{text:?}");
        }
        assert_eq!(whole("(", "a"), None);
        assert_eq!(whole("(a+)+$", &"a".repeat(5_000)), Some(true));
    }
}
