//! Controls that leave a person an act: answers that cannot be read, refusals, and what is sent again.

use chakong_contract::{ActionKind, Fault, FaultKind, Instruction, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ChainParty, Change, ClaimChangeKind, ClaimState, EventType, MeasureId, MeasureState, OrderId, OrderState,
    PartyId, TaskKind,
};
use super::super::{Act, OrderInput, Rejected, ReleaseScope, Resolution};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执9号";

/// A bank that is asked to freeze 40 000 of 90 000.
fn asked() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let (id, freeze) = (world.measure_at("a").id, world.queued()[0]);
    (world, id, freeze)
}

fn has_task(world: &World, kind: TaskKind) -> bool {
    world.file.tasks.iter().any(|task| task.kind == kind)
}

fn refused() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() })
}

fn unreadable() -> OrderInput {
    OrderInput::Unreadable(Fault::new(FaultKind::Malformed, "read the feedback", "it is no number"))
}

#[test]
fn an_unreadable_answer_to_a_control_is_before_a_person_at_once_and_a_readable_one_closes_it() {
    let (mut world, id, freeze) = asked();
    let said = world.carry_out(freeze);
    world.happened(freeze, OrderInput::HandedOver);
    world.happened(freeze, unreadable());
    assert_eq!(world.file.orders[&freeze].state, OrderState::Awaiting, "the bank may feed back once more");
    assert!(has_task(&world, TaskKind::Resolve), "long before its time is over");
    world.hear(freeze, said);
    assert!(!has_task(&world, TaskKind::Resolve));
    assert_eq!(world.file.measures[&id].held, Decimal::from(40_000));
}

#[test]
fn a_control_whose_answer_cannot_be_read_is_resolved_by_a_person() {
    let (mut world, id, freeze) = asked();
    world.carry_out(freeze);
    world.happened(freeze, OrderInput::HandedOver);
    assert!(world.act(Act::Resolve(freeze, Resolution::NotDone)).is_err(), "its answer is waited for");
    world.happened(freeze, unreadable());
    world.act(Act::Resolve(freeze, Resolution::Done(Some(40_000.into())))).expect("resolved");
    assert!(!has_task(&world, TaskKind::Resolve));
    assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
}

#[test]
fn an_unreadable_answer_to_a_query_is_nobodys_task() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    world.happened(query, OrderInput::HandedOver);
    world.happened(query, unreadable());
    assert!(!has_task(&world, TaskKind::Resolve));
}

#[test]
fn a_refused_freeze_is_sent_again_under_a_new_number_within_what_the_claim_leaves_open() {
    let (mut world, id, freeze) = asked();
    world.hear(freeze, refused());
    assert_eq!(world.file.measures[&id].state, MeasureState::Refused);
    assert!(has_task(&world, TaskKind::AnswerRefusal));
    let sent = world.act(Act::Resolve(freeze, Resolution::SendAgain)).expect("sent again");
    assert!(sent.orders.len() == 1 && sent.orders[0] != freeze, "{sent:?}");
    assert!(!has_task(&world, TaskKind::AnswerRefusal));
    world.run();
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held), (MeasureState::InForce, Decimal::from(40_000)));
    let again = world.act(Act::Resolve(freeze, Resolution::SendAgain));
    assert!(again.is_err(), "it stands: {again:?}");
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
}

#[test]
fn a_refused_freeze_is_not_sent_again_where_its_room_is_used_up() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 90_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    for query in world.queued() {
        let found = world.carry_out(query);
        world.hear(query, found);
    }
    let freeze = world.queued()[0];
    world.hear(freeze, refused());
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(40_000), "the other bank took its place");
    let again = world.act(Act::Resolve(freeze, Resolution::SendAgain));
    assert!(matches!(again, Err(Rejected::NoRoom { .. })), "{again:?}");
}

#[test]
fn a_refused_release_is_sent_again_or_left_by_a_person() {
    for resolution in [Resolution::SendAgain, Resolution::GiveUp, Resolution::NotDone] {
        let (mut world, id, _) = asked();
        world.run();
        world.release(ReleaseScope::Measure(id, None), ReleaseReason::Other).expect("ordered");
        let release = *world.queued().last().expect("the release");
        world.hear(release, refused());
        assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
        world.act(Act::Resolve(release, resolution)).expect("a person decides");
        assert!(!has_task(&world, TaskKind::AnswerRefusal), "{resolution:?}");
        world.run();
        let released = resolution == Resolution::SendAgain;
        assert_eq!(world.file.measures[&id].state == MeasureState::Released, released, "{resolution:?}");
        assert_eq!(world.held_and_taken().is_zero(), released, "as the bank's books have it");
    }
}

