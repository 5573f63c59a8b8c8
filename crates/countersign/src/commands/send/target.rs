//! Where a webhook is posted to, and the credentials that go with it.
//!
//! Credentials of the configuration go only to the server of the data folder. A URL that was named
//! gets the headers that were named, and no others.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use countersign_domain::contract::{Contract, Operation};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::Url;
use secrecy::ExposeSecret;

use crate::{
    commands::{args::SendArgs, client::base_url, error::CommandError},
    config::{AuthConfig, Config, SourceConfig, address::Address},
    receive::mounts::full_path,
};

/// A place to post to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    /// Whether it is the server of the data folder.
    pub(super) is_ours: bool,
    /// The credential's own path shows a secret: it is not printed.
    path: String,
    credentials: HeaderMap,
}

impl Target {
    pub(super) fn find(
        args: &SendArgs,
        config: &Config,
        contract: &Contract,
        operation: &Operation,
    ) -> Result<Self, CommandError> {
        if let Some(to) = &args.to {
            return named(to, args, config, operation);
        }
        let (name, source) = source(args, config, contract)?;
        let address = Address::read(&config.data).ok_or_else(|| {
            let data = config.data.display();
            CommandError::failed(format!("no server is running on the data folder {data}"))
                .hint("start one with `countersign serve`, or name a URL with --to")
        })?;
        let path = full_path(&source.mount, &operation.path);
        let mut url = base_url(&address.public)?;
        let mut credentials = HeaderMap::new();
        url.set_path(&path);
        if !config.dev
            && let Some(auth) = source.auth.first()
        {
            present(auth, &mut url, &mut credentials).ok_or_else(|| {
                CommandError::failed(format!(
                    "the credential of `{name}` cannot stand in a header"
                ))
            })?;
        }
        Ok(Self {
            url,
            is_ours: true,
            path,
            credentials,
        })
    }

    /// The headers of every request.
    pub(super) fn headers(
        &self,
        named: &[String],
        content_type: &str,
    ) -> Result<HeaderMap, CommandError> {
        let mut headers = self.credentials.clone();
        let content_type = HeaderValue::from_str(content_type)
            .map_err(|_| CommandError::usage("the example's content type is not a header"))?;
        headers.insert(header::CONTENT_TYPE, content_type);
        for text in named {
            let (name, value) = parse_header(text).ok_or_else(|| {
                CommandError::usage("a --header is not a header")
                    .hint("write --header 'name: value'")
            })?;
            headers.insert(name, value);
        }
        Ok(headers)
    }

    /// Where it is, without any secret.
    pub(super) fn shown(&self) -> String {
        let mut url = self.url.clone();
        url.set_path(&self.path);
        let _ = url.set_password(None);
        url.into()
    }
}

fn named(
    to: &str,
    args: &SendArgs,
    config: &Config,
    operation: &Operation,
) -> Result<Target, CommandError> {
    let mut url = base_url(to)?;
    let is_whole = url.path().trim_end_matches('/').ends_with(&*operation.path);
    if !is_whole {
        let mount = args.source.as_ref().and_then(|it| config.sources.get(it));
        let mount = mount.map_or("/", |it| it.mount.as_str());
        let path = full_path(url.path(), &full_path(mount, &operation.path));
        url.set_path(&path);
    }
    let path = url.path().to_owned();
    Ok(Target {
        url,
        is_ours: false,
        path,
        credentials: HeaderMap::new(),
    })
}

/// The source that was named, or the first that has the contract.
fn source<'c>(
    args: &SendArgs,
    config: &'c Config,
    contract: &Contract,
) -> Result<(&'c str, &'c SourceConfig), CommandError> {
    let mut fitting = config
        .sources
        .iter()
        .filter(|(_, it)| *it.contract == *contract.name);
    let found = match &args.source {
        Some(wanted) => fitting.find(|(name, _)| *name == wanted),
        None => fitting.next(),
    };
    found.map(|(name, it)| (name.as_str(), it)).ok_or_else(|| {
        let name = &contract.name;
        let names: Vec<_> = config.sources.keys().map(String::as_str).collect();
        CommandError::usage(format!("no such source has the contract `{name}`"))
            .hint(format!("the sources are {}", names.join(", ")))
    })
}

/// Puts a credential where its kind says.
fn present(auth: &AuthConfig, url: &mut Url, headers: &mut HeaderMap) -> Option<()> {
    let secret = |text: &str| {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    };
    match auth {
        AuthConfig::Headers { headers: wanted } => {
            for (name, values) in wanted {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                headers.insert(name, secret(values.first()?.expose_secret())?);
            }
        }
        AuthConfig::ApiKey { header, keys } => {
            let name = HeaderName::from_bytes(header.as_bytes()).ok()?;
            headers.insert(name, secret(keys.first()?.expose_secret())?);
        }
        AuthConfig::Basic {
            username,
            passwords,
        } => {
            let pair = format!("{username}:{}", passwords.first()?.expose_secret());
            headers.insert(
                header::AUTHORIZATION,
                secret(&format!("Basic {}", STANDARD.encode(pair)))?,
            );
        }
        AuthConfig::Bearer { tokens } => {
            let token = tokens.first()?.expose_secret();
            headers.insert(header::AUTHORIZATION, secret(&format!("Bearer {token}"))?);
        }
        AuthConfig::Path { tokens } => {
            let path = format!("/in/{}{}", tokens.first()?.expose_secret(), url.path());
            url.set_path(&path);
        }
    }
    Some(())
}

fn parse_header(text: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = text.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    Some((name, HeaderValue::from_str(value.trim()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_credential_finds_its_place() {
        let secrets = || vec!["s3".into()];
        for (auth, expected) in [
            (
                AuthConfig::Headers {
                    headers: [("x-a".to_owned(), secrets())].into(),
                },
                ("x-a", "s3", "/p"),
            ),
            (
                AuthConfig::ApiKey {
                    header: "x-k".into(),
                    keys: secrets(),
                },
                ("x-k", "s3", "/p"),
            ),
            (
                AuthConfig::Basic {
                    username: "u".into(),
                    passwords: secrets(),
                },
                ("authorization", "Basic dTpzMw==", "/p"),
            ),
            (
                AuthConfig::Bearer { tokens: secrets() },
                ("authorization", "Bearer s3", "/p"),
            ),
            (
                AuthConfig::Path { tokens: secrets() },
                ("absent", "", "/in/s3/p"),
            ),
        ] {
            let mut url = Url::parse("http://127.0.0.1:1/p").unwrap();
            let mut headers = HeaderMap::new();
            present(&auth, &mut url, &mut headers).unwrap();
            let value = headers
                .get(expected.0)
                .map_or("", |it| it.to_str().unwrap());
            assert_eq!(
                (value, url.path()),
                (expected.1, expected.2),
                "{}",
                auth.kind()
            );
        }
    }

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let (name, value) = parse_header("X-Api-Key:  a:b ").unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("x-api-key", "a:b")
        );
        assert!(parse_header("x-api-key").is_none());
    }
}
