//! Fixtures, the conformance suite, and properties over the connector's own sandbox.

use chakong_contract::asset::{Asset, EncumbranceKind, MatchedBy, PropertyKind};
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::{Original, Target};
use chakong_contract::{Answer, IdentityDocument, Instruction, Message, Order, RealProperty, Reply};
use chakong_court_realty::plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const OLD_NUMBER: &str = "110101000101001";
const NAME: &str = "甲某";

fn settings(unit: &str) -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text(unit))
        .with("workflow_seize", text("CF-EXAMPLE"))
        .with("workflow_renew", text("XF-EXAMPLE"))
        .with("workflow_release", text("JF-EXAMPLE"))
}

fn order() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::ResidentId(NUMBER.parse().expect("a number")))
}

fn samples() -> Vec<Order> {
    let manifest = plugin().manifest;
    let target = Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: "000000001002GB00123F00010008".parse().ok(),
        certificate: "示(2020)示例市不动产权第0012345号".into(),
        location: "示例市示例区示例路1号1幢8室".into(),
        business_number: "XM00009".into(),
    };
    let day = |text: &str| text.parse().expect("a date");
    let order = |number: &str, instruction| {
        let document = IdentityDocument::ResidentId(NUMBER.parse().expect("a number"));
        sample::order(&manifest, number, NAME, document, instruction)
    };
    let (from, until) = (day("2026-01-05"), day("2029-01-04"));
    let seize =
        order("TESTFREEZE1", Instruction::Freeze { target: target.clone(), limit: None, from, until });
    let original = Original {
        number: seize.number.clone(),
        case_number: seize.case.number.clone(),
        reference: "XM00000001".into(),
    };
    let (from, until) = (day("2029-01-05"), day("2032-01-04"));
    let renew =
        Instruction::Renew { target: target.clone(), limit: None, from, until, original: original.clone() };
    let release = Instruction::Release { target, amount: None, original };
    vec![self::order(), seize, order("TESTRENEW1", renew), order("TESTRELEASE1", release)]
}

fn script(number: &str, properties: &Value) -> Value {
    json!({ "holders": [{ "name": NAME, "number": number, "properties": properties }] })
}

fn home() -> Value {
    json!({
        "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        "mortgages": [{ "mortgagee": "示例银行", "amount": 1_500_000, "from": "2020/01/01", "until": "2040/01/01" }],
    })
}

/// Asks the sandbox of a script.
fn talk(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    let plugin = plugin();
    let connector = (plugin.build)(settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(script, settings).expect("a script");
    drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![order.clone()])).expect("an end")
}

fn answer(script: &Value, settings: &Settings, order: &Order) -> Answer {
    let talk = talk(script, settings, order);
    match talk.reads() {
        [read] => match &read.content {
            ReadContent::Answer(answer) => (**answer).clone(),
            ReadContent::Continuation(_) | ReadContent::Attachment(_) => panic!("{read:?}"),
            ReadContent::Fault(fault) => panic!("{fault}"),
        },
        _ => panic!("{:?}", talk.end),
    }
}

fn properties(reply: &Reply) -> Vec<&RealProperty> {
    let property = |found: &'_ chakong_contract::asset::FoundAsset| match &found.asset {
        Asset::Property(_) => {}
        other => panic!("{other:?}"),
    };
    reply.assets().iter().for_each(property);
    let assets = reply.assets().iter().map(|found| &found.asset);
    assets
        .filter_map(|asset| if let Asset::Property(property) = asset { Some(property) } else { None })
        .collect()
}

#[test]
fn fixtures() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-realty");
    check_fixtures(&plugin(), &settings("ten_thousand_yuan"), &folder);
}

#[test]
fn conforms() {
    let (plugin, settings) = (plugin(), settings("yuan"));
    conformance(&Subject { plugin, settings, script: script(NUMBER, &json!([home()])), samples: samples() });
}

#[test]
fn the_old_number_is_asked_as_well_unless_the_registry_matches_it() {
    let script = script(OLD_NUMBER, &json!([home()]));
    let found = answer(&script, &settings("yuan"), &order());
    assert_eq!(found.reply.assets().first().map(|asset| asset.matched_by), Some(MatchedBy::NameAndNumber));
    let trusting = settings("yuan").with("matches_old_numbers", SettingValue::Boolean(true));
    assert_eq!(answer(&script, &trusting, &order()).reply, Reply::Nothing);
}

