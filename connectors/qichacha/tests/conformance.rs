//! Fixtures, the conformance suite, and properties over the connector's own sandbox.

use std::time::Duration;

use chakong_contract::asset::{Asset, MatchedBy};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{
    Company, FaultKind, HttpRequest, HttpResponse, IdentityDocument, Message, Order, Reply, RetryAfter,
    Secret,
};
use chakong_qichacha::plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const CODE: &str = "91000000MADEM00112";
const NAME: &str = "示例甲供应链管理有限公司";

fn text(text: &str) -> SettingValue {
    SettingValue::Text(text.to_owned())
}

fn settings() -> Settings {
    Settings::default()
        .with("app_key", text("DEMOAPPKEY0000000000000000000001"))
        .with("secret_key", SettingValue::Secret(Secret::new("DEMOSECRET000000000000000000002")))
}

fn order(document: IdentityDocument) -> Order {
    sample::query(&plugin().manifest, NAME, document)
}

fn code() -> IdentityDocument {
    IdentityDocument::Uscc(CODE.parse().expect("a code"))
}

fn company(lists: &Value) -> Value {
    let mut company = json!({ "name": NAME, "code": CODE, "registration_number": "000000000000017",
        "status": "存续（在营、开业、在册）", "capital": "1000万元人民币", "established": "2015-03-18" });
    for (key, value) in lists.as_object().expect("an object") {
        company[key] = value.clone();
    }
    company
}

fn script() -> Value {
    let shareholders: Vec<Value> = (1..=45)
        .map(|at| json!({ "name": format!("股东{at}某"), "subscribed": "10", "percent": "1%" }))
        .collect();
    json!({ "companies": [company(&json!({
        "shareholders": shareholders,
        "branches": [{ "name": "示例分公司", "code": "91000000MADEM002XR" }],
        "changes": [{ "date": "2022-08-09", "item": "地址变更", "before": "示例路1号", "after": "示例路2号" }],
        "freezes": [{ "holder": "乙某", "amount": "350万人民币元", "published": "2023-06-02", "until": "2026-05-31" }],
    }))] })
}

fn ask(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    drive::ask(&plugin(), settings, script, order)
}

fn reply(script: &Value, settings: &Settings, order: &Order) -> Reply {
    drive::reply(&plugin(), settings, script, order)
}

fn found(reply: &Reply) -> (&Company, MatchedBy) {
    match reply.assets() {
        [found] => match &found.asset {
            Asset::Company(company) => (company, found.matched_by),
            other => panic!("{other:?}"),
        },
        _ => panic!("{reply:?}"),
    }
}

#[test]
fn fixtures() {
    check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "qichacha"));
}

#[test]
fn conforms() {
    let (plugin, settings) = (plugin(), settings());
    conformance(&Subject { plugin, settings, script: script(), samples: vec![order(code())] });
}

#[test]
fn the_pack_and_the_lists_bring_the_same() {
    let pack = reply(&script(), &settings(), &order(code()));
    let lists = settings().with("lists", text("shareholders,branches,judicial"));
    let listed = reply(&script(), &lists, &order(code()));
    let (of_pack, of_lists) = (found(&pack).0, found(&listed).0);
    assert_eq!(
        ask(&script(), &settings(), &order(code())).requests.len(),
        2,
        "the pack and judicial assistance"
    );
    assert_eq!(ask(&script(), &lists, &order(code())).requests.len(), 6, "three pages of shareholders");
    assert_eq!((of_pack.changes.len(), of_lists.changes.len()), (1, 0));
    assert_eq!(Company { changes: Vec::new(), ..of_pack.clone() }, *of_lists);
    let short = lists.with("max_pages", SettingValue::Integer(1));
    assert_eq!(reply(&script(), &short, &order(code())).outcome(), "partial");
}

#[test]
fn every_identity_finds_the_company() {
    for document in [
        code(),
        IdentityDocument::OrgCode("MADEM0011".parse().expect("a code")),
        IdentityDocument::BusinessLicence("000000000000017".parse().expect("a number")),
    ] {
        let reply = reply(&script(), &settings(), &order(document));
        assert_eq!(found(&reply).1, MatchedBy::NameAndNumber);
    }
}

