//! Every scheme with what it admits and what it does not.

use std::collections::BTreeMap;

use super::*;

fn secrets(values: &[&str]) -> Vec<SecretString> {
    values.iter().map(|it| SecretString::from(*it)).collect()
}

fn two_headers() -> Access {
    let headers = BTreeMap::from([
        ("x-webhook-secret".to_owned(), secrets(&["old", "new"])),
        ("x-partner".to_owned(), secrets(&["enkash"])),
    ]);
    Access::by(&[AuthConfig::Headers { headers }]).unwrap()
}

fn admits(access: &Access, pairs: &[(&str, &str)]) -> bool {
    admits_at(access, pairs, None)
}

fn admits_at(access: &Access, pairs: &[(&str, &str)], path_token: Option<&str>) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, value.parse().unwrap());
    }
    access.admits(Presented {
        headers: &headers,
        path_token,
    })
}

#[test]
fn every_header_must_have_one_of_its_values() {
    let access = two_headers();
    for secret in ["old", "new"] {
        assert!(admits(
            &access,
            &[("X-Webhook-Secret", secret), ("x-partner", "enkash")]
        ));
    }
    for pairs in [
        &[][..],
        &[("x-webhook-secret", "new")],
        &[("x-partner", "enkash")],
        &[("x-webhook-secret", "ne"), ("x-partner", "enkash")],
        &[("x-webhook-secret", "new "), ("x-partner", "Enkash")],
        &[("x-webhook-secret", "enkash"), ("x-partner", "new")],
    ] {
        assert!(!admits(&access, pairs), "{pairs:?}");
    }
}

#[test]
fn a_credential_header_that_comes_twice_admits_nobody() {
    let access = two_headers();
    for second in ["new", "other"] {
        let pairs = [
            ("x-webhook-secret", "new"),
            ("x-webhook-secret", second),
            ("x-partner", "enkash"),
        ];
        assert!(!admits(&access, &pairs), "{second}");
    }
    let access = Access::by(&[AuthConfig::Bearer {
        tokens: secrets(&["t"]),
    }])
    .unwrap();
    let twice = [("authorization", "Bearer t"), ("authorization", "Bearer t")];
    assert!(!admits(&access, &twice));
}

#[test]
fn an_api_key_is_read_from_its_header() {
    let auth = AuthConfig::ApiKey {
        header: "x-api-key".into(),
        keys: secrets(&["k1", "k2"]),
    };
    let access = Access::by(&[auth]).unwrap();
    assert!(admits(&access, &[("x-api-key", "k1")]));
    assert!(admits(&access, &[("X-API-KEY", "k2")]));
    assert!(!admits(&access, &[("x-api-key", "")]));
    assert!(!admits(&access, &[("x-key", "k1")]));
}

#[test]
fn basic_takes_the_whole_pair() {
    let auth = AuthConfig::Basic {
        username: "enkash".into(),
        passwords: secrets(&["p:w", "q"]),
    };
    let access = Access::by(&[auth]).unwrap();
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    assert!(admits(&access, &[("authorization", &basic("enkash:p:w"))]));
    assert!(admits(
        &access,
        &[(
            "authorization",
            &basic("enkash:q").replace("Basic", "basic")
        )]
    ));
    for pair in ["enkash:", "enkash", ":q", "Enkash:q", "enkash:p", ""] {
        assert!(
            !admits(&access, &[("authorization", &basic(pair))]),
            "{pair}"
        );
    }
    assert!(
        !admits(&access, &[("authorization", "Basic enkash:q")]),
        "not base64"
    );
    assert!(!admits(&access, &[("authorization", "Basic")]));
}

#[test]
fn bearer_needs_its_scheme() {
    let access = Access::by(&[AuthConfig::Bearer {
        tokens: secrets(&["tok"]),
    }])
    .unwrap();
    assert!(admits(&access, &[("authorization", "Bearer tok")]));
    assert!(admits(&access, &[("authorization", "bearer  tok")]));
    for value in [
        "tok",
        "Bearer",
        "Bearer ",
        "Bearertok",
        "Basic tok",
        "Bearer tok x",
    ] {
        assert!(!admits(&access, &[("authorization", value)]), "{value}");
    }
}

#[test]
fn a_token_in_the_path_is_enough_and_a_wrong_one_is_never_mended_by_a_header() {
    let access = Access::by(&[
        AuthConfig::Path {
            tokens: secrets(&["s3cret"]),
        },
        AuthConfig::ApiKey {
            header: "x-api-key".into(),
            keys: secrets(&["k"]),
        },
    ])
    .unwrap();
    assert!(admits_at(&access, &[], Some("s3cret")));
    assert!(admits_at(
        &access,
        &[("x-api-key", "wrong")],
        Some("s3cret")
    ));
    assert!(admits(&access, &[("x-api-key", "k")]));
    assert!(!admits_at(&access, &[("x-api-key", "k")], Some("guess")));
    assert!(!admits_at(&access, &[("x-api-key", "k")], Some("")));
    assert!(!admits(&access, &[]));
}

#[test]
fn it_fails_closed() {
    assert!(
        !admits(&Access::by(&[]).unwrap(), &[]),
        "no credential configured"
    );
    let no_header = AuthConfig::Headers {
        headers: BTreeMap::new(),
    };
    assert!(!admits(&Access::by(&[no_header]).unwrap(), &[]));
    let empty = AuthConfig::ApiKey {
        header: "x-api-key".into(),
        keys: secrets(&[""]),
    };
    let access = Access::by(&[empty]).unwrap();
    assert!(!admits(&access, &[("x-api-key", "")]));
    let empty = AuthConfig::Path {
        tokens: secrets(&[""]),
    };
    assert!(!admits_at(&Access::by(&[empty]).unwrap(), &[], Some("")));
    let empty = AuthConfig::Basic {
        username: "u".into(),
        passwords: secrets(&[""]),
    };
    let access = Access::by(&[empty]).unwrap();
    assert!(!admits(
        &access,
        &[("authorization", &format!("Basic {}", STANDARD.encode("u:")))]
    ));
}

#[test]
fn only_dev_admits_everybody() {
    let access = Access::for_everybody();
    assert!(admits(&access, &[]));
    assert!(admits_at(&access, &[], Some("anything")));
}

#[test]
fn secrets_do_not_print() {
    assert!(!format!("{:?}", two_headers()).contains("old"));
}
