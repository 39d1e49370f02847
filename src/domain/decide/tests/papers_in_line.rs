//! Tasks for the papers of a release: they name what is to be given back, for as long as it is.

use chakong_contract::DocumentKind;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, ClaimState, DocumentId, EventType, MeasureId, Paper, TaskKind, UncoveredLimit,
};
use super::super::{Act, ClaimUpdate, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执405号";
const RELEASE: [DocumentKind; 2] = [DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

/// Two banks that hold 60 and 40 for a claim of 100, and no papers for a release.
fn two_freezes(uncovered: UncoveredLimit) -> World {
    let banks = vec![("a", Bank::with(&[("622200001", 60)])), ("b", Bank::with(&[("622200002", 40)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(crate::domain::Mandate { uncovered, ..auto(100) })).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100));
    world.file.papers.retain(|paper| !RELEASE.contains(&paper.kind));
    world
}

fn claim(world: &mut World, kind: ClaimChangeKind, amount: u32) {
    let change = Some((kind, amount.into()));
    world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("changed");
}

fn set(world: &mut World, state: ClaimState) {
    world.change_claim(ClaimUpdate { state: Some(state), ..ClaimUpdate::default() }).expect("changed");
}

/// What the tasks for papers say.
fn asked_for(world: &World) -> Vec<String> {
    let all = world.file.tasks.iter().filter(|task| task.kind == TaskKind::BringPapers);
    all.map(|task| task.note.clone()).collect()
}

/// Papers for the release of one measure alone.
fn bring(world: &mut World, id: MeasureId) {
    let inquiry = world.file.measures[&id].inquiry;
    for (at, kind) in RELEASE.into_iter().enumerate() {
        let number = "（2026）晋10执405号之一".to_owned();
        let paper_id = DocumentId::new(900 + i64::try_from(at).expect("few"));
        let measures = vec![id];
        world.file.papers.push(Paper {
            id: paper_id,
            inquiry,
            debtors: Vec::new(),
            kind,
            number,
            measures,
            by_act: true,
        });
    }
}

#[test]
fn papers_are_asked_for_no_longer_once_the_claim_wants_the_money_again() {
    for uncovered in [UncoveredLimit::Release, UncoveredLimit::Strict, UncoveredLimit::Keep] {
        let mut world = two_freezes(uncovered);
        claim(&mut world, ClaimChangeKind::Lowered, 60);
        let asked = asked_for(&world);
        assert!(asked.len() == 2 && asked.iter().all(|note| note.contains("40 元")), "{asked:?}");
        claim(&mut world, ClaimChangeKind::Raised, 85);
        let asked = asked_for(&world);
        assert!(asked.len() == 2 && asked.iter().all(|note| note.contains("15 元")), "{asked:?}");
        claim(&mut world, ClaimChangeKind::Raised, 100);
        assert_eq!(asked_for(&world), Vec::<String>::new());
    }
}

#[test]
fn papers_are_not_asked_for_where_another_measure_gave_the_excess_back() {
    let mut world = two_freezes(UncoveredLimit::Release);
    let first = world.measure_at("a").id;
    bring(&mut world, first);
    claim(&mut world, ClaimChangeKind::Lowered, 60);
    assert_eq!(asked_for(&world), Vec::<String>::new());
    assert!(!world.has_event(EventType::MeasurePapersMissing));
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(60));
}

#[test]
fn papers_are_asked_for_no_longer_once_those_of_another_measure_came() {
    let mut world = two_freezes(UncoveredLimit::Release);
    claim(&mut world, ClaimChangeKind::Lowered, 60);
    let first = world.measure_at("a").id;
    bring(&mut world, first);
    world
        .release(ReleaseScope::Measure(first, Some(30.into())), ReleaseReason::Excess)
        .expect("its papers are there");
    let asked = asked_for(&world);
    assert!(asked.len() == 1 && asked[0].contains("10 元"), "{asked:?}");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(60), "the rest follows on the same papers");
    assert_eq!(asked_for(&world), Vec::<String>::new());
}

#[test]
fn what_a_person_ordered_to_be_released_is_asked_for_whatever_the_claim_leaves() {
    let mut world = two_freezes(UncoveredLimit::Release);
    world.release(ReleaseScope::Case, ReleaseReason::Replaced).expect("it is on the list");
    let ordered = asked_for(&world);
    assert_eq!(ordered.len(), 2);
    claim(&mut world, ClaimChangeKind::Lowered, 60);
    claim(&mut world, ClaimChangeKind::Raised, 100);
    assert_eq!(asked_for(&world), ordered);
}

#[test]
fn papers_for_the_end_of_a_claim_are_asked_for_no_longer_once_it_is_open_again() {
    let mut world = two_freezes(UncoveredLimit::Release);
    set(&mut world, ClaimState::Settled);
    assert_eq!(asked_for(&world).len(), 2);
    set(&mut world, ClaimState::Open);
    assert_eq!(asked_for(&world), Vec::<String>::new());
}

#[test]
fn papers_for_a_limit_that_no_money_covers_are_asked_for_no_longer_once_the_claim_leaves_it_open() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 60_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.file.papers.retain(|paper| !RELEASE.contains(&paper.kind));
    for id in world.queued() {
        let reply = world.carry_out(id);
        world.hear(id, reply);
    }
    // Money leaves before the first freeze arrives.
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("account").balance =
        5_000.into();
    world.run();
    let asked = asked_for(&world);
    assert!(asked.len() == 1 && asked[0].contains("50000 元"), "{asked:?}");
    claim(&mut world, ClaimChangeKind::Raised, 200_000);
    assert_eq!(asked_for(&world), Vec::<String>::new());
}

#[test]
fn papers_for_the_release_of_a_freed_party_are_asked_for_no_longer_once_it_is_reinstated() {
    let mut world = two_freezes(UncoveredLimit::Release);
    let party = world.file.parties[0].id;
    world.release(ReleaseScope::Party(party), ReleaseReason::WrongPerson).expect("freed");
    let asked = asked_for(&world);
    assert!(asked.len() == 2 && asked.iter().all(|note| note.contains("应解除，尚未办理")), "{asked:?}");
    world.act_as("another", Act::Reinstate(party), &[DocumentKind::ClaimPaper]).expect("reinstated");
    assert_eq!(asked_for(&world), Vec::<String>::new(), "what it holds is wanted again");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100));
}
