//! Changes of the claim rest on papers.

use rust_decimal::Decimal;

use super::super::super::{ClaimChangeKind, ClaimState, Mode};
use super::super::{Act, ClaimSettings, ClaimUpdate, Rejected};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

fn change(kind: ClaimChangeKind, amount: u32) -> ClaimUpdate {
    ClaimUpdate { change: Some((kind, amount.into())), ..ClaimUpdate::default() }
}

#[test]
fn every_change_of_amount_state_or_liability_rests_on_a_paper_and_how_freezes_come_about_does_not() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(70_000))).expect("accepted");
    let party = world.file.parties[0].id;
    let state = |state| ClaimUpdate { state: Some(state), ..ClaimUpdate::default() };
    let liable = |up_to: Option<u32>| ClaimUpdate {
        liabilities: vec![(party, up_to.map(Decimal::from))],
        ..ClaimUpdate::default()
    };
    for update in [
        change(ClaimChangeKind::Raised, 71_000),
        change(ClaimChangeKind::Interest, 12),
        change(ClaimChangeKind::Lowered, 60_000),
        change(ClaimChangeKind::PartPayment, 500),
        liable(Some(30_000)),
        liable(None),
        state(ClaimState::Withdrawn),
        state(ClaimState::Open),
        state(ClaimState::Settled),
        state(ClaimState::Open),
    ] {
        let before = world.claim().clone();
        let bare = world.act(Act::UpdateClaim(update.clone()));
        let Err(Rejected::NotAllowed(words)) = bare else {
            // What is said once more changes nothing.
            assert_eq!(update.state, Some(before.state), "{update:?}");
            continue;
        };
        assert!(words.contains("须附文书") && words.contains("documents"), "{words}");
        assert_eq!(*world.claim(), before);
        world.change_claim(update).expect("with a paper");
    }
    let settings = ClaimSettings { mode: Some(Mode::Propose), ..ClaimSettings::default() };
    world.act(Act::UpdateClaim(ClaimUpdate { settings, ..ClaimUpdate::default() })).expect("without one");
}
