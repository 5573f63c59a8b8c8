//! The server under test: this very binary as a child with a data folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::config::address::Address;

/// How long a start may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it ends with this value.
pub(super) struct Server {
    child: Child,
    pub(super) address: Address,
    /// From the start of the process until it listened.
    pub(super) start: Duration,
}

impl Server {
    /// Starts a server on `data` with a configuration file.
    pub(super) fn start(data: &Path, config: &Path) -> Result<Self, String> {
        let binary = std::env::current_exe().map_err(|error| error.to_string())?;
        let started = Instant::now();
        let child = Command::new(binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
                "--data",
            ])
            .arg(data)
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("the server does not start: {error}"))?;
        let pid = child.id();
        let mut server = Self {
            child,
            address: Address {
                public: String::new(),
                admin: String::new(),
                pid,
            },
            start: Duration::ZERO,
        };
        loop {
            if let Some(address) = Address::read(data)
                && address.pid == pid
            {
                server.address = address;
                server.start = started.elapsed();
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended at once: {status}"));
            }
            if started.elapsed() > PATIENCE {
                return Err("the server did not listen within a minute".to_owned());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Resident memory now, and the most there ever was, in MiB.
    pub(super) fn memory(&self) -> (u64, u64) {
        let path = PathBuf::from(format!("/proc/{}/status", self.child.id()));
        let status = fs::read_to_string(path).unwrap_or_default();
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
            kibibytes.unwrap_or_default().div_ceil(1024)
        };
        (mebibytes("VmRSS:"), mebibytes("VmHWM:"))
    }

    /// `host:port` of the public side.
    pub(super) fn host(&self) -> &str {
        self.address
            .public
            .trim_start_matches("http://")
            .trim_end_matches('/')
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it holds is thrown away with its folder.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
