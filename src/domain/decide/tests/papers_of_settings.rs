//! Papers of a release that come with a change of the claim's settings.

use chakong_contract::{ActionKind, DocumentKind};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{Mandate, MeasureState, TaskKind, UncoveredLimit};
use super::super::{Act, ClaimSettings, ClaimUpdate};
use super::books::Bank;
use super::world::{Asked, World, auto, debtor};

const FREEZE: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const RELEASE: &[DocumentKind] = &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

/// A person's account of which so much is frozen for a claim of 5 000, without papers of its release.
fn frozen(balance: u32, uncovered: UncoveredLimit) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", balance)]))]);
    let documents = [("resident_id", "110101190001010057")];
    world
        .submit_about(Asked {
            number: "（2026）晋10执681号",
            continues: None,
            mandate: Some(Mandate { uncovered, ..auto(5_000) }),
            parties: json!([debtor("one", "person", "测试丙某某", &documents)]),
            papers: FREEZE,
            orders: vec![("a", 0, 0)],
        })
        .expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(5_000.min(balance)));
    world
}

fn set(world: &mut World, settings: ClaimSettings) {
    let update = ClaimUpdate { settings, ..ClaimUpdate::default() };
    world.act_with(Act::UpdateClaim(update), RELEASE).expect("changed");
    let asked = world.file.tasks.iter().find(|task| task.kind == TaskKind::BringPapers);
    assert!(asked.is_none(), "they are there: {asked:?}");
}

#[test]
fn what_stays_for_living_is_released_on_the_papers_that_came_with_the_raised_costs() {
    let mut world = frozen(5_000, UncoveredLimit::Release);
    set(&mut world, ClaimSettings { living_costs: Some(3_000.into()), ..ClaimSettings::default() });
    assert_eq!(world.orders_of(ActionKind::Release), 1);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(2_000));
}

#[test]
fn a_limit_that_no_money_covers_is_released_on_the_papers_that_came_with_the_setting() {
    let mut world = frozen(5_000, UncoveredLimit::Strict);
    let id = world.measure_at("a").id;
    // The bank holds less by now.
    if let Some(measure) = world.file.measures.get_mut(&id) {
        measure.held = 1_000.into();
    }
    let further = super::super::super::Measure {
        held: 4_500.into(),
        limit: 4_500.into(),
        ..world.file.measures[&id].clone()
    };
    let second = super::super::super::MeasureId::new(900);
    let further = super::super::super::Measure { id: second, ..further };
    world.file.measures.insert(second, further);
    set(&mut world, ClaimSettings { uncovered: Some(UncoveredLimit::Release), ..ClaimSettings::default() });
    let released = world.measures(MeasureState::Releasing);
    assert!(!released.is_empty(), "{:?}", world.file.measures);
}
