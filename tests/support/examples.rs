//! The examples of the contracts: `contracts/examples/<operation>/<name>.json`.
//!
//! The body of an example is posted as its literal text stands in the file.

use std::{fs, path::Path};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/examples");

/// One example file.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) operation: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) policy: Value,
    pub(crate) body: Vec<u8>,
    pub(crate) expect: Value,
}

#[derive(Deserialize)]
struct File {
    content_type: Option<String>,
    #[serde(default)]
    policy: Value,
    body: Option<Box<RawValue>>,
    text: Option<String>,
    expect: Value,
}

/// Every example of every operation, in the order of their names.
pub(crate) fn all() -> Vec<Example> {
    let mut examples = Vec::new();
    for folder in sorted(Path::new(FOLDER)) {
        for file in sorted(&folder) {
            examples.push(read(&stem(&folder), &stem(&file)));
        }
    }
    examples
}

/// The page's own example of an operation.
pub(crate) fn page(operation: &str) -> Example {
    read(operation, "page-example")
}

/// One example by its name.
pub(crate) fn read(operation: &str, name: &str) -> Example {
    let path = Path::new(FOLDER)
        .join(operation)
        .join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let file: File = serde_json::from_str(&text).unwrap();
    let body = match (file.body, file.text) {
        (Some(body), None) => body.get().to_owned(),
        (None, Some(text)) => text,
        _ => panic!("{path:?} has either `body` or `text`"),
    };
    Example {
        operation: operation.to_owned(),
        name: name.to_owned(),
        content_type: file.content_type.unwrap_or("application/json".to_owned()),
        policy: file.policy,
        body: body.into_bytes(),
        expect: file.expect,
    }
}

fn sorted(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The name of a folder, whose dots belong to it, or of a file without `.json`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.strip_suffix(".json").unwrap_or(name).to_owned()
}
