//! How values are kept: all that was told with one stamp stands together, since most of a document was
//! told by one message or two.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    balance::Balance,
    cell::{Cell, Stamp},
    decision::Decision,
    leg::LegState,
    rows::{RowState, Settled},
    state::{CheckCell, Readable, State},
};
use crate::{money::Money, receipt::FindingCode};

type Texts = BTreeMap<Arc<str>, Cell<String>>;
type Amounts = BTreeMap<Arc<str>, Cell<Money>>;

/// What was told with one stamp and still stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Told {
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parties: BTreeMap<Arc<str>, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<Arc<str>, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    money: BTreeMap<Arc<str>, Money>,
    /// The checks that hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holds: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    broken: BTreeMap<String, String>,
    /// The values, as `facts/utr`, that were told differently with this stamp.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ambiguous: Vec<String>,
}

/// All that a state or a row holds in cells.
#[derive(Default)]
struct Cells {
    parties: Texts,
    facts: Texts,
    money: Amounts,
    checks: BTreeMap<String, CheckCell>,
}

impl From<Cells> for Vec<Told> {
    fn from(cells: Cells) -> Self {
        let mut groups = BTreeMap::new();
        put(&mut groups, "parties", cells.parties, |it| &mut it.parties);
        put(&mut groups, "facts", cells.facts, |it| &mut it.facts);
        put(&mut groups, "money", cells.money, |it| &mut it.money);
        for (name, check) in cells.checks {
            let told = group(&mut groups, check.stamp);
            match check.broken {
                None => told.holds.push(name),
                Some(broken) => {
                    told.broken.insert(name, broken);
                }
            }
        }
        groups.into_values().collect()
    }
}

fn group(groups: &mut BTreeMap<Stamp, Told>, stamp: Stamp) -> &mut Told {
    groups.entry(stamp).or_insert_with(|| Told {
        version: stamp.version,
        at: stamp.at,
        ..Told::default()
    })
}

fn put<T>(
    groups: &mut BTreeMap<Stamp, Told>,
    kind: &str,
    cells: BTreeMap<Arc<str>, Cell<T>>,
    field: fn(&mut Told) -> &mut BTreeMap<Arc<str>, T>,
) {
    for (name, cell) in cells {
        let told = group(groups, cell.stamp);
        if cell.is_ambiguous {
            told.ambiguous.push(format!("{kind}/{name}"));
        }
        field(told).insert(name, cell.value);
    }
}

impl From<Vec<Told>> for Cells {
    fn from(groups: Vec<Told>) -> Self {
        let mut cells = Self::default();
        for told in groups {
            let stamp = Stamp {
                version: told.version,
                at: told.at,
            };
            let doubts = &told.ambiguous;
            take(&mut cells.parties, "parties", told.parties, stamp, doubts);
            take(&mut cells.facts, "facts", told.facts, stamp, doubts);
            take(&mut cells.money, "money", told.money, stamp, doubts);
            let holds = told.holds.into_iter().map(|it| (it, None));
            let broken = told
                .broken
                .into_iter()
                .map(|(it, broken)| (it, Some(broken)));
            let checks = holds.chain(broken);
            cells
                .checks
                .extend(checks.map(|(name, broken)| (name, CheckCell { stamp, broken })));
        }
        cells
    }
}

fn take<T>(
    cells: &mut BTreeMap<Arc<str>, Cell<T>>,
    kind: &str,
    values: BTreeMap<Arc<str>, T>,
    stamp: Stamp,
    doubts: &[String],
) {
    for (name, value) in values {
        let is_this = |it: &String| it.strip_prefix(kind) == Some(&format!("/{name}"));
        let cell = Cell {
            stamp,
            value,
            is_ambiguous: doubts.iter().any(is_this),
        };
        cells.insert(name, cell);
    }
}

/// A row as it is kept.
impl From<RowState> for Vec<Told> {
    fn from(row: RowState) -> Self {
        let checks = row.checks.into_iter();
        Self::from(Cells {
            parties: Texts::new(),
            facts: row.facts,
            money: row.money,
            checks: checks.map(|(code, it)| (code.to_string(), it)).collect(),
        })
    }
}

impl TryFrom<Vec<Told>> for RowState {
    type Error = String;

    fn try_from(groups: Vec<Told>) -> Result<Self, String> {
        let cells = Cells::from(groups);
        let code = |text: String| {
            FindingCode::of(&text).ok_or_else(|| format!("`{text}` is not a finding's code"))
        };
        let checks = cells.checks.into_iter();
        Ok(Self {
            facts: cells.facts,
            money: cells.money,
            checks: checks
                .map(|(name, it)| Ok((code(name)?, it)))
                .collect::<Result<_, String>>()?,
        })
    }
}

/// A state as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(default, skip_serializing_if = "Balance::is_empty")]
    balance: Balance,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    legs: BTreeMap<Arc<str>, LegState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    told: Vec<Told>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transition: Option<Readable>,
    #[serde(default, skip_serializing_if = "Settled::is_empty")]
    settled: Settled,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<Decision>,
}

impl From<State> for Kept {
    fn from(state: State) -> Self {
        Self {
            version: state.version,
            balance: state.balance,
            legs: state.legs,
            told: Vec::from(Cells {
                parties: state.parties,
                facts: state.facts,
                money: state.money,
                checks: state.checks,
            }),
            transition: state.transition,
            settled: state.settled,
            decisions: state.decisions,
        }
    }
}

impl From<Kept> for State {
    fn from(kept: Kept) -> Self {
        let cells = Cells::from(kept.told);
        Self {
            version: kept.version,
            balance: kept.balance,
            legs: kept.legs,
            parties: cells.parties,
            facts: cells.facts,
            money: cells.money,
            checks: cells.checks,
            transition: kept.transition,
            settled: kept.settled,
            decisions: kept.decisions,
        }
    }
}
