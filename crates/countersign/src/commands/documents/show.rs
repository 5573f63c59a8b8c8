//! One document for a person: where it stands and since when, its money, who is party, who said
//! what, and what does not add up with the next command to type.

use serde_json::Value;

use super::{doubts::doubts, step::step};
use crate::commands::{
    answer::{array, cells, text, time},
    output::clean,
    table,
};

/// The amounts that are told first, in their order.
const FIRST: [&str; 4] = ["total", "paid", "adjusted", "due"];

/// The whole page.
pub(super) fn whole(document: &Value) -> String {
    let title = format!("{} {}", text(document, "kind"), text(document, "id"));
    let mut shown = format!("{}\n\n{}", clean(&title), standing(document));
    let mut section = |title: &str, text: String| {
        if !text.is_empty() {
            shown += &format!("\n{title}\n{text}");
        }
    };
    section(&money_title(document), money(document));
    for (name, rows) in members(document, "rows") {
        section(&titled(name), rows_of(rows));
    }
    section("Linked", links(document));
    section(&timeline_title(document), timeline(document));
    section("Decisions", decisions(document));
    section("What does not add up", doubts(document, false));
    section("Worth knowing", doubts(document, true));
    shown
}

fn standing(document: &Value) -> String {
    let status = match (text(document, "status"), text(document, "version")) {
        (status, _) if status.is_empty() => "not told yet".to_owned(),
        (status, version) if version.is_empty() => status,
        (status, version) => format!("{status}, version {version}"),
    };
    let in_conflict = array(document, "findings").any(|it| text(it, "code") == "conflict");
    let doubt = if in_conflict {
        " (in conflict, see below)"
    } else {
        ""
    };
    let waits: Vec<_> = array(document, "waits_for")
        .map(|it| {
            let (status, version) = (text(it, "status"), text(it, "version"));
            format!("a message that leads to {status} at version {version}")
        })
        .collect();
    let mut pairs = vec![
        ("status".to_owned(), status + doubt),
        ("since".to_owned(), since(document)),
        ("waits for".to_owned(), waits.join(", and ")),
    ];
    let legs: Vec<_> = members(document, "legs").collect();
    if legs.len() > 1 {
        pairs.extend(legs.into_iter().map(named));
    }
    pairs.extend(members(document, "parties").map(named));
    pairs.extend(members(document, "facts").map(named));
    pairs.push(("updated".to_owned(), time(document, "updated_at")));
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    table::pairs(&pairs)
}

/// When the document came to where it stands, as the provider says, or else as the message came.
fn since(document: &Value) -> String {
    let (status, version) = (document.get("status"), document.get("version"));
    let tells = |entry: &&Value| {
        let to = entry.get("to").filter(|it| it.is_object());
        let moved = to.is_some_and(|it| it.get("status") == status && it.get("version") == version);
        let is_told = to.is_none() && members(entry, "legs").any(|(_, word)| Some(word) == status);
        (moved || is_told) && text(entry, "outcome") != "repeat" && !is_void(entry)
    };
    let times = array(document, "timeline").filter(tells).map(moment);
    let is_moved = array(document, "timeline").any(|it| it.get("to").is_some_and(Value::is_object));
    // A node may have been left and reached again; a leg's word stands since it was first told.
    let since = if is_moved { times.max() } else { times.min() };
    since.unwrap_or_default()
}

/// Whether a decision takes a line of the timeline out.
fn is_void(entry: &Value) -> bool {
    entry.get("void").and_then(Value::as_bool) == Some(true)
}

/// When something happened: the provider's time, or else ours.
fn moment(entry: &Value) -> String {
    match time(entry, "at") {
        it if it.is_empty() => time(entry, "received_at"),
        it => it,
    }
}

fn money_title(document: &Value) -> String {
    match document.get("facts").map(|it| text(it, "currency")) {
        Some(currency) if !currency.is_empty() => format!("Money, {}", clean(&currency)),
        _ => "Money".to_owned(),
    }
}

