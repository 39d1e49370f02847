//! What a register does in time, and its traps, as the gateway's side reads them over the point-to-point line and the platform's.

use std::time::Duration;

use chakong_contract::asset::{Asset, EncumbranceKind};
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::Target;
use chakong_contract::sandbox::PollStep;
use chakong_contract::{
    Answer, IdentityDocument, Instruction, Moment, Order, Plugin, RealProperty, RefusalReason, Reply, Secret,
};
use chakong_court_realty::{platform_plugin, postbox_plugin};
use chakong_testkit::fake_postbox::{self, FakePostbox};
use chakong_testkit::sample;
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";
const UNIT: &str = "000000001002GB00123F00010008";
const ACCOUNT: &str = "IP000001";
const PASSWORD: &str = "not-a-secret";

fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("account", text(ACCOUNT))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
}

fn query_of(plugin: &Plugin, name: &str, number: &str) -> Order {
    sample::query(&plugin.manifest, name, IdentityDocument::ResidentId(number.parse().expect("a number")))
}

fn seizure() -> Order {
    let target = Target::Property {
        property_kind: chakong_contract::asset::PropertyKind::Building,
        unit_number: UNIT.parse().ok(),
        certificate: "示(2020)示例市不动产权第0012345号".into(),
        location: String::new(),
        business_number: String::new(),
    };
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2029-01-04".parse().expect("a date"));
    let freeze = Instruction::Freeze { target, limit: None, from, until };
    let document = IdentityDocument::ResidentId(NUMBER.parse().expect("a number"));
    sample::order(&postbox_plugin().manifest, "TESTFREEZE1", NAME, document, freeze)
}

