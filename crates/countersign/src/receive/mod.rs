//! The inbox: a webhook comes in, is authenticated, read, checked, committed, and only then
//! answered.
//!
//! Read [`handler`] first; it is the whole way on one page. The actors: a *provider* posts to the
//! path of an *operation*; `mounts` finds the *sources* that the path may mean; `authenticate`
//! tells which one it is; `body` reads within bounds; `judge` asks the contract; `accept` commits
//! through the queue of `countersign_store::GroupCommit`; `refuse` answers what makes no receipt.
//!
//! What always holds: everything is bounded before it is parsed; a 200 is said after the commit and
//! never before; 5xx is said only when a commit is not known to have happened; no credential is
//! kept or logged. What it deliberately does not do: decide what a body means (that is
//! `countersign_domain::contract`) or whether it is a duplicate (that is the store).

pub(crate) mod accept;
pub(crate) mod authenticate;
pub(crate) mod body;
pub(crate) mod budget;
pub(crate) mod context;
pub(crate) mod contracts;
pub(crate) mod documents;
pub(crate) mod handler;
pub(crate) mod headers;
mod ids;
pub(crate) mod judge;
mod metrics;
pub(crate) mod mounts;
mod refuse;
pub(crate) mod rejected;
mod respond;
pub(crate) mod source;

#[cfg(test)]
pub(crate) mod testing;
