//! What a judged message says about documents, in the words of the store: each change with the life
//! of its document.

use std::sync::Arc;

use countersign_domain::{contract::Contract, document::Change};
use countersign_store::{DocumentChange, DocumentName};

/// Puts the life of its document beside each change.
pub(crate) fn with_lives(contract: &Contract, changes: Vec<Change>) -> Vec<DocumentChange> {
    let with_life = |change: Change| {
        // A contract whose changes name a kind without a lifecycle does not load.
        let lifecycle = Arc::clone(contract.lifecycle(&change.document)?);
        Some(DocumentChange { lifecycle, change })
    };
    changes.into_iter().filter_map(with_life).collect()
}

/// The document that a failed request was about.
pub(crate) fn failed_subject(
    contract: &Contract,
    subject: Option<(Arc<str>, String)>,
) -> Option<DocumentName> {
    subject.map(|(kind, id)| DocumentName {
        namespace: Arc::clone(&contract.namespace),
        kind,
        id,
    })
}
