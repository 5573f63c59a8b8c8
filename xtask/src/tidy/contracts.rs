//! Every contract is embedded in the binary, and every operation of it has examples.

use regex::Regex;

use super::{Complaint, File, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut operations = Vec::new();
    for file in tree.files.iter().filter(|file| is_contract(&file.path)) {
        if !embedded(tree, &file.path) {
            let remedy = "add it to crates/domain/src/contract/embedded.rs";
            complaints.push(Complaint::new(
                &file.path,
                1,
                "is not in the binary",
                remedy,
            ));
        }
        for (line, operation) in webhooks(file) {
            let folder = format!("contracts/examples/{operation}/");
            if !tree.files.iter().any(|it| it.path.starts_with(&folder)) {
                let what = format!("`{operation}` has no example");
                let remedy = format!("write {folder}<name>.json with the verdict expected");
                complaints.push(Complaint::new(&file.path, line, what, &remedy));
            }
            operations.push(operation);
        }
    }
    complaints.extend(examples_of_nothing(tree, &operations));
    complaints
}

fn is_contract(path: &str) -> bool {
    path.strip_prefix("contracts/")
        .is_some_and(|name| !name.contains('/') && name.ends_with(".yaml"))
}

/// Whether the file that embeds contracts names this one, with or without its ending.
fn embedded(tree: &Tree, path: &str) -> bool {
    let name = path
        .trim_start_matches("contracts/")
        .trim_end_matches(".yaml");
    let name = Regex::new(&format!(r#"["/]{}(\.yaml)?""#, regex::escape(name))).expect("escaped");
    let mut sources = tree
        .rust()
        .filter(|file| file.path.starts_with("crates/domain/src/"));
    sources.any(|file| file.text.contains("include_str!") && name.is_match(&file.text))
}

/// The names under the top-level `webhooks:`, with their lines.
fn webhooks(file: &File) -> Vec<(usize, String)> {
    let name = Regex::new(r#"^  "?([a-z][a-z_.]*)"?:\s*(#.*)?$"#).expect("well-formed");
    let mut inside = false;
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            inside = line.starts_with("webhooks:");
        } else if inside && let Some(captures) = name.captures(line) {
            found.push((at + 1, captures[1].to_owned()));
        }
    }
    found
}

fn examples_of_nothing(tree: &Tree, operations: &[String]) -> Vec<Complaint> {
    let example = |file: &&File| file.path.starts_with("contracts/examples/");
    let folder = |file: &File| file.path.split('/').nth(2).unwrap_or_default().to_owned();
    tree.files
        .iter()
        .filter(example)
        .filter(|file| file.path.ends_with(".json") && !operations.contains(&folder(file)))
        .map(|file| {
            let what = format!("no contract has an operation `{}`", folder(file));
            Complaint::new(&file.path, 1, what, "rename the folder or remove it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: (&str, &str) = (
        "contracts/a.yaml",
        "openapi: 3.1.0\nwebhooks:\n  bill.paid:\n    post:\ncomponents:\n  x:\n",
    );
    const EMBEDS: (&str, &str) = (
        "crates/domain/src/contract/mod.rs",
        "include_str!(\"../../../../contracts/a.yaml\")",
    );

    #[test]
    fn an_embedded_contract_with_examples_is_well() {
        let example = ("contracts/examples/bill.paid/one.json", "{}");
        assert_eq!(check(&Tree::of(&[CONTRACT, EMBEDS, example])), []);
    }

    #[test]
    fn a_missing_example_a_stray_one_and_a_contract_left_out_are_told() {
        assert_eq!(check(&Tree::of(&[CONTRACT, EMBEDS]))[0].line, 3);
        let stray = ("contracts/examples/bill.lost/one.json", "{}");
        assert_eq!(check(&Tree::of(&[CONTRACT, EMBEDS, stray])).len(), 2);
        let example = ("contracts/examples/bill.paid/one.json", "{}");
        assert_eq!(check(&Tree::of(&[CONTRACT, example])).len(), 1);
    }
}
