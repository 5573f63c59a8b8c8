//! The file `address` in the data folder: where the running server can be found.
//!
//! `serve` writes it once it listens and removes it when it stops cleanly; the other commands read
//! it. A file left by a crash is harmless: whoever reads it finds nobody there.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// The name of the file in the data folder.
pub const FILE: &str = "address";

/// Where a running server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The base URL of the public side, such as `http://127.0.0.1:8080`.
    pub public: String,
    /// The base URL of the private side.
    pub admin: String,
    /// The process.
    pub pid: u32,
}

impl Address {
    /// Writes the file whole or not at all.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn write(&self, data: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).expect("strings and numbers are JSON");
        let unfinished = data.join(format!("{FILE}.new"));
        fs::write(&unfinished, text + "\n")?;
        fs::rename(unfinished, data.join(FILE))
    }

    /// Reads the file; `None` when there is none or it cannot be understood.
    #[must_use]
    pub fn read(data: &Path) -> Option<Self> {
        let text = fs::read(data.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Removes the file; that it is not there is no error.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn remove(data: &Path) -> io::Result<()> {
        match fs::remove_file(data.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address {
            public: "http://127.0.0.1:8080".into(),
            admin: "http://127.0.0.1:8081".into(),
            pid: 42,
        };
        assert_eq!(Address::read(folder.path()), None);
        address.write(folder.path()).unwrap();
        assert_eq!(Address::read(folder.path()), Some(address));
        Address::remove(folder.path()).unwrap();
        Address::remove(folder.path()).unwrap();
        assert_eq!(Address::read(folder.path()), None);
    }
}
