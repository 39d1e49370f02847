//! One person with several documents is one party, or is refused with what stands.

use chakong_contract::Money;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::super::{Finding, InquiryId, Liability};
use super::super::{Decided, Rejected, join};
use super::books::Bank;
use super::world::{Asked, PAPERS, World, auto, debtor};

const CARD: (&str, &str) = ("resident_id", "110101190001010014");
const PASSPORT: (&str, &str) = ("passport", "E12345678");

fn person(reference: &str, documents: &[(&str, &str)]) -> Value {
    debtor(reference, "person", "张测试", documents)
}

fn submit(world: &mut World, number: &str, parties: Value, liable: Option<u32>) -> Decided<InquiryId> {
    let mut mandate = auto(1_000);
    let limit = |amount: u32| Liability { party: "card".to_owned(), amount: Money::yuan(amount.into()) };
    mandate.liable_up_to.extend(liable.map(limit));
    let orders = Vec::new();
    world.submit_about(Asked {
        number,
        continues: None,
        mandate: Some(mandate),
        parties,
        papers: PAPERS,
        orders,
    })
}

/// A case that knows a person by the identity card, liable for 100, and by the passport.
fn known_twice() -> World {
    let mut world = World::new(vec![("a", Bank::with(&[]))]);
    submit(&mut world, "(2026)晋10执631号", json!([person("card", &[CARD])]), Some(100)).expect("accepted");
    submit(&mut world, "(2026)晋10执631号", json!([person("passport", &[PASSPORT])]), None)
        .expect("accepted");
    assert_eq!(world.file.parties.len(), 2, "nothing says that they are one");
    world
}

fn findings(refused: Decided<InquiryId>) -> Vec<Finding> {
    let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
    findings
}

#[test]
fn documents_of_two_parties_of_the_case_are_not_one_partys_and_the_finding_says_what_stands() {
    let mut world = known_twice();
    let both = json!([person("both", &[CARD, PASSPORT])]);
    let found = findings(submit(&mut world, "(2026)晋10执631号", both, None));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].pointer, "/parties/0/documents");
    for word in ["card", "passport", "100 元", "全部标的"] {
        assert!(found[0].detail.contains(word), "{word}: {}", found[0].detail);
    }
    let documents: Vec<usize> = world.file.parties.iter().map(|party| party.documents.len()).collect();
    assert_eq!(documents, [1, 1], "nothing was changed");
    // What it says to do can be done.
    let apart = json!([person("card", &[CARD]), person("passport", &[PASSPORT])]);
    submit(&mut world, "(2026)晋10执631号", apart, Some(100)).expect("accepted");
    assert_eq!(world.file.parties[0].liable_up_to, Some(Decimal::from(100)));
}

#[test]
fn a_person_with_two_documents_is_one_party_of_the_case_whichever_of_them_a_later_inquiry_names() {
    let mut world = World::new(vec![("a", Bank::with(&[]))]);
    for documents in [&[CARD, PASSPORT][..], &[CARD], &[PASSPORT]] {
        submit(&mut world, "(2026)晋10执632号", json!([person("card", documents)]), Some(100))
            .expect("accepted");
    }
    assert_eq!(world.file.parties.len(), 1);
}

#[test]
fn a_case_that_knows_one_person_does_not_join_one_that_knows_two() {
    let into = known_twice();
    let mut from = World::new(vec![("a", Bank::with(&[]))]);
    let both = json!([person("card", &[CARD, PASSPORT])]);
    submit(&mut from, "(2026)晋10执恢633号", both, Some(100)).expect("accepted");
    let link = (from.file.cases[0].id, into.file.cases[0].id);
    let found = join(into.file, from.file, link).map(drop).expect_err("two parties are one");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].pointer == "/case/continues" && found[0].detail.contains("card"), "{found:?}");
}
