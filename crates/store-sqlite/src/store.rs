//! [`Store`], operation by operation: what writes is a job for the writer, what reads runs beside it.
//!
//! Names that came in the last minutes are known to the writer alone, and so are the labels that it
//! has not merged yet: what is asked for by those asks the writer first. Next: the module that each
//! operation names.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use countersign_domain::ids::{EventId, FindingId, ReceiptId, RejectedId};
use countersign_store::{
    DocumentFilter, DocumentName, DocumentPage, DocumentRecord, Draft, EventFilter, EventPage,
    EventPlace, EventRecord, FindingFilter, FindingRecord, Outcome, Page, ReceiptFilter,
    ReceiptRecord, ReceiptSummary, Refold, Refolded, RefusalCount, Refusals, Rejected,
    RejectedSummary, Release, Released, Resolution, Resolved, Store, StoreError,
};
use jiff::Timestamp;

use crate::{
    SqliteStore, document_lists, documents, events, finding_lists, lists, records, refold, rejected,
};

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, batch: Vec<Draft>) -> Vec<Result<Outcome, StoreError>> {
        let count = batch.len();
        match self.write(move |writer| writer.accept(&batch)).await {
            Ok(results) => results,
            Err(error) => vec![Err(error); count],
        }
    }

    async fn receipts(
        &self,
        filter: &ReceiptFilter,
        page: Page,
    ) -> Result<Vec<ReceiptSummary>, StoreError> {
        let filter = filter.clone();
        self.readers
            .read(move |database| lists::receipts(database, &filter, page))
            .await
    }

    async fn receipt(&self, id: ReceiptId) -> Result<Option<ReceiptRecord>, StoreError> {
        self.readers
            .read(move |database| records::receipt(database, id))
            .await
    }

    async fn body(&self, id: ReceiptId) -> Result<Option<Bytes>, StoreError> {
        self.readers
            .read(move |database| records::body(database, id))
            .await
    }

    async fn release(&self, release: Release) -> Result<Released, StoreError> {
        self.write(move |writer| writer.release(&release)).await?
    }

    async fn documents(
        &self,
        filter: &DocumentFilter,
        page: Page,
    ) -> Result<DocumentPage, StoreError> {
        if filter.party.is_some() || !filter.numbers.is_empty() {
            self.catch_up().await?;
        }
        let filter = filter.clone();
        self.readers
            .read(move |database| document_lists::list(database, &filter, page))
            .await
    }

    async fn document(
        &self,
        name: &DocumentName,
        timeline: u32,
    ) -> Result<Option<DocumentRecord>, StoreError> {
        let Some(id) = self.number_of(name).await? else {
            return Ok(None);
        };
        self.readers
            .read(move |database| documents::one(database, id, timeline))
            .await
    }

    async fn findings(
        &self,
        filter: &FindingFilter,
        page: Page,
    ) -> Result<Vec<FindingRecord>, StoreError> {
        let document = match &filter.document {
            None => None,
            Some(name) => match self.number_of(name).await? {
                None => return Ok(Vec::new()),
                found => found,
            },
        };
        let filter = filter.clone();
        self.readers
            .read(move |database| finding_lists::list(database, &filter, document, page))
            .await
    }

    async fn finding(&self, id: FindingId) -> Result<Option<FindingRecord>, StoreError> {
        self.readers
            .read(move |database| finding_lists::one(database, id))
            .await
    }

    async fn resolve(&self, resolution: Resolution) -> Result<Resolved, StoreError> {
        self.write(move |writer| writer.resolve(&resolution))
            .await?
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<EventPage, StoreError> {
        let document = match &filter.document {
            None => None,
            Some(name) => match self.number_of(name).await? {
                None => return Ok(EventPage::default()),
                found => found,
            },
        };
        let filter = filter.clone();
        self.readers
            .read(move |database| events::list(database, &filter, document, after, limit))
            .await
    }

    async fn event(&self, id: EventId) -> Result<Option<EventRecord>, StoreError> {
        self.readers
            .read(move |database| events::one(database, id))
            .await
    }

    async fn refold(&self, refold: Refold) -> Result<Refolded, StoreError> {
        let lifecycles = Arc::clone(&refold.lifecycles);
        let mend = refold.mend;
        // What is merged need not be looked for in the journal.
        self.catch_up().await?;
        let (mut refolded, differing) = self
            .readers
            .read(move |database| refold::check(database, &refold))
            .await?;
        for id in differing.into_iter().filter(|_| mend) {
            let lifecycles = Arc::clone(&lifecycles);
            let is_mended = self
                .write(move |writer| writer.mend(id, &lifecycles))
                .await??;
            refolded.mended += u64::from(is_mended);
        }
        Ok(refolded)
    }

    async fn unmerged_labels(&self) -> u64 {
        self.unmerged_labels.load(Ordering::Relaxed) as u64
    }

    async fn keep_rejected(&self, refusals: Refusals) -> Result<(), StoreError> {
        self.write(move |writer| writer.keep_rejected(&refusals))
            .await?
    }

    async fn refusal_counts(&self, since: Timestamp) -> Result<Vec<RefusalCount>, StoreError> {
        self.readers
            .read(move |database| rejected::counts(database, since))
            .await
    }

    async fn rejected(&self, page: Page) -> Result<Vec<RejectedSummary>, StoreError> {
        self.readers
            .read(move |database| rejected::list(database, page))
            .await
    }

    async fn rejected_one(&self, id: RejectedId) -> Result<Option<Rejected>, StoreError> {
        self.readers
            .read(move |database| rejected::one(database, id))
            .await
    }

    async fn mark_rejected_released(
        &self,
        id: RejectedId,
        receipt: ReceiptId,
    ) -> Result<(), StoreError> {
        self.write(move |writer| writer.mark_rejected_released(id, receipt))
            .await?
    }

    async fn newest_rowid(&self) -> Result<i64, StoreError> {
        self.readers.read(records::newest_rowid).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.write(|writer| writer.probe().map_err(StoreError::from))
            .await?
    }

    async fn close(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        self.readers.close().await;
        // Whoever comes second waits here for the first.
        let mut writer = self.writer.lock().await;
        if let Some(thread) = writer.take() {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer of the store did not end well");
            }
        }
    }
}
