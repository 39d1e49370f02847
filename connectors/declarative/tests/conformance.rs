//! Fixtures of two invented registries, the conformance suite on both, and properties over the connector's own sandbox.

use chakong_contract::asset::{Asset, MatchedBy};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{FaultKind, IdentityDocument, Order, Reply, Secret};
use chakong_declarative::plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const VEHICLES: &str = include_str!("../examples/vehicles.toml");
const HOUSING_FUND: &str = include_str!("../examples/housing-fund.toml");
const VEHICLE_TAX: &str = include_str!("../examples/vehicle-tax.toml");
const ID: &str = "110101190001010014";
const NAME: &str = "甲某";

fn settings(description: &str) -> Settings {
    Settings::default()
        .with("description", SettingValue::Text(description.to_owned()))
        .with("secret", SettingValue::Secret(Secret::new("invented-key-0001")))
}

fn order() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::ResidentId(ID.parse().expect("a number")))
}

fn vehicle(at: u32) -> Value {
    json!({ "plateNo": format!("示A{at:05}"), "vin": format!("LTEST{at:012}"), "type": "K33", "state": "A", "ownerId": ID,
        "ownerName": NAME, "firstRegDate": "2019-05-06" })
}

fn vehicles(count: u32) -> Value {
    json!({ "parties": [{ "number": ID, "items": (1..=count).map(vehicle).collect::<Vec<_>>() }] })
}

fn fund() -> Value {
    json!({ "parties": [{ "number": ID, "items": [{ "grzh": "000017", "zjhm": ID, "xm": NAME, "zt": "01", "ye": 1234567, "kyye": "0" }] }] })
}

fn ask(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    drive::ask(&plugin(), settings, script, order)
}

fn reply(script: &Value, settings: &Settings, order: &Order) -> Reply {
    drive::reply(&plugin(), settings, script, order)
}

#[test]
fn fixtures() {
    let folder = |name| fixture_folder(env!("CARGO_MANIFEST_DIR"), name);
    check_fixtures(&plugin(), &settings(VEHICLES), &folder("declarative"));
    check_fixtures(&plugin(), &settings(HOUSING_FUND), &folder("declarative-housing-fund"));
    check_fixtures(&plugin(), &settings(VEHICLE_TAX), &folder("declarative-vehicle-tax"));
}

#[test]
fn vehicles_conform() {
    let (plugin, settings) = (plugin(), settings(VEHICLES));
    conformance(&Subject { plugin, settings, script: vehicles(45), samples: vec![order()] });
}

