//! Checks the totals of an operation: sums that should hold.

use super::{
    load::is_text,
    load_rules::Loader,
    mistake::{Mistakes, Place},
};

impl Loader<'_> {
    /// Checks the totals. They are compared once documents are folded; a mistake in one is a
    /// mistake today.
    pub(super) fn totals(&self, extension: &Place<'_>, mistakes: &mut Mistakes) {
        let Some(totals) = extension.get("totals") else {
            return;
        };
        for place in totals.items(mistakes) {
            place.only(&["code", "each", "sum", "count", "is"], mistakes);
            place
                .need("code", mistakes)
                .and_then(|it| it.text(mistakes));
            place.need("is", mistakes);
            let (_, loops) = self.loops(&place, &[], mistakes);
            for key in ["sum", "count", "is"] {
                self.pointers_at(&place, key, &loops, mistakes);
            }
            if place.get("sum").is_some() == place.get("count").is_some() {
                place.wrong(mistakes, "a total has either `sum` or `count`");
            }
            if place.get("each").is_some_and(|it| !is_text(&it)) {
                place.wrong(mistakes, "a total loops over one array");
            }
        }
    }
}
