//! Answers that correct what was said before, or come late, while something else was ordered about the measure.

use chakong_contract::asset::Rank;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{EventType, Mandate, MeasureId, MeasureState, Mode, OrderId, OrderState, TaskKind};
use super::super::{Act, OrderInput, Resolution};
use super::books::Bank;
use super::world::{Asked, PAPERS, World, auto, debtor};

/// A bank that holds 600 of a limit of 1 000 behind an earlier freeze.
fn in_part() -> (World, MeasureId, OrderId) {
    let (mut world, freeze) = asked();
    world.hear(freeze, holding(600, Some(2)));
    let measure = world.measure_at("a");
    assert_eq!((measure.state, measure.held), (MeasureState::InForce, 600.into()));
    let id = measure.id;
    (world, id, freeze)
}

fn asked() -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    let mandate = crate::domain::Mandate { uncovered: crate::domain::UncoveredLimit::Keep, ..auto(1_000) };
    world.submit("(2026)晋10执303号", None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    (world, freeze)
}

fn holding(held: u32, place: Option<u32>) -> Reply {
    let rank = place.map(|place| Rank { place, derived: false });
    let limit = Some(Money::yuan(1_000.into()));
    Reply::PartlyHeld(Holding { rank, limit, ..Holding::of(Money::yuan(held.into())) })
}

fn not_held() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "更正：未冻结".to_owned() })
}

fn tasks(world: &World, kind: TaskKind) -> usize {
    world.file.tasks.iter().filter(|task| task.kind == kind).count()
}

#[test]
fn all_that_is_held_is_deducted_and_the_rest_of_the_limit_waits() {
    let (mut world, id, _) = in_part();
    world.deduct(id, None).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.hear(deduction, Reply::Deducted { amount: Some(Money::yuan(600.into())) });
    let measure = &world.file.measures[&id];
    assert_eq!((measure.deducted, measure.limit, measure.held), (600.into(), 400.into(), Decimal::ZERO));
    assert_eq!(measure.state, MeasureState::Waiting, "others come first");
}

#[test]
fn a_deduction_resolved_by_hand_as_done_in_full_is_booked() {
    let (mut world, id, _) = in_part();
    world.deduct(id, None).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.happened(deduction, OrderInput::HandedOver);
    world.happened(deduction, OrderInput::DeadlinePassed);
    world.act(Act::Resolve(deduction, Resolution::Done(Some(600.into())))).expect("resolved");
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(600));
}

#[test]
fn a_deduction_is_declined_or_given_up_after_the_bank_took_its_freeze_back_to_waiting() {
    for declines in [true, false] {
        let (mut world, id, freeze) = in_part();
        world.deduct(id, None).expect("ordered");
        let deduction = *world.queued().last().expect("the deduction");
        world.happened(deduction, OrderInput::HandedOver);
        world.hear(freeze, holding(0, Some(2)));
        assert_eq!(world.file.measures[&id].state, MeasureState::Deducting);
        if declines {
            world.hear(deduction, not_held());
        } else {
            world.happened(deduction, OrderInput::DeadlinePassed);
            world.act(Act::Resolve(deduction, Resolution::GiveUp)).expect("given up");
        }
        assert_eq!(world.file.measures[&id].state, MeasureState::Waiting);
    }
}

#[test]
fn an_answer_that_does_not_fit_a_control_that_was_given_up_is_kept_and_before_a_person() {
    for resolved in [true, false] {
        let (mut world, freeze) = asked();
        if resolved {
            world.happened(freeze, OrderInput::HandedOver);
            world.happened(freeze, OrderInput::DeadlinePassed);
            world.act(Act::Resolve(freeze, Resolution::GiveUp)).expect("given up");
            assert_eq!(world.file.orders[&freeze].state, OrderState::Failed);
        } else {
            world.happened(freeze, OrderInput::Cancelled);
            assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
        }
        let mut elsewhere = Holding::of(Money::yuan(1_000.into()));
        elsewhere.stated.account = Some("6222999999999999".to_owned());
        world.hear(freeze, Reply::Held(elsewhere));
        assert_eq!(world.file.orders[&freeze].state, OrderState::Undetermined);
        assert_eq!(tasks(&world, TaskKind::Resolve), 1);
        assert!(world.file.revisions.values().any(|one| one.order == freeze), "what was said is kept");
        world.act(Act::Resolve(freeze, Resolution::NotDone)).expect("a person decides");
    }
}

/// A freeze of 100 whose renewal the bank was silent about and a person took for not done, of which 60 were deducted since.
fn renewed_late() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100)]))]);
    world.submit("(2026)晋10执304号", None, Some(auto(100))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.renew(id).expect("ordered");
    let renewal = world.queued()[0];
    world.happened(renewal, OrderInput::HandedOver);
    world.happened(renewal, OrderInput::DeadlinePassed);
    (world, id, renewal)
}

fn says_100() -> Reply {
    Reply::Held(Holding { limit: Some(Money::yuan(100.into())), ..Holding::of(Money::yuan(100.into())) })
}

