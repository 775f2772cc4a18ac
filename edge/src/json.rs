//! What has to be known of a JSON text before serde reads it.

/// Whether it begins as an object does. serde also takes an array for a struct, its items for the fields in their order;
/// nobody who sends one means that.
pub fn begins_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{')
}
