//! `init` and `check-config`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{fails, shown};
use crate::support::Home;

#[test]
fn init_writes_a_configuration_and_credentials_once_and_overwrites_nothing() {
    let home = Home::new();
    let first = home.run(&["init"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(first.out, "", "there is no data to print");
    assert!(
        first.err.contains("wrote countersign.toml"),
        "{}",
        first.err
    );
    let file = home.path().join("countersign.toml");
    let credentials = home.data().join("credentials.toml");
    let made = fs::read_to_string(&credentials).unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&credentials), 0o600);
    assert_eq!(mode(&home.data().join("admin.token")), 0o600);
    home.run(&["check-config"]).good();

    fs::write(&file, "# my own\n").unwrap();
    let second = home.run(&["init", "--json"]).json();
    assert_eq!(second["created"], false);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# my own\n");
    assert_eq!(fs::read_to_string(&credentials).unwrap(), made);
    home.start().stop();
}

#[test]
fn a_configuration_with_mistakes_names_every_one_with_its_line_and_the_nearest_name() {
    let home = Home::configured(
        "lisen = \"127.0.0.1:8080\"\n\n[limits]\nbody_bytes = \"lots\"\nheader_timeouts = \"1s\"\n\
         [sources.enkash]\ncontract = \"enkash-vendor-payment\"\nstrikt = true\nrefuse = \"sometimes\"\n\
         [[sources.enkash.auth]]\ntype = \"haeders\"\n",
    );
    let ran = home.run(&["check-config"]);
    let places = [
        "countersign.toml:1:",
        "countersign.toml:4:",
        "countersign.toml:5:",
        "countersign.toml:8:",
        "countersign.toml:9:",
        "countersign.toml:11:",
    ];
    fails(&ran, 2, &places);
    fails(
        &ran,
        2,
        &[
            "`listen`",
            "`header_timeout`",
            "`strict`",
            "printed",
            "did you mean \"headers\"?",
        ],
    );
    assert_eq!(ran.out, "");
    let told = home.run(&["check-config", "--json"]);
    assert_eq!(told.code, Some(2));
    assert_eq!(shown(&told)["mistakes"].as_array().unwrap().len(), 6);
    let served = home.run(&["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
    fails(&served, 2, &places);
    assert!(
        !home.data().exists(),
        "nothing is made before the configuration is good"
    );
}

#[test]
fn mistakes_in_toml_in_the_environment_and_in_flags_are_named_too() {
    let home = Home::configured("listen = \n");
    fails(&home.run(&["check-config"]), 2, &["countersign.toml:1:"]);
    home.configure("");
    let mut command = home.command(&["check-config"]);
    let output = command
        .env("COUNTERSIGN_LIMITS__QUEU", "1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.contains("COUNTERSIGN_LIMITS__QUEU") && text.contains("QUEUE"),
        "{text}"
    );
    fails(
        &home.run(&["serve", "--listen", "nowhere"]),
        2,
        &["--listen"],
    );
    fails(
        &home.run(&["check-config", "--config", "missing.toml"]),
        2,
        &["missing.toml"],
    );
    home.configure("[sources.x]\ncontract = \"enkash-vendor-paymnt\"\n");
    fails(
        &home.run(&["check-config"]),
        2,
        &["enkash-vendor-paymnt", "enkash-vendor-payment"],
    );
}

#[test]
fn a_mistake_never_repeats_a_value_that_may_be_a_secret() {
    let home = Home::configured(
        "[sources.x]\ncontract = \"enkash-vendor-payment\"\n[[sources.x.auth]]\ntype = \"bearer\"\ntokens = \"hush-hush-hush\nkeys = 5\n",
    );
    let ran = home.run(&["check-config"]);
    assert_eq!(ran.code, Some(2));
    assert!(!ran.err.contains("hush-hush"), "{}", ran.err);
    home.configure("[sources.x]\ncontract = \"enkash-vendor-payment\"\n[[sources.x.auth]]\ntype = \"bearer\"\nkeys = \"hush-hush-hush\"\n");
    let ran = home.run(&["check-config"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!ran.err.contains("hush-hush"), "{}", ran.err);
}

#[test]
fn a_good_configuration_is_summed_up_on_stderr() {
    let home = Home::configured("[limits]\nqueue = 5\n");
    let ran = home.run(&["check-config"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(ran.err.contains("enkash"), "{}", ran.err);
    assert_eq!(
        home.run(&["check-config", "--json"]).json()["mistakes"],
        serde_json::json!([])
    );
}
