//! Reads the changes out of a body, by the rules of its operation.
//!
//! The model of this file is `contracts/README.md`; every rule there has its function here. What a
//! body does not say is left out, never guessed. Nothing here refuses: an id that is missing is
//! reported to the caller, which knows what that costs.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use jiff::tz::Offset;

use super::{
    instant::parse_instant,
    pointer::{Base, Element, Pointer, Scope, text_of},
    rules::{ChangeRule, IdPointer, Named, RowRule},
    status,
};
use crate::{
    document::{Change, Row},
    money::Money,
    reader::{Kind, Value},
};

/// What is the same for every change of one message.
pub(super) struct Reading<'c> {
    pub(super) operation: &'c str,
    pub(super) version_pair: &'c [String; 2],
    pub(super) status_pair: &'c [String; 2],
    pub(super) zone: Offset,
    pub(super) part: u32,
}

/// An id that a change needs and the body does not have.
pub(super) struct MissingId {
    /// The way to it.
    pub(super) pointer: String,
    /// Whether it lies inside the part (and so concerns the part alone).
    pub(super) inside: bool,
}

/// Reads every change that `rule` finds in `scope`.
pub(super) fn changes(
    reading: &Reading<'_>,
    rule: &ChangeRule,
    scope: &Scope<'_>,
    changes: &mut Vec<Change>,
    missing: &mut Vec<MissingId>,
) {
    walk(
        &rule.each,
        scope,
        &mut |scope| match document_id(&rule.id, scope) {
            Ok(id) => changes.push(change(reading, rule, scope, id)),
            Err(pointer) => missing.push(MissingId {
                pointer: pointer.way(scope),
                inside: pointer.base() != Base::Root,
            }),
        },
    );
}

fn change(reading: &Reading<'_>, rule: &ChangeRule, scope: &Scope<'_>, id: String) -> Change {
    let told = status::told(reading, rule, scope);
    Change {
        document: Arc::clone(&rule.document),
        main: rule.main,
        id,
        part: reading.part,
        from: told.from,
        to: told.to,
        unreadable: told.unreadable,
        version: told.version,
        parties: facts(&rule.parties, scope),
        checks: told.action.into_iter().collect(),
        legs: told.legs,
        cause: cause(reading, rule, scope),
        at: rule
            .at
            .iter()
            .find_map(|it| it.text(scope))
            .and_then(|it| parse_instant(&it, reading.zone)),
        facts: facts(&rule.facts, scope),
        money: money(&rule.money, scope),
        rows: rows(&rule.rows, scope),
        links: facts(&rule.links, scope),
    }
}

/// The kind and id of the document that the message is mainly about, where the body names it
/// without being cut into parts.
pub(super) fn subject(rule: &ChangeRule, scope: &Scope<'_>) -> Option<(Arc<str>, String)> {
    let mut subject = None;
    walk(&rule.each, scope, &mut |scope| {
        if subject.is_none() {
            let id = document_id(&rule.id, scope).ok();
            subject = id.map(|id| (Arc::clone(&rule.document), id));
        }
    });
    subject
}

/// What a member says, as text: absent, null and empty say nothing; an object or array, where a
/// text was expected, says its literal.
pub(super) fn said<'d>(at: &Pointer, scope: &Scope<'d>) -> Cow<'d, str> {
    match at.one(scope) {
        Some(value) if matches!(value.kind(), Kind::Array | Kind::Object) => {
            Cow::Borrowed(value.literal())
        }
        Some(value) => text_of(value).unwrap_or_default(),
        None => Cow::default(),
    }
}

fn cause(reading: &Reading<'_>, rule: &ChangeRule, scope: &Scope<'_>) -> String {
    if rule.cause.is_empty() {
        let operation = reading.operation;
        return operation
            .rsplit_once('.')
            .map_or(operation, |(act, _)| act)
            .to_owned();
    }
    let pieces = rule
        .cause
        .iter()
        .map(|it| it.text(scope).unwrap_or_default());
    pieces.collect::<Vec<_>>().join("/")
}

fn facts(named: &Named, scope: &Scope<'_>) -> BTreeMap<Arc<str>, String> {
    let fact = |(name, at): &(Arc<str>, Pointer)| (Arc::clone(name), said(at, scope).into_owned());
    named
        .iter()
        .map(fact)
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn money(named: &Named, scope: &Scope<'_>) -> BTreeMap<Arc<str>, Money> {
    let amount = |(name, at): &(Arc<str>, Pointer)| {
        Some((Arc::clone(name), Money::from_value(at.one(scope)?).ok()?))
    };
    named.iter().filter_map(amount).collect()
}

fn rows(rules: &[RowRule], scope: &Scope<'_>) -> BTreeMap<Arc<str>, Vec<Row>> {
    let mut all = BTreeMap::new();
    for rule in rules {
        let mut rows = Vec::new();
        walk(&rule.each, scope, &mut |scope| {
            // A row that nothing tells from its siblings cannot be merged, so it is left out.
            if let Some(key) = joined(&rule.key, scope) {
                rows.push(Row {
                    key,
                    facts: facts(&rule.facts, scope),
                    money: money(&rule.money, scope),
                    checks: Vec::new(),
                });
            }
        });
        if !rows.is_empty() {
            all.insert(Arc::clone(&rule.name), rows);
        }
    }
    all
}

/// The pieces of a row's key, joined by `/`; none where one is missing.
pub(super) fn joined(pieces: &[Pointer], scope: &Scope<'_>) -> Option<String> {
    let pieces: Option<Vec<_>> = pieces.iter().map(|it| it.text(scope)).collect();
    Some(pieces?.join("/"))
}

impl IdPointer {
    /// The id that a value is: a text or a number, as the schema says; anything else, and the empty
    /// text, is a missing id.
    pub(super) fn text_of<'d>(&self, value: Value<'d>) -> Option<Cow<'d, str>> {
        let right = match value.kind() {
            Kind::String => self.text,
            Kind::Number => self.number,
            Kind::Null | Kind::Bool | Kind::Array | Kind::Object => false,
        };
        text_of(value).filter(|_| right)
    }
}

/// The pieces of a document's id, joined by `/`; or the first pointer that finds none.
fn document_id<'p>(pieces: &'p [IdPointer], scope: &Scope<'_>) -> Result<String, &'p Pointer> {
    let mut id = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            id.push('/');
        }
        let text = piece.at.one(scope).and_then(|it| piece.text_of(it));
        id.push_str(&text.ok_or(&piece.at)?);
    }
    Ok(id)
}

/// Calls `visit` at every element that the loops `each` reach, one loop inside the other.
pub(super) fn walk<'d>(each: &[Pointer], scope: &Scope<'d>, visit: &mut dyn FnMut(&Scope<'d>)) {
    let Some((outer, inner)) = each.split_first() else {
        visit(scope);
        return;
    };
    let Some(array) = outer.one(scope) else {
        return;
    };
    let way = outer.way(scope);
    let mut nested = scope.clone();
    for (index, value) in array.elements().enumerate() {
        nested.elements.push(Element {
            value,
            unfolded: None,
            at: format!("{way}/{index}"),
        });
        walk(inner, &nested, visit);
        nested.elements.pop();
    }
}
