//! The pass itself: from text to nodes, each byte looked at once, never recursing.
//!
//! What is open is a stack of its own, bounded by [`MAX_DEPTH`]. Between two steps one thing holds:
//! the scan stands at the first byte of a value (or of what wrongly stands in its place).

use super::{
    MAX_DEPTH,
    document::{Kind, Node},
    duplicate::{Duplicates, MembersOf},
    error::Fault,
    string::{Raw, end_of_string},
};
use crate::receipt::ViolationCode;

/// Keys that start so make a JSON library change the type of their value.
const RESERVED: &str = "$serde_json::private::";

/// Reads the text into nodes, in the order of their first bytes: an array's or object's node is
/// followed by what it holds, a member's key by its value.
pub(super) fn nodes(text: &str) -> Result<Vec<Node>, Fault> {
    if u32::try_from(text.len()).is_err() {
        return Err(Fault::not_json(0, "the text is longer than 4 GiB"));
    }
    if text.starts_with('\u{feff}') {
        return Err(Fault::not_json(0, "the text starts with a byte order mark"));
    }
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        at: 0,
        // A typical body has a value or key for every dozen bytes; others grow as they need.
        nodes: Vec::with_capacity(text.len() / 12 + 4),
        open: Vec::with_capacity(16),
        duplicates: Duplicates::default(),
    };
    scan.skip_space();
    loop {
        match scan.value()? {
            Next::Value => {}
            Next::Whatever if scan.after_value()? => {}
            Next::Whatever => return Ok(scan.nodes),
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    open: Vec<Open>,
    duplicates: Duplicates,
}

/// An array or object that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    node: usize,
    kind: Kind,
    /// How many members it has so far.
    members: usize,
}

/// What must follow.
enum Next {
    /// A value: something was opened.
    Value,
    /// A comma, a closing bracket, or the end: a value is complete.
    Whatever,
}

impl Scan<'_> {
    /// Reads the value at hand: all of a scalar, or what opens an array or object.
    fn value(&mut self) -> Result<Next, Fault> {
        match self.bytes.get(self.at) {
            Some(b'"') => self.string()?,
            Some(b'{') => return self.opening(Kind::Object, b'}'),
            Some(b'[') => return self.opening(Kind::Array, b']'),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool)?,
            Some(b'f') => self.word("false", Kind::Bool)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) => return Err(Fault::not_json(self.at, "expected a value")),
            None => {
                return Err(Fault::not_json(
                    self.at,
                    "the text ends where a value should be",
                ));
            }
        }
        Ok(Next::Whatever)
    }

    /// Goes on after a complete value; false at the end of the text.
    fn after_value(&mut self) -> Result<bool, Fault> {
        loop {
            self.skip_space();
            let Some(open) = self.open.last().copied() else {
                if self.at < self.bytes.len() {
                    return Err(Fault::not_json(
                        self.at,
                        "something follows the end of the JSON",
                    ));
                }
                return Ok(false);
            };
            let expected = match (open.kind, self.bytes.get(self.at)) {
                (_, Some(b',')) => {
                    self.at += 1;
                    self.skip_space();
                    if open.kind == Kind::Object {
                        self.key()?;
                    }
                    return Ok(true);
                }
                (Kind::Object, Some(b'}')) | (Kind::Array, Some(b']')) => {
                    self.closing(open)?;
                    continue;
                }
                (Kind::Object, Some(_)) => "expected `,` or `}`",
                (_, Some(_)) => "expected `,` or `]`",
                (Kind::Object, None) => "the text ends inside an object",
                (_, None) => "the text ends inside an array",
            };
            return Err(Fault::not_json(self.at, expected));
        }
    }

    fn opening(&mut self, kind: Kind, closing: u8) -> Result<Next, Fault> {
        if self.open.len() == MAX_DEPTH {
            let message = "arrays and objects are nested deeper than 128 levels";
            return Err(Fault::new(ViolationCode::TooDeep, self.at, message));
        }
        let open = Open {
            node: self.nodes.len(),
            kind,
            members: 0,
        };
        self.open.push(open);
        self.push(kind, false, self.at + 1);
        self.skip_space();
        if self.bytes.get(self.at) == Some(&closing) {
            self.closing(open)?;
            return Ok(Next::Whatever);
        }
        if kind == Kind::Object {
            self.key()?;
        }
        Ok(Next::Value)
    }

    fn closing(&mut self, open: Open) -> Result<(), Fault> {
        self.at += 1;
        self.open.pop();
        let next = mark(self.nodes.len());
        let node = &mut self.nodes[open.node];
        node.end = mark(self.at);
        node.next = next;
        if open.members > 1 {
            self.duplicates.check(MembersOf {
                text: self.text,
                nodes: &self.nodes,
                first: open.node + 1,
                count: open.members,
            })?;
        }
        Ok(())
    }

    /// Reads a member's key and colon, up to its value.
    fn key(&mut self) -> Result<(), Fault> {
        match self.bytes.get(self.at) {
            Some(b'"') => {}
            Some(_) => return Err(Fault::not_json(self.at, "expected a key in quotes")),
            None => {
                return Err(Fault::not_json(
                    self.at,
                    "the text ends where a key should be",
                ));
            }
        }
        let start = self.at;
        self.string()?;
        let escaped = self.nodes.last().is_some_and(|node| node.escaped);
        let raw = Raw {
            text: &self.text[start + 1..self.at - 1],
            escaped,
        };
        if (escaped && raw.decoded().starts_with(RESERVED)) || raw.text.starts_with(RESERVED) {
            let message = "this key is reserved by a JSON library";
            return Err(Fault::new(ViolationCode::ReservedKey, start, message));
        }
        if let Some(open) = self.open.last_mut() {
            open.members += 1;
        }
        self.skip_space();
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(Fault::not_json(self.at, "expected `:` after a key"));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        let (end, escaped) = end_of_string(self.bytes, self.at)?;
        self.push(Kind::String, escaped, end);
        Ok(())
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(Fault::not_json(self.at, "expected a value"));
        }
        self.push(kind, false, self.at + word.len());
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let end = end_of_number(self.bytes, self.at)
            .map_err(|at| Fault::not_json(at, "this is not a number as JSON writes them"))?;
        self.push(Kind::Number, false, end);
        Ok(())
    }

    /// Adds the node that stands from here to `end`, and goes there.
    fn push(&mut self, kind: Kind, escaped: bool, end: usize) {
        let next = mark(self.nodes.len() + 1);
        self.nodes.push(Node {
            start: mark(self.at),
            end: mark(end),
            next,
            kind,
            escaped,
        });
        self.at = end;
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }
}

/// Walks the number that starts at `start` and gives the position after it, or where it goes wrong.
pub(super) fn end_of_number(bytes: &[u8], start: usize) -> Result<usize, usize> {
    let digits = |from: usize| {
        let count = bytes.get(from..).unwrap_or_default().iter();
        match count.take_while(|byte| byte.is_ascii_digit()).count() {
            0 => Err(from),
            count => Ok(from + count),
        }
    };
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    at = if bytes.get(at) == Some(&b'0') {
        at + 1
    } else {
        digits(at)?
    };
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        return Err(at); // a leading zero
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at = digits(at + usize::from(matches!(bytes.get(at), Some(b'+' | b'-'))))?;
    }
    Ok(at)
}

/// A position as nodes keep it.
fn mark(at: usize) -> u32 {
    u32::try_from(at).expect("texts beyond 4 GiB are refused, and nodes are fewer than bytes")
}
