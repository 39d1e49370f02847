//! Parties and cases that are known under other names before: references of each inquiry, and earlier numbers of a case.

use chakong_contract::Moment;

use super::super::super::Case;
use super::books::Bank;
use super::world::{World, auto};

fn world() -> World {
    World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))])
}

fn case<'w>(world: &'w World, number: &str) -> &'w Case {
    world.file.cases.iter().find(|case| case.number.as_str() == number).expect("the case")
}

#[test]
fn each_inquiry_keeps_its_own_reference_of_a_party_and_the_party_has_all_of_them() {
    let mut world = world();
    let number = "（2026）晋10执111号";
    let mut inquiries = Vec::new();
    for reference in ["B-1", "B-2", "B-1", "B-3"] {
        world.reference = reference;
        inquiries.push(world.submit(number, None, Some(auto(40_000))).expect("accepted"));
    }
    let party = &world.file.parties[0];
    assert_eq!(world.file.parties.len(), 1);
    let all: Vec<&str> = party.references().map(String::as_str).collect();
    assert_eq!(all, ["B-3", "B-1", "B-2"], "the latest first, each once");
    let of = |at: usize| world.file.terms[&inquiries[at]].reference_of(0);
    assert_eq!([of(0), of(1), of(2), of(3)], ["B-1", "B-2", "B-1", "B-3"]);
}

#[test]
fn a_case_that_is_known_is_linked_to_an_earlier_number_that_nobody_knew() {
    let mut world = world();
    let (late, early) = ("（2026）晋10执恢12号", "（2024）晋10执212号");
    world.submit(late, None, Some(auto(40_000))).expect("accepted");
    assert_eq!(case(&world, late).continues, None);
    world.submit(late, Some(early), Some(auto(40_000))).expect("accepted");
    assert_eq!(case(&world, late).continues, Some(case(&world, early).id));
    // The earlier case is submitted, and is of the same chain and claim.
    world.submit(early, None, Some(auto(40_000))).expect("accepted");
    assert_eq!(world.file.cases.len(), 2);
    let round = world.submit(early, Some(late), Some(auto(40_000)));
    assert!(round.is_err(), "it is the earlier one: {round:?}");
    let other = world.submit(late, Some("（2023）晋10执保5号"), Some(auto(40_000)));
    assert!(other.is_err(), "a case continues one other: {other:?}");
}

#[test]
fn a_lapse_counts_to_the_inquiry_under_which_its_renewal_would_have_been_ordered() {
    let mut world = world();
    let (early, late) = ("（2024）晋10执212号", "（2026）晋10执恢12号");
    let first = world.submit(early, None, Some(auto(40_000))).expect("accepted");
    world.run();
    let second = world.submit(late, Some(early), Some(auto(40_000))).expect("accepted");
    let measure = world.file.ledger().next().cloned().expect("a freeze");
    assert_eq!(measure.inquiry, first, "which found it");
    let day = Moment::from_timestamp(world.file.inquiries[&second].created).date();
    assert_eq!(world.file.subject_of(&measure).0, second, "as a renewal is ordered");
    assert_eq!(world.file.lapsed_under(&measure, day), second, "the same row");
    let before = day.yesterday().expect("a day");
    assert_eq!(
        world.file.lapsed_under(&measure, before),
        first,
        "what came behind its end has no part in it"
    );
}