#[test]
fn the_housing_fund_conforms() {
    let wide = HOUSING_FUND.replace(r#"["resident_id"]"#, r#"["resident_id", "uscc"]"#);
    let (plugin, settings) = (plugin(), settings(&wide));
    conformance(&Subject { plugin, settings, script: fund(), samples: vec![order()] });
}

/// Vehicles as the tax office writes them.
fn taxed(count: u32) -> Value {
    let vehicle = |at: u32| json!({ "cphm": format!("示A{at:05}"), "clsbdh": format!("LTEST{at:012}"), "nsrsbh": ID, "nsrmc": NAME, "djrq": "2019-05-06" });
    json!({ "parties": [{ "number": ID, "items": (1..=count).map(vehicle).collect::<Vec<_>>() }] })
}

#[test]
fn answers_in_xml_conform() {
    let (plugin, settings) = (plugin(), settings(VEHICLE_TAX));
    conformance(&Subject { plugin, settings, script: taxed(120), samples: vec![order()] });
}

#[test]
fn every_problem_of_a_description_is_told_with_its_line() {
    let text = VEHICLE_TAX
        .replace("path = \"/ccs/query\"", "path = \"ccs\"")
        .replace("{{ case_number }}", "{{ case_nubmer }}")
        .replace("size = 50", "size = 0")
        .replace("/response/body/vehicle", "/body/vehicle")
        .replace("owner = ", "ovner = ");
    let line = |part: &str| text.lines().position(|line| line.contains(part)).map(|at| at + 1);
    let problems = (plugin().build)(&settings(&text)).expect_err("wrong");
    let told: Vec<_> = problems.iter().map(|problem| (problem.line, problem.problem.as_str())).collect();
    for (part, why) in [
        ("path = ", "request.path: begins with /"),
        ("case_nubmer", "request.query.ah: cannot be written"),
        ("size = 0", "paging.size: is 1 to 1000"),
        ("/body/vehicle", "answer.items: of XML"),
        ("ovner = ", "asset.fields.ovner: there is no such field"),
    ] {
        assert!(told.iter().any(|(at, said)| *at == line(part) && said.starts_with(why)), "{part}: {told:?}");
    }
    assert_eq!(problems.len(), 5);
    let broken = VEHICLE_TAX.replace("size = 50", "size = ");
    let problems = (plugin().build)(&settings(&broken)).expect_err("no TOML");
    assert_eq!(problems[0].line, broken.lines().position(|line| line == "size = ").map(|at| at + 1));
}

#[test]
fn a_description_is_short() {
    for text in [VEHICLES, HOUSING_FUND, VEHICLE_TAX] {
        assert!(text.lines().count() <= 100);
    }
}

#[test]
fn a_wrong_description_is_refused_with_its_reason() {
    for (right, wrong, reason) in [
        ("/vehicle/v1/list", "/vehicle/{{ number }}", "holds no template"),
        ("{{ number }}", "{{ nubmer }}", "undefined"),
        ("{{ number }}", "{{ number", "syntax"),
        ("\"/data/rows\"", "\"data.rows\"", "no JSON pointer"),
        ("plate = ", "plait = ", "no such field"),
        ("kind = \"vehicle\"", "kind = \"company\"", "account or vehicle"),
        ("kind = \"header\"", "kind = \"query\"", "unknown variant"),
        ("size = 20", "size = 0", "paging.size"),
        ("success = [\"0\"]", "success = []", "belong together"),
        ("{ text = ", "{ txt = ", "did not match"),
        ("unauthorised", "forbidden", "unknown variant"),
    ] {
        let text = VEHICLES.replacen(right, wrong, 1);
        assert_ne!(text, VEHICLES);
        let problems = (plugin().build)(&settings(&text)).expect_err(wrong);
        assert_eq!(problems[0].key, "description");
        assert!(problems[0].problem.contains(reason), "{wrong}: {}", problems[0].problem);
    }
    let without = Settings::default().with("description", SettingValue::Text(VEHICLES.to_owned()));
    assert_eq!((plugin().build)(&without).expect_err("no secret")[0].key, "secret");
}

#[test]
fn a_template_cannot_run_for_ever() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    let problems = (plugin().build)(&settings(&VEHICLES.replace("{{ number }}", endless))).expect_err("fuel");
    assert!(problems[0].problem.contains("cannot be written"), "{}", problems[0].problem);
}

#[test]
fn values_are_escaped_in_a_body_and_the_secret_is_a_header() {
    let mut order = order();
    order.name = r#"甲"}, "x": {"某"#.parse().expect("a name");
    let talk = ask(&fund(), &settings(HOUSING_FUND), &order);
    let body: Value = serde_json::from_slice(&talk.requests[0].body).expect("JSON");
    assert_eq!((&body["xm"], body.get("x")), (&json!(order.name.as_str()), None));
    let [(name, secret)] = &talk.requests[0].secret_headers[..] else { panic!("one secret header") };
    assert_eq!((name.as_str(), secret.expose()), ("Authorization", "Bearer invented-key-0001"));
}

#[test]
fn codes_are_typed_outcomes() {
    let end = |code: i64| {
        let mut script = vehicles(1);
        script["faults"] = json!([{ "do": "error_code", "code": code }]);
        match ask(&script, &settings(VEHICLES), &order()).end {
            drive::End::Failed(fault) => Some(fault.kind),
            drive::End::Read(_) => None,
        }
    };
    assert_eq!(end(1401), Some(FaultKind::Unauthorised));
    assert_eq!(end(1430), Some(FaultKind::QuotaSpent));
    assert_eq!(end(1999), Some(FaultKind::Malformed), "not in the description");
    assert_eq!(end(1404), None, "nothing is an answer");
    let company = IdentityDocument::Uscc("91000000MADEM00112".parse().expect("a code"));
    let asked = ask(&fund(), &settings(HOUSING_FUND), &sample::query(&plugin().manifest, NAME, company));
    assert!(matches!(asked.end, drive::End::Failed(fault) if fault.kind == FaultKind::Unsupported));
}

