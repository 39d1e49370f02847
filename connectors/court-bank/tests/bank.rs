//! The simulated bank as time passes: money comes and goes, freezes end, others wait behind them.

#[allow(dead_code, reason = "shared with the conversations")]
#[path = "conversation/orders.rs"]
mod orders;

use std::sync::Arc;

use chakong_contract::asset::{Asset, EncumbranceKind};
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingValue;
use chakong_contract::sandbox::Sandbox;
use chakong_contract::{Account, Batch, Connector, Moment, Order, Reply, Settings};
use chakong_court_bank::plugin;
use chakong_testkit::drive;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const ACCOUNT: &str = "6229990000000000019";

struct Exchange {
    connector: Arc<dyn Connector>,
    bank: Box<dyn Sandbox>,
}

impl Exchange {
    fn new(script: &Value) -> Self {
        let settings = Settings::default().with("bank_code", SettingValue::Text("E999H110000000001".into()));
        let connector = (plugin().build)(&settings).expect("settings are right");
        Self { connector, bank: (plugin().sandbox)(script, &settings).expect("a script") }
    }

    fn of_account(account: &Value) -> Self {
        Self::new(&json!({"customers": [{"name": "张测试", "accounts": [account],
            "document": {"kind": "resident_id", "number": "110101190001010014"}}]}))
    }

    fn ask(&mut self, order: Order, day: &str) -> Reply {
        let made: Moment = format!("{day}T10:00:00+08:00").parse().expect("a moment");
        let batch = Batch { made, ..drive::batch(vec![order]) };
        let talk = drive::converse(&*self.connector, &mut *self.bank, &batch).expect("an end");
        match &talk.reads()[0].content {
            ReadContent::Answer(answer) => answer.reply.clone(),
            content @ (ReadContent::Continuation(_) | ReadContent::Attachment(_)) => panic!("{content:?}"),
            ReadContent::Fault(fault) => panic!("{fault}"),
        }
    }

