//! The commands, as a person and as a program uses them: data on stdout, the rest on stderr, exit code
//! 0 good, 1 failed, 2 usage.

mod configuration;
mod contracts;
mod receipts;
mod send;
mod server;

use serde_json::Value;

use crate::support::home::Ran;

/// A command that failed: its exit code, nothing on stdout, and this on stderr.
fn fails(ran: &Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    for it in says {
        assert!(ran.err.contains(it), "{it}: {ran:?}");
    }
}

/// JSON on stdout, whatever the exit code.
fn shown(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}
