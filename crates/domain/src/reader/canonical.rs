//! The canonical form: one text for all bodies that say the same.
//!
//! Keys are sorted by their decoded UTF-8 bytes, strings are escaped in one way (only what JSON
//! demands), white space is gone. Number literals stay as they came, since `2400.00` and `2400.0`
//! are not the same claim. Two bodies with the same canonical form are one message.

use std::borrow::Cow;

use super::document::{Kind, Value};

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'d> {
    /// Into the member of that key.
    Key(Cow<'d, str>),
    /// Into the element at that place, counted from 0.
    Index(usize),
}

/// Writes the canonical form of `value` behind what is already in `out`.
///
/// `leave_out` is asked once for every member, with the way to it from `value`; what it names is
/// written as if the body did not have it. Elements of arrays are never left out, but members
/// inside them can be.
///
/// It recurses, no deeper than [`super::MAX_DEPTH`].
pub fn canonical(value: Value<'_>, leave_out: &dyn Fn(&[Step<'_>]) -> bool, out: &mut Vec<u8>) {
    out.reserve(value.span().len());
    Writer {
        leave_out,
        out,
        way: Vec::new(),
        members: Vec::new(),
    }
    .value(value);
}

struct Writer<'w, 'd> {
    leave_out: &'w dyn Fn(&[Step<'_>]) -> bool,
    out: &'w mut Vec<u8>,
    way: Vec<Step<'d>>,
    /// The members of every object that is being written, outermost first: one buffer for all.
    members: Vec<(Value<'d>, Value<'d>)>,
}

impl<'d> Writer<'_, 'd> {
    fn value(&mut self, value: Value<'d>) {
        match value.kind() {
            Kind::Null | Kind::Bool | Kind::Number => self.text(value.literal()),
            Kind::String => self.string(value),
            Kind::Array => self.array(value),
            Kind::Object => self.object(value),
        }
    }

    fn array(&mut self, array: Value<'d>) {
        self.out.push(b'[');
        for (index, element) in array.elements().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.way.push(Step::Index(index));
            self.value(element);
            self.way.pop();
        }
        self.out.push(b']');
    }

    fn object(&mut self, object: Value<'d>) {
        let first = self.members.len();
        self.members.extend(object.entries());
        self.members[first..].sort_unstable_by(|(a, _), (b, _)| a.raw().compare(b.raw()));
        self.out.push(b'{');
        let empty = self.out.len();
        for index in first..self.members.len() {
            let (key, value) = self.members[index];
            self.way.push(Step::Key(key.raw().decoded()));
            if !(self.leave_out)(&self.way) {
                if self.out.len() > empty {
                    self.out.push(b',');
                }
                self.string(key);
                self.out.push(b':');
                self.value(value);
            }
            self.way.pop();
        }
        self.out.push(b'}');
        self.members.truncate(first);
    }

    /// A string without escapes already is as it must be: it holds nothing that needs one.
    fn string(&mut self, string: Value<'d>) {
        let raw = string.raw();
        if !raw.escaped {
            self.text(string.literal());
            return;
        }
        self.out.push(b'"');
        for character in raw.characters() {
            self.character(character);
        }
        self.out.push(b'"');
    }

    fn character(&mut self, character: char) {
        match character {
            '"' => self.text("\\\""),
            '\\' => self.text("\\\\"),
            '\u{8}' => self.text("\\b"),
            '\t' => self.text("\\t"),
            '\n' => self.text("\\n"),
            '\u{c}' => self.text("\\f"),
            '\r' => self.text("\\r"),
            '\0'..='\u{1f}' => self.text(&format!("\\u{:04x}", u32::from(character))),
            plain => self.text(plain.encode_utf8(&mut [0; 4])),
        }
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}
