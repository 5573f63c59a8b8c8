//! Refold: documents folded again out of their changes, and compared with what is kept.
//!
//! Each slice is one snapshot, so what is written meanwhile cannot look like a difference. Mending
//! happens on the writer, document by document, and folds again there.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::{
    document::{Decision, Document, Lifecycle, Ruling, fold_all},
    ids::{ChangeId, ReceiptId},
};
use countersign_store::{
    Difference, DocumentName, Lifecycles, Refold, Refolded, StoreError, TimelineEntry,
};
use rusqlite::Connection;

use crate::{
    document_rows, documents, failure::Failure, finding_lists, findings, labels,
    resolve::last_receipt, tell::Subject, writer::Writer,
};

pub(crate) const IDS: &str = "SELECT id FROM documents WHERE id > ?1 ORDER BY id LIMIT ?2";

/// What refolding one document showed.
struct Compared {
    /// The document as its changes make it.
    folded: Document,
    what: Vec<&'static str>,
    changes: u64,
}

/// Refolds a slice and tells what differs, with the numbers of the documents that do.
pub(crate) fn check(
    database: &Connection,
    refold: &Refold,
) -> Result<(Refolded, Vec<i64>), Failure> {
    let snapshot = database.unchecked_transaction()?;
    let mut statement = snapshot.prepare_cached(IDS)?;
    let ids = statement.query_map((refold.after, refold.limit), |row| row.get(0))?;
    let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
    let mut refolded = Refolded {
        next: ids
            .last()
            .copied()
            .filter(|_| ids.len() == refold.limit as usize),
        ..Refolded::default()
    };
    let mut found = Vec::new();
    let mut wanted = BTreeMap::new();
    for id in ids {
        let document = documents::name(&snapshot, id)?;
        let what = match lifecycle_of(&refold.lifecycles, &document) {
            None => vec!["kind"],
            Some(lifecycle) => {
                let compared = compare(&snapshot, id, lifecycle)?;
                refolded.changes += compared.changes;
                let labels = compared.folded.state.labels(lifecycle);
                wanted.extend(labels.into_iter().map(|it| (labels::entry(it, id), id)));
                compared.what
            }
        };
        refolded.documents += 1;
        found.push((id, Difference { document, what }));
    }
    let lacking: BTreeSet<i64> = labels::lacking(&snapshot, wanted)?.into_values().collect();
    for (id, difference) in &mut found {
        if lacking.contains(id) {
            difference.what.push("labels");
        }
    }
    found.retain(|(_, difference)| !difference.what.is_empty());
    let (differing, differences) = found.into_iter().unzip();
    refolded.differences = differences;
    Ok((refolded, differing))
}

fn lifecycle_of<'l>(lifecycles: &'l Lifecycles, name: &DocumentName) -> Option<&'l Lifecycle> {
    lifecycles.get(&name.namespace, &name.kind).map(|it| &**it)
}

fn compare(database: &Connection, id: i64, lifecycle: &Lifecycle) -> Result<Compared, Failure> {
    let timeline = documents::timeline(database, id)?;
    let told = documents::told(database, &timeline)?;
    let state = document_rows::state(database, id)?;
    let decisions = kept_decisions(database, id, &told)?;
    let changes = told.iter().map(|it| (it.id, &it.change));
    let folded = fold_all(lifecycle, changes, &decisions);
    let kept = Document {
        state,
        ..documents::beside(database, id)?
    };
    let open = finding_lists::open_of(database, id)?;
    let open = open
        .iter()
        .filter(|it| findings::is_of_state(lifecycle, it.key.code));
    let mut open: Vec<_> = open
        .map(|it| (it.key.clone(), it.message.clone()))
        .collect();
    open.sort();
    let holds = folded.findings(lifecycle).into_iter();
    let mut holds: Vec<_> = holds.map(|it| (it.key, it.message)).collect();
    holds.sort();
    let status = folded.state.status(lifecycle).unwrap_or_default();
    let misnamed = timeline
        .iter()
        .zip(&told)
        .any(|(entry, told)| told.change.change_id(&lifecycle.namespace) != entry.change);
    let differences = [
        ("state", kept.state != folded.state),
        ("rows", kept.rows != folded.rows),
        ("links", kept.links != folded.links),
        ("status", documents::status(database, id)? != status),
        ("findings", open != holds),
        ("timeline", misnamed),
    ];
    let what = differences.into_iter().filter(|(_, differs)| *differs);
    Ok(Compared {
        what: what.map(|(what, _)| what).collect(),
        changes: told.len() as u64,
        folded,
    })
}

/// The decisions about a document's changes as they were written down, not as the state has them.
fn kept_decisions(
    database: &Connection,
    id: i64,
    told: &[TimelineEntry],
) -> Result<Vec<Decision>, Failure> {
    let mut decisions = Vec::new();
    for kept in documents::decisions(database, id)? {
        let Some((change, is_picked)) = kept.change else {
            continue;
        };
        decisions.push(Decision {
            at: kept.at,
            id: kept.id,
            change,
            ruling: ruling(is_picked, change, told)?,
        });
    }
    Ok(decisions)
}

/// What was decided about a change of a document.
pub(crate) fn ruling(
    is_picked: bool,
    change: ChangeId,
    told: &[TimelineEntry],
) -> Result<Ruling, Failure> {
    if !is_picked {
        return Ok(Ruling::Void);
    }
    let named = told.iter().find(|it| it.id == change);
    let named =
        named.ok_or_else(|| Failure::Corrupt(format!("{change} was picked and is missing")))?;
    Ok(Ruling::pick(&named.change))
}

impl Writer<'_> {
    /// Writes one document as its changes make it, and says whether it is so now.
    pub(crate) fn mend(&mut self, id: i64, lifecycles: &Lifecycles) -> Result<bool, StoreError> {
        Ok(self.transaction(|writer| {
            let name = documents::name(writer.database, id)?;
            let Some(lifecycle) = lifecycle_of(lifecycles, &name) else {
                return Ok(false);
            };
            let compared = compare(writer.database, id, lifecycle)?;
            let timeline = documents::timeline(writer.database, id)?;
            let receipt = last_receipt(writer.database, &timeline)?;
            let subject = Subject {
                id,
                lifecycle,
                receipt: ReceiptId::from_rowid(receipt.unwrap_or_default()),
                at: documents::updated_at(writer.database, id)?,
            };
            writer.write_whole(&subject, &compared.folded)?;
            // Under which id a change was told cannot be told again.
            Ok(!compared.what.contains(&"timeline"))
        })?)
    }
}
