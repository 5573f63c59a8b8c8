//! The data folder: readable by its owner alone, and owned by one process at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use countersign_store::StoreError;

/// Makes the folder where there is none and takes its lock, which lasts as long as the file is
/// open; the kernel gives it back even after a crash.
pub(crate) fn take(dir: &Path) -> Result<File, StoreError> {
    let cannot = |error: &io::Error| StoreError::Unavailable {
        reason: format!("the data folder {} cannot be used: {error}", dir.display()),
    };
    make(dir).map_err(|error| cannot(&error))?;
    let lock = private_file(&dir.join("countersign.lock")).map_err(|error| cannot(&error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable {
            reason: format!(
                "another process has the data folder {} open: stop that one, or give this one a \
                 folder of its own with --data",
                dir.display()
            ),
        }),
        Err(TryLockError::Error(error)) => Err(cannot(&error)),
    }
}

/// The path of the database in it; the file is there afterwards, with the mode that SQLite then
/// gives to its log files too.
pub(crate) fn database(dir: &Path) -> Result<PathBuf, StoreError> {
    let path = dir.join("countersign.db");
    private_file(&path).map_err(|error| StoreError::Unavailable {
        reason: format!("{} cannot be opened: {error}", path.display()),
    })?;
    Ok(path)
}

#[cfg(unix)]
fn make(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if dir.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn make(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
