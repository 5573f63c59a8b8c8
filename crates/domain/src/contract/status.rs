//! Reads what a body says about where a document stands: both ends of a step, or the words of legs.
//!
//! A step is taken from its two ends alone. An action word beside it moves nothing: it is compared
//! with the status that the step reaches, and a difference is a doubt.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    extract::{Reading, said},
    pointer::{Pointer, Scope, text_of},
    rules::{ChangeRule, StatusRule, WordRule},
};
use crate::{
    document::{Check, Node, fold},
    reader::{Kind, Value},
    receipt::FindingCode,
};

/// What one change says about where its document stands.
#[derive(Default)]
pub(super) struct Told {
    pub(super) from: Option<Node>,
    pub(super) to: Option<Node>,
    /// A step should be told, and what is told of it cannot be read.
    pub(super) unreadable: bool,
    pub(super) version: Option<i64>,
    pub(super) legs: BTreeMap<Arc<str>, String>,
    /// Whether the action word leads where the step does.
    pub(super) action: Option<Check>,
}

/// Reads the version and the status of a change.
pub(super) fn told(reading: &Reading<'_>, rule: &ChangeRule, scope: &Scope<'_>) -> Told {
    let version = rule.version.as_ref();
    let versions = version.map(|at| {
        let [from, to] = pair(at, reading.version_pair, scope).map(|it| it.and_then(whole_number));
        // Where a document begins nobody asks what it leaves.
        if rule.creates {
            [to, to]
        } else {
            [from.filter(|_| to.is_some()), to.filter(|_| from.is_some())]
        }
    });
    let mut told = Told {
        version: versions.and_then(|[_, to]| to),
        legs: legs(&rule.status, scope),
        ..Told::default()
    };
    let StatusRule::Move { at, action } = &rule.status else {
        return told;
    };
    let words = pair(at, reading.status_pair, scope).map(|it| it.and_then(word));
    // A document without versions moves between nodes of version 0.
    let versions = versions.unwrap_or([Some(0), Some(0)]);
    let [from, to] = [0, 1].map(|end| {
        Some(Node {
            version: versions[end]?,
            status: words[end].clone()?,
        })
    });
    (told.from, told.to) = match (from, to) {
        (_, Some(to)) if rule.creates => (None, Some(to)),
        (Some(from), Some(to)) => (Some(from), Some(to)),
        _ => (None, None),
    };
    told.unreadable = told.to.is_none();
    let reached = told.to.as_ref().map(|it| it.status.as_str());
    told.action = action
        .as_ref()
        .zip(reached)
        .and_then(|(action, reached)| action.check(reached, scope));
    told
}

/// Both ends of a version or a status: the two members of an object, or a scalar twice.
fn pair<'d>(at: &Pointer, names: &[String; 2], scope: &Scope<'d>) -> [Option<Value<'d>>; 2] {
    match at.one(scope) {
        Some(value) if value.kind() == Kind::Object => [value.get(&names[0]), value.get(&names[1])],
        value => [value, value],
    }
}

fn word(value: Value<'_>) -> Option<String> {
    text_of(value)
        .map(|it| fold(&it))
        .filter(|it| !it.is_empty())
}

fn whole_number(value: Value<'_>) -> Option<i64> {
    if value.kind() != Kind::Number {
        return None;
    }
    value.literal().parse().ok()
}

fn legs(rule: &StatusRule, scope: &Scope<'_>) -> BTreeMap<Arc<str>, String> {
    let status = |word: String| BTreeMap::from([(Arc::from("status"), word)]);
    match rule {
        StatusRule::Move { .. } => BTreeMap::new(),
        StatusRule::Set(word) => status(fold(word)),
        StatusRule::Legs(legs) => legs
            .iter()
            .filter_map(|(leg, at)| Some((Arc::clone(leg), at.one(scope).and_then(word)?)))
            .collect(),
        StatusRule::By(rule) => {
            let meaning = rule.meaning(&fold(&said(&rule.at, scope)));
            meaning.map(|it| status(it.to_owned())).unwrap_or_default()
        }
    }
}

impl WordRule {
    /// The status that a word (folded) means.
    fn meaning(&self, said: &str) -> Option<&str> {
        let listed = self.means.iter().find(|(word, _)| word == said);
        let meaning = listed.or_else(|| self.means.iter().find(|(word, _)| word == "*"));
        meaning.map(|(_, status)| status.as_str())
    }

    /// Compares the action that a message names with the status that it reaches; nothing where it
    /// names none, or one of which nobody says where it leads.
    fn check(&self, reached: &str, scope: &Scope<'_>) -> Option<Check> {
        let action = fold(&said(&self.at, scope));
        if action.is_empty() {
            return None;
        }
        let meant = self.meaning(&action)?;
        let broken = || format!("the action {action} leads to {meant}, and {reached} is reached");
        Some(Check {
            code: FindingCode::ActionContradictsStatus,
            about: String::new(),
            broken: (meant != reached).then(broken),
        })
    }
}
