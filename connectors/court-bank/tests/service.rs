//! The web service call by call: its description, what it says to whom, and fixtures of both ways.

#[allow(dead_code, reason = "shared with the postbox tests")]
#[path = "postbox/exchange.rs"]
mod exchange;
#[allow(dead_code, reason = "shared with the postbox tests")]
#[path = "conversation/orders.rs"]
mod orders;

use std::path::PathBuf;

use chakong_contract::manifest::SettingValue;
use chakong_contract::{
    CallKind, CallResult, EntryResult, Fault, FaultKind, HttpResponse, InboundRequest, ParsedCall, Reading,
};
use chakong_testkit::fixture_folder;
use proptest::prelude::*;
use serde_json::json;

use exchange::Exchange;

fn call(method: &str, query: &[(&str, &str)], body: &[u8]) -> InboundRequest {
    InboundRequest {
        method: method.into(),
        path: "/postbox/bank".into(),
        query: query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        headers: vec![("host".into(), "gateway.example.cn:8443".into())],
        body: body.to_vec(),
    }
}

fn text(answer: &HttpResponse) -> String {
    String::from_utf8(answer.body.clone()).expect("text")
}

fn folder() -> PathBuf {
    fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-bank-service")
}

/// Compares with a fixture, or writes it.
fn is_fixture(name: &str, bytes: &[u8]) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, bytes).expect("a folder for fixtures");
    }
    let recorded = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if let Some(difference) = chakong_testkit::fixtures::difference(&recorded, bytes) {
        panic!("{}\n{difference}", path.display());
    }
}

/// The answer to a call of the fixtures, from a postbox with a query and a freeze on offer.
fn answer_to(call_file: &str) -> HttpResponse {
    let mut exchange = Exchange::new(&json!({}));
    exchange.fake.offer([
        orders::query("A220260105990101100001"),
        orders::query_of_company("A220260105990101100002"),
        orders::freeze("A220260105990101200001", "6229990000000000019", "60000.00"),
    ]);
    let path = folder().join(call_file);
    let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    exchange.fake.serve(exchange.connector.postbox().expect("a postbox"), &call("POST", &[], &body))
}

#[test]
fn recorded_calls_are_answered_as_recorded() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .expect("fixtures")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".call.xml"))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let answer = answer_to(&name);
        let answer_name = name.replace(".call.xml", &format!(".answer.{}.xml", answer.status));
        is_fixture(&answer_name, &answer.body);
    }
}

#[test]
fn the_description_names_the_address_that_was_asked_or_is_configured() {
    let mut exchange = Exchange::new(&json!({}));
    let asked = exchange
        .fake
        .serve(exchange.connector.postbox().expect("a postbox"), &call("GET", &[("WSDL", "")], b""));
    assert_eq!((asked.status, asked.header("content-type")), (200, Some("text/xml; charset=utf-8")));
    is_fixture("description.wsdl", &asked.body);
    assert!(text(&asked).contains("location=\"http://gateway.example.cn:8443/postbox/bank\""));

    let url = "https://ckw.example.cn/bank?a=1&b=2";
    let settings = exchange::settings().with("public_url", SettingValue::Text(url.into()));
    let mut exchange = Exchange::with(&json!({}), &settings);
    let asked = exchange
        .fake
        .serve(exchange.connector.postbox().expect("a postbox"), &call("GET", &[("wsdl", "")], b""));
    assert!(text(&asked).contains("location=\"https://ckw.example.cn/bank?a=1&amp;b=2\""));
}

#[test]
fn a_host_that_could_break_out_of_the_description_is_not_repeated() {
    let exchange = Exchange::new(&json!({}));
    let mut hostile = call("GET", &[("wsdl", "")], b"");
    hostile.headers = vec![("host".into(), "x\"/><evil".into())];
    hostile.path = "/<script>".into();
    let parsed = exchange.connector.postbox().expect("a postbox").parse(&hostile).expect("a call");
    assert_eq!(parsed.operation, "");
}

#[test]
fn what_is_neither_a_call_nor_a_question_is_told_so() {
    let mut exchange = Exchange::new(&json!({}));
    for (method, query) in [("GET", None), ("PUT", Some(("wsdl", ""))), ("DELETE", None)] {
        let query: Vec<_> = query.into_iter().collect();
        let answer =
            exchange.fake.serve(exchange.connector.postbox().expect("a postbox"), &call(method, &query, b""));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")));
    }
    let answer =
        exchange.fake.serve(exchange.connector.postbox().expect("a postbox"), &call("POST", &[], b"not XML"));
    assert_eq!(answer.status, 500);
    assert!(text(&answer).contains("<faultcode>soap:Client</faultcode>"));
}

