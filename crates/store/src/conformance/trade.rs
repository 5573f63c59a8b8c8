//! A small trade to test with: payments that settle invoices, told by drafts.

use std::{collections::BTreeMap, sync::Arc};

use countersign_domain::{
    document::{Change, Check, Course, Lifecycle, Moves, Node, Ranks, Row, Settlement, Unique},
    money::Money,
    receipt::FindingCode,
};

use super::fixtures::{accepted, time};
use crate::{DocumentChange, DocumentName, Draft, Lifecycles};

pub(super) const INVOICE: &str = "invoice";
pub(super) const PAYMENT: &str = "payment";

pub(super) fn lifecycles() -> Arc<Lifecycles> {
    Arc::new([invoice(), payment()].into_iter().collect())
}

pub(super) fn invoice() -> Arc<Lifecycle> {
    let words = |words: &[&str]| words.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let moves = [
        ("CREATED", "ACCEPTED"),
        ("CREATED", "REJECTED"),
        ("ACCEPTED", "PAYMENT INITIATED"),
        ("PAYMENT INITIATED", "PAID"),
    ];
    let moves = moves.map(|(from, to)| (from.to_owned(), to.to_owned()));
    let name = |it: &str| Arc::<str>::from(it);
    Arc::new(Lifecycle {
        namespace: name("network"),
        kind: name(INVOICE),
        assumed: false,
        course: Course::Moves(Moves::new(
            &words(&["CREATED"]),
            &words(&["PAID", "REJECTED"]),
            &moves,
        )),
        settlement: Some(Settlement {
            rows: name("payments"),
            outcome: name("outcome"),
            accepted: ["ACCEPT".to_owned()].into(),
            rejected: ["REJECT".to_owned()].into(),
            paid: name("net"),
            adjusted: name("adjusted"),
            total: name("total"),
            of: name("total"),
            settled: ["PAID".to_owned()].into(),
        }),
        numbers: vec![name("number")],
        unique: Vec::new(),
    })
}

pub(super) fn payment() -> Arc<Lifecycle> {
    let name = |it: &str| Arc::<str>::from(it);
    let ranks = [
        vec!["INITIATED".to_owned()],
        vec!["CONFIRMED".to_owned(), "REJECTED".to_owned()],
    ];
    Arc::new(Lifecycle {
        namespace: name("network"),
        kind: name(PAYMENT),
        assumed: false,
        course: Course::Legs {
            legs: BTreeMap::from([(name("status"), Ranks::new(&ranks))]),
            status: name("status"),
        },
        settlement: None,
        numbers: vec![name("utr")],
        unique: vec![Unique {
            fact: name("utr"),
            code: FindingCode::UtrReused,
        }],
    })
}

pub(super) fn name_of(kind: &str, id: &str) -> DocumentName {
    DocumentName {
        namespace: Arc::from("network"),
        kind: Arc::from(kind),
        id: id.to_owned(),
    }
}

fn blank(kind: &str, id: &str, main: bool) -> Change {
    Change {
        document: Arc::from(kind),
        main,
        id: id.to_owned(),
        part: 0,
        from: None,
        to: None,
        unreadable: false,
        version: None,
        legs: BTreeMap::new(),
        cause: "payment.pay".to_owned(),
        at: None,
        parties: BTreeMap::new(),
        facts: BTreeMap::new(),
        money: BTreeMap::new(),
        rows: BTreeMap::new(),
        checks: Vec::new(),
        links: BTreeMap::new(),
    }
}

fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}

/// What a message says of a payment: its word, its UTR, and whether its sum is right.
pub(super) fn of_payment(
    id: &str,
    at: u32,
    word: &str,
    utr: &str,
    is_right: bool,
) -> DocumentChange {
    let mut change = blank(PAYMENT, id, true);
    change.at = Some(time(at));
    change.legs.insert(Arc::from("status"), word.to_owned());
    change
        .parties
        .insert(Arc::from("buyer"), format!("buyer{}@net", id.len()));
    change.facts.insert(Arc::from("utr"), utr.to_owned());
    change.money.insert(Arc::from("total"), money("100.00"));
    change.checks.push(Check {
        code: FindingCode::TotalMismatch,
        about: "1".to_owned(),
        broken: (!is_right).then(|| "90.00 + 5.00 is 95.00, and total says 100.00".to_owned()),
    });
    DocumentChange {
        lifecycle: payment(),
        change,
    }
}

/// What a message says of an invoice: a step, for the sake of a payment, and that payment's row.
pub(super) fn of_invoice(
    id: &str,
    at: u32,
    (from, to): (&str, &str),
    payment: &str,
    outcome: Option<&str>,
) -> DocumentChange {
    let node = |word: &str| {
        Some(Node {
            version: 1,
            status: word.to_owned(),
        })
    };
    let mut change = blank(INVOICE, id, false);
    (change.from, change.to) = (node(from), node(to));
    change.version = Some(1);
    change.at = Some(time(at));
    payment.clone_into(&mut change.cause);
    change.facts.insert(Arc::from("number"), format!("No {id}"));
    change.money.insert(Arc::from("total"), money("250.00"));
    change
        .links
        .insert(Arc::from("payment"), payment.to_owned());
    let mut row = Row {
        key: payment.to_owned(),
        facts: BTreeMap::new(),
        money: BTreeMap::new(),
        checks: Vec::new(),
    };
    match outcome {
        Some(outcome) => {
            row.facts.insert(Arc::from("outcome"), outcome.to_owned());
        }
        None => {
            row.money.insert(Arc::from("net"), money("90.50"));
            row.money.insert(Arc::from("adjusted"), money("9.50"));
        }
    }
    change.rows.insert(Arc::from("payments"), vec![row]);
    DocumentChange {
        lifecycle: invoice(),
        change,
    }
}

/// An accepted draft that says this.
pub(super) fn saying(number: u32, changes: Vec<DocumentChange>) -> Draft {
    Draft {
        changes,
        ..accepted(number)
    }
}

/// A draft that pays an invoice: two documents.
pub(super) fn paying(number: u32, payment: &str, invoice: &str) -> Draft {
    let step = ("ACCEPTED", "PAYMENT INITIATED");
    let utr = format!("UTR{payment}");
    saying(
        number,
        vec![
            of_payment(payment, number, "INITIATED", &utr, true),
            of_invoice(invoice, number, step, payment, None),
        ],
    )
}

/// A draft that confirms that payment.
pub(super) fn confirming(number: u32, payment: &str, invoice: &str) -> Draft {
    let step = ("PAYMENT INITIATED", "PAID");
    let utr = format!("UTR{payment}");
    let draft = saying(
        number,
        vec![
            of_payment(payment, number, "CONFIRMED", &utr, true),
            of_invoice(invoice, number, step, payment, Some("ACCEPT")),
        ],
    );
    Draft {
        operation: Arc::from("payment.confirm.request"),
        ..draft
    }
}
