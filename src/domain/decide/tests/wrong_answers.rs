//! What a bank says wrongly changes nothing elsewhere.

use chakong_contract::asset::{Doubt, DoubtAbout, DoubtKind, FoundAsset, SubAccount};
use chakong_contract::reply::Holding;
use chakong_contract::{Account, ActionKind, Asset, Money, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{EventType, Mandate, MeasureState, Mode, OrderState, TaskKind};
use super::super::{Act, OrderInput, ReleaseScope, Resolution, room};
use super::books::{Bank, Lie};
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

/// An honest bank with half of the claim, and one that lies.
fn beside(lie: Lie) -> World {
    let liar = Bank { lie: Some(lie), ..Bank::with(&[("622200002", 50_000)]) };
    let mut world = World::new(vec![("honest", Bank::with(&[("622200001", 60_000)])), ("liar", liar)]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    world
}

#[test]
fn more_than_was_ordered_counts_as_ordered_and_moves_no_money_elsewhere() {
    let world = beside(Lie::Enormous);
    assert_eq!(world.held_and_taken(), Decimal::from(60_000), "the honest bank keeps what it holds");
    assert_eq!(world.orders_of(ActionKind::Release), 0);
    let lying = world.measure_at("liar");
    assert_eq!((lying.held, lying.limit), (40_000.into(), 40_000.into()));
    assert!(lying.surplus > Decimal::ZERO && world.has_event(EventType::MeasureExcess));
}

#[test]
fn an_answer_about_another_account_is_kept_and_books_nothing() {
    let mut world = beside(Lie::OtherAccount);
    let lying = world.measure_at("liar");
    assert_eq!((lying.state, lying.held), (MeasureState::Asked, Decimal::ZERO));
    let order = lying.order.expect("an order");
    assert_eq!(world.file.orders[&order].state, OrderState::Undetermined);
    assert!(world.has_event(EventType::OrderUndetermined));
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Resolve && task.order == Some(order)));
    world.act(Act::Resolve(order, Resolution::Done(Some(10_000.into())))).expect("a person says what stands");
    assert_eq!(world.measure_at("liar").held, Decimal::from(10_000));
}

#[test]
fn an_answer_that_comes_twice_is_no_news_and_an_old_one_brings_nothing_back() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    let measure = world.measure_at("a").clone();
    let freeze = measure.order.expect("an order");
    let again = world.carry_out(freeze);
    let changes = world.changes.len();
    world.hear(freeze, again.clone());
    assert_eq!(world.changes.len(), changes, "the same answer once more");
    world.days(366);
    assert_eq!(world.measure_at("a").state, MeasureState::Lapsed);
    let other = Reply::Held(Holding {
        words: "迟到的反馈".to_owned(),
        ..Holding::of(Money::yuan(100_000.into()))
    });
    world.hear(freeze, other);
    assert_eq!(world.measure_at("a").state, MeasureState::Lapsed, "what lapsed is not brought back");
}

#[test]
fn a_correction_is_followed_and_fills_or_frees_the_room() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 100_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    let freeze = world.measure_at("a").order.expect("an order");
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("account").balance =
        30_000.into();
    world.hear(freeze, Reply::PartlyHeld(Holding::of(Money::yuan(30_000.into()))));
    world.run();
    assert_eq!(world.measure_at("a").held, Decimal::from(30_000));
    assert_eq!(world.banks["b"].held_and_taken(), Decimal::from(70_000));
    let limits: Decimal = world.file.ledger().map(|measure| measure.limit).sum();
    assert!(limits <= Decimal::from(100_000), "{limits}");
}

#[test]
fn an_account_with_a_part_that_was_not_understood_waits_for_an_officer() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let query = world.queued()[0];
    let Reply::Found { mut assets } = world.carry_out(query) else { panic!("accounts are found") };
    for found in &mut assets {
        if let Asset::Account(account) = &mut found.asset {
            let about = DoubtAbout::Class;
            account.doubts.push(Doubt {
                about,
                kind: DoubtKind::Garbled,
                field: "ZHLB".into(),
                value: "锟斤拷".into(),
            });
        }
    }
    world.hear(query, Reply::Found { assets });
    let measure = world.measure_at("a").clone();
    assert_eq!(
        (measure.state, world.orders_of(ActionKind::Freeze)),
        (MeasureState::Skipped, 0),
        "{}",
        measure.note
    );
    world.approve(measure.id).expect("an officer looked at it");
    assert_eq!(world.orders_of(ActionKind::Freeze), 1);
}

