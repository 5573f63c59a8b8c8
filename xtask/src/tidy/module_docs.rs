//! Every module opens with `//!`: what it is, what always holds, what it does not do.

use super::{Complaint, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    tree.rust()
        .filter(|file| !opens_with_doc(&file.text))
        .map(|file| {
            let remedy = "say in a sentence or more what it is, what holds and what it does not do";
            Complaint::new(&file.path, 1, "the module does not open with `//!`", remedy)
        })
        .collect()
}

/// Attributes of the whole file and blank lines may stand above the doc.
fn opens_with_doc(text: &str) -> bool {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    first.is_some_and(|line| line.starts_with("//! ") && line.trim_end().len() > "//! ".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_opens_with_its_doc() {
        assert_eq!(check(&Tree::of(&[("a.rs", "//! The reader.\n")])), []);
        assert_eq!(
            check(&Tree::of(&[("a.rs", "#![no_main]\n\n//! Fuzzes.\n")])),
            []
        );
        assert_eq!(
            check(&Tree::of(&[("a.rs", "use std::fmt;\n//! Late.\n")])).len(),
            1
        );
        assert_eq!(check(&Tree::of(&[("a.rs", "")])).len(), 1);
    }
}
