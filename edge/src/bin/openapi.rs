//! Prints the description of the APIs (OpenAPI 3.1), made from the types and the routes that the Worker serves by.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let description = serde_json::to_string_pretty(&porchlight_edge::openapi::description())?;
    writeln!(std::io::stdout(), "{description}")
}
