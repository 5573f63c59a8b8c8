//! Checks, at load, that a pointer of the extension can lead somewhere in the schema.
//!
//! A misspelt pointer would read nothing, silently and for ever; here it is a mistake with a line.

use serde_json::Value as Json;

use super::{
    load::schema_steps,
    mistake::{Mistakes, Place},
    pointer::{Base, Pointer},
    rules::PartRule,
    schema::leads_somewhere,
};

/// The schemas that the pointers of one operation must fit: any edition will do.
pub(super) struct Outline<'s> {
    pub(super) schemas: &'s [Json],
    pub(super) components: &'s Json,
    /// The part rule and the schema of the JSON inside the string.
    pub(super) parts: Option<(&'s PartRule, &'s Json)>,
}

/// The way from the root to the elements of one loop.
pub(super) type Way = Vec<Option<String>>;

impl Outline<'_> {
    /// The loop that stands around everything: the parts, where there are any.
    pub(super) fn outermost(&self) -> Vec<Way> {
        let way = |(rule, _): &(&PartRule, &Json)| {
            let mut way: Way = owned(schema_steps(rule.each.steps()));
            way.push(None);
            way
        };
        self.parts.iter().map(way).collect()
    }

    /// The way to what `pointer` means inside `loops`.
    pub(super) fn way(&self, pointer: &Pointer, loops: &[Way]) -> Option<Way> {
        let mut way = match pointer.base() {
            Base::Root => Vec::new(),
            Base::Innermost => loops.last()?.clone(),
            Base::Parent => loops.iter().rev().nth(1)?.clone(),
        };
        way.extend(owned(schema_steps(pointer.steps())));
        Some(way)
    }

    /// Notes a mistake at `place` if `pointer` can lead nowhere.
    pub(super) fn check(
        &self,
        pointer: &Pointer,
        loops: &[Way],
        place: &Place<'_>,
        mistakes: &mut Mistakes,
    ) {
        let Some(way) = self.way(pointer, loops) else {
            place.wrong(
                mistakes,
                "there is no loop around this pointer: begin it with `/`",
            );
            return;
        };
        if !self.leads(&way) {
            place.wrong(
                mistakes,
                "no edition of the schema has anything at this pointer",
            );
        }
    }

    fn leads(&self, way: &[Option<String>]) -> bool {
        let steps: Vec<_> = way.iter().map(Option::as_deref).collect();
        if let Some((rule, inner)) = self.parts {
            let into = rule.each.steps().len() + 1;
            let elements = owned(schema_steps(rule.each.steps()));
            if way.starts_with(&elements)
                && way.len() > into
                && way[into].as_deref() == Some(&*rule.json)
            {
                return leads_somewhere(inner, self.components, &steps[into + 1..]);
            }
        }
        self.schemas.is_empty()
            || self
                .schemas
                .iter()
                .any(|it| leads_somewhere(it, self.components, &steps))
    }
}

fn owned<'s>(steps: impl Iterator<Item = Option<&'s str>>) -> Way {
    steps.map(|it| it.map(str::to_owned)).collect()
}
