//! Accounts that a later answer shows to be exempt: while their freeze is asked, once it stands, and beyond what an officer permitted.

use chakong_contract::order::Target;
use chakong_contract::{Account, ActionKind, Asset, DocumentKind, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{
    ClaimChangeKind, Measure, MeasureId, MeasureState, OrderId, OrderState, Permitted, TaskKind, TwoApprovers,
};
use super::super::{Act, Approval, ClaimUpdate, EnteredMeasure, OrderInput, Rejected, Resolution};
use super::books::Bank;
use super::found_by_others::listed;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执671号";
const WAGES: &str = "农民工工资专户";
const MARGIN: &str = "银行承兑汇票保证金";
const DOUBTFUL: &str = "存量房交易资金监管账户";

/// The bank's answer to a query, with the account said to be of a class.
fn of_class(world: &mut World, query: OrderId, class: &str) {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    let Account { class: known, .. } = account;
    class.clone_into(known);
    world.hear(query, reply);
}

/// A freeze of 100 that waits to be sent, and the query that found its account.
fn asked() -> (World, MeasureId, OrderId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 800)]))]);
    world.submit(CASE, None, Some(auto(100))).expect("accepted");
    let query = world.queued()[0];
    of_class(&mut world, query, "");
    let (id, freeze) = (world.measure_at("a").id, world.queued()[0]);
    assert_eq!(world.file.measures[&id].state, MeasureState::Asked);
    (world, id, freeze, query)
}

/// The same, in force.
fn frozen() -> (World, MeasureId, OrderId) {
    let (mut world, id, _, query) = asked();
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100));
    (world, id, query)
}

fn of(world: &World, id: MeasureId) -> &Measure {
    &world.file.measures[&id]
}

fn is_told(world: &World, id: MeasureId) -> bool {
    let is_it = |task: &&super::super::super::Task| {
        task.kind == TaskKind::Review && task.measure == Some(id) && task.note.contains("豁免")
    };
    world.file.tasks.iter().any(|task| is_it(&task))
}

fn raise(world: &mut World, amount: u32) {
    let change = Some((ClaimChangeKind::Raised, amount.into()));
    world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("raised");
}

fn permit(world: &mut World, id: MeasureId) {
    let approval = Approval { permit: Some(Permitted::FreezeAndDeduct), ..Approval::default() };
    world.act(Act::Approve(id, approval)).expect("permitted");
}

#[test]
fn what_stands_on_exempt_property_is_permitted_by_two_where_the_court_wants_two() {
    let (mut world, id, query) = frozen();
    of_class(&mut world, query, WAGES);
    let general = Some(Decimal::from(50));
    world.rules.two_approvers = std::sync::Arc::new(TwoApprovers { general, ..TwoApprovers::default() });
    let says = |permit| Act::Approve(id, Approval { permit: Some(permit), ..Approval::default() });
    world.act_as("first", says(Permitted::FreezeAndDeduct), &[]).expect("the first");
    assert_eq!((of(&world, id).permitted, is_told(&world, id)), (None, true), "nothing is permitted yet");
    for (name, permit) in [("first", Permitted::FreezeAndDeduct), ("second", Permitted::Freeze)] {
        assert!(world.act_as(name, says(permit), &[]).is_err(), "{name} {permit:?}");
    }
    world.act_as("second", says(Permitted::FreezeAndDeduct), &[]).expect("the same, by another person");
    let permitted = of(&world, id);
    assert_eq!(permitted.permitted, Some(Permitted::FreezeAndDeduct));
    assert!(permitted.first_approval.is_none() && permitted.state == MeasureState::InForce);
    assert!(!is_told(&world, id));
}

