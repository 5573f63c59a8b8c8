//! Answers as templates: JSON in which a text that is exactly one placeholder is replaced.
//!
//! There are no expressions. A member whose placeholder has nothing to say is left out. What is
//! echoed from the body is echoed to the byte.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::pointer::{Pointer, Scope};
use crate::{ids::ReceiptId, receipt::Violation};

/// A compiled template.
#[derive(Clone, Debug)]
pub(super) enum Template {
    /// JSON that is always the same.
    Fixed(String),
    Slot(Slot),
    Object(Vec<(String, Template)>),
    List(Vec<Template>),
}

/// A placeholder.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    Receipt,
    EpochSeconds,
    RequestId,
    Status,
    Reason,
    Message,
    Violations,
    Body(Arc<Pointer>),
}

/// What the placeholders say this time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'f> {
    pub(super) receipt: Option<ReceiptId>,
    pub(super) received_at: Timestamp,
    pub(super) request_id: &'f str,
    pub(super) status: u16,
    pub(super) reason: &'f str,
    pub(super) message: &'f str,
    /// Shown with 400 and 422 only.
    pub(super) violations: &'f [Violation],
    pub(super) body: Option<&'f Scope<'f>>,
}

impl Template {
    /// Compiles a JSON value; every text that begins with `${` must be a known placeholder.
    pub(super) fn compile(json: &Json) -> Result<Self, String> {
        match json {
            Json::String(text) if text.starts_with("${") => Ok(Self::Slot(Slot::parse(text)?)),
            Json::Object(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| {
                        Ok((Json::from(key.as_str()).to_string(), Self::compile(value)?))
                    })
                    .collect::<Result<Vec<_>, String>>()?;
                if members.iter().all(|(_, it)| matches!(it, Self::Fixed(_))) {
                    return Ok(Self::Fixed(json.to_string()));
                }
                Ok(Self::Object(members))
            }
            Json::Array(items) => {
                let items = items
                    .iter()
                    .map(Self::compile)
                    .collect::<Result<Vec<_>, String>>()?;
                if items.iter().all(|it| matches!(it, Self::Fixed(_))) {
                    return Ok(Self::Fixed(json.to_string()));
                }
                Ok(Self::List(items))
            }
            _ => Ok(Self::Fixed(json.to_string())),
        }
    }

    /// Writes the answer; `false` if it has nothing to say.
    pub(super) fn write(&self, filling: &Filling<'_>, out: &mut String) -> bool {
        match self {
            Self::Fixed(json) => out.push_str(json),
            Self::Slot(slot) => return slot.write(filling, out),
            Self::Object(members) => {
                out.push('{');
                let mut first = true;
                for (key, value) in members {
                    let before = out.len();
                    if !first {
                        out.push(',');
                    }
                    out.push_str(key);
                    out.push(':');
                    if value.write(filling, out) {
                        first = false;
                    } else {
                        out.truncate(before);
                    }
                }
                out.push('}');
            }
            Self::List(items) => {
                out.push('[');
                let mut first = true;
                for item in items {
                    let before = out.len();
                    if !first {
                        out.push(',');
                    }
                    if item.write(filling, out) {
                        first = false;
                    } else {
                        out.truncate(before);
                    }
                }
                out.push(']');
            }
        }
        true
    }

    /// Every pointer into the body that the template echoes.
    pub(super) fn echoes(&self, found: &mut Vec<Arc<Pointer>>) {
        match self {
            Self::Slot(Slot::Body(pointer)) => found.push(Arc::clone(pointer)),
            Self::Fixed(_) | Self::Slot(_) => {}
            Self::Object(members) => members.iter().for_each(|(_, it)| it.echoes(found)),
            Self::List(items) => items.iter().for_each(|it| it.echoes(found)),
        }
    }
}

impl Slot {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "${receipt}" => Self::Receipt,
            "${epoch_seconds}" => Self::EpochSeconds,
            "${request_id}" => Self::RequestId,
            "${status}" => Self::Status,
            "${reason}" => Self::Reason,
            "${message}" => Self::Message,
            "${violations}" => Self::Violations,
            _ => {
                let pointer = text
                    .strip_prefix("${body")
                    .and_then(|it| it.strip_suffix('}'));
                let Some(pointer) = pointer else {
                    return Err(format!(
                        "`{text}` is no placeholder; known: ${{receipt}}, ${{epoch_seconds}}, \
                         ${{request_id}}, ${{status}}, ${{reason}}, ${{message}}, \
                         ${{violations}}, ${{body/…}}"
                    ));
                };
                Self::Body(Arc::new(Pointer::parse(pointer)?))
            }
        })
    }

    fn write(&self, filling: &Filling<'_>, out: &mut String) -> bool {
        match self {
            Self::Receipt => match filling.receipt {
                Some(id) => out.push_str(&Json::from(id.to_string()).to_string()),
                None => return false,
            },
            Self::EpochSeconds => out.push_str(&filling.received_at.as_second().to_string()),
            Self::RequestId => out.push_str(&Json::from(filling.request_id).to_string()),
            Self::Status => out.push_str(&filling.status.to_string()),
            Self::Reason => out.push_str(&Json::from(filling.reason).to_string()),
            Self::Message => out.push_str(&Json::from(filling.message).to_string()),
            Self::Violations => {
                if !matches!(filling.status, 400 | 422) {
                    return false;
                }
                let list = serde_json::to_string(filling.violations);
                out.push_str(&list.expect("violations are texts and always serialise"));
            }
            Self::Body(pointer) => match filling.body.and_then(|scope| pointer.one(scope)) {
                Some(value) => out.push_str(value.literal()),
                None => return false,
            },
        }
        true
    }
}
