//! Freezes of our own case that a bank lists without saying how much, and measures that begin to hold money.

use chakong_contract::asset::{Encumbrance, EncumbranceKind, Rank};
use chakong_contract::order::Target;
use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, Asset, DocumentKind, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    Change, EventType, Mandate, MeasureId, MeasureState, OrderId, Origin, PartyId, TaskKind, UncoveredLimit,
};
use super::super::{Act, EnteredMeasure, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执305号";

fn listed(amount: Option<u32>) -> Encumbrance {
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "临汾市测试中级人民法院".to_owned(),
        document: format!("{CASE}之一"),
        amount: amount.map(|amount| Money::yuan(amount.into())),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }
}

fn found(world: &mut World, query: OrderId, freezes: &[Encumbrance]) -> Reply {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = freezes.to_vec();
    reply
}

fn entered(world: &World, limit: u32, held: u32) -> EnteredMeasure {
    EnteredMeasure { limit: limit.into(), held: held.into(), ..on_paper(world.measure_at("a").debtor) }
}

/// What a paper says of a freeze of 50 000.
fn on_paper(party: PartyId) -> EnteredMeasure {
    EnteredMeasure {
        party,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        listed_state_shares: false,
        target: Target::Account {
            number: "622200001".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        currency: None,
        rate: None,
        limit: 50_000.into(),
        held: 50_000.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-12-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0305".to_owned(),
        original_case: CASE.parse().expect("a number"),
    }
}

#[test]
fn an_account_with_a_freeze_of_ours_whose_amount_is_not_stated_is_held_for_an_officer() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = found(&mut world, query, &[listed(None)]);
    world.hear(query, reply);
    assert_eq!(world.orders_of(ActionKind::Freeze), 0, "nothing is asked before the amount is known");
    let held: Vec<_> = world.file.ledger().collect();
    assert!(held.len() == 1 && held[0].state == MeasureState::Skipped, "{held:?}");
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Review).expect("a task");
    assert!(
        task.note.contains(CASE) && task.measure == Some(held[0].id),
        "it names the document: {}",
        task.note
    );
    // An officer enters it: what the claim leaves is asked then.
    let measure = entered(&world, 30_000, 30_000);
    world.act_with(Act::Enter(Box::new(measure)), &[DocumentKind::FreezeNotice]).expect("entered");
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "it is looked at");
    let query = *world.queued().last().expect("the account is looked at again");
    let reply = found(&mut world, query, &[listed(None)]);
    world.hear(query, reply);
    world.run();
    assert_eq!(
        world.held_and_taken(),
        Decimal::from(20_000),
        "what the claim leaves beside the paper's 30 000"
    );
}

#[test]
fn a_later_answer_that_states_the_amount_brings_it_into_the_ledger_and_frees_the_rest() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = found(&mut world, query, &[listed(None)]);
    world.hear(query, reply);
    let reply = found(&mut world, query, &[listed(Some(30_000))]);
    world.hear(query, reply);
    let recognised = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("recognised");
    assert_eq!(recognised.limit, Decimal::from(30_000));
    let asked: Decimal = world.measures(MeasureState::Asked).into_iter().map(|one| one.limit).sum();
    assert_eq!(asked, Decimal::from(20_000), "what the claim leaves");
}

#[test]
fn a_freeze_that_is_listed_beside_a_known_one_before_its_own_answer_comes_is_no_further_one() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = found(&mut world, query, &[listed(Some(30_000))]);
    world.hear(query, reply);
    // The bank has carried out what is asked beside the recognised one.
    let reply = found(&mut world, query, &[listed(Some(30_000)), listed(Some(20_000))]);
    world.hear(query, reply);
    let recognised: Vec<Decimal> = world
        .file
        .ledger()
        .map(|one| (one.origin, one.limit))
        .filter_map(|(origin, limit)| (origin == Origin::Recognised).then_some(limit))
        .collect();
    assert_eq!(recognised, [Decimal::from(30_000)]);
    world.run();
    let held: Decimal = world.file.ledger().map(|one| one.held).sum();
    assert_eq!(held, Decimal::from(50_000), "the claim, once");
}

#[test]
fn a_second_freeze_of_ours_without_an_amount_holds_what_is_free_on_the_account_too() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = found(&mut world, query, &[listed(Some(30_000)), listed(None)]);
    world.hear(query, reply);
    assert_eq!(world.orders_of(ActionKind::Freeze), 0, "how much the other one holds is not known");
    assert!(
        world.file.tasks.iter().any(|task| task.kind == TaskKind::Review && task.note.contains("未载金额"))
    );
}

