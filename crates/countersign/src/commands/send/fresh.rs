//! Gives a body fresh ids, so that it is a new message about new documents.
//!
//! An id keeps its shape (letters stay letters, digits stay digits, its first characters and its
//! length stay), since contracts have patterns for ids. An id that stands in two places stays the
//! same in both.

use std::collections::BTreeMap;

use countersign_domain::reader::{Kind, Value, read};

use super::edit;
use crate::random;

/// How many characters of an id change at most: enough for more copies than anybody sends.
const CHANGED: usize = 12;

/// Where the ids of a body stand, found once for all copies.
#[derive(Debug)]
pub(super) struct Ids {
    places: Vec<Id>,
}

#[derive(Debug)]
struct Id {
    pointer: String,
    text: String,
    is_string: bool,
}

impl Ids {
    /// Finds the ids at pointers in which `*` stands for every element.
    pub(super) fn find(body: &str, pointers: &[String]) -> Self {
        let mut places = Vec::new();
        if let Ok(document) = read(body.as_bytes()) {
            for pointer in pointers {
                let steps: Vec<&str> = pointer.split('/').skip(1).collect();
                collect(document.root(), &steps, String::new(), &mut places);
            }
        }
        // Where there are texts among the ids, numbers (a client's, a warehouse's) stay.
        if places.iter().any(|it| it.is_string) {
            places.retain(|it| it.is_string);
        }
        Self { places }
    }

    /// A copy of the body with fresh ids.
    pub(super) fn renew(&self, body: &str) -> Result<String, String> {
        let mut fresh = BTreeMap::new();
        let mut copy = body.to_owned();
        for id in &self.places {
            let text = fresh.entry(&id.text).or_insert_with(|| like(&id.text));
            let json = if id.is_string {
                format!("\"{text}\"")
            } else {
                text.clone()
            };
            copy = edit::set(&copy, &id.pointer, &json)?;
        }
        Ok(copy)
    }
}

fn collect(value: Value<'_>, steps: &[&str], at: String, places: &mut Vec<Id>) {
    let Some((step, rest)) = steps.split_first() else {
        let is_string = value.kind() == Kind::String;
        let text = value
            .text()
            .map_or_else(|| value.literal().to_owned(), Into::into);
        // An empty id is a missing one, and an escape would have to be written back.
        let is_id = is_string || value.kind() == Kind::Number;
        if is_id
            && !text.is_empty()
            && text
                .bytes()
                .all(|it| it.is_ascii_graphic() && it != b'"' && it != b'\\')
        {
            places.push(Id {
                pointer: at,
                text,
                is_string,
            });
        }
        return;
    };
    if let Some(inner) = value.text() {
        if let Ok(document) = read(inner.as_bytes()) {
            collect(document.root(), steps, at, places);
        }
    } else if *step == "*" {
        for (index, element) in value.elements().enumerate() {
            collect(element, rest, format!("{at}/{index}"), places);
        }
    } else if let Some(next) = edit::child(value, step) {
        collect(next, rest, format!("{at}/{step}"), places);
    }
}

/// Another id of the same shape.
fn like(id: &str) -> String {
    let random = random::bytes::<CHANGED>();
    let mut text = id.as_bytes().to_vec();
    let changeable = text
        .iter_mut()
        .enumerate()
        .rev()
        .filter(|(_, it)| it.is_ascii_alphanumeric());
    // A number's first digit stays, so that it never becomes 0.
    for ((place, byte), random) in changeable.take(CHANGED).zip(random) {
        let (first, count) = match *byte {
            _ if place == 0 => continue,
            b'0'..=b'9' => (b'0', 10),
            b'A'..=b'Z' => (b'A', 26),
            _ => (b'a', 26),
        };
        *byte = first + random % count;
    }
    String::from_utf8(text).expect("an id is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_its_shape() {
        let id = "PMT8f3c1d7a90b24e6f8a1b5c9d0e7f2a34";
        let other = like(id);
        assert_ne!(other, id);
        assert!(other.starts_with("PMT8f3c1d7a90b24e6f8a1b"), "{other}");
        for (before, after) in id.chars().zip(other.chars()) {
            assert_eq!(before.is_ascii_digit(), after.is_ascii_digit(), "{other}");
        }
        assert!(like("42").starts_with('4'));
    }

    #[test]
    fn the_same_id_stays_the_same_everywhere_and_other_values_stay() {
        let body = r#"{"id":"ABC123456789012","items":[{"id":"ABC123456789012","n":1.50}],"c":7}"#;
        let pointers = [
            "/id".into(),
            "/items/*/id".into(),
            "/c".into(),
            "/absent".into(),
        ];
        let copy = Ids::find(body, &pointers).renew(body).unwrap();
        let value: serde_json::Value = serde_json::from_str(&copy).unwrap();
        assert_ne!(value["id"], "ABC123456789012");
        assert_eq!(value["id"], value["items"][0]["id"]);
        assert!(
            copy.contains("\"n\":1.50") && copy.contains("\"c\":7"),
            "{copy}"
        );
    }

    #[test]
    fn ids_inside_a_string_and_numbers_alone_are_renewed() {
        let body = r#"{"items":[{"payload":"{\"doc_no\":\"DOC-000000000001\"}"}]}"#;
        let pointers = ["/items/*/payload/doc_no".to_owned()];
        let copy = Ids::find(body, &pointers).renew(body).unwrap();
        assert!(copy.contains(r#"\"DOC-"#) && copy != body, "{copy}");
        let copy = Ids::find("{\"id\":123456789}", &["/id".into()]).renew("{\"id\":123456789}");
        let value: serde_json::Value = serde_json::from_str(&copy.unwrap()).unwrap();
        assert!(value["id"].as_u64().unwrap() >= 100_000_000);
    }
}
