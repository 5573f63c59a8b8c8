//! Lives that nobody wrote: random lifecycles, and random walks through them, told badly.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    super::{Change, Course, Decision, Lifecycle, Moves, Node, Ranks, Row, Ruling},
    make::{check, lifecycle, money, row, said, time},
    tape::Tape,
};
use crate::{ids::DecisionId, receipt::FindingCode};

const WORDS: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];
const UNKNOWN: [&str; 2] = ["X", "Y"];

/// The words of a random lifecycle, uncompiled.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) known: Vec<String>,
    pub(super) start: Vec<String>,
    pub(super) end: Vec<String>,
    pub(super) moves: Vec<(String, String)>,
    has_versions: bool,
}

impl Words {
    pub(super) fn any(tape: &mut Tape) -> Self {
        let count = 3 + tape.below(5);
        let known: Vec<_> = WORDS[..count].iter().map(|&it| it.to_owned()).collect();
        let start = (0..=tape.below(2)).map(|_| tape.one(&known)).collect();
        let end = (0..tape.below(3)).map(|_| tape.one(&known)).collect();
        let moves = (0..count + tape.below(count)).map(|_| (tape.one(&known), tape.one(&known)));
        Self {
            moves: moves.collect(),
            has_versions: !tape.once_in(4),
            known,
            start,
            end,
        }
    }

    pub(super) fn compile(&self) -> Moves {
        Moves::new(&self.start, &self.end, &self.moves)
    }

    /// A walk of so many messages, each told with a key of its own.
    pub(super) fn walk(&self, tape: &mut Tape, messages: usize) -> Vec<Change> {
        let mut at = Node {
            version: i64::from(self.has_versions),
            status: tape.one(&self.known),
        };
        let mut told = Vec::new();
        if tape.once_in(2) {
            at.status = tape.one(&self.start);
            told.push(self.step(None, &at, "create".to_owned()));
        }
        let mut keys = BTreeSet::new();
        while told.len() < messages {
            let to = self.next(tape, &at);
            let mut cause = tape.one(&["act", "pay"]).to_owned();
            if !keys.insert((at.clone(), to.clone(), cause.clone())) {
                cause = format!("{cause} {}", told.len());
            }
            told.push(self.step(Some(&at), &to, cause));
            at = to;
        }
        told
    }

    fn step(&self, from: Option<&Node>, to: &Node, cause: String) -> Change {
        Change {
            from: from.cloned(),
            to: Some(to.clone()),
            version: self.has_versions.then_some(to.version),
            cause,
            ..said("")
        }
    }

    fn next(&self, tape: &mut Tape, at: &Node) -> Node {
        let mut to = at.clone();
        let moves = self.moves.iter().filter(|(from, _)| *from == at.status);
        let allowed: Vec<_> = moves.map(|(_, to)| to.clone()).collect();
        match tape.below(9) {
            0 => to.status = tape.one(&UNKNOWN).to_owned(),
            1 => to.status = tape.one(&self.known),
            2.. if !allowed.is_empty() => to.status = tape.one(&allowed),
            _ => {
                to.status = tape.one(&self.known);
                to.version += i64::from(self.has_versions) * tape.one(&[1, 1, 2]);
            }
        }
        to
    }
}

/// A life: how documents live, and what is told of this one.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) lifecycle: Lifecycle,
    /// For a life on legs: the words of each rank, uncompiled.
    pub(super) legs: Vec<(Arc<str>, Vec<Vec<String>>)>,
    pub(super) told: Vec<Change>,
}

impl Life {
    /// Any life of up to so many messages.
    pub(super) fn any(tape: &mut Tape, most: usize) -> Self {
        let mut life = if tape.once_in(3) {
            Self::on_legs(tape, most)
        } else {
            Self::of_moves(tape, most)
        };
        let told = &mut life.told;
        for it in told.iter_mut() {
            decorate(tape, it);
        }
        while told.len() < most && tape.once_in(2) {
            // The same act, told in other words.
            let mut again = tape.one(told);
            decorate(tape, &mut again);
            told.push(again);
        }
        life
    }

    fn of_moves(tape: &mut Tape, most: usize) -> Self {
        let words = Words::any(tape);
        let messages = 1 + tape.below(most);
        let mut told = words.walk(tape, messages);
        if told.len() < most && tape.once_in(3) {
            let mut rival = tape.one(&told);
            rival.to = rival.from.as_ref().map(|it| words.next(tape, it));
            rival.cause += " rival";
            told.push(rival);
        }
        if told.len() < most && tape.once_in(3) {
            let version = Some(1).filter(|_| words.has_versions);
            told.push(Change {
                version,
                ..said("mumbled").unclear()
            });
        }
        while told.len() > 1 && tape.once_in(3) {
            told.remove(tape.below(told.len()));
        }
        Self {
            lifecycle: lifecycle(Course::Moves(words.compile())),
            legs: Vec::new(),
            told,
        }
    }

