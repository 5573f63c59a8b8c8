//! Tells code from comments and from tests, roughly: enough for rules that read line by line.
//!
//! A `//` inside a string cuts that line short, and block comments count as code: the rules live
//! with both.

use super::File;

/// Whether everything at this place is a test: black-box tests, fuzzers, the stores' common suite.
pub(crate) fn is_test_place(path: &str) -> bool {
    path.starts_with("tests/")
        || path.starts_with("fuzz/")
        || path.starts_with("crates/store/src/conformance")
        || path.contains("/tests/")
}

/// The modules that a file declares for tests only, as paths without their ending.
pub(crate) fn test_modules(path: &str, text: &str) -> Vec<String> {
    let Some(stem) = path.strip_suffix(".rs") else {
        return Vec::new();
    };
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let inside = match name {
        "mod" | "lib" | "main" => folder.to_owned(),
        _ => stem.to_owned(),
    };
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
    let names = pairs.filter_map(|pair| {
        let declared = pair[1]
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        declared.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(|name| format!("{inside}/{name}")).collect()
}

/// The lines above the tests module that closes a file; all of them where there is none.
pub(crate) fn before_tests(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let opens = |at: usize| {
        lines[at].starts_with("#[cfg(test)]")
            && lines[at + 1..]
                .iter()
                .find(|line| !line.starts_with("#["))
                .is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    let end = (0..lines.len())
        .find(|at| opens(*at))
        .unwrap_or(lines.len());
    lines[..end].to_vec()
}

/// The code outside comments and tests, line by line, with line numbers from 1.
pub(crate) fn code(file: &File) -> Vec<(usize, &str)> {
    if file.is_test {
        return Vec::new();
    }
    let lines = before_tests(&file.text).into_iter().enumerate();
    lines
        .map(|(at, line)| (at + 1, without_comment(line)))
        .collect()
}

fn without_comment(line: &str) -> &str {
    let cut = line
        .match_indices("//")
        .find(|(at, _)| !line[..*at].ends_with(':'));
    cut.map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Tree;

    const TEXT: &str =
        "//! Doc.\nlet a = 1; // why\nlet b = \"http://x\";\n#[cfg(test)]\nmod tests {\n}\n";

    #[test]
    fn tests_and_comments_are_not_code() {
        let tree = Tree::of(&[("crates/a/src/b.rs", TEXT)]);
        let code: Vec<&str> = code(&tree.files[0]).into_iter().map(|it| it.1).collect();
        assert_eq!(code, ["", "let a = 1; ", "let b = \"http://x\";"]);
    }

    #[test]
    fn a_file_declared_for_tests_is_not_code_and_hides_nothing() {
        let parent = "#[cfg(test)]\nmod oracle;\nfn a() {}\n";
        let files = [
            ("crates/a/src/mod.rs", parent),
            ("crates/a/src/oracle.rs", TEXT),
            ("crates/a/src/b.rs", parent),
            ("crates/a/src/b/oracle.rs", TEXT),
            ("crates/a/src/other.rs", TEXT),
        ];
        let marked: Vec<bool> = Tree::of(&files).files.iter().map(|it| it.is_test).collect();
        assert_eq!(marked, [false, true, false, true, false]);
        assert_eq!(before_tests(parent).len(), 3);
    }
}
