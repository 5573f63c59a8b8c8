//! The order of the layers: defaults < default sources < file < environment < flags.
//!
//! The default sources stand in only when the file names none; their credentials are in the data
//! folder, which the stronger layers may move. Next: `check` for mistakes, `build` for the result.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ConfigError, build, check, credentials, environment, file, keys,
    layer::{Node, Value},
    mistake::{Mistake, Place},
    model::Config,
};

/// The file that is read when none is named.
pub(super) const DEFAULT_FILE: &str = "countersign.toml";

/// Where settings may come from, beside the defaults.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The file that was named; else `countersign.toml` of the working directory, if it is there.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The flags of the command line.
    pub flags: Flags,
    /// Makes the credentials of the default sources if they are needed and not there yet.
    pub create_credentials: bool,
}

/// The flags that set something.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--admin`.
    pub admin: Option<String>,
    /// `--data`.
    pub data: Option<String>,
    /// `--dev`.
    pub dev: bool,
}

/// A valid configuration and what it was made of.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// Whether the default sources stand in because the file names none.
    pub has_default_sources: bool,
}

/// Reads and checks every layer.
///
/// # Errors
///
/// Every mistake of every layer.
pub fn load(options: &LoadOptions) -> Result<Loaded, ConfigError> {
    let mut mistakes = Vec::new();
    let (file, written) = read_file(options.file.as_deref(), &mut mistakes);
    check::check(&written, &mut mistakes);

    let has_default_sources = written
        .get(&["sources"])
        .is_none_or(|it| it.members().count() == 0);
    let mut root = Node::empty_table();
    if has_default_sources && mistakes.is_empty() {
        let data = data_folder(&written, options);
        root.overlay(default_sources(
            &data,
            options.create_credentials,
            &mut mistakes,
        ));
    }
    root.overlay(written);
    environment::apply(&mut root, &options.environment, &mut mistakes);
    root.overlay(flags(&options.flags));
    check::check(&root, &mut mistakes);

    let config = build::build(&root, &mut mistakes);
    match config {
        Some(config) if mistakes.is_empty() => Ok(Loaded {
            config,
            file,
            has_default_sources,
        }),
        _ => Err(ConfigError::new(mistakes)),
    }
}

fn read_file(named: Option<&Path>, mistakes: &mut Vec<Mistake>) -> (Option<PathBuf>, Node) {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let shown = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => match file::read(&shown, &text) {
            Ok(node) => return (Some(path.to_owned()), node),
            Err(breaks) => mistakes.extend(breaks),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {}
        Err(error) => {
            let place = Place::File {
                file: shown.into(),
                line: 1,
                column: 1,
            };
            let mistake = Mistake::new(&place, format!("the file cannot be read: {error}"));
            mistakes.push(mistake.hint("`countersign init` writes a commented one"));
        }
    }
    (None, Node::empty_table())
}

/// The data folder as the strongest layer sets it, before all layers are together.
fn data_folder(written: &Node, options: &LoadOptions) -> PathBuf {
    let variable = format!("{}DATA", environment::PREFIX);
    let set = options
        .environment
        .iter()
        .find(|(name, _)| name.to_str() == Some(&variable));
    let flag = options.flags.data.clone();
    flag.or_else(|| set.and_then(|(_, value)| value.clone().into_string().ok()))
        .or_else(|| written.get(&["data"]).and_then(Node::text))
        .unwrap_or_else(|| keys::default_of(&["data"]).to_owned())
        .into()
}

fn default_sources(data: &Path, create: bool, mistakes: &mut Vec<Mistake>) -> Node {
    let path = data.join(credentials::FILE);
    let shown = path.display().to_string();
    if create && let Err(error) = credentials::ensure(data) {
        let place = Place::File {
            file: shown.as_str().into(),
            line: 1,
            column: 1,
        };
        mistakes.push(Mistake::new(
            &place,
            format!("the file cannot be written: {error}"),
        ));
    }
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        // Not made yet: the sources are known, but nothing gets in before `serve` makes it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => credentials::without_secrets(),
        Err(error) => {
            let place = Place::File {
                file: shown.as_str().into(),
                line: 1,
                column: 1,
            };
            mistakes.push(Mistake::new(
                &place,
                format!("the file cannot be read: {error}"),
            ));
            credentials::without_secrets()
        }
    };
    file::read(&shown, &text).unwrap_or_else(|breaks| {
        mistakes.extend(breaks);
        Node::empty_table()
    })
}

fn flags(flags: &Flags) -> Node {
    let mut root = Node::empty_table();
    let Value::Table(members) = &mut root.value else {
        return root;
    };
    let mut set = |name: &str, flag: &'static str, value: Option<String>| {
        if let Some(value) = value {
            let node = Node::new(Value::Text(value), &Place::Flag(flag));
            members.insert(name.to_owned(), node);
        }
    };
    set("listen", "--listen", flags.listen.clone());
    set("admin", "--admin", flags.admin.clone());
    set("data", "--data", flags.data.clone());
    set("dev", "--dev", flags.dev.then(|| "true".to_owned()));
    root
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
