//! A county's real-time query: fixtures, the conformance suite, and the token that the county has confirmed.

use chakong_contract::asset::MatchedBy;
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{
    Batch, CallKind, CallResult, FaultKind, IdentityDocument, InboundRequest, Order, Reply, Secret,
};
use chakong_court_realty::county_plugin as plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";

fn text(text: &str) -> SettingValue {
    SettingValue::Text(text.to_owned())
}

fn settings() -> Settings {
    Settings::default().with("amount_unit", text("ten_thousand_yuan")).with("division", text("990101"))
}

fn query() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::ResidentId(NUMBER.parse().expect("a number")))
}

fn script(more: Value) -> Value {
    let home = json!({
        "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        "mortgages": [{ "mortgagee": "示例银行", "amount": 1_500_000, "from": "2020/01/01", "until": "2040/01/01" }],
    });
    let mut script = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

#[test]
fn fixtures() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-realty-county");
    check_fixtures(&plugin(), &settings(), &folder);
}

#[test]
fn conforms() {
    conformance(&Subject {
        plugin: plugin(),
        settings: settings(),
        script: script(json!({})),
        samples: vec![query()],
    });
}

#[test]
fn one_call_asks_by_both_numbers_and_says_what_matched() {
    let talk = drive::ask(&plugin(), &settings(), &script(json!({})), &query());
    let [request] = talk.requests.as_slice() else { panic!("{:?}", talk.requests) };
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(body["head"]["openid"], "0123456789abcdef0123456789abcdef", "the token of the conversation");
    let asked: Vec<&Value> =
        body["data"].as_array().expect("a list").iter().map(|one| &one["zjhm"]).collect();
    assert_eq!(asked, [NUMBER, "110101000101001"]);
    let reply = drive::reply(&plugin(), &settings(), &script(json!({})), &query());
    assert_eq!(reply.assets().first().map(|found| found.matched_by), Some(MatchedBy::NameAndNumber));
    let matching = settings().with("matches_old_numbers", SettingValue::Boolean(true));
    let talk = drive::ask(&plugin(), &matching, &script(json!({})), &query());
    let body: Value = serde_json::from_slice(&talk.requests[0].body).expect("JSON");
    assert_eq!(body["data"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_call_that_is_not_confirmed_is_tried_again_with_another_token() {
    let refused = json!([{ "do": "error_code", "code": 2020 }]);
    let talk = drive::ask(&plugin(), &settings(), &script(json!({ "faults": refused })), &query());
    let drive::End::Failed(fault) = talk.end else { panic!("{:?}", talk.end) };
    assert_eq!((fault.kind, fault.status.as_deref()), (FaultKind::Transient, Some("2020")));
    // Until it was confirmed the county answers nothing at all.
    let talk = drive::ask(&plugin(), &settings(), &script(json!({ "confirms": true })), &query());
    assert!(matches!(talk.end, drive::End::Failed(_)));
}

#[test]
fn nothing_is_sent_that_could_not_be_confirmed() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let Some(call) = connector.call() else { panic!("it calls") };
    let batch = Batch { token: None, ..drive::batch(vec![query()]) };
    let Err(fault) = call.open(&batch, None) else { panic!("it was opened") };
    assert!(fault.detail.contains("[line.callbacks]"), "{fault}");
    let wrong = settings().with("division", text("9901"));
    assert_eq!((plugin().build)(&wrong).expect_err("a problem")[0].key, "division");
}

fn call(method: &str, path: &str) -> InboundRequest {
    InboundRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

#[test]
fn a_county_asks_whether_a_token_stands_and_is_told() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let postbox = connector.postbox().expect("it is asked back");
    let parsed = postbox.parse(&call("GET", "/province/bdc/credential/abc")).expect("a call");
    assert_eq!(parsed.kind, CallKind::Token(Secret::new("abc")));
    for (stands, valid) in [(true, "1"), (false, "0")] {
        let answer = postbox.respond(&parsed, &CallResult::Token(stands));
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!((&body["head"]["code"], &body["data"]["valid"]), (&json!("0000"), &json!(valid)));
    }
    let refused = |method: &str, path: &str| postbox.parse(&call(method, path)).expect_err("refused").status;
    assert_eq!(refused("POST", "/province/bdc/credential/abc"), 405);
    assert_eq!(refused("GET", "/province/bdc/credential/"), 404);
    assert_eq!(refused("GET", "/province/elsewhere"), 404);
    assert_eq!(refused("GET", &format!("/bdc/credential/{}", "a".repeat(101))), 404);
    assert_eq!(postbox.sub_paths(), ["/bdc/credential/*"]);
    assert_eq!(drive::reply(&plugin(), &settings(), &json!({}), &query()), Reply::Nothing);
}
