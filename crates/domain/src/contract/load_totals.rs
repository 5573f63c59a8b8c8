//! Loads the totals of an operation: sums, counts and words that should hold.

use super::{
    load::is_text,
    load_rules::Loader,
    mistake::{Mistakes, Place},
    pointer::{Base, Pointer},
    rules::{ChangeRule, Measure, RowHome, TotalRule},
    yaml::Data,
};
use crate::receipt::FindingCode;

/// What can be compared; each rule has exactly one of them.
const MEASURES: [&str; 3] = ["sum", "count", "same"];

impl Loader<'_> {
    /// The totals, each with the place where its checks go.
    pub(super) fn totals(
        &self,
        extension: &Place<'_>,
        changes: &[ChangeRule],
        mistakes: &mut Mistakes,
    ) -> Vec<TotalRule> {
        let places = extension.get("totals").map(|it| it.items(mistakes));
        let main = changes.iter().find(|it| it.main);
        let rule = |(index, place): (usize, &Place<'_>)| {
            let mut rule = self.total(place, mistakes)?;
            rule.place = index + 1;
            rule.row = main.and_then(|it| row_home(it, &rule.each));
            Some(rule)
        };
        let places = places.unwrap_or_default();
        places.iter().enumerate().filter_map(rule).collect()
    }

    fn total(&self, place: &Place<'_>, mistakes: &mut Mistakes) -> Option<TotalRule> {
        place.only(
            &["code", "each", "sum", "count", "same", "is", "assumed"],
            mistakes,
        );
        let code = place
            .need("code", mistakes)
            .and_then(|it| finding_code(&it, mistakes));
        let inside = is_inside(place, self.outline.parts.is_some());
        let around = if inside {
            self.outline.outermost()
        } else {
            Vec::new()
        };
        if place.get("each").is_some_and(|it| !is_text(&it)) {
            place.wrong(mistakes, "a total loops over one array");
        }
        let (each, loops) = self.loops(place, &around, mistakes);
        let named = MEASURES.into_iter().filter(|it| place.get(it).is_some());
        let [measure] = named.collect::<Vec<_>>()[..] else {
            place.wrong(mistakes, "a total has either `sum`, `count` or `same`");
            return None;
        };
        let mut of = self.pointers_at(place, measure, &loops, mistakes);
        let is = self.pointers_at(place, "is", &loops, mistakes).pop();
        if (measure == "same") == place.get("is").is_some() {
            place.wrong(
                mistakes,
                "`is` says what a `sum` or a `count` should be, and stands at no `same`",
            );
        }
        let measure = match measure {
            "sum" => Measure::Sum { of, is: is? },
            "count" if of.len() > 1 => {
                place.wrong(mistakes, "`count` names one array");
                return None;
            }
            "count" => Measure::Count {
                of: of.pop()?,
                is: is?,
            },
            _ => Measure::Same(of),
        };
        Some(TotalRule {
            code: code?,
            place: 0,
            inside,
            each,
            row: None,
            measure,
        })
    }
}

/// The code of a finding, which must be one of the list.
pub(super) fn finding_code(place: &Place<'_>, mistakes: &mut Mistakes) -> Option<FindingCode> {
    let text = place.text(mistakes)?;
    let code = FindingCode::of(text);
    if code.is_none() {
        place.wrong(mistakes, format!("`{text}` is not the code of a finding"));
    }
    code
}

/// Whether a rule is about one part: a message that is not cut is its own part, and else a pointer
/// that begins at an element, outside any loop of the rule's own, means the part's.
fn is_inside(place: &Place<'_>, has_parts: bool) -> bool {
    let begins_inside = |key: &str| {
        let texts = place.get(key).map(|it| match &it.node.data {
            Data::Text(text) => vec![text.clone()],
            Data::List(items) => {
                let texts = items.iter().filter_map(|it| match &it.data {
                    Data::Text(text) => Some(text.clone()),
                    _ => None,
                });
                texts.collect()
            }
            _ => Vec::new(),
        });
        let pointers = texts.unwrap_or_default();
        let mut pointers = pointers.iter().filter_map(|it| Pointer::parse(it).ok());
        pointers.any(|it| it.base() != Base::Root)
    };
    if !has_parts {
        return true;
    }
    match place.get("each") {
        Some(_) => begins_inside("each"),
        None => ["sum", "count", "same", "is"]
            .into_iter()
            .any(begins_inside),
    }
}

/// The rows of the main change that loop over the same array.
fn row_home(main: &ChangeRule, each: &[Pointer]) -> Option<RowHome> {
    if each.is_empty() || !main.each.is_empty() {
        return None;
    }
    let rows = main.rows.iter().find(|it| it.each == each)?;
    Some(RowHome {
        table: rows.name.clone(),
        key: rows.key.clone(),
    })
}
