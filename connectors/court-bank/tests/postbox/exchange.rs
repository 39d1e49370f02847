//! A postbox, the connector that serves it and the bank that calls it.

use std::sync::Arc;

use chakong_contract::manifest::SettingValue;
use chakong_contract::sandbox::Sandbox;
use chakong_contract::{Connector, Moment, Reply, Secret, Settings};
use chakong_testkit::fake_postbox::{self, FakePostbox};
use serde_json::{Value, json};

pub(crate) fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("bank_code", text("E999H110000000001"))
        .with("bank_name", text("测试银行"))
        .with("account", text("YH999999"))
        .with("password", SettingValue::Secret(Secret::new("not-a-secret")))
}

pub(crate) fn now() -> Moment {
    "2026-01-05T15:20:11+08:00".parse().expect("a moment")
}

pub(crate) fn script(faults: Value) -> Value {
    json!({
        "customers": [{
            "name": "张测试",
            "document": {"kind": "resident_id", "number": "110101190001010014"},
            "accounts": [
                {"number": "6229990000000000019", "branch": "测试银行某某支行", "balance": "52340.18",
                 "freezes": [{"court": "别处市测试人民法院", "document": "（2025）别0102执保9号", "amount": "10000.00"}],
                 "sub_accounts": [{"number": "00002", "class": "定期", "balance": "30000.00"}]},
                {"number": "6229990000000000027", "balance": "100000.00"},
                {"number": "6229990000000000035", "balance": "5.00", "refuse_control": "账户已销户"}
            ]
        }],
        "faults": faults
    })
}

pub(crate) struct Exchange {
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) bank: Box<dyn Sandbox>,
    pub(crate) fake: FakePostbox,
}

impl Exchange {
    pub(crate) fn new(script: &Value) -> Self {
        Self::with(script, &settings())
    }

    pub(crate) fn with(script: &Value, settings: &Settings) -> Self {
        let plugin = chakong_court_bank::plugin();
        Self {
            connector: (plugin.build)(settings).expect("settings are right"),
            bank: (plugin.sandbox)(script, settings).expect("script is right"),
            fake: FakePostbox::new("YH999999", "not-a-secret"),
        }
    }

    pub(crate) fn round(&mut self) {
        let caller = self.bank.postbox().expect("a caller");
        let postbox = self.connector.postbox().expect("a postbox");
        fake_postbox::round(&mut self.fake, postbox, caller, now()).expect("the bank rests");
    }

    /// The only answer about a number.
    pub(crate) fn reply(&self, number: &str) -> &Reply {
        let mut replies = self.fake.answers.iter().filter(|(about, _)| about.as_str() == number);
        let (_, answer) = replies.next().unwrap_or_else(|| panic!("no answer about {number}"));
        assert!(replies.next().is_none(), "one answer");
        &answer.reply
    }
}