#[test]
fn a_second_query_that_fails_for_good_is_told() {
    let mut script = script(NUMBER, &json!([home()]));
    let old = sample::query(
        &plugin().manifest,
        NAME,
        IdentityDocument::Passport("E00000001".parse().expect("a number")),
    );
    assert_eq!(talk(&script, &settings("yuan"), &old).requests.len(), 1, "a passport has no old form");
    script["faults"] = json!([{ "do": "status", "status": 503, "retry_after": 9, "first": 1 }]);
    assert!(matches!(talk(&script, &settings("yuan"), &order()).end, drive::End::Failed(_)));
}

#[test]
fn a_byte_order_mark_spoils_nothing_and_zero_days_are_none() {
    let connector = (plugin().build)(&settings("yuan")).expect("settings");
    let read = |body: String| {
        let reading = connector.read(&chakong_contract::Message::new("", body.into_bytes()));
        serde_json::to_value(&reading.reads).expect("JSON")
    };
    let answer = |day: &str| {
        let right = json!({ "bdcdyh": "000000001002GB00123F00010008", "bdcqzh": "示（2020）不动产权第0000017号", "djsj": day });
        json!({ "code": "1", "message": "查询成功", "data": { "fdcqList": [right] } }).to_string()
    };
    let registered = |day: &str| {
        let read = read(answer(day));
        read[0]["answer"]["reply"]["assets"][0]["asset"]["registered"].clone()
    };
    assert_eq!(registered("2020-03-04 00:00:00"), "2020-03-04");
    for day in
        ["1900-01-01 00:00:00", "0001-01-01T00:00:00", "1899/12/30", "1970-01-01", "0000-00-00", "9999-12-31"]
    {
        assert_eq!(registered(day), Value::Null, "{day}");
    }
    let marked = read(format!("\u{feff}{}", answer("2020-03-04")));
    assert_eq!(marked, read(answer("2020-03-04")));
    assert_eq!(marked[0]["answer"]["reply"]["outcome"], "found");
}

#[test]
fn the_unit_of_amounts_is_the_registrys() {
    for unit in ["yuan", "ten_thousand_yuan"] {
        let found = answer(&script(NUMBER, &json!([home()])), &settings(unit), &order());
        let amount = properties(&found.reply)[0].encumbrances[0].amount.expect("an amount");
        assert_eq!(amount.to_string(), "1500000 CNY", "{unit}");
    }
}

#[test]
fn anybody_owns_something_for_load_tests_and_the_same_each_time() {
    let script = json!({ "everyone": { "properties": 3, "mortgaged": true, "seized": true } });
    let found = answer(&script, &settings("yuan"), &order());
    let owned = properties(&found.reply);
    assert_eq!(owned.len(), 3, "once, although two numbers were asked");
    let unit = |property: &&RealProperty| property.unit_number.is_some() && property.encumbrances.len() == 2;
    assert!(owned.iter().all(unit), "{owned:?}");
    assert_eq!(answer(&script, &settings("yuan"), &order()), found);
}

prop_compose! {
    fn seizure()(kind in 1u8..=4, day in 1u8..=28) -> Value {
        json!({ "authority": format!("示例市第{day}法院"), "document": format!("（2024）示执{day}号"), "type": kind.to_string(),
            "from": format!("2024/03/{day:02}"), "registered": format!("2024-03-{day:02} 09:30:00") })
    }
}

