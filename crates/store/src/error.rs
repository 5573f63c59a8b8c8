//! What can go wrong in a store, by what the caller can do about it.

/// A failure of a store.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing of this call was kept and a later try may succeed: the disk is full, the queue is
    /// full, the database is away, the store is closing.
    #[error("the store cannot commit now: {reason}")]
    Unavailable {
        /// What the database said, without values.
        reason: String,
    },
    /// This one receipt cannot be kept, now or later; others are not concerned.
    #[error("the store refused this receipt: {reason}")]
    Refused {
        /// What the database said, without values.
        reason: String,
    },
    /// The stored data cannot be understood: it is damaged, or written by a newer version.
    #[error("the stored data cannot be read: {reason}")]
    Corrupt {
        /// Where, and what was expected.
        reason: String,
    },
}
