//! The simulated bank polls the postbox: it asks, fetches, acts and feeds back, and misbehaves.

#[path = "postbox/exchange.rs"]
mod exchange;
#[path = "conversation/orders.rs"]
mod orders;

use chakong_contract::asset::Asset;
use chakong_contract::{EntryResult, FaultKind, RefusalReason, Reply};
use chakong_testkit::fake_postbox;
use serde_json::json;

use exchange::Exchange;
use orders::{freeze, freeze_of_sub_account, query, query_of_company, release, renew};

const ACCOUNT: &str = "6229990000000000027";

#[test]
fn a_round_answers_queries_and_controls() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    let full = freeze("A220260105990101200001", ACCOUNT, "60000.00");
    let short = freeze("A220260105990101200002", "6229990000000000019", "60000.00");
    exchange.fake.offer([query("A220260105990101100001"), query_of_company("A220260105990101100002")]);
    exchange.fake.offer([full.clone(), short]);
    exchange.round();
    let Reply::Found { assets } = exchange.reply("A220260105990101100001") else { panic!("accounts") };
    let Asset::Account(account) = &assets[0].asset else { panic!("an account") };
    assert_eq!((assets.len(), account.branch.as_str()), (3, "测试银行某某支行"));
    assert_eq!(account.sub_accounts[0].number, "00002");
    assert_eq!(*exchange.reply("A220260105990101100002"), Reply::Nothing);
    assert!(matches!(exchange.reply("A220260105990101200001"), Reply::Held(_)));
    let Reply::PartlyHeld(holding) = exchange.reply("A220260105990101200002") else { panic!("partly held") };
    assert_eq!((holding.held.amount.to_string().as_str(), holding.earlier.len()), ("42340.18", 1));
    let receipts = exchange.fake.answers.iter().filter(|(_, answer)| !answer.receipts.is_empty()).count();
    assert_eq!(receipts, 2, "each control came with its receipt");
    assert!(exchange.fake.open().is_empty());

    exchange.fake.offer([
        release("A220260105990101200003", ACCOUNT, "20000.00", &full),
        renew("A220260105990101200004", ACCOUNT, "40000.00", &full),
        freeze_of_sub_account("A220260105990101200005", "6229990000000000019", "00002", "50000.00"),
    ]);
    exchange.round();
    let held = |number: &str| match exchange.reply(number) {
        Reply::Held(holding) | Reply::PartlyHeld(holding) => holding.held.amount.to_string(),
        other => panic!("{}", other.outcome()),
    };
    assert_eq!(held("A220260105990101200003"), "20000.00");
    assert_eq!(held("A220260105990101200004"), "40000.00");
    assert_eq!(held("A220260105990101200005"), "30000.00");
    let books = exchange.bank.books();
    assert_eq!((books.queries, books.duplicates), (2, 0));
    assert!(books.controls.iter().all(|control| (control.executed, control.arrived) == (1, 1)));
}

#[test]
fn documents_are_fetched_once_for_a_key() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    exchange.fake.offer((1..=5).map(|at| query(&format!("A22026010599010110000{at}"))));
    exchange.round();
    let calls = |name: &str| exchange.fake.operations.iter().filter(|operation| *operation == name).count();
    assert_eq!((calls("cxwsInfo"), calls("zjInfo"), calls("shfeedXzcxInfo")), (1, 5, 1));
    assert_eq!(exchange.fake.answers.len(), 5);
}

#[test]
fn one_bad_entry_of_a_feedback_does_not_keep_the_others() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "unknown_number"}])));
    exchange.fake.offer([query("A220260105990101100001"), freeze("A220260105990101200001", ACCOUNT, "1.00")]);
    exchange.round();
    assert_eq!(exchange.fake.answers.len(), 2);
    assert_eq!(exchange.fake.taken.iter().filter(|taken| **taken == EntryResult::Unknown).count(), 2);
}

