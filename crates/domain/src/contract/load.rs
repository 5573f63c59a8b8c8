//! Loads a contract file: an OpenAPI 3.1 document with our `x-countersign` extension.
//!
//! Everything is checked here, once, so that checking a body can never meet a broken rule. Every
//! mistake of the file is named with its line; a file with one mistake is not loaded at all.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::Offset;
use serde_json::Value as Json;

use super::{
    Contract, Operation,
    instant::parse_zone,
    load_answers::{AnswerRule, answer, answers},
    load_lifecycles::{Lifecycles, lifecycles},
    load_operation,
    mistake::{Mistake, Mistakes, Place},
    pointer::{Pointer, Step},
    rules::ResultRule,
    yaml::{self, Data},
};
use crate::{document::fold, receipt::ViolationCode};

/// The keys of `x-countersign` at the top of a file.
const CONTRACT_KEYS: &[&str] = &[
    "name",
    "namespace",
    "zone",
    "pairs",
    "result",
    "refuse",
    "lifecycles",
    "answers",
    "refusal",
];

/// What the operations of one file share.
pub(super) struct Shared<'y> {
    /// The root of the file, to find the line of a mistake in a schema.
    pub(super) root: Place<'y>,
    pub(super) components: Json,
    pub(super) answers: BTreeMap<String, Arc<AnswerRule>>,
    pub(super) lifecycles: Lifecycles,
}

impl Contract {
    /// Loads a contract from the text of its file.
    ///
    /// # Errors
    ///
    /// Every mistake in the file, by line.
    pub fn load(text: &str) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        let contract = yaml::parse(text, &mut mistakes)
            .and_then(|root| contract(&Place::root(&root), &mut mistakes));
        mistakes.into_result()?;
        contract.ok_or_else(|| vec![Mistake::new(1, "", "the file is empty")])
    }
}

fn contract(root: &Place<'_>, mistakes: &mut Mistakes) -> Option<Contract> {
    root.only(
        &[
            "openapi",
            "info",
            "x-countersign",
            "webhooks",
            "paths",
            "components",
            "servers",
            "tags",
        ],
        mistakes,
    );
    if let Some(version) = root.need("openapi", mistakes)
        && version
            .text(mistakes)
            .is_some_and(|it| !it.starts_with("3.1."))
    {
        version.wrong(mistakes, "the version must be 3.1: webhooks came with it");
    }
    let title = root
        .need("info", mistakes)
        .and_then(|it| it.need("title", mistakes));
    let title = title.and_then(|it| it.text(mistakes));
    let extension = root.need("x-countersign", mistakes)?;
    extension.only(CONTRACT_KEYS, mistakes);
    let name = extension
        .need("name", mistakes)
        .and_then(|it| it.text(mistakes));
    let namespace = extension
        .need("namespace", mistakes)
        .and_then(|it| it.text(mistakes));
    let zone = extension
        .need("zone", mistakes)
        .and_then(|it| zone(&it, mistakes));
    let refusal = extension
        .need("refusal", mistakes)
        .and_then(|it| answer(&it, mistakes));
    let shared = Shared {
        root: root.clone(),
        components: root
            .get("components")
            .map_or(Json::Null, |it| it.node.to_json()),
        answers: answers(&extension, mistakes),
        lifecycles: lifecycles(root, &extension, namespace.unwrap_or_default(), mistakes),
    };
    let operations = operations(root, &shared, mistakes);
    Some(Contract {
        name: name?.into(),
        title: title?.to_owned(),
        namespace: namespace?.into(),
        zone: zone?,
        version_pair: pair(
            &extension,
            "version",
            ["currentVersion", "newVersion"],
            mistakes,
        ),
        status_pair: pair(
            &extension,
            "status",
            ["currentStatus", "newStatus"],
            mistakes,
        ),
        result: extension.get("result").and_then(|it| result(&it, mistakes)),
        refuse: refuse(&extension, mistakes),
        refusal: refusal?,
        operations,
        lifecycles: shared.lifecycles,
    })
}

