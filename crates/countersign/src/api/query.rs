//! Query parameters: every one that is unknown or wrong is named, not only the first.

use std::{fmt::Display, str::FromStr};

use axum::extract::Query;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_store::{EventPlace, Page};
use http::Uri;
use jiff::Timestamp;
use serde::Serialize;

use super::problem::{Fault, Problem, Violation};

/// How many items a page has when nothing is said.
const USUAL_LIMIT: u32 = 50;
/// How many items a page may have.
const GREATEST_LIMIT: u32 = 200;

/// The parameters of one request, while they are read.
#[derive(Debug)]
pub(crate) struct Parameters {
    left: Vec<(String, String)>,
    wrong: Vec<Violation>,
}

impl Parameters {
    /// Takes the request's query apart.
    pub(crate) fn of(uri: &Uri) -> Self {
        match Query::<Vec<(String, String)>>::try_from_uri(uri) {
            Ok(Query(left)) => Self {
                left,
                wrong: Vec::new(),
            },
            Err(_) => {
                let wrong = violation("value", "", "the query cannot be taken apart".to_owned());
                Self {
                    left: Vec::new(),
                    wrong: vec![wrong],
                }
            }
        }
    }

    /// Reads a parameter that may be there.
    pub(crate) fn take<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        self.take_with(name, |text| {
            text.parse().map_err(|error: T::Err| error.to_string())
        })
    }

    /// Reads a time that may be there.
    pub(crate) fn take_time(&mut self, name: &str) -> Option<Timestamp> {
        self.take_with(name, |text| {
            text.parse()
                .map_err(|_| "expected a time such as 2025-07-06T06:23:03Z".to_owned())
        })
    }

    /// Reads a parameter that may be there, in its own way.
    pub(crate) fn take_with<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let place = self.left.iter().position(|(it, _)| it == name)?;
        let (_, text) = self.left.remove(place);
        if self.left.iter().any(|(it, _)| it == name) {
            self.left.retain(|(it, _)| it != name);
            self.wrong.push(violation(
                "repeated",
                name,
                "is there more than once".to_owned(),
            ));
            return None;
        }
        read(&text)
            .map_err(|message| self.wrong.push(violation("value", name, message)))
            .ok()
    }

    /// Reads `limit` and `cursor`.
    pub(crate) fn take_page(&mut self) -> Page {
        let limit = self.take_limit();
        Page {
            before: self.take_cursor(from_cursor),
            limit,
        }
    }

    /// Reads `limit` and `cursor` of a list of events.
    pub(crate) fn take_event_page(&mut self) -> (Option<EventPlace>, u32) {
        let limit = self.take_limit();
        (self.take_cursor(from_event_cursor), limit)
    }

    fn take_limit(&mut self) -> u32 {
        let limit = self.take_with("limit", |text| match text.parse() {
            Ok(limit @ 1..=GREATEST_LIMIT) => Ok(limit),
            _ => Err(format!(
                "expected a whole number from 1 to {GREATEST_LIMIT}"
            )),
        });
        limit.unwrap_or(USUAL_LIMIT)
    }

    fn take_cursor<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.take_with("cursor", |text| {
            read(text).ok_or_else(|| "expected the `next` of the page before".to_owned())
        })
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// A problem that names every parameter that is unknown or wrong.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        for (name, _) in &self.left {
            self.wrong.push(violation(
                "unknown",
                name,
                "is not a parameter here".to_owned(),
            ));
        }
        if self.wrong.is_empty() {
            return Ok(());
        }
        let said: Vec<_> = self
            .wrong
            .iter()
            .map(|it| format!("{}: {}", it.pointer, it.message))
            .collect();
        Err(Fault::new(Problem::InvalidQuery, said.join("; ")).naming(self.wrong))
    }
}

/// For a resource that takes none.
///
/// # Errors
///
/// A problem that names every parameter that is there all the same.
pub(crate) fn no_parameters(uri: &Uri) -> Result<(), Fault> {
    Parameters::of(uri).finish()
}

/// What is wrong with a parameter.
pub(crate) fn violation(code: &'static str, name: &str, message: String) -> Violation {
    Violation {
        code,
        pointer: format!("?{name}"),
        message,
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Items<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// Asks for one row more than the page shows: whether there is a next page is seen by it.
pub(crate) fn and_one(page: Page) -> Page {
    Page {
        limit: page.limit + 1,
        ..page
    }
}

impl<T> Items<T> {
    /// Makes the page of the rows that [`and_one`] asked for.
    pub(crate) fn of<R>(
        page: Page,
        mut rows: Vec<R>,
        rowid: impl Fn(&R) -> i64,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let limit = page.limit as usize;
        let next = (rows.len() > limit).then(|| to_cursor(rowid(&rows[limit - 1])));
        rows.truncate(limit);
        Self {
            items: rows.into_iter().map(show).collect(),
            next,
        }
    }

    /// A page of which the store said whether more follows.
    pub(crate) fn page(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next }
    }

    /// A list that is always whole.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// The cursor of a list by row ids.
pub(crate) fn to_cursor(rowid: i64) -> String {
    URL_SAFE_NO_PAD.encode(rowid.to_be_bytes())
}

/// Reads what [`to_cursor`] wrote.
pub(crate) fn from_cursor(text: &str) -> Option<i64> {
    bytes_of_cursor(text).map(i64::from_be_bytes)
}

/// The cursor of a list of events.
pub(crate) fn to_event_cursor(place: EventPlace) -> String {
    let (row, part) = (place.row.to_be_bytes(), place.part.to_be_bytes());
    URL_SAFE_NO_PAD.encode([&row[..], &part[..]].concat())
}

fn from_event_cursor(text: &str) -> Option<EventPlace> {
    let bytes: [u8; 12] = bytes_of_cursor(text)?;
    Some(EventPlace {
        row: i64::from_be_bytes(*bytes.first_chunk()?),
        part: u32::from_be_bytes(*bytes.last_chunk()?),
    })
}

fn bytes_of_cursor<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::of(&format!("/x?{query}").parse().unwrap())
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let mut given = parameters("limit=201&cursor=x&n=1&n=2&colour=red&m=x");
        given.take_page();
        assert_eq!(given.take::<u32>("n"), None);
        assert_eq!(given.take::<u32>("m"), None);
        let fault = given.finish().unwrap_err();
        let json: serde_json::Value = serde_json::from_slice(&fault.to_json("r")).unwrap();
        let named = json["violations"].as_array().unwrap().iter();
        let named: Vec<_> = named.map(|it| it["pointer"].as_str().unwrap()).collect();
        assert_eq!(named, ["?limit", "?cursor", "?n", "?m", "?colour"]);
    }

    #[test]
    fn a_cursor_of_events_leads_back_to_its_place() {
        let place = EventPlace { row: 77, part: 3 };
        let next = to_event_cursor(place);
        let (after, limit) = parameters(&format!("limit=9&cursor={next}")).take_event_page();
        assert_eq!((after, limit), (Some(place), 9));
        assert_eq!(from_event_cursor(&to_cursor(77)), None);
    }

    #[test]
    fn a_cursor_leads_on_from_the_last_row_shown() {
        let page = parameters("limit=2").take_page();
        let items = Items::of(page, vec![9_i64, 7, 5], |it| *it, |it| it);
        assert_eq!(items.items, [9, 7]);
        let next = items.next.unwrap();
        let page = parameters(&format!("cursor={next}")).take_page();
        assert_eq!((page.before, page.limit), (Some(7), USUAL_LIMIT));
        assert!(
            Items::of(page, vec![5_i64], |it| *it, |it| it)
                .next
                .is_none()
        );
    }
}
