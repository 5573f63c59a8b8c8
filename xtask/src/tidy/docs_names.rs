//! Every name that a page tells a user exists: commands, flags, settings, variables, metrics, codes.
//!
//! The names that exist come from the generated pages ([`Reference`]). A code is recognised by the
//! word before it (“the problem `x`”, “finding `y`”); a command by `countersign` before it.

use regex::Regex;

use super::markdown::{Page, Piece};
use super::reference::{PAGES, Reference};
use super::{Complaint, Tree};

const REMEDY: &str = "compare with docs/reference/";

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let missing = PAGES.iter().filter(|page| tree.file(page).is_none());
    let mut complaints: Vec<Complaint> = missing
        .map(|page| {
            let remedy = "run `UPDATE_REFERENCES=1 cargo nextest run references`";
            Complaint::new(page, 1, "the generated page is missing", remedy)
        })
        .collect();
    if !complaints.is_empty() {
        return complaints;
    }
    let reference = Reference::read(tree);
    let pages = tree
        .markdown()
        .filter(|file| !PAGES.contains(&file.path.as_str()) && !file.path.starts_with("docs/adr/"));
    for file in pages {
        for (line, name) in unknown(&Page::read(&file.text), &reference) {
            let what = format!("{name} does not exist");
            complaints.push(Complaint::new(&file.path, line, what, REMEDY));
        }
    }
    complaints
}

/// The names on a page that the reference does not know, with their lines.
fn unknown(page: &Page, reference: &Reference) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let fenced = page.fenced.iter().map(|(_, piece)| piece);
    for piece in page.spans.iter().chain(fenced) {
        found.extend(unknown_commands(piece, reference));
        found.extend(unknown_words(piece, reference));
    }
    for piece in &page.spans {
        found.extend(unknown_key(piece, reference));
    }
    for block in page.blocks("toml") {
        found.extend(unknown_settings(&block, reference));
    }
    for piece in &page.prose {
        found.extend(unknown_codes(piece, reference));
    }
    found
}

fn unknown_commands(piece: &Piece, reference: &Reference) -> Vec<(usize, String)> {
    let call = Regex::new(
        r"(?:^|[\s/(])(?:countersign|cargo run --release --) ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(?:[ )]([^|;&#]*)|$)",
    )
    .expect("well-formed");
    let flag = Regex::new(r"(?:^|\s)(--[a-z][a-z-]*)").expect("well-formed");
    let mut found = Vec::new();
    for captures in call.captures_iter(&piece.text) {
        let words: Vec<&str> = [1, 2]
            .iter()
            .filter_map(|at| captures.get(*at))
            .map(|it| it.as_str())
            .collect();
        if !reference.has_command(&words) {
            found.push((piece.line, format!("the command `{}`", words.join(" "))));
        }
        let rest = captures.get(3).map_or("", |it| it.as_str());
        let flags = flag.captures_iter(rest).map(|it| it[1].to_owned());
        let unknown = flags.filter(|it| !reference.flags.contains(it) && it != "--help");
        found.extend(unknown.map(|it| (piece.line, format!("the flag `{it}`"))));
    }
    found
}

/// Metrics and environment variables, known by their prefix.
fn unknown_words(piece: &Piece, reference: &Reference) -> Vec<(usize, String)> {
    let word = Regex::new(r"\b(countersign_[a-z_]+|COUNTERSIGN_[A-Z0-9_]+)").expect("well-formed");
    let crates = [
        "countersign_domain",
        "countersign_store",
        "countersign_store_sqlite",
    ];
    let known = |name: &str| {
        crates.contains(&name) || reference.metrics.contains(name) || has_variable(reference, name)
    };
    let names = word.captures_iter(&piece.text).map(|it| it[1].to_owned());
    names
        .filter(|name| !known(name))
        .map(|name| (piece.line, format!("`{name}`")))
        .collect()
}

fn has_variable(reference: &Reference, name: &str) -> bool {
    let named = name
        .strip_prefix("COUNTERSIGN_")
        .unwrap_or("")
        .to_lowercase();
    let plain = named.strip_suffix("_file").unwrap_or(&named);
    let is_key = |named: &str| reference.has_key(&named.split("__").collect::<Vec<_>>());
    reference.variables.contains(name) || is_key(&named) || is_key(plain)
}

