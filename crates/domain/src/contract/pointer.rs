//! Pointers of a contract: `/a/b` from the root, `./x` from the innermost element, `../x` from its
//! parent, `*` for every element of an array.
//!
//! They are compiled once, when the contract is loaded. Evaluating one walks the body and never
//! fails: what is not there is `None`.

use std::borrow::Cow;

use crate::reader::{Kind, Value};

/// A compiled pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    base: Base,
    steps: Vec<Step>,
}

/// From where a pointer starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Root,
    Innermost,
    Parent,
}

/// One step of a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(Box<str>),
    Every,
}

/// An element that a loop stands at.
#[derive(Clone, Debug)]
pub(super) struct Element<'d> {
    /// The element itself.
    pub(super) value: Value<'d>,
    /// A member whose JSON-in-a-string was read: its name and what it holds.
    pub(super) unfolded: Option<(&'d str, Value<'d>)>,
    /// The way to it, for messages.
    pub(super) at: String,
}

/// Where a pointer is evaluated: the body, and the elements that the loops stand at.
#[derive(Clone, Debug)]
pub(super) struct Scope<'d> {
    pub(super) root: Value<'d>,
    pub(super) elements: Vec<Element<'d>>,
}

impl Pointer {
    /// Compiles a pointer, or says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (base, rest) = if text.is_empty() {
            return Ok(Self {
                base: Base::Root,
                steps: Vec::new(),
            });
        } else if let Some(rest) = text.strip_prefix("../") {
            (Base::Parent, rest)
        } else if let Some(rest) = text.strip_prefix("./") {
            (Base::Innermost, rest)
        } else if let Some(rest) = text.strip_prefix('/') {
            (Base::Root, rest)
        } else {
            return Err(format!(
                "`{text}` is not a pointer: begin with `/`, `./` or `../`"
            ));
        };
        let mut steps = Vec::new();
        for segment in rest.split('/') {
            if segment.is_empty() {
                return Err(format!("`{text}` has an empty step"));
            }
            steps.push(match segment {
                "*" => Step::Every,
                _ => Step::Key(segment.replace("~1", "/").replace("~0", "~").into()),
            });
        }
        Ok(Self { base, steps })
    }

    pub(super) fn base(&self) -> Base {
        self.base
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.steps.contains(&Step::Every)
    }

    /// The one value that it points at (the first, where it has a wildcard).
    pub(super) fn one<'d>(&self, scope: &Scope<'d>) -> Option<Value<'d>> {
        let (mut value, steps) = self.start(scope)?;
        for step in steps {
            value = match step {
                Step::Key(key) => value.get(key)?,
                Step::Every => value.elements().next()?,
            };
        }
        Some(value)
    }

    /// Every value that it points at.
    pub(super) fn all<'d>(&self, scope: &Scope<'d>) -> Vec<Value<'d>> {
        let Some((start, steps)) = self.start(scope) else {
            return Vec::new();
        };
        let mut values = vec![start];
        for step in steps {
            values = match step {
                Step::Key(key) => values.iter().filter_map(|it| it.get(key)).collect(),
                Step::Every => values.iter().flat_map(Value::elements).collect(),
            };
        }
        values
    }

    /// The text of the one value: a string's characters, or a number's literal. Empty is absent.
    pub(super) fn text<'d>(&self, scope: &Scope<'d>) -> Option<Cow<'d, str>> {
        self.one(scope).and_then(text_of)
    }

    /// The way from the root of the body to where it points, for a message.
    pub(super) fn way(&self, scope: &Scope<'_>) -> String {
        let from = match self.base {
            Base::Root => "",
            Base::Innermost => scope.elements.last().map_or("", |it| it.at.as_str()),
            Base::Parent => scope
                .elements
                .iter()
                .rev()
                .nth(1)
                .map_or("", |it| it.at.as_str()),
        };
        let mut way = from.to_owned();
        for step in &self.steps {
            way.push('/');
            match step {
                Step::Key(key) => way.push_str(&escape(key)),
                Step::Every => way.push('*'),
            }
        }
        way
    }

    fn start<'d>(&self, scope: &Scope<'d>) -> Option<(Value<'d>, &[Step])> {
        let element = match self.base {
            Base::Root => return Some((scope.root, &self.steps)),
            Base::Innermost => scope.elements.last()?,
            Base::Parent => scope.elements.iter().rev().nth(1)?,
        };
        if let (Some((name, inner)), [Step::Key(key), rest @ ..]) =
            (element.unfolded, self.steps.as_slice())
            && **key == *name
        {
            return Some((inner, rest));
        }
        Some((element.value, &self.steps))
    }
}

/// One segment of a JSON Pointer.
pub(super) fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        return Cow::Owned(key.replace('~', "~0").replace('/', "~1"));
    }
    Cow::Borrowed(key)
}

/// A string's characters or a number's or truth value's literal; null, empty and containers are
/// absent.
pub(super) fn text_of(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value.kind() {
        Kind::String => value.text().filter(|it| !it.is_empty()),
        Kind::Number | Kind::Bool => Some(Cow::Borrowed(value.literal())),
        Kind::Null | Kind::Array | Kind::Object => None,
    }
}
