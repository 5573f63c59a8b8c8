//! What documents are looked up by, and which of it no two documents should share.
//!
//! An entry is eight bytes of a hash, then the number of the document: so one label is a run of
//! entries, by the order in which its documents were first told of. Entries gather in memory before
//! they are in their table ([`crate::slices`]), so only the writer knows the newest.

use std::{collections::BTreeMap, ops::RangeInclusive};

use countersign_domain::document::{DocumentFinding, FindingKey, Label, Lifecycle, State, Unique};
use rusqlite::Connection;

use crate::{
    failure::Failure,
    slice_table::{LABELS, last_in_journal},
    slices::{ABSENT, Key, PRESENT},
    tell::Subject,
    writer::Writer,
};

/// The documents of a label, as far as they are merged.
pub(crate) const BETWEEN: &str = "SELECT entry FROM labels WHERE entry BETWEEN ?1 AND ?2";

/// Whether an entry is merged.
pub(crate) const IS_MERGED: &str = "SELECT 1 FROM labels WHERE entry = ?1";

/// Which labels of a document are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that came or went.
    Changed,
    /// All of them, because a corrected contract may ask for more of the same state.
    All,
}

/// The entry of a document under a label.
pub(crate) fn entry(label: Label, document: i64) -> Key {
    let mut entry = [0; 16];
    entry[..8].copy_from_slice(&label.to_bytes());
    entry[8..].copy_from_slice(&document.to_be_bytes());
    entry
}

/// Every entry that a label can have.
pub(crate) fn range_of(label: Label) -> RangeInclusive<Key> {
    // The number of a document is never negative.
    entry(label, 0)..=entry(label, i64::MAX)
}

/// The document of an entry.
pub(crate) fn document_of(entry: &Key) -> i64 {
    let number = entry.last_chunk().expect("an entry ends in eight bytes");
    i64::from_be_bytes(*number)
}

/// Whether a document has a label, as far as labels are merged.
pub(crate) fn is_merged(database: &Connection, entry: &Key) -> Result<bool, Failure> {
    Ok(database.prepare_cached(IS_MERGED)?.exists([entry])?)
}

/// Which of some documents lack an entry that they want: it stands neither in the table nor, as
/// what was said last, in the journal.
pub(crate) fn lacking(
    database: &Connection,
    wanted: BTreeMap<Key, i64>,
) -> Result<BTreeMap<Key, i64>, Failure> {
    let mut lacking = BTreeMap::new();
    for (entry, document) in wanted {
        if !is_merged(database, &entry)? {
            lacking.insert(entry, document);
        }
    }
    // The journal has whatever was told in the last minutes: read it only where it is needed.
    if !lacking.is_empty() {
        let last = last_in_journal(database, &LABELS, |key| lacking.contains_key(key))?;
        lacking.retain(|entry, _| last.get(entry) != Some(&PRESENT));
    }
    Ok(lacking)
}

impl Writer<'_> {
    /// Follows the labels of a document from one state to the other.
    pub(crate) fn label(
        &mut self,
        subject: &Subject<'_>,
        (before, after): (&State, &State),
        which: Which,
    ) -> Result<(), Failure> {
        let lifecycle = subject.lifecycle;
        let (old, new) = (before.labels(lifecycle), after.labels(lifecycle));
        // Before its own labels are there: most numbers are new, which is soon known of them.
        for rule in &lifecycle.unique {
            self.watch_unique(subject, rule, (before, after), which)?;
        }
        for gone in old.difference(&new) {
            self.labels.put(entry(*gone, subject.id), ABSENT);
        }
        let is_wanted = |it: &&Label| which == Which::All || !old.contains(it);
        for come in new.iter().filter(is_wanted) {
            self.labels.put(entry(*come, subject.id), PRESENT);
        }
        Ok(())
    }

    /// Follows a fact of which no two documents should have the same, from one state to the other.
    /// Each document that shares it has the finding; two others are enough to know.
    fn watch_unique(
        &self,
        subject: &Subject<'_>,
        rule: &Unique,
        (before, after): (&State, &State),
        which: Which,
    ) -> Result<(), Failure> {
        let (old, new) = (
            shared_label(subject.lifecycle, rule, before),
            shared_label(subject.lifecycle, rule, after),
        );
        if old == new && which == Which::Changed {
            return Ok(());
        }
        let key = FindingKey {
            code: rule.code,
            about: rule.fact.to_string(),
        };
        if let Some(old) = old.filter(|_| old != new) {
            self.close_finding(subject.id, &key, subject.at)?;
            if let [only] = self.others(old, subject.id)?[..] {
                self.close_finding(only, &key, subject.at)?;
            }
        }
        let others = match new {
            Some(new) => self.others(new, subject.id)?,
            None => Vec::new(),
        };
        let other = others.first().filter(|_| others.len() == 1);
        let sharing = others.first().map(|_| subject.id);
        if sharing.is_none() && which == Which::All {
            self.close_finding(subject.id, &key, subject.at)?;
        }
        for document in sharing.into_iter().chain(other.copied()) {
            if self.is_finding_open(document, &key)? {
                continue;
            }
            let kind = &subject.lifecycle.kind;
            let finding = DocumentFinding {
                key: key.clone(),
                // The others come and go: none of them is named.
                message: format!("another {kind} has the same {}", rule.fact),
            };
            self.open_finding(Some(document), &finding, subject.receipt, subject.at)?;
        }
        Ok(())
    }

    /// Up to two other documents with a label.
    fn others(&self, label: Label, me: i64) -> Result<Vec<i64>, Failure> {
        let range = range_of(label);
        if !self.labels.may_begin(*range.start()) {
            return Ok(Vec::new());
        }
        let is_other = |it: &i64| *it != me;
        let in_memory = self.labels.known_between(*range.start(), *range.end());
        let present = in_memory.filter(|(_, value)| *value == PRESENT);
        let mut others: Vec<i64> = Vec::new();
        for other in present.map(|(key, _)| document_of(&key)).filter(is_other) {
            // A word that is told again stands in two layers.
            if !others.contains(&other) {
                others.push(other);
            }
            if others.len() == 2 {
                return Ok(others);
            }
        }
        let mut statement = self.database.prepare_cached(BETWEEN)?;
        let mut rows = statement.query((range.start(), range.end()))?;
        while others.len() < 2
            && let Some(row) = rows.next()?
        {
            let key: Key = row.get(0)?;
            if self.labels.known(key).is_none() {
                others.extend(Some(document_of(&key)).filter(is_other));
            }
        }
        Ok(others)
    }
}

fn shared_label(lifecycle: &Lifecycle, rule: &Unique, state: &State) -> Option<Label> {
    let cell = state.facts.get(&rule.fact)?;
    Some(Label::of_number(lifecycle, &rule.fact, &cell.value))
}
