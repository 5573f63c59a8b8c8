//! The real binary, tested over HTTP and as a command: what a provider, a user and an operator see.
//!
//! Every test starts its own process on a data folder of its own and reaches it through sockets,
//! files and exit codes alone; nothing here links to the inside. The names of the tests are the
//! promises that they prove. Tests that load the whole machine begin with `heavy_` and run one at a
//! time (`.config/nextest.toml`). Next: `support` for the harness.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers of a test fail where they stand, as the test itself does"
)]

mod support;

mod auth;
mod bad_input;
mod bytes;
mod commands;
mod crash;
mod documents;
mod duplicates;
mod full_disk;
mod hang_up;
mod operations;
mod seeds;
mod sync_order;
