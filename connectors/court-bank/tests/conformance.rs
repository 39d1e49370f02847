//! Fixtures and the conformance suite.

use chakong_contract::manifest::SettingValue;
use chakong_contract::order::{CourtAccount, Original, Target};
use chakong_contract::{IdentityDocument, Instruction, Money, Order, Secret, Settings};
use chakong_court_bank::plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, fixture_folder, sample};
use serde_json::json;

const ACCOUNT: &str = "6229990000000000019";

fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("bank_code", text("E999H110000000001"))
        .with("bank_name", text("测试银行"))
        .with("account", text("YH000001"))
        .with("password", SettingValue::Secret(Secret::new("not-a-secret")))
}

fn samples() -> Vec<Order> {
    let manifest = plugin().manifest;
    let document = || IdentityDocument::ResidentId("110101190001010014".parse().expect("a number"));
    let target = || Target::Account {
        number: ACCOUNT.into(),
        sub_account: None,
        class: "借记卡".into(),
        branch: "测试银行某某支行".into(),
        branch_code: "999100000001".into(),
        whole: false,
    };
    let amount = Money::yuan("60000.00".parse().expect("an amount"));
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2027-01-04".parse().expect("a date"));
    let freeze = Instruction::Freeze { target: target(), limit: Some(amount), from, until };
    let freeze = sample::order(&manifest, "TESTFREEZE1", "张测试", document(), freeze);
    let original = Original {
        number: freeze.number.clone(),
        case_number: freeze.case.number.clone(),
        reference: String::new(),
    };
    let (from, until) = ("2027-01-05".parse().expect("a date"), "2028-01-04".parse().expect("a date"));
    let renew =
        Instruction::Renew { target: target(), limit: Some(amount), from, until, original: original.clone() };
    let renew = sample::order(&manifest, "TESTRENEW1", "张测试", document(), renew);
    let release = Instruction::Release { target: target(), amount: Some(amount), original: original.clone() };
    let release = sample::order(&manifest, "TESTRELEASE1", "张测试", document(), release);
    let into = CourtAccount {
        holder: "某某市测试区人民法院".into(),
        number: "9990000000000000001".into(),
        bank: "测试银行某某支行".into(),
        bank_number: "999100000001".into(),
        class: "本币".into(),
    };
    let deducted = Money::yuan("10000.00".parse().expect("an amount"));
    let deduct = Instruction::Deduct { target: target(), amount: deducted, original: original.clone(), into };
    let deduct = sample::order(&manifest, "TESTDEDUCT1", "张测试", document(), deduct);
    vec![sample::query(&manifest, "张测试", document()), freeze, renew, deduct, release]
}

#[test]
fn fixtures() {
    check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-bank"));
}

#[test]
fn conforms() {
    let script = json!({
        "everyone": {"accounts": 1, "balance": "1000.00"},
        "customers": [{
            "name": "张测试",
            "document": {"kind": "resident_id", "number": "110101190001010014"},
            "accounts": [{"number": ACCOUNT, "balance": "52340.18"}]
        }]
    });
    conformance(&Subject { plugin: plugin(), settings: settings(), script, samples: samples() });
}
