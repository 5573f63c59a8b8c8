//! Every key that can be set: the one table that checks, documents and names them.
//!
//! In a path, `*` stands for a name of the user's own and `#` for a place in a list. Whoever adds
//! a setting adds a line here, a field in `model` and its reading in `build`.

use super::kind::Kind;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Where it stands, such as `sources.*.contract`.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds when nobody sets it, written as in an environment variable; empty for nothing.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Whether its value must not be shown, so that a variable `…_FILE` may name a file instead.
    pub secret: bool,
}

const fn key(path: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
        secret: false,
    }
}

const fn secret(path: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        path,
        kind,
        default: "",
        doc,
        secret: true,
    }
}

/// The kinds of credentials, as they stand in `sources.*.auth.#.type`.
pub(super) const AUTH_TYPES: &[&str] = &["headers", "api_key", "basic", "bearer", "path"];

/// Every setting, in the order of the reference.
pub const KEYS: &[Key] = &[
    key(
        "listen",
        Kind::Address,
        "127.0.0.1:8080",
        "The address of the public side, where webhooks arrive.",
    ),
    key(
        "admin",
        Kind::Address,
        "127.0.0.1:8081",
        "The address of the private side: resources, `/metrics`, `/health` and `/ready`.",
    ),
    key(
        "data",
        Kind::Folder,
        "./countersign-data",
        "The folder of the store, the credentials and the address of the running server, from the working directory.",
    ),
    key(
        "dev",
        Kind::Boolean,
        "false",
        "Turns all authentication off; only loopback addresses are taken then.",
    ),
    key(
        "contracts",
        Kind::Folder,
        "",
        "A folder of contract files that are added to the built-in ones, or replace those of the same name.",
    ),
    key(
        "sources.*.contract",
        Kind::Text,
        "",
        "The contract's name, such as `enkash-vendor-payment`; every source needs one.",
    ),
    key(
        "sources.*.mount",
        Kind::Mount,
        "/",
        "The prefix under which the contract's documented paths are served.",
    ),
    key(
        "sources.*.strict",
        Kind::Boolean,
        "false",
        "Refuses a body for any violation, not only for a broken rule that the provider's page prints.",
    ),
    key(
        "sources.*.refuse",
        Kind::Choice(&["printed", "never"]),
        "printed",
        "Which violations are refused: those of rules printed on the provider's page, or none.",
    ),
    key(
        "sources.*.zone",
        Kind::Zone,
        "",
        "The offset of times that carry none, such as `+05:30`; the contract's own where it is not set.",
    ),
    key(
        "sources.*.body_bytes",
        Kind::BodySize,
        "",
        "The longest body of this source; `limits.body_bytes` where it is not set.",
    ),
    key(
        "sources.*.auth.#.type",
        Kind::Choice(AUTH_TYPES),
        "",
        "How this credential is shown; any one entry of the list suffices, and a source without entries refuses everything.",
    ),
    secret(
        "sources.*.auth.#.headers.*",
        Kind::Secrets,
        "For `headers`: the value, or the list of values, that the header of this name must have; all names must match.",
    ),
    key(
        "sources.*.auth.#.header",
        Kind::HeaderName,
        "x-api-key",
        "For `api_key`: the header that holds the key.",
    ),
    secret(
        "sources.*.auth.#.keys",
        Kind::Secrets,
        "For `api_key`: the keys that are accepted.",
    ),
    key(
        "sources.*.auth.#.username",
        Kind::Text,
        "",
        "For `basic`: the user's name.",
    ),
    secret(
        "sources.*.auth.#.passwords",
        Kind::Secrets,
        "For `basic`: the passwords that are accepted.",
    ),
    secret(
        "sources.*.auth.#.tokens",
        Kind::Secrets,
        "For `bearer`: the tokens that are accepted; for `path`: the tokens that may stand in `/in/<token>/…`.",
    ),
    key(
        "limits.body_bytes",
        Kind::BodySize,
        "1MiB",
        "The longest body, chunked or not, and at most 64 MiB; longer ones get 413.",
    ),
    key(
        "limits.connections",
        Kind::Count,
        "10000",
        "The most connections of the public side at once; further ones wait to be taken.",
    ),
    key(
        "limits.header_timeout",
        Kind::Duration,
        "10s",
        "How long the head of a request may take.",
    ),
    key(
        "limits.body_timeout",
        Kind::Duration,
        "30s",
        "How long the body of a request may take; slower ones get 408.",
    ),
    key(
        "limits.in_flight_bytes",
        Kind::Size,
        "64MiB",
        "The most bytes of bodies in memory at once; beyond it the answer is 503.",
    ),
    key(
        "limits.queue",
        Kind::Count,
        "10000",
        "The most receipts that wait for a commit; beyond it the answer is 503.",
    ),
    key(
        "limits.batch",
        Kind::Count,
        "256",
        "The most receipts in one commit.",
    ),
    key(
        "limits.rejected_rows",
        Kind::Count,
        "10000",
        "The most bodies kept after a failed authentication.",
    ),
    key(
        "limits.rejected_bytes",
        Kind::Size,
        "64MiB",
        "The most bytes of bodies kept after a failed authentication.",
    ),
    key(
        "limits.rejected_keep",
        Kind::Duration,
        "1h",
        "How long a body is kept after a failed authentication.",
    ),
    key(
        "limits.shutdown",
        Kind::Duration,
        "30s",
        "How long a stop waits for the requests that are under way.",
    ),
    key(
        "log.format",
        Kind::Choice(&["text", "json"]),
        "text",
        "The shape of log lines on stderr.",
    ),
    key(
        "log.level",
        Kind::LogLevel,
        "info",
        "The level of the log, or directives such as `info,countersign::receive=debug`.",
    ),
];

