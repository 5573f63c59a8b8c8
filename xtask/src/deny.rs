//! Licences, bans, sources and advisories, by `deny.toml`.
//!
//! Apart from `test`, because building cargo-deny takes many minutes on a small machine and the
//! advisories need the network. Run it when `Cargo.lock` changes.

use std::path::Path;

use crate::output;
use crate::steps::cargo;
use crate::tools::answers;

/// Runs cargo-deny, building it first if it is missing.
pub(crate) fn run(root: &Path) -> bool {
    if !answers("cargo", &["deny", "--version"]) {
        output::note("cargo-deny is missing: building it once, which takes many minutes");
        if !cargo(root, &["install", "--locked", "cargo-deny"], &[]) {
            return false;
        }
    }
    cargo(root, &["deny", "--workspace", "check"], &[])
}
