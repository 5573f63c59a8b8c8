//! The generated pages of docs/reference: compared with the files, or written anew.

use std::{env, fmt::Write, fs, path::Path};

use clap::CommandFactory;

use super::{args::Cli, explain};
use crate::{api::Problem, config, telemetry};

const RENEW: &str = "run UPDATE_REFERENCES=1 cargo nextest run references";

/// Compares a page with its file, or writes the file when asked to.
fn check(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(name);
    if env::var_os("UPDATE_REFERENCES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, page).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = written
        .lines()
        .zip(page.lines())
        .position(|(written, page)| written != page);
    let line = differs.unwrap_or_else(|| written.lines().count().min(page.lines().count())) + 1;
    assert!(
        written == page,
        "docs/reference/{name} differs from the code in line {line}: {RENEW}"
    );
}

fn page(title: &str, made_from: &str, introduction: &str) -> String {
    format!("# {title}\n\n<!-- Made from {made_from}: {RENEW} to renew it. -->\n\n{introduction}\n")
}

#[test]
fn references_configuration() {
    check("configuration.md", &config::reference::configuration());
}

#[test]
fn references_cli() {
    let mut page = page(
        "Commands",
        "crates/countersign/src/commands/args.rs",
        "Data goes to stdout, everything else to stderr.\n\
         The exit code is 0 when all is good, 1 when something failed, 2 when the arguments or the configuration are wrong.",
    );
    let mut cli = Cli::command().term_width(100).disable_help_subcommand(true);
    cli.build();
    write_command(&mut cli, "countersign", &mut page);
    check("cli.md", &page);
}

fn write_command(command: &mut clap::Command, path: &str, page: &mut String) {
    let help = command.clone().render_long_help().to_string();
    let help: String = help
        .lines()
        .map(|it| it.trim_end().to_owned() + "\n")
        .collect();
    let _ = write!(page, "\n## `{path}`\n\n```text\n{}\n```\n", help.trim_end());
    for below in command
        .get_subcommands_mut()
        .filter(|it| it.get_name() != "help")
    {
        let path = format!("{path} {}", below.get_name());
        write_command(below, &path, page);
    }
}

#[test]
fn references_codes() {
    let mut page = page(
        "Codes of violations and findings",
        "crates/domain/src/receipt.rs and crates/countersign/src/commands/explain.rs",
        "A violation is one broken rule of the contract; a finding is true to the contract but doubtful in business.\n\
         `countersign explain CODE` shows the same.",
    );
    for (kind, title) in [("violation", "Violations"), ("finding", "Findings")] {
        let has_severity = kind == "finding";
        let (heading, line) = if has_severity {
            (" severity |", "---|")
        } else {
            ("", "")
        };
        let _ = write!(
            page,
            "\n## {title}\n\n| code |{heading} means | what to do |\n|---|{line}---|---|\n"
        );
        for it in explain::all().iter().filter(|it| it.kind == kind) {
            let severity = it.severity.map(|it| format!(" {} |", it.as_str()));
            let _ = writeln!(
                page,
                "| `{}` |{} {} | {} |",
                it.code,
                severity.unwrap_or_default(),
                it.meaning,
                it.what_to_do
            );
        }
    }
    check("codes.md", &page);
}

#[test]
fn references_problems() {
    let mut page = page(
        "Problems",
        "crates/countersign/src/api/problem.rs",
        "A problem is an error as a client of the private resources sees it: `application/problem+json` of RFC 9457.\n\
         `countersign explain CODE` shows the same.",
    );
    for it in Problem::ALL {
        let (code, status, title) = (it.code(), it.status().as_u16(), it.title());
        let _ = write!(
            page,
            "\n## `{code}`\n\n{title}, status {status}.\n\n*What happened:* {}\n\n*What to do:* {}\n",
            it.meaning(),
            it.what_to_do()
        );
    }
    check("problems.md", &page);
}

#[test]
fn references_metrics() {
    let mut page = page(
        "Metrics",
        "crates/countersign/src/telemetry.rs",
        "`GET /metrics` of the private side shows these in the Prometheus text format.",
    );
    page += "\n| metric | kind | labels | means |\n|---|---|---|---|\n";
    for it in telemetry::METRICS {
        let labels: Vec<_> = it.labels.iter().map(|it| format!("`{it}`")).collect();
        let kind = format!("{:?}", it.kind).to_lowercase();
        let _ = writeln!(
            page,
            "| `{}` | {kind} | {} | {} |",
            it.name,
            labels.join(", "),
            it.help
        );
    }
    check("metrics.md", &page);
}
