//! Fixtures, the conformance suite, and properties over the connector's own sandbox.

use chakong_contract::asset::{Asset, MatchedBy};
use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{Company, HttpRequest, HttpResponse, IdentityDocument, Message, Order, Reply, Secret};
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use chakong_tianyancha::plugin;
use proptest::prelude::*;
use serde_json::{Value, json};

const CODE: &str = "91000000MADEM00112";
const NAME: &str = "示例甲供应链管理有限公司";

fn settings() -> Settings {
    Settings::default().with("token", SettingValue::Secret(Secret::new("00000000-test-token")))
}

fn order() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::Uscc(CODE.parse().expect("a code")))
}

fn company(lists: &Value) -> Value {
    let mut company = json!({
        "name": NAME, "code": CODE, "registration_number": "000000000000017", "status": "存续",
        "legal_representative": "甲某", "capital": "1000万人民币", "established": "2015-03-18",
        "former_names": ["示例甲商贸有限公司"], "address": "示例市示例区示例路1号",
    });
    for (key, value) in lists.as_object().expect("an object") {
        company[key] = value.clone();
    }
    company
}

fn script() -> Value {
    let shareholders: Vec<Value> = (1..=45)
        .map(|at| json!({ "name": format!("股东{at}某"), "capital": "10万人民币", "percent": "1%" }))
        .collect();
    let freezes = json!([{ "holder": "乙某", "amount": "350万人民币元", "court": "示例市示例区人民法院",
        "document": "（2023）示0101执100号", "published": "2023-06-02" }]);
    json!({ "companies": [company(&json!({ "shareholders": shareholders, "freezes": freezes }))] })
}

fn ask(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    drive::ask(&plugin(), settings, script, order)
}

fn reply(script: &Value, order: &Order) -> Reply {
    drive::reply(&plugin(), &settings(), script, order)
}

fn only_company(reply: &Reply) -> &Company {
    match reply.assets().first().map(|found| &found.asset) {
        Some(Asset::Company(company)) => company,
        _ => panic!("{reply:?}"),
    }
}

#[test]
fn fixtures() {
    check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "tianyancha"));
}

#[test]
fn conforms() {
    let (plugin, settings) = (plugin(), settings());
    conformance(&Subject { plugin, settings, script: script(), samples: vec![order()] });
}

fn read(body: &Value) -> chakong_contract::connector::Reading {
    let connector = (plugin().build)(&settings()).expect("settings");
    connector.read(&Message::new("", body.to_string().into_bytes()))
}

#[test]
fn former_names_are_read_from_a_text_and_from_a_list() {
    let names = |written: Value| {
        let record = json!({ "name": NAME, "historyNames": written });
        let reading = read(&json!({ "error_code": 0, "reason": "ok", "result": record }));
        let chakong_contract::connector::ReadContent::Answer(answer) = &reading.reads[0].content else {
            panic!("{reading:?}")
        };
        only_company(&answer.reply).former_names.clone()
    };
    let both = ["示例乙贸易有限公司", "示例丙贸易有限公司"];
    assert_eq!(names(json!("示例乙贸易有限公司;\t示例丙贸易有限公司;")), both);
    assert_eq!(names(json!(both)), both);
    assert_eq!(names(json!(["示例乙贸易有限公司;示例丙贸易有限公司", null, "", "示例乙贸易有限公司"])), both);
    for none in [json!(""), json!([]), json!({}), json!("暂无"), Value::Null] {
        assert_eq!(names(none.clone()), Vec::<String>::new(), "{none}");
    }
}

#[test]
fn pages_beyond_the_bound_are_told_as_missing() {
    let short = settings().with("max_pages", SettingValue::Integer(2));
    let talk = ask(&script(), &short, &order());
    let [read] = talk.reads() else { panic!("{:?}", talk.end) };
    let json = serde_json::to_value(read).expect("JSON");
    assert_eq!(json["answer"]["reply"]["outcome"], "partial");
    assert!(
        json["answer"]["reply"]["missing"][0].as_str().expect("words").contains("only the first 40 of 45")
    );
    assert_eq!(only_company(&reply(&script(), &order())).shareholders.len(), 45, "with the default bound");
}

#[test]
fn anybody_exists_for_load_tests_and_is_the_same_each_time() {
    let script = json!({ "everyone": { "shareholders": 3, "changes": 25 } });
    let answer = reply(&script, &order());
    let found = only_company(&answer);
    assert_eq!((found.shareholders.len(), found.changes.len()), (3, 25));
    assert_eq!(answer.assets()[0].matched_by, MatchedBy::Number, "the name is another");
    assert_eq!(reply(&script, &order()), answer);
}

