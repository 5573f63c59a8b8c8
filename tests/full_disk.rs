//! A full disk: nothing is acknowledged that is not kept, and room is enough to go on.
//!
//! The data folder is a small tmpfs in a mount namespace of the server's own, so that nothing is
//! left behind. It is seen from here through `/proc/<pid>/root`.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    Answer, Home, PAY, Server, bodies,
    load::{Load, Sent, with_status},
    until,
};

/// The size of the disk.
const DISK: &str = "size=24m";
/// What lies on it beside the data, until room is made.
const BALLAST: usize = 12 * 1024 * 1024;

#[test]
fn heavy_a_full_disk_answers_503_keeps_every_200_and_recovers_without_a_restart() {
    let home = Home::new();
    let server = start_on_a_small_disk(&home);
    let ballast = server.data().join("ballast");
    fs::File::create(&ballast)
        .unwrap()
        .write_all(&vec![1; BALLAST])
        .unwrap();
    assert_eq!(server.ask("GET", "/ready", "").status, 200);

    let mut sent = Load::on(&server, 1).run(16, |load| {
        let unavailable = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"unavailable\"}";
        until("the disk is full", || (server.metric(unavailable) >= 100).then_some(()));
        assert!(load.answered() > 100, "there was room at first");
    });
    let refused = fill_the_rest(&server, &mut sent);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.json()["payload"], "FAILURE");
    let ready = until("it says that it is not ready", || {
        let answer = server.ask("GET", "/ready", "");
        (answer.status == 503).then_some(answer)
    });
    assert_eq!(ready.header("retry-after"), Some("1"));
    assert_eq!(ready.json()["code"], "not_ready");
    assert_eq!(server.ask("GET", "/health", "").status, 200);
    stored_is_what_was_promised(&server, &sent);

    fs::remove_file(&ballast).unwrap();
    until("it is ready again", || {
        (server.ask("GET", "/ready", "").status == 200).then_some(())
    });
    let later = Load::on(&server, 2_000_000);
    sent.extend(later.run(16, |load| {
        until("posts are taken", || (load.answered() >= 200).then_some(()));
    }));
    stored_is_what_was_promised(&server, &sent);
}

/// Posts one by one until not even one more fits, a hundred times in a row: the store may win back a
/// little room at first. Gives the last refusal.
fn fill_the_rest(server: &Server, sent: &mut Vec<Sent>) -> Answer {
    let mut refused_in_a_row = 0;
    let mut number = 1_000_000;
    loop {
        let answer = server.post(PAY, bodies::payment(number));
        sent.push(Sent {
            number,
            status: Some(answer.status),
        });
        number += 1;
        refused_in_a_row = match answer.status {
            503 => refused_in_a_row + 1,
            _ => 0,
        };
        if refused_in_a_row == 100 {
            return answer;
        }
    }
}

/// Every 200 is stored once, and nothing that got another answer is.
fn stored_is_what_was_promised(server: &Server, sent: &[Sent]) {
    let stored = server.by_number(&server.receipts(""));
    for number in with_status(sent, 200) {
        assert_eq!(
            stored.get(&number),
            Some(&vec!["accepted".to_owned()]),
            "{number}"
        );
    }
    for number in with_status(sent, 503) {
        assert!(
            !stored.contains_key(&number),
            "{number} was refused and is there"
        );
    }
    assert!(sent.iter().all(|it| matches!(it.status, Some(200 | 503))));
}

fn start_on_a_small_disk(home: &Home) -> Server {
    let disk = home.data();
    fs::create_dir_all(&disk).unwrap();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    let script = format!(
        "mount -t tmpfs -o {DISK} tmpfs \"$0\" || {{ echo 'a test disk cannot be mounted here' >&2; exit 1; }}; exec \"$@\""
    );
    command.args(["--mount", "sh", "-c", &script]).arg(&disk);
    command.arg(env!("CARGO_BIN_EXE_countersign"));
    Server::start_in(home.serve(command), home, |pid| seen_from_here(pid, &disk))
}

fn seen_from_here(pid: u32, folder: &Path) -> PathBuf {
    let inside = folder.strip_prefix("/").unwrap();
    Path::new("/proc")
        .join(pid.to_string())
        .join("root")
        .join(inside)
}
