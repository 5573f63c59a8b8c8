//! What a server has stored, as its private resources tell it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;

use super::{Client, Server, bodies};

/// How many ask at once.
const READERS: usize = 4;

impl Server {
    /// Every receipt that a query finds, the newest first.
    pub(crate) fn receipts(&self, query: &str) -> Vec<Value> {
        self.receipts_since(query, None)
    }

    /// The same, but only those newer than the one with this id.
    pub(crate) fn receipts_since(&self, query: &str, known: Option<&str>) -> Vec<Value> {
        self.list("/api/v1/receipts", query, known)
    }

    /// Every body that was kept after a failed authentication, the newest first.
    pub(crate) fn rejected(&self) -> Vec<Value> {
        self.list("/api/v1/rejected", "", None)
    }

    /// Every document that a query finds, the newest first.
    pub(crate) fn documents(&self, query: &str) -> Vec<Value> {
        self.list("/api/v1/documents", query, None)
    }

    /// Every finding that a query finds, the newest first.
    pub(crate) fn findings(&self, query: &str) -> Vec<Value> {
        self.list("/api/v1/findings", query, None)
    }

    /// Every event that a query finds, the newest first.
    pub(crate) fn events(&self, query: &str) -> Vec<Value> {
        self.list("/api/v1/events", query, None)
    }

    fn list(&self, path: &str, query: &str, known: Option<&str>) -> Vec<Value> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        let mut client = Client::connect(self.admin);
        loop {
            let page = format!("{path}?limit=200{query}{cursor}");
            let answer = client.ask(&self.private("GET", &page)).unwrap();
            assert_eq!(answer.status, 200, "{page}: {}", answer.text());
            let page = answer.json();
            for item in page["items"].as_array().unwrap() {
                if known.is_some() && item["id"].as_str() == known {
                    return found;
                }
                found.push(item.clone());
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// The newest receipt.
    pub(crate) fn newest(&self) -> Value {
        self.get("/api/v1/receipts?limit=1")["items"][0].clone()
    }

    /// One receipt with everything but its bytes.
    pub(crate) fn receipt(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/receipts/{id}"))
    }

    /// The exact bytes of one receipt.
    pub(crate) fn body(&self, id: &str) -> Vec<u8> {
        let answer = self.ask("GET", &format!("/api/v1/receipts/{id}/body"), "");
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        answer.body
    }

    /// Which verdicts the stored bodies of these receipts have, by their numbers.
    pub(crate) fn by_number(&self, receipts: &[Value]) -> BTreeMap<u64, Vec<String>> {
        let found: Mutex<BTreeMap<u64, Vec<String>>> = Mutex::default();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| {
                    let mut client = Client::connect(self.admin);
                    while let Some(receipt) = receipts.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let id = receipt["id"].as_str().unwrap();
                        let path = format!("/api/v1/receipts/{id}/body");
                        let body = client.ask(&self.private("GET", &path)).unwrap().body;
                        let number = bodies::number(&body);
                        let verdict = receipt["verdict"].as_str().unwrap().to_owned();
                        found
                            .lock()
                            .unwrap()
                            .entry(number)
                            .or_default()
                            .push(verdict);
                    }
                });
            }
        });
        found.into_inner().unwrap()
    }
}
