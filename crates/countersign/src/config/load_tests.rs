//! The layers together: which one wins, and what only the whole shows.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::*;
use crate::config::AuthConfig;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(DEFAULT_FILE), file).unwrap();
        Self(folder)
    }

    fn options(&self) -> LoadOptions {
        let data = self.0.path().join("data").display().to_string();
        LoadOptions {
            file: Some(self.0.path().join(DEFAULT_FILE)),
            flags: Flags {
                data: Some(data),
                ..Flags::default()
            },
            ..LoadOptions::default()
        }
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        load(&self.options())
    }
}

fn mistakes_of(file: &str) -> Vec<String> {
    let folder = Folder::new(file);
    let path = folder.0.path().display().to_string() + "/";
    let error = folder.load().unwrap_err();
    error
        .mistakes()
        .iter()
        .map(|it| it.to_string().replace(&path, ""))
        .collect()
}

#[test]
fn each_layer_is_stronger_than_the_one_before() {
    let folder =
        Folder::new("listen = \"127.0.0.1:1\"\nadmin = \"127.0.0.1:2\"\n[limits]\nqueue = 5\n");
    let mut options = folder.options();
    options.environment = vec![
        ("COUNTERSIGN_ADMIN".into(), "127.0.0.1:3".into()),
        ("COUNTERSIGN_LISTEN".into(), "127.0.0.1:4".into()),
        ("COUNTERSIGN_LIMITS__BODY_TIMEOUT".into(), "1m".into()),
    ];
    options.flags.listen = Some("127.0.0.1:5".into());
    let config = load(&options).unwrap().config;
    assert_eq!(config.listen.port(), 5, "a flag is the strongest");
    assert_eq!(
        config.admin.port(),
        3,
        "the environment is stronger than the file"
    );
    assert_eq!(
        config.limits.queue, 5,
        "the file is stronger than the default"
    );
    assert_eq!(config.limits.batch, 256);
    assert_eq!(config.limits.body_timeout, Duration::from_secs(60));
    assert_eq!(config.limits.body_bytes, 1 << 20);
}

#[test]
fn without_a_source_in_the_file_the_default_sources_stand_in() {
    let folder = Folder::new("");
    let mut options = folder.options();
    let before = load(&options).unwrap();
    assert!(before.has_default_sources);
    assert!(
        before.config.sources.values().all(|it| it.auth.is_empty()),
        "nobody gets in yet"
    );

    options.create_credentials = true;
    options.environment = vec![("COUNTERSIGN_SOURCES__ENKASH__STRICT".into(), "true".into())];
    let config = load(&options).unwrap().config;
    let names: Vec<_> = config.sources.keys().map(String::as_str).collect();
    assert_eq!(names, ["bills", "enkash", "shipper"]);
    assert!(config.sources["enkash"].strict);
    assert_eq!(config.sources["shipper"].body_bytes, Some(4 << 20));
    for source in config.sources.values() {
        let kinds: Vec<_> = source.auth.iter().map(AuthConfig::kind).collect();
        assert!(
            matches!(kinds[..], ["headers" | "api_key", "path"]),
            "{kinds:?}"
        );
    }
    let value = |name: &str| match &config.sources[name].auth[0] {
        AuthConfig::Headers { headers } => {
            headers["x-webhook-secret"][0].expose_secret().to_owned()
        }
        other => panic!("{}", other.kind()),
    };
    assert_ne!(value("enkash"), value("bills"));
}

#[test]
fn a_source_in_the_file_takes_the_place_of_the_default_ones() {
    let folder = Folder::new(
        "[sources.shop]\ncontract = \"shipper-fulfilment\"\nmount = \"/shop\"\nrefuse = \"never\"\n\
         [[sources.shop.auth]]\ntype = \"headers\"\nheaders = { X-One = \"a\", X-Two = [\"b\", \"c\"] }\n",
    );
    let mut options = folder.options();
    options.create_credentials = true;
    let loaded = load(&options).unwrap();
    assert!(!loaded.has_default_sources);
    assert_eq!(loaded.config.sources.len(), 1);
    let AuthConfig::Headers { headers } = &loaded.config.sources["shop"].auth[0] else {
        panic!()
    };
    let names: Vec<_> = headers
        .iter()
        .map(|(name, values)| (name.as_str(), values.len()))
        .collect();
    assert_eq!(names, [("x-one", 1), ("x-two", 2)]);
    assert!(
        !folder.0.path().join("data").exists(),
        "no credentials are made that nobody needs"
    );
}

#[test]
fn the_mistakes_of_all_layers_are_reported_at_once() {
    let folder = Folder::new("lissten = 1\n[sources.a]\nmount = \"/\"\n");
    let mut options = folder.options();
    options.environment = vec![("COUNTERSIGN_LOG__FORMAT".into(), "xml".into())];
    options.flags.admin = Some("nonsense".into());
    let text = load(&options).unwrap_err().to_string();
    for expected in [
        "countersign.toml:1:1: unknown key `lissten`",
        "countersign.toml:2:10: `sources.a` has no `contract`",
        "environment COUNTERSIGN_LOG__FORMAT: `log.format`: expected one of \"text\", \"json\"",
        "flag --admin: `admin`: expected an IP address and a port",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(text.matches("lissten").count(), 1, "each once:\n{text}");
}

#[test]
fn credentials_must_be_whole() {
    let head = "[sources.a]\ncontract = \"c\"\n[[sources.a.auth]]\n";
    for (entry, expected) in [
        ("keys = [\"k\"]\n", "has no `type`"),
        ("type = \"api_key\"\n", "needs `keys`"),
        ("type = \"basic\"\nusername = \"u\"\n", "needs `passwords`"),
        ("type = \"headers\"\nheaders = {}\n", "needs `headers`"),
        (
            "type = \"bearer\"\ntokens = [\"t\"]\nusername = \"u\"\n",
            "`username` does not belong",
        ),
        (
            "type = \"bearer\"\ntokens = [\"\"]\n",
            "a secret that is not empty",
        ),
        (
            "type = \"path\"\ntokens = [\"a/b\"]\n",
            "a token in a path has only",
        ),
    ] {
        let mistakes = mistakes_of(&format!("{head}{entry}"));
        assert!(
            mistakes.iter().any(|it| it.contains(expected)),
            "{entry}: {mistakes:#?}"
        );
    }
}

#[test]
fn dev_takes_only_loopback_addresses() {
    let mistakes = mistakes_of("dev = true\nlisten = \"0.0.0.0:8080\"\n");
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert!(
        mistakes[0].starts_with("countersign.toml:2:10: `listen`"),
        "{mistakes:#?}"
    );
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let folder = Folder::new("");
    let mut options = folder.options();
    options.file = Some(folder.0.path().join("other.toml"));
    let error = load(&options).unwrap_err().to_string();
    assert!(
        error.contains("other.toml:1:1: the file cannot be read"),
        "{error}"
    );
}