#[test]
fn a_bank_without_an_account_has_no_postbox_and_half_an_account_is_a_problem() {
    let build = chakong_court_bank::plugin().build;
    let text = |text: &str| SettingValue::Text(text.to_owned());
    let bare = chakong_contract::Settings::default().with("bank_code", text("E999H110000000001"));
    assert!(build(&bare).expect("builds").postbox().is_none());
    let problems = build(&bare.with("account", text("YH999999"))).expect_err("half");
    assert_eq!(problems[0].key, "password");
}

fn parsed_call(operation: &str, kind: CallKind) -> ParsedCall {
    ParsedCall {
        account: "YH999999".into(),
        password: chakong_contract::Secret::new("not-a-secret"),
        operation: operation.into(),
        kind,
    }
}

#[test]
fn the_gateways_verdicts_have_their_words_and_a_failure_is_a_fault() {
    let exchange = Exchange::new(&json!({}));
    let bank = exchange.connector.postbox().expect("a postbox");
    let hand_in = parsed_call("shfeedXzkzInfo", CallKind::HandIn(Reading::default()));
    let fault = Fault::new(FaultKind::Malformed, "read", "the MD5 of the receipt document does not agree");
    let number = |number: &str| Some(number.parse().expect("a number"));
    let taken = CallResult::Entries(vec![
        (number("A1"), EntryResult::Accepted),
        (number("A2"), EntryResult::Duplicate),
        (number("A3"), EntryResult::Unknown),
        (None, EntryResult::Unreadable(fault)),
    ]);
    is_fixture("verdicts.answer.200.xml", &bank.respond(&hand_in, &taken).body);
    let returned = parsed_call("htInfo", CallKind::HandIn(Reading::default()));
    is_fixture("verdicts-on-returns.answer.200.xml", &bank.respond(&returned, &taken).body);
    for operation in ["getXzcxList", "getXzkzList", "cxwsInfo", "zjInfo", "shfeedXzcxInfo", "htInfo", "other"]
    {
        let answer = bank
            .respond(&parsed_call(operation, CallKind::Orders { control: false }), &CallResult::Unavailable);
        assert_eq!(answer.status, 500);
        assert!(text(&answer).contains("soap:Server"));
    }
}

#[test]
fn what_is_kept_of_a_call_is_what_was_handed_in_and_not_the_password() {
    let exchange = Exchange::new(&json!({}));
    let bank = exchange.connector.postbox().expect("a postbox");
    let body = std::fs::read(folder().join("feed-query.call.xml")).expect("a fixture");
    let written = String::from_utf8(body.clone()).expect("text");
    let first = written.split_once("<arg0 xmlns=\"\">").and_then(|(_, rest)| rest.split_once('<'));
    let (caller, _) = first.expect("a first argument");
    let kept = String::from_utf8(bank.redact(&call("POST", &[], &body))).expect("text");
    // Line breaks travel as references to characters.
    let plain =
        |text: &str| text.replace("&#xD;", "").replace("&#13;", "").split_whitespace().collect::<String>();
    assert!(caller.len() > 40 && !plain(&kept).contains(&plain(caller)), "{kept}");
    let (operation, about) = kept.split_once('\n').expect("two parts");
    assert_eq!(operation, "shfeedXzcxInfo");
    assert!(about.len() > 100 && plain(&written).contains(&plain(about)), "{about}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_body_is_survived(body in prop::collection::vec(any::<u8>(), 0..400), words in "[<>/a-z:=\" ]{0,80}") {
        let exchange = Exchange::new(&json!({}));
        let bank = exchange.connector.postbox().expect("a postbox");
        let answer = bank.parse(&call("POST", &[], &body)).expect_err("no call");
        prop_assert_eq!(answer.status, 500);
        prop_assert!(bank.parse(&call("POST", &[], words.as_bytes())).is_err());
    }

    #[test]
    fn damaged_calls_are_survived(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let exchange = Exchange::new(&json!({}));
        let bank = exchange.connector.postbox().expect("a postbox");
        let mut body = std::fs::read(folder().join("feed-control.call.xml")).expect("a fixture");
        for (at, byte) in &damage {
            let at = at.index(body.len());
            body[at] ^= byte;
        }
        match bank.parse(&call("POST", &[], &body)) {
            Ok(parsed) => { bank.respond(&parsed, &CallResult::Entries(Vec::new())); }
            Err(answer) => prop_assert_eq!(answer.status, 500),
        }
    }
}
