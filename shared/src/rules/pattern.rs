//! Regular expressions that owners write. The engine needs time in proportion to the text and to the expression, so both
//! are held small.

/// The most bytes of an expression, and of what it becomes: enough for what people are asked, and soon gone through.
const LONGEST: usize = 500;
const LARGEST: usize = 32 * 1024;

fn read(pattern: &str) -> Option<regex_lite::Regex> {
    regex_lite::RegexBuilder::new(pattern).size_limit(LARGEST).build().ok()
}

/// Whether a text is an expression that can be matched.
pub fn is_one(pattern: &str) -> bool {
    pattern.len() <= LONGEST && whole(pattern, "").is_some()
}

/// The one way to the engine, which is large: what is called `…_later` is of the second part of the edge's program.
#[inline(never)]
fn matches_later(pattern: &str, text: &str) -> Option<bool> {
    Some(read(pattern)?.is_match(text))
}

/// Whether an expression matches a whole text; none where the expression cannot be read.
pub fn whole(pattern: &str, text: &str) -> Option<bool> {
    // By itself first: what closes a bracket that it has not opened would reach beyond the ends.
    matches_later(pattern, "")?;
    matches_later(&alloc::format!("^(?:{pattern})$"), text)
}

/// Whether an expression is found in a text; none where the expression cannot be read.
pub fn found(pattern: &str, text: &str) -> Option<bool> {
    matches_later(pattern, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_matches_from_one_end_to_the_other() {
        assert_eq!(whole("[0-9]{3}|x", "123"), Some(true));
        for text in ["1234", "a123", "123\n", "xx", ""] {
            assert_eq!(whole("[0-9]{3}|x", text), Some(false), "{text:?}");
        }
        assert_eq!((whole("(", "a"), whole("a)|(?:.*", "b")), (None, None));
        assert_eq!(whole("(a+)+$", &"a".repeat(5_000)), Some(true));
        assert_eq!(
            (found("b", "abc"), found("x", "abc"), found("(", "abc")),
            (Some(true), Some(false), None)
        );
    }

    #[test]
    fn a_large_expression_is_none() {
        assert!(is_one(r"[A-Z]{2}-\d{4,12}") && is_one(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"));
        assert!(!is_one(r"[\w\W]{0,1000}[\w\W]{0,1000}x") && !is_one(&"a".repeat(501)) && !is_one("("));
    }
}
