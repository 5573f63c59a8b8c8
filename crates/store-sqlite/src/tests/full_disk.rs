//! A disk that is full: nothing is promised, and it works again once there is room.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::*;

/// Fills the store until it says no; says how many receipts it kept.
async fn fill(store: &SqliteStore) -> u32 {
    for batch in 0..1000 {
        let first = batch * 4;
        let results = store
            .accept(
                (first..first + 4)
                    .map(|number| draft(number, 20_000))
                    .collect(),
            )
            .await;
        if results.iter().all(Result::is_ok) {
            continue;
        }
        for (number, result) in (first..).zip(results) {
            assert!(
                matches!(result, Err(StoreError::Unavailable { .. })),
                "{result:?}"
            );
            assert_eq!(
                store.receipt(draft(number, 0).id).await.unwrap(),
                None,
                "nothing is kept"
            );
        }
        return first;
    }
    panic!("the disk is never full");
}

/// What was kept is there, and what was refused is taken now, as if nothing had happened.
async fn works_again(store: &SqliteStore, kept: u32) {
    for number in 0..kept {
        let body = store.body(draft(number, 0).id).await.unwrap();
        assert_eq!(body.map(|it| it.len()), Some(20_000), "{number}");
    }
    store.probe().await.unwrap();
    for number in kept..kept + 4 {
        assert_eq!(
            accept(store, draft(number, 20_000)).await.unwrap(),
            Outcome::Kept
        );
    }
}

#[tokio::test]
async fn a_database_at_its_limit_recovers_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let limit = |pages: u32| {
        store.write(move |writer| {
            writer
                .database
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        })
    };
    limit(500).await.unwrap().unwrap();
    let kept = fill(&store).await;
    assert!(kept > 0);
    limit(100_000).await.unwrap().unwrap();
    works_again(&store, kept).await;
}

const THIS_TEST: &str = "tests::full_disk::a_full_disk_recovers_without_a_restart";
const MOUNTED: &str = "COUNTERSIGN_TEST_SMALL_DISK";

/// The real thing, on a file system of eight megabytes. Mounting one needs a user namespace of its
/// own, so the test runs itself again inside one. Where that is not allowed it fails: a test that
/// did not run has shown nothing.
#[test]
fn a_full_disk_recovers_without_a_restart() {
    if let Some(mounted) = std::env::var_os(MOUNTED) {
        return on_a_small_disk(Path::new(&mounted));
    }
    let dir = tempfile::tempdir().unwrap();
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-ec"]);
        command.arg(format!("mount -t tmpfs -o size=8m tmpfs \"$1\"; {script}"));
        command.arg("sh").arg(dir.path());
        command
    };
    let mounted = in_namespace("true").output();
    assert!(
        mounted.as_ref().is_ok_and(|it| it.status.success()),
        "this test mounts a tmpfs of its own: it needs `unshare` (util-linux), and a system that \
         allows user namespaces: {mounted:?}"
    );
    let this = std::env::current_exe().unwrap();
    let status = in_namespace("exec \"$2\" --exact \"$3\" --nocapture")
        .arg(this)
        .arg(THIS_TEST)
        .env(MOUNTED, dir.path())
        .status()
        .unwrap();
    assert!(status.success(), "the test failed on the small disk");
}

#[tokio::main(flavor = "current_thread")]
async fn on_a_small_disk(mounted: &Path) {
    let ballast: PathBuf = mounted.join("ballast");
    std::fs::write(&ballast, vec![0; 2 << 20]).unwrap();
    let data = mounted.join("data");
    let store = SqliteStore::open(&data, &small()).unwrap();
    let kept = fill(&store).await;
    assert!(kept > 20, "{kept} is too few for this disk");
    let refused = accept(&store, draft(999_999, 100_000)).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable { .. })),
        "{refused:?}"
    );
    std::fs::remove_file(ballast).unwrap();
    works_again(&store, kept).await;
    store.close().await;
    let store = SqliteStore::open(&data, &small()).unwrap();
    assert!(store.body(draft(kept + 3, 0).id).await.unwrap().is_some());
    store.close().await;
}
