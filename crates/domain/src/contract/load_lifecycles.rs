//! Checks the lifecycles of a contract file.

use super::{
    load::texts,
    mistake::{Mistakes, Place},
};

/// Checks the lifecycles and names the kinds that have one. Folding documents by them comes with
/// the documents; a mistake in them is a mistake today.
pub(super) fn lifecycles(extension: &Place<'_>, mistakes: &mut Mistakes) -> Vec<String> {
    let Some(place) = extension.need("lifecycles", mistakes) else {
        return Vec::new();
    };
    let mut kinds = Vec::new();
    for (_, kind, place) in place.entries(mistakes) {
        kinds.push(kind.to_owned());
        place.only(
            &[
                "assumed", "start", "end", "moves", "legs", "status", "source",
            ],
            mistakes,
        );
        for key in ["start", "end"] {
            if let Some(words) = place.get(key) {
                texts(&words, mistakes);
            }
        }
        for step in place
            .get("moves")
            .map(|it| it.items(mistakes))
            .unwrap_or_default()
        {
            if texts(&step, mistakes).len() != 2 {
                step.wrong(mistakes, "a move is a list of two words: from, to");
            }
        }
        for (_, _, ranks) in place
            .get("legs")
            .map(|it| it.entries(mistakes))
            .unwrap_or_default()
        {
            for rank in ranks.items(mistakes) {
                rank.one_or_many(mistakes).iter().for_each(|it| {
                    it.text(mistakes);
                });
            }
        }
        if place.get("legs").is_none() && place.get("moves").is_none() {
            place.wrong(
                mistakes,
                "a lifecycle has `moves` (between nodes) or `legs`",
            );
        }
    }
    kinds
}
