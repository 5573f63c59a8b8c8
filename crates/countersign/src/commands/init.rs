//! `init`: writes a commented configuration and makes the credentials; overwrites nothing.

use std::{fs, io, io::Write, os::unix::fs::OpenOptionsExt as _, path::Path};

use serde_json::json;

use super::{args::Globals, error::CommandError, output, settings};
use crate::config::credentials;

const TEMPLATE: &str = include_str!("init.toml");

pub(crate) fn run(globals: &Globals) -> Result<(), CommandError> {
    let file = globals
        .config
        .as_deref()
        .unwrap_or(Path::new("countersign.toml"));
    let is_new = write_once(file, TEMPLATE).map_err(|error| {
        CommandError::failed(format!("{} cannot be written: {error}", file.display()))
    })?;
    let data = settings::data_folder(globals)?;
    credentials::ensure(&data)
        .and_then(|()| credentials::ensure_admin_token(&data).map(drop))
        .map_err(|error| {
            CommandError::failed(format!("{} cannot be written: {error}", data.display()))
        })?;
    if globals.json {
        output::json(
            &json!({"config": file.display().to_string(), "created": is_new,
            "data": data.display().to_string()}),
        );
        return Ok(());
    }
    let verb = if is_new { "wrote" } else { "kept" };
    output::note(&format!("{verb} {}", file.display()));
    output::note(&format!(
        "credentials are in {}",
        data.join(credentials::FILE).display()
    ));
    output::note("next: countersign serve");
    Ok(())
}

/// Whether it was written; a file that is there stays as it is. Only its owner may read it, because
/// secrets may be written into it.
fn write_once(path: &Path, text: &str) -> io::Result<bool> {
    match fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::config::{LoadOptions, load};

    fn loads(text: &str) -> crate::config::Loaded {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("countersign.toml");
        assert!(write_once(&file, text).unwrap());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "secrets may be written into it");
        assert!(
            !write_once(&file, "other").unwrap(),
            "nothing is overwritten"
        );
        load(&LoadOptions {
            file: Some(file),
            ..LoadOptions::default()
        })
        .unwrap()
    }

    #[test]
    fn the_template_is_a_good_configuration_as_it_is() {
        assert!(loads(TEMPLATE).has_default_sources);
    }

    #[test]
    fn every_line_of_the_template_is_good_when_its_comment_sign_is_taken_away() {
        let is_setting = |it: &&str| it.starts_with("#[") || it.contains(" = ");
        let lines = TEMPLATE.lines().filter(is_setting);
        let text: String = lines
            .map(|it| it.trim_start_matches('#').to_owned() + "\n")
            .collect();
        let config = loads(&text).config;
        assert_eq!(config.sources.len(), 2);
    }
}
