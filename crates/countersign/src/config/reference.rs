//! The page docs/reference/configuration.md, made of the table of keys.

use std::fmt::Write;

use super::keys::{KEYS, Key};

const INTRODUCTION: &str = "\
# Configuration

<!-- Made from crates/countersign/src/config/keys.rs: run `UPDATE_REFERENCES=1 cargo nextest run references` to renew it. -->

Settings come from these places, each stronger than the one before:

1. the defaults below,
2. the default sources with `credentials.toml` of the data folder, when the file names no source,
3. `countersign.toml` of the working directory, or the file that `--config` (or `COUNTERSIGN_CONFIG`) names,
4. the environment,
5. flags of the command line.

An unknown key or a bad value stops the start; every mistake is reported at once, with its line and the nearest right name.

In a variable, `__` stands between levels, a number is a place in a list (from 0), and `_` also finds a name written with `-`.
A variable of a secret may end in `_FILE`; it then names a file whose content, without the white space around it, is the value.
A list of secrets may be written as one secret.
";

/// The whole page.
pub(crate) fn configuration() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut group = None;
    for key in KEYS {
        let this = group_of(key);
        if group != Some(this) {
            group = Some(this);
            let _ = write!(page, "\n## {}\n\n", heading(this));
            page += "| key | takes | default | means |\n|---|---|---|---|\n";
        }
        let default = match key.default {
            "" => String::new(),
            it => format!("`{it}`"),
        };
        let secret = if key.secret { " Secret." } else { "" };
        let takes = key.kind.describe();
        let _ = writeln!(
            page,
            "| `{}` | {takes} | {default} | {}{secret} |",
            key.path, key.doc
        );
    }
    page += "\n## Variables\n\n| key | variable |\n|---|---|\n";
    for key in KEYS {
        let file = if key.secret {
            " (also with `_FILE`)"
        } else {
            ""
        };
        let _ = writeln!(page, "| `{}` | `{}`{file} |", key.path, key.variable());
    }
    page
}

fn group_of(key: &Key) -> &'static str {
    key.path
        .rsplit_once('.')
        .map_or("", |(group, _)| group.trim_end_matches(".headers"))
}

fn heading(group: &str) -> String {
    match group {
        "" => "The server".into(),
        "sources.*" => "Sources: `[sources.NAME]`".into(),
        "sources.*.auth.#" => "Credentials of a source: `[[sources.NAME.auth]]`".into(),
        name => format!("`[{name}]`"),
    }
}
