//! What the connector writes the sandbox bank reads, and what the sandbox bank writes the connector reads.

#[path = "conversation/orders.rs"]
mod orders;

use std::sync::Arc;

use chakong_contract::asset::Asset;
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingValue;
use chakong_contract::sandbox::{DelayedFile, Sandbox};
use chakong_contract::{
    Batch, Connector, FaultKind, Message, Moment, Order, Reading, RefusalReason, Reply, Settings,
};
use serde_json::json;

use orders::{freeze, freeze_of_sub_account, query, release, renew};

pub(crate) fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default().with("bank_code", text("E999H110000000001")).with("bank_name", text("测试银行"))
}

fn now() -> Moment {
    "2026-01-05T15:20:11+08:00".parse().expect("a moment")
}

struct Conversation {
    connector: Arc<dyn Connector>,
    bank: Box<dyn Sandbox>,
    batches: u32,
}

impl Conversation {
    fn new(script: serde_json::Value) -> Self {
        let plugin = chakong_court_bank::plugin();
        let connector = (plugin.build)(&settings()).expect("settings are right");
        let bank = (plugin.sandbox)(&script, &settings()).expect("script is right");
        Self { connector, bank, batches: 0 }
    }

    fn write(&mut self, orders: &[Order]) -> Vec<Message> {
        self.batches += 1;
        let number = format!("20260105090000{:016}", self.batches);
        let batch = Batch { number, made: now(), orders: orders.to_vec(), token: None };
        let Some(parcel) = self.connector.parcel() else { panic!("a parcel connector") };
        assert_eq!(parcel.write(&batch), parcel.write(&batch), "writing is deterministic");
        parcel.write(&batch).expect("orders can be written")
    }

    fn take(&mut self, files: &[Message]) -> Vec<DelayedFile> {
        let Some(bank) = self.bank.parcel() else { panic!("a parcel sandbox") };
        files.iter().flat_map(|file| bank.take(file, now())).collect()
    }

    fn ask(&mut self, orders: &[Order]) -> Vec<Reading> {
        let files = self.write(orders);
        let handed = self.take(&files);
        handed.iter().map(|handed| self.connector.read(&handed.file)).collect()
    }

    /// The only reply to one order.
    fn reply(&mut self, order: &Order) -> Reply {
        let readings = self.ask(std::slice::from_ref(order));
        assert_eq!(readings.len(), 1);
        only_reply(&readings[0], order)
    }
}

fn only_reply(reading: &Reading, order: &Order) -> Reply {
    assert_eq!(reading.problems, []);
    let read =
        reading.reads.iter().find(|read| read.number.as_ref() == Some(&order.number)).expect("about it");
    match &read.content {
        ReadContent::Answer(answer) => answer.reply.clone(),
        ReadContent::Continuation(_) | ReadContent::Attachment(_) => panic!("{read:?}"),
        ReadContent::Fault(fault) => panic!("{fault}"),
    }
}

fn script_with(faults: serde_json::Value) -> serde_json::Value {
    json!({
        "customers": [{
            "name": "张测试",
            "document": {"kind": "resident_id", "number": "110101190001010014"},
            "accounts": [
                {"number": "6229990000000000019", "branch": "测试银行某某支行", "branch_code": "999100000001",
                 "balance": "52340.18", "opened": "2015-03-02", "remark": "Ⅰ类账户",
                 "freezes": [{"court": "别处市测试人民法院", "document": "（2025）别0102执保9号",
                              "amount": "10000.00", "until": "2026-06-30"}],
                 "sub_accounts": [{"number": "00002", "class": "定期", "balance": "30000.00"}],
                 "products": [{"number": "LC0001", "name": "测试理财1号", "class": "理财产品", "unit": "份",
                               "quantity": "20000.00", "unit_price": "1.00"}]},
                {"number": "6229990000000000027", "balance": "100000.00"},
                {"number": "6229990000000000035", "balance": "5.00", "refuse_control": "账户已销户"}
            ]
        }],
        "faults": faults
    })
}