#[test]
fn error_codes_of_lists_fail_the_attempt_or_make_it_partial() {
    let with = |code: i64| {
        let mut script = script();
        script["faults"] = json!([{ "do": "error_code", "code": code, "path": "/holder/" }]);
        ask(&script, &settings(), &order()).end
    };
    let failed = |end: &drive::End| matches!(end, drive::End::Failed(_));
    assert!(failed(&with(300_004)) && failed(&with(300_007)), "what may pass is tried again by the gateway");
    assert!(!failed(&with(300_005)), "an interface that was not bought leaves the rest");
    assert!(!failed(&with(300_000)), "no shareholders is an answer");
}

#[test]
fn only_the_lists_that_are_wanted_are_paid_for() {
    let paths = |lists: &str| -> Vec<String> {
        let settings = settings().with("lists", SettingValue::Text(lists.to_owned()));
        ask(&script(), &settings, &order()).requests.into_iter().map(|request| request.path).collect()
    };
    assert_eq!(paths("none").len(), 2, "search and base info");
    assert_eq!(paths("judicial").last().map(String::as_str), Some("/services/v4/open/judicial"));
    assert_eq!(paths("history, branches")[2..], ["/services/open/ic/branch/2.0", "/services/open/hi/ic/2.0"]);
    let wrong = settings().with("lists", SettingValue::Text("shareholders,staff".to_owned()));
    let problems = (plugin().build)(&wrong).expect_err("staff is no list");
    assert_eq!(problems[0].key, "lists");
}

#[test]
fn past_data_become_former_names_and_changes() {
    let lists = json!({ "history_names": ["示例旧名有限公司"], "history_capital": ["500万人民币"] });
    let wide = settings().with("lists", SettingValue::Text("history".to_owned()));
    let talk = ask(&json!({ "companies": [company(&lists)] }), &wide, &order());
    let json = serde_json::to_value(talk.reads()).expect("JSON");
    let found = &json[0]["answer"]["reply"]["assets"][0]["asset"];
    assert_eq!(found["former_names"], json!(["示例甲商贸有限公司", "示例旧名有限公司"]));
    assert_eq!(found["changes"][0]["before"], "500万人民币");
}

#[test]
fn details_are_bounded_and_one_denial_ends_them() {
    let freeze = json!({ "holder": "乙某", "amount": "1万人民币元", "published": "2023-06-02", "until": "2026-05-31" });
    let mut script = json!({ "companies": [company(&json!({ "freezes": vec![freeze; 23] }))] });
    let details = |script: &Value| {
        let talk = ask(script, &settings(), &order());
        let asked =
            talk.requests.iter().filter(|request| request.path.ends_with("getJudicialDetail")).count();
        (asked, serde_json::to_value(talk.reads()).expect("JSON")[0]["answer"]["reply"].clone())
    };
    let (asked, bounded) = details(&script);
    assert_eq!((asked, &bounded["outcome"]), (20, &json!("partial")));
    assert_eq!(bounded["assets"][0]["asset"]["encumbrances"].as_array().map(Vec::len), Some(23));
    script["faults"] = json!([{ "do": "error_code", "code": 300_005, "path": "getJudicialDetail" }]);
    assert_eq!(details(&script).0, 1, "an interface that was not bought is not asked again");
}

#[test]
fn every_charged_call_is_booked() {
    let plugin = plugin();
    let connector = (plugin.build)(&settings()).expect("settings");
    let mut sandbox = (plugin.sandbox)(&script(), &settings()).expect("a script");
    let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![order()])).expect("an end");
    assert_eq!(sandbox.books().queries, 10, "search, base, 3 pages of shareholders, 5 lists and a detail");
    assert_eq!((talk.requests.len(), talk.charges.requests), (10, 10));
    assert!(talk.charges.references.is_empty(), "the vendor numbers no calls");
    let mut faulty = script();
    faulty["faults"] = json!([{ "do": "error_code", "code": 300_005, "path": "/holder/" }]);
    let talk = ask(&faulty, &settings(), &order());
    assert_eq!(
        talk.charges.requests + 1,
        talk.requests.len() as u64,
        "what it did not do it does not charge"
    );
}

prop_compose! {
    fn freeze()(amount in 1u32..1_000_000, waiting: bool, day in 1u8..=28) -> Value {
        json!({ "holder": "乙某", "amount": format!("{amount}万人民币元"), "court": "示例市示例区人民法院",
            "state": if waiting { "股权冻结|轮候冻结" } else { "股权冻结|冻结" }, "published": format!("2023-06-{day:02}"),
            "from": "2023-06-01", "until": format!("2026-05-{day:02}") })
    }
}

prop_compose! {
    fn shareholder()(name in "[\u{4e00}-\u{9fa5}]{2,20}", company: bool, amount in 0u32..9_999_999, percent in 0u8..=100) -> Value {
        json!({ "name": name, "company": company, "capital": format!("{amount}万人民币"), "percent": format!("{percent}%") })
    }
}

