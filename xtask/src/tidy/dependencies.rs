//! What may not be in the tree of dependencies, features included.

use std::path::Path;
use std::process::Command;

use super::Complaint;

/// A crate or a crate's feature, and why it may not be there.
const BANNED: &[(&str, &str)] = &[
    (
        "serde_json feature \"arbitrary_precision\"",
        "it makes every number look like a map",
    ),
    (
        "rust_decimal feature \"serde-float\"",
        "money never passes through binary floating point",
    ),
    (
        "ring",
        "one cryptographic provider is enough, and it is aws-lc-rs",
    ),
    (
        "openssl-sys",
        "TLS is rustls; nothing of the system's is linked",
    ),
];

/// Asks cargo for the tree, without changing the lock file.
pub(crate) fn check(root: &Path) -> Vec<Complaint> {
    let arguments = [
        "tree",
        "--workspace",
        "--locked",
        "--edges",
        "features",
        "--prefix",
        "none",
    ];
    let output = Command::new("cargo")
        .current_dir(root)
        .args(arguments)
        .output();
    match output {
        Ok(output) if output.status.success() => banned(&String::from_utf8_lossy(&output.stdout)),
        Ok(output) => {
            let reason = String::from_utf8_lossy(&output.stderr);
            let reason = reason
                .lines()
                .next()
                .unwrap_or("cargo tree failed")
                .to_owned();
            vec![Complaint::new(
                "Cargo.lock",
                1,
                reason,
                "run `cargo metadata` and commit the lock",
            )]
        }
        Err(error) => vec![Complaint::new(
            "Cargo.lock",
            1,
            error.to_string(),
            "is cargo there?",
        )],
    }
}

fn banned(tree: &str) -> Vec<Complaint> {
    BANNED
        .iter()
        .filter(|(thing, _)| {
            tree.lines()
                .any(|line| line.starts_with(&format!("{thing} ")) || line == *thing)
        })
        .map(|(thing, why)| {
            let remedy = format!("find who asks for it with `cargo tree -e features -i`: {why}");
            Complaint::new("Cargo.lock", 1, format!("{thing} is in the tree"), &remedy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_crates_and_features_are_found_and_their_likes_are_not() {
        let good =
            "serde_json v1.0.1\nserde_json feature \"raw_value\"\nspring v1.0.0\nring-like v1";
        assert_eq!(banned(good), []);
        assert_eq!(
            banned("serde_json feature \"arbitrary_precision\"\n").len(),
            1
        );
        assert_eq!(banned("ring v0.17.8\nring feature \"std\" (*)\n").len(), 1);
    }
}