#[test]
fn what_is_unclear_of_an_account_stays_so_whatever_else_its_task_tells() {
    let banks = vec![("a", Bank::with(&[("622200001", 500)])), ("b", Bank::with(&[("622200002", 3_000)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(auto(2_000))).expect("accepted");
    let queries = world.queued();
    of_class(&mut world, queries[0], "");
    let id = world.measure_at("a").id;
    let freeze = of(&world, id).control.expect("a freeze");
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    let mut reply = world.carry_out(queries[0]);
    let Reply::Found { assets } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    MARGIN.clone_into(&mut account.class);
    account.encumbrances = [480_u32, 1_000].map(|amount| listed(CASE, amount)).to_vec();
    world.hear(queries[0], reply);
    let is_unclear = |world: &World| world.file.tasks.iter().any(super::super::super::Task::is_unclear);
    assert!(is_unclear(&world) && is_told(&world, id), "{:?}", world.file.tasks);
    permit(&mut world, id);
    assert!(is_unclear(&world) && !is_told(&world, id), "{:?}", world.file.tasks);
    let found = world.carry_out(queries[1]);
    world.hear(queries[1], found);
    assert_eq!(world.measure_at("b").state, MeasureState::Proposed, "1 000 may stand already");
}

#[test]
fn a_freeze_in_line_of_an_account_that_turns_out_to_be_exempt_does_not_leave() {
    let (mut world, id, freeze, query) = asked();
    of_class(&mut world, query, WAGES);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
    let skipped = of(&world, id);
    assert_eq!((skipped.state, skipped.exemption.level), (MeasureState::Skipped, Level::NoMeasure));
    of_class(&mut world, query, WAGES);
    world.run();
    assert_eq!((world.orders_of(ActionKind::Freeze), world.held_and_taken()), (1, Decimal::ZERO));
    let bare = world.approve(id);
    assert!(matches!(bare, Err(Rejected::NotAllowed(_))), "{bare:?}");
    permit(&mut world, id);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100), "an approver may permit it");
}

#[test]
fn a_freeze_that_an_approver_sent_and_that_is_withdrawn_as_exempt_is_told() {
    let (mut world, id, _, query) = asked();
    if let Some(measure) = world.file.measures.get_mut(&id) {
        measure.approved_by = "approver".to_owned();
    }
    of_class(&mut world, query, WAGES);
    assert_eq!(of(&world, id).state, MeasureState::Skipped);
    assert!(is_told(&world, id), "{:?}", world.file.tasks);
}

#[test]
fn a_freeze_in_line_of_an_account_that_may_be_exempt_is_proposed() {
    let (mut world, id, freeze, query) = asked();
    of_class(&mut world, query, DOUBTFUL);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
    assert_eq!(of(&world, id).state, MeasureState::Proposed);
}

#[test]
fn a_freeze_under_way_of_an_account_that_turns_out_to_be_exempt_is_told_and_not_deducted() {
    let (mut world, id, freeze, query) = asked();
    let held = world.carry_out(freeze);
    world.happened(freeze, OrderInput::HandedOver);
    of_class(&mut world, query, WAGES);
    assert!(is_told(&world, id), "{:?}", world.file.tasks);
    let order = &world.file.orders[&freeze];
    assert!(order.due >= order.deadline, "it is offered to nobody any more");
    world.hear(freeze, held);
    let standing = of(&world, id);
    assert_eq!((standing.state, standing.exemption.level), (MeasureState::InForce, Level::NoMeasure));
    let taken = world.deduct(id, Some(10.into()));
    assert!(matches!(taken, Err(Rejected::NotAllowed(_))), "{taken:?}");
}

#[test]
fn a_freeze_of_which_nobody_knows_is_not_sent_again_once_its_account_is_known_to_be_exempt() {
    let (mut world, id, freeze, query) = asked();
    if let Some(order) = world.file.orders.get_mut(&freeze) {
        order.state = OrderState::Undetermined;
    }
    of_class(&mut world, query, WAGES);
    assert!(is_told(&world, id));
    let again = world.act(Act::Resolve(freeze, Resolution::SendAgain));
    assert!(matches!(&again, Err(Rejected::NotNow(why)) if why.contains("豁免")), "{again:?}");
    assert_eq!(world.file.orders[&freeze].state, OrderState::Undetermined);
}

#[test]
fn nothing_more_is_frozen_on_an_account_under_review_whatever_a_later_answer_leaves_out() {
    let (mut world, id, query) = frozen();
    of_class(&mut world, query, WAGES);
    raise(&mut world, 700);
    for class in ["", "一般存款账户"] {
        of_class(&mut world, query, class);
        world.run();
        assert_eq!(world.orders_of(ActionKind::Freeze), 1, "{class}");
    }
    // What is permitted is what stands, and no more.
    permit(&mut world, id);
    of_class(&mut world, query, "");
    raise(&mut world, 750);
    world.run();
    assert_eq!((world.orders_of(ActionKind::Freeze), world.held_and_taken()), (1, Decimal::from(100)));
}

#[test]
fn what_was_permitted_of_a_property_goes_no_further_than_what_was_known_of_it() {
    let (mut world, id, query) = frozen();
    of_class(&mut world, query, MARGIN);
    assert_eq!(of(&world, id).exemption.level, Level::FreezeOnly);
    permit(&mut world, id);
    of_class(&mut world, query, MARGIN);
    assert!(!is_told(&world, id), "the same finding is permitted");
    world.deduct(id, Some(10.into())).expect("permitted");
    let deduction = of(&world, id).control.expect("the deduction");
    of_class(&mut world, query, WAGES);
    assert!(is_told(&world, id), "{:?}", world.file.tasks);
    assert_eq!(world.file.orders[&deduction].state, OrderState::Cancelled, "it had not left");
    assert_eq!((of(&world, id).permitted, of(&world, id).state), (None, MeasureState::InForce));
    let taken = world.deduct(id, Some(10.into()));
    assert!(matches!(taken, Err(Rejected::NotAllowed(_))), "{taken:?}");
    permit(&mut world, id);
    world.deduct(id, Some(10.into())).expect("permitted anew");
}

#[test]
fn a_freeze_on_paper_whose_account_turns_out_to_be_exempt_is_told() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 800)]))]);
    world.submit(CASE, None, Some(auto(100))).expect("accepted");
    let query = world.queued()[0];
    let entered = EnteredMeasure {
        party: world.file.parties[0].id,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        target: Target::Account {
            number: "622200001".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        listed_state_shares: false,
        currency: None,
        rate: None,
        limit: 100.into(),
        held: 100.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-09-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0008".to_owned(),
        original_case: CASE.parse().expect("a number"),
    };
    world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("it stands");
    let id = world.measure_at("a").id;
    of_class(&mut world, query, WAGES);
    assert_eq!(of(&world, id).exemption.level, Level::NoMeasure);
    assert!(is_told(&world, id), "{:?}", world.file.tasks);
}
