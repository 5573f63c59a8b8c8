//! Judges one message whose sender is known, and commits it.
//!
//! Both ways in lead through here: the webhook itself, and the release of a body that was kept
//! after a failed authentication. When [`accept`] returns `Ok`, the message survives any crash.

use bytes::Bytes;
use countersign_domain::{
    contract::{Judgement, Received},
    ids::ReceiptId,
    receipt::{Answer, Verdict},
};
use countersign_store::{Draft, Outcome, StoreError};

use super::{
    context::Context,
    documents,
    judge::judge,
    mounts::Inlet,
    respond::{self, Reply},
};

/// A message whose sender is known and whose body is complete.
pub(crate) struct Message<'m> {
    /// Where it came in.
    pub(crate) inlet: &'m Inlet,
    /// The request's own id.
    pub(crate) request_id: &'m str,
    /// Its content type, where it had one.
    pub(crate) content_type: Option<&'m str>,
    /// The headers to keep.
    pub(crate) headers: Vec<(String, String)>,
    /// The bytes.
    pub(crate) body: Bytes,
}

/// A committed message.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The receipt that was made of it.
    pub(crate) receipt: ReceiptId,
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// What is answered.
    pub(crate) answer: Answer,
}

impl Accepted {
    /// The HTTP response: a duplicate gets the first one's answer under this request's own id.
    pub(crate) fn reply(self, inlet: &Inlet, request_id: &str) -> Reply {
        respond::reply(inlet, self.answer, request_id)
    }
}

/// What a draft keeps of the request itself.
struct Kept {
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// Judges and commits. What the store cannot keep as judged, be it for a document that is damaged,
/// goes into quarantine with its bytes alone, so that its sender is not turned away for ever.
///
/// # Errors
///
/// When the commit is not known to have happened.
pub(crate) async fn accept(
    context: &Context,
    message: Message<'_>,
) -> Result<Accepted, StoreError> {
    let Message {
        inlet,
        request_id,
        content_type,
        headers,
        body,
    } = message;
    let received_at = context.clock.now();
    let receipt = context.ids.receipt(received_at);
    let source = &inlet.source.name;
    let received = Received {
        receipt,
        received_at,
        request_id,
        source,
        content_type,
        body: &body,
    };
    let kept = Kept {
        headers,
        body: body.clone(),
    };
    let first = draft(inlet, &received, kept, judge(inlet, &received));
    let held = held_parts(&first);
    let accepted = match commit(context, first).await {
        Err(StoreError::Refused { reason } | StoreError::Corrupt { reason }) => {
            inlet.metrics.faults.increment(1);
            tracing::error!(
                %receipt, request_id, %source, operation = %inlet.operation().name, reason,
                "the store cannot keep a judged body; its bytes alone go into quarantine: please report this"
            );
            let receipt = context.ids.receipt(received_at);
            let received = Received {
                receipt,
                ..received
            };
            let fault = inlet.source.contract.fault(inlet.operation(), &received);
            let kept = Kept {
                headers: Vec::new(),
                body: body.clone(),
            };
            commit(context, draft(inlet, &received, kept, fault)).await?
        }
        committed => committed?,
    };
    let Accepted {
        receipt, verdict, ..
    } = accepted;
    inlet.metrics.receipt(verdict);
    tracing::debug!(%receipt, request_id, %source, operation = %inlet.operation().name, %verdict, "committed");
    if verdict == Verdict::Quarantined {
        tracing::info!(%receipt, request_id, %source, operation = %inlet.operation().name, "in quarantine");
    }
    if verdict == Verdict::Accepted && held > 0 {
        inlet.metrics.held_parts.increment(held);
        tracing::info!(%receipt, request_id, %source, operation = %inlet.operation().name, parts = held, "a part is in quarantine");
    }
    Ok(accepted)
}

/// How many parts go into quarantine alone, while the rest of the receipt is accepted.
fn held_parts(draft: &Draft) -> u64 {
    let held = draft
        .parts
        .iter()
        .filter(|it| it.verdict == Verdict::Quarantined);
    held.count() as u64
}

fn draft(inlet: &Inlet, received: &Received<'_>, kept: Kept, judgement: Judgement) -> Draft {
    let contract = &inlet.source.contract;
    Draft {
        id: received.receipt,
        source: inlet.source.name.clone(),
        operation: inlet.operation().name.clone(),
        received_at: received.received_at,
        headers: kept.headers,
        body: kept.body,
        verdict: judgement.verdict,
        edition: judgement.edition,
        violations: judgement.violations,
        findings: judgement.findings,
        parts: judgement.parts,
        changes: documents::with_lives(contract, judgement.changes),
        failed_subject: documents::failed_subject(contract, judgement.failed_subject),
        identity: judgement.identity,
        content: judgement.content,
        answer: judgement.answer,
    }
}

async fn commit(context: &Context, draft: Draft) -> Result<Accepted, StoreError> {
    let (receipt, verdict, own_answer) = (draft.id, draft.verdict, draft.answer.clone());
    // Only behind this line may anything say that the message was taken: `accept` has committed.
    let (verdict, answer) = match context.commits.accept(draft).await? {
        Outcome::Kept | Outcome::ContentChanged { .. } => (verdict, own_answer),
        Outcome::Duplicate { answer, .. } => (Verdict::Duplicate, answer),
    };
    Ok(Accepted {
        receipt,
        verdict,
        answer,
    })
}