fn money(document: &Value) -> String {
    let amounts: Vec<_> = members(document, "money").map(named).collect();
    let first = FIRST
        .iter()
        .filter_map(|name| amounts.iter().find(|(it, _)| it == name));
    let others = amounts
        .iter()
        .filter(|(it, _)| !FIRST.contains(&it.as_str()));
    let told: Vec<_> = first.chain(others).collect();
    let names = told.iter().map(|(name, _)| name.chars().count()).max();
    let figures = told.iter().map(|(_, amount)| amount.len()).max();
    let (names, figures) = (names.unwrap_or(0), figures.unwrap_or(0));
    let line = |(name, amount): &&(String, String)| {
        format!("{:names$}  {:>figures$}\n", clean(name), clean(amount))
    };
    told.iter().map(line).collect()
}

fn rows_of(rows: &Value) -> String {
    let rows: Vec<_> = rows.as_array().into_iter().flatten().collect();
    let mut heading: Vec<&str> = Vec::new();
    for row in &rows {
        for name in row.as_object().into_iter().flat_map(|it| it.keys()) {
            if !heading.contains(&name.as_str()) {
                heading.push(name);
            }
        }
    }
    let lines = rows
        .iter()
        .map(|row| heading.iter().map(|name| text(row, name)).collect());
    table::figures(&heading, lines.collect())
}

fn links(document: &Value) -> String {
    let lines = members(document, "links").map(|(name, targets)| {
        let targets = targets.as_array().into_iter().flatten();
        let targets: Vec<_> = targets.filter_map(Value::as_str).collect();
        format!("{}  {}\n", clean(name), clean(&targets.join(", ")))
    });
    lines.collect()
}

fn timeline_title(document: &Value) -> String {
    let shown = array(document, "timeline").count() as u64;
    let all = document.get("changes").and_then(Value::as_u64);
    match all.filter(|it| *it > shown) {
        Some(all) => format!("Timeline, the last {shown} of {all} changes"),
        None => "Timeline, in the order of arrival".to_owned(),
    }
}

fn timeline(document: &Value) -> String {
    let line = |entry: &Value| {
        let mut line = vec![moment(entry), text(entry, "operation"), step(entry)];
        let outcome = text(entry, "outcome");
        line.push(match is_void(entry) {
            true => format!("void (was {outcome})"),
            false => outcome,
        });
        line.extend(cells(entry, &["change", "source", "receipt"]));
        line
    };
    let lines: Vec<_> = array(document, "timeline").map(line).collect();
    if lines.is_empty() {
        return String::new();
    }
    let heading = [
        "when",
        "operation",
        "said",
        "outcome",
        "change",
        "source",
        "receipt",
    ];
    table::render(&heading, lines)
}

fn decisions(document: &Value) -> String {
    let line = |it: &Value| {
        let change = text(it, "change");
        let said = array(document, "timeline").find(|it| text(it, "change") == change);
        let ruling = format!(
            "{} {}",
            text(it, "ruling"),
            said.map(step).unwrap_or_default()
        );
        let ruling = ruling.trim().to_owned();
        vec![time(it, "at"), ruling, change, text(it, "reason")]
    };
    let lines: Vec<_> = array(document, "decisions").map(line).collect();
    if lines.is_empty() {
        return String::new();
    }
    table::render(&["when", "decided", "change", "why"], lines)
}

/// The members of a member that is an object.
pub(super) fn members<'v>(
    value: &'v Value,
    name: &str,
) -> impl Iterator<Item = (&'v str, &'v Value)> {
    let object = value.get(name).and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .map(|(name, it)| (name.as_str(), it))
}

fn named((name, value): (&str, &Value)) -> (String, String) {
    (
        name.to_owned(),
        value.as_str().unwrap_or_default().to_owned(),
    )
}