#[test]
fn a_query_finds_the_accounts_and_another_party_has_none() {
    let mut bank = Conversation::new(script_with(json!([])));
    let orders = [query("A220260105990101100001"), orders::query_of_company("A220260105990101100002")];
    let readings = bank.ask(&orders);
    assert_eq!(readings.len(), 1, "one feedback for the batch");
    assert_eq!(only_reply(&readings[0], &orders[1]), Reply::Nothing);
    let Reply::Found { assets } = only_reply(&readings[0], &orders[0]) else { panic!("accounts") };
    assert_eq!(assets.len(), 3);
    let Asset::Account(account) = &assets[0].asset else { panic!("an account") };
    assert_eq!(account.institution, "测试银行");
    assert_eq!(account.available.map(|money| money.amount.to_string()).as_deref(), Some("42340.18"));
    assert_eq!(account.sub_accounts[0].number, "00002");
    assert_eq!(account.products[0].quantity.as_deref(), Some("20000.00"));
    assert_eq!(account.encumbrances[0].until.map(|date| date.to_string()).as_deref(), Some("2026-06-30"));
}

#[test]
fn a_freeze_holds_what_is_there_and_a_release_gives_it_back() {
    let mut bank = Conversation::new(script_with(json!([])));
    let short = freeze("A220260105990101200001", "6229990000000000019", "60000.00");
    let Reply::PartlyHeld(holding) = bank.reply(&short) else { panic!("partly held") };
    assert_eq!(holding.held.amount.to_string(), "42340.18");
    assert_eq!(holding.uncovered.map(|money| money.amount.to_string()).as_deref(), Some("17659.82"));
    assert_eq!(holding.rank.map(|rank| (rank.place, rank.derived)), Some((2, true)));
    assert_eq!(holding.earlier.len(), 1, "its own measure is not earlier than itself");
    assert_eq!(holding.until.map(|date| date.to_string()).as_deref(), Some("2027-01-04"));

    let full = freeze("A220260105990101200002", "6229990000000000027", "60000.00");
    let Reply::Held(holding) = bank.reply(&full) else { panic!("held") };
    assert_eq!(holding.available.map(|money| money.amount.to_string()).as_deref(), Some("40000.00"));

    let give_back = release("A220260105990101200003", "6229990000000000027", "20000.00", &full);
    let Reply::PartlyHeld(released) = bank.reply(&give_back) else { panic!("a release of a part") };
    assert_eq!(released.held.amount.to_string(), "20000.00");
    let (Reply::Refused(_) | Reply::NotHeld(_)) =
        bank.reply(&release("A220260105990101200004", "6229990000000000035", "1.00", &full))
    else {
        panic!("not there")
    };
    let books = bank.bank.books();
    assert_eq!(books.controls.iter().map(|control| control.executed).collect::<Vec<_>>(), [1, 1, 1, 0]);
}

#[test]
fn a_renewal_moves_the_end_and_carries_what_is_held() {
    let mut bank = Conversation::new(script_with(json!([])));
    let order = freeze("A220260105990101200001", "6229990000000000019", "60000.00");
    assert!(matches!(bank.reply(&order), Reply::PartlyHeld(_)));
    let again = renew("A220260106990101200002", "6229990000000000019", "60000.00", &order);
    let Reply::PartlyHeld(holding) = bank.reply(&again) else { panic!("partly held") };
    assert_eq!(holding.held.amount.to_string(), "42340.18");
    assert_eq!(holding.until.map(|date| date.to_string()).as_deref(), Some("2028-01-04"));
    assert_eq!(holding.earlier.len(), 1, "its own measure is not earlier than itself");
    let unknown = renew("A220260106990101200003", "6229990000000000027", "1.00", &order);
    let Reply::NotHeld(refusal) = bank.reply(&unknown) else { panic!("not there") };
    assert_eq!(refusal.reason, RefusalReason::OriginalUnknown);
    let booked: Vec<_> = bank.bank.books().controls.into_iter().map(|c| (c.action, c.executed)).collect();
    assert_eq!(booked, [("freeze".to_owned(), 1), ("renew".to_owned(), 1), ("renew".to_owned(), 0)]);
}

