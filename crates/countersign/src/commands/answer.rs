//! Reads members of what the private resources answer.
//!
//! The commands show what a server says, also a newer one: what is absent is shown as nothing.

use jiff::Timestamp;
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

/// Members as the cells of a row; those named `…_at` are times.
pub(crate) fn cells(value: &Value, names: &[&str]) -> Vec<String> {
    let cell = |name: &&str| {
        if name.ends_with("_at") {
            time(value, name)
        } else {
            text(value, name)
        }
    };
    names.iter().map(cell).collect()
}

/// A time, to the millisecond, which is enough for a person; a whole second has no fraction.
pub(crate) fn time(value: &Value, name: &str) -> String {
    let text = text(value, name);
    match text.parse::<Timestamp>() {
        Ok(at) if at.subsec_nanosecond() == 0 => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        Err(_) => text,
    }
}

/// A member as text; empty where it is absent or null.
pub(crate) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_absent_is_nothing_and_times_are_short() {
        let value = json!({"at": "2026-11-22T02:27:05.430720478Z", "n": 3, "none": null});
        assert_eq!(time(&value, "at"), "2026-11-22T02:27:05.430Z");
        assert_eq!(
            text(&value, "n") + &text(&value, "none") + &time(&value, "absent"),
            "3"
        );
    }
}
