//! The commands' way to a running server: its private resources over HTTP.
//!
//! The server is found through the data folder (`address` and `admin.token`) or named with
//! `--admin` and `COUNTERSIGN_TOKEN`. The folder's token is sent only to the folder's own server or
//! to this machine, never to another.

use std::{future::Future, path::Path, time::Duration};

use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{args::Globals, error::CommandError, output, settings};
use crate::config::{address::Address, credentials};

/// A server's private side and the right to ask it.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<SecretString>,
}

impl Client {
    /// Finds the server that the arguments mean.
    pub(crate) fn find(globals: &Globals) -> Result<Self, CommandError> {
        let data = settings::data_folder(globals)?;
        let address = Address::read(&data);
        let base = match (&globals.admin, &address) {
            (Some(named), _) => base_url(named)?,
            (None, Some(address)) => base_url(&address.admin)?,
            (None, None) => return Err(nobody(&data)),
        };
        let is_ours = is_loopback(&base)
            || address.is_some_and(|it| base_url(&it.admin).is_ok_and(|it| it == base));
        let token = match &globals.token {
            Some(token) => Some(token.as_str().into()),
            None if is_ours => credentials::admin_token(&data).ok(),
            None => None,
        };
        Ok(Self {
            http: http_client(&base, true)?,
            base,
            token,
        })
    }

    /// Asks for a resource; pairs without a value are left out of the query.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Value, CommandError> {
        let answer = self.send(Method::GET, path, query, None).await?;
        let body = self.good(answer).await?;
        self.parse(&body)
    }

    /// Asks for exact bytes.
    pub(crate) async fn bytes(&self, path: &[&str]) -> Result<Vec<u8>, CommandError> {
        let answer = self.send(Method::GET, path, &[], None).await?;
        self.good(answer).await
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, CommandError> {
        let answer = self
            .send(Method::POST, path, &[], Some(body.to_string()))
            .await?;
        let body = self.good(answer).await?;
        self.parse(&body)
    }

    /// Asks for a resource whatever its status, which is told along with its body.
    pub(crate) async fn status(&self, path: &[&str]) -> Result<(u16, Value), CommandError> {
        let answer = self.send(Method::GET, path, &[], None).await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|it| self.unanswered(&it))?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, Option<String>)],
        body: Option<String>,
    ) -> Result<reqwest::Response, CommandError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("an http URL has a path")
            .pop_if_empty()
            .extend(path);
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        request.send().await.map_err(|it| self.unanswered(&it))
    }

    async fn good(&self, answer: reqwest::Response) -> Result<Vec<u8>, CommandError> {
        let status = answer.status();
        let body = answer.bytes().await.map_err(|it| self.unanswered(&it))?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        Err(problem(
            status.as_u16(),
            &serde_json::from_slice(&body).unwrap_or(Value::Null),
        ))
    }

    fn parse(&self, body: &[u8]) -> Result<Value, CommandError> {
        serde_json::from_slice(body)
            .map_err(|_| CommandError::failed(format!("{} does not speak JSON", self.base)))
            .map_err(|it| it.hint("is this the private side (--admin) of a Countersign server?"))
    }

    fn unanswered(&self, error: &reqwest::Error) -> CommandError {
        let reason = if error.is_timeout() {
            "in time"
        } else {
            "there"
        };
        CommandError::failed(format!("no server answers {reason}: {}", self.base))
            .hint("start one with `countersign serve`, or name its private side with --admin")
    }
}

/// Says a problem as its title, its detail and the next step.
pub(crate) fn problem(status: u16, body: &Value) -> CommandError {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = match (text("title"), text("detail")) {
        ("", _) => format!("the server answered {status}"),
        (title, "") => title.to_owned(),
        // The detail names whatever else is in `violations`.
        (title, detail) => format!("{title}: {detail}"),
    };
    let failed = CommandError::failed(output::clean(&message));
    match (status, text("code")) {
        (401, _) => {
            failed.hint("set COUNTERSIGN_TOKEN to the content of `admin.token` in its data folder")
        }
        (_, "") => failed,
        (_, code) => failed.hint(format!("`countersign explain {code}` says what to do")),
    }
}

/// Asks the server that the arguments mean for a resource. With `--json` it is printed as it is and
/// nothing is left to show.
pub(crate) fn fetch(
    globals: &Globals,
    path: &[&str],
    query: &[(&str, Option<String>)],
) -> Result<Option<Value>, CommandError> {
    let client = Client::find(globals)?;
    let answer = block_on(client.get(path, query))?;
    if globals.json {
        output::json(&answer);
        return Ok(None);
    }
    Ok(Some(answer))
}

/// Runs a command's requests.
pub(crate) fn block_on<T>(
    future: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|it| CommandError::failed(format!("no runtime can be made: {it}")))?
        .block_on(future)
}

/// A client for one base URL; `is_ours` keeps it away from proxies.
pub(crate) fn http_client(base: &Url, is_ours: bool) -> Result<reqwest::Client, CommandError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60));
    if is_ours {
        builder = builder.no_proxy();
    }
    if base.scheme() == "http" {
        // Certificates are not needed, so that a machine without any can still be asked.
        builder = builder.tls_certs_only([]);
    }
    builder
        .build()
        .map_err(|it| CommandError::failed(format!("no HTTP client can be made: {it}")))
}

/// Reads `host:port` or a URL.
pub(crate) fn base_url(text: &str) -> Result<Url, CommandError> {
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    match Url::parse(&with_scheme) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(CommandError::usage(format!("`{text}` is not an address"))
            .hint("write it like 127.0.0.1:8081 or https://countersign.example")),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|it| it.is_loopback())
}

fn nobody(data: &Path) -> CommandError {
    CommandError::failed(format!("no server is running on the data folder {}", data.display()))
        .hint("start one with `countersign serve`, or name its data folder with --data or its private side with --admin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_port_or_a_url() {
        assert_eq!(
            base_url("127.0.0.1:8081").unwrap().as_str(),
            "http://127.0.0.1:8081/"
        );
        assert_eq!(
            base_url("https://a.example/x").unwrap().as_str(),
            "https://a.example/x"
        );
        for text in ["", "ftp://a", "http://"] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, expected) in [
            ("127.0.0.1:1", true),
            ("[::1]:1", true),
            ("localhost:1", true),
            ("10.0.0.1:1", false),
            ("127.0.0.1.example:1", false),
        ] {
            assert_eq!(is_loopback(&base_url(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_problem_is_told_with_its_next_step() {
        let body = serde_json::json!({
            "title": "Not releasable", "detail": "the body is not JSON", "code": "not_releasable",
        });
        let error = problem(409, &body);
        assert_eq!(error.to_string(), "Not releasable: the body is not JSON");
        assert!(error.advice().unwrap().contains("explain not_releasable"));
        assert_eq!(
            problem(502, &Value::Null).to_string(),
            "the server answered 502"
        );
    }
}
