//! `doctor`: looks for everything that could keep the server from working, and says what to do.
//!
//! It changes nothing that matters: it writes a few bytes into the data folder and takes them away
//! again, and opens the store only where there is one and no server has it. Each group of checks
//! has a file: `folder`, `network`, `sources`.

mod folder;
mod network;
mod sources;

use std::fmt;

use serde_json::json;

use super::{args::Globals, check_config::contracts_of, error::CommandError, output, settings};
use crate::{
    clock::Clock,
    config::{Config, Loaded},
};

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Warn,
    Fail,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        })
    }
}

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Check {
    name: &'static str,
    state: State,
    found: String,
    what_to_do: String,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Ok,
            found: found.into(),
            what_to_do: String::new(),
        }
    }

    pub(super) fn warn(
        name: &'static str,
        found: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Self {
        Self {
            name,
            state: State::Warn,
            found: found.into(),
            what_to_do: what_to_do.into(),
        }
    }

    pub(super) fn fail(
        name: &'static str,
        found: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Self {
        Self {
            name,
            state: State::Fail,
            found: found.into(),
            what_to_do: what_to_do.into(),
        }
    }
}

pub(crate) fn run(globals: &Globals) -> Result<(), CommandError> {
    let checks = match settings::load(globals) {
        Ok(loaded) => all(&loaded),
        Err(error) => {
            let what_to_do = "mend each line; `countersign check-config` shows them again";
            vec![Check::fail("config", error.to_string(), what_to_do)]
        }
    };
    if globals.json {
        let items: Vec<_> = checks.iter().map(to_json).collect();
        output::json(&json!({"checks": items}));
    } else {
        output::data(&text(&checks));
    }
    let has_failed = checks.iter().any(|it| it.state == State::Fail);
    if has_failed {
        Err(CommandError::Shown)
    } else {
        Ok(())
    }
}

fn all(loaded: &Loaded) -> Vec<Check> {
    let config = &loaded.config;
    let from = loaded.file.as_ref().map_or_else(
        || "no countersign.toml: the defaults hold".to_owned(),
        |it| format!("{} is good", it.display()),
    );
    let mut checks = vec![Check::ok("config", from)];
    let server = network::running_server(config);
    checks.extend(folder::checks(config, server.is_some()));
    checks.extend(network::checks(config, server.as_ref()));
    checks.push(clock(config));
    match contracts_of(config) {
        Ok(contracts) => checks.extend(sources::checks(loaded, &contracts)),
        Err(error) => {
            let what_to_do = "correct the file; `countersign contracts check FILE` shows each line";
            checks.push(Check::fail("contracts", error.to_string(), what_to_do));
        }
    }
    checks
}

/// The clock stands after this version was written, and after whatever the data folder holds.
fn clock(config: &Config) -> Check {
    const WRITTEN: i64 = 1_767_225_600; // 2026-01-01
    let now = Clock::system().now();
    let newest = folder::newest_change(&config.data).unwrap_or(i64::MIN);
    let set_it = "set the clock, and keep it right with NTP: ids and times come from it";
    if now.as_second() < WRITTEN {
        return Check::fail("clock", format!("it says {now}, which is long ago"), set_it);
    }
    if newest > now.as_second() + 60 {
        let found = format!("it says {now}, which is before the data folder was last written");
        return Check::warn("clock", found, set_it);
    }
    Check::ok("clock", format!("it says {now}"))
}

fn to_json(check: &Check) -> serde_json::Value {
    json!({"check": check.name, "state": check.state.to_string(), "found": check.found,
        "what_to_do": check.what_to_do})
}

fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let Check {
            name,
            state,
            found,
            what_to_do,
        } = check;
        let found = output::clean_lines(found).replace('\n', "\n                        ");
        text += &format!("{state:<4}  {name:<16}  {found}\n");
        if !what_to_do.is_empty() {
            text += &format!("                        -> {what_to_do}\n");
        }
    }
    let count = |state| checks.iter().filter(|it| it.state == state).count();
    text + &format!(
        "\n{} ok, {} to look at, {} wrong\n",
        count(State::Ok),
        count(State::Warn),
        count(State::Fail)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_is_one_line_and_what_to_do_stands_below() {
        let checks = [
            Check::ok("clock", "right"),
            Check::fail("disk", "full", "make room"),
        ];
        let expected = "ok    clock             right\n\
                          fail  disk              full\n                        -> make room\n\n\
                          1 ok, 0 to look at, 1 wrong\n";
        assert_eq!(text(&checks), expected);
    }
}
