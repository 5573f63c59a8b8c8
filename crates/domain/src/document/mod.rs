//! Documents: what a set of changes makes of one business document, whatever their order.
//!
//! A [`Change`] is what one part of a message says about one document. [`Document::apply`] adds it to
//! a [`State`]; the state is a function of the *set* of changes, so any order and any repetition of
//! the same messages ends the same. The proof is short: nodes are counted up and down (a sum),
//! everything else is a greatest (a maximum) or a union, all of which commute, and a change counts
//! once because it has a key.
//!
//! Who takes part: the contract reads changes and compiles lifecycles; a store keeps the state and
//! the changes in the transaction of their receipt, and calls [`Document::apply`] for each. What is
//! deliberately not here: I/O, time, ids, and anything that concerns two documents at once.
//!
//! The path to read: `change.rs` → `lifecycle.rs` → `balance.rs` → `leg.rs` → `cell.rs` →
//! `rows.rs` → `state.rs` → `apply.rs` → `finding.rs`.

mod apply;
mod balance;
mod cell;
mod change;
mod decision;
mod finding;
mod label;
mod leg;
mod lifecycle;
mod rows;
mod state;
mod told;
mod word;

#[cfg(test)]
mod tests;

pub use apply::{Applied, Outcome};
pub use balance::{Balance, Standing};
pub use cell::{Cell, Stamp};
pub use change::{Change, Check, Node, Row};
pub use decision::{Decision, Ruling};
pub use finding::{DocumentFinding, FindingKey};
pub use label::Label;
pub use leg::LegState;
pub use lifecycle::{Course, Lifecycle, Moves, Ranks, Settlement, Unique};
pub use rows::{RowName, RowState, Settled};
pub use state::{Document, State, fold_all};
pub use word::fold;
