//! Mistakes in a contract file, and a way to read its tree that collects all of them.

use std::fmt;

use super::yaml::{Data, Node};

/// One mistake in a contract file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: u32,
    /// Where in the tree, as a JSON Pointer.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Mistake {
    pub(super) fn new(line: u32, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            line,
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The root has no pointer to show.
        let separator = if self.pointer.is_empty() { "" } else { ": " };
        write!(
            f,
            "{}: {}{separator}{}",
            self.line, self.pointer, self.message
        )
    }
}

/// Every mistake found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// All of them by line, or none.
    pub(super) fn into_result(mut self) -> Result<(), Vec<Mistake>> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort();
        self.0.dedup();
        Err(self.0)
    }
}

/// A node together with the way to it, for messages.
#[derive(Clone, Debug)]
pub(super) struct Place<'y> {
    pub(super) node: &'y Node,
    pub(super) pointer: String,
}

impl<'y> Place<'y> {
    pub(super) fn root(node: &'y Node) -> Self {
        Self {
            node,
            pointer: String::new(),
        }
    }

    /// Notes a mistake here.
    pub(super) fn wrong(&self, mistakes: &mut Mistakes, message: impl Into<String>) {
        mistakes.push(Mistake::new(self.node.line, self.pointer.clone(), message));
    }

    /// The member `key`, where there is one.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| Self {
            node,
            pointer: self.under(key),
        })
    }

    /// The node that a JSON Pointer leads to from here, or the last one on the way.
    pub(super) fn at(&self, pointer: &str) -> Self {
        let mut here = self.clone();
        for segment in pointer.split('/').skip(1) {
            let key = segment.replace("~1", "/").replace("~0", "~");
            let index = key.parse::<usize>().ok();
            let next = match (&here.node.data, index) {
                (Data::List(items), Some(index)) => items.get(index),
                _ => here.node.get(&key),
            };
            let Some(node) = next else { break };
            here = Self {
                node,
                pointer: here.under(&key),
            };
        }
        here
    }

    /// The member `key`; its absence is a mistake.
    pub(super) fn need(&self, key: &str, mistakes: &mut Mistakes) -> Option<Self> {
        let found = self.get(key);
        if found.is_none() {
            self.wrong(mistakes, format!("`{key}` is missing"));
        }
        found
    }

    /// Notes every member whose name is not among `known`, with the nearest right name.
    pub(super) fn only(&self, known: &[&str], mistakes: &mut Mistakes) {
        for (entry_line, key, _) in self.entries(mistakes) {
            if known.contains(&key) {
                continue;
            }
            let nearest = known
                .iter()
                .map(|it| (strsim::damerau_levenshtein(it, key), *it))
                .min()
                .filter(|(distance, _)| *distance <= (key.len() / 3).max(1));
            let hint = match nearest {
                Some((_, name)) => format!("; did you mean `{name}`?"),
                None => format!("; known here: {}", known.join(", ")),
            };
            let pointer = self.under(key);
            mistakes.push(Mistake::new(
                entry_line,
                pointer,
                format!("`{key}` is unknown{hint}"),
            ));
        }
    }

    /// The members of a mapping: line, key, place.
    pub(super) fn entries(&self, mistakes: &mut Mistakes) -> Vec<(u32, &'y str, Self)> {
        let Data::Map(entries) = &self.node.data else {
            self.wrong(
                mistakes,
                format!("a mapping is needed here, not {}", self.node.kind()),
            );
            return Vec::new();
        };
        entries
            .iter()
            .map(|it| {
                let place = Self {
                    node: &it.value,
                    pointer: self.under(&it.key),
                };
                (it.line, it.key.as_str(), place)
            })
            .collect()
    }

    /// The elements of a list.
    pub(super) fn items(&self, mistakes: &mut Mistakes) -> Vec<Self> {
        let Data::List(items) = &self.node.data else {
            self.wrong(
                mistakes,
                format!("a list is needed here, not {}", self.node.kind()),
            );
            return Vec::new();
        };
        let place = |(index, node)| Self {
            node,
            pointer: format!("{}/{index}", self.pointer),
        };
        items.iter().enumerate().map(place).collect()
    }

    /// The elements of a list, or this itself as the only one.
    pub(super) fn one_or_many(&self, mistakes: &mut Mistakes) -> Vec<Self> {
        match self.node.data {
            Data::List(_) => self.items(mistakes),
            _ => vec![self.clone()],
        }
    }

    /// A text.
    pub(super) fn text(&self, mistakes: &mut Mistakes) -> Option<&'y str> {
        match &self.node.data {
            Data::Text(text) => Some(text),
            _ => {
                self.wrong(
                    mistakes,
                    format!("a text is needed here, not {}", self.node.kind()),
                );
                None
            }
        }
    }

    /// True or false.
    pub(super) fn flag(&self, mistakes: &mut Mistakes) -> bool {
        match self.node.data {
            Data::Bool(it) => it,
            _ => {
                self.wrong(mistakes, "true or false is needed here");
                false
            }
        }
    }

    fn under(&self, key: &str) -> String {
        format!(
            "{}/{}",
            self.pointer,
            key.replace('~', "~0").replace('/', "~1")
        )
    }
}