    fn on_legs(tape: &mut Tape, most: usize) -> Self {
        let legs: Vec<(Arc<str>, _)> = ["status", "money", "bill"][..=tape.below(3)]
            .iter()
            .map(|&leg| (leg.into(), any_ranks(tape)))
            .collect();
        let words: Vec<_> = WORDS.iter().chain(&UNKNOWN).collect();
        let told = (0..=tape.below(most)).map(|number| {
            let mut change = said(&format!("snapshot {number}"));
            for (leg, _) in &legs {
                if !tape.once_in(4) {
                    let word = tape.one(&words);
                    change.legs.insert(leg.clone(), (*word).to_owned());
                }
            }
            change
        });
        let told = told.collect();
        let compiled = legs.iter().map(|(leg, it)| (leg.clone(), Ranks::new(it)));
        Self {
            lifecycle: lifecycle(Course::Legs {
                legs: compiled.collect(),
                status: "status".into(),
            }),
            legs,
            told,
        }
    }

    /// Some decisions about what is told, some of them about the same.
    pub(super) fn decisions(&self, tape: &mut Tape) -> Vec<Decision> {
        let decision = |id| {
            let change = tape.one(&self.told);
            Decision {
                at: time(i64::from(tape.once_in(2))),
                id: DecisionId::from_rowid(id),
                change: change.own_id(),
                ruling: match tape.below(2) {
                    0 => Ruling::Void,
                    _ => Ruling::pick(&change),
                },
            }
        };
        (0..4).map(decision).collect()
    }
}

/// Random ranks: rivals, synonyms, and `*` somewhere or nowhere.
fn any_ranks(tape: &mut Tape) -> Vec<Vec<String>> {
    let mut words = WORDS.to_vec();
    tape.shuffle(&mut words);
    words.truncate(3 + tape.below(4));
    let mut ranks: Vec<Vec<String>> = Vec::new();
    for word in words {
        match (tape.below(4), ranks.last_mut()) {
            (0, Some(rank)) => rank.push(word.to_owned()),
            (1, Some(rank)) => {
                let synonyms = rank.last_mut().expect("no rank is empty");
                *synonyms = format!("{synonyms}|{word}");
            }
            _ => ranks.push(vec![word.to_owned()]),
        }
    }
    if tape.once_in(2) {
        ranks.insert(tape.below(ranks.len()), vec!["*".to_owned()]);
    }
    ranks
}

/// Lets a change say other things too, few enough to meet others that say the same.
pub(super) fn decorate(tape: &mut Tape, change: &mut Change) {
    change.at = tape
        .one(&[None, Some(1), Some(1), Some(2), Some(3)])
        .map(time);
    let names = ["number", "note"];
    for name in names {
        if tape.once_in(3) {
            change
                .facts
                .insert(name.into(), tape.one(&names).to_owned());
            change
                .links
                .insert(name.into(), tape.one(&names).to_owned());
        }
    }
    if tape.once_in(3) {
        let party = tape.one(&["Acme", "Bolt"]).to_owned();
        change.parties.insert("seller".into(), party);
    }
    if tape.once_in(3) {
        let total = tape.one(&["100", "100.0", "100.00", "7.5"]);
        change.money.insert("total".into(), money(total));
    }
    if tape.once_in(4) {
        change.checks.push(any_check(tape));
    }
    for _ in 0..tape.below(3) {
        let payment = any_row(tape);
        change
            .rows
            .entry("payments".into())
            .or_default()
            .push(payment);
    }
}

fn any_check(tape: &mut Tape) -> super::super::Check {
    let about = tape.one(&["", "total"]);
    let broken = tape.one(&[None, Some("it is 1"), Some("it is 2")]);
    check(FindingCode::TotalMismatch, about, broken)
}

fn any_row(tape: &mut Tape) -> Row {
    let mut row = row(tape.one(&["p1", "p2", "p3"]), &[]);
    for name in ["net", "adjusted", "total"] {
        if tape.once_in(3) {
            let amount = tape.one(&["50", "50.0", "-0.25", "99.999"]);
            row.money.insert(name.into(), money(amount));
        }
    }
    if tape.once_in(2) {
        let outcome = tape.one(&["ACCEPT", "accept", "REJECT", "later"]);
        row.facts.insert("outcome".into(), outcome.to_owned());
    }
    if tape.once_in(4) {
        row.checks.push(any_check(tape));
    }
    row
}
