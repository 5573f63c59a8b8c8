//! The typed configuration: what the rest of the program reads.
//!
//! Values of this type were checked; nothing here can hold nonsense. Secrets are in a type that
//! does not print.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The public side: webhooks.
    pub listen: SocketAddr,
    /// The private side: resources, health and metrics.
    pub admin: SocketAddr,
    /// The folder that holds the store, the credentials and the address of the running server.
    pub data: PathBuf,
    /// No authentication on either side, and only loopback addresses.
    pub dev: bool,
    /// A folder of contracts that are added to, or replace, the built-in ones.
    pub contracts: Option<PathBuf>,
    /// The inbound connections, by name.
    pub sources: BTreeMap<String, SourceConfig>,
    /// Bounds.
    pub limits: Limits,
    /// How the server logs.
    pub log: LogConfig,
}

/// One inbound connection.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    /// The name of its contract.
    pub contract: String,
    /// The prefix of its paths.
    pub mount: String,
    /// Any violation is refused.
    pub strict: bool,
    /// Which violations are refused.
    pub refuse: RefuseSetting,
    /// The zone of naive times, where it is not the contract's.
    pub zone: Option<String>,
    /// The longest body, where it is not `limits.body_bytes`.
    pub body_bytes: Option<u64>,
    /// The credentials; any one suffices, and none means that all is refused (unless `dev`).
    pub auth: Vec<AuthConfig>,
}

/// Which violations are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefuseSetting {
    /// Those of rules printed on the provider's page.
    #[default]
    Printed,
    /// None.
    Never,
}

/// One way to prove that a request comes from the provider.
#[derive(Clone, Debug)]
pub enum AuthConfig {
    /// Every header named here must have one of its values.
    Headers {
        /// The names in lower case, and their values.
        headers: BTreeMap<String, OneOrMany>,
    },
    /// One header must hold one of the keys.
    ApiKey {
        /// The header's name in lower case.
        header: String,
        /// The keys that are accepted.
        keys: Vec<SecretString>,
    },
    /// HTTP Basic.
    Basic {
        /// The user's name.
        username: String,
        /// The passwords that are accepted.
        passwords: Vec<SecretString>,
    },
    /// `Authorization: Bearer`.
    Bearer {
        /// The tokens that are accepted.
        tokens: Vec<SecretString>,
    },
    /// A secret in the path: `/in/<token>/…`.
    Path {
        /// The tokens that are accepted.
        tokens: Vec<SecretString>,
    },
}

impl AuthConfig {
    /// The word that stands as `type` in the file.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Headers { .. } => "headers",
            Self::ApiKey { .. } => "api_key",
            Self::Basic { .. } => "basic",
            Self::Bearer { .. } => "bearer",
            Self::Path { .. } => "path",
        }
    }
}

/// The values of one header: an old and a new one while a secret is rotated.
pub type OneOrMany = Vec<SecretString>;

/// Bounds on everything that a stranger can make grow.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest body.
    pub body_bytes: u64,
    /// The most connections of the public side at once.
    pub connections: usize,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// The most bytes of bodies in memory at once.
    pub in_flight_bytes: u64,
    /// The most receipts that wait for a commit.
    pub queue: usize,
    /// The most receipts in one commit.
    pub batch: usize,
    /// The most bodies kept after a failed authentication.
    pub rejected_rows: u64,
    /// The most bytes of such bodies.
    pub rejected_bytes: u64,
    /// How long such bodies are kept.
    pub rejected_keep: Duration,
    /// How long a stop waits for requests under way.
    pub shutdown: Duration,
}

/// How the server logs.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// Text for people, or JSON lines.
    pub format: LogFormat,
    /// A level, or directives such as `info,countersign::receive=debug`.
    pub level: String,
}

/// The shape of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
