//! The project speaks of itself alone: not of tools that write text, and not of one machine.
//!
//! The words are spelt backwards here, so that this file keeps its own rule.

use regex::Regex;

use super::{Complaint, Tree};

/// Words that name no part of this project.
const WORDS_BACKWARDS: &[&str] = &[
    "edualc",
    "ciporhtna",
    "ianepo",
    "tpgtahc",
    "tpg",
    "tolipoc",
    "xedoc",
    "mll",
];

/// Folders in which people keep their own things.
const PRIVATE_FOLDERS: &[&str] = &["home", "root", "Users"];

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let words = words();
    let paths = machine_paths(&[&tree.root, &tree.home]);
    let mut complaints = Vec::new();
    for file in tree
        .files
        .iter()
        .filter(|file| !file.path.ends_with(".lock"))
    {
        for (at, line) in file.text.lines().enumerate() {
            if words.is_match(line) {
                let what = "names something that is no part of this project";
                complaints.push(Complaint::new(&file.path, at + 1, what, "leave it out"));
            }
            if paths.is_match(line) {
                let what = "an absolute path of one machine";
                let remedy = "write it from the root of the project, or of the user's own choice";
                complaints.push(Complaint::new(&file.path, at + 1, what, remedy));
            }
        }
    }
    complaints
}

fn words() -> Regex {
    let forward = |word: &&str| word.chars().rev().collect::<String>();
    let list: Vec<String> = WORDS_BACKWARDS.iter().map(forward).collect();
    let pattern = format!(
        r"(?i:(?:^|[^a-z])(?:{})(?:[^a-z]|$))|\bA[I]\b",
        list.join("|")
    );
    Regex::new(&pattern).expect("the words make a well-formed pattern")
}

/// Matches the private folders and the folders given, where they are deep enough to mean one place.
fn machine_paths(places: &[&str]) -> Regex {
    let mut list: Vec<String> = PRIVATE_FOLDERS
        .iter()
        .map(|folder| format!("/{folder}/"))
        .collect();
    let deep = places
        .iter()
        .filter(|place| place.matches('/').count() >= 2);
    list.extend(deep.map(|place| regex::escape(place)));
    let pattern = format!(r#"(?:^|[\s"'`(=:])(?:{})"#, list.join("|"));
    Regex::new(&pattern).expect("escaped paths make a well-formed pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        check(&Tree::of(&[("a.md", line)])).len()
    }

    #[test]
    fn words_that_are_no_part_of_the_project_are_refused() {
        let word: String = WORDS_BACKWARDS[0].chars().rev().collect();
        assert_eq!(found(&format!("written with {word}.")), 1);
        assert_eq!(found(&["made by ", "A", "I"].concat()), 1);
        assert_eq!(found("a user agent said so; the main line failed"), 0);
    }

    #[test]
    fn absolute_paths_of_one_machine_are_refused() {
        assert_eq!(found(&["see /ho", "me/somebody/project"].concat()), 1);
        assert_eq!(found("see docs/README.md and /var/lib/countersign"), 0);
        let mut tree = Tree::of(&[("a.md", "built in `/srv/somewhere/src`")]);
        tree.root = "/srv/somewhere".to_owned();
        assert_eq!(check(&tree).len(), 1);
    }
}