#[test]
fn a_wrong_md5_is_refused_until_the_bank_feeds_back_again() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "wrong_md5", "first": 1}])));
    exchange.fake.offer([freeze("A220260105990101200001", ACCOUNT, "1.00")]);
    exchange.round();
    let EntryResult::Unreadable(fault) = &exchange.fake.taken[0] else { panic!("unreadable") };
    assert!(fault.detail.contains("MD5"));
    assert_eq!(exchange.fake.open().len(), 1, "it stays on offer");
    exchange.round();
    assert!(matches!(exchange.reply("A220260105990101200001"), Reply::Held(_)));
    assert_eq!(exchange.bank.books().controls[0].executed, 1);
}

#[test]
fn what_nobody_can_read_is_told_and_comes_again() {
    for fault in ["garbled_base64", "entities"] {
        let mut exchange = Exchange::new(&exchange::script(json!([{"do": fault, "first": 1}])));
        exchange.fake.offer([query("A220260105990101100001")]);
        exchange.round();
        let reading = &exchange.fake.readings[0];
        assert!(reading.reads.is_empty(), "{fault}");
        assert_eq!(reading.problems[0].kind, FaultKind::Malformed);
        exchange.round();
        assert!(matches!(exchange.reply("A220260105990101100001"), Reply::Found { .. }), "{fault}");
    }
}

#[test]
fn a_second_feedback_is_already_taken_and_the_bank_is_content() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "feeds_twice"}])));
    exchange.fake.offer([query("A220260105990101100001"), freeze("A220260105990101200001", ACCOUNT, "1.00")]);
    exchange.round();
    assert_eq!(
        exchange.fake.taken,
        [EntryResult::Accepted, EntryResult::Duplicate, EntryResult::Accepted, EntryResult::Duplicate]
    );
    assert_eq!(exchange.fake.answers.len(), 2);
}

#[test]
fn silence_keeps_an_order_on_offer_and_nothing_is_done_twice() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "not_fed_back", "first": 2}])));
    exchange.fake.offer([freeze("A220260105990101200001", ACCOUNT, "60000.00")]);
    exchange.round();
    exchange.round();
    assert_eq!((exchange.fake.open().len(), exchange.fake.taken.len()), (1, 0));
    exchange.round();
    assert!(matches!(exchange.reply("A220260105990101200001"), Reply::Held(_)));
    let books = exchange.bank.books();
    assert_eq!((books.controls[0].executed, books.controls[0].arrived, books.duplicates), (1, 1, 0));
}

#[test]
fn a_wrong_password_is_turned_away_and_the_next_round_is_let_in() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "wrong_password", "first": 1}])));
    exchange.fake.offer([query("A220260105990101100001")]);
    exchange.round();
    assert_eq!((exchange.fake.turned_away, exchange.fake.open().len()), (2, 1));
    exchange.round();
    assert_eq!(exchange.fake.answers.len(), 1);
}

#[test]
fn a_desk_that_cannot_answer_is_visited_again() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    exchange.fake.offer([freeze("A220260105990101200001", ACCOUNT, "1.00")]);
    exchange.fake.unavailable = true;
    exchange.round();
    assert_eq!(exchange.bank.books().controls.len(), 0);
    exchange.fake.unavailable = false;
    exchange.round();
    assert_eq!(exchange.fake.answers.len(), 1);
}

#[test]
fn a_gateway_that_does_not_answer_is_visited_again() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    let caller = exchange.bank.postbox().expect("a caller");
    for _ in 0..3 {
        assert!(matches!(caller.next(None, exchange::now()), chakong_contract::sandbox::PollStep::Call(_)));
        let rest = caller.next(None, exchange::now());
        assert!(matches!(rest, chakong_contract::sandbox::PollStep::Rest(_)), "{rest:?}");
    }
}

