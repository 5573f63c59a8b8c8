//! Every path that a page names exists: paths in backticks, and links between pages.
//!
//! A path may hold `*` or a `<placeholder>`; then something of that shape must exist. Only paths
//! that begin with a folder of this project, or name a file at its root, are looked at.

use regex::Regex;

use super::markdown::{Page, Piece};
use super::{Complaint, File, Tree};

const REMEDY: &str = "name what is there, or make it";

/// Folders of the project whose paths are checked when a page names them.
const FOLDERS: &[&str] = &[
    ".cargo/",
    ".ci/",
    ".config/",
    "benches/",
    "contracts/",
    "crates/",
    "docs/",
    "fuzz/",
    "tests/",
    "xtask/",
];

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.markdown() {
        let page = Page::read(&file.text);
        for span in page
            .spans
            .iter()
            .filter(|span| is_path(&span.text) && !is_made(tree, &span.text))
        {
            if !exists(tree, &span.text) {
                complaints.push(missing(file, span));
            }
        }
        for link in &page.links {
            if !link_holds(tree, file, &page, &link.text) {
                complaints.push(missing(file, link));
            }
        }
    }
    complaints
}

fn missing(file: &File, piece: &Piece) -> Complaint {
    let what = format!("`{}` does not exist", piece.text);
    Complaint::new(&file.path, piece.line, what, REMEDY)
}

fn is_path(span: &str) -> bool {
    let at_root = !span.contains(['/', ' ']) && (span.ends_with(".md") || span == "deny.toml");
    let in_folder = FOLDERS.iter().any(|folder| span.starts_with(folder));
    (at_root || in_folder) && !span.contains(char::is_whitespace)
}

/// Whether git ignores it: something that is made when the project is used.
fn is_made(tree: &Tree, named: &str) -> bool {
    let ignored = tree
        .file(".gitignore")
        .map_or("", |file| file.text.as_str());
    let mut folders = ignored.lines().filter_map(|line| line.strip_prefix('/'));
    folders.any(|folder| named.starts_with(folder))
}

fn exists(tree: &Tree, named: &str) -> bool {
    let named = named.split("::").next().unwrap_or(named);
    let line_number = Regex::new(r":\d+$").expect("well-formed");
    let named = line_number.replace(named, "");
    let placeholder = Regex::new(r"<[^>]*>|\*").expect("well-formed");
    let pieces: Vec<String> = placeholder
        .split(named.trim_end_matches('/'))
        .map(regex::escape)
        .collect();
    let shape = Regex::new(&format!("^{}(/|$)", pieces.join("[^/]*"))).expect("escaped");
    tree.files.iter().any(|file| shape.is_match(&file.path))
}

fn link_holds(tree: &Tree, file: &File, page: &Page, link: &str) -> bool {
    if link.starts_with("mailto:") {
        return true;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() {
        return page.anchors.iter().any(|it| it == anchor);
    }
    let Some(target) = resolve(&file.path, path) else {
        return false;
    };
    match tree.file(&target) {
        Some(it) if !anchor.is_empty() => Page::read(&it.text).anchors.iter().any(|a| a == anchor),
        Some(_) => true,
        None => exists(tree, &target),
    }
}

/// The path that a relative link means; none if it leaves the project.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let files = [
            ("docs/guides/a.md", text),
            ("docs/b.md", "# Second page\n"),
            ("crates/store/src/lib.rs", ""),
            (".gitignore", "/fuzz/corpus\n"),
            ("contracts/examples/bill.paid/one.json", ""),
        ];
        check(&Tree::of(&files)).len()
    }

    #[test]
    fn paths_that_exist_are_accepted() {
        assert_eq!(
            found("`crates/store/src/lib.rs:12`, `crates/store/`, `crates/*/src`"),
            0
        );
        assert_eq!(found("`contracts/examples/<operation>/*.json`"), 0);
        assert_eq!(
            found("`/api/v1/receipts`, `text/plain`, `a/b.rs`, `fuzz/corpus/<target>`"),
            0
        );
    }

    #[test]
    fn paths_that_do_not_exist_are_told() {
        assert_eq!(found("`crates/store/src/gone.rs` and `crates/sto`"), 2);
        assert_eq!(found("`docs/<kind>/none.md`"), 1);
        assert_eq!(found("`GONE.md`"), 1);
    }

    #[test]
    fn links_lead_to_a_page_and_a_heading() {
        assert_eq!(
            found("# Top\n[a](../b.md) [b](../b.md#second-page) [c](#top) [d](https://x.y)"),
            0
        );
        assert_eq!(
            found("[a](b.md) [b](../b.md#third) [c](#none) [d](../../../x.md)"),
            4
        );
    }
}
