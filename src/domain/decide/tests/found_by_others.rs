//! Freezes of our own case that a bank lists, and persons and debts that came to an end while something was under way.

use chakong_contract::asset::{Encumbrance, EncumbranceKind};
use chakong_contract::reply::Holding;
use chakong_contract::{Asset, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Mandate, MeasureState, Origin, TaskKind, UncoveredLimit};
use super::super::{Act, ClaimUpdate, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

/// A freeze of our court, as a bank lists it under the number of a case.
pub fn listed(document: &str, amount: u32) -> Encumbrance {
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "临汾市测试中级人民法院".to_owned(),
        document: document.to_owned(),
        amount: Some(Money::yuan(amount.into())),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }
}

/// The first query's answer with freezes that the bank's clerks placed on paper.
fn with_listed(world: &mut World, freezes: &[Encumbrance]) -> Reply {
    let query = world.queued()[0];
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = freezes.to_vec();
    reply
}

#[test]
fn a_freeze_of_our_case_counts_in_whatever_spelling_the_bank_names_it_and_ends_by_law() {
    for document in
        ["（２０２６）晋10执0033号", "2026晋10执33", "(2026)晋10执字第33号之二裁定书", "【2026】晋10执33-1号"]
    {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000), ("622200002", 80_000)]))]);
        world.submit("（2026）晋10执33号", None, Some(auto(50_000))).expect("accepted");
        let query = world.queued()[0];
        let reply = with_listed(&mut world, &[listed(document, 30_000)]);
        world.hear(query, reply);
        let known = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("recognised");
        assert_eq!(known.limit, Decimal::from(30_000), "{document}");
        assert!(known.until.is_some(), "a freeze without a first day ends, too");
        let asked: Decimal =
            world.file.ledger().filter(|one| one.origin == Origin::Ordered).map(|one| one.limit).sum();
        assert_eq!(asked, Decimal::from(20_000), "{document}: only what the claim leaves");
    }
}

#[test]
fn a_freeze_of_another_case_whose_number_begins_alike_is_not_ours() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("（2026）晋10执331号", None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = with_listed(&mut world, &[listed("（2026）晋10执33-1号", 30_000)]);
    world.hear(query, reply);
    assert!(world.file.ledger().all(|one| one.origin == Origin::Ordered));
}

#[test]
fn a_second_freeze_of_our_case_beside_one_of_the_ledger_is_recognised_or_told() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let number = "（2026）晋10执34号";
    world.submit(number, None, Some(auto(60_000))).expect("accepted");
    let query = world.queued()[0];
    let mut seen = world.carry_out(query);
    world.hear(query, seen.clone());
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(60_000));
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    let standing = world.file.ledger().find(|one| one.state.stands()).expect("a measure").limit;
    let own = Encumbrance { amount: Some(Money::yuan(standing)), ..listed(number, 0) };
    account.encumbrances = vec![own, listed("（2026）晋10执34号之一", 25_000)];
    world.hear(query, seen.clone());
    let recognised = world.file.ledger().filter(|one| one.origin == Origin::Recognised).count();
    assert_eq!(recognised, 1);
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = [1, 2, 3].map(|amount| listed(number, amount)).to_vec();
    world.hear(query, seen);
    assert!(
        world.file.tasks.iter().any(|task| task.kind == TaskKind::Review),
        "a person tells which is which"
    );
}

#[test]
fn a_wrong_person_is_freed_before_anything_stands_and_nothing_is_frozen_afterwards() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("（2026）晋10执35号", None, Some(auto(50_000))).expect("accepted");
    let party = world.file.parties[0].id;
    world.release(ReleaseScope::Party(party), ReleaseReason::WrongPerson).expect("freed at once");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn what_was_under_way_when_a_person_was_freed_or_a_claim_ended_is_given_back_once_it_is_over() {
    for settles in [false, true] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
        world.submit("（2026）晋10执36号", None, Some(auto(50_000))).expect("accepted");
        world.run();
        let (id, party) = (world.measure_at("a").id, world.file.parties[0].id);
        world.deduct(id, Some(20_000.into())).expect("ordered");
        let deduction = world.queued()[0];
        match settles {
            true => {
                let state = Some(super::super::super::ClaimState::Settled);
                world.change_claim(ClaimUpdate { state, ..ClaimUpdate::default() }).expect("settled");
            }
            false => {
                world.release(ReleaseScope::Party(party), ReleaseReason::WrongPerson).expect("freed");
            }
        }
        world.turned_away(deduction);
        assert_eq!(
            world.measure_at("a").state,
            MeasureState::Releasing,
            "settled: {settles} {:#?}",
            world.file.tasks
        );
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::ZERO);
        let open = world.queued();
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn what_a_lowered_claim_leaves_over_is_given_back_after_a_deduction_that_was_declined() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("（2026）晋10执37号", None, Some(auto(60_000))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.deduct(id, Some(20_000.into())).expect("ordered");
    let deduction = world.queued()[0];
    let change = Some((super::super::super::ClaimChangeKind::Lowered, Decimal::from(10_000)));
    world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("lowered");
    world.turned_away(deduction);
    world.run();
    assert!(world.held_and_taken() <= Decimal::from(10_000), "{}", world.held_and_taken());
}

