//! No binary floating point near money: not in the domain, not in a store.
//!
//! A file that must name one (JSON's own numbers, for the schema checker) is listed with its
//! reason under `[floats]` in `xtask/ratchet.toml`.

use regex::Regex;

use super::{Complaint, Tree, ratchet, rust_code};

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let float = Regex::new(r"\bf(32|64)\b").expect("the pattern is well-formed");
    let near_money =
        |path: &str| path.starts_with("crates/domain/") || path.starts_with("crates/store");
    let mut complaints = Vec::new();
    for file in tree.rust().filter(|file| near_money(&file.path)) {
        if tree.ratchet.floats.contains_key(&file.path) {
            continue;
        }
        for (line, code) in rust_code::code(file) {
            if float.is_match(code) {
                let remedy = "use `Money` or an integer, or list the file with its reason under \
                              [floats] in xtask/ratchet.toml";
                let what = "names a binary floating point type";
                complaints.push(Complaint::new(&file.path, line, what, remedy));
            }
        }
    }
    complaints.extend(ratchet::unneeded(&tree.ratchet.floats, &|path| {
        tree.file(path).is_some_and(|file| {
            rust_code::code(file)
                .iter()
                .any(|(_, code)| float.is_match(code))
        })
    }));
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_refused_near_money_and_nowhere_else() {
        let text = "fn rate() -> f64 { 0.0 }";
        assert_eq!(
            check(&Tree::of(&[("crates/domain/src/money.rs", text)])).len(),
            1
        );
        assert_eq!(
            check(&Tree::of(&[("crates/store-sqlite/src/lib.rs", text)])).len(),
            1
        );
        assert_eq!(
            check(&Tree::of(&[("crates/countersign/src/telemetry.rs", text)])),
            []
        );
        assert_eq!(
            check(&Tree::of(&[(
                "crates/domain/src/money.rs",
                "// no f64 here"
            )])),
            []
        );
    }

    #[test]
    fn an_exception_holds_only_while_it_is_needed() {
        let list = "[floats]\n\"crates/domain/src/a.rs\" = \"JSON's own numbers\"\n";
        let needs = [("crates/domain/src/a.rs", "let x: f64;")];
        assert_eq!(check(&Tree::of(&needs).with_ratchet(list)), []);
        let done = [("crates/domain/src/a.rs", "let x: u64;")];
        assert_eq!(check(&Tree::of(&done).with_ratchet(list)).len(), 1);
    }
}
