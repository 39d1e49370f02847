//! A further inquiry of a case before any bank has answered: what the first one stated stands.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, DocumentKind, Money};
use rust_decimal::Decimal;

use super::super::super::{InquiryId, Liability, Mandate, TaskKind};
use super::super::{Act, ClaimUpdate, Decided, EnteredMeasure, Rejected};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执401号";

fn world() -> World {
    World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))])
}

/// A claim of 100 000 for which the debtor is liable up to an amount, or wholly.
fn limited(amount: Option<u32>) -> Mandate {
    let limit = |amount: u32| Liability { party: "debtor-1".to_owned(), amount: Money::yuan(amount.into()) };
    Mandate { liable_up_to: amount.map(limit).into_iter().collect(), ..auto(100_000) }
}

/// What a refused submission says of the liability.
fn refused(submitted: Decided<InquiryId>) -> String {
    let Err(Rejected::Findings(findings)) = submitted else { panic!("it was taken: {submitted:?}") };
    let pointers: Vec<&str> = findings.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(pointers, ["/mandate/liable_up_to/0/amount"]);
    findings[0].detail.clone()
}

#[test]
fn a_liability_that_stands_is_not_overwritten_by_a_submission_before_any_answer() {
    for (stated, others) in [(Some(40_000), [500_000, 10_000]), (None, [60_000, 10_000])] {
        let mut world = world();
        world.submit(CASE, None, Some(limited(stated))).expect("accepted");
        for other in others {
            let told = refused(world.submit(CASE, None, Some(limited(Some(other)))));
            let stands = stated.map_or("全部标的".to_owned(), |amount| format!("{amount} 元"));
            assert!(told.contains(&stands), "{told}");
        }
        assert_eq!(world.file.parties[0].liable_up_to, stated.map(Decimal::from));
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(stated.unwrap_or(100_000)));
    }
}

#[test]
fn a_limit_that_was_set_on_a_paper_is_not_overwritten_by_a_submission() {
    let mut world = world();
    world.submit(CASE, None, Some(limited(None))).expect("accepted");
    let liabilities = vec![(world.file.parties[0].id, Some(Decimal::from(30_000)))];
    world.change_claim(ClaimUpdate { liabilities, ..ClaimUpdate::default() }).expect("on a paper");
    let told = refused(world.submit(CASE, None, Some(limited(Some(500_000)))));
    assert!(told.contains("30000 元"), "{told}");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(30_000));
}

#[test]
fn the_clocks_of_a_case_run_once_though_its_second_inquiry_comes_before_any_answer() {
    let mut world = world();
    world.filed_on = Some("2026-03-02");
    for _ in 0..3 {
        world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    }
    for kind in [TaskKind::StartInquiry, TaskKind::FileResults] {
        assert_eq!(world.file.tasks.iter().filter(|task| task.kind == kind).count(), 1, "{kind:?}");
    }
}

#[test]
fn a_limit_that_a_submission_states_first_gives_back_what_is_held_beyond_it() {
    let mut world = world();
    world.submit(CASE, None, None).expect("a search without a mandate");
    let entered = EnteredMeasure {
        party: world.file.parties[0].id,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        target: Target::Account {
            number: "622200001".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        listed_state_shares: false,
        currency: None,
        rate: None,
        limit: 90_000.into(),
        held: 90_000.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-09-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0401".to_owned(),
        original_case: CASE.parse().expect("a number"),
    };
    world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("entered");
    world.submit(CASE, None, Some(limited(Some(40_000)))).expect("the first that says how much");
    assert_eq!(world.file.parties[0].liable_up_to, Some(Decimal::from(40_000)));
    assert_eq!(world.orders_of(ActionKind::Release), 1);
    assert_eq!(world.measure_at("a").releasing, Decimal::from(50_000));
}
