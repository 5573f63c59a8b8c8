//! Bounds of what one body can make us write: violations, parts and changes.
//!
//! A body is bounded in bytes before it is read, but a few bytes can break a rule each. Beyond these
//! bounds it is no message that anybody meant: it is refused, whatever the source says, and kept.

use super::{Operation, parts::PartReading, pointer::Scope};
use crate::receipt::{Violation, ViolationCode};

/// The most violations that are told of one body.
pub(super) const MOST_VIOLATIONS: usize = 1_000;

/// The most elements of an array whose elements are parts or documents.
const MOST_ELEMENTS: usize = 10_000;

impl Operation {
    /// The violation of a body with more parts or documents than any message has.
    pub(super) fn overlong(&self, scope: &Scope<'_>) -> Option<Violation> {
        let arrays = self.changes.iter().filter_map(|it| it.each.first());
        let arrays = self.parts.iter().map(|it| &it.each).chain(arrays);
        let mut overlong = arrays.filter(|it| {
            let elements = it.one(scope).map(|array| array.elements());
            elements.is_some_and(|mut it| it.nth(MOST_ELEMENTS).is_some())
        });
        overlong.next().map(|it| Violation {
            code: ViolationCode::TooMany,
            pointer: it.way(scope),
            message: format!("more than {MOST_ELEMENTS} elements; none of them is read"),
        })
    }
}

/// Keeps the first violations, those of the whole before those of its parts.
pub(super) fn cut(violations: &mut Vec<Violation>, parts: &mut [PartReading]) {
    let lists =
        std::iter::once(&mut *violations).chain(parts.iter_mut().map(|it| &mut it.violations));
    let (mut room, mut more) = (MOST_VIOLATIONS, false);
    for list in lists {
        more |= list.len() > room;
        list.truncate(room);
        room -= list.len();
    }
    if more {
        violations.push(Violation {
            code: ViolationCode::TooMany,
            pointer: String::new(),
            message: format!(
                "more than {MOST_VIOLATIONS} rules are broken; the rest is not listed"
            ),
        });
    }
}
