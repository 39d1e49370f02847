//! Whatever a bank may own, the sandbox bank writes it and the connector reads it; whatever bytes come, nothing panics.

#[allow(dead_code, reason = "shared with the conversations")]
#[path = "conversation/orders.rs"]
mod orders;

#[allow(dead_code, reason = "shared with the postbox tests")]
#[path = "postbox/exchange.rs"]
mod exchange;

use std::sync::Arc;

use chakong_contract::asset::Asset;
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Connector, Message, Order, Reply, Settings};
use chakong_court_bank::plugin;
use chakong_testkit::drive;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const NUMBER: &str = "A220260105990101100001";
const FEEDBACK: &str = "CXFKE999H110000000001000020260105000000000000000001.zip";

fn settings() -> Settings {
    Settings::default().with("bank_code", SettingValue::Text("E999H110000000001".into()))
}

fn connector() -> Arc<dyn Connector> {
    (plugin().build)(&settings()).expect("settings are right")
}

/// What the sandbox bank of a script answers to orders, one after the other.
fn replies(script: &Value, orders: &[Order]) -> Vec<Reply> {
    replies_of(script, &settings(), orders)
}

fn replies_of(script: &Value, settings: &Settings, orders: &[Order]) -> Vec<Reply> {
    let connector = (plugin().build)(settings).expect("settings are right");
    let mut bank = (plugin().sandbox)(script, settings).expect("a script");
    let answer = |order: &Order| {
        let talk =
            drive::converse(&*connector, &mut *bank, &drive::batch(vec![order.clone()])).expect("an end");
        match &talk.reads()[0].content {
            ReadContent::Answer(answer) => answer.reply.clone(),
            content @ (ReadContent::Continuation(_) | ReadContent::Attachment(_)) => panic!("{content:?}"),
            ReadContent::Fault(fault) => panic!("{fault}"),
        }
    };
    orders.iter().map(answer).collect()
}

fn cents(amount: u64) -> Decimal {
    Decimal::new(i64::try_from(amount).expect("small"), 2)
}

prop_compose! {
    fn account()(
        number in "[1-9][0-9]{7,29}", class in "\\PC{0,20}", status in "\\PC{0,10}", branch in "\\PC{0,30}",
        balance in 0_u64..10_u64.pow(15), earlier in prop::collection::vec((0_u64..10_u64.pow(12), "\\PC{0,30}"), 0..3),
        subs in prop::collection::vec(("[A-WYZ0-9 ]{0,6}[0-9][A-WYZ0-9 ]{0,5}", 0_u64..10_u64.pow(12)), 0..3), remark in "\\PC{0,40}",
    ) -> Value {
        let freezes: Vec<_> = earlier.iter().map(|(amount, court)|
            json!({"court": court, "document": "（2025）别0102执保9号", "amount": cents(*amount), "until": "2026-06-30"})
        ).collect();
        let subs: Vec<_> = subs.iter().map(|(number, balance)|
            json!({"number": number, "balance": cents(*balance)})
        ).collect();
        json!({"number": number, "class": class, "status": status, "branch": branch, "balance": cents(balance),
               "freezes": freezes, "sub_accounts": subs, "remark": remark})
    }
}

