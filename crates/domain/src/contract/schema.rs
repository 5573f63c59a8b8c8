//! The one module that knows the JSON Schema library.
//!
//! It compiles the editions of an operation's schema and turns the library's errors into our
//! violations. No message holds a value of the body.

use std::{fmt::Write as _, sync::Arc};

use jsonschema::{
    Draft, PatternOptions, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value as Json};

use super::{
    bounds::MOST_VIOLATIONS,
    pointer::escape,
    schema_node::{Body, BodyNode},
};
use crate::{
    reader::Value,
    receipt::{Violation, ViolationCode},
};

/// One published schema of an operation.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) name: Arc<str>,
    schema: Schema,
}

/// A compiled schema, beside the document that it was compiled from.
#[derive(Debug)]
pub(super) struct Schema {
    document: Json,
    validator: Validator<Body>,
}

/// Why a schema cannot be compiled, and where in it.
#[derive(Debug)]
pub(super) struct SchemaError {
    pub(super) pointer: String,
    pub(super) message: String,
}

impl Schema {
    /// Compiles `schema`, whose references point into `components`.
    pub(super) fn compile(schema: &Json, components: &Json) -> Result<Self, SchemaError> {
        let Json::Object(members) = schema else {
            let message = "a schema is a mapping".to_owned();
            return Err(SchemaError {
                pointer: String::new(),
                message,
            });
        };
        let mut document = members.clone();
        document.insert("components".to_owned(), components.clone());
        let document = Json::Object(document);
        // The `regex` engine runs in linear time whatever the pattern and the body.
        let validator = jsonschema::options_for::<Body>()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(false)
            .build(&document)
            .map_err(|error| SchemaError {
                pointer: error.instance_path().as_str().to_owned(),
                message: format!("not a JSON Schema 2020-12: {error}"),
            })?;
        Ok(Self {
            document,
            validator,
        })
    }

    /// Every rule that `body` breaks.
    pub(super) fn violations(&self, body: Value<'_>) -> Vec<Violation> {
        let body = BodyNode::Value(body);
        if self.validator.is_valid(body.clone()) {
            return Vec::new();
        }
        self.validator
            .iter_errors(body)
            .take(MOST_VIOLATIONS + 1)
            .map(|error| self.violation(&error))
            .collect()
    }

    fn violation(&self, error: &ValidationError<'_>) -> Violation {
        let mut pointer = error.instance_path().as_str().to_owned();
        if let ValidationErrorKind::Required {
            property: Json::String(name),
        } = error.kind()
        {
            let _ = write!(pointer, "/{}", escape(name));
        }
        let path = error.schema_path().as_str();
        if let Some(message) = self.condition(path) {
            return Violation {
                code: ViolationCode::If,
                pointer,
                message,
            };
        }
        let (code, message) = rule(error);
        Violation {
            code,
            pointer,
            message,
        }
    }

    /// The description of the `then` or `else` that `path` leads through, where it does.
    fn condition(&self, path: &str) -> Option<String> {
        for branch in ["/then", "/else"] {
            let Some(start) = path.find(&format!("{branch}/")) else {
                continue;
            };
            let holder = self.document.pointer(&path[..start + branch.len()]);
            let text = holder
                .and_then(|it| it.get("description"))
                .and_then(Json::as_str);
            return Some(
                text.unwrap_or("a condition of the contract does not hold")
                    .to_owned(),
            );
        }
        None
    }
}

impl Edition {
    pub(super) fn new(name: &str, schema: Schema) -> Self {
        Self {
            name: name.into(),
            schema,
        }
    }
}

/// The violations against the edition that `body` breaks least; `editions` run from the newest to
/// the oldest, and of two that are broken alike the newer one is chosen.
pub(super) fn fitting<'e>(
    editions: &'e [Edition],
    body: Value<'_>,
) -> Option<(&'e Edition, Vec<Violation>)> {
    let mut best: Option<(&Edition, Vec<Violation>)> = None;
    for edition in editions {
        let violations = edition.schema.violations(body);
        let better = best
            .as_ref()
            .is_none_or(|(_, least)| violations.len() < least.len());
        if better {
            let none = violations.is_empty();
            best = Some((edition, violations));
            if none {
                break;
            }
        }
    }
    best
}

/// Our code and sentence for the library's error.
fn rule(error: &ValidationError<'_>) -> (ViolationCode, String) {
    match error.kind() {
        ValidationErrorKind::Required { .. } => (ViolationCode::Required, "is required".to_owned()),
        ValidationErrorKind::Type { kind } => {
            let types = match kind {
                TypeKind::Single(name) => name.to_string(),
                TypeKind::Multiple(names) => names
                    .iter()
                    .map(|it| it.to_string())
                    .collect::<Vec<_>>()
                    .join(" or "),
            };
            let nulls = error.instance().is_null() || types == "null";
            let code = if nulls {
                ViolationCode::Null
            } else {
                ViolationCode::Type
            };
            (code, format!("must be of type {types}"))
        }
        ValidationErrorKind::Pattern { pattern } => {
            (ViolationCode::Pattern, format!("must match {pattern}"))
        }
        ValidationErrorKind::Enum { options } => {
            let words = options.as_array().map_or(&[][..], Vec::as_slice);
            let words: Vec<_> = words
                .iter()
                .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
                .collect();
            (
                ViolationCode::Enum,
                format!("must be one of: {}", words.join(", ")),
            )
        }
        ValidationErrorKind::Constant { expected_value } => {
            (ViolationCode::Enum, format!("must be {expected_value}"))
        }
        _ => (ViolationCode::Schema, error.masked().to_string()),
    }
}

/// Whether `steps` (a key, or none for every element) can lead anywhere in a schema: a misspelt
/// pointer of the extension is found when the contract is loaded. An object without listed
/// properties may hold anything.
pub(super) fn leads_somewhere(schema: &Json, components: &Json, steps: &[Option<&str>]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    let Some(object) = resolved(schema, components).as_object() else {
        return true;
    };
    let next = match step {
        None => object.get("items"),
        Some(key) => object.get("properties").and_then(|it| it.get(key)),
    };
    match next {
        Some(next) => leads_somewhere(next, components, rest),
        None => is_open(object),
    }
}

/// The JSON types that a schema allows at `steps`; none where it does not say.
pub(super) fn types_at(
    schema: &Json,
    components: &Json,
    steps: &[Option<&str>],
) -> Option<Vec<String>> {
    let object = resolved(schema, components).as_object()?;
    let Some((step, rest)) = steps.split_first() else {
        return match object.get("type")? {
            Json::String(name) => Some(vec![name.clone()]),
            Json::Array(names) => Some(
                names
                    .iter()
                    .filter_map(|it| it.as_str().map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        };
    };
    let next = match step {
        None => object.get("items"),
        Some(key) => object.get("properties").and_then(|it| it.get(key)),
    };
    types_at(next?, components, rest)
}

/// Whether a schema says nothing about what is inside.
fn is_open(schema: &Map<String, Json>) -> bool {
    let holds_something = match schema.get("type") {
        Some(Json::String(name)) => matches!(name.as_str(), "object" | "array"),
        Some(Json::Array(names)) => names.iter().any(|it| it == "object" || it == "array"),
        _ => true,
    };
    holds_something && schema.get("properties").is_none() && schema.get("items").is_none()
}

fn resolved<'j>(schema: &'j Json, components: &'j Json) -> &'j Json {
    let reference = schema.get("$ref").and_then(Json::as_str);
    reference
        .and_then(|it| it.strip_prefix("#/components"))
        .and_then(|it| components.pointer(it))
        .unwrap_or(schema)
}