#[test]
fn returns_and_refusals_keep_their_words() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "return", "on": "query"}])));
    exchange.fake.offer([
        query("A220260105990101100001"),
        freeze("A220260105990101200001", "6229990000000000035", "1.00"),
    ]);
    exchange.round();
    let Reply::Refused(refusal) = exchange.reply("A220260105990101100001") else { panic!("refused") };
    assert_eq!(refusal.words, "业务审核未通过：证件号码与文书所载不一致");
    let Reply::NotHeld(refusal) = exchange.reply("A220260105990101200001") else { panic!("not held") };
    assert_eq!(refusal.reason, RefusalReason::TargetEnded);
}

#[test]
fn orders_without_documents_are_declined_by_the_bank() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    let mut order = query("A220260105990101100001");
    order.documents.clear();
    exchange.fake.offer([order]);
    exchange.round();
    let Reply::Refused(refusal) = exchange.reply("A220260105990101100001") else { panic!("refused") };
    assert_eq!(refusal.reason, RefusalReason::DocumentMissing);
}

#[test]
fn sloppy_feedback_is_still_read() {
    for fault in ["comma_amounts", "blank_amounts", "gbk"] {
        let mut exchange = Exchange::new(&exchange::script(json!([{"do": fault}])));
        exchange
            .fake
            .offer([query("A220260105990101100001"), freeze("A220260105990101200001", ACCOUNT, "1.00")]);
        exchange.round();
        assert_eq!(exchange.reply("A220260105990101100001").assets().len(), 3, "{fault}");
        assert!(matches!(exchange.reply("A220260105990101200001"), Reply::Held(_)), "{fault}");
    }
}

#[test]
fn late_feedback_comes_when_it_is_due_and_not_twice() {
    let mut exchange = Exchange::new(&exchange::script(json!([{"do": "late", "after_ms": 2500}])));
    exchange.fake.offer([query("A220260105990101100001")]);
    let rest = fake_postbox::round(
        &mut exchange.fake,
        exchange.connector.postbox().expect("a postbox"),
        exchange.bank.postbox().expect("a caller"),
        exchange::now(),
    )
    .expect("a rest");
    assert_eq!(rest.as_millis(), 1000, "the script says no other");
    exchange.round();
    assert_eq!((exchange.fake.answers.len(), exchange.fake.taken.len()), (0, 0));
    let later = "2026-01-05T15:20:14+08:00".parse().expect("a moment");
    fake_postbox::round(
        &mut exchange.fake,
        exchange.connector.postbox().expect("a postbox"),
        exchange.bank.postbox().expect("a caller"),
        later,
    )
    .expect("a rest");
    assert_eq!((exchange.fake.answers.len(), exchange.fake.taken.len()), (1, 1));
}

#[test]
fn rare_names_are_refused_at_planning_or_sent_in_gb18030() {
    let mut order = query("A220260105990101100001");
    order.name = "𠮷测试".parse().expect("a name");
    let exchange = Exchange::new(&exchange::script(json!([])));
    let fault = exchange.connector.check(&order).expect_err("outside GBK");
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(!fault.to_string().contains('𠮷'), "no personal data");
    assert_eq!(exchange.connector.check(&query("A220260105990101100001")), Ok(()));

    let text = |text: &str| chakong_contract::manifest::SettingValue::Text(text.to_owned());
    let settings = exchange::settings().with("rare_names", text("gb18030"));
    let mut script = exchange::script(json!([]));
    script["customers"][0]["name"] = json!("𠮷测试");
    let mut exchange = Exchange::with(&script, &settings);
    assert_eq!(exchange.connector.check(&order), Ok(()));
    exchange.fake.offer([order]);
    exchange.round();
    assert_eq!(exchange.reply("A220260105990101100001").assets().len(), 3);
}

#[test]
fn documents_of_some_mib_travel_in_all_their_layers() {
    let mut exchange = Exchange::new(&exchange::script(json!([])));
    let mut order = query("A220260105990101100001");
    order.documents[0].content = vec![0xA5; 5 << 20].into();
    exchange.fake.offer([order]);
    exchange.round();
    assert!(
        matches!(exchange.reply("A220260105990101100001"), Reply::Found { .. }),
        "the bank had its documents"
    );
}
