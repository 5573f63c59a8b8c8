//! The parts of a body: each element that stands for itself, with the JSON inside its string read.

use std::borrow::Cow;

use super::{
    Operation,
    bounds::MOST_VIOLATIONS,
    extract::{self, MissingId, Reading},
    pointer::{Element, Scope, escape},
    rules::PartRule,
    totals,
};
use crate::{
    document::Change,
    reader::{self, Kind, Value},
    receipt::{Violation, ViolationCode},
};

/// What one part says.
#[derive(Default)]
pub(super) struct PartReading {
    pub(super) changes: Vec<Change>,
    /// What is broken inside this part alone.
    pub(super) violations: Vec<Violation>,
    /// Ids that the whole message lacks.
    pub(super) missing: Vec<String>,
    /// Its JSON cannot be read or it has no id, so that there is nothing to apply.
    pub(super) unreadable: bool,
}

/// Reads every part of a body; a body that is not cut into parts is one part.
///
/// It stops once more rules are broken than are told: the message is refused then.
///
/// # Errors
///
/// The way to the array of parts, where there is none.
pub(super) fn read(
    operation: &Operation,
    reading: &mut Reading<'_>,
    scope: &Scope<'_>,
) -> Result<Vec<PartReading>, String> {
    let Some(rule) = &operation.parts else {
        let mut part = PartReading::default();
        part.extract(operation, reading, scope);
        return Ok(vec![part]);
    };
    let array = rule.each.one(scope).filter(|it| it.kind() == Kind::Array);
    let way = rule.each.way(scope);
    let Some(array) = array else { return Err(way) };
    let mut parts: Vec<PartReading> = Vec::new();
    let mut broken = 0;
    for (index, element) in array.elements().enumerate() {
        reading.part = u32::try_from(index).unwrap_or(u32::MAX);
        let element = Element {
            value: element,
            unfolded: None,
            at: format!("{way}/{index}"),
        };
        let part = PartReading::of(operation, rule, reading, scope.root, element);
        broken += part.violations.len();
        parts.push(part);
        if broken > MOST_VIOLATIONS {
            break;
        }
    }
    Ok(parts)
}

impl Operation {
    /// The element of a body that is one of its parts; the body itself where it is not cut.
    #[must_use]
    pub fn element_of_part<'d>(&self, root: Value<'d>, part: u32) -> Option<Value<'d>> {
        let Some(rule) = &self.parts else {
            return (part == 0).then_some(root);
        };
        let scope = Scope {
            root,
            elements: Vec::new(),
        };
        let array = rule.each.one(&scope)?;
        array.elements().nth(usize::try_from(part).ok()?)
    }
}

/// The text that holds JSON: a member, or the element itself, which then stands for that member.
fn text<'d>(rule: &PartRule, element: Value<'d>) -> Option<Cow<'d, str>> {
    if element.kind() == Kind::String {
        return element.text();
    }
    element.get(&rule.json).and_then(|it| it.text())
}

impl PartReading {
    /// Reads one element of the array of parts.
    fn of(
        operation: &Operation,
        rule: &PartRule,
        reading: &Reading<'_>,
        root: Value<'_>,
        element: Element<'_>,
    ) -> Self {
        let mut part = Self::default();
        let way = format!("{}/{}", element.at, escape(&rule.json));
        let Some(text) = text(rule, element.value) else {
            part.unreadable("is not a text with JSON inside".to_owned(), way);
            return part;
        };
        match reader::read(text.as_bytes()) {
            Err(error) => part.unreadable(format!("the JSON inside cannot be read: {error}"), way),
            Ok(inner) => {
                let schema = operation.inner.as_ref();
                let broken = schema.map(|it| it.violations(inner.root()));
                for mut violation in broken.unwrap_or_default() {
                    violation.pointer.insert_str(0, &way);
                    part.violations.push(violation);
                }
                let unfolded = Some((&*rule.json, inner.root()));
                let elements = vec![Element {
                    unfolded,
                    ..element
                }];
                part.extract(operation, reading, &Scope { root, elements });
            }
        }
        part
    }

    fn extract(&mut self, operation: &Operation, reading: &Reading<'_>, scope: &Scope<'_>) {
        let mut missing = Vec::new();
        for rule in &operation.changes {
            extract::changes(reading, rule, scope, &mut self.changes, &mut missing);
        }
        let is_part_of_many = operation.parts.is_some();
        for MissingId { pointer, inside } in missing {
            if inside && is_part_of_many {
                self.violations.push(missing_id(pointer));
                self.unreadable = true;
            } else {
                self.missing.push(pointer);
            }
        }
        if self.unreadable {
            self.changes.clear();
        }
        let rules = operation.totals.iter().filter(|it| it.inside);
        totals::check(rules, scope, &mut self.changes);
    }

    fn unreadable(&mut self, message: String, pointer: String) {
        let code = ViolationCode::PartUnreadable;
        self.violations.push(Violation {
            code,
            pointer,
            message,
        });
        self.unreadable = true;
    }
}

/// The violation of a body that lacks an id.
pub(super) fn missing_id(pointer: String) -> Violation {
    let message = "a text that is not empty, or a number, is needed here: it identifies the message \
                   or its document";
    Violation {
        code: ViolationCode::Id,
        pointer,
        message: message.to_owned(),
    }
}