#[test]
fn a_sub_account_is_frozen_and_the_account_is_not() {
    let mut bank = Conversation::new(script_with(json!([])));
    let order = freeze_of_sub_account("A220260105990101200001", "6229990000000000019", "00002", "50000.00");
    let Reply::PartlyHeld(holding) = bank.reply(&order) else { panic!("partly held") };
    assert_eq!(holding.held.amount.to_string(), "30000.00");
    let whole = freeze("A220260105990101200002", "6229990000000000019", "1000.00");
    let Reply::Held(holding) = bank.reply(&whole) else { panic!("held") };
    assert_eq!(holding.available.map(|money| money.amount.to_string()).as_deref(), Some("41340.18"));
}

#[test]
fn the_same_freeze_again_is_not_done_again() {
    let mut bank = Conversation::new(script_with(json!([])));
    let order = freeze("A220260105990101200001", "6229990000000000027", "60000.00");
    let first = bank.reply(&order);
    assert_eq!(bank.reply(&order), first);
    let books = bank.bank.books();
    assert_eq!((books.controls.len(), books.duplicates), (1, 1));
    assert_eq!((books.controls[0].executed, books.controls[0].arrived), (1, 2));
}

#[test]
fn refusals_keep_their_words() {
    let mut bank = Conversation::new(script_with(json!([{"do": "return", "on": "query"}])));
    let order = freeze("A220260105990101200001", "6229990000000000035", "1.00");
    let Reply::NotHeld(refusal) = bank.reply(&order) else { panic!("not held") };
    assert_eq!((refusal.reason, refusal.words.as_str()), (RefusalReason::TargetEnded, "账户已销户"));
    let Reply::Refused(refusal) = bank.reply(&query("A220260105990101100001")) else { panic!("refused") };
    assert_eq!(refusal.reason, RefusalReason::IdentityMismatch);
    assert_eq!(refusal.words, "业务审核未通过：证件号码与文书所载不一致");
}

#[test]
fn orders_without_documents_are_declined_by_the_bank() {
    let mut bank = Conversation::new(script_with(json!([])));
    let mut order = query("A220260105990101100001");
    order.documents.clear();
    let Reply::Refused(refusal) = bank.reply(&order) else { panic!("refused") };
    assert_eq!(refusal.reason, RefusalReason::DocumentMissing);
}

/// What one order's reading comes to under a fault, for both kinds of order.
fn under(fault: &str, order: &Order) -> (Conversation, Vec<Reading>) {
    let mut bank = Conversation::new(script_with(json!([{"do": fault}])));
    let readings = bank.ask(std::slice::from_ref(order));
    (bank, readings)
}

#[test]
fn hostile_packages_are_refused_and_a_control_is_fed_back_again() {
    for fault in ["truncated_zip", "zip_bomb", "entities"] {
        let order = freeze("A220260105990101200001", "6229990000000000027", "60000.00");
        let (mut bank, readings) = under(fault, &order);
        let reading = &readings[0];
        let ReadContent::Fault(seen) = &reading.reads[0].content else { panic!("{fault} is a fault") };
        assert_eq!(seen.kind, FaultKind::Malformed);
        assert_eq!(reading.reads[0].number.as_ref(), Some(&order.number));
        assert_eq!(
            reading.responses[0].message.name,
            "KZHZE999H110000000001202601050900000000000000000001.zip"
        );
        let again = bank.take(&messages(reading));
        let reading = bank.connector.read(&again[0].file);
        assert!(matches!(only_reply(&reading, &order), Reply::Held(_)), "{fault}");
    }
}

#[test]
fn a_wrong_md5_is_a_fault_until_the_bank_feeds_back_again() {
    let order = freeze("A220260105990101200001", "6229990000000000027", "60000.00");
    let (mut bank, readings) = under("wrong_md5", &order);
    assert!(
        matches!(&readings[0].reads[0].content, ReadContent::Fault(fault) if fault.detail.contains("MD5"))
    );
    let again = bank.take(&messages(&readings[0]));
    assert!(matches!(only_reply(&bank.connector.read(&again[0].file), &order), Reply::Held(_)));
    assert_eq!(bank.bank.books().controls[0].executed, 1);
}

