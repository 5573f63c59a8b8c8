//! Makes the typed configuration of a checked tree, and finds what only the whole can show.
//!
//! Values are read as text and by the same readers as the checks use, so what passed `check`
//! is understood here; where a value is missing, the table's default stands in.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use secrecy::SecretString;

use super::{
    keys,
    layer::{Node, Value},
    mistake::{Mistake, Place},
    model::{AuthConfig, Config, Limits, LogConfig, LogFormat, RefuseSetting, SourceConfig},
    units,
};

/// Builds it; `None` only where the tree has mistakes that were found before.
pub(super) fn build(root: &Node, mistakes: &mut Vec<Mistake>) -> Option<Config> {
    // First, so that their mistakes are told whatever else is wrong.
    let sources = sources(root, mistakes);
    let read = Reader {
        root,
        path: Vec::new(),
    };
    let config = Config {
        listen: read.address("listen")?,
        admin: read.address("admin")?,
        data: read.text("data").into(),
        dev: read.boolean("dev"),
        contracts: read.optional("contracts").map(Into::into),
        sources,
        limits: limits(root)?,
        log: LogConfig {
            format: match Reader::at(root, &["log"]).text("format").as_str() {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            level: Reader::at(root, &["log"]).text("level"),
        },
    };
    if config.dev {
        let both = [("listen", config.listen), ("admin", config.admin)];
        for (name, _) in both.iter().filter(|(_, it)| !it.ip().is_loopback()) {
            let place = root.get(&[name]).map_or(&Place::Default, |it| &it.place);
            let message = format!(
                "`{name}`: with `dev` nothing is authenticated, so only loopback addresses are taken"
            );
            let hint = "use 127.0.0.1 or [::1], or leave `dev` out";
            mistakes.push(Mistake::new(place, message).hint(hint));
        }
    }
    Some(config)
}

fn limits(root: &Node) -> Option<Limits> {
    let read = Reader::at(root, &["limits"]);
    Some(Limits {
        body_bytes: read.size("body_bytes")?,
        connections: read.count("connections")?,
        header_timeout: read.duration("header_timeout")?,
        body_timeout: read.duration("body_timeout")?,
        in_flight_bytes: read.size("in_flight_bytes")?,
        queue: read.count("queue")?,
        batch: read.count("batch")?,
        rejected_rows: read.count("rejected_rows")? as u64,
        rejected_bytes: read.size("rejected_bytes")?,
        rejected_keep: read.duration("rejected_keep")?,
        shutdown: read.duration("shutdown")?,
    })
}

fn sources(root: &Node, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, SourceConfig> {
    let Some(table) = root.get(&["sources"]) else {
        return BTreeMap::new();
    };
    let sources = table.members().map(|(name, node)| {
        let read = Reader::at(root, &["sources", name]);
        if read.node("contract").is_none() {
            let message = format!("`sources.{name}` has no `contract`");
            let hint = "name one: `countersign contracts list` shows them";
            mistakes.push(Mistake::new(&node.name_place, message).hint(hint));
        }
        let auth = node.get(&["auth"]).map(Node::items).unwrap_or_default();
        let source = SourceConfig {
            contract: read.text("contract"),
            mount: read.text("mount"),
            strict: read.boolean("strict"),
            refuse: match read.text("refuse").as_str() {
                "never" => RefuseSetting::Never,
                _ => RefuseSetting::Printed,
            },
            zone: read.optional("zone"),
            body_bytes: read
                .optional("body_bytes")
                .and_then(|it| units::size(&it).ok()),
            auth: auth
                .iter()
                .filter_map(|it| auth_entry(name, it, mistakes))
                .collect(),
        };
        (name.clone(), source)
    });
    sources.collect()
}

/// The keys that each type of credential takes; all but `header` must be there.
const AUTH_KEYS: [(&str, &[&str]); 5] = [
    ("headers", &["headers"]),
    ("api_key", &["header", "keys"]),
    ("basic", &["username", "passwords"]),
    ("bearer", &["tokens"]),
    ("path", &["tokens"]),
];

fn auth_entry(source: &str, node: &Node, mistakes: &mut Vec<Mistake>) -> Option<AuthConfig> {
    let Some(kind) = node.get(&["type"]).and_then(Node::text) else {
        let message = format!("an entry of `sources.{source}.auth` has no `type`");
        let hint = format!("it is one of {}", keys::AUTH_TYPES.join(", "));
        mistakes.push(Mistake::new(&node.name_place, message).hint(hint));
        return None;
    };
    let (_, takes) = AUTH_KEYS.iter().find(|(it, _)| *it == kind)?;
    for (name, member) in node.members().filter(|(it, _)| *it != "type") {
        if !takes.contains(&name.as_str()) {
            let message = format!("`{name}` does not belong to `type = \"{kind}\"`");
            let hint = format!("it takes {}", takes.join(" and "));
            mistakes.push(Mistake::new(&member.name_place, message).hint(hint));
        }
    }
    for name in takes.iter().filter(|it| **it != "header") {
        if node.get(&[name]).is_none_or(is_empty) {
            let message = format!("`type = \"{kind}\"` of `sources.{source}.auth` needs `{name}`");
            mistakes.push(Mistake::new(&node.name_place, message));
        }
    }
    let secrets = |name: &str| node.get(&[name]).map(secrets_of).unwrap_or_default();
    let text = |name: &str| node.get(&[name]).and_then(Node::text).unwrap_or_default();
    Some(match kind.as_str() {
        "headers" => AuthConfig::Headers {
            headers: node
                .get(&["headers"])?
                .members()
                .map(|(name, values)| (name.to_ascii_lowercase(), secrets_of(values)))
                .collect(),
        },
        "api_key" => AuthConfig::ApiKey {
            header: match node.get(&["header"]) {
                Some(_) => text("header").to_ascii_lowercase(),
                None => keys::default_of(&["sources", source, "auth", "0", "header"]).to_owned(),
            },
            keys: secrets("keys"),
        },
        "basic" => AuthConfig::Basic {
            username: text("username"),
            passwords: secrets("passwords"),
        },
        "bearer" => AuthConfig::Bearer {
            tokens: secrets("tokens"),
        },
        _ => {
            check_path_tokens(source, node, mistakes);
            AuthConfig::Path {
                tokens: secrets("tokens"),
            }
        }
    })
}

fn check_path_tokens(source: &str, node: &Node, mistakes: &mut Vec<Mistake>) {
    let safe = |it: &str| {
        it.bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"-._~".contains(&it))
    };
    for token in node.get(&["tokens"]).map(Node::items).unwrap_or_default() {
        if token.text().is_some_and(|it| !safe(&it)) {
            let message = format!(
                "`sources.{source}.auth.tokens`: a token in a path has only A-Z a-z 0-9 - . _ ~"
            );
            mistakes.push(Mistake::new(&token.place, message));
        }
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Table(members) => members.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

fn secrets_of(node: &Node) -> Vec<SecretString> {
    node.items()
        .iter()
        .filter_map(|it| it.text())
        .map(SecretString::from)
        .collect()
}

/// Reads the keys below one path.
struct Reader<'r> {
    root: &'r Node,
    path: Vec<&'r str>,
}

impl<'r> Reader<'r> {
    fn at(root: &'r Node, path: &[&'r str]) -> Self {
        Self {
            root,
            path: path.to_vec(),
        }
    }

    fn node(&self, name: &str) -> Option<&'r Node> {
        self.root.get(&self.path)?.get(&[name])
    }

    /// What was written, or else the default.
    fn text(&self, name: &str) -> String {
        let written = self.node(name).and_then(Node::text);
        let path: Vec<&str> = self.path.iter().copied().chain([name]).collect();
        written.unwrap_or_else(|| keys::default_of(&path).to_owned())
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|it| !it.is_empty())
    }

    fn boolean(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    fn address(&self, name: &str) -> Option<SocketAddr> {
        self.text(name).parse().ok()
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.text(name).parse().ok()
    }

    fn size(&self, name: &str) -> Option<u64> {
        units::size(&self.text(name)).ok()
    }

    fn duration(&self, name: &str) -> Option<Duration> {
        units::duration(&self.text(name)).ok()
    }
}
