//! Findings, written as documents and receipts make them. Next: [`crate::finding_lists`] reads
//! them.

use countersign_domain::{
    document::{Applied, DocumentFinding, FindingKey, Lifecycle},
    ids::ReceiptId,
    receipt::{Finding, FindingCode},
};
use countersign_store::claims::is_of_receipt;
use jiff::Timestamp;

use crate::{failure::Failure, records::nanoseconds, tell::Subject, writer::Writer};

// Most findings of a code may be of one document, or none: the planner is not asked to guess.

/// Says an open finding in other words.
pub(crate) const RETELL: &str = "UPDATE findings INDEXED BY findings_open_of SET message = ?4
     WHERE document = ?1 AND code = ?2 AND about = ?3 AND closed_at IS NULL";

/// Closes a finding of a document, if it is open.
pub(crate) const CLOSE: &str = "UPDATE findings INDEXED BY findings_open_of SET closed_at = ?4
     WHERE document = ?1 AND code = ?2 AND about = ?3 AND closed_at IS NULL";

/// Closes a finding that somebody looked at.
pub(crate) const CLOSE_NOTED: &str =
    "UPDATE findings SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL";

/// Whether a document has an open finding.
pub(crate) const IS_OPEN: &str = "SELECT 1 FROM findings INDEXED BY findings_open_of
     WHERE document = ?1 AND code = ?2 AND about = ?3 AND closed_at IS NULL LIMIT 1";

impl Writer<'_> {
    /// Writes down what a change opened, retold and closed.
    pub(crate) fn note(&self, subject: &Subject<'_>, applied: &Applied) -> Result<(), Failure> {
        for finding in &applied.opened {
            self.open_finding(Some(subject.id), finding, subject.receipt, subject.at)?;
        }
        for finding in &applied.retold {
            self.retell_finding(subject.id, finding)?;
        }
        for finding in &applied.closed {
            self.close_finding(subject.id, &finding.key, subject.at)?;
        }
        Ok(())
    }

    /// Writes down what is doubtful about a receipt itself. A sum of the whole receipt is no
    /// document's: it would look as if the document's own changes said so.
    pub(crate) fn note_of_receipt(
        &self,
        findings: &[Finding],
        document: Option<i64>,
        (receipt, at): (ReceiptId, Timestamp),
    ) -> Result<(), Failure> {
        for finding in findings {
            let document = document.filter(|_| is_of_receipt(finding.code));
            let finding = DocumentFinding {
                key: FindingKey {
                    code: finding.code,
                    about: String::new(),
                },
                message: finding.message.clone(),
            };
            self.open_finding(document, &finding, receipt, at)?;
        }
        Ok(())
    }

    pub(crate) fn open_finding(
        &self,
        document: Option<i64>,
        finding: &DocumentFinding,
        receipt: ReceiptId,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.database
            .prepare_cached(
                "INSERT INTO findings (document, receipt, code, about, message, opened_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                document,
                receipt.rowid(),
                finding.key.code.as_str(),
                &finding.key.about,
                &finding.message,
                nanoseconds(at)?,
            ))?;
        Ok(())
    }

    pub(crate) fn is_finding_open(&self, document: i64, key: &FindingKey) -> Result<bool, Failure> {
        Ok(self.database.prepare_cached(IS_OPEN)?.exists((
            document,
            key.code.as_str(),
            &key.about,
        ))?)
    }

    /// Says an open finding in other words.
    pub(crate) fn retell_finding(
        &self,
        document: i64,
        finding: &DocumentFinding,
    ) -> Result<(), Failure> {
        let DocumentFinding { key, message } = finding;
        self.database.prepare_cached(RETELL)?.execute((
            document,
            key.code.as_str(),
            &key.about,
            message,
        ))?;
        Ok(())
    }

    pub(crate) fn close_finding(
        &self,
        document: i64,
        key: &FindingKey,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.database.prepare_cached(CLOSE)?.execute((
            document,
            key.code.as_str(),
            &key.about,
            nanoseconds(at)?,
        ))?;
        Ok(())
    }
}

/// Whether a finding of this code follows from the document's own state: not from a receipt, nor
/// from what two documents say.
pub(crate) fn is_of_state(lifecycle: &Lifecycle, code: FindingCode) -> bool {
    let is_shared = lifecycle.unique.iter().any(|it| it.code == code);
    !is_shared && !is_of_receipt(code)
}
