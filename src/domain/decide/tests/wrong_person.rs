//! Property of somebody else of the same name: what is remembered of it, and for whom.

use chakong_contract::{ActionKind, DocumentKind};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Change, EventType, MeasureState, PartyId, PropertyFinding};
use super::super::candidate::property_key;
use super::super::{Act, Rejected, Release, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

/// A case of its own about the same account.
fn held(number: &str, findings: Vec<PropertyFinding>) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.file.findings = findings.into_iter().map(|one| (one.property.clone(), one)).collect();
    world.submit(number, None, Some(auto(40_000))).expect("accepted");
    world.run();
    world
}

fn findings(world: &World) -> Vec<PropertyFinding> {
    let found = world.changes.iter().filter_map(|change| match change {
        Change::SavePropertyFinding(finding) => Some(finding.clone()),
        _ => None,
    });
    found.collect()
}

fn released(ground: ReleaseReason) -> World {
    let mut world = held("(2026)晋10执306号", Vec::new());
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, None), ground).expect("ordered");
    world.run();
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
    world
}

/// The account is found once more, in a further inquiry of the case.
fn found_again(world: &mut World) -> usize {
    let before = world.orders_of(ActionKind::Freeze);
    world.submit("(2026)晋10执306号", None, None).expect("accepted");
    world.submit("(2026)晋10执306号", None, Some(auto(40_000))).expect("accepted");
    world.run();
    world.orders_of(ActionKind::Freeze) - before
}

#[test]
fn the_account_of_a_namesake_is_left_alone_in_its_case_and_in_no_other() {
    let mut world = released(ReleaseReason::WrongPerson);
    assert_eq!(found_again(&mut world), 0, "the case that found it leaves it alone");
    let other = held("(2026)晋10执307号", findings(&world));
    assert_eq!(other.measure_at("a").state, MeasureState::InForce, "there it may be the debtor's");
}

#[test]
fn what_earlier_editions_remembered_of_a_wrong_person_binds_the_case_that_released_it_alone() {
    let mut world = released(ReleaseReason::Excess);
    let note = "误控非被执行人（李法官）与王某同名，身份证尾号不符".to_owned();
    let at = world.now;
    let old = PropertyFinding {
        property: property_key(world.measure_at("a")),
        note,
        actor: "李法官".to_owned(),
        at,
    };
    let other = held("(2026)晋10执308号", vec![old.clone()]);
    assert_eq!(other.measure_at("a").state, MeasureState::InForce);
    world.file.findings.insert(old.property.clone(), old);
    assert_eq!(found_again(&mut world), 0, "this one released it");
}

#[test]
fn other_cases_read_why_a_property_is_left_alone_and_neither_who_found_it_nor_their_words() {
    for ground in [ReleaseReason::ExemptProperty, ReleaseReason::ThirdPartyProperty] {
        let world = released(ground);
        let found = findings(&world);
        assert_eq!(found.len(), 1, "{ground:?}");
        let other = held("(2026)晋10执309号", found.clone());
        let skipped = other.measure_at("a");
        assert_eq!(skipped.state, MeasureState::Skipped);
        assert_eq!(skipped.note, ground.in_words());
        assert!(!skipped.note.contains("approver") && !skipped.note.contains("测试"), "{}", skipped.note);
        // As earlier editions kept it.
        let note = format!("{}（李法官）案外人王某提出异议", ground.chinese());
        let old: Vec<_> =
            found.into_iter().map(|one| PropertyFinding { note: note.clone(), ..one }).collect();
        let other = held("(2026)晋10执310号", old);
        assert_eq!(other.measure_at("a").note, ground.in_words());
    }
}

fn freed(world: &mut World) -> PartyId {
    let party = world.file.parties[0].id;
    world
        .act_as(
            "first",
            Act::Release(Release { scope: ReleaseScope::Party(party), ground: ReleaseReason::WrongPerson }),
            &[],
        )
        .expect("freed");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
    party
}

#[test]
fn a_party_that_was_freed_by_mistake_owes_again_on_another_persons_word_and_paper() {
    let mut world = held("(2026)晋10执311号", Vec::new());
    let party = freed(&mut world);
    let reinstate = || Act::Reinstate(party);
    let papers = [DocumentKind::ClaimPaper];
    let alone = world.act_as("first", reinstate(), &papers);
    assert!(matches!(alone, Err(Rejected::Forbidden(_))), "who freed it: {alone:?}");
    let submitter = world.act_as("case-system", reinstate(), &papers);
    assert!(matches!(submitter, Err(Rejected::Forbidden(_))), "who submitted it: {submitter:?}");
    let bare = world.act_as("second", reinstate(), &[]);
    assert!(matches!(bare, Err(Rejected::Findings(_))), "without a paper: {bare:?}");
    let unknown = world.act_as("second", Act::Reinstate(PartyId::new(77)), &papers);
    assert!(matches!(unknown, Err(Rejected::Unknown(_))), "{unknown:?}");
    world.act_as("second", reinstate(), &papers).expect("taken back");
    assert!(!world.file.parties[0].is_freed && world.file.parties[0].freed_by.is_empty());
    assert!(world.has_event(EventType::PartyReinstated));
    let line = world.changes.iter().rev().find_map(|change| match change {
        Change::Audit(entry) if entry.act == "reinstate_party" => Some(entry.clone()),
        _ => None,
    });
    assert_eq!(
        line.expect("a line of the audit").detail.expect("what it was about")["before"]["freed_by"],
        "first"
    );
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(40_000), "what is there now is frozen anew");
    let twice = world.act_as("second", reinstate(), &papers);
    assert!(matches!(twice, Err(Rejected::NotNow(_))), "it owes already: {twice:?}");
}
