//! Which headers of a request are kept with its receipt, and the request's own id.
//!
//! What always holds: no credential is kept. Only headers of a closed list are, none of which has a
//! place for one, and of these none that any source names. Number and size are bounded.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The header that carries a request's own id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MOST_HEADERS: usize = 32;
const MOST_BYTES_EACH: usize = 1024;
const LONGEST_REQUEST_ID: usize = 128;

/// Every header that may be kept. None has a place for a credential or for the address that was
/// asked, which may hold a path token: so no `referer` and nothing such as `x-original-uri`.
const KEPT: [HeaderName; 9] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::USER_AGENT,
    header::DATE,
    X_REQUEST_ID,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("traceparent"),
];

/// Decides which headers are kept.
#[derive(Debug, Default)]
pub(crate) struct KeptHeaders {
    /// Every header that some source reads a credential from.
    credentials: Vec<HeaderName>,
}

impl KeptHeaders {
    /// Keeps what may be kept, but none of these.
    pub(crate) fn without(mut credentials: Vec<HeaderName>) -> Self {
        credentials.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        credentials.dedup();
        Self { credentials }
    }

    /// The headers to keep, in the order in which they came.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        headers
            .iter()
            .filter(|(name, _)| KEPT.contains(name) && !self.credentials.contains(name))
            .take(MOST_HEADERS)
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect()
    }

    /// Of these, only the ones that tell how to read a body and how to find its request again.
    pub(crate) fn content_type_and_request_id(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let mut kept = self.of(headers);
        kept.retain(|(name, _)| {
            *name == header::CONTENT_TYPE.as_str() || *name == X_REQUEST_ID.as_str()
        });
        kept
    }
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
        let kept = KeptHeaders::without(vec![HeaderName::from_static("x-real-ip")]);
        let got = kept.of(&headers(&[
            ("content-type", "application/json"),
            ("authorization", "Bearer s3cret"),
            ("proxy-authorization", "Basic s3cret"),
            ("cookie", "s3cret"),
            ("x-partner", "s3cret"),
            ("x-webhook-secret", "s3cret"),
            ("x-api-key", "s3cret"),
            ("x-key", "s3cret"),
            ("referer", "https://example.com/in/s3cret/"),
            ("x-original-uri", "/in/s3cret/"),
            ("x-forwarded-uri", "/in/s3cret/"),
            ("x-real-ip", "s3cret"),
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
        for _ in 0..100 {
            many.append("x-forwarded-for", "v".repeat(5000).parse().unwrap());
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
