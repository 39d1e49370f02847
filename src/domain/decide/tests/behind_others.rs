//! Accounts behind the freezes of other courts: ours waits 轮候 there, also where costs of living are kept.

use chakong_contract::asset::{Encumbrance, EncumbranceKind, Rank};
use chakong_contract::reply::Holding;
use chakong_contract::{Asset, Instruction, Money, PartyKind, Reply};
use rust_decimal::Decimal;

use super::super::super::{Mandate, Measure, MeasureState, MeasureView};
use super::books::Bank;
use super::world::{World, auto};

fn of_another_court() -> Encumbrance {
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "吕梁市测试人民法院".to_owned(),
        document: "（2025）晋11执88号".to_owned(),
        amount: Some(Money::yuan(900_000.into())),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }
}

/// A natural person, who keeps so much for living, with accounts at each bank; the accounts that are named are another court's already.
fn world(accounts: &[(&'static str, u32)], behind: &[&str], living_costs: u32) -> World {
    let banks = accounts.iter().map(|(name, balance)| (*name, Bank::with(&[(*name, *balance)]))).collect();
    let mut world = World::new(banks);
    let mandate = Mandate { living_costs: Some(Money::yuan(living_costs.into())), ..auto(100_000) };
    world.submit("(2026)晋10执71号", None, Some(mandate)).expect("accepted");
    world.file.parties[0].kind = PartyKind::Person;
    for query in world.queued() {
        let lane = world.file.orders[&query].lane.clone();
        let mut reply = world.carry_out(query);
        if let Reply::Found { assets, .. } = &mut reply
            && let Asset::Account(account) = &mut assets[0].asset
            && behind.contains(&lane.as_str())
        {
            account.available = Some(Money::yuan(Decimal::ZERO));
            account.encumbrances = vec![of_another_court()];
        }
        world.hear(query, reply);
    }
    world
}

/// The freezes that are on their way, by bank.
fn asked(world: &World) -> Vec<(String, Decimal)> {
    let asked = world.measures(MeasureState::Asked);
    asked.into_iter().map(|one: &Measure| (one.counterpart.clone(), one.limit)).collect()
}

#[test]
fn an_account_behind_another_courts_freeze_is_waited_for_with_what_is_not_kept_for_living() {
    let mut world = world(&[("a", 30_000)], &["a"], 4_000);
    assert_eq!(asked(&world), [("a".to_owned(), Decimal::from(26_000))]);
    let shown = MeasureView::from(world.measure_at("a"));
    assert_eq!(shown.available, Money::yuan(Decimal::ZERO), "nothing of it is available");
    assert_eq!(shown.behind_others, Some(Money::yuan(30_000.into())));
    let freeze = world.queued()[0];
    assert!(matches!(world.file.orders[&freeze].instruction, Instruction::Freeze { .. }));
    let mut waiting = Holding::of(Money::yuan(Decimal::ZERO));
    waiting.limit = Some(Money::yuan(26_000.into()));
    waiting.rank = Some(Rank { place: 2, derived: false });
    world.hear(freeze, Reply::PartlyHeld(waiting));
    assert_eq!(world.measure_at("a").state, MeasureState::Waiting);
}

#[test]
fn costs_of_living_that_stay_on_another_account_are_not_kept_twice() {
    let world = world(&[("a", 30_000), ("b", 6_000)], &["a"], 4_000);
    let mut asked = asked(&world);
    asked.sort();
    let expected = [("a".to_owned(), Decimal::from(30_000)), ("b".to_owned(), Decimal::from(2_000))];
    assert_eq!(asked, expected, "4 000 stay at b");
}

#[test]
fn money_behind_others_is_no_living_for_the_freezes_of_other_accounts() {
    let world = world(&[("a", 30_000), ("b", 3_500)], &["a"], 4_000);
    assert_eq!(
        asked(&world),
        [("a".to_owned(), Decimal::from(29_500))],
        "b keeps all of its 3 500, a the rest"
    );
}