prop_compose! {
    fn property()(
        building in 0u32..10_000, room in 0u32..10_000, area in 1u32..1_000_000, kind in 0usize..4,
        share in prop::sample::select(vec!["", "50%", "1/2"]), amount in 1u32..100_000,
        seizures in prop::collection::vec(seizure(), 0..6), mortgaged: bool,
    ) -> Value {
        let kinds = ["building", "land_use", "structure", "sea"];
        let mortgage = json!({ "mortgagee": "示例银行", "amount": u64::from(amount) * 10_000 });
        json!({
            "kind": kinds[kind], "unit": format!("000000001002GB00123F{building:04}{room:04}"),
            "certificate": format!("示(2020)示例市不动产权第{building:04}{room:04}号"), "location": format!("示例路{building}号{room}室"),
            "area": format!("{}.{:02}", area / 100, area % 100), "share": share, "seizures": seizures,
            "mortgages": if mortgaged { vec![mortgage] } else { Vec::new() },
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(
        owned in prop::collection::hash_map("[0-9]{8}", property(), 1..12),
        rows: bool, unit in prop::sample::select(vec!["yuan", "ten_thousand_yuan"]),
    ) {
        // One property per unit number.
        let owned: std::collections::BTreeMap<String, Value> =
            owned.into_values().map(|one| (one["unit"].to_string(), one)).collect();
        let owned: Vec<Value> = owned.into_values().collect();
        let mut script = script(NUMBER, &json!(owned));
        script["without_holder_rows"] = (!rows).into();
        let found = answer(&script, &settings(unit), &order());
        prop_assert!(matches!(found.reply, Reply::Found { .. }), "{:?}", found.reply);
        prop_assert!(found.unknown.is_empty(), "{:?}", found.unknown);
        let want_match = if rows { MatchedBy::NameAndNumber } else { MatchedBy::Unstated };
        prop_assert!(found.reply.assets().iter().all(|asset| asset.matched_by == want_match));
        let read = properties(&found.reply);
        prop_assert_eq!(read.len(), owned.len());
        for want in &owned {
            let text = |key: &str| want[key].as_str().expect("text");
            let one = read.iter().find(|one| one.unit_number.as_ref().is_some_and(|unit| unit.as_str() == text("unit")));
            let one = one.expect("every unit is read");
            prop_assert_eq!(&one.location, text("location"));
            prop_assert_eq!(one.area.expect("an area").to_string(), text("area"));
            prop_assert_eq!(&one.certificates, &[text("certificate")]);
            prop_assert_eq!(&one.holders[0].share, text("share"));
            check_burdens(one, want)?;
        }
    }

    #[test]
    fn any_values_in_the_lists_are_survived(text in ".{0,100}", number: i64) {
        let connector = (plugin().build)(&settings("yuan")).expect("settings");
        let odd = json!({ "bdcdyh": text, "zl": number, "cflx": text, "cfqssj": number, "bdbzzqse": text, "jzmj": text,
            "gyfs": number, "djsj": text, "mjdw": text, "gyr": text, "gyqk": text, "qszt": number, "ygdjzl": text });
        let list = json!([odd, text, number, null, [odd]]);
        let data = json!({ "fdcqList": list, "jsydsyqList": list, "dyaqList": list, "cfdjList": list, "ygdjList": list, "yydjList": list });
        for data in [data.clone(), json!([data]), json!(text), json!({ "cfdjList": text })] {
            let body = json!({ "code": 1, "message": text, "data": data }).to_string();
            let reading = connector.read(&Message::new("", body.into_bytes()));
            prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
        }
    }
}

fn check_burdens(one: &RealProperty, want: &Value) -> Result<(), TestCaseError> {
    let list = |key: &str| want[key].as_array().expect("a list").clone();
    let mortgages: Vec<_> =
        one.encumbrances.iter().filter(|one| one.kind == EncumbranceKind::Mortgage).collect();
    prop_assert_eq!(mortgages.len(), list("mortgages").len());
    for (read, want) in mortgages.iter().zip(list("mortgages")) {
        prop_assert_eq!(
            read.amount.expect("an amount").amount,
            want["amount"].as_u64().expect("a number").into()
        );
    }
    let seizures: Vec<_> =
        one.encumbrances.iter().filter(|one| one.kind != EncumbranceKind::Mortgage).collect();
    // The same seizure written twice is one.
    let mut distinct = list("seizures");
    distinct.sort_by_key(ToString::to_string);
    distinct.dedup();
    prop_assert_eq!(seizures.len(), distinct.len());
    let effective = distinct.iter().any(|one| matches!(one["type"].as_str(), Some("1" | "3")));
    let mut places: Vec<u32> = seizures.iter().filter_map(|one| one.rank.map(|rank| rank.place)).collect();
    places.sort_unstable();
    let all: Vec<u32> = (1..=u32::try_from(distinct.len()).expect("few")).collect();
    prop_assert_eq!(places, if effective { all } else { Vec::new() });
    Ok(())
}