/// A freeze of 40 000 that waits behind another.
fn waiting() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let mandate = Mandate { uncovered: UncoveredLimit::Keep, ..auto(40_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let reply = world.carry_out(query);
    world.hear(query, reply);
    let freeze = world.queued()[0];
    let mut holding = Holding::of(Money::yuan(Decimal::ZERO));
    holding.rank = Some(Rank { place: 2, derived: false });
    world.hear(freeze, Reply::PartlyHeld(holding));
    let id = world.measure_at("a").id;
    assert_eq!(world.file.measures[&id].state, MeasureState::Waiting);
    (world, id, query)
}

fn effective(world: &World) -> usize {
    let is_it = |change: &&Change| matches!(change, Change::NewEvent(event) if event.kind == EventType::MeasureEffective);
    world.changes.iter().filter(is_it).count()
}

#[test]
fn a_waiting_freeze_that_is_shown_to_hold_what_was_thought_to_be_caught_is_in_force_and_can_be_deducted() {
    let (mut world, id, query) = waiting();
    // Known to hold from what another of ours set free there, and not known to stand otherwise.
    if let Some(measure) = world.file.measures.get_mut(&id) {
        measure.held = 40_000.into();
    }
    let reply = found(&mut world, query, &[listed(Some(40_000))]);
    world.hear(query, reply);
    assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
    assert_eq!(effective(&world), 1);
    let again = found(&mut world, query, &[Encumbrance { words: "再次".to_owned(), ..listed(Some(40_000)) }]);
    world.hear(query, again);
    assert_eq!(effective(&world), 1, "told once");
    world.deduct(id, Some(10_000.into())).expect("it holds money");
}

#[test]
fn a_waiting_freeze_that_catches_what_another_of_ours_sets_free_is_in_force() {
    let (mut world, id, _) = waiting();
    let other = EnteredMeasure { limit: 7_000.into(), held: 7_000.into(), ..entered(&world, 0, 0) };
    world.act_with(Act::Enter(Box::new(other)), &[DocumentKind::FreezeNotice]).expect("entered");
    let entered = world.file.ledger().find(|one| one.origin == Origin::Entered).expect("it").id;
    world.release(ReleaseScope::Measure(entered, None), ReleaseReason::Excess).expect("ordered");
    let release = *world.queued().last().expect("the release");
    world.hear(release, Reply::Released { amount: Some(Money::yuan(7_000.into())), words: String::new() });
    let measure = &world.file.measures[&id];
    assert_eq!((measure.held, measure.state), (7_000.into(), MeasureState::InForce));
    assert_eq!(effective(&world), 1);
}

#[test]
fn a_recognised_freeze_that_waits_is_in_force_once_a_person_enters_what_it_holds() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 0)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let behind = Encumbrance {
        kind: EncumbranceKind::WaitingSeizure,
        rank: Some(Rank { place: 2, derived: false }),
        ..listed(Some(0))
    };
    let reply = found(&mut world, query, &[behind]);
    world.hear(query, reply);
    let known = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("recognised").clone();
    assert_eq!(known.state, MeasureState::Waiting);
    let measure = entered(&world, 30_000, 30_000);
    world.act_with(Act::Enter(Box::new(measure)), &[DocumentKind::FreezeNotice]).expect("entered");
    let completed = &world.file.measures[&known.id];
    assert_eq!((completed.origin, completed.state), (Origin::Entered, MeasureState::InForce));
    assert_eq!(effective(&world), 1);
}

/// A freeze of 600 that was ordered here, and one of another amount that its bank lists beside it.
fn beside(other: u32) -> (World, MeasureId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 600)]))]);
    world.submit(CASE, None, Some(auto(1_200))).expect("accepted");
    world.run();
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![query])).expect("asked again");
    let query = *world.queued().last().expect("the query");
    let balance = world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001"));
    balance.expect("the account").balance = 1_200.into();
    let reply = found(&mut world, query, &[listed(Some(600)), listed(Some(other))]);
    world.hear(query, reply);
    let recognised = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("recognised");
    let id = recognised.id;
    (world, id)
}

#[test]
fn the_number_of_a_recognised_freeze_completes_it_though_one_of_ours_stands_before_it() {
    for other in [400, 600] {
        let (mut world, recognised) = beside(other);
        let lines = world.file.ledger().count();
        let releases = world.orders_of(ActionKind::Release);
        let measure = entered(&world, other, other);
        let entered_line = world
            .act_with(Act::Enter(Box::new(measure)), &[DocumentKind::FreezeNotice])
            .expect("entered")
            .measures;
        assert_eq!(entered_line, [recognised], "{other}");
        let completed = &world.file.measures[&recognised];
        assert_eq!((completed.origin, completed.original_number.as_str()), (Origin::Entered, "PAPER0305"));
        assert_eq!(world.file.ledger().count(), lines, "{other}: it is one line");
        assert_eq!(world.orders_of(ActionKind::Release), releases, "{other}: nothing is given back for it");
    }
}

#[test]
fn a_freeze_entered_without_its_institution_is_the_one_that_the_bank_lists() {
    for is_known in [false, true] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 50_000)]))]);
        world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
        let query = world.queued()[0];
        let party = world.file.parties[0].id;
        let measure = |number: &str| EnteredMeasure {
            institution: String::new(),
            original_number: number.to_owned(),
            ..on_paper(party)
        };
        if is_known {
            let reply = found(&mut world, query, &[listed(None)]);
            world.hear(query, reply);
        }
        world
            .act_with(Act::Enter(Box::new(measure("PAPER0306"))), &[DocumentKind::FreezeNotice])
            .expect("entered");
        let again = *world.queued().last().expect("a query");
        let reply = found(&mut world, again, &[listed(Some(50_000))]);
        world.hear(again, reply);
        let standing: Vec<_> = world.file.ledger().filter(|one| one.state.stands()).collect();
        assert_eq!(standing.len(), 1, "{is_known}: {standing:?}");
        assert_eq!(standing[0].institution, "a", "{is_known}: the bank told it");
        assert_eq!(world.orders_of(ActionKind::Release), 0, "{is_known}");
        assert_eq!(world.orders_of(ActionKind::Freeze), 0, "{is_known}: nothing is frozen beside it");
    }
}
