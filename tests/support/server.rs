//! A running server: found by its address file, stopped in every way, killed when dropped.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Answer, Client, Home, Request, until};

/// A server that listens.
pub(crate) struct Server {
    child: Child,
    pid: u32,
    data: PathBuf,
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    token: String,
}

impl Server {
    /// Starts the command and waits until its address file is there.
    pub(crate) fn start(command: Command, home: &Home) -> Self {
        Self::start_in(command, home, |_| home.data())
    }

    /// The same where the data folder is seen from here at another place.
    pub(crate) fn start_in(
        mut command: Command,
        home: &Home,
        data: impl Fn(u32) -> PathBuf,
    ) -> Self {
        let _ = fs::remove_file(home.data().join("address"));
        let mut child = command.spawn().unwrap();
        let data = data(child.id());
        let address = until("the server listens", || {
            if let Ok(Some(status)) = child.try_wait() {
                panic!("the server ended with {status}:\n{}", home.log());
            }
            read_json(&data.join("address"))
        });
        let token = fs::read_to_string(data.join("admin.token")).unwrap_or_default();
        Self {
            pid: u32::try_from(address["pid"].as_u64().unwrap()).unwrap(),
            public: socket(&address["public"]),
            admin: socket(&address["admin"]),
            token: token.trim().to_owned(),
            child,
            data,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The token of the private side.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Ends it as a power cut would, as far as a process can tell.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        until("the server ends", || self.child.try_wait().unwrap())
    }

    /// Asks it to stop and waits until it did so cleanly.
    pub(crate) fn stop(mut self) {
        self.terminate();
        assert_eq!(self.ended().code(), Some(0));
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// The first credential header that was made for the default source at this path.
    pub(crate) fn credential(&self, path: &str) -> (&'static str, String) {
        let source = default_source(path);
        let auth = &self.made()["sources"][source]["auth"][0];
        match source {
            "shipper" => ("x-api-key", text(&auth["keys"][0])),
            _ => (
                "x-webhook-secret",
                text(&auth["headers"]["x-webhook-secret"]),
            ),
        }
    }

    /// The path token that was made for the default source at this path.
    pub(crate) fn path_token(&self, path: &str) -> String {
        let auth = &self.made()["sources"][default_source(path)]["auth"][1];
        text(&auth["tokens"][0])
    }

    fn made(&self) -> toml::Table {
        let file = fs::read_to_string(self.data.join("credentials.toml")).unwrap();
        file.parse().unwrap()
    }

    /// A post of JSON with the default source's credential.
    pub(crate) fn request(&self, path: &str, body: impl Into<Vec<u8>>) -> Request {
        let (name, value) = self.credential(path);
        Request::post(path).header(name, &value).json(body)
    }

    /// Posts JSON with the default source's credential.
    pub(crate) fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(&self.request(path, body))
    }

    /// Sends a request to the public side on a connection of its own.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        Client::connect(self.public).ask(request).unwrap()
    }

    /// Asks the private side with the token.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = self.private(method, path).json(body);
        Client::connect(self.admin).ask(&request).unwrap()
    }

    /// A request to the private side with the token.
    pub(crate) fn private(&self, method: &str, path: &str) -> Request {
        let bearer = format!("Bearer {}", self.token);
        Request::new(method, path).header("authorization", &bearer)
    }

    /// Gets a private resource that must be there.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The value of a metric whose line begins so; 0 where there is none.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.ask("GET", "/metrics", "").text();
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Behind another command, the server is not the child itself.
        if self.pid != self.child.id() && self.child.try_wait().is_ok_and(|it| it.is_none()) {
            self.signal(Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn default_source(path: &str) -> &'static str {
    if path.contains("/webhooks/") {
        "bills"
    } else if path.contains("/fulfillment/") {
        "shipper"
    } else {
        "enkash"
    }
}

fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(values) => text(&values[0]),
        value => value.as_str().unwrap().to_owned(),
    }
}

fn read_json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn socket(url: &Value) -> SocketAddr {
    let url = url.as_str().unwrap();
    let host = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    host.parse().unwrap()
}