    fn account(&mut self, order: Order, day: &str) -> Account {
        let reply = self.ask(order, day);
        match &reply.assets()[0].asset {
            Asset::Account(account) => account.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn held(&self) -> Vec<Decimal> {
        let books = self.bank.books();
        books.holdings.iter().map(|holding| holding.amount.parse().expect("an amount")).collect()
    }
}

fn yuan(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn query_with_transactions(number: &str, from: &str, until: &str) -> Order {
    let mut order = serde_json::to_value(orders::query(number)).expect("JSON");
    order["instruction"]["transactions"] = json!([from, until]);
    serde_json::from_value(order).expect("an order")
}

#[test]
fn what_waits_behind_an_earlier_freeze_takes_effect_when_that_ends() {
    let mut exchange = Exchange::of_account(&json!({"number": ACCOUNT, "balance": "1000.00",
        "freezes": [{"court": "别处市测试人民法院", "amount": "900.00", "until": "2026-01-31"}]}));
    let Reply::PartlyHeld(holding) = exchange.ask(orders::freeze("A1", ACCOUNT, "500.00"), "2026-01-05")
    else {
        panic!()
    };
    assert_eq!((holding.held.amount, holding.earlier.len()), (yuan("100.00"), 1));
    exchange.ask(orders::freeze("A2", ACCOUNT, "300.00"), "2026-01-06");
    assert_eq!(exchange.held(), [yuan("100.00"), yuan("0.00")]);
    let account = exchange.account(orders::query("A3"), "2026-02-01");
    assert_eq!(exchange.held(), [yuan("500.00"), yuan("300.00")], "in the order they came");
    assert_eq!(account.available.expect("stated").amount, yuan("200.00"));
    assert_eq!(account.encumbrances.len(), 2, "the freeze that ended is gone");
    // Ours end as well, a year later.
    let account = exchange.account(orders::query("A4"), "2027-01-06");
    assert!(exchange.held().is_empty());
    assert_eq!(account.available.expect("stated").amount, yuan("1000.00"));
}

#[test]
fn a_release_lets_the_next_one_move_up_and_takes_no_more_for_itself() {
    let mut exchange = Exchange::of_account(&json!({"number": ACCOUNT, "balance": "1000.00"}));
    let first = orders::freeze("A1", ACCOUNT, "1000.00");
    exchange.ask(first.clone(), "2026-01-05");
    exchange.ask(orders::freeze("A2", ACCOUNT, "500.00"), "2026-01-05");
    assert_eq!(exchange.held(), [yuan("1000.00"), yuan("0.00")]);
    exchange.ask(orders::release("A3", ACCOUNT, "700.00", &first), "2026-01-06");
    assert_eq!(exchange.held(), [yuan("300.00"), yuan("500.00")]);
    let account = exchange.account(orders::query("A4"), "2026-01-06");
    assert_eq!(account.available.expect("stated").amount, yuan("200.00"));
}

#[test]
fn somebody_with_priority_leaves_nothing_and_a_joint_owner_is_named() {
    let right = |class: &str| {
        json!({"number": ACCOUNT, "balance": "1000.00",
        "rights": [{"class": class, "holder": "某某测试", "amount": "500.00"}]})
    };
    let mut pledged = Exchange::of_account(&right("质权"));
    let account = pledged.account(orders::query("A1"), "2026-01-05");
    assert_eq!(account.encumbrances[0].kind, EncumbranceKind::Pledge);
    let Reply::PartlyHeld(holding) = pledged.ask(orders::freeze("A2", ACCOUNT, "500.00"), "2026-01-05")
    else {
        panic!()
    };
    assert_eq!(
        (holding.held.amount, holding.uncovered.expect("stated").amount),
        (Decimal::ZERO, yuan("500.00"))
    );
    let mut joint = Exchange::of_account(&right("共有权"));
    let account = joint.account(orders::query("A1"), "2026-01-05");
    assert_eq!(
        (account.encumbrances[0].kind, account.encumbrances[0].holder.as_str()),
        (EncumbranceKind::OtherRight, "某某测试")
    );
    assert!(matches!(joint.ask(orders::freeze("A2", ACCOUNT, "500.00"), "2026-01-05"), Reply::Held(_)));
}

#[test]
fn later_deposits_are_caught_up_to_the_limit_and_transactions_explain_the_balance() {
    let mut exchange = Exchange::of_account(&json!({"number": ACCOUNT, "balance": "1000.00",
        "moves": {"every_hours": 12, "most": "400.00"}}));
    let before = exchange.account(orders::query("A1"), "2026-01-05").balance.expect("stated").amount;
    let Reply::PartlyHeld(holding) = exchange.ask(orders::freeze("A2", ACCOUNT, "3000.00"), "2026-01-05")
    else {
        panic!()
    };
    assert_eq!(holding.held.amount, before);
    let account = exchange.account(query_with_transactions("A3", "2026-01-05", "2026-02-04"), "2026-02-04");
    let held = exchange.held()[0];
    assert!(held > before && held <= yuan("3000.00"), "{held}");
    let after = account.balance.expect("stated").amount;
    assert_eq!(after - account.available.expect("stated").amount, held);
    let moved: Decimal = account
        .transactions
        .iter()
        .map(|moved| {
            let amount = moved.amount.expect("stated").amount;
            if moved.direction == "转入" { amount } else { -amount }
        })
        .sum();
    // Those of the first day before ten o'clock were in the balance already.
    let early = exchange.account(query_with_transactions("A4", "2026-01-05", "2026-01-05"), "2026-02-04");
    assert!(
        early.transactions.len() <= 2 && account.transactions.len() > 20,
        "{}",
        account.transactions.len()
    );
    let first: Decimal = early
        .transactions
        .iter()
        .filter(|moved| moved.at.is_some_and(|at| at.wall().hour() < 10))
        .map(|moved| {
            let amount = moved.amount.expect("stated").amount;
            if moved.direction == "转入" { amount } else { -amount }
        })
        .sum();
    assert_eq!(before + moved - first, after);
    // Without a period nothing is told.
    assert!(exchange.account(orders::query("A5"), "2026-02-04").transactions.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_there_is_free_or_held_by_somebody_at_every_time(
        balance in 0_i64..10_i64.pow(7), earlier in 0_i64..10_i64.pow(7), most in 1_i64..10_i64.pow(6),
        hours in 1_u32..200, steps in prop::collection::vec((1_i64..60, 1_i64..10_i64.pow(7)), 1..6),
    ) {
        let cents = |amount| Decimal::new(amount, 2);
        let mut exchange = Exchange::of_account(&json!({"number": ACCOUNT, "balance": cents(balance),
            "freezes": [{"court": "别处市测试人民法院", "amount": cents(earlier), "until": "2026-04-30"}],
            "moves": {"every_hours": hours, "most": cents(most)}}));
        let mut day = chakong_contract::Date::constant(2026, 1, 5);
        for (at, (days, limit)) in steps.iter().enumerate() {
            exchange.ask(orders::freeze(&format!("A{at}"), ACCOUNT, &cents(*limit).to_string()), &day.to_string());
            day = day.checked_add(jiff::Span::new().days(*days)).expect("a day");
            let account = exchange.account(orders::query(&format!("B{at}")), &day.to_string());
            let (balance, free) = (account.balance.expect("stated").amount, account.available.expect("stated").amount);
            let ours: Decimal = exchange.held().into_iter().sum();
            let is_over = day > chakong_contract::Date::constant(2026, 4, 30);
            let others = if is_over { Decimal::ZERO } else { cents(earlier) };
            prop_assert!(free >= Decimal::ZERO && ours >= Decimal::ZERO);
            // Others' freeze may lack money; nobody else has any then.
            prop_assert!(balance - free - ours <= others, "{balance} {free} {ours} {others}");
            if balance - free - ours < others {
                prop_assert!(free.is_zero(), "{balance} {free} {ours} {others}");
            }
            prop_assert!(balance >= free + ours);
        }
    }

    #[test]
    fn any_population_is_read_and_frozen_and_the_books_say_the_same(seed in any::<u64>(), person in any::<bool>()) {
        let script = json!({"population": {"seed": seed, "customers_percent": 80}});
        let mut exchange = Exchange::new(&script);
        let query = if person { orders::query("A0") } else { orders::query_of_company("A0") };
        let reply = exchange.ask(query, "2026-01-05");
        prop_assert!(matches!(reply.outcome(), "found" | "nothing"), "{}", reply.outcome());
        let mut held = Decimal::ZERO;
        for (found, at) in reply.assets().iter().zip(1..) {
            let Asset::Account(account) = &found.asset else { panic!("an account") };
            let mut freeze = serde_json::to_value(orders::freeze(&format!("A{at}"), &account.number, "100000.00")).expect("JSON");
            if !person {
                let company = serde_json::to_value(orders::query_of_company("A0")).expect("JSON");
                for key in ["party_kind", "name", "document"] {
                    freeze[key] = company[key].clone();
                }
            }
            match exchange.ask(serde_json::from_value(freeze).expect("an order"), "2026-01-05") {
                Reply::Held(holding) | Reply::PartlyHeld(holding) => held += holding.held.amount,
                Reply::NotHeld(_) => prop_assert!(account.class.contains("专"), "{}", account.class),
                other => panic!("{}", other.outcome()),
            }
        }
        prop_assert_eq!(held, exchange.held().into_iter().sum::<Decimal>());
    }
}
