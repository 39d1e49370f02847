//! Freezes of our own case that a bank lists though their term is over.

use chakong_contract::asset::{Encumbrance, EncumbranceKind};
use chakong_contract::{Asset, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::{Mandate, MeasureState, Mode, OrderId, Origin, TaskKind};
use super::super::Act;
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执641号";

fn listed(from: &str, until: &str) -> Encumbrance {
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "临汾市测试中级人民法院".to_owned(),
        document: format!("{CASE}之一"),
        amount: Some(Money::yuan(50_000.into())),
        from: from.parse().ok(),
        until: until.parse().ok(),
        rank: None,
        reference: String::new(),
        words: String::new(),
    }
}

fn answer(world: &mut World, query: OrderId, freeze: Encumbrance) {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    account.encumbrances = vec![freeze];
    world.hear(query, reply);
}

#[test]
fn a_freeze_of_ours_that_is_listed_with_a_term_that_is_over_covers_nothing() {
    // The day before today; and by law a year after its first day, whatever the bank lists.
    for (from, until) in [("", "2026-03-01"), ("2024-05-06", ""), ("2024-05-06", "2027-05-05")] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
        world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
        let query = world.queued()[0];
        answer(&mut world, query, listed(from, until));
        assert!(world.file.ledger().all(|one| one.origin == Origin::Ordered), "{from} {until}");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(50_000), "{from} {until}");
    }
}

#[test]
fn a_freeze_of_ours_whose_last_day_is_today_counts() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    answer(&mut world, query, listed("", "2026-03-02"));
    let recognised = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("recognised");
    assert_eq!(recognised.state, MeasureState::InForce);
}

#[test]
fn a_lapsed_freeze_that_is_listed_still_without_its_days_is_before_a_person_once_and_is_not_in_force_again() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(50_000) })).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    world.run();
    world.days(370);
    assert_eq!(world.file.measures[&id].state, MeasureState::Lapsed);
    let on_list = |world: &World| {
        let of_it = world.file.tasks.iter().filter(|task| task.measure == Some(id));
        of_it.filter(|task| task.kind == TaskKind::Review).cloned().collect::<Vec<_>>()
    };
    for task in on_list(&world) {
        world.act(Act::CompleteTask(task.id)).expect("looked at");
    }
    let first = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![first])).expect("asked again");
    let query = *world.queued().last().expect("the query");
    answer(&mut world, query, listed("", ""));
    let reviews = on_list(&world);
    assert!(reviews.len() == 1 && reviews[0].note.contains("已届满"), "{reviews:?}");
    assert_eq!(world.file.measures[&id].state, MeasureState::Lapsed);
    assert!(world.file.ledger().all(|one| one.origin == Origin::Ordered), "{:?}", world.file.measures);
    let proposed: Vec<Decimal> =
        world.measures(MeasureState::Proposed).into_iter().map(|one| one.limit).collect();
    assert_eq!(proposed, [Decimal::from(50_000)], "it covers nothing: its room is open");
    world.act(Act::CompleteTask(reviews[0].id)).expect("looked at");
    answer(&mut world, query, Encumbrance { words: "再次".to_owned(), ..listed("", "") });
    assert!(on_list(&world).is_empty(), "told once");
}
