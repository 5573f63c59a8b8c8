//! What `serve` tells a person once it listens: where, and a curl line that works as it stands.
//!
//! The credential of that line is not in it: terminals scroll, logs are kept and other users see
//! the arguments of a process. It stands in a file that only its owner can read.

use std::{fs, io, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret as _;

use crate::{
    config::{AuthConfig, Config, SourceConfig, address::Address, credentials},
    receive::mounts::full_path,
};

/// The file of headers that the curl line reads.
const HEADERS_FILE: &str = "curl-headers";
/// The contract, the documented path and a short body of the message that the line posts.
const CONTRACT: &str = "enkash-vendor-payment";
const PATH: &str = "/api/v0/purchase-order/resp-confirm";
const BODY: &str = concat!(
    r#"{"b2bIds":{"buyerB2BId":"buyer-1","supplierB2BId":"supplier-1"},"#,
    r#""resp":{"reqMsgId":"TRY-1","result":"SUCCESS","errorCd":"","errorDtl":"","errorField":""},"#,
    r#""poConfirmation":{"objectId":"PO-1","buyerPONumber":"4500001234","#,
    r#""supplierResponse":"ACCEPT","supplierRemarks":"as agreed","#,
    r#""objectVersion":{"currentVersion":1,"newVersion":1},"#,
    r#""poStatusTransition":{"currentStatus":"CREATED","newStatus":"ACCEPTED"}},"#,
    r#""additionalInfos":[]}"#,
);

/// The text, after whatever it refers to was written.
pub(super) fn text(config: &Config, address: &Address) -> io::Result<String> {
    let Address { public, admin, .. } = address;
    let data = config.data.display();
    let token = match config.dev {
        true => "no token: --dev".to_owned(),
        false => format!("token in {data}/{}", credentials::TOKEN_FILE),
    };
    let mut text = format!(
        "countersign {version} is ready\n\
         \n  webhooks   {public}\
         \n  private    {admin}   ({token})\
         \n  data       {data}\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    if config.dev {
        text +=
            "\nNothing is authenticated (--dev). Do not let anybody else reach these addresses.\n";
    } else if uses_default_credentials(config) {
        text += &format!(
            "\nThe providers' credentials are in {data}/{}.\n",
            credentials::FILE
        );
    }
    text += "\nTry it from another terminal:\n\n";
    match curl(config, public)? {
        Some(line) => text += &format!("  {line}\n"),
        None => text += "  countersign send OPERATION\n",
    }
    text += &format!("  countersign receipts list --data {data}\n");
    Ok(text)
}

fn uses_default_credentials(config: &Config) -> bool {
    config.data.join(credentials::FILE).exists()
}

/// The curl line, where some source can be posted to by headers alone.
fn curl(config: &Config, public: &str) -> io::Result<Option<String>> {
    let mut sources = config.sources.values().filter(|it| it.contract == CONTRACT);
    let found = sources.find_map(|it| Some((it, headers(it, config.dev)?)));
    let Some((source, credential)) = found else {
        return Ok(None);
    };
    let file = fs::canonicalize(&config.data)?.join(HEADERS_FILE);
    write(
        &file,
        &format!("content-type: application/json\n{credential}"),
    )?;
    let url = format!("{public}{}", full_path(&source.mount, PATH));
    let file = file.display().to_string().replace('\'', r"'\''");
    Ok(Some(format!("curl -i {url} -H '@{file}' -d '{BODY}'")))
}

/// The lines of headers that admit to the source.
fn headers(source: &SourceConfig, dev: bool) -> Option<String> {
    if dev {
        return Some(String::new());
    }
    source.auth.iter().find_map(|auth| match auth {
        AuthConfig::Headers { headers } => headers
            .iter()
            .map(|(name, values)| Some(format!("{name}: {}\n", values.last()?.expose_secret())))
            .collect(),
        AuthConfig::ApiKey { header, keys } => {
            Some(format!("{header}: {}\n", keys.last()?.expose_secret()))
        }
        AuthConfig::Basic {
            username,
            passwords,
        } => {
            let pair = format!("{username}:{}", passwords.last()?.expose_secret());
            Some(format!("authorization: Basic {}\n", STANDARD.encode(pair)))
        }
        AuthConfig::Bearer { tokens } => Some(format!(
            "authorization: Bearer {}\n",
            tokens.last()?.expose_secret()
        )),
        AuthConfig::Path { .. } => None,
    })
}

/// Writes a file that only its owner can read, whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    // A file left by a crash may have another mode.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use countersign_domain::{
        contract::{Contract, Policy, Received, embedded},
        ids::ReceiptId,
        receipt::Verdict,
    };
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn the_body_of_the_line_gets_the_documented_answer() {
        let contract = embedded()
            .into_iter()
            .map(|(_, text)| Contract::load(text).unwrap())
            .find(|it| &*it.name == CONTRACT)
            .unwrap();
        let operation = contract
            .operations
            .iter()
            .find(|it| it.path == PATH)
            .unwrap();
        let received = Received {
            receipt: ReceiptId::from_rowid(1),
            received_at: Timestamp::UNIX_EPOCH,
            request_id: "r",
            source: "enkash",
            content_type: Some("application/json"),
            body: BODY.as_bytes(),
        };
        let judgement = contract.check(operation, &Policy::default(), &received);
        assert_eq!(
            judgement.verdict,
            Verdict::Accepted,
            "{:?}",
            judgement.violations
        );
        assert_eq!(judgement.answer.status, 200);
    }
}