impl Key {
    /// The segments of the path.
    pub(super) fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('.')
    }

    /// The environment variable that sets it; `<NAME>` and `<N>` stand for what the user chooses.
    #[must_use]
    pub fn variable(&self) -> String {
        let segments: Vec<_> = self
            .segments()
            .map(|it| match it {
                "*" => "<NAME>".to_owned(),
                "#" => "<N>".to_owned(),
                name => name.to_ascii_uppercase(),
            })
            .collect();
        format!("{}{}", super::environment::PREFIX, segments.join("__"))
    }

    fn starts_with(&self, path: &[&str]) -> bool {
        let mut segments = self.segments();
        path.iter()
            .all(|name| segments.next().is_some_and(|it| segment_takes(it, name)))
    }
}

fn segment_takes(segment: &str, name: &str) -> bool {
    match segment {
        "*" => true,
        "#" => name.bytes().all(|it| it.is_ascii_digit()) && !name.is_empty(),
        it => it == name,
    }
}

/// The key that stands exactly at this path.
pub(super) fn find(path: &[&str]) -> Option<&'static Key> {
    KEYS.iter()
        .find(|it| it.segments().count() == path.len() && it.starts_with(path))
}

/// The segments that may follow this path, each once, in the order of the table.
pub(super) fn below(path: &[&str]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for key in KEYS.iter().filter(|it| it.starts_with(path)) {
        if let Some(name) = key.segments().nth(path.len())
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The default of the key at this path.
pub(super) fn default_of(path: &[&str]) -> &'static str {
    find(path)
        .expect("only paths of the table are read")
        .default
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_key_and_no_other() {
        assert_eq!(
            find(&["sources", "x", "contract"]).unwrap().path,
            "sources.*.contract"
        );
        assert_eq!(
            find(&["sources", "x", "auth", "0", "keys"]).unwrap().kind,
            Kind::Secrets
        );
        assert!(find(&["sources", "x"]).is_none());
        assert!(find(&["sources", "x", "auth", "first", "keys"]).is_none());
        assert_eq!(below(&["log"]), ["format", "level"]);
        assert_eq!(below(&["sources", "x", "auth"]), ["#"]);
    }

    #[test]
    fn every_key_is_documented_in_one_sentence_and_stands_once() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(key.doc.ends_with('.'), "{}", key.path);
            assert!(
                KEYS[..index].iter().all(|it| it.path != key.path),
                "{}",
                key.path
            );
        }
    }

    #[test]
    fn every_default_is_a_value_that_its_own_key_takes() {
        for key in KEYS.iter().filter(|it| !it.default.is_empty()) {
            assert_eq!(key.kind.check_text(key.default), Ok(()), "{}", key.path);
        }
    }
}
