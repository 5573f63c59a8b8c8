//! Loads one operation of a contract file.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    Operation, Page, Provenance,
    load::{Shared, is_text, pointer, pointers},
    load_answers::{AnswerRule, answer},
    load_rules,
    mistake::{Mistakes, Place},
    outline::Outline,
    rules::PartRule,
    schema::{Edition, Schema},
};

/// The keys of `x-countersign` at an operation.
const OPERATION_KEYS: &[&str] = &[
    "path",
    "provenance",
    "page",
    "edition",
    "editions",
    "identity",
    "volatile",
    "parties",
    "parts",
    "changes",
    "totals",
    "mask",
    "settles",
    "expects",
    "answer",
];

/// Loads the operation `name`.
pub(super) fn operation(
    name: &str,
    place: &Place<'_>,
    shared: &Shared<'_>,
    mistakes: &mut Mistakes,
) -> Option<Operation> {
    place.only(
        &["summary", "description", "x-countersign", "post"],
        mistakes,
    );
    check_name(name, place, mistakes);
    let summary = place
        .need("summary", mistakes)
        .and_then(|it| it.text(mistakes));
    let extension = place.need("x-countersign", mistakes)?;
    extension.only(OPERATION_KEYS, mistakes);
    let path = extension
        .need("path", mistakes)
        .and_then(|it| path(&it, mistakes));
    let provenance = extension
        .need("provenance", mistakes)
        .and_then(|it| provenance(&it, mistakes));
    let page = extension
        .need("page", mistakes)
        .and_then(|it| page(&it, mistakes));
    let (editions, schemas) = editions(place, &extension, shared, mistakes);
    let (parts, inner) = match extension.get("parts") {
        Some(it) => parts(&it, shared, mistakes)?,
        None => (None, None),
    };
    let inner_json = extension
        .get("parts")
        .and_then(|it| it.get("schema"))
        .map_or(Json::Null, |it| it.node.to_json());
    let outline = Outline {
        schemas: &schemas,
        components: &shared.components,
        parts: parts.as_ref().map(|rule| (rule, &inner_json)),
    };
    let rules = load_rules::rules(&extension, &outline, &shared.lifecycles, mistakes);
    Some(Operation {
        name: name.into(),
        path: path?,
        summary: summary?.to_owned(),
        provenance: provenance?,
        page: page?,
        answer: operation_answer(&extension, shared, &outline, mistakes)?,
        editions,
        inner,
        parts,
        identity: rules.identity,
        volatile: rules.volatile,
        changes: rules.changes,
        totals: rules.totals,
        mask: rules.mask,
    })
}

/// `<document>.<verb>.<request or response or notification>`.
fn check_name(name: &str, place: &Place<'_>, mistakes: &mut Mistakes) {
    let words: Vec<_> = name.split('.').collect();
    let last_is_known = matches!(
        words.last(),
        Some(&("request" | "response" | "notification"))
    );
    if words.len() != 3 || !last_is_known || words.iter().any(|it| it.is_empty()) {
        let message = "an operation is named <document>.<verb>.<request, response or notification>";
        place.wrong(mistakes, message);
    }
}

fn path(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<String> {
    let text = place.text(mistakes)?;
    let good = text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//")
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"/-_.".contains(&it));
    if !good {
        place.wrong(
            mistakes,
            "a path begins with `/` and holds letters, digits and `-`, `_`, `.`",
        );
        return None;
    }
    Some(text.to_owned())
}

