//! Counts the answers and their latencies, and tells them to a person or a program.

use std::{error::Error as _, time::Duration};

use bytes::Bytes;
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::task::JoinError;

use super::target::Target;
use crate::commands::{
    error::CommandError,
    output::{clean, clean_lines},
    table,
};

/// What one request came to.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) given: Result<(u16, Bytes), reqwest::Error>,
    pub(super) took: Duration,
}

/// What all of them came to.
#[derive(Debug)]
pub(super) struct Tally {
    sent: u64,
    answered: u64,
    wrong: u64,
    /// In microseconds.
    latencies: Histogram<u64>,
    took: Duration,
    first: Option<Answer>,
    first_wrong: Option<String>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            sent: 0,
            answered: 0,
            wrong: 0,
            latencies: Histogram::new(3).expect("three digits are allowed"),
            took: Duration::ZERO,
            first: None,
            first_wrong: None,
        }
    }
}

impl Tally {
    pub(super) fn add_joined(&mut self, joined: Option<Result<Answer, JoinError>>) {
        match joined {
            Some(Ok(answer)) => self.add(answer),
            Some(Err(_)) => self.sent += 1,
            None => {}
        }
    }

    fn add(&mut self, answer: Answer) {
        self.sent += 1;
        let wrong = match &answer.given {
            Ok((status, body)) => {
                self.answered += 1;
                // It grows with what it is given, so nothing is out of its range.
                let _ = self.latencies.record(micros(answer.took));
                (*status != 200).then(|| {
                    self.wrong += 1;
                    format!("{status} {}", clean(&String::from_utf8_lossy(body)))
                })
            }
            Err(error) => Some(reason(error)),
        };
        if self.first_wrong.is_none() {
            self.first_wrong = wrong;
        }
        if self.first.is_none() {
            self.first = Some(answer);
        }
    }

    pub(super) fn took(&mut self, took: Duration) {
        self.took = took;
    }

    /// Whether every copy was answered 200.
    pub(super) fn all_good(&self) -> bool {
        self.answered == self.sent && self.wrong == 0
    }

    /// One line for a program.
    pub(super) fn summary(&self) -> Value {
        let latency = |quantile| millis(self.latencies.value_at_quantile(quantile));
        json!({
            "sent": self.sent,
            "answered": self.answered,
            "wrong_answers": self.wrong,
            "latency_ms": {"p50": number(&latency(0.5)), "p99": number(&latency(0.99)),
                "max": number(&millis(self.latencies.max()))},
            "seconds": number(&millis(micros(self.took).div_ceil(1000))),
        })
    }

    /// Lines for a person.
    pub(super) fn text(&self, url: &str) -> String {
        if let (
            1,
            Some(Answer {
                given: Ok((status, body)),
                took,
            }),
        ) = (self.sent, &self.first)
        {
            let body = clean_lines(&String::from_utf8_lossy(body));
            return format!(
                "{status} in {} ms from {url}\n{body}\n",
                millis(micros(*took))
            );
        }
        let latency = |quantile| millis(self.latencies.value_at_quantile(quantile)) + " ms";
        table::pairs(&[
            ("to", url.to_owned()),
            ("sent", self.sent.to_string()),
            ("answered", self.answered.to_string()),
            ("wrong answers", self.wrong.to_string()),
            ("p50", latency(0.5)),
            ("p99", latency(0.99)),
            ("max", millis(self.latencies.max()) + " ms"),
            ("seconds", millis(micros(self.took).div_ceil(1000))),
        ])
    }

    /// Why it is not all good.
    pub(super) fn failure(&self, target: &Target) -> CommandError {
        let url = target.shown();
        if self.answered == 0 {
            let reason = self.first_wrong.as_deref().unwrap_or("nothing was sent");
            return CommandError::failed(format!("nobody answered at {url}: {reason}"))
                .hint("start a server with `countersign serve`, or name another URL with --to");
        }
        let wrong = self.wrong + (self.sent - self.answered);
        let error = CommandError::failed(match (self.sent, &self.first_wrong) {
            (1, _) | (_, None) => "the answer was not 200".to_owned(),
            (sent, Some(first)) => {
                format!("{wrong} of {sent} were not answered 200; first: {first}")
            }
        });
        match &self.first_wrong {
            Some(first) if first.starts_with("401") && !target.is_ours => {
                error.hint("with --to only what --header 'name: value' gives is sent: check the credential")
            }
            Some(first) if first.starts_with("401") => error.hint(
                "the running server has other credentials than this configuration: give the same --config as it has, or restart it if the file has changed",
            ),
            _ => error.hint("`countersign receipts list` shows what was kept"),
        }
    }
}

fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match error.source() {
        Some(_) => cause.to_string(),
        None => error.to_string(),
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// Thousands of something with three decimals.
fn millis(thousandths: u64) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

fn number(text: &str) -> Value {
    serde_json::from_str(text).expect("digits and a point are a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, millis: u64) -> Answer {
        Answer {
            given: Ok((status, Bytes::from_static(b"{}"))),
            took: Duration::from_millis(millis),
        }
    }

    #[test]
    fn answers_are_counted_and_others_than_200_are_wrong() {
        let mut tally = Tally::default();
        for (status, millis) in [(200, 1), (200, 2), (422, 9)] {
            tally.add(answer(status, millis));
        }
        tally.took(Duration::from_millis(1500));
        let summary = tally.summary();
        assert_eq!(summary["sent"], 3);
        assert_eq!(summary["answered"], 3);
        assert_eq!(summary["wrong_answers"], 1);
        assert_eq!(summary["seconds"].to_string(), "1.5");
        let max = summary["latency_ms"]["max"].to_string();
        assert!(max.starts_with("9."), "{max}");
        assert!(!tally.all_good());
        assert_eq!(tally.first_wrong.as_deref(), Some("422 {}"));
    }

    #[test]
    fn one_answer_is_shown_whole() {
        let mut tally = Tally::default();
        tally.add(answer(200, 3));
        assert_eq!(
            tally.text("http://a/b"),
            "200 in 3.000 ms from http://a/b\n{}\n"
        );
        assert!(tally.all_good());
    }
}
