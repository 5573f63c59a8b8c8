//! Checks a body and never lets a fault of ours lose it.
//!
//! If our own code panics on a body, the body is kept in quarantine (`our_fault`), the documented
//! answer is given and somebody is alerted: a provider that tries only once more must not lose it.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
};

use countersign_domain::contract::{Judgement, Received};

use super::mounts::Inlet;

/// A body of this size takes milliseconds to check: long enough to make room for other work.
const LARGE: usize = 128 * 1024;

thread_local! {
    static JUDGING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is checking a body now: then what a panic says may hold parts of the body
/// and must not be logged.
pub(crate) fn is_judging() -> bool {
    JUDGING.get()
}

/// Says what one body is worth.
pub(crate) fn judge(inlet: &Inlet, received: &Received<'_>) -> Judgement {
    let source = &inlet.source;
    let operation = inlet.operation();
    let checked = checked(received, || {
        source.contract.check(operation, &source.policy, received)
    });
    checked.unwrap_or_else(|| {
        inlet.metrics.faults.increment(1);
        tracing::error!(
            receipt = %received.receipt,
            request_id = received.request_id,
            source = %source.name,
            operation = %operation.name,
            "our own code failed on a body; it is kept in quarantine: please report this"
        );
        source.contract.fault(operation, received)
    })
}

/// Looks into a body; `None` if our own code panics on it.
pub(crate) fn checked<T>(received: &Received<'_>, check: impl FnOnce() -> T) -> Option<T> {
    if received.body.len() < LARGE {
        guarded(check)
    } else {
        tokio::task::block_in_place(|| guarded(check))
    }
}

fn guarded<T>(check: impl FnOnce() -> T) -> Option<T> {
    JUDGING.set(true);
    // Checking is pure: nothing that outlives it can be left half-changed.
    let result = panic::catch_unwind(AssertUnwindSafe(check));
    JUDGING.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_the_thread_is_marked_only_meanwhile() {
        assert_eq!(guarded(is_judging), Some(true));
        assert!(!is_judging());
        assert_eq!(guarded(|| -> u8 { panic!("on purpose") }), None);
        assert!(!is_judging());
    }
}
