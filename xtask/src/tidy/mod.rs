//! The rules of the house that no compiler knows. One file per rule, each with its own tests.
//!
//! A rule is a pure function from the [`Tree`] (every tracked file, read once) to complaints, each
//! with its place, what is wrong there and what to do. Exceptions stand in `xtask/ratchet.toml`
//! with their reasons, and one that is no longer needed is a complaint too.

mod clock;
mod contracts;
mod dependencies;
mod docs_names;
mod docs_paths;
mod floats;
mod markdown;
mod module_docs;
pub(crate) mod ratchet;
mod reference;
mod rust_code;
mod sizes;
mod speech;
mod sql;
mod tree;

use std::fmt;
use std::path::Path;

pub(crate) use ratchet::Ratchet;
pub(crate) use tree::{File, Tree};

use crate::output;

/// One thing that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Complaint {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

impl Complaint {
    pub(crate) fn new(path: &str, line: usize, what: impl Into<String>, remedy: &str) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            remedy: remedy.to_owned(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}; {}",
            self.path, self.line, self.what, self.remedy
        )
    }
}

type Rule = fn(&Tree) -> Vec<Complaint>;

/// The rules that look at the files alone.
const RULES: &[Rule] = &[
    clock::check,
    contracts::check,
    docs_names::check,
    docs_paths::check,
    floats::check,
    module_docs::check,
    sizes::check,
    speech::check,
    sql::check,
];

/// Applies every rule to the tree at `root` and says whether nothing was found.
pub(crate) fn run(root: &Path) -> bool {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(reason) => {
            output::note(&reason);
            return false;
        }
    };
    let mut complaints: Vec<Complaint> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    complaints.extend(dependencies::check(root));
    complaints.sort();
    complaints.dedup();
    for complaint in &complaints {
        output::line(&complaint.to_string());
    }
    match complaints.len() {
        0 => output::note(&format!("tidy: {} files, nothing to say", tree.files.len())),
        count => output::note(&format!("tidy: {count} complaints")),
    }
    complaints.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_its_place_the_fault_and_the_remedy() {
        let complaint = Complaint::new("a/b.rs", 7, "no `//!`", "open with one");
        assert_eq!(complaint.to_string(), "a/b.rs:7: no `//!`; open with one");
    }
}
