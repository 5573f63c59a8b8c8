//! The rules of Countersign, and nothing else.
//!
//! This crate says what a body means: whether it is well-formed ([`reader`]), what it is worth
//! ([`money`]), which contract it must keep and which answer it earns ([`contract`]), and what all
//! that was said makes of a document ([`document`]).
//!
//! What always holds: every function here is pure. There is no I/O, no clock, no lock and no
//! randomness; ids and times come in as arguments. What it deliberately does not do: store, send
//! or listen. Next: `countersign-store` keeps what this crate decides.

pub mod contract;
pub mod document;
pub mod ids;
pub mod money;
pub mod reader;
pub mod receipt;
