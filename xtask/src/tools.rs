//! Finds the tools that the tests need beside cargo, and installs what is missing where it may.
//!
//! A missing cargo-nextest is a failure if it cannot be installed. A missing strace is only told:
//! the test that needs it says what it does without.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::output;
use crate::steps::cargo;

/// Makes the tools ready and says whether the tests can run.
pub(crate) fn ready(root: &Path) -> bool {
    strace();
    if answers("cargo", &["nextest", "--version"]) {
        return true;
    }
    output::note("cargo-nextest is missing: building it once, which takes some minutes");
    cargo(root, &["install", "--locked", "cargo-nextest"], &[])
}

/// Whether a command exists and exits well.
pub(crate) fn answers(command: &str, arguments: &[&str]) -> bool {
    Command::new(command)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn strace() {
    if answers("strace", &["-V"]) {
        return;
    }
    if is_root() && answers("apt-get", &["--version"]) {
        output::note("strace is missing: installing it with apt-get");
        let install = ["install", "--yes", "--no-install-recommends", "strace"];
        let installed = answers("apt-get", &install)
            || (answers("apt-get", &["update"]) && answers("apt-get", &install));
        if installed {
            return;
        }
    }
    output::note(
        "strace is missing and could not be installed here: install it with your package manager; \
         the proof that a sync returns before the answer is written needs it",
    );
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_does_not_exist_does_not_answer() {
        assert!(!answers("no-such-command-in-any-path", &[]));
        assert!(answers("cargo", &["--version"]));
    }
}
