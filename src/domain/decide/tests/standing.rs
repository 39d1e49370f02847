//! Daily looks at accounts on which a limit stands that no money covers: under which inquiry, and until when.

use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, DocumentKind, Fault, FaultKind, Money, Reply};
use serde_json::json;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{InquiryId, Mandate, MeasureId, OrderState, Priority, TaskKind, UncoveredLimit};
use super::super::{Act, OrderInput, ReleaseScope};
use super::books::Bank;
use super::world::{Asked, World, auto, debtor};

const CASE: &str = "(2026)晋10执621号";

fn keep() -> Mandate {
    Mandate { uncovered: UncoveredLimit::Keep, ..auto(1_000) }
}

/// A freeze of 1 000 that holds 600, without papers of its release.
fn partly_held() -> (World, InquiryId, MeasureId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    let documents = [("uscc", "91000000MADEM00112")];
    let parties = json!([debtor("debtor-1", "organisation", "临汾测试矿业有限公司", &documents)]);
    let asked = Asked {
        number: CASE,
        continues: None,
        mandate: Some(keep()),
        parties,
        papers: &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice],
        orders: vec![("a", 0, 0)],
    };
    let inquiry = world.submit_about(asked).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    let limit = Some(Money::yuan(1_000.into()));
    world.hear(freeze, Reply::PartlyHeld(Holding { limit, ..Holding::of(Money::yuan(600.into())) }));
    assert_eq!(tasks(&world, TaskKind::Requery), 1);
    let id = world.measure_at("a").id;
    (world, inquiry, id)
}

fn tasks(world: &World, kind: TaskKind) -> usize {
    world.file.tasks.iter().filter(|task| task.kind == kind).count()
}

#[test]
fn the_daily_look_goes_on_under_the_inquiry_that_still_asks() {
    let (mut world, first, _) = partly_held();
    // It only looks: nothing is taken over by it.
    let second = world.submit(CASE, None, None).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    world.act(Act::Cancel(first)).expect("cancelled");
    world.days(1);
    let looks: Vec<InquiryId> = world
        .file
        .orders
        .values()
        .filter(|order| order.priority == Priority::Standing)
        .map(|order| order.inquiry)
        .collect();
    assert_eq!(looks, [second]);
}

#[test]
fn nobody_looks_at_an_account_any_more_for_an_inquiry_that_was_cancelled() {
    let (mut world, inquiry, id) = partly_held();
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(tasks(&world, TaskKind::Requery), 0);
    let queries = world.orders_of(ActionKind::Query);
    world.days(3);
    assert_eq!(world.orders_of(ActionKind::Query), queries);
    let reviews: Vec<_> = world.file.tasks.iter().filter(|task| task.kind == TaskKind::Review).collect();
    assert!(reviews.len() == 1 && reviews[0].measure == Some(id), "what stands is on the list: {reviews:?}");
}

#[test]
fn nobody_looks_at_the_account_of_a_person_who_was_freed_and_what_stands_there_is_before_a_person() {
    let (mut world, _, id) = partly_held();
    let party = world.file.parties[0].id;
    world.release(ReleaseScope::Party(party), ReleaseReason::WrongPerson).expect("freed");
    assert_eq!(tasks(&world, TaskKind::BringPapers), 1, "the papers of the release are missing");
    let queries = world.orders_of(ActionKind::Query);
    world.days(3);
    assert_eq!((world.orders_of(ActionKind::Query), tasks(&world, TaskKind::Requery)), (queries, 0));
    let review = world.file.tasks.iter().find(|task| task.kind == TaskKind::Review).expect("a task");
    assert!(review.measure == Some(id) && review.note.contains("1000"), "{review:?}");
}

#[test]
fn a_query_that_was_on_its_way_when_its_inquiry_was_cancelled_is_not_sent_again() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    let inquiry = world.submit(CASE, None, Some(keep())).expect("accepted");
    let query = world.queued()[0];
    world.happened(query, OrderInput::HandedOver);
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(world.file.orders[&query].state, OrderState::Awaiting);
    world.happened(query, OrderInput::Faulted(Fault::new(FaultKind::Transient, "send", "invented")));
    assert_eq!(world.file.orders[&query].state, OrderState::Cancelled);
    assert_eq!(world.file.inquiries[&inquiry].open_orders, 0);
}
