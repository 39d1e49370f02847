//! Releases of limits that hold nothing, of which the counterpart says the ordered sum back.

use chakong_contract::{ActionKind, Instruction, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{MeasureId, OrderId, TaskKind};
use super::super::{OrderInput, ReleaseScope, Resolution};
use super::books::Bank;
use super::world::{World, auto};

/// 60 000 are ordered of an account that holds 42 340 by the time the freeze arrives; the rest is given back.
fn uncovered() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit("(2026)晋10执425号", None, Some(auto(60_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let account = world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001"));
    account.expect("the account").balance = 42_340.into();
    let freeze = world.queued()[0];
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    let id = world.measure_at("a").id;
    let uncovered = ReleaseScope::Measure(id, Some(17_660.into()));
    world.release(uncovered, ReleaseReason::Excess).expect("ordered");
    let order = world.file.measures[&id].control.expect("the release");
    (world, id, order)
}

fn said(amount: u32) -> Reply {
    Reply::Released { amount: Some(Money::yuan(amount.into())), words: String::new() }
}

#[test]
fn the_ordered_sum_said_back_of_a_limit_that_held_nothing_frees_nothing_and_the_account_is_looked_at() {
    for amount in [17_660, 1] {
        let (mut world, id, order) = uncovered();
        let asked = world.orders_of(ActionKind::Query);
        world.carry_out(order);
        world.hear(order, said(amount));
        let measure = &world.file.measures[&id];
        assert_eq!((measure.held, measure.limit), (Decimal::from(42_340), Decimal::from(42_340)));
        assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "a person is told");
        assert_eq!(world.orders_of(ActionKind::Query), asked + 1, "the account is looked at");
        world.hear(order, said(amount));
        assert_eq!(world.orders_of(ActionKind::Query), asked + 1, "once");
    }
    let (mut world, id, order) = uncovered();
    world.carry_out(order);
    world.hear(order, said(0));
    assert_eq!(world.file.measures[&id].held, Decimal::from(42_340));
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "that is the truth");
}

#[test]
fn said_late_it_frees_nothing_either() {
    let (mut world, id, order) = uncovered();
    world.happened(order, OrderInput::HandedOver);
    world.carry_out(order);
    world.happened(order, OrderInput::DeadlinePassed);
    world.act(super::super::Act::Resolve(order, Resolution::NotDone)).expect("resolved");
    world.hear(order, said(17_660));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.held, measure.limit), (Decimal::from(42_340), Decimal::from(42_340)));
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "a person is told");
}

#[test]
fn of_a_part_that_held_money_no_more_is_booked_as_free_than_could_be() {
    let (mut world, id, order) = uncovered();
    world.carry_out(order);
    world.hear(order, said(0));
    let part = ReleaseScope::Measure(id, Some(2_340.into()));
    world.release(part, ReleaseReason::Excess).expect("ordered");
    let order = world.file.measures[&id].control.expect("the release");
    let Instruction::Release { amount, .. } = &world.file.orders[&order].instruction else {
        panic!("a release")
    };
    assert_eq!(*amount, Some(Money::yuan(2_340.into())));
    world.hear(order, said(2_340));
    assert_eq!(world.file.measures[&id].held, Decimal::from(40_000), "as ordered");
}
