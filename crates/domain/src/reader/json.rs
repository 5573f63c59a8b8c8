//! From a document to `serde_json`'s own tree, for whoever needs one: tests, commands, and the schema
//! library where it tells what is wrong.
//!
//! What comes out is exactly what `serde_json::from_slice` makes of the same bytes, with one
//! exception: a number too large for binary floating point, which that refuses, becomes the largest
//! finite one of its sign. So a schema can still call it too large, and converting never fails.
//! Identity and money never come from this tree: they come from the literal.

use serde_json::{Map, Number};

use super::document::{Kind, Value};

/// The largest finite number, as a literal.
const LARGEST: &str = "1.7976931348623157e308";

impl Value<'_> {
    /// Converts it and all that it holds; see the module for numbers that are too large.
    ///
    /// It recurses, no deeper than [`super::MAX_DEPTH`].
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self.kind() {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool => serde_json::Value::Bool(self.literal() == "true"),
            Kind::Number => serde_json::Value::Number(number(self.literal())),
            Kind::String => serde_json::Value::String(self.raw().decoded().into_owned()),
            Kind::Array => self.elements().map(|it| it.to_json()).collect(),
            Kind::Object => {
                let mut map = Map::with_capacity(self.len());
                for (key, value) in self.members() {
                    map.insert(key.into_owned(), value.to_json());
                }
                serde_json::Value::Object(map)
            }
        }
    }
}

fn number(literal: &str) -> Number {
    let read = |text: &str| serde_json::from_str::<Number>(text);
    let largest = || match literal.strip_prefix('-') {
        Some(_) => read(&format!("-{LARGEST}")),
        None => read(LARGEST),
    };
    read(literal)
        .or_else(|_| largest())
        .expect("a finite number as JSON writes it")
}
