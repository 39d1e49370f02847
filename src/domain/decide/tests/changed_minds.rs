//! Later answers that say less than earlier ones, and releases whose reason is a party's and not the case's.

use chakong_contract::asset::{Encumbrance, EncumbranceKind};
use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::{Account, ActionKind, Asset, DocumentKind, Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::rules::exemptions::Level;
use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimState, Mandate, Measure, MeasureState, Mode, OrderId, OrderState, Origin, Permitted, TaskKind,
};
use super::super::{Act, Approval, ClaimUpdate, OrderInput, Rejected, ReleaseScope};
use super::books::Bank;
use super::world::{Asked, PAPERS, World, auto, debtor};

const CASE: &str = "（2026）晋10执661号";

fn shown(world: &mut World, query: OrderId, change: impl Fn(&mut Account)) -> Reply {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    change(account);
    reply
}

fn query_of(world: &World) -> OrderId {
    world.file.orders.values().find(|order| !order.is_control()).expect("a query").id
}

#[test]
fn an_account_that_turns_out_to_be_exempt_is_neither_frozen_further_nor_deducted_and_a_person_is_told() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 800)]))]);
    world.submit(CASE, None, Some(auto(100))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    let query = query_of(&world);
    let reply = shown(&mut world, query, |account| account.class = "农民工工资专户".to_owned());
    world.hear(query, reply);
    assert_eq!(world.file.measures[&id].exemption.level, Level::NoMeasure);
    let is_told = |world: &World| {
        world.file.tasks.iter().any(|one| one.measure == Some(id) && one.note.contains("豁免"))
    };
    assert!(is_told(&world), "{:?}", world.file.tasks);
    let raise = Some((super::super::super::ClaimChangeKind::Raised, 700.into()));
    world.change_claim(ClaimUpdate { change: raise, ..ClaimUpdate::default() }).expect("raised");
    assert_eq!(world.orders_of(ActionKind::Freeze), 1, "nothing more is asked there");
    let taken = world.deduct(id, Some(10.into()));
    assert!(matches!(taken, Err(Rejected::NotAllowed(_))), "{taken:?}");
    // An officer permits what stands: it can be deducted, and no further answer asks again.
    let approval = Approval { permit: Some(Permitted::FreezeAndDeduct), ..Approval::default() };
    world.act(Act::Approve(id, approval)).expect("permitted");
    assert!(!is_told(&world));
    let reply = shown(&mut world, query, |account| account.class = "农民工工资专户".to_owned());
    world.hear(query, reply);
    assert!(!is_told(&world));
    world.deduct(id, Some(10.into())).expect("ordered");
}

#[test]
fn a_proposal_beyond_what_is_left_on_its_account_gives_its_room_to_others() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 1_000)])),
        ("b", Bank::with(&[("622200002", 900)])),
    ]);
    let mandate = Mandate { mode: Mode::Propose, ..auto(1_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    let queries = world.queued();
    for query in &queries {
        let reply = world.carry_out(*query);
        world.hear(*query, reply);
    }
    let proposed = |world: &World| {
        let mut all: Vec<(String, Decimal)> = world
            .measures(MeasureState::Proposed)
            .iter()
            .map(|one| (one.counterpart.clone(), one.limit))
            .collect();
        all.sort();
        all
    };
    assert_eq!(proposed(&world), [("a".to_owned(), Decimal::from(1_000))]);
    world.banks.get_mut("a").expect("it").accounts.get_mut("622200001").expect("it").balance = 100.into();
    let reply = world.carry_out(queries[0]);
    world.hear(queries[0], reply);
    assert_eq!(
        proposed(&world).iter().map(|one| one.1).sum::<Decimal>(),
        1_000.into(),
        "{:?}",
        proposed(&world)
    );
    assert!(proposed(&world).contains(&("b".to_owned(), 900.into())), "{:?}", proposed(&world));
    let waiting =
        world.file.tasks.iter().filter(|task| task.kind == TaskKind::Approve && task.done.is_none());
    assert_eq!(waiting.count(), 2);
}

fn freeze(holder: &str, document: &str, amount: u32, day: &str) -> Encumbrance {
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: holder.to_owned(),
        document: document.to_owned(),
        amount: Some(Money::yuan(amount.into())),
        from: day.parse().ok(),
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }
}

