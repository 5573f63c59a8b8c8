//! The commands: each in the file of its name, all of them started here.
//!
//! `args` says what people type; `settings` makes the configuration of it; `client` asks a running
//! server; `output` is the only way to stdout and stderr. What always holds: data on stdout, the
//! rest on stderr; exit code 0 good, 1 failed, 2 usage.

mod answer;
pub(crate) mod args;
mod bench;
mod check_config;
mod client;
mod completions;
mod contracts;
mod doctor;
mod documents;
pub(crate) mod error;
mod events;
mod explain;
mod findings;
mod first_steps;
mod health;
mod init;
pub(crate) mod output;
mod receipts;
#[cfg(test)]
mod references;
mod rejected;
mod send;
mod serve;
mod settings;
mod sources;
mod table;
mod when;

use std::process::ExitCode;

use clap::Parser;

use self::{
    args::{Cli, Command},
    error::CommandError,
};

/// Runs the command line.
#[must_use]
pub fn run() -> ExitCode {
    // A mistake in the arguments ends the process here, with code 2.
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            error.exit_code()
        }
    }
}

fn dispatch(cli: &Cli) -> Result<(), CommandError> {
    let globals = &cli.globals;
    match &cli.command {
        Command::Serve(args) => serve::run(&settings::load_to_serve(globals, args)?),
        Command::Init => init::run(globals),
        Command::CheckConfig => check_config::run(globals),
        Command::Doctor => doctor::run(globals),
        Command::Health => health::run(globals),
        Command::Contracts(command) => contracts::run(globals, command),
        Command::Send(args) => send::run(globals, args),
        Command::Receipts(command) => receipts::run(globals, command),
        Command::Documents(command) => documents::run(globals, command),
        Command::Findings(command) => findings::run(globals, command),
        Command::Events(command) => events::run(globals, command),
        Command::Rejected(command) => rejected::run(globals, command),
        Command::Sources(command) => sources::run(globals, command),
        Command::Bench(command) => bench::run(globals, command),
        Command::Completions { shell } => completions::run(*shell),
        Command::Explain { code } => explain::run(globals, code),
    }
}
