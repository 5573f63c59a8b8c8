//! What the result word of a response says: whether the request it answers succeeded.

use super::{
    pointer::{Pointer, Scope, text_of},
    rules::ResultRule,
};
use crate::{
    document::fold,
    receipt::{Finding, FindingCode, Violation, ViolationCode},
};

/// How much of a provider's explanation is told.
const MOST_CHARACTERS: usize = 300;

/// What a body says of its request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'c> {
    /// It succeeded, or the body has no result to judge.
    Success,
    /// It failed: nothing of the body is applied.
    Failure(&'c ResultRule),
    /// The word is in neither list, so that nobody knows whether to apply the body.
    Unknown(&'c ResultRule),
}

impl ResultRule {
    /// Judges the result word of a body.
    pub(super) fn said(&self, scope: &Scope<'_>) -> Said<'_> {
        if self
            .holder
            .as_ref()
            .is_some_and(|it| it.one(scope).is_none())
        {
            return Said::Success;
        }
        let word = self.at.one(scope).and_then(text_of).unwrap_or_default();
        let word = fold(&word);
        if self.success.contains(&word) {
            Said::Success
        } else if self.failure.contains(&word) {
            Said::Failure(self)
        } else {
            Said::Unknown(self)
        }
    }

    /// The violation of a body whose result word is in neither list.
    pub(super) fn unknown(&self, scope: &Scope<'_>) -> Violation {
        let (success, failure) = (self.success.join(", "), self.failure.join(", "));
        Violation {
            code: ViolationCode::ResultUnknown,
            pointer: self.at.way(scope),
            message: format!("neither a success ({success}) nor a failure ({failure})"),
        }
    }

    /// The finding of a failed request, with what the provider tells of it.
    pub(super) fn failed(&self, scope: &Scope<'_>) -> Finding {
        let detail = |it: &Pointer| {
            let way = it.way(scope);
            let name = way.rsplit('/').next().unwrap_or_default();
            let text = it.text(scope)?;
            // The provider's own words, but no more of them than a line of a list can hold.
            Some(format!(
                "{name} {}",
                text.chars().take(MOST_CHARACTERS).collect::<String>()
            ))
        };
        let details: Vec<_> = self.detail.iter().filter_map(detail).collect();
        let message = match details.as_slice() {
            [] => "the request failed; the provider does not say why".to_owned(),
            details => format!("the request failed: {}", details.join(", ")),
        };
        Finding {
            code: FindingCode::ResultFailure,
            message,
        }
    }
}