#[test]
fn unreadable_query_feedback_is_asked_for_again() {
    for fault in ["truncated_zip", "entities", "zip_bomb"] {
        let order = query("A220260105990101100001");
        let (mut bank, readings) = under(fault, &order);
        assert!(readings[0].reads.is_empty() && !readings[0].problems.is_empty(), "{fault}");
        let again = bank.take(&messages(&readings[0]));
        assert!(matches!(only_reply(&bank.connector.read(&again[0].file), &order), Reply::Found { .. }));
    }
}

#[test]
fn another_banks_code_is_not_taken() {
    let (_, readings) = under("wrong_bank_code", &query("A220260105990101100001"));
    let reading = &readings[0];
    assert!(reading.reads.is_empty() && reading.responses.is_empty());
    assert_eq!(reading.problems[0].kind, FaultKind::Misconfigured);
}

#[test]
fn sloppy_feedback_is_still_read() {
    for fault in
        ["gbk", "comma_amounts", "blank_amounts", "duplicate", "path_trick", "unknown_number", "late"]
    {
        let order = freeze("A220260105990101200001", "6229990000000000027", "60000.00");
        let (_, readings) = under(fault, &order);
        let held = readings.iter().flat_map(|reading| &reading.reads).any(|read| {
            read.number.as_ref() == Some(&order.number)
                && matches!(&read.content, ReadContent::Answer(answer) if matches!(answer.reply, Reply::Held(_)))
        });
        assert!(held, "freeze under {fault}");
        let order = query("A220260105990101100001");
        let (_, readings) = under(fault, &order);
        let found = readings.iter().flat_map(|reading| &reading.reads).any(|read| {
            read.number.as_ref() == Some(&order.number)
                && matches!(&read.content, ReadContent::Answer(answer) if answer.reply.assets().len() == 3)
        });
        assert!(found, "query under {fault}");
    }
}

#[test]
fn one_bad_amount_spoils_one_entry_only() {
    let mut bank = Conversation::new(script_with(json!([{"do": "bad_entry"}])));
    let orders = [query("A220260105990101100001"), query("A220260105990101100002")];
    let readings = bank.ask(&orders);
    let Reply::Partial { assets, missing } = only_reply(&readings[0], &orders[0]) else { panic!("partial") };
    assert_eq!((assets.len(), missing.len()), (3, 1));
    assert!(matches!(only_reply(&readings[0], &orders[1]), Reply::Found { .. }));
}

#[test]
fn an_error_of_the_bank_is_not_nothing() {
    let (_, readings) = under("internal_error", &query("A220260105990101100001"));
    let Reply::Refused(refusal) = only_reply(&readings[0], &query("A220260105990101100001")) else {
        panic!()
    };
    assert_eq!(refusal.reason, RefusalReason::CounterpartError);
}

#[test]
fn silence_is_silence_though_the_bank_acted() {
    let order = freeze("A220260105990101200001", "6229990000000000027", "60000.00");
    let (bank, readings) = under("silent", &order);
    assert!(readings.is_empty());
    assert_eq!(bank.bank.books().controls[0].executed, 1);
}

#[test]
fn our_own_requests_are_refused_politely() {
    let mut bank = Conversation::new(json!({}));
    let files = bank.write(&[query("A220260105990101100001")]);
    let reading = bank.connector.read(&files[0]);
    assert!(reading.reads.is_empty());
    assert_eq!(reading.problems[0].kind, FaultKind::Misconfigured);
}

#[test]
fn everyone_owns_something_when_the_script_says_so() {
    let mut bank = Conversation::new(json!({"everyone": {"accounts": 2, "balance": "1000.00"}}));
    let order = orders::query_of_company("A220260105990101100002");
    let Reply::Found { assets } = bank.reply(&order) else { panic!("found") };
    assert_eq!(assets.len(), 2);
    assert_eq!(bank.reply(&order), Reply::Found { assets });
}

fn messages(reading: &chakong_contract::Reading) -> Vec<Message> {
    reading.responses.iter().map(|response| response.message.clone()).collect()
}
