//! Accept: a batch of judged receipts in one transaction, and what became of each.
//!
//! A batch is first written without savepoints, because nearly every batch is sound. If one receipt
//! fails alone (it cannot be written, the stored one that it repeats is damaged, or our own code
//! panics on it), the batch is rolled back and written again with a savepoint around each, so that
//! the others are kept. Any other failure fails the batch as a whole.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use countersign_domain::{
    ids::ReceiptId,
    receipt::{Answer, Digest, Verdict},
};
use countersign_store::{
    Draft, Outcome, StoreError,
    claims::{ClaimKey, make_duplicate, mark_content_changed},
};
use rusqlite::Connection;

use crate::{failure::Failure, records, tell::Telling, writer::Writer};

/// Our own code panicked on a draft. Its bytes can still be kept some other way.
const PANICKED: Failure = Failure::Refused("our own code failed on it");

/// What a draft turns into, before it is written.
struct Judged<'d> {
    draft: Cow<'d, Draft>,
    outcome: Outcome,
    claims: Option<ClaimKey>,
}

impl Writer<'_> {
    pub(crate) fn accept(&mut self, batch: &[Draft]) -> Vec<Result<Outcome, StoreError>> {
        self.accept_by(batch, Self::keep)
    }

    /// How one draft is kept is an argument, so that a test can make it fail.
    pub(crate) fn accept_by(
        &mut self,
        batch: &[Draft],
        keep: impl Fn(&mut Self, &Draft) -> Result<Outcome, Failure>,
    ) -> Vec<Result<Outcome, StoreError>> {
        if batch.is_empty() {
            return Vec::new();
        }
        let together = catch_unwind(AssertUnwindSafe(|| {
            self.transaction(|writer| {
                batch
                    .iter()
                    .map(|draft| keep(writer, draft))
                    .collect::<Result<Vec<_>, _>>()
            })
        }));
        let failure = match together {
            Ok(Ok(outcomes)) => return outcomes.into_iter().map(Ok).collect(),
            Ok(Err(failure)) => failure,
            Err(_) => {
                self.roll_back();
                PANICKED
            }
        };
        if !failure.is_of_one_receipt() {
            return vec![Err(StoreError::from(failure)); batch.len()];
        }
        let one_by_one = self.transaction(|writer| {
            batch
                .iter()
                .map(|draft| writer.keep_alone(draft, &keep))
                .collect::<Result<Vec<_>, _>>()
        });
        one_by_one.unwrap_or_else(|failure| vec![Err(StoreError::from(failure)); batch.len()])
    }

    pub(crate) fn keep(&mut self, draft: &Draft) -> Result<Outcome, Failure> {
        let Judged {
            draft,
            outcome,
            claims,
        } = self.judge(draft)?;
        let duplicate_of = match outcome {
            Outcome::Duplicate { first, .. } => Some(first),
            Outcome::Kept | Outcome::ContentChanged { .. } => None,
        };
        let class = self.classes.of(self.database, &draft)?;
        records::insert(self.database, &draft, class, duplicate_of)?;
        if let Some(key) = claims {
            self.claims.put(key.to_bytes(), draft.id.rowid());
        }
        self.tell_of(&draft, class)?;
        // Last, so that a receipt that could not be written has claimed nothing.
        self.claims.keep_tentative();
        self.labels.keep_tentative();
        Ok(outcome)
    }

    /// What an accepted receipt says of documents, and what is doubtful about itself.
    fn tell_of(&mut self, draft: &Draft, class: i64) -> Result<(), Failure> {
        let part = |number: u32| draft.parts.get(number as usize);
        let is_accepted = |number| part(number).is_some_and(|it| it.verdict == Verdict::Accepted);
        let changes = draft
            .changes
            .iter()
            .filter(|it| is_accepted(it.change.part));
        let events = (0..).zip(&draft.parts).filter(|(_, it)| it.event);
        let telling = Telling {
            row: draft.id.rowid(),
            receipt: draft.id,
            class,
            received_at: draft.received_at,
            changes: changes.collect(),
            events: events.map(|(number, _)| number).collect(),
        };
        let findings = match draft.verdict {
            Verdict::Accepted => &draft.findings[..],
            Verdict::Quarantined | Verdict::Duplicate => &[],
        };
        self.tell_all(&telling, findings, draft.failed_subject.as_ref())
    }

    /// The outer error is everybody's, the inner one is this receipt's.
    fn keep_alone(
        &mut self,
        draft: &Draft,
        keep: impl Fn(&mut Self, &Draft) -> Result<Outcome, Failure>,
    ) -> Result<Result<Outcome, StoreError>, Failure> {
        self.run("SAVEPOINT one")?;
        let kept = catch_unwind(AssertUnwindSafe(|| keep(self, draft)));
        let kept = match kept.unwrap_or(Err(PANICKED)) {
            Ok(outcome) => Ok(outcome),
            Err(failure) if failure.is_of_one_receipt() => {
                self.run("ROLLBACK TO one")?;
                self.claims.forget_tentative();
                self.labels.forget_tentative();
                self.classes.rolled_back();
                self.document_classes.rolled_back();
                let error = StoreError::from(failure);
                tracing::error!(receipt = %draft.id, %error, "a receipt of a batch is not kept");
                Err(error)
            }
            Err(failure) => return Err(failure),
        };
        self.run("RELEASE one")?;
        Ok(kept)
    }

    fn judge<'d>(&self, draft: &'d Draft) -> Result<Judged<'d>, Failure> {
        let by_identity = match &draft.identity {
            None => None,
            Some(identity) => {
                let holder = self.holder(ClaimKey::of_identity(identity))?;
                holder
                    .map(|first| Ok::<_, Failure>((first, self.first(first)?)))
                    .transpose()?
            }
        };
        if let (Some((first, said)), Some(identity)) = (&by_identity, &draft.identity)
            && said.has_content(self.database, *first, identity, &draft.content)?
        {
            return Ok(duplicate(draft, *first, said.answer.clone()));
        }
        match (draft.verdict, &draft.identity, by_identity) {
            (Verdict::Accepted, Some(identity), Some((first, _))) => {
                self.judge_change(draft, identity, first)
            }
            (Verdict::Accepted, identity, _) => {
                Ok(kept(draft, identity.as_ref().map(ClaimKey::of_identity)))
            }
            (Verdict::Quarantined, ..) => self.judge_quarantined(draft),
            (Verdict::Duplicate, ..) => Err(Failure::Refused("only the store says duplicate")),
        }
    }

    /// The identity is taken by other content: the first with this content is kept as changed.
    fn judge_change<'d>(
        &self,
        draft: &'d Draft,
        identity: &Digest,
        first: ReceiptId,
    ) -> Result<Judged<'d>, Failure> {
        let key = ClaimKey::of_change(identity, &draft.content);
        if let Some(same) = self.holder(key)? {
            return Ok(duplicate(draft, same, self.first(same)?.answer));
        }
        let mut changed = draft.clone();
        mark_content_changed(&mut changed, first);
        Ok(Judged {
            draft: Cow::Owned(changed),
            outcome: Outcome::ContentChanged { first },
            claims: Some(key),
        })
    }

    /// What is in quarantine claims its content, never its identity.
    fn judge_quarantined<'d>(&self, draft: &'d Draft) -> Result<Judged<'d>, Failure> {
        let key = ClaimKey::of_quarantined(&draft.source, &draft.operation, &draft.content);
        match self.holder(key)? {
            Some(first) => Ok(duplicate(draft, first, self.first(first)?.answer)),
            None => Ok(kept(draft, Some(key))),
        }
    }

    /// Who holds a claim that receipts hold.
    pub(crate) fn holder(&self, key: ClaimKey) -> Result<Option<ReceiptId>, Failure> {
        let holder = self.claims.get(self.database, key.to_bytes())?;
        Ok(holder.map(ReceiptId::from_rowid))
    }

    /// What a receipt that holds a claim said and was answered.
    pub(crate) fn first(&self, id: ReceiptId) -> Result<First, Failure> {
        let mut statement = self
            .database
            .prepare_cached("SELECT content, status, answer FROM receipts WHERE id = ?1")?;
        let mut rows = statement.query([id.rowid()])?;
        let Some(row) = rows.next()? else {
            return Err(Failure::Corrupt(format!(
                "{id} holds a claim and is missing"
            )));
        };
        Ok(First {
            content: row.get(0)?,
            answer: records::answer(row, 1)?,
        })
    }
}

/// The receipt that holds a claim.
pub(crate) struct First {
    content: Digest,
    answer: Answer,
}

impl First {
    /// Whether it said this content: as it came, or as it was released under this identity.
    pub(crate) fn has_content(
        &self,
        database: &Connection,
        id: ReceiptId,
        identity: &Digest,
        content: &Digest,
    ) -> Result<bool, Failure> {
        if self.content == *content {
            return Ok(true);
        }
        Ok(database
            .prepare_cached(
                "SELECT 1 FROM releases WHERE receipt = ?1 AND identity = ?2 AND content = ?3",
            )?
            .exists((id.rowid(), identity, content))?)
    }
}

fn kept(draft: &Draft, claims: Option<ClaimKey>) -> Judged<'_> {
    Judged {
        draft: Cow::Borrowed(draft),
        outcome: Outcome::Kept,
        claims,
    }
}

fn duplicate(draft: &Draft, first: ReceiptId, answer: Answer) -> Judged<'_> {
    let mut repeat = draft.clone();
    make_duplicate(&mut repeat, answer.clone());
    Judged {
        draft: Cow::Owned(repeat),
        outcome: Outcome::Duplicate { first, answer },
        claims: None,
    }
}
