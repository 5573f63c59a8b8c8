//! What makes two receipts the same message, and what makes their content the same.

use sha2::{Digest as _, Sha256};

use super::{
    Contract, Operation, Received,
    pointer::{self, Pointer, Scope},
    rules::IdPointer,
};
use crate::{
    document::Change,
    reader::{Step, Value, canonical},
    receipt::Digest,
};

/// Bytes that cannot be mistaken for other bytes: each with its length before it.
struct Parts(Sha256);

impl Parts {
    fn new(purpose: &str, received: &Received<'_>, operation: &Operation) -> Self {
        let mut parts = Self(Sha256::new());
        for text in [purpose, received.source, &operation.name] {
            parts.add(text.as_bytes());
        }
        parts
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}

/// The hash of the canonical body without what the contract calls volatile.
pub(super) fn content(operation: &Operation, root: Value<'_>) -> Digest {
    let mut bytes = Vec::new();
    let volatile = |way: &[Step<'_>]| operation.volatile.iter().any(|it| leads_to(it, way));
    if operation.volatile.is_empty() {
        canonical(root, &|_| false, &mut bytes);
    } else {
        canonical(root, &volatile, &mut bytes);
    }
    Sha256::digest(&bytes).into()
}

/// Whether a pointer names exactly the member that `way` leads to.
fn leads_to(pointer: &Pointer, way: &[Step<'_>]) -> bool {
    let steps = pointer.steps();
    steps.len() == way.len()
        && steps
            .iter()
            .zip(way)
            .all(|(named, step)| match (named, step) {
                (pointer::Step::Key(named), Step::Key(key)) => **named == **key,
                _ => false,
            })
}

/// The hash of bytes that could not be read.
pub(super) fn raw_content(body: &[u8]) -> Digest {
    Sha256::digest(body).into()
}

/// The identity of a body that does not say one: its bytes.
pub(super) fn of_bytes(operation: &Operation, received: &Received<'_>) -> Digest {
    let mut parts = Parts::new("bytes", received, operation);
    parts.add(received.body);
    parts.digest()
}

/// The identity: source, operation, the contract's pointers, and the keys of the changes.
///
/// # Errors
///
/// The way to every identity pointer that finds nothing.
pub(super) fn of_message(
    contract: &Contract,
    operation: &Operation,
    received: &Received<'_>,
    scope: &Scope<'_>,
    changes: &[Change],
) -> Result<Digest, Vec<String>> {
    let mut parts = Parts::new("message", received, operation);
    let mut missing = Vec::new();
    for pointer in &operation.identity {
        if pointer.at.steps().is_empty() {
            parts.add(&content(operation, scope.root));
        } else if !add_values(&mut parts, pointer, scope) {
            missing.push(pointer.at.way(scope));
        }
    }
    // In the order of their hashes, so that an array that is sent in another order is still the
    // same message (with other content).
    let mut keys: Vec<_> = changes
        .iter()
        .map(|it| it.key(&contract.namespace))
        .collect();
    keys.sort_unstable();
    keys.iter().for_each(|it| parts.add(it));
    if missing.is_empty() {
        Ok(parts.digest())
    } else {
        Err(missing)
    }
}

fn add_values(parts: &mut Parts, pointer: &IdPointer, scope: &Scope<'_>) -> bool {
    let values = pointer.at.all(scope);
    let texts: Vec<_> = values
        .iter()
        .filter_map(|it| pointer.text_of(*it))
        .collect();
    texts.iter().for_each(|it| parts.add(it.as_bytes()));
    !values.is_empty() && texts.len() == values.len()
}
