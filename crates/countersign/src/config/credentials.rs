//! The secrets that Countersign makes for itself: `credentials.toml` and `admin.token`.
//!
//! Both are made once, readable by their owner alone, and never overwritten: a person may edit
//! them. `credentials.toml` is a fragment of configuration, the default sources with their secrets.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use secrecy::SecretString;

use crate::random;

/// The name of the file with the secrets of the default sources.
pub const FILE: &str = "credentials.toml";
/// The name of the file with the token of the private side.
pub const TOKEN_FILE: &str = "admin.token";

/// The default sources: name, contract, settings of the source, credential without its value.
const DEFAULT_SOURCES: [(&str, &str, &str, &str); 3] = [
    ("enkash", "enkash-vendor-payment", "", HEADER),
    ("bills", "enkash-bill-payment", "", HEADER),
    (
        "shipper",
        "shipper-fulfilment",
        "body_bytes = \"4MiB\"\n",
        API_KEY,
    ),
];
const HEADER: &str = "type = \"headers\"\nheaders = { x-webhook-secret = \"SECRET\" }\n";
const API_KEY: &str = "type = \"api_key\"\nheader = \"x-api-key\"\nkeys = [\"SECRET\"]\n";
const PATH: &str = "type = \"path\"\ntokens = [\"SECRET\"]\n";

const INTRODUCTION: &str = "\
# The default sources and the secrets that were made for them.
# Give each provider its own: the header, or a base URL that ends in /in/<token>.
# To change one, write the old and the new value as a list, restart, and remove the old one later.
# This file counts only while countersign.toml names no source.
";

/// Makes the data folder and the default sources' secrets, if they are not there yet.
///
/// # Errors
///
/// When the folder or the file cannot be written.
pub fn ensure(data: &Path) -> io::Result<()> {
    make_folder(data)?;
    let mut text = INTRODUCTION.to_owned();
    for (name, contract, settings, credential) in DEFAULT_SOURCES {
        text += &source_table(name, contract, settings);
        for entry in [credential, PATH] {
            let entry = entry.replace("SECRET", &random::token());
            text += &format!("\n[[sources.{name}.auth]]\n{entry}");
        }
    }
    make_once(&data.join(FILE), &text)
}

/// The default sources as they are before any secret was made: nobody gets in.
pub(super) fn without_secrets() -> String {
    DEFAULT_SOURCES
        .iter()
        .map(|(name, contract, more, _)| source_table(name, contract, more))
        .collect()
}

fn source_table(name: &str, contract: &str, settings: &str) -> String {
    format!("\n[sources.{name}]\ncontract = \"{contract}\"\n{settings}")
}

/// The token of the private side; made if it is not there yet.
///
/// # Errors
///
/// When the folder or the file cannot be read or written.
pub fn ensure_admin_token(data: &Path) -> io::Result<SecretString> {
    make_folder(data)?;
    make_once(&data.join(TOKEN_FILE), &(random::token() + "\n"))?;
    admin_token(data)
}

/// The token of the private side.
///
/// # Errors
///
/// When the file is not there, cannot be read, or is empty.
pub fn admin_token(data: &Path) -> io::Result<SecretString> {
    let text = fs::read_to_string(data.join(TOKEN_FILE))?;
    match text.trim() {
        "" => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the file is empty",
        )),
        token => Ok(token.into()),
    }
}

fn make_folder(data: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
}

/// Writes a file that only its owner can read, whole or not at all, and never over another.
fn make_once(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let unfinished = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // A link, unlike a rename, does not replace what another process made in the meantime.
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_only_their_owner_can_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new/data");
        ensure(&data).unwrap();
        let token = ensure_admin_token(&data).unwrap();
        let first = fs::read_to_string(data.join(FILE)).unwrap();
        ensure(&data).unwrap();
        assert_eq!(fs::read_to_string(data.join(FILE)).unwrap(), first);
        let again = ensure_admin_token(&data).unwrap();
        assert_eq!(again.expose_secret(), token.expose_secret());
        for name in [FILE, TOKEN_FILE] {
            let mode = fs::metadata(data.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(
            fs::read_dir(&data).unwrap().count(),
            2,
            "nothing else is left behind"
        );
    }

    #[test]
    fn an_empty_token_is_no_token() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(TOKEN_FILE), "\n").unwrap();
        assert!(ensure_admin_token(folder.path()).is_err());
    }
}
