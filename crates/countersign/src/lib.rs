//! Countersign: one binary that never loses a procure-to-pay webhook.
//!
//! The library holds everything but `main`, so that tests and benches can reach it. The path of a
//! webhook is `server` → `receive` → `countersign_domain::contract` → `countersign_store::Store`.
//! What it deliberately does not do: decide what a body means (that is `countersign-domain`) or
//! know a database (that is `countersign-store-*`).

pub mod api;
pub mod clock;
pub mod commands;
pub mod config;
pub mod random;
pub mod receive;
pub mod server;
pub mod telemetry;
