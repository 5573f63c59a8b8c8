//! Files stay short. A file that is longer stands in `xtask/ratchet.toml` with its exact length.
//!
//! Counted are the lines above the tests, docs included. Functions are clippy's business
//! (`too_many_lines`, `clippy.toml`); no source may switch that lint off.

use super::{Complaint, File, Ratchet, Tree, rust_code};

/// The most lines a file may have without an exception.
pub(crate) const LIMIT: usize = 300;

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.rust() {
        let now = length(file);
        let allowed = tree.ratchet.lines.get(&file.path).copied();
        complaints.extend(judge(&file.path, now, allowed));
        complaints.extend(lint_switched_off(&file.path, &file.text));
    }
    for path in tree
        .ratchet
        .lines
        .keys()
        .filter(|path| tree.file(path).is_none())
    {
        let what = format!("{path} does not exist any more");
        complaints.push(Complaint::new(
            Ratchet::PATH,
            1,
            what,
            "run `cargo xtask ratchet`",
        ));
    }
    complaints
}

/// The lines that count; none in a file that holds nothing but tests.
pub(crate) fn length(file: &File) -> usize {
    if file.is_test {
        0
    } else {
        rust_code::before_tests(&file.text).len()
    }
}

fn judge(path: &str, now: usize, allowed: Option<usize>) -> Option<Complaint> {
    let (place, what, remedy) = match allowed {
        None if now > LIMIT => (
            path,
            format!("{now} lines, more than {LIMIT}"),
            "split the file",
        ),
        Some(figure) if now > figure.max(LIMIT) => (
            path,
            format!("grew from {figure} to {now} lines"),
            "split the file",
        ),
        Some(figure) if now < figure => (
            Ratchet::PATH,
            format!("{path} has {now} lines now, not {figure}"),
            "run `cargo xtask ratchet`",
        ),
        _ => return None,
    };
    Some(Complaint::new(
        place,
        if place == path { LIMIT } else { 1 },
        what,
        remedy,
    ))
}

fn lint_switched_off(path: &str, text: &str) -> Vec<Complaint> {
    let lint = concat!("clippy::", "too_many_lines");
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(lint));
    lines
        .map(|(at, _)| {
            let remedy = "split the function instead";
            Complaint::new(
                path,
                at + 1,
                "switches off the limit on a function's length",
                remedy,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: usize, ratchet: &str) -> Vec<Complaint> {
        let text = "x\n".repeat(lines);
        check(&Tree::of(&[("a.rs", &text)]).with_ratchet(ratchet))
    }

    #[test]
    fn a_file_over_the_limit_needs_an_exception_that_only_shrinks() {
        assert_eq!(found(300, ""), []);
        assert_eq!(found(301, "").len(), 1);
        assert_eq!(found(301, "[lines]\n\"a.rs\" = 301\n"), []);
        assert_eq!(found(302, "[lines]\n\"a.rs\" = 301\n").len(), 1);
        assert_eq!(found(301, "[lines]\n\"a.rs\" = 302\n").len(), 1);
        assert_eq!(found(10, "[lines]\n\"a.rs\" = 302\n").len(), 1);
        assert_eq!(found(10, "[lines]\n\"gone.rs\" = 302\n").len(), 1);
    }

    #[test]
    fn tests_do_not_count() {
        let text = format!("x\n#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(400));
        let tree = Tree::of(&[("a.rs", &text), ("tests/a.rs", &text)]);
        let lengths: Vec<usize> = tree.files.iter().map(length).collect();
        assert_eq!(lengths, [1, 0]);
    }

    #[test]
    fn the_limit_on_functions_cannot_be_switched_off() {
        let text = concat!(
            "#[expect(clippy::",
            "too_many_lines, reason = \"\")]\nfn a() {}"
        );
        assert_eq!(check(&Tree::of(&[("a.rs", text)])).len(), 1);
    }
}