#[test]
fn what_cannot_be_understood_of_an_account_is_a_doubt() {
    use chakong_contract::asset::{DoubtAbout, DoubtKind};
    let account = |key: &str, value: Value| {
        let mut script = fund();
        script["parties"][0]["items"][0][key] = value;
        let answer = reply(&script, &settings(HOUSING_FUND), &order());
        let [found] = answer.assets() else { panic!("{answer:?}") };
        let Asset::Account(account) = &found.asset else { panic!("{found:?}") };
        account.clone()
    };
    for (key, value, about, kind) in [
        ("ye", json!("很多"), DoubtAbout::Balance, DoubtKind::Unreadable),
        ("kyye", json!("9E27"), DoubtAbout::Available, DoubtKind::Implausible),
        ("zt", json!("77"), DoubtAbout::Status, DoubtKind::Unreadable),
        ("grzh", json!("00????17"), DoubtAbout::Number, DoubtKind::Garbled),
    ] {
        let account = account(key, value);
        let [doubt] = account.doubts.as_slice() else { panic!("{:?}", account.doubts) };
        assert_eq!((doubt.about, doubt.kind), (about, kind), "{key}");
        assert_eq!(account.needs_an_officer(), about != DoubtAbout::Balance);
    }
    assert!(account("kyye", json!("null")).doubts.is_empty(), "null is not stated");
    for other in [json!({ "amount": 5, "unit": "fen" }), json!([1, 2])] {
        let account = account("kyye", other.clone());
        let [doubt] = account.doubts.as_slice() else { panic!("{:?}", account.doubts) };
        assert_eq!((doubt.about, doubt.kind), (DoubtAbout::Available, DoubtKind::Unreadable), "{other}");
        assert_eq!(doubt.value, other.to_string());
    }
    let large = account("ye", json!("2.5E9"));
    assert_eq!(large.balance.expect("a balance").amount, 25_000_000.into(), "cents in scientific notation");
}

#[test]
fn an_end_that_lies_ahead_is_none_and_a_beginning_that_does_is_doubted() {
    use chakong_contract::asset::DoubtKind;
    let description = HOUSING_FUND.replace("opened = \"/khrq\"", "opened = \"/khrq\"\nclosed = \"/xhrq\"");
    let with = |available: u32, key: &str, day: &str| {
        let mut script = fund();
        script["parties"][0]["items"][0]["kyye"] = json!(available);
        script["parties"][0]["items"][0][key] = json!(day);
        let answer = reply(&script, &settings(&description), &order());
        let [found] = answer.assets() else { panic!("{answer:?}") };
        let Asset::Account(account) = &found.asset else { panic!("{found:?}") };
        account.clone()
    };
    let account = |key: &str, day: &str| with(0, key, day);
    let closed = with(1, "xhrq", "2025-11-30");
    let kinds: Vec<_> = closed.doubts.iter().map(|doubt| doubt.kind).collect();
    assert_eq!(kinds, [DoubtKind::Contradiction], "a closed account has no money");
    assert!(closed.needs_an_officer() && with(1, "xhrq", "2048-06-30").doubts.is_empty());
    // It is asked on 2026-01-05.
    for (day, has_come) in
        [("2025-11-30", true), ("2026-01-05", true), ("2026-01-07", false), ("2048-06-30", false)]
    {
        let account = account("xhrq", day);
        assert_eq!((account.closed.is_some(), account.doubts.len()), (has_come, 0), "closed {day}");
    }
    for (day, lies_ahead) in [("2025-11-30", false), ("2026-01-06", false), ("2048-06-30", true)] {
        let account = account("khrq", day);
        let kinds: Vec<_> = account.doubts.iter().map(|doubt| doubt.kind).collect();
        let expected = if lies_ahead { vec![DoubtKind::Implausible] } else { Vec::new() };
        assert_eq!((account.opened.is_none(), kinds), (lies_ahead, expected), "opened {day}");
    }
}

#[test]
fn a_counterpart_reports_the_kind_of_its_description_alone() {
    use chakong_contract::asset::AssetKind;
    for (description, kind) in [(VEHICLES, AssetKind::Vehicle), (HOUSING_FUND, AssetKind::Account)] {
        let connector = (plugin().build)(&settings(description)).expect("settings");
        assert_eq!(connector.assets(), Some([kind].as_slice()));
    }
}

