//! `completions SHELL`: a script that completes commands in a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{args::Cli, error::CommandError, output};

pub(crate) fn run(shell: Shell) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "countersign", &mut script);
    output::data(&String::from_utf8_lossy(&script));
    Ok(())
}