#[test]
fn a_late_renewal_does_not_bring_back_what_was_deducted_since() {
    let (mut world, id, renewal) = renewed_late();
    world.act(Act::Resolve(renewal, Resolution::NotDone)).expect("resolved");
    world.deduct(id, Some(60.into())).expect("ordered");
    world.run();
    assert_eq!((world.file.measures[&id].limit, world.banks["a"].taken), (40.into(), 60.into()));
    world.hear(renewal, says_100());
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.deducted), (40.into(), 40.into(), 60.into()));
    assert_eq!(measure.state, MeasureState::InForce, "no release takes real money from what the bank holds");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100));
    assert_eq!(tasks(&world, TaskKind::ReleaseExcess), 1, "what is said beyond the limit is before a person");
}

#[test]
fn a_renewal_that_was_under_way_when_a_late_deduction_came_does_not_bring_it_back() {
    let (mut world, id, renewal) = renewed_late();
    world.act(Act::Resolve(renewal, Resolution::NotDone)).expect("resolved");
    world.deduct(id, Some(60.into())).expect("ordered");
    let deduction = world.queued()[0];
    let taken = world.carry_out(deduction);
    world.happened(deduction, OrderInput::HandedOver);
    world.happened(deduction, OrderInput::DeadlinePassed);
    world.act(Act::Resolve(deduction, Resolution::NotDone)).expect("resolved");
    world.renew(id).expect("ordered");
    let second = world.queued()[0];
    world.happened(second, OrderInput::HandedOver);
    world.hear(deduction, taken);
    assert_eq!(world.file.measures[&id].state, MeasureState::Renewing);
    world.hear(second, says_100());
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.state), (40.into(), 40.into(), MeasureState::InForce));
}

#[test]
fn a_freeze_that_was_not_placed_after_all_while_it_is_renewed_is_before_a_person_who_ends_it() {
    let (mut world, id, freeze) = in_part();
    world.renew(id).expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    world.hear(freeze, not_held());
    assert_eq!(world.file.orders[&freeze].state, OrderState::Refused);
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
    assert_eq!(task.order, Some(freeze));
    assert_eq!(world.file.measures[&id].held, Decimal::from(600), "until a person knows, it counts");
    world.act(Act::Resolve(freeze, Resolution::NotDone)).expect("resolved");
    let measure = &world.file.measures[&id];
    assert_eq!(
        (measure.state, measure.held, measure.limit),
        (MeasureState::Refused, Decimal::ZERO, Decimal::ZERO)
    );
    assert!(world.has_event(EventType::MeasureRefused));
    assert_eq!(tasks(&world, TaskKind::Resolve), 0);
    assert_eq!(world.file.orders[&renewal].state, OrderState::Cancelled, "it never left");
}

#[test]
fn what_was_deducted_from_a_freeze_that_was_taken_for_not_placed_counts() {
    let (mut world, id, freeze) = in_part();
    world.deduct(id, None).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.happened(deduction, OrderInput::HandedOver);
    world.hear(freeze, not_held());
    world.act(Act::Resolve(freeze, Resolution::NotDone)).expect("resolved");
    assert_eq!(world.file.measures[&id].state, MeasureState::Refused);
    world.hear(deduction, Reply::Deducted { amount: Some(Money::yuan(600.into())) });
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(600));
}

#[test]
fn a_withdrawn_freeze_that_the_bank_placed_all_the_same_counts() {
    let (mut world, freeze) = asked();
    let inquiry = *world.file.inquiries.keys().next().expect("an inquiry");
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
    world.hear(freeze, holding(600, None));
    let standing: Vec<_> = world.file.ledger().filter(|one| one.state.stands()).collect();
    assert!(standing.len() == 1 && standing[0].held == Decimal::from(600), "{standing:?}");
    assert_eq!(standing[0].state, MeasureState::Releasing, "and is given back: nobody wants it any more");
}

#[test]
fn a_correction_about_one_document_takes_nothing_back_that_another_document_found() {
    let (card, passport) = (("resident_id", "110101190001010014"), ("passport", "E12345678"));
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    // By its place in its own inquiry each is the first document.
    let submit = |world: &mut World, documents: &[(&str, &str)]| {
        let parties = json!([debtor("debtor-1", "person", "张测试", documents)]);
        let mandate = Some(Mandate { mode: Mode::Propose, ..auto(2_000) });
        let (number, orders) = ("(2026)晋10执305号", vec![("a", 0, 0)]);
        let asked = Asked { number, continues: None, mandate, parties, papers: PAPERS, orders };
        world.submit_about(asked).expect("accepted");
        world.queued()[0]
    };
    let by_card = submit(&mut world, &[card, passport]);
    let found = world.carry_out(by_card);
    world.hear(by_card, found);
    let own = world.measure_at("a").id;
    world.banks.insert("a".to_owned(), Bank::with(&[("622200002", 500)]));
    let by_passport = submit(&mut world, &[passport]);
    let found = world.carry_out(by_passport);
    world.hear(by_passport, found);
    let other = world.file.ledger().find(|one| one.id != own).expect("the other account").id;
    world.hear(by_passport, Reply::Nothing);
    let state = |id: MeasureId| world.file.measures[&id].state;
    assert_eq!((state(own), state(other)), (MeasureState::Proposed, MeasureState::Skipped));
}