#[test]
fn more_listed_of_our_freeze_than_its_limit_is_told_once_and_given_back_alone() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let number = "（2026）晋10执35号";
    world.submit(number, None, Some(auto(60_000))).expect("accepted");
    let query = world.queued()[0];
    let mut seen = world.carry_out(query);
    world.hear(query, seen.clone());
    world.run();
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = vec![listed(number, 67_000)];
    world.hear(query, seen);
    let measure = world.measure_at("a").clone();
    assert_eq!((measure.surplus, measure.held), (Decimal::from(7_000), Decimal::from(60_000)));
    let of_it = |task: &&super::super::super::Task| {
        task.kind == TaskKind::ReleaseExcess && task.measure == Some(measure.id)
    };
    assert_eq!(world.file.tasks.iter().filter(of_it).count(), 1);
    world.release(ReleaseScope::Surplus(measure.id), ReleaseReason::Excess).expect("ordered");
    let order = *world.queued().last().expect("the release");
    world.hear(order, Reply::Released { amount: Some(Money::yuan(7_000.into())), words: String::new() });
    let measure = world.measure_at("a");
    assert_eq!((measure.surplus, measure.held), (Decimal::ZERO, Decimal::from(60_000)));
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::ReleaseExcess));
}

#[test]
fn what_a_recognised_freeze_holds_beyond_the_claim_is_told() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("（2026）晋10执36号", None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let reply = with_listed(&mut world, &[listed("（2026）晋10执36号", 70_000)]);
    world.hear(query, reply);
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::ReleaseExcess).expect("told");
    assert!(task.note.contains("20000"), "{}", task.note);
    assert!(world.queued().is_empty(), "nothing more is asked, and nothing given back by itself");
}

#[test]
fn a_list_that_may_be_older_than_a_release_recognises_nothing() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let number = "（2026）晋10执38号";
    world.submit(number, None, Some(auto(60_000))).expect("accepted");
    let query = world.queued()[0];
    let mut seen = world.carry_out(query);
    world.hear(query, seen.clone());
    world.run();
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::DebtPaid).expect("ordered");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    // What the bank wrote down while the freeze still stood comes after the word that it was released.
    account.encumbrances = vec![listed(number, 60_000)];
    world.hear(query, seen);
    let stands: Vec<_> = world.file.ledger().filter(|one| one.state.stands()).collect();
    assert!(stands.is_empty(), "{stands:#?}");
}

/// The question was asked after the release was ordered, and before the bank said that it was done.
#[test]
fn a_list_that_was_asked_for_at_the_moment_of_a_release_recognises_nothing() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let number = "（2026）晋10执42号";
    world.submit(number, None, Some(auto(60_000))).expect("accepted");
    let query = world.queued()[0];
    let mut seen = world.carry_out(query);
    world.hear(query, seen.clone());
    world.run();
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::DebtPaid).expect("ordered");
    let release = world.queued()[0];
    world.act(Act::Requery(vec![query])).expect("asked again");
    let again = *world.queued().iter().find(|order| **order != release).expect("the question");
    assert!(again > release);
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = vec![listed(number, 60_000)];
    let done = world.carry_out(release);
    world.hear(release, done);
    world.hear(again, seen.clone());
    let stands: Vec<_> = world.file.ledger().filter(|one| one.state.stands()).collect();
    assert!(stands.is_empty(), "{stands:#?}");
    // What is asked later shows what stands.
    world.days(1);
    world.act(Act::Requery(vec![again])).expect("asked again");
    let later = *world.queued().last().expect("the question");
    world.hear(later, seen);
    assert_eq!(world.file.ledger().filter(|one| one.state.stands()).count(), 1);
}

#[test]
fn of_freezes_that_an_account_does_not_cover_no_more_is_taken_for_held_than_was_known() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let number = "（2026）晋10执39号";
    let mandate = Mandate { uncovered: UncoveredLimit::Strict, ..auto(60_000) };
    world.submit(number, None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let mut seen = world.carry_out(query);
    world.hear(query, seen.clone());
    let freeze = world.queued()[0];
    let mut holding = Holding::of(Money::yuan(30_000.into()));
    holding.limit = Some(Money::yuan(60_000.into()));
    world.hear(freeze, Reply::PartlyHeld(holding));
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    // Another court's freeze was there before: of 90 000 it holds 60 000.
    account.encumbrances = vec![listed("（2025）晋05执99号", 60_000), listed(number, 60_000)];
    world.hear(query, seen.clone());
    assert_eq!(world.measure_at("a").held, Decimal::from(30_000));
    let Reply::Found { assets, .. } = &mut seen else { panic!("found") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = vec![listed(number, 60_000)];
    world.hear(query, seen);
    assert_eq!(world.measure_at("a").held, Decimal::from(60_000), "the other one is gone");
}
