//! The exceptions to the rules, in `xtask/ratchet.toml`: visible, with reasons, only ever fewer.
//!
//! `[lines]` holds the exact length of each file that is longer than it should be; a file that
//! grows past its figure is a complaint, and so is one that shrank below it. `cargo xtask ratchet`
//! writes the smaller figures down and never a greater one. `[clock]` and `[floats]` hold a reason
//! for each file.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Complaint, Tree, sizes};
use crate::output;

/// The exceptions, as read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ratchet {
    pub(crate) lines: BTreeMap<String, usize>,
    pub(crate) clock: BTreeMap<String, String>,
    pub(crate) floats: BTreeMap<String, String>,
}

impl Ratchet {
    pub(crate) const PATH: &str = "xtask/ratchet.toml";

    /// Reads the file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text
            .parse()
            .map_err(|error| format!("{}: {error}", Self::PATH))?;
        let mut ratchet = Self::default();
        for (section, entries) in &table {
            let entries = entries.as_table().ok_or_else(|| misplaced(section))?;
            for (path, value) in entries {
                match (section.as_str(), value) {
                    ("lines", toml::Value::Integer(count)) => {
                        let count = usize::try_from(*count).map_err(|_| misplaced(path))?;
                        ratchet.lines.insert(path.clone(), count);
                    }
                    ("clock", toml::Value::String(reason)) if !reason.is_empty() => {
                        ratchet.clock.insert(path.clone(), reason.clone());
                    }
                    ("floats", toml::Value::String(reason)) if !reason.is_empty() => {
                        ratchet.floats.insert(path.clone(), reason.clone());
                    }
                    _ => return Err(misplaced(path)),
                }
            }
        }
        Ok(ratchet)
    }
}

/// Complains of each exception whose file no longer needs it.
pub(crate) fn unneeded(
    exceptions: &BTreeMap<String, String>,
    needed: &dyn Fn(&str) -> bool,
) -> Vec<Complaint> {
    exceptions
        .keys()
        .filter(|path| !needed(path))
        .map(|path| {
            let what = format!("the exception for {path} is not needed any more");
            Complaint::new(Ratchet::PATH, 1, what, "remove it")
        })
        .collect()
}

/// Lowers the figures of `[lines]` to what is true, and drops those no longer needed.
pub(crate) fn lower(root: &Path) -> bool {
    let path = root.join(Ratchet::PATH);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let lowered = Tree::read(root).map(|tree| lowered(&text, &tree));
    match lowered.and_then(|text| std::fs::write(&path, text).map_err(|error| error.to_string())) {
        Ok(()) => true,
        Err(reason) => {
            output::note(&reason);
            false
        }
    }
}

fn lowered(text: &str, tree: &Tree) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let entry = tree
            .ratchet
            .lines
            .iter()
            .find(|(path, _)| line.starts_with(&format!("\"{path}\" =")));
        let Some((path, figure)) = entry else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let now = tree.file(path).map_or(0, sizes::length);
        if now > sizes::LIMIT {
            out.push_str(&format!("\"{path}\" = {}\n", now.min(*figure)));
        }
    }
    out
}

fn misplaced(what: &str) -> String {
    format!(
        "{}: `{what}` is not an exception this file can hold",
        Ratchet::PATH
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_without_a_reason_or_of_an_unknown_rule_is_refused() {
        assert!(Ratchet::parse("[clock]\n\"a.rs\" = \"measures latency\"\n").is_ok());
        assert!(Ratchet::parse("[clock]\n\"a.rs\" = \"\"\n").is_err());
        assert!(Ratchet::parse("[colours]\n\"a.rs\" = \"red\"\n").is_err());
        assert!(Ratchet::parse("[lines]\n\"a.rs\" = -1\n").is_err());
    }

    #[test]
    fn figures_are_lowered_and_dropped_but_never_raised() {
        let text = "# why\n[lines]\n\"long.rs\" = 900\n\"grown.rs\" = 310\n\"short.rs\" = 400\n";
        let long = "x\n".repeat(500);
        let files = [
            ("long.rs", long.as_str()),
            ("grown.rs", &long),
            ("short.rs", "x\n"),
        ];
        let tree = Tree::of(&files).with_ratchet(text);
        assert_eq!(
            lowered(text, &tree),
            "# why\n[lines]\n\"long.rs\" = 500\n\"grown.rs\" = 310\n"
        );
    }

    #[test]
    fn an_exception_nobody_needs_is_a_complaint() {
        let ratchet = Ratchet::parse("[floats]\n\"a.rs\" = \"why\"\n").expect("well-formed");
        assert_eq!(unneeded(&ratchet.floats, &|_| true), []);
        assert_eq!(unneeded(&ratchet.floats, &|_| false).len(), 1);
    }
}
