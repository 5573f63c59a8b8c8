//! kill -9 under load: after a 200, no crash loses a receipt, and none is there twice.
//!
//! All rounds work on one data folder, so that what an earlier round left behind is part of the
//! later ones. A power cut is not simulated: `sync_order` proves the sync that a power cut needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{
    Client, Home, PAY, SIMPLE, Server, bodies,
    load::{Load, Sent, with_status},
    until,
};

const ROUNDS: u64 = 20;
const CONNECTIONS: usize = 64;
/// The numbers of a round begin at its own multiple of this.
const A_ROUND: u64 = 1_000_000;

/// What is known of a data folder.
#[derive(Default)]
struct Known {
    /// Every number that was answered with 200.
    promised: BTreeSet<u64>,
    /// Every number that was sent at all.
    sent: BTreeSet<u64>,
    /// Every number that is stored, with its verdicts.
    stored: BTreeMap<u64, Vec<String>>,
    /// The newest receipt that was looked at.
    newest: Option<String>,
}

impl Known {
    fn note(&mut self, sent: &[Sent]) {
        self.promised.extend(with_status(sent, 200));
        self.sent.extend(sent.iter().map(|it| it.number));
    }

    /// Reads what was stored since the last look.
    fn look(&mut self, server: &Server) {
        let receipts = server.receipts_since("", self.newest.as_deref());
        if let Some(newest) = receipts.first() {
            self.newest = newest["id"].as_str().map(str::to_owned);
        }
        for (number, verdicts) in server.by_number(&receipts) {
            self.stored.entry(number).or_default().extend(verdicts);
        }
    }

    fn is_whole(&self) {
        for number in &self.promised {
            assert!(
                self.stored.contains_key(number),
                "{number} was promised and is lost"
            );
        }
        for (number, verdicts) in &self.stored {
            assert!(self.sent.contains(number), "{number} was never sent");
            let accepted = verdicts.iter().filter(|it| *it == "accepted").count();
            assert_eq!(accepted, 1, "{number}: {verdicts:?}");
        }
    }
}

#[test]
fn heavy_what_was_answered_200_is_there_once_after_every_one_of_twenty_kills() {
    let home = Home::new();
    let mut known = Known::default();
    let mut server = home.start();
    for round in 0..ROUNDS {
        // Rounds differ in length, so that the kill meets different moments of the store's work.
        let enough = 400 + 211 * (round % 7);
        let load = Load::on(&server, A_ROUND * (round + 1));
        let mut running = Some(server);
        let sent = load.run(CONNECTIONS, |load| {
            until("the load is answered", || {
                (load.answered() >= enough).then_some(())
            });
            running.take().unwrap().kill();
        });
        let cut_off = sent.iter().filter(|it| it.status.is_none()).count();
        assert!(
            cut_off > 0,
            "the kill of round {round} came when nothing was under way"
        );
        known.note(&sent);
        server = home.start();
        known.look(&server);
        known.is_whole();
        tells_its_documents(&server, &sent);
        post_again(&server, &sent, &mut known);
    }
    known.look(&server);
    known.is_whole();
    is_what_its_changes_make(&server);
    let all = server.receipts("&verdict=accepted").len();
    assert_eq!(
        all,
        known.stored.len(),
        "nothing of an earlier round went away"
    );
    assert!(known.promised.len() >= 400 * 20);
}

/// What was answered told its documents and made its event in the same commit.
fn tells_its_documents(server: &Server, sent: &[Sent]) {
    for number in with_status(sent, 200).step_by(37) {
        let body: Value = serde_json::from_slice(&bodies::payment(number)).unwrap();
        let id = |at: &str| body.pointer(at).unwrap().as_str().unwrap().to_owned();
        let payment = id("/payment/objectId");
        let invoice = id("/payment/invoicesPayInfos/0/objectId");
        let told = server.get(&format!("/api/v1/documents/payment/{payment}"));
        assert_eq!(told["status"], "INITIATED", "{number}");
        let told = server.get(&format!("/api/v1/documents/invoice/{invoice}"));
        let receipt = told["timeline"][0]["receipt"].as_str().unwrap();
        let event = receipt.replacen("rcp_", "evt_", 1) + "_0";
        let event = server.get(&format!("/api/v1/events/{event}"));
        assert_eq!(event["subject"], format!("payment/{payment}"), "{number}");
    }
}

/// Refolds every document: none differs from what is kept.
fn is_what_its_changes_make(server: &Server) {
    let (mut after, mut documents) = (Value::Null, 0);
    loop {
        let slice = json!({"check": true, "after": after}).to_string();
        let answer = server.ask("POST", "/api/v1/documents/rebuild", &slice);
        let told: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(told["differences"], json!([]));
        documents += told["documents"].as_u64().unwrap();
        after = told["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert!(documents > 400 * 20, "{documents}");
}

/// What was answered is a duplicate now; what was cut off is a duplicate or new, and never twice.
fn post_again(server: &Server, sent: &[Sent], known: &mut Known) {
    let answered = sent.iter().filter(|it| it.status == Some(200)).take(16);
    let cut_off = sent.iter().filter(|it| it.status.is_none());
    let mut client = Client::connect(server.public);
    for it in answered.chain(cut_off) {
        let is_stored = known.stored.contains_key(&it.number);
        let request = server.request(PAY, bodies::payment(it.number));
        let answer = client.ask(&request).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
        known.promised.insert(it.number);
        known.look(server);
        let last = known.stored[&it.number].last().map(String::as_str);
        let expected = if is_stored { "duplicate" } else { "accepted" };
        assert_eq!(last, Some(expected), "{}", it.number);
    }
}
