//! Which headers of a request are kept with its receipt, and the request's own id.
//!
//! What always holds: no credential is kept. Not the usual ones, not the ones that any source
//! names, and nothing whose name looks like one. Number and size are bounded.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The header that carries a request's own id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MOST_HEADERS: usize = 32;
const MOST_BYTES_EACH: usize = 1024;
const LONGEST_REQUEST_ID: usize = 128;

/// Headers that say how this one connection works and nothing about the message.
const OF_THE_CONNECTION: [HeaderName; 10] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::EXPECT,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
];

/// Headers that are known to hold no credential and need no closer look.
const HARMLESS: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::USER_AGENT,
    header::DATE,
    X_REQUEST_ID,
];

/// Parts of names behind which a credential is likely, though no source names the header.
const SUSPICIOUS: [&str; 8] = [
    "auth",
    "secret",
    "token",
    "password",
    "cookie",
    "credential",
    "api-key",
    "apikey",
];

/// Decides which headers are kept.
#[derive(Debug, Default)]
pub(crate) struct KeptHeaders {
    /// Every header that some source reads a credential from.
    credentials: Vec<HeaderName>,
}

impl KeptHeaders {
    /// Keeps everything but these, and what looks like them.
    pub(crate) fn without(mut credentials: Vec<HeaderName>) -> Self {
        credentials.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        credentials.dedup();
        Self { credentials }
    }

    /// The headers to keep, in the order in which they came.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        headers
            .iter()
            .filter(|(name, _)| self.is_kept(name))
            .take(MOST_HEADERS)
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect()
    }

    fn is_kept(&self, name: &HeaderName) -> bool {
        if OF_THE_CONNECTION.contains(name) || self.credentials.contains(name) {
            return false;
        }
        HARMLESS.contains(name) || !SUSPICIOUS.iter().any(|it| name.as_str().contains(it))
    }
}

/// Only the headers that tell how to read a body and how to find its request again.
pub(crate) fn content_type_and_request_id(headers: &HeaderMap) -> Vec<(String, String)> {
    [header::CONTENT_TYPE, X_REQUEST_ID]
        .into_iter()
        .filter_map(|name| {
            headers
                .get(&name)
                .map(|value| (name.as_str().to_owned(), text(value)))
        })
        .collect()
}

/// The text of a header's value, cut to a bounded length.
fn text(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_BYTES_EACH)]).into_owned()
}

/// The content type, where it is one readable header.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// The request's own id, where it brought exactly one that is fit to be repeated.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(X_REQUEST_ID).iter();
    let id = values.next()?.to_str().ok()?;
    (values.next().is_none() && is_clean(id)).then_some(id)
}

/// Whether an id can be repeated in headers, logs and pages without harm.
pub(crate) fn is_clean(id: &str) -> bool {
    (1..=LONGEST_REQUEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn no_credential_is_kept() {
        let kept = KeptHeaders::without(vec![HeaderName::from_static("x-partner")]);
        let got = kept.of(&headers(&[
            ("content-type", "application/json"),
            ("authorization", "Bearer s3cret"),
            ("proxy-authorization", "Basic s3cret"),
            ("cookie", "s3cret"),
            ("x-partner", "s3cret"),
            ("x-webhook-secret", "s3cret"),
            ("x-api-key", "s3cret"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-request-id", "abc"),
            ("content-length", "2"),
        ]));
        let names: Vec<_> = got.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["content-type", "x-forwarded-for", "x-request-id"]);
        assert!(got.iter().all(|(_, value)| !value.contains("s3cret")));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut many = HeaderMap::new();
        for number in 0..100 {
            let name: HeaderName = format!("x-{number}").parse().unwrap();
            many.insert(name, "v".repeat(5000).parse().unwrap());
        }
        let kept = KeptHeaders::default().of(&many);
        assert_eq!(kept.len(), MOST_HEADERS);
        assert!(kept.iter().all(|(_, value)| value.len() <= MOST_BYTES_EACH));
    }

    #[test]
    fn only_one_clean_request_id_is_repeated() {
        assert_eq!(
            request_id(&headers(&[("x-request-id", "a-B_9.z")])),
            Some("a-B_9.z")
        );
        for bad in ["", "a b", "a\"b", "é", &"x".repeat(129)] {
            let mut map = HeaderMap::new();
            map.insert(
                X_REQUEST_ID,
                HeaderValue::from_bytes(bad.as_bytes()).unwrap(),
            );
            assert_eq!(request_id(&map), None, "{bad}");
        }
        assert_eq!(
            request_id(&headers(&[("x-request-id", "a"), ("x-request-id", "a")])),
            None
        );
    }
}
