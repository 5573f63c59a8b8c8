//! Who may post: every scheme that a source can be configured with.
//!
//! What always holds: it fails closed. A source without credentials admits nobody (unless the
//! server runs with `--dev`), an empty secret admits nobody, and a credential header that comes
//! twice admits nobody. Secrets are kept and compared as SHA-256 digests, in constant time, and
//! every configured value is looked at, whichever matches. What it does not do: say why somebody
//! was not admitted. Next: `mounts` finds the sources that a path may mean.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::config::AuthConfig;

/// The ways into one source; any one suffices.
#[derive(Debug)]
pub(crate) struct Access {
    everybody: bool,
    ways: Vec<Way>,
}

/// One way to prove that a request comes from the provider.
#[derive(Debug)]
enum Way {
    /// Each of these headers has one of its values.
    Headers(Vec<(HeaderName, Secrets)>),
    /// `Authorization: Basic`, over `username:password`.
    Basic(Secrets),
    /// `Authorization: Bearer`.
    Bearer(Secrets),
    /// `/in/<token>/…`.
    Path(Secrets),
}

/// The digests of the values that are accepted: an old and a new one while a secret is rotated.
struct Secrets(Vec<[u8; 32]>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} secret values]", self.0.len())
    }
}

/// What a request shows to be admitted.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'r> {
    /// Its headers.
    pub(crate) headers: &'r HeaderMap,
    /// The secret token of its path, where it has one.
    pub(crate) path_token: Option<&'r str>,
}

impl Access {
    /// Admits whoever shows one of these credentials.
    ///
    /// # Errors
    ///
    /// A sentence when a header's name cannot be one.
    pub(crate) fn by(auth: &[AuthConfig]) -> Result<Self, String> {
        let ways = auth.iter().map(Way::of).collect::<Result<_, _>>()?;
        Ok(Self {
            everybody: false,
            ways,
        })
    }

    /// Admits everybody: `--dev` only.
    pub(crate) fn for_everybody() -> Self {
        Self {
            everybody: true,
            ways: Vec::new(),
        }
    }

    /// Whether the request shows a credential of this source. A token in the path is a claim that
    /// must hold: with a wrong one, no header helps.
    pub(crate) fn admits(&self, presented: Presented<'_>) -> bool {
        let mut admitted = Choice::from(u8::from(self.everybody));
        for way in &self.ways {
            admitted |= match (way, presented.path_token) {
                (Way::Path(tokens), Some(token)) => tokens.hold(token.as_bytes()),
                (Way::Path(_), None) | (_, Some(_)) => Choice::from(0),
                (way, None) => way.holds_in(presented.headers),
            };
        }
        admitted.into()
    }

    /// The headers that credentials are read from.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.ways
            .iter()
            .flat_map(|way| match way {
                Way::Headers(headers) => headers.as_slice(),
                Way::Basic(_) | Way::Bearer(_) | Way::Path(_) => &[],
            })
            .map(|(name, _)| name)
    }
}

impl Way {
    fn of(auth: &AuthConfig) -> Result<Self, String> {
        Ok(match auth {
            AuthConfig::Headers { headers } => Self::Headers(
                headers
                    .iter()
                    .map(|(name, values)| Ok((header_name(name)?, Secrets::of(values))))
                    .collect::<Result<_, String>>()?,
            ),
            AuthConfig::ApiKey { header, keys } => {
                Self::Headers(vec![(header_name(header)?, Secrets::of(keys))])
            }
            AuthConfig::Basic {
                username,
                passwords,
            } => Self::Basic(Secrets::of_pairs(username, passwords)),
            AuthConfig::Bearer { tokens } => Self::Bearer(Secrets::of(tokens)),
            AuthConfig::Path { tokens } => Self::Path(Secrets::of(tokens)),
        })
    }

    fn holds_in(&self, headers: &HeaderMap) -> Choice {
        match self {
            // An entry without a header would hold for everybody, so it holds for nobody.
            Self::Headers(expected) if expected.is_empty() => Choice::from(0),
            Self::Headers(expected) => {
                expected
                    .iter()
                    .fold(Choice::from(1), |all, (name, secrets)| {
                        all & single(headers, name)
                            .map_or(Choice::from(0), |it| secrets.hold(it.as_bytes()))
                    })
            }
            Self::Basic(pairs) => authorization(headers, "basic")
                .and_then(|it| STANDARD.decode(it).ok())
                .map_or(Choice::from(0), |pair| pairs.hold(&pair)),
            Self::Bearer(tokens) => {
                authorization(headers, "bearer").map_or(Choice::from(0), |it| tokens.hold(it))
            }
            Self::Path(_) => Choice::from(0),
        }
    }
}

impl Secrets {
    fn of(values: &[SecretString]) -> Self {
        let values = values
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|it| !it.is_empty());
        Self(
            values
                .map(|it| Sha256::digest(it.as_bytes()).into())
                .collect(),
        )
    }

    fn of_pairs(username: &str, passwords: &[SecretString]) -> Self {
        let passwords = passwords
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|it| !it.is_empty());
        Self(
            passwords
                .map(|it| Sha256::digest(format!("{username}:{it}")).into())
                .collect(),
        )
    }

    /// Compares with every value, whichever matches.
    fn hold(&self, presented: &[u8]) -> Choice {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        self.0.iter().fold(Choice::from(0), |any, secret| {
            any | secret.ct_eq(&presented)
        })
    }
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    name.parse()
        .map_err(|_| format!("`{name}` cannot be the name of a header"))
}

/// The value of a header that came exactly once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// What follows the scheme in the one `Authorization` header.
fn authorization<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h [u8]> {
    let value = single(headers, &header::AUTHORIZATION)?.as_bytes();
    let (word, rest) = value.split_at_checked(scheme.len())?;
    let credential = rest.strip_prefix(b" ")?.trim_ascii();
    word.eq_ignore_ascii_case(scheme.as_bytes())
        .then_some(credential)
}

/// Whether the request brings this bearer token; for the private side.
pub(crate) fn brings_token(headers: &HeaderMap, digest: &[u8; 32]) -> bool {
    authorization(headers, "bearer").is_some_and(|presented| {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        presented.ct_eq(digest).into()
    })
}

#[cfg(test)]
#[path = "authenticate_tests.rs"]
mod tests;
