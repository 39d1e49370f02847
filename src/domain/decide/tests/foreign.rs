//! Accounts in a foreign currency: before an officer, in their own currency, counted at a named rate only.

use chakong_contract::order::Target;
use chakong_contract::{Currency, DocumentKind, Instruction, Money};
use rust_decimal::Decimal;

use super::super::super::{EventType, Measure, MeasureState, Mode, TaskKind};
use super::super::{Act, Approval, EnteredMeasure, Rejected, room};
use super::books::{Bank, Kept};
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执61号";

fn euros() -> Option<Currency> {
    Currency::from_wire("EUR")
}

fn in_euros(balance: u32) -> Kept {
    Kept { currency: euros(), balance: balance.into(), ..Kept::default() }
}

/// A bank with so many yuan and so many euros.
fn bank(yuan: u32, euro: u32) -> Bank {
    let mut bank = Bank::with(&[("622200011", yuan)]);
    bank.accounts.insert("622200099".to_owned(), in_euros(euro));
    bank
}

fn foreign(world: &World) -> &Measure {
    world.file.ledger().find(|one| one.currency.is_some()).expect("an account in euros")
}

fn approve_tasks(world: &World) -> Vec<String> {
    let own = world.file.tasks.iter().filter(|task| task.kind == TaskKind::Approve);
    own.map(|task| task.note.clone()).collect()
}

#[test]
fn a_foreign_account_is_put_before_an_officer_with_a_task_and_is_never_asked_by_itself() {
    for mode in [Mode::Auto, Mode::Propose] {
        let mut world = World::new(vec![("a", bank(40_000, 3_000))]);
        world
            .submit(CASE, None, Some(super::super::super::Mandate { mode, ..auto(90_000) }))
            .expect("accepted");
        world.run();
        assert_eq!((foreign(&world).state, foreign(&world).limit), (MeasureState::Proposed, Decimal::ZERO));
        assert!(world.has_event(EventType::MeasureProposed));
        assert!(
            approve_tasks(&world).iter().any(|note| note.contains("3000 EUR")),
            "{:?}",
            approve_tasks(&world)
        );
        let id = foreign(&world).id;
        let bare = world.approve(id);
        assert!(matches!(bare, Err(Rejected::NotAllowed(_))), "an officer names the amount: {bare:?}");
        let limit = Some(Money { amount: 2_500.into(), currency: euros() });
        let rate = Some(Decimal::new(78, 1));
        world.act(Act::Approve(id, Approval { limit, rate, ..Approval::default() })).expect("approved");
        let order = foreign(&world).order.expect("an order");
        let Instruction::Freeze { limit: said, .. } = &world.file.orders[&order].instruction else {
            panic!("a freeze")
        };
        assert_eq!(*said, limit, "in its own currency");
        world.run();
        assert_eq!(foreign(&world).held, Decimal::from(2_500));
        let counted = world.claim().amount - room(world.claim(), std::iter::once(foreign(&world)));
        assert_eq!(counted, Decimal::from(19_500), "at the rate that was named");
        assert!(approve_tasks(&world).iter().all(|note| !note.contains("EUR")));
    }
}

