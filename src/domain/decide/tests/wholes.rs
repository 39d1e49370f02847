//! What is controlled as a whole, against the claim and against what its party is liable for.

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, Asset, EquityStake, IdentityKind, Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{Mandate, MeasureState, Mode, TwoApprovers, Way};
use super::super::{Act, Approval, Rejected};
use super::books::Bank;
use super::registry::house;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执421号";

/// A stake of so much capital, or of forty of a hundred without a word of the capital.
fn stake(company: &str, subscribed: Option<u32>) -> FoundAsset {
    let stake = EquityStake {
        company: company.to_owned(),
        percent: Some("40".to_owned()),
        subscribed: subscribed.map(|amount| Money::yuan(amount.into())),
        ..EquityStake::default()
    };
    FoundAsset { asset: Asset::Equity(stake), matched_by: MatchedBy::Number }
}

/// A bank that holds 40 000 of a party, and a register that answers last. `liable` bounds what the party is liable for.
fn world(mandate: Mandate, liable: Option<u32>, shown: Reply) -> World {
    let mut world =
        World::new(vec![("a", Bank::with(&[("622200001", 40_000)])), ("register", Bank::with(&[]))]);
    let way =
        Way { counterpart: "register".to_owned(), identities: &[IdentityKind::Uscc], divisions: Vec::new() };
    world.rules.routes.equity = vec![way];
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    world.file.parties[0].liable_up_to = liable.map(Decimal::from);
    let queries = world.queued();
    let found = world.carry_out(queries[0]);
    world.hear(queries[0], found);
    if let Some(freeze) = world.measure_at("a").control {
        let held = world.carry_out(freeze);
        world.hear(freeze, held);
    }
    world.hear(queries[1], shown);
    world
}

fn of(mode: Mode) -> Mandate {
    Mandate { other_property: mode, ..auto(1_000_000) }
}

fn at_register(world: &World) -> Vec<(MeasureState, Decimal)> {
    let own = world.file.ledger().filter(|one| one.counterpart == "register");
    own.map(|one| (one.state, super::super::stake::amount_of(&one.target).unwrap_or_default())).collect()
}

#[test]
fn the_home_of_a_party_is_neither_seized_nor_proposed_once_its_liability_is_used_up() {
    for mode in [Mode::Auto, Mode::Propose] {
        let world = world(of(mode), Some(40_000), house(&json!([])));
        assert_eq!(at_register(&world), [(MeasureState::Candidate, Decimal::ZERO)], "{mode:?}");
    }
    let wanted = world(of(Mode::Auto), Some(40_001), house(&json!([])));
    assert_eq!(at_register(&wanted), [(MeasureState::Asked, Decimal::ZERO)]);
}

#[test]
fn of_a_stake_no_more_is_frozen_than_its_party_is_liable_for() {
    for (liable, asked) in [(Some(40_000), None), (Some(95_000), Some(55_000)), (None, Some(900_000))] {
        let shown = Reply::Found { assets: vec![stake("测试投资有限公司", Some(900_000))] };
        let world = world(of(Mode::Auto), liable, shown);
        let expected = match asked {
            None => (MeasureState::Candidate, Decimal::from(900_000)),
            Some(asked) => (MeasureState::Asked, Decimal::from(asked)),
        };
        assert_eq!(at_register(&world), [expected], "{liable:?}");
    }
}

#[test]
fn a_home_that_its_party_is_not_liable_for_any_more_is_not_seized_and_no_longer_proposed() {
    for mode in [Mode::Auto, Mode::Propose] {
        let mut world = world(of(mode), None, house(&json!([])));
        let party = world.file.parties[0].id;
        let update = super::super::ClaimUpdate {
            liabilities: vec![(party, Some(40_000.into()))],
            ..super::super::ClaimUpdate::default()
        };
        world.change_claim(update).expect("changed");
        assert_eq!(
            at_register(&world)[0].0,
            MeasureState::Candidate,
            "{mode:?}: what was in line is withdrawn"
        );
        assert!(!world.queued().iter().any(|id| world.file.orders[id].is_control()), "{mode:?}");
    }
}

#[test]
fn of_several_stakes_of_unknown_capital_one_is_frozen_and_the_others_are_an_officers() {
    let names = ["甲测试有限公司", "乙测试有限公司", "丙测试有限公司"];
    let shown = Reply::Found { assets: names.iter().map(|name| stake(name, None)).collect() };
    let mut world = world(of(Mode::Auto), None, shown);
    let states = |world: &World| at_register(world).into_iter().map(|(state, _)| state).collect::<Vec<_>>();
    let others = |first, then| vec![first, then, then];
    assert_eq!(states(&world), others(MeasureState::Asked, MeasureState::Candidate), "one at a time");
    let freeze = *world.queued().last().expect("a freeze");
    world.hear(freeze, Reply::Held(Holding::of(Money::yuan(Decimal::ZERO))));
    assert_eq!(states(&world), others(MeasureState::InForce, MeasureState::Proposed));
    assert_eq!(world.orders_of(ActionKind::Freeze), 2, "with that of the account");
}

#[test]
fn that_a_stake_is_state_shares_is_said_by_both_approvers_and_shortens_the_term() {
    let shown = Reply::Found { assets: vec![stake("测试股份有限公司", Some(900_000))] };
    let mut world = world(of(Mode::Propose), None, shown);
    let general = Some(Decimal::ZERO);
    world.rules.two_approvers = std::sync::Arc::new(TwoApprovers { general, ..TwoApprovers::default() });
    let id = world.file.ledger().find(|one| one.counterpart == "register").expect("the stake").id;
    let shares = Approval { listed_state_shares: true, ..Approval::default() };
    world.act_as("first", Act::Approve(id, shares), &[]).expect("the first");
    let differs = world.act_as("second", Act::Approve(id, Approval::default()), &[]);
    let Err(Rejected::NotAllowed(words)) = differs else { panic!("{differs:?}") };
    assert!(words.contains("state shares"), "{words}");
    world.act_as("second", Act::Approve(id, shares), &[]).expect("the same");
    let stake = &world.file.measures[&id];
    assert!(stake.listed_state_shares && stake.state == MeasureState::Asked);
    let (from, until) = (stake.from.expect("a first day"), stake.until.expect("a last day"));
    assert!(until < from.saturating_add(jiff::Span::new().years(1)), "a year: {from} to {until}");
}
