//! What people type about documents, findings and events.

use clap::{Args, Subcommand};
use countersign_domain::{
    ids::{ChangeId, EventId, FindingId},
    receipt::{FindingCode, Severity},
};

use super::PageArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum DocumentsCommand {
    /// Lists documents, newest first.
    List(DocumentsListArgs),
    /// Shows where one document stands, its money, and who said what about it.
    Show {
        /// Its kind and id, such as `invoice/INV-1`, or its kind alone.
        #[arg(value_name = "KIND/ID")]
        document: String,
        /// Its id, where the kind stands alone.
        #[arg(value_name = "ID")]
        id: Option<String>,
    },
    /// Folds every document again out of its changes, and mends what differs; exits with 1 if something cannot be mended.
    Rebuild {
        /// Mends nothing: names each document that differs, and exits with 1 if one does.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DocumentsListArgs {
    /// Only of this kind, such as `invoice`.
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Only with this status, however it is written: `PAYMENT INITIATED` or `payment_initiated`.
    #[arg(long)]
    pub(crate) status: Option<String>,
    /// Only with this party, in any role.
    #[arg(long)]
    pub(crate) party: Option<String>,
    /// Only with this number: an invoice's or purchase order's number, a UTR, a bill's number.
    #[arg(long)]
    pub(crate) number: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FindingsCommand {
    /// Lists what does not add up, newest first; open findings of at least `warning` unless told otherwise.
    List(FindingsListArgs),
    /// Shows one finding and what to do about it.
    Show {
        /// Its id, such as `fnd_01jz8v5k3m2n4`.
        id: FindingId,
    },
    /// Writes down what you decide about a finding.
    ///
    /// Where two changes contradict each other, pick the one that is true or void the one that is
    /// not. A finding about a message is closed with a reason alone.
    Resolve(FindingsResolveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct FindingsListArgs {
    /// Only with this code, such as `conflict`.
    #[arg(long, value_parser = finding_code)]
    pub(crate) code: Option<FindingCode>,
    /// Only about this document.
    #[arg(long, value_name = "KIND/ID")]
    pub(crate) document: Option<String>,
    /// Only open ones; this is what is listed when nothing is said.
    #[arg(long, conflicts_with_all = ["closed", "all"])]
    pub(crate) open: bool,
    /// Only closed ones.
    #[arg(long, conflicts_with = "all")]
    pub(crate) closed: bool,
    /// Open and closed ones, of every severity.
    #[arg(long)]
    pub(crate) all: bool,
    /// At least this severity: info, warning or error [default: warning; info with --code, --document or --all].
    #[arg(long, value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FindingsResolveArgs {
    /// Its id.
    pub(crate) id: FindingId,
    /// This change is true: its rivals are taken out.
    #[arg(long, value_name = "CHANGE", conflicts_with = "void")]
    pub(crate) pick: Option<ChangeId>,
    /// This change is not true: it is taken out.
    #[arg(long, value_name = "CHANGE")]
    pub(crate) void: Option<ChangeId>,
    /// Why; it is kept with the document.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Lists events, newest first.
    List(EventsListArgs),
    /// Shows one event with the provider's own bytes.
    Show {
        /// Its id, such as `evt_01jz8v5k3m2n4_0`.
        id: EventId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct EventsListArgs {
    /// Only of these types: an operation, or a pattern such as `payment.*`.
    #[arg(long = "type", value_name = "PATTERN")]
    pub(crate) pattern: Option<String>,
    /// Only through this source.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only those that tell of this document.
    #[arg(long, value_name = "KIND/ID")]
    pub(crate) document: Option<String>,
    /// Only received at or after: a time such as 2025-07-06T06:00:00Z, or a duration back from now such as 1h.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only received before: a time, or a duration back from now.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

fn finding_code(text: &str) -> Result<FindingCode, String> {
    FindingCode::of(text).ok_or_else(|| {
        let known: Vec<_> = FindingCode::ALL.iter().map(|it| it.as_str()).collect();
        format!("there are {}", known.join(", "))
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|it| it.as_str() == text);
    known.ok_or_else(|| "there are info, warning and error".to_owned())
}
