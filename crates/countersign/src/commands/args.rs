//! What people type: the tree of commands and their arguments.
//!
//! Noun, then verb. The texts here are the help and docs/reference/cli.md; each command is carried
//! out by the file of its name beside this one.

mod documents;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use countersign_domain::{
    ids::{ReceiptId, RejectedId},
    receipt::Verdict,
};

pub(crate) use documents::{
    DocumentsCommand, DocumentsListArgs, EventsCommand, EventsListArgs, FindingsCommand,
    FindingsListArgs, FindingsResolveArgs,
};

/// Receives procure-to-pay webhooks and never loses one.
///
/// Data goes to stdout, everything else to stderr. The exit code is 0 when all is good, 1 when
/// something failed, 2 when the arguments or the configuration are wrong.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Arguments that every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Globals {
    /// The configuration file [default: ./countersign.toml, if it is there].
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "COUNTERSIGN_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// The data folder [default: ./countersign-data].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The private side: where `serve` listens, or the server that a command asks [default: found through the data folder].
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) admin: Option<String>,
    /// The token of the private side [default: found in the data folder].
    #[arg(long, global = true, env = "COUNTERSIGN_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Prints JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the inbox until it is told to stop.
    Serve(ServeArgs),
    /// Writes a commented countersign.toml and makes the credentials; overwrites nothing.
    Init,
    /// Checks the configuration and the contracts and names every mistake with its line.
    CheckConfig,
    /// Looks for everything that could keep the server from working, and says what to do.
    Doctor,
    /// Asks the running server whether it is alive and ready.
    Health,
    /// Shows and checks contracts.
    #[command(subcommand)]
    Contracts(ContractsCommand),
    /// Posts a webhook as its provider would.
    ///
    /// Without --file the operation's own example is posted, each copy with fresh ids. A file is
    /// posted byte for byte; only with --count above 1 does each copy get fresh ids.
    Send(SendArgs),
    /// Lists, shows and releases receipts.
    #[command(subcommand)]
    Receipts(ReceiptsCommand),
    /// Lists, shows and rebuilds documents: what the messages make of each order, invoice, payment, bill.
    #[command(subcommand)]
    Documents(DocumentsCommand),
    /// Lists, shows and resolves findings: what does not add up.
    #[command(subcommand)]
    Findings(FindingsCommand),
    /// Lists and shows events: what accepted messages say happened.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Lists and releases bodies that came without a right credential.
    #[command(subcommand)]
    Rejected(RejectedCommand),
    /// Shows the sources.
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// Prints figures measured on this machine.
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Prints a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Says what a code of a violation, a finding or a problem means, and what to do.
    Explain {
        /// The code, such as `pattern`.
        code: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// The public side, where webhooks arrive [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Turns all authentication off and takes only loopback addresses.
    #[arg(long)]
    pub(crate) dev: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContractsCommand {
    /// Lists every operation of every contract.
    List,
    /// Shows one operation: its path, where it was read, its editions.
    Show {
        /// The operation, such as `payment.pay.response`.
        operation: String,
    },
    /// Prints an example body of an operation.
    Example {
        /// The operation, such as `payment.pay.response`.
        operation: String,
        /// The example's name [default: the one that is simply accepted].
        name: Option<String>,
    },
    /// Checks a contract file: each mistake as `FILE:LINE: pointer: message`.
    Check {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SendArgs {
    /// The operation, such as `payment.pay.response`.
    pub(crate) operation: String,
    /// Where to post: a base URL, or a whole one [default: the running server, with its credentials].
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
    /// The source to post to, where several have the operation.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Adds a header, such as `x-webhook-secret: …`; credentials of the configuration are sent only to the running server.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub(crate) headers: Vec<String>,
    /// Posts this file instead of the example; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Sets a value of the body, such as `/payment/utr=ABC`; the value is JSON or else a string.
    #[arg(long = "set", value_name = "POINTER=VALUE")]
    pub(crate) sets: Vec<String>,
    /// How many copies.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: u64,
    /// How many a second at most [default: as fast as they are answered].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptsCommand {
    /// Lists receipts, newest first.
    List(ReceiptsListArgs),
    /// Shows one receipt.
    Show {
        /// Its id, such as `rcp_01jz8v5k3m2n4`.
        id: ReceiptId,
        /// Prints the exact bytes of its body instead.
        #[arg(long, conflicts_with = "json")]
        body: bool,
    },
    /// Applies a receipt, or one part of it, that is in quarantine.
    Release {
        /// Its id.
        id: ReceiptId,
        /// Only this part, counted from 0.
        #[arg(long, value_name = "N")]
        part: Option<u32>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ReceiptsListArgs {
    /// Only of this source.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only of this operation.
    #[arg(long)]
    pub(crate) operation: Option<String>,
    /// Only with this verdict: accepted, duplicate or quarantined.
    #[arg(long)]
    pub(crate) verdict: Option<Verdict>,
    /// Only received at or after: a time such as 2025-07-06T06:00:00Z, or a duration back from now such as 1h.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only received before: a time, or a duration back from now.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// How many, up to 200.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// Goes on where a list ended.
    #[arg(long)]
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RejectedCommand {
    /// Lists the bodies that were kept, newest first.
    List(PageArgs),
    /// Takes one in as if its credential had been right.
    Release {
        /// Its id, such as `rej_01jz8v5k3m2n4`.
        id: RejectedId,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// Lists the sources of the running server: contract, paths, kinds of credentials.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Posts fresh messages to a server of its own and prints rate, latency and memory.
    Ingest(BenchIngestArgs),
    /// Reads documents, findings and events from a server of its own that has many of them.
    Read(BenchReadArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct BenchReadArgs {
    /// How many receipts are stored before the measurement begins; each tells of a payment and an
    /// invoice.
    #[arg(long, default_value_t = 500_000)]
    pub(crate) stored: u64,
    /// How often each resource is asked for.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) requests: u64,
    /// Where the data folder is made and thrown away [default: the system's temporary folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct BenchIngestArgs {
    /// The operation whose example is posted, with fresh ids each time.
    #[arg(long, default_value = "payment.pay.response")]
    pub(crate) operation: String,
    /// Which example: `page-example-made-real`, or where there is none, `accepted`.
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Option<String>,
    /// How many connections post at once.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) connections: u32,
    /// For how long.
    #[arg(long, default_value = "10s", value_parser = crate::config::units::duration)]
    pub(crate) duration: std::time::Duration,
    /// How many receipts are stored before the measurement begins.
    #[arg(long, default_value_t = 0)]
    pub(crate) stored: u64,
    /// Where the data folder is made and thrown away [default: the system's temporary folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
