//! Checks of the data folder: can it be written, is there room, how long does a sync take, does the
//! store open, can nobody else read the secrets.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use countersign_store::Store;
use countersign_store_sqlite::{SqliteOptions, SqliteStore};
use rustix::fs::{Access, access, statvfs};
use tokio::time::Instant;

use super::Check;
use crate::{
    commands::client,
    config::{Config, credentials},
};

/// The names of files in the folder.
const PROBE: &str = "doctor.probe";
const DATABASE: &str = "countersign.db";
/// Room below which the server will soon stand still, and below which it stands still.
const LITTLE_ROOM: u64 = 1 << 30;
const NO_ROOM: u64 = 64 << 20;
/// A sync that takes longer makes every webhook wait.
const SLOW_SYNC: Duration = Duration::from_millis(25);
const SYNCS: usize = 15;

pub(super) fn checks(config: &Config, is_served: bool) -> Vec<Check> {
    let data = &config.data;
    let shown = data.display();
    let mut checks = Vec::new();
    if !data.is_dir() {
        let parent = data
            .ancestors()
            .skip(1)
            .find(|it| it.is_dir() || it.as_os_str().is_empty());
        let parent = parent
            .filter(|it| !it.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        return vec![match access(parent, Access::WRITE_OK) {
            Ok(()) => Check::ok(
                "data folder",
                format!("{shown} is not there yet; `countersign serve` makes it"),
            ),
            Err(error) => Check::fail(
                "data folder",
                format!("{shown} is not there and cannot be made: {error}"),
                "make it and give it to the user that runs the server, or name another with --data",
            ),
        }];
    }
    match sync_time(data) {
        Ok(took) => {
            checks.push(Check::ok("data folder", format!("{shown} can be written")));
            checks.push(room(data));
            checks.push(sync(took));
        }
        Err(error) => checks.push(Check::fail(
            "data folder",
            format!("{shown} cannot be written: {error}"),
            "give it to the user that runs the server, or make room on its disk",
        )),
    }
    checks.push(store(data, is_served));
    for name in [credentials::TOKEN_FILE, credentials::FILE] {
        checks.extend(secret_file(data, name));
    }
    checks
}

/// The usual time of a real sync, by a few of them.
fn sync_time(data: &Path) -> io::Result<Duration> {
    let path = data.join(PROBE);
    let measured = measure(&path);
    let removed = fs::remove_file(&path);
    let times = measured?;
    removed?;
    Ok(times[SYNCS / 2])
}

fn measure(path: &Path) -> io::Result<Vec<Duration>> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort();
    Ok(times)
}

fn sync(took: Duration) -> Check {
    let found = format!("a sync takes {} us", took.as_micros());
    if took > SLOW_SYNC {
        let what_to_do = "use a faster disk, not a network one: every answer waits for a sync";
        return Check::warn("sync", found, what_to_do);
    }
    Check::ok("sync", found)
}

fn room(data: &Path) -> Check {
    let free = match statvfs(data) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return Check::warn(
                "disk",
                format!("free room is not known: {error}"),
                "look at it with df",
            );
        }
    };
    let found = format!("{} MiB are free", free >> 20);
    let make_room = "make room, or move the data folder: with a full disk every webhook gets 503";
    match free {
        0..NO_ROOM => Check::fail("disk", found, make_room),
        NO_ROOM..LITTLE_ROOM => Check::warn("disk", found, make_room),
        _ => Check::ok("disk", found),
    }
}

fn store(data: &Path, is_served: bool) -> Check {
    if is_served {
        return Check::ok("store", "the running server has it open");
    }
    let path = data.join(DATABASE);
    let Ok(size) = path.metadata().map(|it| it.len()) else {
        return Check::ok("store", "there is none yet; `countersign serve` makes it");
    };
    match SqliteStore::open(data, &SqliteOptions::default()) {
        Ok(store) => {
            let proved = client::block_on(async {
                let proved = store.probe().await;
                store.close().await;
                Ok(proved)
            });
            match proved {
                Ok(Ok(())) => Check::ok(
                    "store",
                    format!(
                        "it opens, is of this version, can commit, and has {} MiB",
                        size >> 20
                    ),
                ),
                Ok(Err(error)) => {
                    Check::fail("store", error.to_string(), "look at the disk and the log")
                }
                Err(error) => Check::fail("store", error.to_string(), "try again"),
            }
        }
        Err(error) => {
            let what_to_do = "do what it says; delete nothing, since receipts are in there";
            Check::fail("store", error.to_string(), what_to_do)
        }
    }
}

/// A secret that others of this machine can read is no secret.
fn secret_file(data: &Path, name: &'static str) -> Option<Check> {
    let path = data.join(name);
    // Not made yet, or not needed: the check of the sources says which.
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    let found = format!("its mode is {mode:o}");
    if mode & 0o077 != 0 {
        let what_to_do = format!(
            "chmod 600 {}, and make new secrets if others could read it",
            path.display()
        );
        return Some(Check::fail(name, found, what_to_do));
    }
    if path.metadata().is_ok_and(|it| it.len() == 0) {
        let what_to_do = "remove it; `countersign serve` makes another";
        return Some(Check::fail(name, "it is empty", what_to_do));
    }
    Some(Check::ok(name, found))
}

/// When the store was last written, in seconds since 1970.
pub(super) fn newest_change(data: &Path) -> Option<i64> {
    let files = [DATABASE.to_owned(), format!("{DATABASE}-wal")];
    files
        .iter()
        .filter_map(|it| data.join(it).metadata().ok())
        .map(|it| it.mtime())
        .max()
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn a_sync_is_measured_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        assert!(sync_time(folder.path()).unwrap() > Duration::ZERO);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(sync(Duration::from_secs(1)).state, State::Warn);
    }

    #[test]
    fn a_secret_that_others_can_read_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin.token");
        assert!(secret_file(folder.path(), "admin.token").is_none());
        fs::write(&path, "t").unwrap();
        for (mode, state) in [
            (0o600, State::Ok),
            (0o644, State::Fail),
            (0o640, State::Fail),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let check = secret_file(folder.path(), "admin.token").unwrap();
            assert_eq!(check.state, state, "{mode:o}");
        }
    }
}
