//! A home for one server: a folder with its configuration and its data, and the command run in it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::Server;

/// The binary that is tested.
const BINARY: &str = env!("CARGO_BIN_EXE_countersign");

/// A folder of its own; it goes with the value.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    flags: Vec<String>,
}

impl Home {
    /// An empty one: the server makes its own sources and secrets.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("countersign-").tempdir();
        Self {
            folder: folder.unwrap(),
            flags: Vec::new(),
        }
    }

    /// One with a configuration file.
    pub(crate) fn configured(settings: &str) -> Self {
        let home = Self::new();
        home.configure(settings);
        home
    }

    /// One whose server takes everything without a credential.
    pub(crate) fn dev() -> Self {
        let mut home = Self::new();
        home.flags.push("--dev".to_owned());
        home
    }

    pub(crate) fn configure(&self, settings: &str) {
        fs::write(self.path().join("countersign.toml"), settings).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Everything that servers in this home have written on stderr so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        self.path().join("stderr.log")
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn start(&self) -> Server {
        Server::start(self.serve(Command::new(BINARY)), self)
    }

    /// Starts a server behind the last argument of a command such as `strace`.
    pub(crate) fn start_behind(&self, mut command: Command) -> Server {
        command.arg(BINARY);
        Server::start(self.serve(command), self)
    }

    /// Makes a command into one that serves in this home, on ports that the system chooses.
    pub(crate) fn serve(&self, command: Command) -> Command {
        let mut command = self.at_home(command);
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .unwrap();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(&self.flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        command
    }

    /// A command in this home, on its data folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.at_home(Command::new(BINARY));
        command.args(arguments);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).stdin(Stdio::null()).output();
        Ran::of(&output.unwrap())
    }

    /// Runs a command that reads stdin.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(&child.wait_with_output().unwrap())
    }

    fn at_home(&self, mut command: Command) -> Command {
        command.current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("COUNTERSIGN_") || text.ends_with("_proxy") || text == "RUST_LOG" {
                command.env_remove(&name);
            }
        }
        command.env("COUNTERSIGN_DATA", self.data());
        command
    }
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The data of a command that must have succeeded.
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// The data of a command that must have succeeded, as JSON.
    pub(crate) fn json(self) -> serde_json::Value {
        let text = self.good();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}
