//! Checks, at load, that a pointer of the extension can lead somewhere in the schema.
//!
//! A misspelt pointer would read nothing, silently and for ever; here it is a mistake with a line.

use serde_json::Value as Json;

use super::{
    load::schema_steps,
    mistake::{Mistakes, Place},
    pointer::{Base, Pointer},
    rules::PartRule,
    schema::{leads_somewhere, types_at},
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

    /// Which kinds of value the schemas allow for an id at `pointer`: text, number. Where no edition
    /// says, both are.
    pub(super) fn id_kinds(&self, pointer: &Pointer, loops: &[Way]) -> (bool, bool) {
        let Some(way) = self.way(pointer, loops) else {
            return (true, true);
        };
        let (schemas, way) = self.schemas_of(&way);
        let steps: Vec<_> = way.iter().map(Option::as_deref).collect();
        let types: Option<Vec<_>> = schemas
            .iter()
            .map(|it| types_at(it, self.components, &steps))
            .collect();
        let Some(types) = types.filter(|it| !it.is_empty()) else {
            return (true, true);
        };
        let any = |names: &[&str]| {
            types
                .iter()
                .flatten()
                .any(|it| names.contains(&it.as_str()))
        };
        (any(&["string"]), any(&["integer", "number"]))
    }

    fn leads(&self, way: &[Option<String>]) -> bool {
        let (schemas, way) = self.schemas_of(way);
        let steps: Vec<_> = way.iter().map(Option::as_deref).collect();
        schemas.is_empty()
            || schemas
                .iter()
                .any(|it| leads_somewhere(it, self.components, &steps))
    }

    /// The schemas that say what is at `way`, and the rest of the way inside them: those of the
    /// body, or the one of the JSON inside a string.
    fn schemas_of<'w>(&self, way: &'w [Option<String>]) -> (&[Json], &'w [Option<String>]) {
        if let Some((rule, inner)) = self.parts {
            let array = owned(schema_steps(rule.each.steps()));
            let member = array.len() + 1;
            let is_inside = way
                .get(member)
                .is_some_and(|it| it.as_deref() == Some(&*rule.json));
            if way.starts_with(&array) && is_inside {
                return (std::slice::from_ref(inner), &way[member + 1..]);
            }
        }
        (self.schemas, way)
    }
}

fn owned<'s>(steps: impl Iterator<Item = Option<&'s str>>) -> Way {
    steps.map(|it| it.map(str::to_owned)).collect()
}
