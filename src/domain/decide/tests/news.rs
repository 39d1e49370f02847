//! What a later answer shows for the first time is before a person, unless the ledger takes it up.

use super::super::super::{OrderId, Task, TaskKind};
use super::super::Act;
use super::books::Bank;
use super::world::{World, auto};

fn world(number: &str, claim: Option<u32>) -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
    world.submit(number, None, claim.map(auto)).expect("accepted");
    let query = world.queued()[0];
    world.run();
    (world, query)
}

/// Asks again; gives the order that asked.
fn again(world: &mut World, query: OrderId) -> OrderId {
    world.act(Act::Requery(vec![query])).expect("asked again");
    let order = *world.queued().last().expect("the question");
    world.run();
    order
}

fn more(world: &mut World, number: &str) {
    let account = Bank::with(&[(number, 500)]).accounts.remove(number).expect("an account");
    world.banks.get_mut("a").expect("the bank").accounts.insert(number.to_owned(), account);
}

fn news(world: &World) -> Vec<&Task> {
    world.file.tasks.iter().filter(|task| task.kind == TaskKind::ReviewNews).collect()
}

#[test]
fn a_new_account_in_a_case_without_a_claim_is_before_a_person_until_one_has_looked() {
    let (mut world, query) = world("(2026)晋10执61号", None);
    again(&mut world, query);
    assert!(news(&world).is_empty(), "the first answer is no news, nor is the same again");
    more(&mut world, "622200002");
    let order = again(&mut world, query);
    let told = news(&world);
    assert_eq!((told.len(), told[0].order, told[0].measure), (1, Some(order), None));
    assert!(told[0].note.contains("1 项"), "{}", told[0].note);
    let id = told[0].id;
    world.act(Act::CompleteTask(id)).expect("somebody looked");
    again(&mut world, query);
    assert!(news(&world).is_empty(), "it is no news any more");
}

#[test]
fn a_new_account_of_which_a_measure_comes_is_told_by_that_alone() {
    let (mut world, query) = world("(2026)晋10执62号", Some(100_000));
    let before = world.file.measures.len();
    more(&mut world, "622200002");
    again(&mut world, query);
    assert!(world.file.measures.len() > before);
    assert!(news(&world).is_empty(), "{:?}", news(&world));
}