#[test]
fn money_of_another_currency_under_the_same_number_hides_no_yuan_and_a_nameless_sub_account_names_nothing() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let query = world.queued()[0];
    let Reply::Found { mut assets } = world.carry_out(query) else { panic!("accounts are found") };
    let Asset::Account(mut yuan) = assets[0].asset.clone() else { panic!("an account") };
    let dollars = "USD".parse().ok();
    let money = |amount: u32, currency| Some(Money { amount: amount.into(), currency });
    let other = Account {
        currency: dollars,
        balance: money(7_000, dollars),
        available: money(7_000, dollars),
        ..yuan.clone()
    };
    yuan.sub_accounts = vec![SubAccount {
        number: " ".into(),
        class: "定期".into(),
        balance: Some(Money::yuan(500.into())),
        available: Some(Money::yuan(500.into())),
        remark: String::new(),
    }];
    assets[0].asset = Asset::Account(yuan);
    assets.push(FoundAsset { asset: Asset::Account(other), ..assets[0].clone() });
    world.hear(query, Reply::Found { assets });
    world.run();
    let states: Vec<_> = world.file.ledger().map(|measure| (measure.state, measure.currency)).collect();
    assert_eq!(
        states,
        [(MeasureState::InForce, None), (MeasureState::Proposed, dollars)],
        "dollars wait for an officer"
    );
    assert_eq!(world.held_and_taken(), Decimal::from(60_000));
}

#[test]
fn that_an_earlier_freeze_was_not_placed_says_nothing_about_the_one_that_stands() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 30_000)]))]);
    world.submit(CASE, None, Some(auto(25_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let first = world.queued()[0];
    world.turned_away(first);
    let id = world.measure_at("a").id;
    world.approve(id).expect("it is ordered anew");
    world.run();
    assert_eq!(world.measure_at("a").held, Decimal::from(25_000));
    let refusal = Refusal { reason: RefusalReason::Declined, words: "不予冻结".to_owned() };
    world.hear(first, Reply::NotHeld(refusal));
    let standing = world.measure_at("a");
    assert_eq!((standing.state, standing.held), (MeasureState::InForce, Decimal::from(25_000)));
}

/// A freeze of 600 whose release or deduction is answered with so much.
fn answered_with(deduct: bool, said: u32) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 600)]))]);
    world.submit(CASE, None, Some(auto(600))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    let amount = Some(Money::yuan(said.into()));
    if deduct {
        world.deduct(id, None).expect("ordered");
    } else {
        let scope = ReleaseScope::Measure(id, None);
        world.release(scope, ReleaseReason::Excess).expect("ordered");
    }
    let order = world.queued()[0];
    let reply = match deduct {
        true => Reply::Deducted { amount },
        false => Reply::Released { amount, words: String::new() },
    };
    world.hear(order, reply);
    world
}

#[test]
fn less_released_or_deducted_than_was_ordered_is_for_a_person() {
    for (deduct, said, less) in [(false, 100, "500"), (false, 0, "600"), (true, 0, "600"), (true, 250, "350")]
    {
        let world = answered_with(deduct, said);
        let measure = world.measure_at("a");
        let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Review);
        let task = task.unwrap_or_else(|| panic!("{deduct} {said}: {:?}", world.file.tasks));
        assert_eq!(task.measure, Some(measure.id));
        assert!(task.note.contains(less) && measure.note == task.note, "{}", task.note);
    }
    for deduct in [false, true] {
        let world = answered_with(deduct, 600);
        assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "{deduct}");
    }
}