#[test]
fn a_freeze_of_ours_that_is_recognised_holds_what_earlier_ones_of_others_leave() {
    // An earlier one takes first, a later one after ours; of one whose day nobody says it is not known.
    let others = [
        (1_000, "2026-01-05", 0),
        (400, "2026-01-05", 600),
        (1_000, "2026-02-20", 1_000),
        (1_000, "", 1_000),
    ];
    for (other, other_day, held) in others {
        let mut world = World::new(vec![
            ("a", Bank::with(&[("622200001", 1_000)])),
            ("b", Bank::with(&[("622200002", 5_000)])),
        ]);
        world.submit(CASE, None, Some(auto(1_000))).expect("accepted");
        let query = world.queued()[0];
        let reply = shown(&mut world, query, |account| {
            account.available = Some(Money::yuan(Decimal::ZERO));
            account.encumbrances = vec![
                freeze("测试市测试区人民法院", "（2025）晋1002执9号", other, other_day),
                freeze("临汾市测试中级人民法院", CASE, 1_000, "2026-02-02"),
            ];
        });
        world.hear(query, reply);
        let known = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("it");
        assert_eq!(known.held, Decimal::from(held), "{other} since {other_day}");
    }
}

fn two_debtors() -> World {
    let mut world =
        World::new(vec![("a", Bank::with(&[("622200001", 500)])), ("b", Bank::with(&[("622200002", 500)]))]);
    let company = debtor("one", "organisation", "临汾测试矿业有限公司", &[("uscc", "91000000MADEM00112")]);
    let other = debtor("two", "organisation", "临汾测试煤业有限公司", &[("uscc", "91000000MADEM002XR")]);
    world
        .submit_about(Asked {
            number: CASE,
            continues: None,
            mandate: Some(auto(1_000)),
            parties: json!([company, other]),
            papers: PAPERS,
            orders: vec![("a", 0, 0), ("b", 1, 0)],
        })
        .expect("accepted");
    world
}

fn of_party(world: &World, at: usize) -> &Measure {
    let id = world.file.parties[at].id;
    world.file.ledger().find(|one| one.debtor == id).expect("a measure")
}

#[test]
fn a_release_of_one_partys_property_for_a_reason_of_its_own_frees_nobody_else() {
    for ground in [ReleaseReason::BankruptcyAccepted, ReleaseReason::Other] {
        let mut world = two_debtors();
        world.run();
        let (party, other) = (world.file.parties[0].id, of_party(&world, 1).id);
        world.release(ReleaseScope::Party(party), ground).expect("ordered");
        let freed = of_party(&world, 0).clone();
        let release = freed.control.and_then(|id| world.file.orders.get(&id)).expect("the release");
        assert_eq!((freed.state, release.state), (MeasureState::Releasing, OrderState::Queued), "{ground:?}");
        assert_eq!(world.file.measures[&other].state, MeasureState::InForce, "{ground:?}");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(500), "{ground:?}: nothing is frozen instead");
        let is_open = world.claim().state == ClaimState::Open;
        let is_told = world
            .file
            .tasks
            .iter()
            .any(|task| task.measure == Some(other) && task.kind == TaskKind::BringPapers);
        // The bankrupt alone is out of it. With a reason that names none, what stands of others is for a person.
        let expected =
            if ground == ReleaseReason::BankruptcyAccepted { (true, false) } else { (false, true) };
        assert_eq!((is_open, is_told), expected, "{ground:?}");
    }
}

