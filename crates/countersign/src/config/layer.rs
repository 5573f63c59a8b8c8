//! A tree of settings that remembers where each was written.
//!
//! Every layer (file, environment, flags) becomes such a tree; laying one over another replaces
//! values and lists whole and goes into tables. It does not know which keys exist: see `check`.

use std::collections::BTreeMap;

use super::mistake::Place;

/// A value and where it stands. It has no `Debug`, since any text may be a secret.
#[derive(Clone)]
pub(super) struct Node {
    /// What was written.
    pub(super) value: Value,
    /// Where the value stands.
    pub(super) place: Place,
    /// Where its name stands.
    pub(super) name_place: Place,
}

#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A kind that no key takes (a float, a date), by its TOML name.
    Other(&'static str),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Node {
    pub(super) fn new(value: Value, place: &Place) -> Self {
        Self {
            value,
            place: place.clone(),
            name_place: place.clone(),
        }
    }

    pub(super) fn empty_table() -> Self {
        Self::new(Value::Table(BTreeMap::new()), &Place::Default)
    }

    /// The node below, by name or by index.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else {
            return Some(self);
        };
        let next = match &self.value {
            Value::Table(members) => members.get(*first),
            Value::List(items) => first.parse::<usize>().ok().and_then(|it| items.get(it)),
            _ => None,
        };
        next.and_then(|it| it.get(rest))
    }

    /// The members of a table; none of anything else.
    pub(super) fn members(&self) -> impl Iterator<Item = (&String, &Self)> {
        match &self.value {
            Value::Table(members) => Some(members.iter()),
            _ => None,
        }
        .into_iter()
        .flatten()
    }

    /// The items of a list, or the single value that stands for a list of one.
    pub(super) fn items(&self) -> Vec<&Self> {
        match &self.value {
            Value::List(items) => items.iter().collect(),
            Value::Table(_) => Vec::new(),
            _ => vec![self],
        }
    }

    /// The value as the text that an environment variable would hold.
    pub(super) fn text(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Boolean(it) => Some(it.to_string()),
            Value::Other(_) | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// Lays `over` on this tree.
    pub(super) fn overlay(&mut self, over: Self) {
        match (&mut self.value, over.value) {
            (Value::Table(members), Value::Table(stronger)) => {
                for (name, node) in stronger {
                    match members.get_mut(&name) {
                        Some(weaker) => weaker.overlay(node),
                        None => drop(members.insert(name, node)),
                    }
                }
                self.place = over.place;
                self.name_place = over.name_place;
            }
            (_, value) => {
                *self = Self {
                    value,
                    place: over.place,
                    name_place: over.name_place,
                };
            }
        }
    }
}
