//! Loads the rules of an operation: identity, changes, totals, masks, expectations.

use std::sync::Arc;

use super::{
    load::{pointer, pointers},
    load_lifecycles::Lifecycles,
    load_operation::optional_pointers,
    mistake::{Mistakes, Place},
    outline::{Outline, Way},
    pointer::Pointer,
    rules::{ChangeRule, IdPointer, Named, RowRule, TotalRule},
};

/// The keys whose pointers may read many values.
const MANY: [&str; 4] = ["identity", "mask", "sum", "same"];
const ONE: &str = "`*` reads many values, and one is needed here";

/// What [`rules`] finds.
pub(super) struct Rules {
    pub(super) identity: Vec<IdPointer>,
    pub(super) volatile: Vec<Pointer>,
    pub(super) changes: Vec<ChangeRule>,
    pub(super) totals: Vec<TotalRule>,
    pub(super) mask: Vec<Pointer>,
}

/// Loads the rules under an operation's extension.
pub(super) fn rules(
    extension: &Place<'_>,
    outline: &Outline<'_>,
    lifecycles: &Lifecycles,
    mistakes: &mut Mistakes,
) -> Rules {
    let loader = Loader {
        outline,
        lifecycles,
        operation: extension,
    };
    if extension.get("identity").is_none() {
        let message = "`identity` is missing; write [] where only the changes identify the message";
        extension.wrong(mistakes, message);
    }
    let identity = loader.ids(extension, "identity", &[], mistakes);
    let volatile = loader.checked(extension, "volatile", mistakes);
    let mask = loader.checked(extension, "mask", mistakes);
    for key in ["settles", "expects"] {
        if let Some(place) = extension.get(key) {
            place.only(&["expectation", "of", "within", "assumed"], mistakes);
            place
                .need("expectation", mistakes)
                .and_then(|it| it.text(mistakes));
            loader.checked(&place, "of", mistakes);
        }
    }
    let changes = match extension.need("changes", mistakes) {
        Some(place) => place
            .items(mistakes)
            .iter()
            .filter_map(|it| loader.change(it, mistakes))
            .collect(),
        None => Vec::new(),
    };
    if let Some(place) = extension.get("changes")
        && changes.iter().filter(|it: &&ChangeRule| it.main).count() != 1
    {
        place.wrong(
            mistakes,
            "exactly one change has `main: true`: the event is about its document",
        );
    }
    Rules {
        identity,
        volatile,
        totals: loader.totals(extension, &changes, mistakes),
        changes,
        mask,
    }
}

/// What every rule is read against: the schemas, and the kinds of document.
pub(super) struct Loader<'l> {
    pub(super) outline: &'l Outline<'l>,
    pub(super) lifecycles: &'l Lifecycles,
    /// The extension of the operation, whose parties every change tells.
    operation: &'l Place<'l>,
}