#[test]
fn nothing_is_asked_about_a_party_that_was_freed_until_it_is_reinstated() {
    let mut world = two_debtors();
    let (freed, queries) = (world.file.parties[0].id, world.queued());
    assert_eq!(queries.len(), 2);
    world.release(ReleaseScope::Party(freed), ReleaseReason::WrongPerson).expect("freed");
    let states: Vec<OrderState> = queries.iter().map(|id| world.file.orders[id].state).collect();
    assert_eq!(states, [OrderState::Cancelled, OrderState::Queued]);
    let again = world.act(Act::Requery(vec![queries[0]]));
    assert!(
        matches!(&again, Err(Rejected::NotNow(why)) if why.contains("恢复") || why.contains("撤销解除")),
        "{again:?}"
    );
    let company = debtor("one", "organisation", "临汾测试矿业有限公司", &[("uscc", "91000000MADEM00112")]);
    let refused = world.submit_about(Asked {
        number: CASE,
        continues: None,
        mandate: None,
        parties: json!([company]),
        papers: PAPERS,
        orders: vec![("a", 0, 0)],
    });
    assert!(
        matches!(&refused, Err(Rejected::Findings(found)) if found[0].pointer == "/parties/0"),
        "{refused:?}"
    );
}

#[test]
fn a_query_under_way_about_a_freed_party_is_not_sent_again_and_all_are_asked_once_it_is_reinstated() {
    let mut world = two_debtors();
    let (freed, queries) = (world.file.parties[0].id, world.queued());
    let sending = queries[0];
    if let Some(order) = world.file.orders.get_mut(&sending) {
        order.state = OrderState::Sending;
    }
    world.release(ReleaseScope::Party(freed), ReleaseReason::WrongPerson).expect("freed");
    world.happened(sending, OrderInput::Faulted(Fault::new(FaultKind::Transient, "send", "invented")));
    assert_eq!(
        world.file.orders[&sending].state,
        OrderState::Cancelled,
        "it does not wait for another attempt"
    );
    world.act_as("another", Act::Reinstate(freed), &[DocumentKind::ClaimPaper]).expect("reinstated");
    let again: Vec<OrderId> = world.queued().into_iter().filter(|id| !queries.contains(id)).collect();
    let roots: Vec<OrderId> = again.iter().map(|id| world.file.orders[id].root).collect();
    assert_eq!(roots, [sending], "the question is asked again, once");
}

#[test]
fn a_query_that_was_handed_over_is_offered_to_nobody_while_its_party_is_freed_or_its_inquiry_withdrawn() {
    let mut world = two_debtors();
    let (freed, queries) = (world.file.parties[0].id, world.queued());
    queries.iter().for_each(|query| world.happened(*query, OrderInput::HandedOver));
    let is_offered = |world: &World| {
        let orders = queries.iter().map(|query| &world.file.orders[query]);
        orders.map(|order| order.due < order.deadline).collect::<Vec<_>>()
    };
    world.release(ReleaseScope::Party(freed), ReleaseReason::WrongPerson).expect("freed");
    assert_eq!(is_offered(&world), [false, true]);
    world.act_as("another", Act::Reinstate(freed), &[DocumentKind::ClaimPaper]).expect("reinstated");
    assert_eq!(is_offered(&world), [true, true]);
    let inquiry = world.file.orders[&queries[0]].inquiry;
    world.act(Act::Cancel(inquiry)).expect("withdrawn");
    assert_eq!(is_offered(&world), [false, false]);
    // Who fetched it answers it.
    let reply = world.carry_out(queries[1]);
    world.hear(queries[1], reply);
    assert_eq!(world.file.orders[&queries[1]].state, OrderState::Answered);
}

#[test]
fn what_is_held_beyond_a_limit_is_on_the_list_still_when_all_of_the_limit_was_given_back() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    world.submit(CASE, None, Some(auto(600))).expect("accepted");
    let query = world.queued()[0];
    let reply = world.carry_out(query);
    world.hear(query, reply);
    let freeze = world.queued()[0];
    world.hear(freeze, Reply::Held(chakong_contract::reply::Holding::of(Money::yuan(1_000.into()))));
    let id = world.measure_at("a").id;
    assert_eq!(world.file.measures[&id].surplus, 400.into());
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Excess).expect("ordered");
    let release = world.file.measures[&id].control.expect("the release");
    world.hear(release, Reply::Released { amount: Some(Money::yuan(600.into())), words: String::new() });
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
    let is_told = |one: &&super::super::super::Task| {
        one.kind == TaskKind::Review
            && one.measure == Some(id)
            && one.done.is_none()
            && one.note.contains("400")
    };
    assert!(world.file.tasks.iter().any(|one| is_told(&one)), "{:?}", world.file.tasks);
}
