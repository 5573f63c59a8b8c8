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

use serde_json::Value as Json;

use super::{
    args::{BenchCommand, Globals},
    error::CommandError,
    output,
};

/// Runs a benchmark and prints its figures.
pub(super) fn run(globals: &Globals, command: &BenchCommand) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::failed)?;
    let (figures, table): (_, fn(&Json) -> String) = match command {
        BenchCommand::Ingest(args) => (runtime.block_on(ingest::measure(args)), ingest::table),
        BenchCommand::Read(args) => (runtime.block_on(read::measure(args)), read::table),
    };
    let figures = figures.map_err(CommandError::failed)?;
    if globals.json {
        output::json_line(&figures);
    } else {
        output::data(&table(&figures));
    }
    Ok(())
}
