//! SQL stands in the stores and nowhere else: `crates/store-*`.

use regex::Regex;

use super::{Complaint, Tree, rust_code};

const REMEDY: &str = "move it behind a method of `Store` in crates/store-*";

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let statement = Regex::new(
        r"\b(SELECT\s.*\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX)|PRAGMA\s)\b|\brusqlite::",
    )
    .expect("the pattern is well-formed");
    let mut complaints = Vec::new();
    for file in tree.files.iter().filter(|file| outside(&file.path)) {
        if file.path.ends_with(".sql") {
            complaints.push(Complaint::new(&file.path, 1, "a file of SQL", REMEDY));
        }
        if !file.path.ends_with(".rs") {
            continue;
        }
        for (at, line) in file.text.lines().enumerate() {
            if statement.is_match(line) && !line.trim_start().starts_with("//") {
                complaints.push(Complaint::new(
                    &file.path,
                    at + 1,
                    "SQL outside a store",
                    REMEDY,
                ));
            }
        }
    }
    complaints
}

fn outside(path: &str) -> bool {
    let covered = path.starts_with("crates/") || rust_code::is_test_place(path);
    covered && !path.starts_with("crates/store-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_refused_outside_the_stores_tests_included() {
        let text = r#"let sql = "SELECT id FROM receipts";"#;
        assert_eq!(
            check(&Tree::of(&[("crates/store-sqlite/src/lists.rs", text)])),
            []
        );
        assert_eq!(
            check(&Tree::of(&[("crates/countersign/src/api/mod.rs", text)])).len(),
            1
        );
        assert_eq!(check(&Tree::of(&[("tests/restart.rs", text)])).len(), 1);
        assert_eq!(check(&Tree::of(&[("crates/store/src/a.sql", "")])).len(), 1);
    }

    #[test]
    fn words_that_are_not_sql_are_left_alone() {
        let text = "// Select a source, delete from the list.\nlet update = set(\"select one\");";
        assert_eq!(
            check(&Tree::of(&[("crates/countersign/src/api/mod.rs", text)])),
            []
        );
    }
}
