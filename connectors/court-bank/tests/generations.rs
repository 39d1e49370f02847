//! The three generations of the wire: each is written as the counterpart's file says, and read whatever it says.

#[allow(dead_code, reason = "shared with the conversations")]
#[path = "conversation/orders.rs"]
mod orders;

#[allow(dead_code, reason = "shared with the postbox tests")]
#[path = "postbox/exchange.rs"]
mod exchange;

use std::io::Read as _;

use chakong_contract::asset::Asset;
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Connector, FaultKind, Message, Order, Reply, Settings};
use chakong_court_bank::plugin;
use chakong_testkit::{check_fixtures, drive, fixture_folder};
use proptest::prelude::*;
use serde_json::{Value, json};

const GENERATIONS: [&str; 3] = ["1", "2", "2+"];
const ACCOUNT: &str = "6229990000000000019";

fn settings(generation: &str) -> Settings {
    exchange::settings().with("generation", SettingValue::Text(generation.to_owned()))
}

fn script(account: &Value) -> Value {
    json!({"customers": [{"name": "张测试", "accounts": [account],
        "document": {"kind": "resident_id", "number": "110101190001010014"}}]})
}

fn rich() -> Value {
    json!({"number": ACCOUNT, "class": "借记卡", "branch": "测试银行某某支行", "balance": "52340.18", "opened": "2015-03-02",
        "freezes": [{"court": "别处市测试人民法院", "document": "（2025）别0102执保9号", "amount": "10000.00", "until": "2026-06-30"}],
        "sub_accounts": [{"number": "00002", "class": "定期", "balance": "30000.00"}],
        "products": [{"number": "LC0001", "name": "测试理财1号", "class": "理财产品", "unit": "份", "quantity": "20000.00", "unit_price": "1.00"}]})
}

fn files(connector: &dyn Connector, order: &Order) -> Vec<(String, String)> {
    let Some(parcel) = connector.parcel() else { panic!("a parcel connector") };
    let written = parcel.write(&drive::batch(vec![order.clone()])).expect("written");
    texts(&written[0])
}

fn texts(package: &Message) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&package.bytes)).expect("a zip");
    let mut texts = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("text");
        texts.push((String::from_utf8_lossy(file.name_raw()).into_owned(), text));
    }
    texts
}

