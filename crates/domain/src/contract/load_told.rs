//! What the changes of a contract file tell about one kind of document, by name.
//!
//! It is read from the file itself and not from the compiled operations, so that a mistake in an
//! operation is never told as a mistake of a lifecycle.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    mistake::{Mistakes, Place},
    yaml::Data,
};

/// The names that any change about one kind tells.
#[derive(Debug, Default)]
pub(super) struct Told<'y> {
    pub(super) facts: BTreeSet<&'y str>,
    pub(super) money: BTreeSet<&'y str>,
    /// Facts and money of its rows, by table.
    pub(super) rows: BTreeMap<&'y str, (BTreeSet<&'y str>, BTreeSet<&'y str>)>,
}

impl<'y> Told<'y> {
    /// Everything that the webhooks of the file tell about `kind`.
    pub(super) fn about(kind: &str, root: &Place<'y>) -> Self {
        // Whatever is wrong there is named where the operation is loaded.
        let mut ignored = Mistakes::default();
        let mut told = Self::default();
        let webhooks = root.get("webhooks");
        for (_, _, webhook) in webhooks
            .map(|it| it.entries(&mut ignored))
            .unwrap_or_default()
        {
            let changes = webhook
                .get("x-countersign")
                .and_then(|it| it.get("changes"))
                .map(|it| it.items(&mut ignored));
            for change in changes.unwrap_or_default() {
                let document = change.get("document");
                let is_meant = document
                    .is_some_and(|it| matches!(&it.node.data, Data::Text(text) if text == kind));
                if is_meant {
                    told.add(&change);
                }
            }
        }
        told
    }

    fn add(&mut self, change: &Place<'y>) {
        self.facts.extend(names(change, "facts"));
        self.money.extend(names(change, "money"));
        let mut ignored = Mistakes::default();
        let rows = change.get("rows").map(|it| it.entries(&mut ignored));
        for (_, table, place) in rows.unwrap_or_default() {
            let (facts, money) = self.rows.entry(table).or_default();
            facts.extend(names(&place, "facts"));
            money.extend(names(&place, "money"));
        }
    }
}

fn names<'y>(place: &Place<'y>, key: &str) -> Vec<&'y str> {
    let entries = place
        .get(key)
        .map(|it| it.entries(&mut Mistakes::default()));
    let entries = entries.unwrap_or_default();
    entries.into_iter().map(|(_, name, _)| name).collect()
}