#[test]
fn a_token_of_another_time_or_key_is_turned_away() {
    let fault = |seconds: i64, settings: &Settings| {
        let plugin = plugin();
        let connector = (plugin.build)(settings).expect("settings");
        let Some(call) = connector.call() else { panic!("a call connector") };
        let batch = drive::batch(vec![order(code())]);
        let mut sandbox = (plugin.sandbox)(&script(), &self::settings()).expect("a script");
        let Some(served) = sandbox.call() else { panic!("called") };
        let late = Duration::from_secs(seconds.unsigned_abs());
        let now = chakong_contract::Moment::from_wall(batch.made.wall().checked_add(late).expect("a time"));
        let talk =
            drive::talk(call, &batch, |_, request, _| drive::serve(served, request, now)).expect("an end");
        match talk.end {
            drive::End::Failed(fault) => Some((fault.kind, fault.status.unwrap_or_default())),
            drive::End::Read(_) => None,
        }
    };
    let refused = Some((FaultKind::Unauthorised, "115".to_owned()));
    assert_eq!(fault(300, &settings()), None);
    assert_eq!(fault(301, &settings()), refused);
    let wrong = settings().with("secret_key", SettingValue::Secret(Secret::new("another-secret")));
    assert_eq!(fault(0, &wrong), refused);
}

#[test]
fn every_status_has_its_outcome_and_faults_name_the_call() {
    let end = |status: i64| {
        let mut script = script();
        script["faults"] = json!([{ "do": "error_code", "code": status }]);
        match ask(&script, &settings(), &order(code())).end {
            drive::End::Failed(fault) => Some(fault),
            drive::End::Read(_) => None,
        }
    };
    use FaultKind::{
        Malformed, Misconfigured, QuotaSpent, RateLimited, Transient, Unauthorised, Unsupported,
    };
    for (kind, statuses) in [
        (Unauthorised, &[101, 103, 104, 106, 107, 108, 115, 119][..]),
        (Misconfigured, &[105, 111, 113, 114, 117, 118, 123, 202, 207, 209, 213, 214, 215, 223, 224]),
        (QuotaSpent, &[102, 109, 112, 116]),
        (RateLimited, &[110, 122]),
        (Transient, &[120, 199, 203, 205]),
        (Unsupported, &[121, 208, 218, 219]),
        (Malformed, &[999, 0, -7]),
    ] {
        for status in statuses {
            let fault = end(*status).expect("a fault");
            assert_eq!((fault.kind, fault.status), (kind, Some(status.to_string())), "{status}");
            assert!(fault.detail.ends_with(", call SIM000000000000000000000000000"), "{}", fault.detail);
        }
    }
    assert_eq!(end(110).expect("a fault").retry_after, Some(RetryAfter::Delay(Duration::from_secs(7_200))));
    assert_eq!(end(116).expect("a fault").retry_after, Some(RetryAfter::Tomorrow));
    assert!(end(201).is_none(), "nothing is an answer");
}

#[test]
fn anybody_exists_for_load_tests() {
    let everyone = json!({ "everyone": { "shareholders": 3 } });
    let reply = reply(&everyone, &settings(), &order(code()));
    assert_eq!((found(&reply).0.shareholders.len(), found(&reply).1), (3, MatchedBy::Number));
}

prop_compose! {
    fn shareholder()(name in "[\u{4e00}-\u{9fa5}]{2,20}", company: bool, amount in 0u32..9_999_999, percent in 0u8..=100) -> Value {
        json!({ "name": name, "company": company, "subscribed": amount.to_string(), "percent": format!("{percent}%") })
    }
}

