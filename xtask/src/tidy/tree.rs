//! Every text file that git tracks or would track, read once, and the exceptions.

use std::path::Path;
use std::process::Command;

use super::{Ratchet, rust_code};

/// A file of the project: its path from the root, with `/`, and its text.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
    /// Whether it holds nothing but tests, for Rust files.
    pub(crate) is_test: bool,
}

/// What the rules look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    pub(crate) ratchet: Ratchet,
    /// Where the tree lies on this machine, so that no file names it.
    pub(crate) root: String,
    pub(crate) home: String,
}

impl Tree {
    /// Reads the tree; files that are not text are left out.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .current_dir(root)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .map_err(|error| format!("tidy asks git for the files: {error}"))?;
        if !listed.status.success() {
            return Err(format!(
                "git ls-files: {}",
                String::from_utf8_lossy(&listed.stderr)
            ));
        }
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        let files: Vec<File> = names
            .split_terminator('\0')
            .filter_map(|name| {
                let text = std::fs::read_to_string(root.join(name)).ok()?;
                Some(File {
                    path: name.to_owned(),
                    text,
                    is_test: false,
                })
            })
            .collect();
        let files = with_tests_marked(files);
        let ratchet = files.iter().find(|file| file.path == Ratchet::PATH);
        let ratchet = Ratchet::parse(ratchet.map_or("", |file| &file.text))?;
        let home = std::env::var("HOME").unwrap_or_default();
        Ok(Self {
            files,
            ratchet,
            root: root.display().to_string(),
            home,
        })
    }

    /// The Rust files, those of the fuzzers included.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    pub(crate) fn markdown(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".md"))
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Marks the Rust files that hold nothing but tests, by their place or by how they are declared.
fn with_tests_marked(mut files: Vec<File>) -> Vec<File> {
    let declared: Vec<String> = files
        .iter()
        .flat_map(|file| rust_code::test_modules(&file.path, &file.text))
        .collect();
    for file in &mut files {
        let is_declared = declared.iter().any(|module| {
            file.path == format!("{module}.rs") || file.path.starts_with(&format!("{module}/"))
        });
        file.is_test = is_declared || rust_code::is_test_place(&file.path);
    }
    files
}

#[cfg(test)]
impl Tree {
    /// A tree of these files, for the tests of the rules.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
                is_test: false,
            })
            .collect();
        Self {
            files: with_tests_marked(files),
            ..Self::default()
        }
    }

    /// The same tree with these exceptions.
    pub(crate) fn with_ratchet(mut self, text: &str) -> Self {
        self.ratchet = Ratchet::parse(text).expect("the test's exceptions are well-formed");
        self
    }
}
