//! `bench`: prints figures, measured on this machine by this machine.
//!
//! The load comes from this process, the server is a child of it with a data folder of its own, so
//! that its memory is its own too. Both share the cores: the figures are those of a small machine
//! that does everything. Nothing is asserted here; docs/internals/performance.md keeps the figures
//! with the command that printed them.

mod child;
mod ingest;
mod load;
mod message;
mod prefill;
mod read;

use super::{
    args::{BenchCommand, Globals},
    error::CommandError,
};

/// Runs a benchmark.
pub(super) fn run(globals: &Globals, command: &BenchCommand) -> Result<(), CommandError> {
    match command {
        BenchCommand::Ingest(args) => ingest::run(globals, args),
        BenchCommand::Read(args) => read::run(globals, args),
    }
}