fn zone(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Offset> {
    let text = place.text(mistakes)?;
    let zone = parse_zone(text);
    if zone.is_none() {
        place.wrong(
            mistakes,
            format!("`{text}` is not a zone: write an offset such as \"+05:30\""),
        );
    }
    zone
}

fn pair(
    extension: &Place<'_>,
    which: &str,
    usual: [&str; 2],
    mistakes: &mut Mistakes,
) -> [String; 2] {
    let usual = usual.map(str::to_owned);
    let Some(pairs) = extension.get("pairs") else {
        return usual;
    };
    pairs.only(&["version", "status"], mistakes);
    let Some(place) = pairs.get(which) else {
        return usual;
    };
    match texts(&place, mistakes).as_slice() {
        [from, to] => [from.clone(), to.clone()],
        _ => {
            place.wrong(
                mistakes,
                "a pair is a list of two names: the end it leaves, the end it reaches",
            );
            usual
        }
    }
}

fn result(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<ResultRule> {
    place.only(&["at", "success", "failure", "detail", "assumed"], mistakes);
    let words = |key: &str, mistakes: &mut Mistakes| {
        let words = place
            .need(key, mistakes)
            .map(|it| texts(&it, mistakes))
            .unwrap_or_default();
        words.iter().map(|it| fold(it)).collect::<Vec<_>>()
    };
    let (success, failure) = (words("success", mistakes), words("failure", mistakes));
    let detail = place
        .get("detail")
        .map(|it| pointers(&it, mistakes))
        .unwrap_or_default();
    let at = place.need("at", mistakes)?;
    let holder = at
        .text(mistakes)?
        .rsplit_once('/')
        .map(|(holder, _)| holder);
    let holder = holder
        .filter(|it| !it.is_empty())
        .and_then(|it| Pointer::parse(it).ok());
    Some(ResultRule {
        at: pointer(&at, mistakes)?,
        holder,
        success,
        failure,
        detail,
    })
}

fn refuse(extension: &Place<'_>, mistakes: &mut Mistakes) -> Vec<ViolationCode> {
    let Some(place) = extension.need("refuse", mistakes) else {
        return Vec::new();
    };
    let mut codes = Vec::new();
    for item in place.items(mistakes) {
        let Some(text) = item.text(mistakes) else {
            continue;
        };
        match ViolationCode::ALL.iter().find(|it| it.as_str() == text) {
            Some(code) => codes.push(*code),
            None => item.wrong(mistakes, format!("`{text}` is not the code of a violation")),
        }
    }
    codes
}

fn operations(root: &Place<'_>, shared: &Shared<'_>, mistakes: &mut Mistakes) -> Vec<Operation> {
    let Some(webhooks) = root.need("webhooks", mistakes) else {
        return Vec::new();
    };
    let mut operations: Vec<Operation> = Vec::new();
    for (_, name, place) in webhooks.entries(mistakes) {
        let Some(operation) = load_operation::operation(name, &place, shared, mistakes) else {
            continue;
        };
        if let Some(twin) = operations.iter().find(|it| it.path == operation.path) {
            let message = format!("`{}` already answers at {}", twin.name, twin.path);
            place.wrong(mistakes, message);
        }
        operations.push(operation);
    }
    operations
}

/// The texts of a list.
pub(super) fn texts(place: &Place<'_>, mistakes: &mut Mistakes) -> Vec<String> {
    let items = place.items(mistakes);
    items
        .iter()
        .filter_map(|it| it.text(mistakes).map(str::to_owned))
        .collect()
}

/// A pointer.
pub(super) fn pointer(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<Pointer> {
    match Pointer::parse(place.text(mistakes)?) {
        Ok(pointer) => Some(pointer),
        Err(message) => {
            place.wrong(mistakes, message);
            None
        }
    }
}

/// A pointer or a list of pointers.
pub(super) fn pointers(place: &Place<'_>, mistakes: &mut Mistakes) -> Vec<Pointer> {
    let places = place.one_or_many(mistakes);
    places
        .iter()
        .filter_map(|it| pointer(it, mistakes))
        .collect()
}

/// Steps in the form that a schema is walked by.
pub(super) fn schema_steps(steps: &[Step]) -> impl Iterator<Item = Option<&str>> {
    steps.iter().map(|it| match it {
        Step::Key(key) => Some(&**key),
        Step::Every => None,
    })
}

/// Whether a node is a plain text, for rules that take either a text or a mapping.
pub(super) fn is_text(place: &Place<'_>) -> bool {
    matches!(place.node.data, Data::Text(_))
}
