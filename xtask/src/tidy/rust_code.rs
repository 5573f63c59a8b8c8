//! Tells code from comments and from tests, roughly: enough for rules that read line by line.
//!
//! A `//` inside a string cuts that line short, and block comments count as code: the rules live
//! with both.

/// Whether a path holds nothing but tests.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/")
        || path.starts_with("fuzz/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
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
pub(crate) fn code<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    if is_test_file(path) {
        return Vec::new();
    }
    let lines = before_tests(text).into_iter().enumerate();
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

    #[test]
    fn tests_and_comments_are_not_code() {
        let text =
            "//! Doc.\nlet a = 1; // why\nlet b = \"http://x\";\n#[cfg(test)]\nmod tests {\n}\n";
        let code: Vec<&str> = code("crates/a/src/b.rs", text)
            .into_iter()
            .map(|it| it.1)
            .collect();
        assert_eq!(code, ["", "let a = 1; ", "let b = \"http://x\";"]);
        assert!(super::code("crates/a/src/b/tests.rs", text).is_empty());
    }

    #[test]
    fn a_tests_module_in_a_file_of_its_own_hides_nothing() {
        assert_eq!(
            before_tests("#[cfg(test)]\nmod tests;\nfn a() {}\n").len(),
            3
        );
    }
}
