//! Names of documents as people write them: `kind/id`, and a namespace where two have the kind.
//!
//! A kind that no contract knows is told with those that are known: a typo must not look like an
//! empty list.

use std::collections::BTreeSet;

use countersign_store::DocumentName;

use super::{
    problem::{Fault, Problem},
    query::Parameters,
};
use crate::receive::context::Context;

/// A document that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    kind: String,
    id: String,
    namespace: Option<String>,
}

impl Wanted {
    /// Reads the document of a path.
    ///
    /// # Errors
    ///
    /// When no contract has the kind.
    pub(crate) fn of_path(
        context: &Context,
        kind: &str,
        id: String,
        namespace: Option<String>,
    ) -> Result<Self, Fault> {
        let kind = known_kind(context, kind).map_err(|it| Fault::new(Problem::NotFound, it))?;
        Ok(Self {
            kind,
            id,
            namespace,
        })
    }

    /// Reads the parameters `document` and `namespace`, which narrows it.
    pub(crate) fn take(given: &mut Parameters, context: &Context) -> Option<Self> {
        let namespace = take_namespace(given, context);
        let (kind, id) = given.take_with("document", |text| {
            let parts = text.split_once('/').filter(|(_, id)| !id.is_empty());
            let (kind, id) = parts.ok_or("expected a kind and an id, such as invoice/INV-1")?;
            Ok((known_kind(context, kind)?, id.to_owned()))
        })?;
        Some(Self {
            kind,
            id,
            namespace,
        })
    }

    /// The names that it may mean, in the order of their namespaces.
    ///
    /// # Errors
    ///
    /// When the namespace has no such kind.
    pub(crate) fn names(&self, context: &Context) -> Result<Vec<DocumentName>, Fault> {
        let lives = context.lifecycles.iter().filter(|it| {
            let wanted = self.namespace.as_deref();
            *it.kind == self.kind && wanted.is_none_or(|wanted| *it.namespace == *wanted)
        });
        let names: Vec<_> = lives
            .map(|it| DocumentName {
                namespace: it.namespace.clone(),
                kind: it.kind.clone(),
                id: self.id.clone(),
            })
            .collect();
        if names.is_empty() {
            let namespace = self.namespace.as_deref().unwrap_or_default();
            let detail = format!("the namespace `{namespace}` has no kind `{}`", self.kind);
            return Err(Fault::new(Problem::NotFound, detail));
        }
        Ok(names)
    }

    /// The one that it means: of several namespaces the first that has the document.
    ///
    /// # Errors
    ///
    /// When the namespace has no such kind, or the store fails.
    pub(crate) async fn name(&self, context: &Context) -> Result<DocumentName, Fault> {
        let mut names = self.names(context)?;
        if names.len() > 1 {
            for name in &names {
                if context.store.document(name, 1).await?.is_some() {
                    return Ok(name.clone());
                }
            }
        }
        Ok(names.swap_remove(0))
    }

    /// There is no such document.
    pub(crate) fn unknown(&self) -> Fault {
        let detail = format!("no message has told of {}/{} yet", self.kind, self.id);
        Fault::new(Problem::NotFound, detail)
    }
}

/// Reads the parameter `namespace`.
pub(crate) fn take_namespace(given: &mut Parameters, context: &Context) -> Option<String> {
    given.take_with("namespace", |text| {
        let known: BTreeSet<_> = context.lifecycles.iter().map(|it| &*it.namespace).collect();
        if known.contains(text) {
            return Ok(text.to_owned());
        }
        Err(format!("no contract has it; there are {}", listed(known)))
    })
}

/// A kind that some contract has.
///
/// # Errors
///
/// A sentence that names the kinds that there are.
pub(crate) fn known_kind(context: &Context, text: &str) -> Result<String, String> {
    let known: BTreeSet<_> = context.lifecycles.iter().map(|it| &*it.kind).collect();
    if known.contains(text) {
        return Ok(text.to_owned());
    }
    let known = listed(known);
    Err(format!(
        "`{text}` is not a kind of document; there are {known}"
    ))
}

/// Names for a sentence.
fn listed(names: BTreeSet<&str>) -> String {
    let quoted: Vec<_> = names.into_iter().map(|it| format!("`{it}`")).collect();
    quoted.join(", ")
}

/// A document's name as resources show it.
pub(crate) fn shown(name: &DocumentName) -> String {
    format!("{}/{}", name.kind, name.id)
}
