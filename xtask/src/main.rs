//! Developer tasks that need logic. `cargo xtask` lists them.
//!
//! `test` is the whole of what must pass; `.ci/run` calls nothing else. `tidy` holds the rules of
//! the house that no compiler knows. What it deliberately does not do: anything a user needs.

mod deny;
mod output;
mod steps;
mod test;
mod tidy;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test      everything that must pass: format, tidy, lint, docs, doc tests, tests
  tidy      the rules of the house (xtask/src/tidy/)
  ratchet   lowers the figures in xtask/ratchet.toml to what is true now, never raises them
  deny      licences, bans, sources and advisories with cargo-deny (builds it if it is missing)
";

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = root
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["test"] => test::run(&root),
        ["tidy"] => tidy::run(&root),
        ["ratchet"] => tidy::ratchet::lower(&root),
        ["deny"] => deny::run(&root),
        _ => {
            output::note(USAGE);
            return ExitCode::from(2);
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
