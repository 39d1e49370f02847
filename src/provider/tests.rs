//! What of the provider is pure. The whole way is played against a provider by the tests from outside.

use chakong_contract::Secret;
use serde_json::json;

use super::*;

fn known() -> Known {
    Known {
        name: "gh001".to_owned(),
        second_factor: false,
        state: "a state".to_owned(),
        next: "/console".to_owned(),
        until: "2026-01-05T01:10:00Z".parse().expect("a time"),
    }
}

#[test]
fn what_is_sealed_is_opened_by_the_same_secret_alone_and_only_as_what_it_is() {
    let (sealed, other) = (Sealed::new(&Secret::new("one")), Sealed::new(&Secret::new("other")));
    let text = sealed.close(&known()).expect("sealed");
    assert!(!text.contains("gh001") && text != sealed.close(&known()).expect("sealed"));
    assert_eq!(sealed.open::<Known>(&text).expect("opened").name, "gh001");
    assert!(other.open::<Known>(&text).is_none(), "another secret");
    assert!(sealed.open::<Asked>(&text).is_none(), "of another step");
    for at in [0, text.len() / 2, text.len() - 1] {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("text");
        assert!(sealed.open::<Known>(&changed).is_none(), "changed at {at}");
    }
    for strange in ["", "AAAA", "not base 64!", &"A".repeat(100), &"A".repeat(100_000)] {
        assert!(sealed.open::<Known>(strange).is_none());
    }
}

#[test]
fn each_state_names_one_session() {
    assert_eq!(Provider::session_of("a"), Provider::session_of("a"));
    assert_ne!(Provider::session_of("a"), Provider::session_of("b"));
}

#[test]
fn a_name_is_text_or_a_whole_number() {
    let name = |value| name_in(json!({ "n": value }).as_object().expect("an object"), "n");
    assert_eq!(name(json!(" gh001 ")).as_deref(), Some("gh001"));
    assert_eq!(name(json!(42)).as_deref(), Some("42"));
    for none in
        [json!(""), json!(null), json!(true), json!(4.2), json!(-1), json!("a\nb"), json!("x".repeat(65))]
    {
        assert_eq!(name(none.clone()), None, "{none}");
    }
    assert_eq!(name_in(json!({}).as_object().expect("an object"), "n"), None);
}

#[test]
fn a_second_factor_is_what_is_configured_as_one() {
    let has = |claims: serde_json::Value| {
        has_second_factor(claims.as_object().expect("an object"), &["mfa".to_owned(), "urn:gold".to_owned()])
    };
    assert!(has(json!({ "amr": ["pwd", "mfa"] })) && has(json!({ "acr": "urn:gold" })));
    for none in [json!({}), json!({ "amr": ["pwd"] }), json!({ "amr": "mfa" }), json!({ "acr": "1" })] {
        assert!(!has(none.clone()), "{none}");
    }
}

#[test]
fn why_it_is_refused_is_said_in_two_languages_and_holds_no_markup() {
    let all = [
        Refused::Lost,
        Refused::State,
        Refused::Again,
        Refused::declined("access_denied<script>"),
        Refused::Down,
        Refused::Answer("token"),
        Refused::Code,
        Refused::Issuer,
        Refused::Audience,
        Refused::Nonce,
        Refused::Time,
        Refused::Algorithm,
        Refused::UnknownKey,
        Refused::Signature,
        Refused::Claim("sub".to_owned()),
    ];
    let mut said = std::collections::BTreeSet::new();
    for refused in all {
        let (zh, en) = refused.words();
        assert!(!zh.is_ascii() && en.is_ascii() && !en.contains('<'), "{zh} {en}");
        assert!(said.insert(zh), "{refused:?} is said like another");
    }
}
