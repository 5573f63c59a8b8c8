//! The contracts that the binary carries, and their examples.

/// An example body of an operation with the verdict that it must get.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The operation.
    pub operation: &'static str,
    /// Its name: the file's, without `.json`.
    pub name: &'static str,
    /// The file's text: `about`, `body` or `text`, `expect`.
    pub text: &'static str,
}

/// The embedded contracts: name of the file, and its text.
#[must_use]
pub fn embedded() -> [(&'static str, &'static str); 3] {
    macro_rules! file {
        ($name:literal) => {
            (
                $name,
                include_str!(concat!("../../../../contracts/", $name, ".yaml")),
            )
        };
    }
    [
        file!("enkash-vendor-payment"),
        file!("enkash-bill-payment"),
        file!("shipper-fulfilment"),
    ]
}

/// The examples of one operation, by name.
#[must_use]
pub fn examples(operation: &str) -> Vec<Example> {
    EXAMPLES
        .iter()
        .filter(|it| it.operation == operation)
        .copied()
        .collect()
}

// Made by `build.rs` from `contracts/examples/<operation>/<name>.json`.
include!(concat!(env!("OUT_DIR"), "/examples.rs"));
