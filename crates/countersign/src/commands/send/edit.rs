//! Changes single values of a JSON text and leaves every other byte as it is.
//!
//! A number such as `2400.00` would not survive being read and written again. A pointer may go on
//! into JSON inside a string, which is then written back as a string.

use std::borrow::Cow;

use countersign_domain::reader::{Kind, Value, read};

/// Replaces the value at a pointer, or adds it as a member of the object that should have it.
pub(super) fn set(text: &str, pointer: &str, json: &str) -> Result<String, String> {
    let steps: Vec<&str> = match pointer.strip_prefix('/') {
        Some(rest) => rest.split('/').collect(),
        None if pointer.is_empty() => Vec::new(),
        None => return Err(format!("`{pointer}` is not a pointer: it begins with `/`")),
    };
    set_at(text, &steps, json).map_err(|problem| format!("`{pointer}`: {problem}"))
}

fn set_at(text: &str, steps: &[&str], json: &str) -> Result<String, String> {
    let document = read(text.as_bytes()).map_err(|it| format!("the body is not JSON: {it}"))?;
    let mut value = document.root();
    for (done, step) in steps.iter().enumerate() {
        if let Some(inner) = value.text() {
            let inner = set_at(&inner, &steps[done..], json)?;
            let string = serde_json::to_string(&inner).expect("a text is JSON");
            return Ok(replace(text, value, &string));
        }
        match child(value, step) {
            Some(next) => value = next,
            None if value.kind() == Kind::Object && done + 1 == steps.len() => {
                return Ok(add(text, value, &unescape(step), json));
            }
            None => return Err(format!("there is nothing at `{step}`")),
        }
    }
    Ok(replace(text, value, json))
}

/// The member or element that one step of a pointer means.
pub(super) fn child<'d>(value: Value<'d>, step: &str) -> Option<Value<'d>> {
    match value.kind() {
        Kind::Object => value.get(&unescape(step)),
        Kind::Array => value.at(step.parse().ok()?),
        _ => None,
    }
}

fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        return Cow::Owned(step.replace("~1", "/").replace("~0", "~"));
    }
    Cow::Borrowed(step)
}

fn replace(text: &str, value: Value<'_>, json: &str) -> String {
    let span = value.span();
    [&text[..span.start], json, &text[span.end..]].concat()
}

fn add(text: &str, object: Value<'_>, name: &str, json: &str) -> String {
    let end = object.span().end - 1;
    let comma = if object.is_empty() { "" } else { "," };
    let name = serde_json::to_string(name).expect("a text is JSON");
    format!("{}{comma}{name}:{json}{}", &text[..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_value_that_is_meant_changes() {
        let text = "{ \"a\": [1.10, {\"b\": \"x\"}], \"c/d\": 2400.00 }";
        for (pointer, json, expected) in [
            (
                "/a/1/b",
                "\"y\"",
                "{ \"a\": [1.10, {\"b\": \"y\"}], \"c/d\": 2400.00 }",
            ),
            (
                "/c~1d",
                "null",
                "{ \"a\": [1.10, {\"b\": \"x\"}], \"c/d\": null }",
            ),
            (
                "/a/1/e",
                "3",
                "{ \"a\": [1.10, {\"b\": \"x\",\"e\":3}], \"c/d\": 2400.00 }",
            ),
            ("", "[]", "[]"),
        ] {
            assert_eq!(set(text, pointer, json).unwrap(), expected, "{pointer}");
        }
    }

    #[test]
    fn a_pointer_goes_on_into_json_inside_a_string() {
        let text = r#"{"payload": "{\"doc_no\": \"A\", \"q\": 1.50}"}"#;
        let expected = r#"{"payload": "{\"doc_no\": \"B\", \"q\": 1.50}"}"#;
        assert_eq!(set(text, "/payload/doc_no", "\"B\"").unwrap(), expected);
    }

    #[test]
    fn a_pointer_that_leads_nowhere_is_named() {
        for (text, pointer) in [("{}", "a"), ("{}", "/a/b"), ("[1]", "/1"), ("{", "/a")] {
            let problem = set(text, pointer, "1").unwrap_err();
            assert!(problem.contains(&format!("`{pointer}`")), "{problem}");
        }
    }
}