#[test]
fn an_account_that_is_closed_by_its_status_alone_is_not_frozen() {
    for (status, orders) in [("已销户", 0), ("结清", 0), ("未销户", 1), ("预销户", 1), ("正常", 1)]
    {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
        world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
        let query = world.queued()[0];
        let Reply::Found { mut assets } = world.carry_out(query) else { panic!("accounts are found") };
        for found in &mut assets {
            if let Asset::Account(account) = &mut found.asset {
                status.clone_into(&mut account.status);
            }
        }
        world.hear(query, Reply::Found { assets });
        assert_eq!(world.orders_of(ActionKind::Freeze), orders, "{status}: {}", world.measure_at("a").note);
    }
}

#[test]
fn an_answer_that_is_corrected_to_nothing_takes_back_what_followed_from_it() {
    // Proposed, ordered and not sent, on its way, in force.
    for (mode, sent, answered) in [
        (Mode::Propose, false, false),
        (Mode::Auto, false, false),
        (Mode::Auto, true, false),
        (Mode::Auto, true, true),
    ] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
        world.submit(CASE, None, Some(Mandate { mode, ..auto(35_000) })).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        if sent {
            let freeze = world.queued()[0];
            let held = world.carry_out(freeze);
            world.happened(freeze, OrderInput::HandedOver);
            if answered {
                world.hear(freeze, held);
            }
        }
        world.hear(query, Reply::Nothing);
        let (state, claim) = (world.measure_at("a").state, world.claim().clone());
        let review = world.file.tasks.iter().filter(|task| task.kind == TaskKind::Review).count();
        let waiting = world.file.tasks.iter().filter(|task| task.kind == TaskKind::Approve).count();
        let expected = match (sent, answered) {
            (false, _) => (MeasureState::Skipped, 0),
            (true, false) => (MeasureState::Asked, 1),
            (true, true) => (MeasureState::InForce, 1),
        };
        assert_eq!((state, review, waiting), (expected.0, expected.1, 0), "{mode:?} {sent} {answered}");
        assert!(world.queued().is_empty(), "nothing more leaves for it");
        if !sent {
            assert_eq!(room(&claim, world.file.ledger()), Decimal::from(35_000), "its room is open again");
        }
    }
}

#[test]
fn what_is_said_to_be_released_or_deducted_in_another_currency_books_nothing() {
    for action in [ActionKind::Release, ActionKind::Deduct] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
        world.submit(CASE, None, Some(auto(35_000))).expect("accepted");
        world.run();
        let id = world.measure_at("a").id;
        let amount = Some(Money { amount: 1_500.into(), currency: "HKD".parse().ok() });
        let reply = match action {
            ActionKind::Release => {
                let scope = ReleaseScope::Measure(id, Some(1_500.into()));
                let ground = ReleaseReason::Excess;
                world.release(scope, ground).expect("ordered");
                Reply::Released { amount, words: String::new() }
            }
            _ => {
                world.deduct(id, Some(1_500.into())).expect("ordered");
                Reply::Deducted { amount }
            }
        };
        let order = *world.queued().last().expect("the order");
        world.hear(order, reply);
        let measure = world.measure_at("a");
        assert_eq!((measure.limit, measure.deducted), (Decimal::from(35_000), Decimal::ZERO), "{action:?}");
        assert_eq!(world.file.orders[&order].state, OrderState::Undetermined, "a person looks at it");
    }
}

#[test]
fn a_first_day_that_cannot_be_ends_no_freeze_by_law() {
    for said in ["1991-03-04", "2019-12-31", "2026-01-04"] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
        world.submit(CASE, None, Some(auto(35_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let freeze = world.queued()[0];
        let mut answer = world.carry_out(freeze);
        let (Reply::Held(holding) | Reply::PartlyHeld(holding)) = &mut answer else { panic!("{answer:?}") };
        let (first, last) = (holding.from, holding.until);
        holding.from = said.parse().ok();
        assert_ne!(holding.from, first, "{said} is another day than was ordered");
        world.hear(freeze, answer);
        world.days(1);
        let measure = world.measure_at("a");
        assert_eq!((measure.state, measure.until), (MeasureState::InForce, last), "{said}");
        assert_eq!(measure.held, Decimal::from(35_000), "{said}");
    }
}
