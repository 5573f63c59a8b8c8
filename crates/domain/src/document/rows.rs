//! Rows: the tables of a document (the payments of an invoice, the lines of an inbound), and the
//! money that they settle.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
    /// How many accepted rows have no amount: then nobody knows what was paid.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unknown: i64,
    /// What is offered by rows of which nobody has said yet what became.
    #[serde(default, skip_serializing_if = "Sum::is_nothing")]
    pub offered: Sum,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_none(count: &i64) -> bool {
    *count == 0
}

impl Settled {
    /// What is settled: paid and adjusted.
    #[must_use]
    pub fn settled(&self) -> Option<Money> {
        let mut both = self.paid.clone();
        both.add_all(&self.adjusted);
        both.total().filter(|_| self.unknown == 0)
    }

    /// Whether nothing was ever counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Follows one row from what it was to what it is.
    pub(super) fn follow(&mut self, rule: &Settlement, old: Option<&RowState>, new: &RowState) {
        if let Some(old) = old {
            self.count(rule, old, Direction::Out);
        }
        self.count(rule, new, Direction::In);
    }

    fn count(&mut self, rule: &Settlement, row: &RowState, by: Direction) {
        let outcome = row.facts.get(&*rule.outcome).map(|it| fold(&it.value));
        let is = |words: &BTreeSet<String>| outcome.as_ref().is_some_and(|it| words.contains(it));
        let (count, number): (fn(&mut Sum, Money), i64) = match by {
            Direction::In => (Sum::add, 1),
            Direction::Out => (Sum::subtract, -1),
        };
        let adjusted = row.amount(&rule.adjusted);
        let total = row.amount(&rule.total);
        // What is not told follows from the other two.
        let paid = row.amount(&rule.paid).or_else(|| {
            let adjusted = adjusted.unwrap_or(Money::ZERO);
            total.and_then(|it| it.checked_sub(adjusted))
        });
        if is(&rule.accepted) {
            match paid {
                Some(paid) => count(&mut self.paid, paid),
                None => self.unknown += number,
            }
            adjusted
                .into_iter()
                .for_each(|it| count(&mut self.adjusted, it));
        } else if !is(&rule.rejected) {
            let offered = paid.into_iter().chain(adjusted);
            offered.for_each(|it| count(&mut self.offered, it));
        }
    }
}

/// Whether a row is counted or no longer counted.
#[derive(Clone, Copy)]
enum Direction {
    In,
    Out,
}