impl Loader<'_> {
    /// Pointers under `key` that stand outside every loop.
    fn checked(&self, place: &Place<'_>, key: &str, mistakes: &mut Mistakes) -> Vec<Pointer> {
        self.pointers_at(place, key, &[], mistakes)
    }

    /// Pointers under `key` inside `loops`, each of which must lead somewhere.
    pub(super) fn pointers_at(
        &self,
        place: &Place<'_>,
        key: &str,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Vec<Pointer> {
        if let Some(at) = place.get(key) {
            for item in at.one_or_many(mistakes) {
                if let Some(found) = pointer(&item, mistakes) {
                    self.outline.check(&found, loops, &item, mistakes);
                    if found.has_wildcard() && !MANY.contains(&key) {
                        item.wrong(mistakes, ONE);
                    }
                }
            }
        }
        optional_pointers(place, key, &mut Mistakes::default())
    }

    /// Pointers under `key` to something that identifies, with the types that it may have.
    fn ids(
        &self,
        place: &Place<'_>,
        key: &str,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Vec<IdPointer> {
        let id = |at: Pointer| {
            let (text, number) = self.outline.id_kinds(&at, loops);
            IdPointer { at, text, number }
        };
        self.pointers_at(place, key, loops, mistakes)
            .into_iter()
            .map(id)
            .collect()
    }

    fn change(&self, place: &Place<'_>, mistakes: &mut Mistakes) -> Option<ChangeRule> {
        place.only(
            &[
                "document", "main", "creates", "each", "id", "version", "status", "cause", "at",
                "facts", "money", "rows", "links",
            ],
            mistakes,
        );
        let document = place.need("document", mistakes)?;
        let kind = document.text(mistakes)?;
        if !self.lifecycles.contains_key(kind) {
            document.wrong(
                mistakes,
                format!("`{kind}` has no lifecycle in this contract"),
            );
        }
        let flag =
            |key: &str, mistakes: &mut Mistakes| place.get(key).is_some_and(|it| it.flag(mistakes));
        let (each, loops) = self.loops(place, &self.outline.outermost(), mistakes);
        place.need("id", mistakes)?;
        Some(ChangeRule {
            document: kind.into(),
            main: flag("main", mistakes),
            creates: flag("creates", mistakes),
            id: self.ids(place, "id", &loops, mistakes),
            version: self.pointers_at(place, "version", &loops, mistakes).pop(),
            status: self.status(kind, &place.need("status", mistakes)?, &loops, mistakes)?,
            cause: self.pointers_at(place, "cause", &loops, mistakes),
            at: self.pointers_at(place, "at", &loops, mistakes),
            parties: self.named(self.operation, "parties", &loops, mistakes),
            facts: self.named(place, "facts", &loops, mistakes),
            money: self.named(place, "money", &loops, mistakes),
            rows: self.rows(place, &loops, mistakes),
            links: self.named(place, "links", &loops, mistakes),
            each,
        })
    }

    pub(super) fn loops(
        &self,
        place: &Place<'_>,
        around: &[Way],
        mistakes: &mut Mistakes,
    ) -> (Vec<Pointer>, Vec<Way>) {
        let mut loops = around.to_vec();
        let Some(at) = place.get("each") else {
            return (Vec::new(), loops);
        };
        let each = pointers(&at, mistakes);
        if each.len() > 2 {
            at.wrong(mistakes, "loops are at most two deep");
        }
        for pointer in &each {
            if pointer.has_wildcard() {
                at.wrong(mistakes, "a loop names its array without `*`");
            }
            self.outline.check(pointer, &loops, &at, mistakes);
            if let Some(mut way) = self.outline.way(pointer, &loops) {
                way.push(None);
                loops.push(way);
            }
        }
        (each, loops)
    }

    pub(super) fn named(
        &self,
        place: &Place<'_>,
        key: &str,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Named {
        let Some(at) = place.get(key) else {
            return Vec::new();
        };
        let mut named = Vec::new();
        for (_, name, place) in at.entries(mistakes) {
            if let Some(found) = pointer(&place, mistakes) {
                self.outline.check(&found, loops, &place, mistakes);
                if found.has_wildcard() {
                    place.wrong(mistakes, ONE);
                }
                named.push((Arc::from(name), found));
            }
        }
        named
    }

    fn rows(&self, place: &Place<'_>, around: &[Way], mistakes: &mut Mistakes) -> Vec<RowRule> {
        let Some(at) = place.get("rows") else {
            return Vec::new();
        };
        let mut rules = Vec::new();
        for (_, name, place) in at.entries(mistakes) {
            place.only(&["each", "key", "facts", "money"], mistakes);
            place.need("key", mistakes);
            let (each, loops) = self.loops(&place, around, mistakes);
            rules.push(RowRule {
                name: name.into(),
                key: self.pointers_at(&place, "key", &loops, mistakes),
                facts: self.named(&place, "facts", &loops, mistakes),
                money: self.named(&place, "money", &loops, mistakes),
                each,
            });
        }
        rules
    }
}
