//! Which sources and operations a path may mean.
//!
//! A source is mounted at a prefix and answers at every documented path of its contract below it:
//! with or without a trailing slash, with doubled slashes, and under `/in/<secret token>/…`. Two
//! sources may share a path; their credentials tell them apart (`authenticate`). What it does not
//! do: look at anything but the path.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use countersign_domain::contract::Operation;

use super::{authenticate::Presented, metrics::InletMetrics, source::Source};

/// What stands before the secret token in a path.
const TOKEN_PREFIX: &str = "/in/";

/// One operation of one source: where messages come in.
#[derive(Debug)]
pub(crate) struct Inlet {
    /// The source.
    pub(crate) source: Arc<Source>,
    /// The place of the operation in the source's contract.
    index: usize,
    /// What is counted here.
    pub(crate) metrics: InletMetrics,
}

impl Inlet {
    /// The operation whose path it is.
    pub(crate) fn operation(&self) -> &Operation {
        &self.source.contract.operations[self.index]
    }
}

/// Every path that something is received at.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    paths: HashMap<String, Vec<Inlet>>,
}

/// What a path means.
#[derive(Debug)]
pub(crate) struct Found<'m, 'r> {
    /// The inlets at that path, in the order of their sources' names; never empty.
    pub(crate) inlets: &'m [Inlet],
    /// The secret token of the path, where it has one.
    pub(crate) token: Option<Cow<'r, str>>,
}

impl<'m> Found<'m, '_> {
    /// The inlet whose source admits the request. Every source at the path is asked, whichever
    /// admits it; of two that do, the first by name is meant.
    pub(crate) fn admitting(&self, presented: Presented<'_>) -> Option<&'m Inlet> {
        self.inlets.iter().fold(None, |found, inlet| {
            let admitted = inlet.source.access.admits(presented);
            found.or(admitted.then_some(inlet))
        })
    }
}

impl Mounts {
    /// Mounts every operation of every source.
    pub(crate) fn of(sources: &[Arc<Source>]) -> Self {
        let mut paths: HashMap<String, Vec<Inlet>> = HashMap::new();
        for source in sources {
            for (index, operation) in source.contract.operations.iter().enumerate() {
                let metrics = InletMetrics::new(&source.name, &operation.name);
                let inlet = Inlet {
                    source: Arc::clone(source),
                    index,
                    metrics,
                };
                paths
                    .entry(full_path(&source.mount, &operation.path))
                    .or_default()
                    .push(inlet);
            }
        }
        Self { paths }
    }

    /// The inlet of that operation of that source.
    pub(crate) fn inlet(&self, source: &str, operation: &str) -> Option<&Inlet> {
        let mut inlets = self.paths.values().flatten();
        inlets.find(|it| &*it.source.name == source && &*it.operation().name == operation)
    }

    /// Finds what a path means; `None` where nothing is received.
    pub(crate) fn find<'r>(&self, path: &'r str) -> Option<Found<'_, 'r>> {
        if let Some(inlets) = self.paths.get(path) {
            return Some(Found {
                inlets,
                token: None,
            });
        }
        let path = tidy(path);
        if let Some(inlets) = self.paths.get(path.as_ref()) {
            return Some(Found {
                inlets,
                token: None,
            });
        }
        let behind_prefix = path.strip_prefix(TOKEN_PREFIX)?;
        let end = TOKEN_PREFIX.len() + behind_prefix.find('/')?;
        let inlets = self.paths.get(&path[end..])?;
        let token = match path {
            Cow::Borrowed(path) => Cow::Borrowed(&path[TOKEN_PREFIX.len()..end]),
            Cow::Owned(path) => Cow::Owned(path[TOKEN_PREFIX.len()..end].to_owned()),
        };
        Some(Found {
            inlets,
            token: Some(token),
        })
    }
}

/// The path at which an operation is received.
pub(crate) fn full_path(mount: &str, path: &str) -> String {
    tidy(&format!("/{mount}/{path}")).into_owned()
}

/// A path without doubled and trailing slashes.
fn tidy(path: &str) -> Cow<'_, str> {
    let path = if path.len() > 1 {
        path.trim_end_matches('/')
    } else {
        path
    };
    if path.is_empty() {
        return Cow::Borrowed("/");
    }
    if !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let mut tidied = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !tidied.ends_with('/') {
            tidied.push(character);
        }
    }
    Cow::Owned(tidied)
}

#[cfg(test)]
mod tests {
    use super::{super::testing::source, *};

    fn mounts() -> Mounts {
        Mounts::of(&[
            source("a", "/", "enkash-vendor-payment"),
            source("b", "/", "enkash-vendor-payment"),
            source("c", "/acme/", "enkash-vendor-payment"),
            source("d", "/", "shipper-fulfilment"),
        ])
    }

    fn names(mounts: &Mounts, path: &str) -> Option<(Vec<String>, Option<String>)> {
        mounts.find(path).map(|found| {
            let names = found
                .inlets
                .iter()
                .map(|it| it.source.name.to_string())
                .collect();
            (names, found.token.map(Cow::into_owned))
        })
    }

    #[test]
    fn a_documented_path_means_every_source_that_is_mounted_there() {
        let mounts = mounts();
        let path = "/api/v0/payment/resp-pay";
        let found = mounts.find(path).unwrap();
        assert_eq!(&*found.inlets[0].operation().name, "payment.pay.response");
        for path in [
            path,
            &format!("{path}/"),
            &format!("{path}//"),
            "//api//v0/payment///resp-pay",
        ] {
            assert_eq!(
                names(&mounts, path),
                Some((vec!["a".into(), "b".into()], None)),
                "{path}"
            );
        }
        let acme = names(&mounts, "/acme/api/v0/payment/resp-pay");
        assert_eq!(acme, Some((vec!["c".into()], None)));
    }

    #[test]
    fn a_token_may_stand_before_any_of_them() {
        let mounts = mounts();
        for path in [
            "/in/t0k/v1/webhook/fulfillment/inbound_confirmation",
            "//in/t0k//v1/webhook/fulfillment/inbound_confirmation/",
        ] {
            assert_eq!(
                names(&mounts, path),
                Some((vec!["d".into()], Some("t0k".into()))),
                "{path}"
            );
        }
        let (sources, token) = names(&mounts, "/in/x/acme/api/v0/payment/resp-pay").unwrap();
        assert_eq!((sources, token), (vec!["c".into()], Some("x".into())));
    }

    #[test]
    fn anything_else_means_nothing() {
        let mounts = mounts();
        for path in [
            "",
            "/",
            "//",
            "*",
            "/in",
            "/in/",
            "/in/t0k",
            "/in/t0k/",
            "/api/v0/payment",
            "/api/v0/payment/resp-pay/x",
            "/API/v0/payment/resp-pay",
            "/in/a/in/b/api/v0/payment/resp-pay",
            "/api/v0/payment/../payment/resp-pay",
        ] {
            assert_eq!(names(&mounts, path), None, "{path}");
        }
    }
}