fn script(more: &Value) -> Value {
    let home = json!({
        "unit": UNIT, "certificate": "示(2020)示例市不动产权第0012345号", "location": "示例市示例区示例路1号1幢8室",
        "area": "118.07", "usage": "11", "registered": "2020/01/01", "co_ownership": "1",
        "co_holders": [{ "name": "乙某" }],
        "mortgages": [{ "mortgagee": "示例银行", "amount": 850_000, "from": "2020/01/01", "until": "2040/01/01" }],
        "seizures": [{ "authority": "示例市另区人民法院", "document": "（2024）示0102执7号", "type": "1",
            "from": "2024/03/01", "registered": "2024/03/01" }],
        "objections": [{ "by": "丁某", "matter": "权属争议", "registered": "2025/10/10" }],
    });
    let mut script = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

/// Rounds of a registry at a postbox, at these times.
fn polled(plugin: &Plugin, script: &Value, orders: Vec<Order>, times: &[&str]) -> FakePostbox {
    let settings = settings();
    let connector = (plugin.build)(&settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(script, &settings).expect("a script");
    let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
    fake.offer(orders);
    for time in times {
        let now: Moment = time.parse().expect("a moment");
        let caller = sandbox.postbox().expect("it polls");
        fake_postbox::round(&mut fake, connector.postbox().expect("a postbox"), caller, now)
            .expect("it rests");
    }
    fake
}

const MONDAY: &str = "2026-01-05T10:00:00+08:00";

/// Everything that was said about a control, in order.
fn said(fake: &FakePostbox) -> Vec<&Reply> {
    let reads = fake.readings.iter().flat_map(|reading| &reading.reads);
    let answers = reads.filter_map(|read| match &read.content {
        ReadContent::Answer(answer) => Some(&answer.reply),
        _ => None,
    });
    answers.collect()
}

/// What a query brings.
fn asked(plugin: &Plugin, script: &Value) -> Answer {
    let fake = polled(plugin, script, vec![query_of(plugin, NAME, NUMBER)], &[MONDAY, MONDAY]);
    let [(_, answer)] = fake.answers.as_slice() else { panic!("{:?}", fake.answers) };
    answer.clone()
}

fn home(answer: &Answer) -> RealProperty {
    let found = answer.reply.assets().first().unwrap_or_else(|| panic!("{answer:?}"));
    let Asset::Property(property) = &found.asset else { panic!("{found:?}") };
    property.clone()
}

#[test]
fn a_registry_comes_in_its_office_hours_only() {
    let hours = script(&json!({ "office_hours": "08:00-18:00 Mon-Fri" }));
    let query = || vec![query_of(&postbox_plugin(), NAME, NUMBER)];
    let closed = ["2026-01-05T18:00:00+08:00", "2026-01-10T10:00:00+08:00"];
    assert!(polled(&postbox_plugin(), &hours, query(), &closed).operations.is_empty());
    assert_eq!(polled(&postbox_plugin(), &hours, query(), &[closed[0], MONDAY]).answers.len(), 1);
    let mut sandbox = (platform_plugin().sandbox)(&hours, &settings()).expect("a script");
    let night = closed[0].parse().expect("a moment");
    let next = sandbox.postbox().expect("it polls").next(None, night);
    assert!(matches!(next, PollStep::Rest(rest) if rest == Duration::from_secs(1)));
}

#[test]
fn a_case_that_a_person_decides_is_accepted_first_and_entered_or_declined_later() {
    let reviewed = |more: Value| {
        let mut script = script(&json!({ "manual_review": { "takes_polls": 2 } }));
        for (key, value) in more.as_object().into_iter().flatten() {
            script[key] = value.clone();
        }
        polled(&postbox_plugin(), &script, vec![seizure()], &[MONDAY; 5])
    };
    let silent = reviewed(json!({}));
    let [Reply::Held(accepted)] = said(&silent).as_slice().to_vec()[..] else {
        panic!("{:?}", said(&silent))
    };
    assert!(accepted.rank.is_none() && accepted.accepted_only, "a case, and nothing is known of its effect");
    assert!(accepted.words.starts_with("登记机构已受理建案"), "{}", accepted.words);
    let telling = reviewed(json!({ "tells_what_follows": true }));
    let [Reply::Held(_), Reply::Held(entered)] = said(&telling).as_slice().to_vec()[..] else {
        panic!("{:?}", said(&telling))
    };
    assert_eq!(entered.rank.map(|rank| rank.place), Some(2), "{entered:?}");
    assert_eq!(entered.words, "轮候查封，查封顺序2，轮候第1位");
    let declined = reviewed(json!({ "manual_review": { "takes_polls": 2, "declines": 1 } }));
    let [Reply::Held(_), Reply::NotHeld(refusal)] = said(&declined).as_slice().to_vec()[..] else {
        panic!("{:?}", said(&declined))
    };
    assert_eq!(refusal.reason, RefusalReason::Declined);
}

#[test]
fn a_seizure_that_waited_becomes_effective_and_is_told_where_a_registry_does_so() {
    let lifted = json!([{ "unit": UNIT, "document": "（2024）示0102执7号", "after_polls": 1 }]);
    let telling = script(&json!({ "lifted": lifted, "tells_what_follows": true }));
    let fake = polled(&postbox_plugin(), &telling, vec![seizure()], &[MONDAY; 5]);
    let [Reply::Held(waits), Reply::Held(effective)] = said(&fake).as_slice().to_vec()[..] else {
        panic!("{:?}", said(&fake))
    };
    let places = [waits, effective].map(|holding| holding.rank.map(|rank| rank.place));
    assert_eq!(places, [Some(2), Some(1)]);
    assert!(waits.until.is_none() && effective.until.is_some(), "its term begins now");
    assert_eq!(waits.reference, effective.reference);
    let quiet =
        polled(&postbox_plugin(), &script(&json!({ "lifted": lifted })), vec![seizure()], &[MONDAY; 5]);
    assert_eq!(said(&quiet).len(), 1, "most registries do not tell");
}

#[test]
fn a_later_query_shows_by_its_number_that_it_waits_no_more() {
    let (plugin, settings) = (postbox_plugin(), settings());
    let lifted = json!([{ "unit": UNIT, "after_polls": 1 }]);
    let connector = (plugin.build)(&settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(&script(&json!({ "lifted": lifted })), &settings).expect("a script");
    let mut kinds = Vec::new();
    let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
    fake.offer([seizure()]);
    for round in 0..4 {
        let mut query = query_of(&plugin, NAME, NUMBER);
        query.number = format!("TESTQUERY{round}").parse().expect("a number");
        fake.offer([query]);
        let (postbox, caller) =
            (connector.postbox().expect("a postbox"), sandbox.postbox().expect("it polls"));
        fake_postbox::round(&mut fake, postbox, caller, MONDAY.parse().expect("a moment")).expect("it rests");
        let answered = fake.answers.iter().find(|(number, _)| number.as_str() == format!("TESTQUERY{round}"));
        let property = home(&answered.expect("an answer").1);
        let of_ours = property.encumbrances.iter().find(|one| one.reference == "CF00000001");
        kinds.push(of_ours.map(|one| (one.kind, one.rank.map(|rank| rank.place))));
    }
    let waiting = Some((EncumbranceKind::WaitingSeizure, Some(2)));
    assert_eq!(
        kinds,
        [None, waiting, Some((EncumbranceKind::Seizure, Some(1))), Some((EncumbranceKind::Seizure, Some(1)))]
    );
}

#[test]
fn traps_of_a_register_are_read_as_what_they_are() {
    let with = |trap: &str| asked(&postbox_plugin(), &script(&json!({ "traps": [trap] })));
    let plain = asked(&postbox_plugin(), &script(&json!({})));
    assert!(matches!(plain.reply, Reply::Found { .. }) && plain.unknown.is_empty(), "{plain:?}");
    let alone = with("missing_co_owner");
    assert!(
        matches!(&alone.reply, Reply::Partial { missing, .. } if missing[0].contains("共有人")),
        "{alone:?}"
    );
    let nameless = home(&with("unit_not_found"));
    assert!(
        nameless.unit_number.is_none() && nameless.encumbrances.len() == 3,
        "put by location: {nameless:?}"
    );
    let noted = |answer: &Answer, field: &str| answer.unknown.iter().any(|one| one.field == field);
    let wrong = with("wrong_dates");
    assert!(noted(&wrong, "djsj") && home(&wrong).registered.is_none());
    assert_eq!(home(&with("mixed_dates")), home(&plain), "three forms, one meaning");
    let amount = |answer: &Answer| {
        let burdens = home(answer).encumbrances;
        let mortgage = burdens.into_iter().find(|one| one.kind == EncumbranceKind::Mortgage);
        mortgage.expect("a mortgage").amount.map(|amount| amount.to_string())
    };
    assert_eq!(amount(&with("amounts_in_words")), amount(&plain));
    let doubtful = with("other_unit");
    assert!(noted(&doubtful, "bdbzzqse") && amount(&doubtful).is_none(), "85 yuan are no loan: {doubtful:?}");
    let kinds = |answer: &Answer| home(answer).encumbrances.iter().map(|one| one.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&with("local_codes")), kinds(&plain), "11 is a seizure");
    let unsealed = script(&json!({ "faults": [{ "do": "unencoded", "first": 1 }] }));
    let query = vec![query_of(&postbox_plugin(), NAME, NUMBER)];
    let fake = polled(&postbox_plugin(), &unsealed, query, &[MONDAY; 2]);
    assert!(fake.readings[0].reads.is_empty() && fake.answers.len() == 1, "told, and it comes again");
}

#[test]
fn objections_and_places_come_over_the_platform_as_well() {
    let answer = asked(&platform_plugin(), &script(&json!({})));
    let burdens = home(&answer).encumbrances;
    assert!(burdens.iter().any(|one| one.kind == EncumbranceKind::Objection), "{burdens:?}");
    assert!(burdens.iter().any(|one| one.words.contains("序号：1")), "{burdens:?}");
}

#[test]
fn a_developers_thousands_of_units_are_all_read_over_each_line() {
    let city = json!({ "seed": 7, "population": { "developer_units": 3000 } });
    for plugin in [postbox_plugin(), platform_plugin()] {
        let document = IdentityDocument::Uscc(developer());
        let order = sample::query(&plugin.manifest, "示例房地产开发有限公司", document);
        let fake = polled(&plugin, &city, vec![order], &[MONDAY, MONDAY]);
        let [(_, answer)] = fake.answers.as_slice() else { panic!("{:?}", fake.answers) };
        let Reply::Found { assets } = &answer.reply else { panic!("{answer:?}") };
        assert_eq!(assets.len(), 3000);
    }
}

/// The developer's code, by its two check characters.
fn developer() -> chakong_contract::id::Uscc {
    let checks = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let two = checks
        .chars()
        .flat_map(|one| checks.chars().map(move |other| format!("91990100MA000000{one}{other}")));
    two.map(|code| code.parse()).find_map(Result::ok).expect("a code")
}
