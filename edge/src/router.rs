//! From a method and a path to an operation. An API is a table of routes; the API description is made from the same
//! tables, so what is described is what is served.

use worker::Method;

/// One thing that can be asked.
#[derive(Debug, Clone)]
pub struct Route<Operation> {
    /// The method.
    pub method: Method,
    /// The path; a segment that begins with `:` takes any value.
    pub path: &'static str,
    /// What is done.
    pub operation: Operation,
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<Operation> {
    /// This, with the values of the path's `:segments` in their order.
    Operation(Operation, Vec<String>),
    /// Something is at this path, by other methods; they stand here as `Allow` has them.
    OtherMethods(String),
    /// Nothing.
    Nothing,
}

/// Finds what a request asks for.
///
/// The method is the request's own word: [`Method`] takes every word that it does not know for `GET`.
pub fn find<Operation: Copy>(routes: &[Route<Operation>], method: &str, path: &str) -> Found<Operation> {
    let mut others: Vec<&str> = Vec::new();
    for route in routes {
        let Some(values) = values(route.path, path) else { continue };
        if route.method.as_ref() == method {
            return Found::Operation(route.operation, values);
        }
        others.push(route.method.as_ref());
    }
    if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others.join(", ")) }
}

fn values(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut segments = path.split('/');
    for part in pattern.split('/') {
        let segment = segments.next()?;
        if part.starts_with(':') {
            if segment.is_empty() {
                return None;
            }
            found.push(segment.to_owned());
        } else if part != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_method_lead_to_an_operation() {
        let route = |method, path, operation| Route { method, path, operation };
        let routes = [
            route(Method::Get, "/a/:x", 1),
            route(Method::Post, "/a/:x", 2),
            route(Method::Get, "/a/:x/b/:y", 3),
        ];
        let find = |method, path| find(&routes, method, path);
        assert_eq!(find("POST", "/a/1"), Found::Operation(2, vec!["1".into()]));
        assert_eq!(find("GET", "/a/1/b/2"), Found::Operation(3, vec!["1".into(), "2".into()]));
        for other in ["DELETE", "PURGE", "get"] {
            assert_eq!(find(other, "/a/1"), Found::OtherMethods("GET, POST".into()), "{other}");
        }
        for path in ["/a", "/a/", "/a/1/", "/a/1/b", "//a/1", "/A/1", ""] {
            assert_eq!(find("GET", path), Found::Nothing, "{path}");
        }
    }
}
