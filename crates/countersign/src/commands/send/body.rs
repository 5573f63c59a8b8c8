//! The bodies that are posted: an example or a file, with fresh ids and values set by hand.

use std::{fs, io::Read, path::Path};

use super::{edit, fresh::Ids};
use crate::commands::{args::SendArgs, contracts::example, error::CommandError};

/// Makes one body after the other.
#[derive(Debug)]
pub(super) struct Bodies {
    body: Vec<u8>,
    content_type: String,
    /// None where the body is posted as it is.
    ids: Option<Ids>,
    sets: Vec<(String, String)>,
}

impl Bodies {
    /// Reads what is to be posted and finds its ids: `fresh` are the pointers to what differs between
    /// two messages.
    pub(super) fn new(
        args: &SendArgs,
        contracts: Option<&Path>,
        fresh: &[String],
    ) -> Result<Self, CommandError> {
        let (body, content_type) = match &args.file {
            Some(file) => (read_file(file)?, "application/json".to_owned()),
            None => {
                let example = example::find(contracts, &args.operation, None)?;
                (example.body.into_bytes(), example.content_type)
            }
        };
        let sets = args
            .sets
            .iter()
            .map(|it| parse_set(it))
            .collect::<Result<Vec<_>, _>>()?;
        // A file posted once is posted byte for byte.
        let is_renewed = args.file.is_none() || args.count > 1;
        let text = std::str::from_utf8(&body).ok();
        let ids = text.filter(|_| is_renewed).map(|it| Ids::find(it, fresh));
        let bodies = Self {
            body,
            content_type,
            ids,
            sets,
        };
        // What is wrong with a pointer is said before anything is posted.
        bodies.next()?;
        Ok(bodies)
    }

    pub(super) fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The next copy.
    pub(super) fn next(&self) -> Result<Vec<u8>, CommandError> {
        if self.ids.is_none() && self.sets.is_empty() {
            return Ok(self.body.clone());
        }
        let text = std::str::from_utf8(&self.body).map_err(|_| {
            CommandError::usage("the file is not UTF-8, so nothing in it can be set")
        })?;
        let renewed = self
            .ids
            .as_ref()
            .map_or_else(|| Ok(text.to_owned()), |it| it.renew(text));
        let set =
            |body: String, (pointer, json): &(String, String)| edit::set(&body, pointer, json);
        let body = renewed.and_then(|it| self.sets.iter().try_fold(it, set));
        body.map(String::into_bytes).map_err(CommandError::usage)
    }
}

fn read_file(file: &Path) -> Result<Vec<u8>, CommandError> {
    let read = if file == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin().lock().read_to_end(&mut body).map(|_| body)
    } else {
        fs::read(file)
    };
    read.map_err(|it| CommandError::failed(format!("{} cannot be read: {it}", file.display())))
}

/// Reads `POINTER=VALUE`; a value that is not JSON is a string.
fn parse_set(text: &str) -> Result<(String, String), CommandError> {
    let (pointer, value) = text.split_once('=').ok_or_else(|| {
        CommandError::usage(format!("`{text}` sets nothing"))
            .hint("write --set /pointer=value, such as --set /payment/utr=HDFCN1")
    })?;
    // A whole text that reads as JSON is taken literally: 2400.00 keeps its zeros.
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(value).is_ok();
    let json = if is_json {
        value.to_owned()
    } else {
        serde_json::to_string(value).expect("a text is JSON")
    };
    Ok((pointer.to_owned(), json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_json_or_else_a_string() {
        for (text, json) in [
            ("/a=2400.00", "2400.00"),
            ("/a=\"x\"", "\"x\""),
            ("/a=x=y", "\"x=y\""),
            ("/a=", "\"\""),
            ("/a={\"b\":1}", "{\"b\":1}"),
        ] {
            assert_eq!(
                parse_set(text).unwrap(),
                ("/a".to_owned(), json.to_owned()),
                "{text}"
            );
        }
        assert!(parse_set("/a").is_err());
    }
}