/// A span such as `limits.queue`, whose first segment is a table of the configuration.
fn unknown_key(piece: &Piece, reference: &Reference) -> Option<(usize, String)> {
    let shape =
        Regex::new(r"^(sources|limits|log)(\.([A-Za-z_]+|\*|#|<[^>]+>))+$").expect("well-formed");
    let text = piece
        .text
        .split_once(" =")
        .map_or(piece.text.as_str(), |(key, _)| key);
    let path: Vec<&str> = text.split('.').collect();
    let known = reference.has_key(&path) || reference.has_keys_below(&path);
    (shape.is_match(text) && !known).then(|| (piece.line, format!("the setting `{text}`")))
}

/// The settings of a block of TOML, which must be well-formed.
fn unknown_settings(block: &Piece, reference: &Reference) -> Vec<(usize, String)> {
    let table: toml::Table = match block.text.parse() {
        Ok(table) => table,
        Err(_) => return vec![(block.line, "a configuration of this form".to_owned())],
    };
    let mut paths = Vec::new();
    leaves(&toml::Value::Table(table), &mut Vec::new(), &mut paths);
    let unknown = paths.iter().filter(|path| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        !reference.has_key(&path)
    });
    unknown
        .map(|path| (block.line, format!("the setting `{}`", path.join("."))))
        .collect()
}

fn leaves(value: &toml::Value, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    let below: Vec<(String, &toml::Value)> = match value {
        toml::Value::Table(table) => table.iter().map(|(key, it)| (key.clone(), it)).collect(),
        toml::Value::Array(list) if list.iter().all(toml::Value::is_table) => list
            .iter()
            .enumerate()
            .map(|(at, it)| (at.to_string(), it))
            .collect(),
        _ => return out.push(path.clone()),
    };
    for (name, it) in below {
        path.push(name);
        leaves(it, path, out);
        path.pop();
    }
}

fn unknown_codes(piece: &Piece, reference: &Reference) -> Vec<(usize, String)> {
    let named = Regex::new(r"\b(?:problem|code|finding|violation)s? `([a-z]+(?:_[a-z]+)*)`")
        .expect("well-formed");
    let explained = Regex::new(r"countersign explain ([a-z_]+)").expect("well-formed");
    let codes = named
        .captures_iter(&piece.text)
        .chain(explained.captures_iter(&piece.text));
    let codes = codes
        .map(|it| it[1].to_owned())
        .filter(|code| !reference.codes.contains(code));
    codes
        .map(|code| (piece.line, format!("the code `{code}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let unknown = unknown(&Page::read(text), &Reference::small());
        unknown.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn names_of_the_reference_are_accepted() {
        let good = "Run `countersign receipts list --limit 5`, see `countersign_receipts_total`, \
                    set `log.level` or `COUNTERSIGN_LOG__LEVEL`; the violation `pattern`.\n\
                    ```toml\nlog.level = \"info\"\n[[sources.a.auth]]\ntype = \"headers\"\n```\n";
        assert_eq!(found(good), Vec::<String>::new());
    }

    #[test]
    fn names_that_do_not_exist_are_told() {
        assert_eq!(found("`countersign receipts burn --hard`").len(), 2);
        assert_eq!(
            found("```sh\ncargo run --release -- fly\n```"),
            ["the command `fly`"]
        );
        assert_eq!(
            found("`countersign_lost_total` `COUNTERSIGN_LOST`").len(),
            2
        );
        assert_eq!(found("`log.colour`, `sources.a.lost`").len(), 2);
        assert_eq!(
            found("the problem `lost`, the finding `pattern`"),
            ["the code `lost`"]
        );
        assert_eq!(
            found("```toml\nlog.colour = \"red\"\n```"),
            ["the setting `log.colour`"]
        );
        assert_eq!(found("```toml\nlog = = 1\n```").len(), 1);
    }

    #[test]
    fn a_missing_reference_is_one_complaint_a_page() {
        assert_eq!(
            check(&Tree::of(&[("README.md", "`countersign fly`")])).len(),
            PAGES.len()
        );
    }
}