fn provenance(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Provenance> {
    match place.text(mistakes)? {
        "confirmed" => Some(Provenance::Confirmed),
        "partial" => Some(Provenance::Partial),
        "inferred" => Some(Provenance::Inferred),
        other => {
            let message = format!("`{other}` is not a provenance: confirmed, partial or inferred");
            place.wrong(mistakes, message);
            None
        }
    }
}

fn page(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Page> {
    place.only(&["title", "modified", "url"], mistakes);
    let title = place.need("title", mistakes)?.text(mistakes)?.to_owned();
    let modified = place.need("modified", mistakes)?.text(mistakes)?.to_owned();
    Some(Page { title, modified })
}

/// The newest edition stands where OpenAPI puts it; the older ones are listed in the extension.
fn editions(
    place: &Place<'_>,
    extension: &Place<'_>,
    shared: &Shared<'_>,
    mistakes: &mut Mistakes,
) -> (Vec<Edition>, Vec<Json>) {
    let (mut editions, mut schemas) = (Vec::new(), Vec::new());
    let newest = extension
        .need("edition", mistakes)
        .and_then(|it| it.text(mistakes));
    let body = [
        "post",
        "requestBody",
        "content",
        "application/json",
        "schema",
    ];
    let mut schema = Some(place.clone());
    for key in body {
        schema = schema.and_then(|it| it.need(key, mistakes));
    }
    let mut found: Vec<_> = newest.zip(schema).into_iter().collect();
    for older in extension
        .get("editions")
        .map(|it| it.items(mistakes))
        .unwrap_or_default()
    {
        older.only(&["name", "schema", "assumed"], mistakes);
        let name = older
            .need("name", mistakes)
            .and_then(|it| it.text(mistakes));
        found.extend(name.zip(older.need("schema", mistakes)));
    }
    for (name, place) in found {
        if let Some(schema) = schema_at(&place, shared, mistakes) {
            schemas.push(place.node.to_json());
            editions.push(Edition::new(name, schema));
        }
    }
    (editions, schemas)
}

fn schema_at(place: &Place<'_>, shared: &Shared<'_>, mistakes: &mut Mistakes) -> Option<Schema> {
    match Schema::compile(&place.node.to_json(), &shared.components) {
        Ok(schema) => Some(schema),
        Err(error) => {
            let there = if error.pointer.starts_with("/components/") {
                &shared.root
            } else {
                place
            };
            there.at(&error.pointer).wrong(mistakes, error.message);
            None
        }
    }
}

type Parts = (Option<PartRule>, Option<Schema>);

fn parts(place: &Place<'_>, shared: &Shared<'_>, mistakes: &mut Mistakes) -> Option<Parts> {
    place.only(&["each", "text", "json", "schema"], mistakes);
    let each = place
        .need("each", mistakes)
        .and_then(|it| pointer(&it, mistakes))?;
    let member = |key: &str, mistakes: &mut Mistakes| -> Option<Box<str>> {
        let place = place.need(key, mistakes)?;
        let name = place
            .text(mistakes)?
            .strip_prefix("./")
            .filter(|it| !it.contains('/'));
        if name.is_none() {
            place.wrong(
                mistakes,
                "one member of the element is needed here, such as `./payload`",
            );
        }
        name.map(Into::into)
    };
    let (text, json) = (member("text", mistakes)?, member("json", mistakes)?);
    if text != json {
        place.wrong(
            mistakes,
            "`text` and `json` name one member: what a bare string stands for",
        );
    }
    let rule = PartRule { each, json };
    let schema = place
        .get("schema")
        .and_then(|it| schema_at(&it, shared, mistakes));
    Some((Some(rule), schema))
}

fn operation_answer(
    extension: &Place<'_>,
    shared: &Shared<'_>,
    outline: &Outline<'_>,
    mistakes: &mut Mistakes,
) -> Option<Arc<AnswerRule>> {
    let place = extension.need("answer", mistakes)?;
    let rule = if is_text(&place) {
        let name = place.text(mistakes)?;
        let rule = shared.answers.get(name).cloned();
        if rule.is_none() {
            let known: Vec<_> = shared.answers.keys().map(String::as_str).collect();
            place.wrong(
                mistakes,
                format!("there is no answer `{name}`; known: {}", known.join(", ")),
            );
        }
        rule?
    } else {
        answer(&place, mistakes)?
    };
    let mut echoes = Vec::new();
    rule.body.echoes(&mut echoes);
    for pointer in echoes {
        // A documented answer may hold a member that the request has only sometimes.
        if pointer.steps().len() == 1 {
            continue;
        }
        outline.check(&pointer, &[], &place, mistakes);
    }
    Some(rule)
}

/// Pointers under `key`, where it is there.
pub(super) fn optional_pointers(
    place: &Place<'_>,
    key: &str,
    mistakes: &mut Mistakes,
) -> Vec<super::pointer::Pointer> {
    place
        .get(key)
        .map(|it| pointers(&it, mistakes))
        .unwrap_or_default()
}
