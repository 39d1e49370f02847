//! What stands when the debt has ended, and what was taken beyond a claim that was lowered.

use chakong_contract::ActionKind;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{ClaimChangeKind, ClaimState, EventType, MeasureState, TaskKind};
use super::super::{ClaimUpdate, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

/// Two banks that hold 600 and 300 for a claim of 900.
fn two_freezes() -> World {
    let banks = vec![("a", Bank::with(&[("622200001", 600)])), ("b", Bank::with(&[("622200002", 300)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(auto(900))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(900));
    world
}

fn settled() -> ClaimUpdate {
    ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() }
}

#[test]
fn a_release_of_one_measure_because_the_debt_ended_gives_every_measure_back() {
    let mut world = two_freezes();
    let one = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(one, None), ReleaseReason::DebtPaid).expect("released");
    world.run();
    assert_eq!((world.held_and_taken(), world.claim().state), (Decimal::ZERO, ClaimState::Settled));
}

#[test]
fn what_stands_after_a_part_was_released_because_the_debt_ended_is_on_the_list() {
    let mut world = two_freezes();
    let one = world.measure_at("a").id;
    let part = ReleaseScope::Measure(one, Some(Decimal::TEN));
    world.release(part, ReleaseReason::DebtPaid).expect("released");
    let listed = |world: &World| {
        let all = world.file.tasks.iter().filter(|task| task.kind == TaskKind::BringPapers);
        all.map(|task| task.note.clone()).collect::<Vec<_>>()
    };
    let notes = listed(&world);
    assert!(notes.len() == 2 && notes[0].contains("590") && notes[1].contains("300"), "{notes:?}");
    world.run();
    world.change_claim(settled()).expect("said again");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
    assert!(listed(&world).is_empty(), "done by the releases");
}

#[test]
fn a_claim_that_is_said_to_be_settled_once_more_gives_back_what_still_stands() {
    let mut world = two_freezes();
    world.change_claim(settled()).expect("settled");
    for release in world.queued() {
        world.turned_away(release);
    }
    // The officer sees to it at the banks, and says so again.
    let left = world.held_and_taken();
    assert_eq!(left, Decimal::from(900));
    let ids: Vec<_> = world.measures(MeasureState::Releasing).iter().map(|measure| measure.id).collect();
    for id in ids {
        let order = world.file.measures[&id].control.expect("its release");
        let not_done = super::super::Resolution::NotDone;
        world.act(super::super::Act::Resolve(order, not_done)).expect("resolved");
    }
    let before = world.orders_of(ActionKind::Release);
    world.change_claim(settled()).expect("said again");
    assert_eq!(world.orders_of(ActionKind::Release), before + 2);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn what_was_deducted_beyond_a_claim_that_was_lowered_is_told_though_nothing_is_held() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 600)]))]);
    world.submit(CASE, None, Some(auto(600))).expect("accepted");
    world.run();
    let one = world.measure_at("a").id;
    world.deduct(one, None).expect("ordered");
    world.run();
    assert_eq!(world.measure_at("a").state, MeasureState::Deducted);
    let lower = (ClaimChangeKind::Lowered, Decimal::from(100));
    world.change_claim(ClaimUpdate { change: Some(lower), ..ClaimUpdate::default() }).expect("lowered");
    assert!(world.has_event(EventType::MeasureExcess));
    let told = world.file.tasks.iter().find(|task| task.kind == TaskKind::ReleaseExcess).expect("a task");
    assert!(told.note.contains("500"), "{}", told.note);
}

#[test]
fn a_freeze_on_offer_that_nobody_wants_any_more_is_offered_no_more_and_again_once_somebody_does() {
    for frees in [true, false] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 50_000)]))]);
        world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let order = world.measure_at("a").control.expect("the freeze");
        world.happened(order, super::super::orders::OrderInput::HandedOver);
        let is_on_offer = |world: &World| {
            let order = &world.file.orders[&order];
            order.state == super::super::super::OrderState::Awaiting && order.due < order.deadline
        };
        assert!(is_on_offer(&world));
        let party = ReleaseScope::Party(world.file.parties[0].id);
        match frees {
            true => drop(world.release(party, ReleaseReason::WrongPerson).expect("freed")),
            false => drop(world.change_claim(settled()).expect("settled")),
        }
        assert!(!is_on_offer(&world), "who did not fetch it never gets it");
        if !frees {
            let open = ClaimUpdate { state: Some(ClaimState::Open), ..ClaimUpdate::default() };
            world.change_claim(open).expect("opened again");
            assert!(is_on_offer(&world));
        }
        // Who fetched it answers it all the same.
        let reply = world.carry_out(order);
        world.hear(order, reply);
        world.run();
        let held = if frees { Decimal::ZERO } else { Decimal::from(40_000) };
        assert_eq!(world.held_and_taken(), held);
    }
}
