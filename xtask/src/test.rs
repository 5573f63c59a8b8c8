//! Everything that must pass, in one list. `.ci/run` and the README's test command are this.
//!
//! The cheap steps come first and the tests last, so that the tests' summary ends the output. One
//! profile (dev) serves all of them: what one step built, the next one finds.

use std::path::Path;

use crate::steps::{Steps, cargo};
use crate::{tidy, tools};

/// Runs every step and says whether all passed.
pub(crate) fn run(root: &Path) -> bool {
    let mut steps = Steps::new(root);
    steps.run("tools", tools::ready);
    steps.cargo("format", &["fmt", "--all", "--", "--check"]);
    steps.run("tidy", tidy::run);
    steps.cargo(
        "lint",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "--deny",
            "warnings",
        ],
    );
    steps.run("docs", docs);
    steps.cargo(
        "doc tests",
        &["test", "--doc", "--workspace", "--locked", "--quiet"],
    );
    // The README's first command: `cargo run` must know which program is meant.
    steps.cargo("run", &["run", "--locked", "--quiet", "--", "--version"]);
    steps.cargo(
        "tests",
        &[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--profile",
            "ci",
        ],
    );
    steps.finish()
}

/// The documentation of the code builds, and no link in it is broken. Private items are documented
/// too, so a link to one of them leads somewhere.
fn docs(root: &Path) -> bool {
    cargo(
        root,
        &[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--locked",
            "--quiet",
        ],
        &[(
            "RUSTDOCFLAGS",
            "--deny warnings --allow rustdoc::private_intra_doc_links",
        )],
    )
}
