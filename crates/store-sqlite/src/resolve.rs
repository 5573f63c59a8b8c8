//! Resolve: a person's decision about a finding, and the document refolded with it.

use std::collections::BTreeSet;

use countersign_domain::{
    document::{Decision, Document, Lifecycle, fold_all},
    ids::{ChangeId, FindingId},
};
use countersign_store::{
    FindingRecord, Resolution, ResolutionAnswer, Resolved, StoreError, claims::is_of_receipt,
};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    document_rows,
    documents::{self, Entry},
    failure::Failure,
    finding_lists, findings,
    labels::Which,
    records::nanoseconds,
    refold::ruling,
    tell::Subject,
    writer::Writer,
};

/// The receipt that told a row of changes.
pub(crate) const RECEIPT: &str = "SELECT receipt FROM changes WHERE id = ?1";

impl Writer<'_> {
    pub(crate) fn resolve(&mut self, resolution: &Resolution) -> Result<Resolved, StoreError> {
        Ok(self.transaction(|writer| writer.rule(resolution))?)
    }

    fn rule(&mut self, resolution: &Resolution) -> Result<Resolved, Failure> {
        let Some(finding) = finding_lists::one(self.database, resolution.finding)? else {
            return Ok(Resolved::UnknownFinding);
        };
        let document: Option<i64> = self
            .database
            .prepare_cached(finding_lists::DOCUMENT)?
            .query_row([resolution.finding.rowid()], |row| row.get(0))?;
        // Nothing told later can close what is of no document.
        let is_for_people = document.is_none() || is_of_receipt(finding.key.code);
        let ruled = match resolution.answer {
            ResolutionAnswer::Noted if is_for_people => None,
            ResolutionAnswer::Noted => return Ok(Resolved::NeedsRuling),
            ResolutionAnswer::Pick(change) | ResolutionAnswer::Void(change) => {
                let Some((document, lifecycle)) = document.zip(resolution.lifecycle.as_deref())
                else {
                    return Ok(Resolved::UnknownChange);
                };
                if !document_rows::is_in_timeline(self.database, document, change)? {
                    return Ok(Resolved::UnknownChange);
                }
                Some((document, lifecycle, change))
            }
        };
        self.write_decision(resolution, document, ruled.map(|(.., change)| change))?;
        if let Some((document, lifecycle, change)) = ruled {
            self.refold_with(resolution, document, lifecycle, change)?;
        }
        if is_for_people {
            self.database
                .prepare_cached(findings::CLOSE_NOTED)?
                .execute((resolution.finding.rowid(), nanoseconds(resolution.at)?))?;
        }
        let now = self.finding_now(resolution.finding)?;
        Ok(Resolved::Now(Box::new(now)))
    }

    fn finding_now(&self, id: FindingId) -> Result<FindingRecord, Failure> {
        finding_lists::one(self.database, id)?
            .ok_or_else(|| Failure::Corrupt(format!("{id} is missing")))
    }

    fn write_decision(
        &self,
        resolution: &Resolution,
        document: Option<i64>,
        change: Option<ChangeId>,
    ) -> Result<(), Failure> {
        self.database
            .prepare_cached(
                "INSERT INTO decisions (id, document, finding, change, picked, at, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                resolution.id.rowid(),
                document,
                resolution.finding.rowid(),
                change.map(ChangeId::to_bytes),
                matches!(resolution.answer, ResolutionAnswer::Pick(_)),
                nanoseconds(resolution.at)?,
                &resolution.reason,
            ))?;
        Ok(())
    }

    /// Folds a document again with one decision more.
    fn refold_with(
        &mut self,
        resolution: &Resolution,
        id: i64,
        lifecycle: &Lifecycle,
        change: ChangeId,
    ) -> Result<(), Failure> {
        let timeline = documents::timeline(self.database, id)?;
        let told = documents::told(self.database, &timeline)?;
        let is_picked = matches!(resolution.answer, ResolutionAnswer::Pick(_));
        let ruling = ruling(is_picked, change, &told)?;
        let before = document_rows::state(self.database, id)?;
        let mut decisions = before.decisions.clone();
        decisions.push(Decision {
            at: resolution.at,
            id: resolution.id,
            change,
            ruling,
        });
        let changes = told.iter().map(|it| (it.id, &it.change));
        let after = fold_all(lifecycle, changes, &decisions);
        self.replace(id, lifecycle, &after, resolution)
    }

    fn replace(
        &mut self,
        id: i64,
        lifecycle: &Lifecycle,
        after: &Document,
        resolution: &Resolution,
    ) -> Result<(), Failure> {
        let receipt = finding_lists::one(self.database, resolution.finding)?.map(|it| it.receipt);
        let subject = Subject {
            id,
            lifecycle,
            receipt: receipt.ok_or(Failure::Refused("the finding is gone"))?,
            at: resolution.at,
        };
        self.write_whole(&subject, after)
    }

    /// Writes a document that was folded from nothing, in the place of what was there.
    pub(crate) fn write_whole(
        &mut self,
        subject: &Subject<'_>,
        after: &Document,
    ) -> Result<(), Failure> {
        let id = subject.id;
        let before = document_rows::state(self.database, id)?;
        for table in ["document_rows", "document_links"] {
            let sql = format!("DELETE FROM {table} WHERE document = ?1");
            self.database.prepare_cached(&sql)?.execute([id])?;
        }
        let status = after.state.status(subject.lifecycle).unwrap_or_default();
        if documents::status(self.database, id)? != status {
            self.reclass(id, subject.lifecycle, &after.state)?;
        }
        self.update_document(
            id,
            subject.lifecycle,
            (&after.state, &after.state),
            subject.at,
        )?;
        self.write_beside(subject, after)?;
        self.settle_findings(subject, after)?;
        self.label(subject, (&before, &after.state), Which::All)
    }

    /// Opens, retells and closes findings until they are those of the state.
    fn settle_findings(&self, subject: &Subject<'_>, after: &Document) -> Result<(), Failure> {
        let holds = after.findings(subject.lifecycle);
        let open = finding_lists::open_of(self.database, subject.id)?;
        let own = open
            .iter()
            .filter(|it| findings::is_of_state(subject.lifecycle, it.key.code));
        let mut known = BTreeSet::new();
        for finding in own {
            match holds.iter().find(|it| it.key == finding.key) {
                Some(held) => {
                    known.insert(&finding.key);
                    if held.message != finding.message {
                        self.retell_finding(subject.id, held)?;
                    }
                }
                None => self.close_finding(subject.id, &finding.key, subject.at)?,
            }
        }
        for finding in holds.iter().filter(|it| !known.contains(&it.key)) {
            self.open_finding(Some(subject.id), finding, subject.receipt, subject.at)?;
        }
        Ok(())
    }
}

/// The receipt that last told a document something.
pub(crate) fn last_receipt(
    database: &Connection,
    timeline: &[Entry],
) -> Result<Option<i64>, Failure> {
    let Some(last) = timeline.last() else {
        return Ok(None);
    };
    Ok(database
        .prepare_cached(RECEIPT)?
        .query_row([last.row()], |row| row.get(0))
        .optional()?)
}
