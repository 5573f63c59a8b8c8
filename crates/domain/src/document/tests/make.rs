//! Short ways to write lifecycles and changes.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::super::{Change, Check, Course, Lifecycle, Moves, Node, Ranks, Row, Settlement, fold};
use crate::{ids::ChangeId, money::Money, receipt::FindingCode};

/// The namespace of all documents here.
const NAMESPACE: &str = "tests";

/// A lifecycle with rows `payments` that settle the money `total`.
pub(super) fn lifecycle(course: Course) -> Lifecycle {
    Lifecycle {
        namespace: NAMESPACE.into(),
        kind: "invoice".into(),
        assumed: true,
        course,
        settlement: Some(Settlement {
            rows: "payments".into(),
            outcome: "outcome".into(),
            accepted: ["ACCEPT".to_owned()].into(),
            rejected: ["REJECT".to_owned()].into(),
            paid: "net".into(),
            adjusted: "adjusted".into(),
            total: "total".into(),
            of: "total".into(),
            settled: ["PAID".to_owned()].into(),
        }),
        numbers: vec!["number".into()],
        unique: Vec::new(),
    }
}

/// Moves as contracts list them, each written `FROM > TO`.
pub(super) fn moves(start: &[&str], end: &[&str], moves: &[&str]) -> Moves {
    let owned = |words: &[&str]| words.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let pairs = moves.iter().map(|it| {
        let (from, to) = it.split_once(" > ").unwrap();
        (from.to_owned(), to.to_owned())
    });
    Moves::new(&owned(start), &owned(end), &pairs.collect::<Vec<_>>())
}

/// Ranks, each written as in a contract, rivals parted by `, `.
pub(super) fn ranks(ranks: &[&str]) -> Ranks {
    let rivals = |rank: &&str| rank.split(", ").map(str::to_owned).collect();
    Ranks::new(&ranks.iter().map(rivals).collect::<Vec<_>>())
}

/// The invoice's life, as the contract of vendor payments has it.
pub(super) fn invoice() -> Lifecycle {
    lifecycle(Course::Moves(moves(
        &["CREATED"],
        &["PAID", "REJECTED", "CANCELLED"],
        &[
            "CREATED > ACCEPTED",
            "CREATED > REJECTED",
            "CREATED > RETURNED",
            "ACCEPTED > PAYMENT_INITIATED",
            "PARTIALLY_PAID > PAYMENT_INITIATED",
            "PAYMENT_INITIATED > PAID",
            "PAYMENT_INITIATED > PARTIALLY_PAID",
            "PAYMENT_INITIATED > ACCEPTED",
            "CREATED > CANCELLED",
            "RETURNED > CANCELLED",
            "ACCEPTED > CANCELLED",
        ],
    )))
}

/// A life on legs; the first one counts as the status.
pub(super) fn on_legs(legs: &[(&str, &[&str])]) -> Lifecycle {
    let compiled = legs
        .iter()
        .map(|(leg, words)| (Arc::from(*leg), ranks(words)));
    lifecycle(Course::Legs {
        legs: compiled.collect(),
        status: legs[0].0.into(),
    })
}

/// A node, written `1 CREATED`.
pub(super) fn node(text: &str) -> Node {
    let (version, status) = text.split_once(' ').unwrap();
    Node {
        version: version.parse().unwrap(),
        status: fold(status),
    }
}

/// An instant, a few seconds after 1970.
pub(super) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// An amount.
pub(super) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// A change that says nothing yet.
pub(super) fn said(cause: &str) -> Change {
    Change {
        document: "invoice".into(),
        main: true,
        id: "INV-1".to_owned(),
        part: 0,
        from: None,
        to: None,
        unreadable: false,
        version: None,
        legs: BTreeMap::new(),
        cause: cause.to_owned(),
        at: None,
        parties: BTreeMap::new(),
        facts: BTreeMap::new(),
        money: BTreeMap::new(),
        rows: BTreeMap::new(),
        checks: Vec::new(),
        links: BTreeMap::new(),
    }
}

/// The creation of a document.
pub(super) fn created(to: &str) -> Change {
    Change {
        version: Some(node(to).version),
        to: Some(node(to)),
        ..said("create")
    }
}

/// A step from one node to another.
pub(super) fn moved(from: &str, to: &str, cause: &str) -> Change {
    Change {
        from: Some(node(from)),
        cause: cause.to_owned(),
        ..created(to)
    }
}

/// Where some legs stand.
pub(super) fn stands(legs: &[(&str, &str)], cause: &str) -> Change {
    let legs = legs.iter().map(|(leg, word)| (Arc::from(*leg), fold(word)));
    Change {
        legs: legs.collect(),
        ..said(cause)
    }
}

/// What else a change can say.
impl Change {
    /// The id under which it is known here.
    pub(super) fn own_id(&self) -> ChangeId {
        self.change_id(NAMESPACE)
    }

    pub(super) fn timed(mut self, second: i64) -> Self {
        self.at = Some(time(second));
        self
    }

    pub(super) fn fact(mut self, name: &str, value: &str) -> Self {
        self.facts.insert(name.into(), value.to_owned());
        self
    }

    pub(super) fn amount(mut self, name: &str, value: &str) -> Self {
        self.money.insert(name.into(), money(value));
        self
    }

    pub(super) fn link(mut self, name: &str, target: &str) -> Self {
        self.links.insert(name.into(), target.to_owned());
        self
    }

    pub(super) fn party(mut self, role: &str, value: &str) -> Self {
        self.parties.insert(role.into(), value.to_owned());
        self
    }

    pub(super) fn unclear(mut self) -> Self {
        (self.from, self.to, self.unreadable) = (None, None, true);
        self
    }

    pub(super) fn check(mut self, code: FindingCode, about: &str, broken: Option<&str>) -> Self {
        self.checks.push(check(code, about, broken));
        self
    }

    pub(super) fn payment(mut self, row: Row) -> Self {
        self.rows.entry("payments".into()).or_default().push(row);
        self
    }
}

/// A check.
pub(super) fn check(code: FindingCode, about: &str, broken: Option<&str>) -> Check {
    Check {
        code,
        about: about.to_owned(),
        broken: broken.map(str::to_owned),
    }
}

/// A row of payments: facts and amounts are told apart by how they look.
pub(super) fn row(key: &str, cells: &[(&str, &str)]) -> Row {
    let mut row = Row {
        key: key.to_owned(),
        facts: BTreeMap::new(),
        money: BTreeMap::new(),
        checks: Vec::new(),
    };
    for (name, value) in cells {
        let name = Arc::from(*name);
        match value.parse() {
            Ok(amount) => drop(row.money.insert(name, amount)),
            Err(_) => drop(row.facts.insert(name, (*value).to_owned())),
        }
    }
    row
}
