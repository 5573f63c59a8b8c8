//! The names that exist, read from the generated pages in `docs/reference/`.
//!
//! Those pages are written from the code and compared with it by the tests of the binary crate, so
//! what stands there exists. This module only reads their names; it knows little of their layout.

use std::collections::BTreeSet;

use regex::Regex;

use super::Tree;
use super::markdown::Page;

/// The pages that are generated.
pub(crate) const PAGES: &[&str] = &[
    "docs/reference/cli.md",
    "docs/reference/codes.md",
    "docs/reference/configuration.md",
    "docs/reference/metrics.md",
    "docs/reference/problems.md",
];

/// Every name that the reference tells of.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// `receipts list`, `serve`: a command's words, at most two.
    pub(crate) commands: BTreeSet<String>,
    pub(crate) flags: BTreeSet<String>,
    /// Paths of settings, with `*` or `#` where the user chooses the name.
    pub(crate) keys: Vec<Vec<String>>,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) metrics: BTreeSet<String>,
    /// Codes of violations, findings and problems.
    pub(crate) codes: BTreeSet<String>,
}

impl Reference {
    pub(crate) fn read(tree: &Tree) -> Self {
        let text = |path: &str| tree.file(path).map_or("", |file| file.text.as_str());
        let cli = text("docs/reference/cli.md");
        let configuration = text("docs/reference/configuration.md");
        let codes = [
            text("docs/reference/codes.md"),
            text("docs/reference/problems.md"),
        ]
        .concat();
        Self {
            commands: all(cli, r"countersign ([a-z][a-z-]*(?: [a-z][a-z-]*)?)"),
            flags: all(cli, r"(--[a-z][a-z-]*)"),
            keys: keys(configuration),
            variables: all(
                &[configuration, cli].concat(),
                r"\b(COUNTERSIGN_[A-Z0-9_<>*#]+)",
            ),
            metrics: all(
                text("docs/reference/metrics.md"),
                r"\b(countersign_[a-z_]+)",
            ),
            codes: all(&codes, r"`([a-z][a-z_]*)`"),
        }
    }

    /// Whether a setting of this path exists.
    pub(crate) fn has_key(&self, path: &[&str]) -> bool {
        self.keys.iter().any(|key| {
            key.len() == path.len()
                && key
                    .iter()
                    .zip(path)
                    .all(|(known, named)| open(known) || known == named)
        })
    }

    /// Whether settings below this path exist.
    pub(crate) fn has_keys_below(&self, path: &[&str]) -> bool {
        self.keys.iter().any(|key| {
            key.len() > path.len()
                && key
                    .iter()
                    .zip(path)
                    .all(|(known, named)| open(known) || known == named)
        })
    }

    /// Whether the words after `countersign` are a command, or a command and its first argument.
    pub(crate) fn has_command(&self, words: &[&str]) -> bool {
        let Some(noun) = words.first() else {
            return true;
        };
        let verbs = || {
            self.commands
                .iter()
                .filter_map(|it| it.strip_prefix(&format!("{noun} ")))
        };
        let known = self.commands.contains(*noun) || verbs().next().is_some();
        let verb = words.get(1);
        known && verb.is_none_or(|verb| verbs().next().is_none() || verbs().any(|it| it == *verb))
    }
}

/// A segment whose name the user chooses.
fn open(segment: &str) -> bool {
    matches!(segment, "*" | "#" | "NAME" | "N") || segment.starts_with('<')
}

fn all(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("the pattern is well-formed");
    pattern
        .captures_iter(text)
        .map(|it| it[1].to_owned())
        .collect()
}

fn keys(text: &str) -> Vec<Vec<String>> {
    let shape = Regex::new(r"^[a-z_]+(\.([a-z_]+|\*|#|<[^>]+>|NAME|N))*$").expect("well-formed");
    let spans = Page::read(text).spans.into_iter().map(|it| it.text);
    let paths: BTreeSet<String> = spans.filter(|it| shape.is_match(it)).collect();
    paths
        .iter()
        .map(|path| path.split('.').map(str::to_owned).collect())
        .collect()
}

#[cfg(test)]
impl Reference {
    /// A small reference for the tests of the rules.
    pub(crate) fn small() -> Self {
        Self::read(&Tree::of(&[
            (
                "docs/reference/cli.md",
                "`countersign receipts list`\n`countersign serve`\n--limit\n",
            ),
            (
                "docs/reference/configuration.md",
                "| `sources.*.auth.#.type` | `log.level` |\n",
            ),
            ("docs/reference/metrics.md", "countersign_receipts_total\n"),
            ("docs/reference/codes.md", "| `pattern` | broken |\n"),
            ("docs/reference/problems.md", "## `not_found`\n"),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_may_have_arguments_but_not_unknown_verbs() {
        let reference = Reference::small();
        assert!(reference.has_command(&["receipts", "list"]));
        assert!(reference.has_command(&["receipts"]));
        assert!(reference.has_command(&["serve", "anything"]));
        assert!(!reference.has_command(&["receipts", "burn"]));
        assert!(!reference.has_command(&["fly"]));
    }

    #[test]
    fn keys_are_found_whatever_name_the_user_chose() {
        let reference = Reference::small();
        assert!(reference.has_key(&["sources", "mine", "auth", "0", "type"]));
        assert!(reference.has_keys_below(&["sources", "mine"]));
        assert!(!reference.has_key(&["sources", "mine", "type"]));
        assert!(reference.codes.contains("pattern") && reference.codes.contains("not_found"));
    }
}
