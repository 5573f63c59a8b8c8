//! Compares what should add up: the totals of an operation, evaluated on a body.
//!
//! A rule whose values the body does not tell makes no check; nothing is guessed, and nothing here
//! refuses. Every rule that can be evaluated makes a check, also where it holds, so that a later
//! message that is right closes the doubt that an earlier one opened.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    extract::{joined, walk},
    pointer::{Pointer, Scope, Step, text_of},
    rules::{Measure, TotalRule},
};
use crate::{
    document::{Change, Check, fold},
    money::{Money, Sum},
    reader::{Kind, Value},
    receipt::{Finding, FindingCode},
};

/// How many amounts or words a sentence shows one by one.
const MOST_SHOWN: usize = 5;
/// How much of a word a sentence shows.
const MOST_CHARACTERS: usize = 40;

/// Evaluates `rules` in `scope` and writes the checks to the first main change among `changes`, or
/// to its rows.
pub(super) fn check<'r>(
    rules: impl Iterator<Item = &'r TotalRule>,
    scope: &Scope<'_>,
    changes: &mut [Change],
) {
    let Some(main) = changes.iter_mut().find(|it| it.main) else {
        return;
    };
    let mut of_rows = RowChecks::default();
    for rule in rules {
        let mut index = 0;
        walk(&rule.each, scope, &mut |scope| {
            let about = if rule.each.is_empty() {
                rule.place.to_string()
            } else {
                format!("{}/{index}", rule.place)
            };
            index += 1;
            let Some(broken) = rule.measure.compare(scope) else {
                return;
            };
            let broken = broken.err();
            let row = rule.row.as_ref();
            match row.and_then(|row| Some((Arc::clone(&row.table), joined(&row.key, scope)?))) {
                Some(row) => of_rows.add(row, rule.code, broken),
                None => main.checks.push(Check {
                    code: rule.code,
                    about,
                    broken,
                }),
            }
        });
    }
    of_rows.attach(main);
}

/// Evaluates `rules` in `scope` and tells what does not hold.
pub(super) fn findings<'r>(
    rules: impl Iterator<Item = &'r TotalRule>,
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules {
        walk(&rule.each, scope, &mut |scope| {
            let broken = rule.measure.compare(scope).and_then(Result::err);
            findings.extend(broken.map(|message| Finding {
                code: rule.code,
                message,
            }));
        });
    }
    findings
}

/// The checks of rows by table and key. A row has one check of each code: it is broken if any of
/// those that were merged into it is.
#[derive(Default)]
struct RowChecks(BTreeMap<(Arc<str>, String), BTreeMap<FindingCode, Vec<String>>>);

impl RowChecks {
    fn add(&mut self, row: (Arc<str>, String), code: FindingCode, broken: Option<String>) {
        let checks = self.0.entry(row).or_default();
        checks.entry(code).or_default().extend(broken);
    }

    fn attach(mut self, change: &mut Change) {
        if self.0.is_empty() {
            return;
        }
        for (table, rows) in &mut change.rows {
            for row in rows {
                let found = self.0.remove(&(Arc::clone(table), row.key.clone()));
                let checks = found.into_iter().flatten().map(|(code, broken)| Check {
                    code,
                    about: String::new(),
                    broken: (!broken.is_empty()).then(|| broken.join("; ")),
                });
                row.checks.extend(checks);
            }
        }
    }
}

impl Measure {
    /// Whether it holds, or in one sentence how not; nothing where the body does not tell enough.
    fn compare(&self, scope: &Scope<'_>) -> Option<Result<(), String>> {
        match self {
            Self::Sum { of, is } => {
                let amounts = amounts(of, scope)?;
                let stated = amount(is.one(scope)?)?;
                let mut sum = Sum::default();
                amounts.iter().for_each(|it| sum.add(*it));
                let sum = sum.total()?;
                let broken = || {
                    let name = name(is);
                    let sum = match amounts.as_slice() {
                        [_] => format!("the one amount is {sum}"),
                        few if few.len() <= MOST_SHOWN => {
                            let few: Vec<_> = few.iter().map(Money::to_string).collect();
                            format!("{} is {sum}", few.join(" + "))
                        }
                        many => format!("the {} amounts add up to {sum}", many.len()),
                    };
                    format!("{sum}, and {name} says {stated}")
                };
                Some((sum == stated).then_some(()).ok_or_else(broken))
            }
            Self::Count { of, is } => {
                let array = of.one(scope).filter(|it| it.kind() == Kind::Array)?;
                let stated = amount(is.one(scope)?)?;
                let count = array.elements().count();
                let counted = Money::from_literal(&count.to_string()).ok()?;
                let broken = || {
                    let (of, is) = (name(of), name(is));
                    let elements = if count == 1 { "element" } else { "elements" };
                    format!("{of} has {count} {elements}, and {is} says {stated}")
                };
                Some((counted == stated).then_some(()).ok_or_else(broken))
            }
            Self::Same(of) => same(of, scope),
        }
    }
}

/// The amounts at some pointers; nothing where there is none, or where something is no amount, whose
/// worth nobody knows. What is missing, null or empty counts as nothing beside another amount.
fn amounts(of: &[Pointer], scope: &Scope<'_>) -> Option<Vec<Money>> {
    let values = of.iter().flat_map(|it| it.all(scope)).filter(is_told);
    let amounts: Option<Vec<_>> = values.map(amount).collect();
    amounts.filter(|it| !it.is_empty())
}

fn is_told(value: &Value<'_>) -> bool {
    match value.kind() {
        Kind::Null => false,
        Kind::String => value.text().is_none_or(|it| !it.is_empty()),
        Kind::Bool | Kind::Number | Kind::Array | Kind::Object => true,
    }
}

fn amount(value: Value<'_>) -> Option<Money> {
    Money::from_value(value).ok()
}

fn same(of: &[Pointer], scope: &Scope<'_>) -> Option<Result<(), String>> {
    let values = of.iter().flat_map(|it| it.all(scope));
    let words: BTreeSet<String> = values
        .filter_map(text_of)
        .map(|it| fold(&it))
        .filter(|it| !it.is_empty())
        .collect();
    if words.len() <= 1 {
        return (!words.is_empty()).then_some(Ok(()));
    }
    let shown = words.iter().take(MOST_SHOWN);
    let shown: Vec<String> = shown
        .map(|it| it.chars().take(MOST_CHARACTERS).collect())
        .collect();
    let more = if words.len() > MOST_SHOWN {
        " and others"
    } else {
        ""
    };
    let shown = shown.join(" and ");
    Some(Err(format!(
        "{shown}{more} are told, and all should be the same"
    )))
}

/// What people call the value that a pointer leads to: its last step.
fn name(pointer: &Pointer) -> &str {
    let keys = pointer.steps().iter().rev().filter_map(|it| match it {
        Step::Key(key) => Some(&**key),
        Step::Every => None,
    });
    keys.into_iter().next().unwrap_or("the body")
}