fn script(accounts: &[Value]) -> Value {
    json!({"customers": [{"name": "张测试", "accounts": accounts,
        "document": {"kind": "resident_id", "number": "110101190001010014"}}]})
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().expect("decimal text").parse().expect("a decimal")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_bank_has_is_what_is_read(accounts in prop::collection::vec(account(), 1..4)) {
        let mut numbers: Vec<_> = accounts.iter().map(|account| account["number"].clone()).collect();
        numbers.dedup();
        prop_assume!(numbers.len() == accounts.len());
        let reply = replies(&script(&accounts), &[orders::query(NUMBER)]).remove(0);
        let Reply::Found { assets } = reply else { panic!("found") };
        prop_assert_eq!(assets.len(), accounts.len());
        for (found, account) in assets.iter().zip(&accounts) {
            let Asset::Account(read) = &found.asset else { panic!("an account") };
            prop_assert_eq!(json!(read.number), account["number"].clone());
            prop_assert_eq!(&read.class, account["class"].as_str().expect("text").trim());
            prop_assert_eq!(&read.branch, account["branch"].as_str().expect("text").trim());
            prop_assert_eq!(read.balance.expect("stated").amount, decimal(&account["balance"]));
            prop_assert_eq!(read.encumbrances.len(), account["freezes"].as_array().expect("a list").len());
            let subs: Vec<_> = read.sub_accounts.iter().map(|sub| json!(sub.number)).collect();
            let scripted = account["sub_accounts"].as_array().expect("a list");
            prop_assert_eq!(subs, scripted.iter().map(|sub| sub["number"].clone()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn over_the_web_service_the_same_is_read_as_from_packages(
        accounts in prop::collection::vec(account(), 0..3), limit in 1_u64..10_u64.pow(15),
        title in "\\PC{0,40}", court in "\\PC{0,20}",
    ) {
        let mut orders = vec![orders::query(NUMBER), orders::query_of_company("A2")];
        for (account, at) in accounts.iter().zip(3..) {
            let number = account["number"].as_str().expect("text");
            orders.push(orders::freeze(&format!("A{at}"), number, &cents(limit).to_string()));
        }
        for order in &mut orders {
            std::sync::Arc::make_mut(&mut order.case).court_name.clone_from(&court);
            order.documents.iter_mut().for_each(|document| document.title.clone_from(&title));
        }
        let script = script(&accounts);
        let rare = exchange::settings().with("rare_names", SettingValue::Text("gb18030".into()));
        let mut exchange = exchange::Exchange::with(&script, &rare);
        exchange.fake.offer(orders.clone());
        exchange.round();
        prop_assert_eq!(exchange.fake.taken.len(), orders.len());
        for order in &orders {
            prop_assert_eq!(exchange.connector.check(order), Ok(()));
        }
        let named = settings().with("bank_name", SettingValue::Text("测试银行".into()));
        for (reply, order) in replies_of(&script, &named, &orders).iter().zip(&orders) {
            prop_assert_eq!(exchange.reply(order.number.as_str()), reply);
        }
    }

    #[test]
    fn never_more_is_held_than_asked_or_there(
        balance in 0_u64..10_u64.pow(9), earlier in 0_u64..10_u64.pow(9),
        limits in prop::collection::vec(1_u64..10_u64.pow(9), 1..5),
    ) {
        let account = json!({"number": "6229990000000000019", "balance": cents(balance),
            "freezes": [{"court": "别处市测试人民法院", "amount": cents(earlier)}]});
        let orders: Vec<_> = limits.iter().enumerate().map(|(at, limit)| {
            orders::freeze(&format!("A{at}"), "6229990000000000019", &cents(*limit).to_string())
        }).collect();
        let mut left = (cents(balance) - cents(earlier)).max(Decimal::ZERO);
        for (reply, limit) in replies(&script(&[account]), &orders).iter().zip(&limits) {
            let limit = cents(*limit);
            let (holding, full) = match reply {
                Reply::Held(holding) => (holding, true),
                Reply::PartlyHeld(holding) => (holding, false),
                other => panic!("{}", other.outcome()),
            };
            prop_assert_eq!(holding.held.amount, limit.min(left));
            prop_assert_eq!(full, holding.held.amount == limit);
            prop_assert_eq!(holding.uncovered.expect("stated").amount, limit - holding.held.amount);
            left -= holding.held.amount;
            prop_assert_eq!(holding.available.expect("stated").amount, left);
        }
    }

    #[test]
    fn random_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
        let bytes = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        for name in ["", FEEDBACK, "QRE999H1100000000010000202601050000000000000000010001.xml"] {
            let reading = connector().read(&Message::new(name, bytes.clone()));
            prop_assert!(reading.reads.is_empty() && !reading.problems.is_empty());
        }
    }

    #[test]
    fn damaged_packages_are_survived(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bank = (plugin().sandbox)(&script(&[json!({"number": "6229990000000000019", "balance": "1.00"})]), &settings())
            .expect("a script");
        for order in [orders::query(NUMBER), orders::freeze("A2", "6229990000000000019", "1.00")] {
            let talk = drive::converse(&*connector(), &mut *bank, &drive::batch(vec![order])).expect("an end");
            let ReadContent::Answer(answer) = &talk.reads()[0].content else { panic!("an answer") };
            let (reply, receipts) = (answer.reply.clone(), answer.receipts.clone());
            let file = &talk.files[0];
            let mut bytes = file.bytes.to_vec();
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] ^= byte;
            }
            // Damaged data must not pass for another answer: the archive's own sums see to it. What may change unseen is
            // what no sum covers, such as a time, or the name of the receipt's file, which is then missed as a problem.
            let reading = connector().read(&Message::new(file.name.clone(), bytes));
            for read in reading.reads {
                if let ReadContent::Answer(answer) = read.content {
                    prop_assert_eq!(&answer.reply, &reply);
                    prop_assert!(answer.receipts == receipts || !reading.problems.is_empty());
                }
            }
        }
    }
}
