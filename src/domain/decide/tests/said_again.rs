//! An answer to a control that comes again with its receipt, after more is known of the measure: the receipt is kept, and nothing else changes.

use std::sync::Arc;

use chakong_contract::asset::{Encumbrance, EncumbranceKind};
use chakong_contract::reply::{Holding, Receipt};
use chakong_contract::{Asset, DocumentKind, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Mandate, Measure, MeasureId, OrderId, TaskKind, UncoveredLimit};
use super::super::{Act, ReleaseScope, Renewal};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执402号";

/// A freeze of a claim of 100 that holds so much, and what its bank said.
fn holds(held: u32) -> (World, MeasureId, OrderId, Reply) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100)]))]);
    let mandate = Mandate { uncovered: UncoveredLimit::Keep, ..auto(100) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    set_balance(&mut world, held);
    let freeze = world.queued()[0];
    let reply = world.carry_out(freeze);
    world.hear(freeze, reply.clone());
    let measure = world.measure_at("a");
    assert_eq!((measure.limit, measure.held), (100.into(), held.into()));
    let id = measure.id;
    (world, id, freeze, reply)
}

fn set_balance(world: &mut World, balance: u32) {
    let kept = world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001"));
    kept.expect("the account").balance = balance.into();
}

/// The answer comes once more, with its receipt.
fn comes_with_a_receipt(world: &mut World, order: OrderId, reply: Reply) {
    let root = world.file.orders[&order].root;
    let before = world.file.revisions[&root].number;
    let receipt =
        Receipt {
            title: "回执".to_owned(), format: "pdf".to_owned(), content: Arc::from(&b"invented"[..])
        };
    world.hear_with(order, reply, Some(receipt));
    let last = &world.file.revisions[&root];
    assert_eq!((last.number, last.answer.receipts.len()), (before + 1, 1), "the receipt is kept");
}

fn measure(world: &World, id: MeasureId) -> Measure {
    world.file.measures[&id].clone()
}

fn excess(world: &World) -> usize {
    world.file.tasks.iter().filter(|task| task.kind == TaskKind::ReleaseExcess).count()
}

#[test]
fn what_a_look_showed_since_stands_when_the_freezes_answer_comes_again_with_its_receipt() {
    let (mut world, id, freeze, reply) = holds(40);
    set_balance(&mut world, 100);
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![query])).expect("asked again");
    let query = *world.queued().last().expect("the query");
    let mut shown = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut shown else { panic!("{shown:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = vec![Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "临汾市测试中级人民法院".to_owned(),
        document: format!("{CASE}之一"),
        amount: Some(Money::yuan(100.into())),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }];
    world.hear(query, shown);
    let before = measure(&world, id);
    assert_eq!(before.held, Decimal::from(100), "a deposit was caught");
    comes_with_a_receipt(&mut world, freeze, reply);
    assert_eq!(measure(&world, id), before);
}

#[test]
fn what_was_given_back_or_taken_since_is_no_surplus_when_the_freezes_answer_comes_again() {
    for takes in [false, true] {
        let (mut world, id, freeze, reply) = holds(100);
        if takes {
            world.deduct(id, Some(40.into())).expect("ordered");
        } else {
            world
                .release(ReleaseScope::Measure(id, Some(40.into())), ReleaseReason::Replaced)
                .expect("ordered");
        }
        world.run();
        let before = measure(&world, id);
        assert_eq!((before.limit, before.held), (60.into(), 60.into()));
        comes_with_a_receipt(&mut world, freeze, reply.clone());
        assert_eq!(measure(&world, id), before);
        // Nor in other words.
        let Reply::Held(holding) = reply else { panic!("{reply:?}") };
        world.hear(freeze, Reply::Held(Holding { words: "已冻结".to_owned(), ..holding }));
        let after = measure(&world, id);
        assert_eq!((after.limit, after.held, after.surplus), (60.into(), 60.into(), Decimal::ZERO));
        assert_eq!(excess(&world), 0, "nobody is asked to give anything back");
    }
}

#[test]
fn what_was_given_back_since_is_no_surplus_when_a_renewals_answer_comes_again_with_its_receipt() {
    let (mut world, id, _, _) = holds(100);
    world
        .act_with(Act::Renew(id, Renewal::default()), &[DocumentKind::RenewRuling, DocumentKind::RenewNotice])
        .expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    let reply = world.carry_out(renewal);
    world.hear(renewal, reply.clone());
    world.release(ReleaseScope::Measure(id, Some(40.into())), ReleaseReason::Replaced).expect("ordered");
    world.run();
    let before = measure(&world, id);
    comes_with_a_receipt(&mut world, renewal, reply);
    assert_eq!(measure(&world, id), before);
    assert_eq!(excess(&world), 0);
}
