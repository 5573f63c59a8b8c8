//! A list of steps, each timed; all of them run even when one fails, so that one run tells all.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::output;

/// Runs steps one after another and remembers which failed.
pub(crate) struct Steps<'a> {
    root: &'a Path,
    began: Instant,
    done: Vec<(&'static str, Duration, bool)>,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(root: &'a Path) -> Self {
        Self {
            root,
            began: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs one step that is written in Rust.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce(&Path) -> bool) {
        output::note(&format!("\n== {name}"));
        let began = Instant::now();
        let good = step(self.root);
        let took = began.elapsed();
        output::note(&format!("== {name}: {} in {}", word(good), seconds(took)));
        self.done.push((name, took, good));
    }

    /// Runs one step that is a command of cargo.
    pub(crate) fn cargo(&mut self, name: &'static str, arguments: &[&str]) {
        self.run(name, |root| cargo(root, arguments, &[]));
    }

    /// Prints every step's time and says whether all were good.
    pub(crate) fn finish(self) -> bool {
        let failed: Vec<&str> = self
            .done
            .iter()
            .filter(|(_, _, good)| !good)
            .map(|(name, _, _)| *name)
            .collect();
        let times: Vec<String> = self
            .done
            .iter()
            .map(|(name, took, _)| format!("{name} {}", seconds(*took)))
            .collect();
        output::note(&format!("\ntimes: {}", times.join(", ")));
        let total = seconds(self.began.elapsed());
        if failed.is_empty() {
            output::note(&format!("all {} steps passed in {total}", self.done.len()));
        } else {
            output::note(&format!("FAILED after {total}: {}", failed.join(", ")));
        }
        failed.is_empty()
    }
}

/// Runs cargo in the workspace and says whether it succeeded.
pub(crate) fn cargo(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    let mut command = Command::new("cargo");
    command
        .current_dir(root)
        .args(arguments)
        .envs(variables.iter().copied());
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            output::note(&format!("cargo {}: {error}", arguments.join(" ")));
            false
        }
    }
}

fn word(good: bool) -> &'static str {
    if good { "passed" } else { "FAILED" }
}

fn seconds(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_runs_and_one_failure_fails_the_whole() {
        let mut steps = Steps::new(Path::new("."));
        let mut ran = 0;
        steps.run("bad", |_| false);
        steps.run("good", |_| {
            ran += 1;
            true
        });
        assert!(!steps.finish());
        assert_eq!(ran, 1);
    }

    #[test]
    fn times_are_told_to_a_tenth_of_a_second() {
        assert_eq!(seconds(Duration::from_millis(61_250)), "61.2 s");
    }
}
