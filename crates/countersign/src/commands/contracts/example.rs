//! Example bodies of operations: the built-in ones, and those beside the user's own contracts.
//!
//! An example file says what its body earns; the body is taken from it to the byte.

use std::{borrow::Cow, fs, path::Path};

use countersign_domain::contract::examples;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::commands::error::CommandError;

/// A body and what it is about.
#[derive(Debug)]
pub(crate) struct Example {
    /// One sentence.
    pub(crate) about: String,
    /// The body, to the byte.
    pub(crate) body: String,
    /// The content type that it comes under.
    pub(crate) content_type: String,
}

#[derive(Deserialize)]
struct File<'f> {
    #[serde(default)]
    about: Cow<'f, str>,
    #[serde(borrow)]
    body: Option<&'f RawValue>,
    text: Option<String>,
    content_type: Option<String>,
    expect: Expect,
    policy: Option<&'f RawValue>,
}

#[derive(Deserialize)]
struct Expect {
    verdict: Option<String>,
}

/// The example of that name, or else the first that is accepted as things are.
pub(crate) fn find(
    folder: Option<&Path>,
    operation: &str,
    name: Option<&str>,
) -> Result<Example, CommandError> {
    let mut texts = own_examples(folder, operation);
    // One that is simply called `accepted` says best what the operation is.
    let mut built_in = examples(operation);
    built_in.sort_by_key(|it| it.name != "accepted");
    texts.extend(
        built_in
            .iter()
            .map(|it| (it.name.to_owned(), Cow::Borrowed(it.text))),
    );
    for (its_name, text) in &texts {
        let Ok(file) = serde_json::from_str::<File<'_>>(text) else {
            continue;
        };
        let is_simply_accepted =
            file.expect.verdict.as_deref() == Some("accepted") && file.policy.is_none();
        if name.map_or(is_simply_accepted, |it| it == its_name) {
            return Ok(example(file));
        }
    }
    let names: Vec<_> = texts.iter().map(|(it, _)| it.as_str()).collect();
    let wanted = name.map_or_else(String::new, |it| format!(" named `{it}`"));
    let error = CommandError::usage(format!("`{operation}` has no example{wanted}"));
    Err(match names[..] {
        [] => error.hint("post a body of your own with --file"),
        _ => error.hint(format!("its examples are {}", names.join(", "))),
    })
}

fn example(file: File<'_>) -> Example {
    let body = file.body.map(|it| it.get().to_owned());
    Example {
        about: file.about.into_owned(),
        body: body.or(file.text).unwrap_or_default(),
        content_type: file
            .content_type
            .unwrap_or_else(|| "application/json".to_owned()),
    }
}

/// The files `examples/<operation>/*.json` beside the user's own contracts.
fn own_examples(folder: Option<&Path>, operation: &str) -> Vec<(String, Cow<'static, str>)> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    let Ok(entries) = fs::read_dir(folder.join("examples").join(operation)) else {
        return Vec::new();
    };
    let mut texts: Vec<_> = entries
        .flatten()
        .map(|it| it.path())
        .filter(|it| it.extension().is_some_and(|it| it == "json"))
        .filter_map(|it| {
            let name = it.file_stem()?.to_str()?.to_owned();
            Some((name, Cow::Owned(fs::read_to_string(&it).ok()?)))
        })
        .collect();
    texts.sort_by_key(|(name, _)| (name != "accepted", name.clone()));
    texts
}

#[cfg(test)]
mod tests {
    use countersign_domain::contract::{Contract, embedded};

    use super::*;

    #[test]
    fn every_operation_has_an_example_that_is_simply_accepted() {
        for (_, text) in embedded() {
            for operation in &Contract::load(text).unwrap().operations {
                let example = find(None, &operation.name, None).unwrap();
                assert!(!example.body.is_empty(), "{}", operation.name);
            }
        }
    }

    #[test]
    fn an_example_of_the_users_own_comes_first_and_keeps_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let examples = folder.path().join("examples/payment.pay.response");
        fs::create_dir_all(&examples).unwrap();
        let text = "{\"expect\": {\"verdict\": \"accepted\"}, \"body\": { \"a\" : 2400.00 } }";
        fs::write(examples.join("mine.json"), text).unwrap();
        let found = find(Some(folder.path()), "payment.pay.response", None).unwrap();
        assert_eq!(found.body, "{ \"a\" : 2400.00 }");
        let error = find(None, "payment.pay.response", Some("other")).unwrap_err();
        assert!(error.advice().unwrap().contains("accepted"));
    }
}
