//! Rows: the tables of a document (the payments of an invoice, the lines of an inbound), and the
//! money that they settle.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    cell::{Cell, Stamp},
    change::{Check, Row},
    lifecycle::Settlement,
    state::{CheckCell, merge, merge_check},
    told::Told,
    word::fold,
};
use crate::{
    money::{Money, Sum},
    receipt::FindingCode,
};

/// Which row: its table, and its key there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowName {
    /// The name of the table.
    pub table: Arc<str>,
    /// What tells it from its siblings.
    pub key: String,
}

/// What was told of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Told>", try_from = "Vec<Told>")]
pub struct RowState {
    /// What it says.
    pub facts: BTreeMap<Arc<str>, Cell<String>>,
    /// Its amounts.
    pub money: BTreeMap<Arc<str>, Cell<Money>>,
    /// What should hold of it.
    pub checks: BTreeMap<FindingCode, CheckCell>,
}

impl RowState {
    /// Takes in what one message tells of the row.
    pub fn merge(&mut self, told: &Row, stamp: Stamp) {
        merge(&mut self.facts, &told.facts, stamp);
        merge(&mut self.money, &told.money, stamp);
        for Check {
            code,
            about: _,
            broken,
        } in &told.checks
        {
            merge_check(
                &mut self.checks,
                *code,
                CheckCell::new(stamp, broken.as_deref()),
            );
        }
    }

    fn amount(&self, name: &str) -> Option<Money> {
        self.money.get(name).map(|it| it.value)
    }
}

/// What the rows of a document settle: sums over rows, so that the order of messages cannot matter.
///
/// They are kept beside the rows, and follow each change of a row by exact difference; refolding a
/// document (`documents rebuild`) computes them from nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// What was paid by accepted rows.
    #[serde(default, skip_serializing_if = "Sum::is_nothing")]
    pub paid: Sum,
    /// What was adjusted by accepted rows.
    #[serde(default, skip_serializing_if = "Sum::is_nothing")]
    pub adjusted: Sum,
    /// What accepted rows settle in all.
    #[serde(default, skip_serializing_if = "Sum::is_nothing")]
    pub settled: Sum,
    /// What is offered by rows of which nobody has said yet what became.
    #[serde(default, skip_serializing_if = "Sum::is_nothing")]
    pub offered: Sum,
}

impl Settled {
    /// Whether nothing was ever counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Follows one row from what it was to what it is.
    pub(super) fn follow(&mut self, rule: &Settlement, old: Option<&RowState>, new: &RowState) {
        if let Some(old) = old {
            self.count(rule, old, Sum::subtract);
        }
        self.count(rule, new, Sum::add);
    }

    fn count(&mut self, rule: &Settlement, row: &RowState, count: fn(&mut Sum, Money)) {
        let outcome = row.facts.get(&*rule.outcome).map(|it| fold(&it.value));
        let parts = [row.amount(&rule.paid), row.amount(&rule.adjusted)];
        let settles = match row.amount(&rule.total) {
            Some(total) => [Some(total), None],
            None => parts,
        };
        let is = |words: &std::collections::BTreeSet<String>| {
            outcome.as_ref().is_some_and(|it| words.contains(it))
        };
        if is(&rule.accepted) {
            let [paid, adjusted] = parts;
            paid.into_iter().for_each(|it| count(&mut self.paid, it));
            adjusted
                .into_iter()
                .for_each(|it| count(&mut self.adjusted, it));
            settles
                .into_iter()
                .flatten()
                .for_each(|it| count(&mut self.settled, it));
        } else if !is(&rule.rejected) {
            settles
                .into_iter()
                .flatten()
                .for_each(|it| count(&mut self.offered, it));
        }
    }
}
