//! The order of system calls: a sync of the store returns after a request was read and before its
//! answer is written. `strace` watches the real binary.

use std::{collections::HashMap, fs, path::Path, process::Command};

use crate::support::{Client, Home, PAY, Server, bodies};

const CALLS: &str =
    "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync";
/// What stands before the number in the request id of every post.
const MARK: &str = "x-request-id: order-";

#[test]
fn a_sync_returns_between_the_reading_of_a_request_and_the_writing_of_its_200() {
    let home = Home::new();
    let trace = home.path().join("trace");
    let server = home.start_behind(strace(&trace));
    let mut client = Client::connect(server.public);
    for number in 0..30 {
        post(&server, &mut client, number);
    }
    std::thread::scope(|scope| {
        for worker in 1..=8 {
            let server = &server;
            scope.spawn(move || {
                let mut client = Client::connect(server.public);
                for number in 0..15 {
                    post(server, &mut client, worker * 1000 + number);
                }
            });
        }
    });
    server.stop();
    let text = fs::read_to_string(&trace).unwrap();
    let proven = prove(&text);
    assert_eq!(proven, 30 + 8 * 15, "every answer is seen in the trace");
}

fn strace(trace: &Path) -> Command {
    assert!(
        Command::new("strace")
            .arg("-V")
            .output()
            .is_ok_and(|it| it.status.success()),
        "strace is missing: install it with your package manager, such as `apt-get install strace`"
    );
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-s", "300", "-e", CALLS, "-o"])
        .arg(trace)
        .arg("--");
    command
}

fn post(server: &Server, client: &mut Client, number: u64) {
    // The mark goes first, so that it stands in what the trace shows of the read.
    let (name, value) = server.credential(PAY);
    let request = crate::support::Request::post(PAY)
        .header("x-request-id", &format!("order-{number}"))
        .header(name, &value)
        .json(bodies::payment(number));
    assert_eq!(client.ask(&request).unwrap().status, 200);
}

/// One system call: where it began and ended in the trace, what it was called on and with.
#[derive(Debug)]
struct Call {
    began: usize,
    ended: usize,
    name: String,
    text: String,
}

impl Call {
    /// The file or socket, as `-y` shows it.
    fn on(&self) -> &str {
        let from = self.text.find('(').map_or(0, |at| at + 1);
        let to = self.text[from..]
            .find(">,")
            .or_else(|| self.text[from..].find(">)"));
        &self.text[from..to.map_or(self.text.len(), |at| from + at)]
    }

    fn is_sync_of_the_log(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync")
            && self.on().ends_with("countersign.db-wal")
            && self.text.ends_with("= 0")
    }

    fn is_write_of_the_log(&self) -> bool {
        self.name == "pwrite64" && self.on().ends_with("countersign.db-wal")
    }
}

/// Puts unfinished calls and their rests together.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim();
        if let Some(start) = rest.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread, (at, start.trim_end().to_owned()));
            continue;
        }
        let (began, text) = match rest
            .strip_prefix("<... ")
            .and_then(|it| it.split_once("resumed>"))
        {
            Some((_, end)) => match unfinished.remove(thread) {
                Some((began, start)) => (began, start + end),
                None => continue,
            },
            None => (at, rest.to_owned()),
        };
        if let Some((name, _)) = text.split_once('(') {
            let name = name.to_owned();
            calls.push(Call {
                began,
                ended: at,
                name,
                text,
            });
        }
    }
    calls
}

/// Counts the answers before which a write and a sync of the log are seen, and fails at the first
/// without.
fn prove(trace: &str) -> usize {
    let calls = calls(trace);
    let mut waiting: HashMap<&str, usize> = HashMap::new();
    let mut proven = 0;
    for call in &calls {
        let is_read = matches!(
            call.name.as_str(),
            "read" | "readv" | "recvfrom" | "recvmsg"
        );
        if is_read && call.text.contains(MARK) {
            waiting.insert(call.on(), call.ended);
        }
        let is_write = matches!(
            call.name.as_str(),
            "write" | "writev" | "sendto" | "sendmsg"
        );
        if !is_write || !call.text.contains("HTTP/1.1 200") {
            continue;
        }
        let Some(read) = waiting.remove(call.on()) else {
            continue;
        };
        let between = |it: &&Call| it.began > read && it.ended < call.began;
        let written = calls
            .iter()
            .filter(between)
            .find(|it| it.is_write_of_the_log());
        let written = written.unwrap_or_else(|| panic!("nothing was written before {call:?}"));
        let synced = calls
            .iter()
            .filter(between)
            .filter(|it| it.is_sync_of_the_log());
        let synced = synced.filter(|it| it.began > written.ended).count();
        assert!(synced > 0, "no sync returned before {call:?}");
        proven += 1;
    }
    proven
}

#[test]
fn an_answer_without_a_sync_is_noticed() {
    let good = "\
7 recvfrom(9<TCP:[1]>, \"POST / HTTP/1.1\\r\\nx-request-id: order-1\\r\\n\", 9) = 9
8 pwrite64(5</d/countersign.db-wal>, \"\", 4120, 32) = 4120
8 fdatasync(5</d/countersign.db-wal> <unfinished ...>
7 recvfrom(8<TCP:[2]>, \"\", 9) = 0
8 <... fdatasync resumed>)          = 0
7 sendto(9<TCP:[1]>, \"HTTP/1.1 200 OK\\r\\n\", 9) = 9
";
    assert_eq!(prove(good), 1);
    for lost in ["= 0\n7 sendto", "pwrite64"] {
        let bad = good.replace(
            lost,
            &lost.replace("= 0", "= -1").replace("pwrite64", "pread64"),
        );
        assert!(std::panic::catch_unwind(|| prove(&bad)).is_err(), "{bad}");
    }
    let mut lines: Vec<_> = good.lines().collect();
    lines.swap(4, 5);
    assert!(std::panic::catch_unwind(|| prove(&lines.join("\n"))).is_err());
}
