//! `health`: asks the running server whether it is alive and ready; exit code 1 when it is not.

use serde_json::{Value, json};

use super::{
    args::Globals,
    client::{self, Client},
    error::CommandError,
    output, table,
};

pub(crate) fn run(globals: &Globals) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let (health, ready) = client::block_on(async {
        Ok((
            client.status(&["health"]).await?,
            client.status(&["ready"]).await?,
        ))
    })?;
    if globals.json {
        output::json(&json!({"health": health.1, "ready": ready.1}));
    } else {
        output::data(&table::pairs(&[
            ("health", line(&health)),
            ("ready", line(&ready)),
        ]));
    }
    if health.0 == 200 && ready.0 == 200 {
        Ok(())
    } else {
        Err(CommandError::Shown)
    }
}

fn line((status, body): &(u16, Value)) -> String {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    match (status, text("status"), text("detail")) {
        (200, Some(word), _) => word.to_owned(),
        (200, None, _) => "yes".to_owned(),
        (_, _, Some(detail)) => format!("no: {detail}"),
        _ => format!("no: the server answered {status}"),
    }
}
