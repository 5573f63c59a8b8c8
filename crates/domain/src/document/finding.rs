//! What does not add up about one document, as a function of its state: a finding opens when the
//! state begins to say so, and closes itself when it no longer does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    cell::Cell,
    change::{Change, Node},
    leg::LegState,
    lifecycle::{Course, Lifecycle, Settlement},
    rows::{RowName, RowState},
    state::{Document, State},
};
use crate::{money::Money, receipt::FindingCode};

/// What tells a finding of a document from its other ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// Which kind of doubt.
    pub code: FindingCode,
    /// What of the document it is about: a node, a leg, a fact, a row; empty for the whole.
    pub about: String,
}

/// A finding of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFinding {
    /// Which kind of doubt, about what.
    #[serde(flatten)]
    pub key: FindingKey,
    /// What was seen, in one sentence.
    pub message: String,
}

/// Findings by key, with their sentence.
pub(super) type Findings = BTreeMap<FindingKey, String>;

impl DocumentFinding {
    pub(super) fn of((key, message): (&FindingKey, &String)) -> Self {
        Self {
            key: key.clone(),
            message: message.clone(),
        }
    }
}

impl Document {
    /// Every finding that holds, of the rows that are at hand too.
    #[must_use]
    pub fn findings(&self, lifecycle: &Lifecycle) -> Vec<DocumentFinding> {
        let mut findings = Findings::new();
        self.state.findings(lifecycle, &mut findings);
        for (name, row) in &self.rows {
            row_findings(name, row, &mut findings);
        }
        findings.iter().map(DocumentFinding::of).collect()
    }
}

/// The findings of the state, and of the rows that a change names.
pub(super) fn findings_of(lifecycle: &Lifecycle, document: &Document, change: &Change) -> Findings {
    let mut findings = Findings::new();
    document.state.findings(lifecycle, &mut findings);
    for (table, rows) in &change.rows {
        for row in rows {
            let name = RowName {
                table: table.clone(),
                key: row.key.clone(),
            };
            if let Some(row) = document.rows.get(&name) {
                row_findings(&name, row, &mut findings);
            }
        }
    }
    findings
}

fn note(findings: &mut Findings, code: FindingCode, about: impl Into<String>, message: String) {
    let about = about.into();
    findings.insert(FindingKey { code, about }, message);
}

impl State {
    fn findings(&self, lifecycle: &Lifecycle, findings: &mut Findings) {
        match &lifecycle.course {
            Course::Moves(_) => self.step_findings(lifecycle, findings),
            Course::Legs { .. } => self.leg_findings(lifecycle, findings),
        }
        doubtful(&self.parties, "", findings);
        doubtful(&self.facts, "", findings);
        doubtful(&self.money, "", findings);
        for (key, check) in &self.checks {
            let (code, about) = key.split_once('/').unwrap_or((key, ""));
            if let (Some(broken), Some(code)) = (&check.broken, FindingCode::of(code)) {
                note(findings, code, about, broken.clone());
            }
        }
        if self.transition.is_some_and(|it| it.failed) {
            let message = "the latest message about it does not say from where to where it moves";
            note(
                findings,
                FindingCode::TransitionUnreadable,
                "",
                message.to_owned(),
            );
        }
        self.overpaid(lifecycle, findings);
    }

    fn step_findings(&self, lifecycle: &Lifecycle, findings: &mut Findings) {
        let Course::Moves(moves) = &lifecycle.course else {
            return;
        };
        let standing = self.balance.standing(moves);
        if let Some(node) = &standing.adopted {
            let node = self.place(node);
            let message = format!("its beginning was not seen: it was first told of as {node}");
            note(findings, FindingCode::Adopted, node, message);
        }
        for (node, times) in &standing.waits_for {
            let node = self.place(node);
            let message = format!(
                "a message that leads to {node} has not come{}",
                often(*times)
            );
            note(findings, FindingCode::Gap, node, message);
        }
        for (node, times) in &standing.conflicts {
            let node = self.place(node);
            let message = format!(
                "it is told to have left {node} more often than it can have been there{}; pick the \
                 change that is true, or void the one that is not",
                often(*times)
            );
            note(findings, FindingCode::Conflict, node, message);
        }
        if let Some(node) = standing.current.filter(|it| !moves.knows(&it.status)) {
            unknown(&node.status, "", findings);
        }
    }

