//! Loads the answers of a contract file: templates, and headers beside them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    mistake::{Mistakes, Place},
    template::{Slot, Template},
    yaml::Data,
};

/// An answer: its body, and headers beside it.
#[derive(Debug)]
pub(super) struct AnswerRule {
    pub(super) headers: Vec<(String, Template)>,
    pub(super) body: Template,
}

/// The named answers that operations refer to.
pub(super) fn answers(
    extension: &Place<'_>,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, Arc<AnswerRule>> {
    let Some(place) = extension.need("answers", mistakes) else {
        return BTreeMap::new();
    };
    let mut answers = BTreeMap::new();
    for (_, name, place) in place.entries(mistakes) {
        if let Some(rule) = answer(&place, mistakes) {
            answers.insert(name.to_owned(), rule);
        }
    }
    answers
}

pub(super) fn answer(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Arc<AnswerRule>> {
    place.only(&["headers", "body"], mistakes);
    let mut headers = Vec::new();
    if let Some(place) = place.get("headers") {
        for (_, name, place) in place.entries(mistakes) {
            let name = name.to_ascii_lowercase();
            if !is_header(&name) {
                place.wrong(
                    mistakes,
                    "a header of an answer is named x-… in letters, digits and `-`",
                );
            }
            match template(&place, mistakes) {
                Some(template @ (Template::Fixed(_) | Template::Slot(Slot::RequestId))) => {
                    headers.push((name, template));
                }
                Some(_) => place.wrong(mistakes, "a header holds a text or ${request_id}"),
                None => {}
            }
        }
    }
    let body = place
        .need("body", mistakes)
        .and_then(|it| template(&it, mistakes))?;
    Some(Arc::new(AnswerRule { headers, body }))
}

/// Whether a contract may set a header: none that HTTP itself uses.
fn is_header(name: &str) -> bool {
    name.len() > 2
        && name.starts_with("x-")
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

fn template(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Template> {
    placeholders(place, mistakes);
    Template::compile(&place.node.to_json()).ok()
}

/// Notes every text of a template that looks like a placeholder and is none, at its own line.
fn placeholders(place: &Place<'_>, mistakes: &mut Mistakes) {
    match &place.node.data {
        Data::Text(text) if text.starts_with("${") => {
            if let Err(message) = Slot::parse(text) {
                place.wrong(mistakes, message);
            }
        }
        Data::List(_) => place
            .items(mistakes)
            .iter()
            .for_each(|it| placeholders(it, mistakes)),
        Data::Map(_) => {
            place
                .entries(mistakes)
                .iter()
                .for_each(|(_, _, it)| placeholders(it, mistakes));
        }
        _ => {}
    }
}
