//! Registries that call: fixtures, the conformance suite, and every trap of the line, over the connector's own sandbox.

use chakong_contract::asset::{Asset, EncumbranceKind, PropertyKind};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::{Original, Target};
use chakong_contract::{
    Answer, EntryResult, IdentityDocument, Instruction, Order, RefusalReason, Reply, Secret,
};
use chakong_court_realty::postbox_plugin as plugin;
use chakong_testkit::fake_postbox::{self, FakePostbox};
use chakong_testkit::{Subject, check_fixtures, conformance, fixture_folder, sample};
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";
const UNIT: &str = "000000001002GB00123F00010008";
const ACCOUNT: &str = "IP000001";
const PASSWORD: &str = "not-a-secret";

fn settings(leaves: &str) -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("account", text(ACCOUNT))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
        .with("leaves", text(leaves))
}

fn document() -> IdentityDocument {
    IdentityDocument::ResidentId(NUMBER.parse().expect("a number"))
}

fn target() -> Target {
    Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: UNIT.parse().ok(),
        certificate: "示(2020)示例市不动产权第0012345号".into(),
        location: "示例市示例区示例路1号1幢8室".into(),
        business_number: "YW1".into(),
    }
}

fn seizure(number: &str) -> Order {
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2029-01-04".parse().expect("a date"));
    let freeze = Instruction::Freeze { target: target(), limit: None, from, until };
    sample::order(&plugin().manifest, number, NAME, document(), freeze)
}

fn samples() -> Vec<Order> {
    let manifest = plugin().manifest;
    let seizure = seizure("TESTFREEZE1");
    let original = Original {
        number: seizure.number.clone(),
        case_number: seizure.case.number.clone(),
        reference: "CF00000001".into(),
    };
    let (from, until) = ("2029-01-05".parse().expect("a date"), "2032-01-04".parse().expect("a date"));
    let renew = Instruction::Renew { target: target(), limit: None, from, until, original: original.clone() };
    let release = Instruction::Release { target: target(), amount: None, original };
    let order = |number, instruction| sample::order(&manifest, number, NAME, document(), instruction);
    vec![
        sample::query(&manifest, NAME, document()),
        seizure,
        order("TESTRENEW1", renew),
        order("TESTRELEASE1", release),
    ]
}

fn script(more: Value) -> Value {
    let home = json!({
        "unit": UNIT, "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        "co_ownership": "1", "share": "50%", "co_holders": [{ "name": "乙某", "number": "", "share": "50%" }],
        "mortgages": [{ "mortgagee": "示例银行", "amount": 1_500_000, "from": "2020/01/01", "until": "2040/01/01" }],
    });
    let mut script = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

/// Lets the registry of a script come a few times to a postbox with these orders.
fn polled(leaves: &str, script: &Value, orders: Vec<Order>) -> FakePostbox {
    let (plugin, settings) = (plugin(), settings(leaves));
    let connector = (plugin.build)(&settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(script, &settings).expect("a script");
    let mut fake = FakePostbox::new(ACCOUNT, PASSWORD);
    fake.offer(orders);
    for _ in 0..4 {
        let caller = sandbox.postbox().expect("it polls");
        fake_postbox::round(&mut fake, connector.postbox().expect("a postbox"), caller, sample::made())
            .expect("it rests");
    }
    fake
}

fn only(fake: &FakePostbox) -> &Answer {
    let [(_, answer)] = fake.answers.as_slice() else { panic!("{:?}", fake.answers) };
    answer
}

#[test]
fn fixtures() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-realty-postbox");
    check_fixtures(&plugin(), &settings("plain"), &folder);
}

#[test]
fn conforms() {
    for leaves in ["sealed", "plain"] {
        conformance(&Subject {
            plugin: plugin(),
            settings: settings(leaves),
            script: script(json!({})),
            samples: samples(),
        });
    }
}

#[test]
fn both_shapes_of_lists_are_read_alike() {
    let query = || vec![sample::query(&plugin().manifest, NAME, document())];
    let wrapped = polled("sealed", &script(json!({})), query());
    let flat = polled("sealed", &script(json!({ "flat_lists": true })), query());
    assert_eq!(only(&wrapped).reply, only(&flat).reply);
    let Reply::Found { assets } = &only(&flat).reply else { panic!("{:?}", only(&flat)) };
    let Asset::Property(property) = &assets[0].asset else { panic!("{assets:?}") };
    assert_eq!(property.holders.len(), 2, "{property:?}");
    assert_eq!(property.encumbrances[0].kind, EncumbranceKind::Mortgage);
}

#[test]
fn a_seizure_behind_another_waits_and_a_declined_case_revises_what_was_accepted() {
    let earlier = json!([{ "authority": "示例市另区人民法院", "document": "（2024）示0102执7号", "type": "1",
        "from": "2024/03/01", "until": "2027/02/28", "registered": "2024/03/01" }]);
    let mut seized = script(json!({}));
    seized["holders"][0]["properties"][0]["seizures"] = earlier;
    let fake = polled("sealed", &seized, vec![seizure("TESTFREEZE1")]);
    let Reply::Held(holding) = &only(&fake).reply else { panic!("{:?}", only(&fake)) };
    assert_eq!(holding.reference, "CF00000001", "a renewal or release must name it");
    assert!(holding.rank.is_some_and(|rank| rank.place > 1 && rank.derived), "{holding:?}");
    assert!(holding.words.contains("轮候") && holding.held.amount.is_zero());

    let declined = script(json!({ "faults": [{ "do": "refused_later", "first": 1 }] }));
    let fake = polled("sealed", &declined, vec![seizure("TESTFREEZE1")]);
    let said: Vec<&Reply> = fake
        .readings
        .iter()
        .flat_map(|reading| &reading.reads)
        .filter_map(|read| match &read.content {
            chakong_contract::connector::ReadContent::Answer(answer) => Some(&answer.reply),
            _ => None,
        })
        .collect();
    let [Reply::Held(_), Reply::NotHeld(refusal)] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(refusal.reason, RefusalReason::Declined);
}

#[test]
fn what_is_handed_in_wrongly_is_told_and_comes_again() {
    let query = || vec![sample::query(&plugin().manifest, NAME, document())];
    let fault = |kind: &str| script(json!({ "faults": [{ "do": kind, "first": 1 }] }));
    let garbled = polled("sealed", &fault("garbled"), query());
    assert!(garbled.readings[0].reads.is_empty() && garbled.answers.len() == 1, "it comes again");
    let twice = polled("sealed", &fault("duplicate"), query());
    assert_eq!(twice.taken, [EntryResult::Accepted, EntryResult::Duplicate]);
    let stranger = polled("sealed", &fault("unknown_number"), query());
    assert_eq!(stranger.taken, [EntryResult::Accepted, EntryResult::Unknown]);
    let wrong = polled("sealed", &fault("wrong_password"), query());
    assert!(wrong.turned_away > 0 && wrong.answers.len() == 1);
    let silent = polled("sealed", &fault("silent"), query());
    assert_eq!(silent.answers.len(), 1, "an order stays on offer");
    let failing = polled("sealed", &fault("error"), query());
    let Reply::Refused(refusal) = &only(&failing).reply else { panic!("{:?}", only(&failing)) };
    assert_eq!((refusal.reason, refusal.words.as_str()), (RefusalReason::CounterpartError, "登记系统异常"));
    let stranger = sample::about_a_stranger(&query()[0], chakong_contract::IdentityKind::ResidentId);
    assert_eq!(only(&polled("sealed", &script(json!({})), vec![stranger])).reply, Reply::Nothing);
}