/// What comes back over packages when bank and gateway write a generation.
fn by_parcel(script: &Value, settings: &Settings, orders: &[Order]) -> Vec<Reply> {
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

fn by_postbox(script: &Value, settings: &Settings, orders: &[Order]) -> Vec<Reply> {
    let mut exchange = exchange::Exchange::with(script, settings);
    exchange.fake.offer(orders.to_vec());
    exchange.round();
    orders.iter().map(|order| exchange.reply(order.number.as_str()).clone()).collect()
}

#[test]
fn fixtures_of_the_first_and_the_second() {
    for generation in ["1", "2"] {
        let folder = format!("court-bank-generation-{generation}");
        check_fixtures(
            &plugin(),
            &settings(generation),
            &fixture_folder(env!("CARGO_MANIFEST_DIR"), &folder),
        );
    }
}

#[test]
fn a_query_is_written_with_what_its_generation_has() {
    let has = |generation: &str| {
        let connector = (plugin().build)(&settings(generation)).expect("settings are right");
        let files = files(&*connector, &orders::query("A2"));
        let text = |prefix: &str| &files.iter().find(|(name, _)| name.starts_with(prefix)).expect("a file").1;
        let (query, documents) = (text("QA").clone(), text("QI").clone());
        let names = ["GJ=", "FZJG=", "FYDM=", "YHDH=", "GZZBH=", "GWZBH=", "WSBH="];
        let found: String = names.iter().map(|name| if query.contains(name) { '1' } else { '0' }).collect();
        (found, documents.contains("BDHM=\"A2\""), documents.contains("WSBH=\"WS"))
    };
    assert_eq!(has("1"), ("1100000".to_owned(), true, false));
    assert_eq!(has("2"), ("0011111".to_owned(), false, true));
    assert_eq!(has("2+"), ("0011111".to_owned(), false, true));
}

#[test]
fn a_control_is_written_without_products_data_or_not_at_all() {
    let freeze = orders::freeze("A2", ACCOUNT, "1.00");
    let write = |generation: &str| {
        let connector = (plugin().build)(&settings(generation)).expect("settings are right");
        assert_eq!(connector.check(&freeze).is_ok(), generation != "1");
        let Some(parcel) = connector.parcel() else { panic!("a parcel connector") };
        parcel.write(&drive::batch(vec![freeze.clone()]))
    };
    let fault = write("1").expect_err("the first generation has none");
    assert_eq!(fault.kind, FaultKind::Unsupported);
    let has_products = |generation| texts(&write(generation).expect("written")[0])[0].1.contains("JRCPBH=");
    assert!(!has_products("2") && has_products("2+"));
}

#[test]
fn what_comes_back_says_the_same_in_every_generation() {
    for generation in GENERATIONS {
        let settings = settings(generation);
        let orders = [orders::query("A1"), orders::freeze("A2", ACCOUNT, "50000.00")];
        let orders = if generation == "1" { &orders[..1] } else { &orders[..] };
        let replies = by_parcel(&script(&rich()), &settings, orders);
        let Reply::Found { assets } = &replies[0] else { panic!("{generation}: {replies:?}") };
        let Asset::Account(account) = &assets[0].asset else { panic!("an account") };
        assert_eq!(account.number, ACCOUNT);
        assert_eq!((account.sub_accounts.len(), account.encumbrances.len()), (1, 1), "{generation}");
        assert_eq!(account.products.len(), 1, "{generation}");
        if let Some(reply) = replies.get(1) {
            let Reply::PartlyHeld(holding) = reply else { panic!("{generation}: {reply:?}") };
            assert_eq!(holding.held.amount.to_string(), "42340.18");
        }
        assert_eq!(by_postbox(&script(&rich()), &settings, orders), replies, "{generation}");
    }
}

#[test]
fn a_bank_of_another_generation_than_configured_is_read_all_the_same() {
    for (ours, theirs) in [("2+", "1"), ("2", "1"), ("2", "2+"), ("2+", "2"), ("1", "2+")] {
        let connector = (plugin().build)(&settings(ours)).expect("settings are right");
        let mut bank = (plugin().sandbox)(&script(&rich()), &settings(theirs)).expect("a script");
        let batch = drive::batch(vec![orders::query("A1")]);
        let talk = drive::converse(&*connector, &mut *bank, &batch).expect("an end");
        assert!(
            matches!(&talk.reads()[0].content, ReadContent::Answer(answer) if answer.reply.outcome() == "found")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_bank_owns_is_read_alike_over_both_lines_in_every_generation(
        number in "[0-9]{8,30}", class in "\\PC{0,20}", branch in "\\PC{0,30}", remark in "\\PC{0,40}",
        balance in 0_i64..10_i64.pow(15), price in 0_i64..10_i64.pow(6), quantity in 0_i64..10_i64.pow(9),
        product in "\\PC{0,20}", limit in 1_i64..10_i64.pow(14), at in 0_usize..3,
    ) {
        let cents = |amount| rust_decimal::Decimal::new(amount, 2);
        let account = json!({"number": number, "class": class, "branch": branch, "remark": remark, "balance": cents(balance),
            "products": [{"number": product, "name": product, "quantity": cents(quantity), "unit_price": cents(price)}]});
        let settings = settings(GENERATIONS[at]).with("rare_names", SettingValue::Text("gb18030".into()));
        let orders = [orders::query("A1"), orders::freeze("A2", &number, &cents(limit).to_string())];
        let orders = if at == 0 { &orders[..1] } else { &orders[..] };
        let replies = by_parcel(&script(&account), &settings, orders);
        prop_assert_eq!(replies[0].outcome(), "found");
        if let Some(reply) = replies.get(1) {
            prop_assert!(matches!(reply, Reply::Held(_) | Reply::PartlyHeld(_)));
        }
        prop_assert_eq!(by_postbox(&script(&account), &settings, orders), replies);
    }
}