#[test]
fn a_byte_order_mark_spoils_no_answer() {
    for (description, body) in [
        (
            HOUSING_FUND,
            json!({ "code": 0, "accounts": [{ "grzh": "000017", "zjhm": ID, "ye": 1 }] }).to_string(),
        ),
        (
            VEHICLE_TAX,
            "<response><head code='0000'/><body><vehicle><plate>示A1</plate></vehicle></body></response>"
                .into(),
        ),
    ] {
        let connector = (plugin().build)(&settings(description)).expect("settings");
        let read = |text: String| {
            format!("{:?}", connector.read(&chakong_contract::Message::new("", text.into_bytes())))
        };
        assert_eq!(read(format!("\u{feff}{body}")), read(body));
    }
}

#[test]
fn json_in_gbk_is_read_as_if_it_were_utf8() {
    let connector = (plugin().build)(&settings(HOUSING_FUND)).expect("settings");
    let read = |bytes: Vec<u8>| format!("{:?}", connector.read(&chakong_contract::Message::new("", bytes)));
    let account = json!({ "grzh": "000017", "zjhm": ID, "xm": NAME, "ye": 1, "glb": "示例管理部二分部" });
    let body = json!({ "status": "OK", "accounts": [account] }).to_string();
    let gbk = encoding_rs::GBK.encode(&body).0.into_owned();
    assert!(std::str::from_utf8(&gbk).is_err());
    assert_eq!(read(gbk), read(body.into_bytes()));
}

#[test]
fn anybody_owns_something_for_load_tests() {
    let script = json!({ "everyone": { "plateNo": "示A00001", "state": "A" } });
    let answer = reply(&script, &settings(VEHICLES), &order());
    assert_eq!(answer.assets()[0].matched_by, MatchedBy::Unstated, "the entry does not say whose it is");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(count in 0u32..150) {
        let answer = reply(&vehicles(count), &settings(VEHICLES), &order());
        prop_assert_eq!(answer.outcome(), if count == 0 { "nothing" } else { "found" });
        prop_assert_eq!(answer.assets().len(), count as usize);
        for (found, at) in answer.assets().iter().zip(1..) {
            let Asset::Vehicle(vehicle) = &found.asset else { panic!("{found:?}") };
            prop_assert_eq!(&vehicle.plate, &format!("示A{at:05}"));
            prop_assert_eq!((vehicle.class.as_str(), vehicle.status.as_str()), ("轿车", "正常"));
            prop_assert_eq!(found.matched_by, MatchedBy::NameAndNumber);
        }
    }

    #[test]
    fn what_the_sandbox_writes_in_xml_the_connector_reads(count in 0u32..150) {
        let answer = reply(&taxed(count), &settings(VEHICLE_TAX), &order());
        prop_assert_eq!(answer.outcome(), if count == 0 { "nothing" } else { "found" });
        prop_assert_eq!(answer.assets().len(), count as usize, "one entry is a list too");
    }

    #[test]
    fn amounts_are_exact(cents in 0i64..1_000_000_000_000) {
        let mut script = fund();
        script["parties"][0]["items"][0]["ye"] = cents.into();
        let answer = reply(&script, &settings(HOUSING_FUND), &order());
        let [found] = answer.assets() else { panic!("{answer:?}") };
        let Asset::Account(account) = &found.asset else { panic!("{found:?}") };
        let balance = account.balance.expect("a balance");
        prop_assert!(balance.is_yuan());
        prop_assert_eq!(balance.amount * rust_decimal::Decimal::ONE_HUNDRED, cents.into());
    }

    #[test]
    fn any_json_is_survived(text in ".{0,200}", number: i64) {
        for description in [VEHICLES, HOUSING_FUND, VEHICLE_TAX] {
            let connector = (plugin().build)(&settings(description)).expect("settings");
            let item = json!({ "plateNo": number, "firstRegDate": text, "state": [text], "grzh": text, "ye": text, "khrq": number });
            let items = json!([item, number, text, null, {}]);
            let body = json!({ "code": 0, "status": "OK", "data": { "rows": items, "total": text }, "accounts": items });
            let xml = format!("<response><head code='0000'><total>{number}</total></head><body><vehicle>{text}</vehicle></body></response>");
            for body in [body.to_string(), xml] {
                let reading = connector.read(&chakong_contract::Message::new("", body.into_bytes()));
                prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
            }
        }
    }
}
