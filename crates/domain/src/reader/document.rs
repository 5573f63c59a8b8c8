//! What the reader leaves: nodes in a flat array, and [`Value`], a view of one of them.
//!
//! A node says where its value stands in the text and which node follows its inside, so walking
//! over a whole subtree costs one step. Nothing is decoded before somebody asks for it.

use std::{borrow::Cow, fmt, iter, ops::Range};

use super::string::Raw;

/// The six kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number of any size, kept as its literal.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// One value, or one key of a member, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The index of the first node after this one and all that it holds.
    pub(super) next: u32,
    pub(super) kind: Kind,
    /// Whether it is a string with escapes.
    pub(super) escaped: bool,
}

impl Node {
    fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What stands between a string's quotes.
    pub(super) fn raw(self, text: &str) -> Raw<'_> {
        let span = self.span();
        Raw {
            text: &text[span.start + 1..span.end - 1],
            escaped: self.escaped,
        }
    }
}

/// A body that keeps every rule of the reader.
#[derive(Clone)]
pub struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str, nodes: Vec<Node>) -> Self {
        Self { text, nodes }
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Value<'_> {
        Value {
            text: self.text,
            nodes: &self.nodes,
            index: 0,
        }
    }

    /// The text as it was read.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.text
    }
}

/// Bodies hold bank details: debug output says how large one is, not what is in it.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("bytes", &self.text.len())
            .field("nodes", &self.nodes.len())
            .finish()
    }
}

/// One value of a document. It is small: pass it by value.
#[derive(Clone, Copy)]
pub struct Value<'d> {
    text: &'d str,
    nodes: &'d [Node],
    index: usize,
}

impl<'d> Value<'d> {
    fn node(self) -> Node {
        self.nodes[self.index]
    }

    fn sibling(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// Which kind of value it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.node().kind
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.literal() == "true")
    }

    /// A string's characters, decoded; borrowed where it has no escapes. No other kind has any.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'d, str>> {
        (self.kind() == Kind::String).then(|| self.raw().decoded())
    }

    /// Exactly what stands in the source, a string's quotes included.
    #[must_use]
    pub fn literal(&self) -> &'d str {
        &self.text[self.span()]
    }

    /// The bytes of the source that it stands in.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.node().span()
    }

    /// Where it stands, as two numbers that no other living value has: its document and its place
    /// in it.
    pub(crate) fn place(&self) -> (usize, u32) {
        let index = u32::try_from(self.index).expect("a document has fewer than 2^32 nodes");
        (self.nodes.as_ptr().addr(), index)
    }

    /// The member of that key, where this is an object that has one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        self.entries()
            .find(|(name, _)| name.raw().is(key))
            .map(|(_, value)| value)
    }

    /// The element at that place, counted from 0, where this is an array that has one.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Self> {
        self.elements().nth(index)
    }

    /// An array's elements in their order; nothing for any other kind.
    #[must_use]
    pub fn elements(&self) -> Elements<'d> {
        Elements {
            inside: Inside::of(*self, Kind::Array),
        }
    }

    /// An object's members in their order, keys decoded; nothing for any other kind.
    #[must_use]
    pub fn members(&self) -> Members<'d> {
        Members {
            inside: Inside::of(*self, Kind::Object),
        }
    }

    /// How many elements or members it has; counting them takes a step for each.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.kind() {
            Kind::Array => self.elements().count(),
            Kind::Object => self.entries().count(),
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => 0,
        }
    }

    /// Whether it has no elements and no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.node().next as usize == self.index + 1
    }

    pub(super) fn raw(self) -> Raw<'d> {
        self.node().raw(self.text)
    }

    /// An object's members as the nodes of key and value.
    pub(super) fn entries(self) -> impl Iterator<Item = (Value<'d>, Value<'d>)> {
        let mut inside = Inside::of(self, Kind::Object);
        iter::from_fn(move || inside.member())
    }
}

/// Where it stands and what it is, but never the value itself.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.kind(), self.span())
    }
}

/// A walk over the nodes directly inside an array or object.
#[derive(Clone, Debug)]
struct Inside<'d> {
    next: Value<'d>,
    end: usize,
}

impl<'d> Inside<'d> {
    /// Walks inside a value of that kind; any other has no inside.
    fn of(value: Value<'d>, kind: Kind) -> Self {
        let end = if value.kind() == kind {
            value.node().next as usize
        } else {
            0
        };
        Self {
            next: value.sibling(value.index + 1),
            end,
        }
    }

    fn value(&mut self) -> Option<Value<'d>> {
        let this = self.next;
        if this.index >= self.end {
            return None;
        }
        self.next = this.sibling(this.node().next as usize);
        Some(this)
    }

    fn member(&mut self) -> Option<(Value<'d>, Value<'d>)> {
        Some((self.value()?, self.value()?))
    }
}

/// The elements of an array.
#[derive(Clone)]
pub struct Elements<'d> {
    inside: Inside<'d>,
}

impl<'d> Iterator for Elements<'d> {
    type Item = Value<'d>;

    fn next(&mut self) -> Option<Value<'d>> {
        self.inside.value()
    }
}

/// The members of an object.
#[derive(Clone)]
pub struct Members<'d> {
    inside: Inside<'d>,
}

impl<'d> Iterator for Members<'d> {
    type Item = (Cow<'d, str>, Value<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.inside.member()?;
        Some((key.raw().decoded(), value))
    }
}