prop_compose! {
    fn investment()(name in "[\u{4e00}-\u{9fa5}]{2,20}", amount in 0u32..9_999_999, percent in 0u8..=100) -> Value {
        json!({ "name": name, "code": "91000000MADEM002XR", "amount": amount.to_string(), "percent": format!("{percent}%") })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(
        shareholders in prop::collection::vec(shareholder(), 0..70),
        freezes in prop::collection::vec(freeze(), 0..15),
        investments in prop::collection::vec(investment(), 0..30),
        capital in 0u32..100_000_000,
    ) {
        let lists = json!({ "shareholders": shareholders, "freezes": freezes, "investments": investments, "capital": format!("{capital}万人民币") });
        let answer = reply(&json!({ "companies": [company(&lists)] }), &order());
        prop_assert!(matches!(answer, Reply::Found { .. }), "{answer:?}");
        prop_assert_eq!(answer.assets()[0].matched_by, MatchedBy::NameAndNumber);
        let found = only_company(&answer);
        prop_assert_eq!(found.registered_capital.expect("capital").amount, (u64::from(capital) * 10_000).into());
        let names: Vec<&str> = found.shareholders.iter().map(|one| one.name.as_str()).collect();
        let want: Vec<&str> = shareholders.iter().map(|one| one["name"].as_str().expect("text")).collect();
        prop_assert_eq!(names, want);
        for (one, want) in found.shareholders.iter().zip(&shareholders) {
            prop_assert_eq!(format!("{}%", one.percent.as_deref().expect("percent")), want["percent"].as_str().expect("text"));
            prop_assert_eq!(one.is_company, want["company"].as_bool());
        }
        prop_assert_eq!(found.encumbrances.len(), freezes.len());
        for (one, want) in found.encumbrances.iter().zip(&freezes) {
            prop_assert_eq!(one.from.expect("a date").to_string(), want["published"].as_str().expect("text"));
            prop_assert_eq!(one.until.expect("a date").to_string(), want["until"].as_str().expect("text"));
        }
        let stakes: Vec<_> = answer.assets().iter().filter_map(|found| match &found.asset {
            Asset::Equity(stake) => Some(stake),
            _ => None,
        }).collect();
        prop_assert_eq!(stakes.len(), investments.len());
        for (stake, want) in stakes.iter().zip(&investments) {
            prop_assert_eq!(&stake.company, want["name"].as_str().expect("text"));
            let amount: u64 = want["amount"].as_str().expect("text").parse().expect("a number");
            prop_assert_eq!(stake.subscribed.expect("an amount").amount, (amount * 10_000).into());
        }
    }

    #[test]
    fn any_json_in_the_envelope_is_survived(text in ".{0,200}", number: i64) {
        let connector = (plugin().build)(&settings()).expect("settings");
        for result in [
            json!({ "name": text, "estiblishTime": number, "toTime": text, "regCapital": text, "creditCode": number }),
            json!({ "total": number, "items": [{ "changeItem": text, "changeTime": number }, number, text, null] }),
            json!({ "total": text, "items": [{ "typeState": text, "publicityDate": text, "equityAmount": number }] }),
            json!({ "items": [{ "capital": [{ "amomon": text, "percent": number }], "type": text }] }),
            json!({ "items": [{ "amountSuffix": text, "amount": number, "percent": text, "creditCode": text }] }),
            json!({ "items": text }),
        ] {
            let body = json!({ "error_code": number.rem_euclid(2) * 300_000, "result": result }).to_string();
            let reading = connector.read(&Message::new("", body.into_bytes()));
            prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
        }
    }
}

/// Leads a conversation in which every search is answered with one result; nothing else is known of anybody.
fn searched(result: &Value) -> Reply {
    let connector = (plugin().build)(&settings()).expect("settings");
    let batch = drive::batch(vec![order()]);
    let answer = |_: usize, request: &HttpRequest, _| {
        let body = match request.path.ends_with("/search/2.0") {
            true => json!({ "error_code": 0, "reason": "ok", "result": result }),
            false => json!({ "error_code": 300_000, "reason": "无数据" }),
        };
        Some(HttpResponse::json(200, body.to_string()))
    };
    let talk = drive::talk(connector.call().expect("a call line"), &batch, answer).expect("an end");
    match talk.reads() {
        [Read { content: ReadContent::Answer(answer), .. }] => answer.reply.clone(),
        _ => panic!("{:?}", talk.end),
    }
}

#[test]
fn several_companies_of_one_name_and_entries_that_are_not_given_are_told() {
    let missing = |result: Value| match searched(&result) {
        Reply::Partial { missing, .. } => missing.join("；"),
        other => panic!("{other:?}"),
    };
    let named = |id: u32| json!({ "id": id, "name": NAME, "creditCode": "暂无" });
    assert!(missing(json!({ "total": 2, "items": [named(1), named(2)] })).contains("同名企业2家"));
    assert!(!missing(json!({ "total": 1, "items": [named(1)] })).contains("同名企业"), "one of the name");
    assert!(missing(json!({ "total": "3", "items": null })).contains("共3条，未给出"));
    assert_eq!(searched(&json!({ "total": 0, "items": [] })), Reply::Nothing);
}
