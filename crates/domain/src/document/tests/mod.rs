//! What must hold of documents, whatever the order in which messages come.

mod cases;
mod doubts;
mod growth;
mod ledger;
mod legs;
mod lives;
mod make;
mod matching;
mod properties;
mod table;
mod tape;
mod tellings;
mod units;
mod walks;
