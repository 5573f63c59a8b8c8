//! Lets the JSON Schema library walk the body as our reader left it.
//!
//! Without this each body would be copied into the library's own tree first, which costs more than
//! reading it did; and numbers would pass through binary floating point on the way. What always
//! holds: the library sees exactly the literals that arrived.

use std::borrow::Cow;

use jsonschema::{
    JsonType,
    json::{Array, Json, JsonNumber, Node, NodeIdentity, Object},
};
use serde_json::{Number, Value as Tree};

use crate::reader::{Elements, Kind, Members, Value};

/// How a body is represented: as the reader's document.
pub(super) enum Body {}

/// One value of a body, or the name of a member that is checked like a value.
#[derive(Clone)]
pub(super) enum BodyNode<'d> {
    Value(Value<'d>),
    Name(&'d str),
}

impl Json for Body {
    type Node<'a> = BodyNode<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    /// A look-up walks the members, so one pass over them replaces many.
    const KEYS_PER_LOOKUP: usize = 8;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(
        buffer: &mut String,
        string: &str,
        f: impl FnOnce(BodyNode<'_>) -> T,
    ) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(BodyNode::Name(buffer))
    }
}

impl<'d> BodyNode<'d> {
    fn of_kind(&self, kind: Kind) -> Option<Value<'d>> {
        match self {
            Self::Value(value) if value.kind() == kind => Some(*value),
            Self::Value(_) | Self::Name(_) => None,
        }
    }
}

impl<'d> Node<'d, Body> for BodyNode<'d> {
    type Object = BodyObject<'d>;
    type Array = BodyArray<'d>;
    type Number = BodyNumber<'d>;

    fn as_object(&self) -> Option<BodyObject<'d>> {
        self.of_kind(Kind::Object).map(BodyObject)
    }

    fn as_array(&self) -> Option<BodyArray<'d>> {
        self.of_kind(Kind::Array).map(BodyArray)
    }

    fn as_string(&self) -> Option<Cow<'d, str>> {
        match self {
            Self::Value(value) => value.text(),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<BodyNumber<'d>> {
        self.of_kind(Kind::Number).map(BodyNumber)
    }

    fn as_boolean(&self) -> Option<bool> {
        self.of_kind(Kind::Bool).and_then(|it| it.as_bool())
    }

    fn is_null(&self) -> bool {
        self.of_kind(Kind::Null).is_some()
    }

    fn json_type(&self) -> JsonType {
        let Self::Value(value) = self else {
            return JsonType::String;
        };
        match value.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn to_value(&self) -> Cow<'d, Tree> {
        Cow::Owned(match self {
            Self::Value(value) => value.to_json(),
            Self::Name(name) => Tree::from(*name),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Value(value) => {
                let (document, index) = value.place();
                Some(NodeIdentity::tagged(document, index))
            }
            Self::Name(_) => None,
        }
    }
}

/// An object of a body.
pub(super) struct BodyObject<'d>(Value<'d>);

/// The members of an object.
pub(super) struct BodyMembers<'d>(Members<'d>);

impl<'d> Object<'d, Body> for BodyObject<'d> {
    type Node = BodyNode<'d>;
    type MemberName = Cow<'d, str>;
    type MembersIter = BodyMembers<'d>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, key: &Box<str>) -> Option<BodyNode<'d>> {
        self.0.get(key).map(BodyNode::Value)
    }

    fn members(&self) -> BodyMembers<'d> {
        BodyMembers(self.0.members())
    }
}

impl<'d> Iterator for BodyMembers<'d> {
    type Item = (Cow<'d, str>, BodyNode<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .next()
            .map(|(name, value)| (name, BodyNode::Value(value)))
    }
}

/// An array of a body.
pub(super) struct BodyArray<'d>(Value<'d>);

/// The elements of an array.
pub(super) struct BodyElements<'d>(Elements<'d>);

impl<'d> Array<'d, Body> for BodyArray<'d> {
    type Node = BodyNode<'d>;
    type ElementsIter = BodyElements<'d>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> BodyElements<'d> {
        BodyElements(self.0.elements())
    }
}

impl<'d> Iterator for BodyElements<'d> {
    type Item = BodyNode<'d>;

    fn next(&mut self) -> Option<BodyNode<'d>> {
        self.0.next().map(BodyNode::Value)
    }
}

/// A number of a body: its literal.
pub(super) struct BodyNumber<'d>(Value<'d>);

impl JsonNumber for BodyNumber<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.literal().parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.literal().parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.to_number().as_f64()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.literal())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        match self.0.to_json() {
            Tree::Number(number) => Cow::Owned(number),
            _ => unreachable!("a number of the body is a number in any tree"),
        }
    }

    /// `2400.00` is an integer to JSON Schema; told from the literal, however long it is.
    fn is_integer(&self) -> bool {
        let literal = self.0.literal();
        match literal.split_once('.') {
            _ if literal.contains(['e', 'E']) => self
                .to_number()
                .as_f64()
                .is_some_and(|it| it.fract() == 0.0),
            None => true,
            Some((_, fraction)) => fraction.bytes().all(|it| it == b'0'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader;

    #[test]
    fn an_integer_is_told_from_its_literal() {
        for (literal, expected) in [
            ("0", true),
            ("2400.00", true),
            ("2.4e3", true),
            ("-7", true),
            ("1234567890123456789.25", false),
            ("2400.50", false),
            ("1e-1", false),
        ] {
            let document = reader::read(literal.as_bytes()).unwrap();
            assert_eq!(
                BodyNumber(document.root()).is_integer(),
                expected,
                "{literal}"
            );
        }
    }

    #[test]
    fn the_library_judges_our_tree_as_it_judges_its_own() {
        let schema = serde_json::json!({
            "type": "object",
            "required": ["a", "b"],
            "propertyNames": {"maxLength": 3},
            "properties": {
                "a": {"type": "integer", "minimum": 2},
                "b": {"type": ["string", "null"], "pattern": "^x"},
                "c": {"type": "array", "items": {"enum": [1, "one", null]}, "uniqueItems": true},
                "d": {"const": {"k": [1.0]}},
            },
        });
        let ours = jsonschema::options_for::<Body>().build(&schema).unwrap();
        let theirs = jsonschema::validator_for(&schema).unwrap();
        for text in [
            r#"{"a": 2, "b": "x"}"#,
            r#"{"a": 2.0, "b": null, "c": [1, "one", null]}"#,
            r#"{"a": 1.5, "b": "y", "c": [1, 1.0, 2]}"#,
            r#"{"\u0061": 7, "b": "\u0078", "d": {"k": [1]}}"#,
            r#"{"a": "2", "long name": true, "d": {"k": [2]}}"#,
            "[]",
            "null",
        ] {
            let document = reader::read(text.as_bytes()).unwrap();
            let tree = serde_json::from_str(text).unwrap();
            let told = |errors: Vec<String>| {
                let mut errors = errors;
                errors.sort();
                errors
            };
            let node = BodyNode::Value(document.root());
            let by_ours = ours
                .iter_errors(node.clone())
                .map(|it| it.to_string())
                .collect();
            let by_theirs = theirs.iter_errors(&tree).map(|it| it.to_string()).collect();
            assert_eq!(told(by_ours), told(by_theirs), "{text}");
            assert_eq!(ours.is_valid(node), theirs.is_valid(&tree), "{text}");
        }
    }
}
