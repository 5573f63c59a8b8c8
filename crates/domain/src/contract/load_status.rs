//! Loads how a change tells the status of its document.

use super::{
    load_rules::Loader,
    mistake::{Mistakes, Place},
    outline::Way,
    rules::{StatusRule, WordRule},
};
use crate::document::{Course, fold};

impl Loader<'_> {
    /// The status of a change about a document of `kind`.
    pub(super) fn status(
        &self,
        kind: &str,
        place: &Place<'_>,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Option<StatusRule> {
        place.only(&["move", "by", "means", "set", "legs"], mistakes);
        let rule = self.status_rule(place, loops, mistakes);
        if let Some(rule) = &rule {
            self.fits(kind, rule, place, mistakes);
        }
        rule
    }

    fn status_rule(
        &self,
        place: &Place<'_>,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Option<StatusRule> {
        let word = self.word_rule(place, loops, mistakes);
        if place.get("move").is_some() {
            let at = self.pointers_at(place, "move", loops, mistakes).pop()?;
            return Some(StatusRule::Move { at, action: word });
        }
        if let Some(word) = place.get("set") {
            return word.text(mistakes).map(|it| StatusRule::Set(it.to_owned()));
        }
        if place.get("legs").is_some() {
            return Some(StatusRule::Legs(self.named(place, "legs", loops, mistakes)));
        }
        if place.get("by").is_none() && place.get("means").is_none() {
            place.wrong(
                mistakes,
                "a status needs `move`, `set`, `legs`, or `by` with `means`",
            );
        }
        word.map(StatusRule::By)
    }

    fn word_rule(
        &self,
        place: &Place<'_>,
        loops: &[Way],
        mistakes: &mut Mistakes,
    ) -> Option<WordRule> {
        let at = self.pointers_at(place, "by", loops, mistakes).pop();
        let means = means(place, mistakes);
        if place.get("by").is_some() && means.is_empty() {
            place.wrong(
                mistakes,
                "`by` needs `means`: which word of the body is which status",
            );
        }
        if place.get("by").is_none() && place.get("means").is_some() {
            place.wrong(mistakes, "`means` needs `by`: where the word stands");
        }
        at.filter(|_| !means.is_empty())
            .map(|at| WordRule { at, means })
    }

    /// A status that its lifecycle has no place for would be told and never be seen.
    fn fits(&self, kind: &str, rule: &StatusRule, place: &Place<'_>, mistakes: &mut Mistakes) {
        let Some(lifecycle) = self.lifecycles.get(kind) else {
            return;
        };
        let told: Vec<&str> = match rule {
            StatusRule::Move { .. } => Vec::new(),
            StatusRule::Set(_) | StatusRule::By(_) => vec!["status"],
            StatusRule::Legs(legs) => legs.iter().map(|(leg, _)| &**leg).collect(),
        };
        match &lifecycle.course {
            Course::Moves(_) if !told.is_empty() => {
                let message = format!("the lifecycle of `{kind}` has `moves`: use `move` here");
                place.wrong(mistakes, message);
            }
            Course::Legs { .. } if told.is_empty() => {
                let message = format!("the lifecycle of `{kind}` has `legs`, and `move` none");
                place.wrong(mistakes, message);
            }
            Course::Moves(_) => {}
            Course::Legs { legs, .. } => {
                for leg in told.iter().filter(|it| !legs.contains_key(**it)) {
                    let message = format!("the lifecycle of `{kind}` has no leg `{leg}`");
                    place.wrong(mistakes, message);
                }
            }
        }
    }
}

fn means(place: &Place<'_>, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    let Some(means) = place.get("means") else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (_, word, status) in means.entries(mistakes) {
        if let Some(status) = status.text(mistakes) {
            pairs.push((fold(word), fold(status)));
        }
    }
    pairs
}
