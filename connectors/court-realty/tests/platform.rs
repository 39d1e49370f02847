//! The provincial platform's line: fixtures, the conformance suite, and its traps, over the connector's own sandbox.

use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{CallKind, EntryResult, IdentityDocument, InboundRequest, Order, Reply, Secret};
use chakong_court_realty::platform_plugin as plugin;
use chakong_testkit::fake_postbox::{self, FakePostbox};
use chakong_testkit::{Subject, check_fixtures, conformance, fixture_folder, sample};
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";
const ACCOUNT: &str = "county-990101";
const PASSWORD: &str = "not-a-secret";

fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("account", text(ACCOUNT))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
}

fn query() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::ResidentId(NUMBER.parse().expect("a number")))
}

fn script(faults: Value) -> Value {
    let home = json!({
        "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        "mortgages": [{ "mortgagee": "示例银行", "amount": 1_500_000, "from": "2020/01/01", "until": "2040/01/01" }],
    });
    json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }], "faults": faults })
}

fn polled(script: &Value) -> FakePostbox {
    let (plugin, settings) = (plugin(), settings());
    let connector = (plugin.build)(&settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(script, &settings).expect("a script");
    let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
    fake.offer([query()]);
    for _ in 0..4 {
        let caller = sandbox.postbox().expect("it polls");
        fake_postbox::round(&mut fake, connector.postbox().expect("a postbox"), caller, sample::made())
            .expect("it rests");
    }
    fake
}

#[test]
fn fixtures() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-realty-platform");
    check_fixtures(&plugin(), &settings(), &folder);
}

#[test]
fn conforms() {
    conformance(&Subject {
        plugin: plugin(),
        settings: settings(),
        script: script(json!([])),
        samples: vec![query()],
    });
}

#[test]
fn a_centre_fetches_with_its_token_and_hands_in() {
    let fake = polled(&script(json!([])));
    let operations =
        ["token", "receive/apply", "commit/apply", "receive/doc", "commit/result", "receive/apply"];
    let called: Vec<&str> = fake.operations.iter().map(String::as_str).take(operations.len()).collect();
    assert!(called.iter().zip(operations).all(|(called, known)| called.ends_with(known)), "{called:?}");
    let [(_, answer)] = fake.answers.as_slice() else { panic!("{:?}", fake.answers) };
    assert!(matches!(&answer.reply, Reply::Found { assets } if assets.len() == 1), "{answer:?}");
}

#[test]
fn what_a_centre_does_wrongly_is_told_and_comes_again() {
    let fault = |kind: &str| script(json!([{ "do": kind, "first": 1 }]));
    let wrong = polled(&fault("wrong_password"));
    assert!(wrong.turned_away > 0 && wrong.answers.len() == 1);
    assert_eq!(polled(&fault("duplicate")).taken, [EntryResult::Accepted, EntryResult::Duplicate]);
    assert_eq!(polled(&fault("unknown_number")).taken, [EntryResult::Accepted, EntryResult::Unknown]);
    assert_eq!(polled(&fault("garbled")).answers.len(), 1);
    assert_eq!(polled(&fault("silent")).answers.len(), 1);
}

#[test]
fn a_token_that_is_none_is_answered_as_the_protocol_says() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let postbox = connector.postbox().expect("a postbox");
    let call = |path: &str, body: Value| InboundRequest {
        method: "POST".to_owned(),
        path: format!("/realestate-supervise-exchange/api/v1{path}"),
        query: Vec::new(),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    };
    let refused =
        postbox.parse(&call("/bdc/query/receive/apply", json!({ "head": { "token": "x" }, "data": {} })));
    let answer: Value = serde_json::from_slice(&refused.expect_err("no token").body).expect("JSON");
    assert_eq!(answer["head"]["code"], "2002", "the centre fetches a new one and repeats");
    let login =
        json!({ "head": { "xzqdm": "990101" }, "data": { "username": ACCOUNT, "password": PASSWORD } });
    let parsed = postbox.parse(&call("/bdc/token", login)).expect("a call");
    assert_eq!((parsed.kind, parsed.account.as_str()), (CallKind::Admission, ACCOUNT));
    let kept = postbox.redact(&call(
        "/bdc/query/commit/result",
        json!({ "head": { "token": "secret-token" }, "data": [{ "cxsqdh": "CK1" }] }),
    ));
    assert_eq!(String::from_utf8(kept).expect("text"), r#"[{"cxsqdh":"CK1"}]"#, "the token is not kept");
}
