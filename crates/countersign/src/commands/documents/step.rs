//! A change in a few words: from where to where, or which leg says what.

use serde_json::Value;

use crate::commands::answer::text;

/// What one change says about where its document stands.
pub(crate) fn step(change: &Value) -> String {
    let (from, to) = (change.get("from"), change.get("to"));
    let version = |node: Option<&Value>| node.map(|it| text(it, "version")).unwrap_or_default();
    let has_versions = version(from) != version(to);
    let place = |node: Option<&Value>| {
        let node = node.filter(|it| it.is_object())?;
        let word = text(node, "status");
        Some(match has_versions && from.is_some_and(Value::is_object) {
            true => format!("{word} v{}", text(node, "version")),
            false => word,
        })
    };
    match (place(from), place(to)) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        (None, Some(to)) => format!("→ {to}"),
        (Some(from), None) => format!("{from} →"),
        (None, None) => legs(change),
    }
}

fn legs(change: &Value) -> String {
    let legs = change.get("legs").and_then(Value::as_object);
    let legs: Vec<_> = legs.into_iter().flatten().collect();
    match legs.as_slice() {
        [(_, word)] => word.as_str().unwrap_or_default().to_owned(),
        many => {
            let said = many
                .iter()
                .map(|(leg, word)| format!("{leg} {}", word.as_str().unwrap_or_default()));
            said.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_is_told_with_its_versions_only_where_they_differ() {
        let node = |version: i64, status: &str| json!({"version": version, "status": status});
        for (change, expected) in [
            (
                json!({"from": node(1, "CREATED"), "to": node(1, "ACCEPTED")}),
                "CREATED → ACCEPTED",
            ),
            (
                json!({"from": node(1, "RETURNED"), "to": node(2, "CREATED")}),
                "RETURNED v1 → CREATED v2",
            ),
            (json!({"from": null, "to": node(1, "CREATED")}), "→ CREATED"),
            (json!({"legs": {"status": "INITIATED"}}), "INITIATED"),
            (json!({"legs": {"a": "X", "b": "Y"}}), "a X, b Y"),
            (json!({}), ""),
        ] {
            assert_eq!(step(&change), expected);
        }
    }
}