    fn leg_findings(&self, lifecycle: &Lifecycle, findings: &mut Findings) {
        let Course::Legs { legs, .. } = &lifecycle.course else {
            return;
        };
        for (leg, ranks) in legs {
            let Some(state) = self.legs.get(leg) else {
                continue;
            };
            if let Some(rivals) = LegState::rivals(state) {
                let message = format!(
                    "{leg} is told as {}, and only one can be true; pick the change that is, or \
                     void the one that is not",
                    rivals.join(" and as ")
                );
                note(findings, FindingCode::Conflict, &**leg, message);
            }
            if !ranks.knows(&state.word) {
                unknown(&state.word, leg, findings);
            }
        }
    }

    fn overpaid(&self, lifecycle: &Lifecycle, findings: &mut Findings) {
        let Some(rule) = &lifecycle.settlement else {
            return;
        };
        self.unsettled(lifecycle, rule, findings);
        let Some(total) = self.money.get(&*rule.of).map(|it| it.value) else {
            return;
        };
        let mut all = self.settled.paid.clone();
        all.add_all(&self.settled.adjusted);
        all.add_all(&self.settled.offered);
        let Some(settled) = all.total().filter(|it| *it > total) else {
            return;
        };
        let message = format!("{settled} is paid or offered, and the total is {total}");
        note(findings, FindingCode::Overpaid, "", message);
    }

    /// Whether what was paid is known, and agrees with the status.
    fn unsettled(&self, lifecycle: &Lifecycle, rule: &Settlement, findings: &mut Findings) {
        if self.settled.unknown > 0 {
            let message = "a payment of it was accepted, and no message has said of how much";
            note(findings, FindingCode::AmountMissing, "", message.to_owned());
        }
        let status = self.status(lifecycle).unwrap_or_default();
        let due = self.amounts(lifecycle).get("due").copied();
        if let Some(due) = due.filter(|it| *it != Money::ZERO && rule.settled.contains(&status)) {
            let message = format!("it is told to be {status}, and {due} is due");
            note(findings, FindingCode::StatusContradictsMoney, "", message);
        }
    }

    /// How people read a node.
    fn place(&self, node: &Node) -> String {
        match self.version {
            Some(_) => format!("{} at version {}", node.status, node.version),
            None => node.status.clone(),
        }
    }
}

fn often(times: u64) -> String {
    match times {
        1 => String::new(),
        times => format!(" ({times} times)"),
    }
}

fn unknown(word: &str, about: &str, findings: &mut Findings) {
    let message = format!("the status word {word} is not one that the contract lists");
    note(findings, FindingCode::StatusUnknown, about, message);
}

fn doubtful<T>(cells: &BTreeMap<std::sync::Arc<str>, Cell<T>>, row: &str, findings: &mut Findings) {
    for (name, _) in cells.iter().filter(|(_, it)| it.is_ambiguous) {
        let about = format!("{row}{name}");
        let message = format!("{about} was told with different values at one time");
        note(findings, FindingCode::Ambiguous, about, message);
    }
}

fn row_findings(name: &RowName, row: &RowState, findings: &mut Findings) {
    let place = format!("{}/{}", name.table, name.key);
    let way = format!("{place}/");
    doubtful(&row.facts, &way, findings);
    doubtful(&row.money, &way, findings);
    for (code, check) in &row.checks {
        if let Some(broken) = &check.broken {
            note(findings, *code, place.as_str(), broken.clone());
        }
    }
}