#[test]
fn a_refused_deduction_and_a_refused_renewal_are_sent_again_on_their_own_papers() {
    let (mut world, id, _) = asked();
    world.run();
    world.deduct(id, Some(10_000.into())).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.hear(deduction, refused());
    let again = world.act(Act::Resolve(deduction, Resolution::SendAgain)).expect("sent again").orders[0];
    let papers = &world.file.orders[&again].papers;
    assert!(!papers.is_empty() && *papers == world.file.orders[&deduction].papers, "{papers:?}");
    world.run();
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(10_000));
    world.renew(id).expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    let until = |world: &World, order: OrderId| match world.file.orders[&order].instruction {
        Instruction::Renew { until, .. } => until,
        _ => panic!("a renewal"),
    };
    world.hear(renewal, refused());
    let again = world.act(Act::Resolve(renewal, Resolution::SendAgain)).expect("sent again").orders[0];
    assert_eq!(until(&world, again), until(&world, renewal));
    world.run();
    assert_eq!(world.file.measures[&id].until, Some(until(&world, renewal)));
    assert_eq!(world.orders_of(ActionKind::Renew), 2);
}

#[test]
fn a_cancelled_inquiry_closes_its_claim_with_an_event_and_a_line_of_its_history() {
    let (mut world, _, _) = asked();
    world.run();
    let inquiry = *world.file.inquiries.keys().next().expect("the inquiry");
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(world.claim().state, ClaimState::Withdrawn);
    assert!(world.has_event(EventType::ClaimChanged));
    let mut history = world.changes.iter().filter_map(|change| match change {
        Change::NewClaimChange(change) => Some((change.kind, change.reason.as_str())),
        _ => None,
    });
    assert_eq!(history.next_back(), Some((ClaimChangeKind::Withdrawn, "测试")));
    let audit = world.changes.iter().rev().find_map(|change| match change {
        Change::Audit(entry) if entry.act == "cancel" => entry.detail.clone(),
        _ => None,
    });
    assert_eq!(audit.expect("a line")["before"]["claim"]["state"], "open");
}

#[test]
fn a_limit_that_no_money_covers_is_given_back_once_its_party_owes_no_more() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 60_000)])),
        ("b", Bank::with(&[("622200002", 50_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let party: PartyId = world.file.parties[0].id;
    let limited = ChainParty { liable_up_to: Some(60_000.into()), ..world.file.parties[0].clone() };
    world.file.parties[0] = limited;
    for query in world.queued() {
        let found = world.carry_out(query);
        world.hear(query, found);
    }
    // Money leaves before the freeze arrives.
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("account").balance =
        20_000.into();
    world.run();
    let own = || world.file.ledger().filter(|measure| measure.debtor == party);
    let limits: Decimal = own().map(|measure| measure.limit).sum();
    assert!(limits <= Decimal::from(60_000), "no deposit is caught beyond the liability: {limits}");
    assert_eq!(
        world.held_and_taken(),
        Decimal::from(60_000),
        "20 000 at the first bank, 40 000 at the second"
    );
}

#[test]
fn what_kept_an_order_from_leaving_stands_with_it_once_its_time_is_over() {
    let (mut world, id, freeze) = asked();
    let paused =
        Fault::new(FaultKind::Transient, "send the order in time", "该单位已暂停 the counterpart is paused");
    world.happened(freeze, OrderInput::Withheld(paused));
    let order = &world.file.orders[&freeze];
    assert_eq!(order.state, OrderState::Overdue);
    assert!(order.fault.as_ref().is_some_and(|fault| fault.detail.contains("已暂停")), "{:?}", order.fault);
    let measure = &world.file.measures[&id];
    assert_eq!(
        measure.state,
        MeasureState::Skipped,
        "it certainly never reached the bank, which declined nothing"
    );
    assert!(measure.note.contains("已暂停"), "{}", measure.note);
}

#[test]
fn the_task_about_an_overdue_control_names_the_time_that_the_counterpart_had_however_often_it_is_sent_again()
{
    for (minutes, chinese, english) in [
        (360, "6小时", "within 6 hours"),
        (90, "90分钟", "within 90 minutes"),
        (1440, "24小时", "within 24 hours"),
    ] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
        let had = std::time::Duration::from_secs(minutes * 60);
        world.give_for_controls("a", had);
        world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let freeze = world.queued()[0];
        for _ in 0..3 {
            let order = &world.file.orders[&freeze];
            assert_eq!(
                order.deadline.duration_since(world.now),
                had.try_into().expect("a time"),
                "each time anew"
            );
            world.now = order.deadline;
            world.happened(freeze, OrderInput::HandedOver);
            world.happened(freeze, OrderInput::DeadlinePassed);
            let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
            assert!(task.note.contains(chinese) && task.note.contains(english), "{}", task.note);
            world.act(Act::Resolve(freeze, Resolution::SendAgain)).expect("sent again");
        }
    }
}