#[test]
fn a_foreign_account_is_taken_back_from_the_officer_once_yuan_cover_the_claim() {
    let mut world = World::new(vec![("a", bank(0, 3_000)), ("b", Bank::with(&[("622200012", 90_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    assert_eq!(foreign(&world).state, MeasureState::Proposed);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(50_000));
    assert_eq!(foreign(&world).state, MeasureState::Candidate);
    assert!(approve_tasks(&world).is_empty(), "{:?}", approve_tasks(&world));
}

#[test]
fn what_an_officer_rejected_of_a_foreign_account_is_not_proposed_again() {
    let mut world = World::new(vec![("a", bank(10_000, 3_000))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    world.run();
    let id = foreign(&world).id;
    world.act(Act::Reject(id)).expect("rejected");
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    world.run();
    assert_eq!(foreign(&world).state, MeasureState::Skipped);
}

#[test]
fn where_the_counterpart_freezes_yuan_only_the_officer_is_told_to_freeze_on_paper_and_to_enter_it() {
    let mut world = World::new(vec![("a", bank(10_000, 3_000))]);
    world.rules.abilities = std::iter::once(("a".to_owned(), super::world::yuan_only())).collect();
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    world.run();
    assert!(approve_tasks(&world).iter().any(|note| note.contains("补录")), "{:?}", approve_tasks(&world));
    let (id, party) = (foreign(&world).id, foreign(&world).debtor);
    let limit = Some(Money { amount: 500.into(), currency: euros() });
    let refused = world.act(Act::Approve(id, Approval { limit, ..Approval::default() }));
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    let entered = on_paper(party, Some(Decimal::new(775, 2)));
    world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("entered");
    assert_eq!(world.file.measures[&id].state, MeasureState::Skipped, "what was found is that measure now");
    assert!(approve_tasks(&world).is_empty(), "{:?}", approve_tasks(&world));
}

/// A freeze of 3 000 euros that was placed on paper.
fn on_paper(party: super::super::super::PartyId, rate: Option<Decimal>) -> EnteredMeasure {
    EnteredMeasure {
        party,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        listed_state_shares: false,
        target: Target::Account {
            number: "622200099".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        currency: euros(),
        rate,
        limit: 3_000.into(),
        held: 3_000.into(),
        from: "2026-02-11".parse().ok(),
        until: "2026-08-31".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0031".to_owned(),
        original_case: CASE.parse().expect("a number"),
    }
}

#[test]
fn a_freeze_on_paper_in_a_foreign_currency_is_entered_and_never_counted_as_yuan() {
    for (rate, left) in [(None, 50_000), (Some(Decimal::from(8)), 26_000)] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200011", 0)]))]);
        world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
        world.run();
        let entered = on_paper(world.file.parties[0].id, rate);
        let paper = [DocumentKind::FreezeNotice];
        world.act_with(Act::Enter(Box::new(entered.clone())), &paper).expect("it stands");
        assert_eq!((foreign(&world).currency, foreign(&world).held), (euros(), Decimal::from(3_000)));
        assert_eq!(room(world.claim(), world.file.ledger()), Decimal::from(left), "{rate:?}");
        let id = foreign(&world).id;
        if rate.is_none() {
            let refused = world.deduct(id, Some(200.into()));
            assert!(
                matches!(refused, Err(Rejected::NotAllowed(_))),
                "it would count for nothing: {refused:?}"
            );
            world.act(Act::Rate(id, Decimal::from(7))).expect("named");
        }
        world.deduct(id, Some(200.into())).expect("ordered");
        let order = foreign(&world).control.expect("the deduction");
        let Instruction::Deduct { amount, .. } = &world.file.orders[&order].instruction else {
            panic!("a deduction")
        };
        assert_eq!(*amount, Money { amount: 200.into(), currency: euros() });
        let no_rate = EnteredMeasure { rate: Some(Decimal::ZERO), ..entered.clone() };
        let of_yuan = EnteredMeasure { currency: None, rate: Some(Decimal::ONE), ..entered };
        for wrong in [no_rate, of_yuan] {
            let refused = world.act_with(Act::Enter(Box::new(wrong)), &paper);
            let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
            assert_eq!(findings[0].pointer, "/rate");
        }
    }
}

#[test]
fn a_rate_that_is_named_later_counts_from_then_on_and_what_is_too_much_is_given_back() {
    // 3 000 euros stand beside freezes in yuan; unrated they count for nothing, at 8 for 24 000.
    for (yuan, kept) in [(20_000, 20_000), (90_000, 26_000)] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200011", yuan)]))]);
        world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
        let entered = on_paper(world.file.parties[0].id, None);
        world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("it stands");
        world.run();
        let before = Decimal::from(yuan.min(50_000));
        assert_eq!(world.held_and_taken(), before, "unrated euros take no room");
        let id = foreign(&world).id;
        world.act(Act::Rate(id, Decimal::from(8))).expect("named");
        world.run();
        assert_eq!(foreign(&world).rate, Some(Decimal::from(8)));
        assert_eq!(world.held_and_taken(), Decimal::from(kept), "{yuan} yuan beside 24 000");
    }
}

#[test]
fn a_rate_belongs_to_a_foreign_amount_and_is_more_than_zero() {
    let mut world = World::new(vec![("a", bank(20_000, 3_000))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    world.run();
    let (euro, yuan) = (foreign(&world).id, world.file.ledger().find(|one| one.currency.is_none()));
    let yuan = yuan.expect("an account in yuan").id;
    for (id, rate) in [(yuan, Decimal::ONE), (euro, Decimal::ZERO), (euro, Decimal::NEGATIVE_ONE)] {
        let refused = world.act(Act::Rate(id, rate));
        assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{rate}: {refused:?}");
    }
}

#[test]
fn what_a_counterpart_controls_in_yuan_only_is_refused_when_it_is_ordered_and_put_on_the_list() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200011", 0)]))]);
    world.rules.abilities = std::iter::once(("a".to_owned(), super::world::yuan_only())).collect();
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    world.run();
    let entered = on_paper(world.file.parties[0].id, Some(Decimal::from(8)));
    world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("it stands");
    let id = foreign(&world).id;
    let scope = super::super::ReleaseScope::Measure(id, None);
    let ground = super::super::super::rules::release_reasons::ReleaseReason::Other;
    for refused in
        [world.renew(id).map(drop), world.deduct(id, None).map(drop), world.release(scope, ground).map(drop)]
    {
        let Err(Rejected::NotAllowed(words)) = refused else { panic!("{refused:?}") };
        assert!(words.contains("线下办理"), "{words}");
    }
    let settled = super::super::ClaimUpdate {
        state: Some(super::super::super::ClaimState::Settled),
        ..super::super::ClaimUpdate::default()
    };
    world.change_claim(settled).expect("settled");
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::BringPapers).expect("a task");
    assert!(task.note.contains("线下办理"), "{}", task.note);
    assert!(world.queued().is_empty(), "no order fails on the wire");
}