prop_compose! {
    fn freeze()(amount in 1u32..1_000_000, day in 1u8..=28, released: bool) -> Value {
        json!({ "holder": "乙某", "amount": format!("{amount}万人民币元"), "published": format!("2023-06-{day:02}"),
            "until": "2026-05-31", "released": if released { "2024-01-01" } else { "" } })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(
        shareholders in prop::collection::vec(shareholder(), 0..70),
        freezes in prop::collection::vec(freeze(), 0..30),
        pack: bool,
    ) {
        let lists = json!({ "shareholders": shareholders, "freezes": freezes });
        let settings = if pack { settings() } else { settings().with("lists", text("shareholders,judicial")) };
        let reply = reply(&json!({ "companies": [company(&lists)] }), &settings, &order(code()));
        prop_assert!(matches!(reply, Reply::Found { .. }), "{reply:?}");
        let (company, matched_by) = found(&reply);
        prop_assert_eq!(matched_by, MatchedBy::NameAndNumber);
        prop_assert_eq!(company.shareholders.len(), shareholders.len());
        for (one, want) in company.shareholders.iter().zip(&shareholders) {
            prop_assert_eq!(one.name.as_str(), want["name"].as_str().expect("text"));
            prop_assert_eq!(one.is_company, want["company"].as_bool());
            let amount: u64 = want["subscribed"].as_str().expect("text").parse().expect("a number");
            let subscribed = one.subscribed.expect("an amount");
            prop_assert_eq!((subscribed.amount, subscribed.currency), ((amount * 10_000).into(), None));
        }
        let standing: Vec<&Value> = freezes.iter().filter(|freeze| freeze["released"] == "").collect();
        prop_assert_eq!(company.encumbrances.len(), standing.len());
        for (one, want) in company.encumbrances.iter().zip(standing) {
            prop_assert_eq!(one.from.expect("a date").to_string(), want["published"].as_str().expect("text"));
            prop_assert_eq!(one.until.expect("a date").to_string(), "2026-05-31");
        }
    }

    #[test]
    fn any_json_in_the_envelope_is_survived(text in ".{0,200}", number: i64) {
        let connector = (plugin().build)(&settings()).expect("settings");
        for result in [
            json!({ "Name": text, "StartDate": number, "CreditCode": text, "Partners": [number, { "StockName": text, "ShouldCapi": text }] }),
            json!([{ "ExecutedBy": text, "Status": text, "EquityFreezeDetail": { "FreezeEndDate": text, "PublicDate": number } }, null]),
            json!([{ "StockName": number, "StockPercent": text, "StockType": text }]),
            json!([{ "Name": text, "RegNo": number }]),
            json!(text),
        ] {
            let status = if number % 2 == 0 { "200" } else { "201" };
            let body = json!({ "Status": status, "Result": result, "OrderNumber": text }).to_string();
            let reading = connector.read(&Message::new("", body.into_bytes()));
            prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
        }
    }
}

#[test]
fn what_the_vendor_charges_is_counted_and_its_numbers_are_kept() {
    let talk = ask(&script(), &settings(), &order(code()));
    let answered = talk.answers.len();
    assert_eq!(talk.charges.requests, answered as u64);
    assert_eq!(talk.charges.references.len(), answered);
    assert!(talk.charges.references[0].starts_with("SIM"), "{:?}", talk.charges.references);
    let mut spent = script();
    spent["faults"] = json!([{ "do": "error_code", "code": 112 }]);
    assert_eq!(ask(&spent, &settings(), &order(code())).charges.requests, 0, "无效请求");
}

#[test]
fn lists_are_not_asked_for_by_what_stands_in_place_of_a_code() {
    let connector = (plugin().build)(&settings()).expect("settings");
    for stated in ["暂无", "/", "null", "9100****0112"] {
        let answer = |_: usize, request: &HttpRequest, _| {
            let is_base = request.query.iter().any(|(key, _)| key == "keyword");
            let body = match is_base {
                true => json!({ "Status": "200", "Result": { "Name": NAME, "CreditCode": stated } }),
                false => json!({ "Status": "201" }),
            };
            Some(HttpResponse::json(200, body.to_string()))
        };
        let batch = drive::batch(vec![order(code())]);
        let talk = drive::talk(connector.call().expect("a call line"), &batch, answer).expect("an end");
        assert!(talk.requests.len() > 1, "lists are asked for");
        for request in talk.requests.iter().skip(1) {
            assert!(request.query.iter().any(|(_, value)| value == NAME), "{stated}: {:?}", request.query);
        }
    }
}
