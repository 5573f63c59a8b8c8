//! Reads members of what the private resources answer.
//!
//! The commands show what a server says, also a newer one: what is absent is shown as nothing.

use serde_json::Value;

/// The items of a list resource.
pub(crate) fn items(answer: &Value) -> impl Iterator<Item = &Value> {
    array(answer, "items")
}

/// A member that is a list.
pub(crate) fn array<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A member as text; empty where it is absent or null.
pub(crate) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