/// A name as a title.
fn titled(name: &str) -> String {
    let name = clean(name);
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn invoice() -> Value {
        let node = |status: &str| json!({"version": 1, "status": status});
        let told = |from: &str, to: &str, at: &str, operation: &str| {
            json!({"change": "chg_1", "receipt": "rcp_1", "source": "enkash", "operation": operation,
                "from": node(from), "to": node(to), "legs": {}, "at": at, "outcome": "applied",
                "received_at": "2025-07-09T00:00:00Z"})
        };
        json!({
            "kind": "invoice", "id": "INV-1", "version": 1, "status": "PAID", "legs": {},
            "parties": {"buyer": "a@enk"}, "facts": {"currency": "INR"},
            "money": {"due": "0.00", "paid": "2300.00", "adjusted": "100.00", "total": "2400.00", "stated": "1"},
            "rows": {"payments": [{"key": "PMT-1", "outcome": "ACCEPT", "net": "2300.00"}]},
            "links": {"payment": ["PMT-1"]}, "waits_for": [node("PAYMENT INITIATED")],
            "findings": [{"id": "fnd_1", "code": "conflict", "severity": "error", "message": "two say so",
                "about": "ACCEPTED at version 1", "candidates": ["chg_1"]}],
            "timeline": [
                told("ACCEPTED", "PAYMENT INITIATED", "2025-07-06T06:00:00Z", "payment.pay.response"),
                told("PAYMENT INITIATED", "PAID", "2025-07-08T06:00:00Z", "payment.confirm.request"),
            ],
            "changes": 2, "decisions": [], "updated_at": "2025-07-09T00:00:00Z",
        })
    }

    #[test]
    fn a_document_says_where_it_stands_what_it_is_worth_and_what_to_do() {
        let shown = whole(&invoice());
        for expected in [
            "invoice INV-1\n\nstatus     PAID, version 1 (in conflict, see below)\nsince      2025-07-08T06:00:00Z\n",
            "waits for  a message that leads to PAYMENT INITIATED at version 1\n",
            "buyer      a@enk\n",
            "\nMoney, INR\ntotal     2400.00\npaid      2300.00\nadjusted   100.00\ndue          0.00\nstated          1\n",
            "\nPayments\nKEY    OUTCOME      NET\nPMT-1  ACCEPT   2300.00\n",
            "payment.confirm.request  PAYMENT INITIATED → PAID",
            "\nerror conflict: two say so\n    chg_1  ACCEPTED → PAYMENT INITIATED  (payment.pay.response in rcp_1)\n    \
             countersign findings resolve fnd_1 --pick CHANGE --reason TEXT\n",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
        assert!(!shown.contains("Decisions"), "{shown}");
    }

    #[test]
    fn a_decision_says_what_it_decided_and_a_void_line_that_it_counts_no_more() {
        let mut invoice = invoice();
        invoice["timeline"][1]["change"] = json!("chg_2");
        invoice["timeline"][1]["void"] = json!(true);
        invoice["decisions"] = json!([{"id": "dec_1", "at": "2025-07-10T00:00:00Z", "ruling": "void",
            "change": "chg_2", "reason": "not paid"}]);
        let shown = whole(&invoice);
        for expected in [
            "PAYMENT INITIATED → PAID      void (was applied)  chg_2   enkash  rcp_1\n",
            "2025-07-10T00:00:00Z  void PAYMENT INITIATED → PAID  chg_2   not paid\n",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
    }

    #[test]
    fn a_word_of_a_leg_stands_since_it_was_first_told() {
        let told = |word: &str, at: &str, outcome: &str| json!({"from": null, "to": null, "at": at, "outcome": outcome, "legs": {"status": word}});
        let payment = json!({"status": "CONFIRMED", "version": null, "timeline": [
            told("CONFIRMED", "2025-07-08T06:00:00Z", "applied"),
            told("INITIATED", "2025-07-06T06:00:00Z", "late"),
            told("CONFIRMED", "2025-07-09T06:00:00Z", "late"),
        ]});
        assert_eq!(since(&payment), "2025-07-08T06:00:00Z");
    }
}
