//! Homes, stakes and proposals beside deposits that cover the claim, or cover it no more.

use chakong_contract::asset::FoundAsset;
use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, DocumentKind, Money, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, EventType, Mandate, Measure, MeasureId, MeasureState, Mode, OrderId, TaskKind,
};
use super::super::{Act, ClaimUpdate, OrderInput, ReleaseScope};
use super::books::Bank;
use super::registry::house;
use super::world::{Asked, PAPERS, World, auto, debtor};

const CASE: &str = "(2026)晋10执431号";
/// What a freeze needs, and nothing for a release.
const FREEZE_PAPERS: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];

/// A claim of 100 000, a bank that holds 40 000 of it, and a registry that shows this.
fn world(mode: Mode, papers: &[DocumentKind], shown: Reply) -> World {
    let mut world =
        World::new(vec![("a", Bank::with(&[("622200001", 40_000)])), ("registry", Bank::with(&[]))]);
    let documents = [("uscc", "91000000MADEM00112")];
    let parties = json!([debtor("debtor-1", "organisation", "临汾测试矿业有限公司", &documents)]);
    let mandate = Some(Mandate { other_property: mode, ..auto(100_000) });
    let orders = vec![("a", 0, 0), ("registry", 0, 0)];
    let asked = Asked { number: CASE, continues: None, mandate, parties, papers, orders };
    world.submit_about(asked).expect("accepted");
    let queries = world.queued();
    let found = world.carry_out(queries[0]);
    world.hear(queries[0], found);
    let freeze = world.measure_at("a").control.expect("a freeze");
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    world.hear(queries[1], shown);
    world
}

/// Homes with certificates of their own.
fn homes(count: usize) -> Reply {
    let one = |at: usize| -> FoundAsset {
        let Reply::Found { assets } = house(&json!([])) else { panic!("a house") };
        let mut shown: Value = serde_json::to_value(&assets[0]).expect("JSON");
        let text = shown.to_string().replace("第0000031号", &format!("第000010{at}号"));
        shown = serde_json::from_str(&text).expect("JSON");
        serde_json::from_value(shown).expect("a home")
    };
    Reply::Found { assets: (0..count).map(one).collect() }
}

fn at_registry(world: &World) -> Vec<&Measure> {
    world.file.ledger().filter(|one| one.counterpart == "registry").collect()
}

fn change(world: &mut World, kind: ClaimChangeKind, amount: u32) {
    let update = ClaimUpdate { change: Some((kind, amount.into())), ..ClaimUpdate::default() };
    world.change_claim(update).expect("changed");
}

fn tasks_of(world: &World, kind: TaskKind, id: MeasureId) -> Vec<String> {
    let own = world.file.tasks.iter().filter(|task| task.kind == kind && task.measure == Some(id));
    own.map(|task| task.note.clone()).collect()
}

fn freeze_of(world: &World, id: MeasureId) -> OrderId {
    world.file.measures[&id].control.expect("a freeze")
}

fn registered() -> Reply {
    Reply::Held(Holding::of(Money::yuan(Decimal::ZERO)))
}

#[test]
fn a_home_is_to_be_released_only_as_long_as_deposits_cover_the_claim() {
    let mut world = world(Mode::Auto, FREEZE_PAPERS, homes(1));
    let home = at_registry(&world)[0].id;
    world.hear(freeze_of(&world, home), registered());
    assert_eq!(world.file.measures[&home].state, MeasureState::InForce);
    for _ in 0..2 {
        change(&mut world, ClaimChangeKind::Lowered, 40_000);
        assert_eq!(tasks_of(&world, TaskKind::ReleaseExcess, home).len(), 1, "deposits cover the claim");
        change(&mut world, ClaimChangeKind::Raised, 100_000);
        assert_eq!(tasks_of(&world, TaskKind::ReleaseExcess, home).len(), 0, "the home is wanted again");
    }
    change(&mut world, ClaimChangeKind::Lowered, 40_000);
    let account = world.measure_at("a").id;
    let papers = [DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];
    let release = super::super::Release {
        scope: ReleaseScope::Measure(account, None),
        ground: ReleaseReason::ExemptProperty,
    };
    world.act_with(Act::Release(release), &papers).expect("an officer frees what is exempt");
    world.run();
    assert_eq!(world.file.measures[&account].state, MeasureState::Released);
    assert_eq!(tasks_of(&world, TaskKind::ReleaseExcess, home).len(), 0, "the home is all that is left");
    assert_eq!(world.file.measures[&home].state, MeasureState::InForce);
}

#[test]
fn a_standing_home_is_released_by_itself_once_deposits_cover_the_claim() {
    let mut world = world(Mode::Auto, PAPERS, homes(1));
    let home = at_registry(&world)[0].id;
    world.hear(freeze_of(&world, home), registered());
    change(&mut world, ClaimChangeKind::Lowered, 40_000);
    assert_eq!(world.file.measures[&home].state, MeasureState::Releasing);
    assert!(world.has_event(EventType::MeasureExcess));
}

#[test]
fn deposits_that_are_being_released_cover_nothing() {
    let mut world = world(Mode::Auto, PAPERS, homes(1));
    let home = at_registry(&world)[0].id;
    let freeze = freeze_of(&world, home);
    world.happened(freeze, OrderInput::HandedOver);
    change(&mut world, ClaimChangeKind::Lowered, 40_000);
    let account = world.measure_at("a").id;
    world
        .release(ReleaseScope::Measure(account, None), ReleaseReason::ExemptProperty)
        .expect("an officer frees what is exempt");
    world.hear(freeze, registered());
    assert_eq!(world.file.measures[&home].state, MeasureState::InForce, "nothing else covers the claim");
    world.run();
    assert_eq!(world.file.measures[&account].state, MeasureState::Released);
    assert_eq!(world.file.measures[&home].state, MeasureState::InForce);
}

#[test]
fn what_a_bank_takes_back_of_a_surplus_nobody_is_asked_to_release_any_longer() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let id = world.measure_at("a").id;
    let freeze = freeze_of(&world, id);
    let says = |world: &mut World, amount: u32, words: &str| {
        let words = words.to_owned();
        world.hear(freeze, Reply::Held(Holding { words, ..Holding::of(Money::yuan(amount.into())) }));
    };
    says(&mut world, 1_000_000, "");
    let notes = tasks_of(&world, TaskKind::ReleaseExcess, id);
    assert!(notes.len() == 1 && notes[0].contains("900000"), "{notes:?}");
    says(&mut world, 100_500, "更正");
    let notes = tasks_of(&world, TaskKind::ReleaseExcess, id);
    assert!(notes.len() == 1 && notes[0].contains("500") && !notes[0].contains("900000"), "{notes:?}");
    says(&mut world, 100_000, "再次更正");
    assert_eq!(tasks_of(&world, TaskKind::ReleaseExcess, id), Vec::<String>::new());
    assert_eq!(world.file.measures[&id].held, Decimal::from(100_000));
}

#[test]
fn a_home_of_unknown_value_on_which_others_have_rights_is_an_officers() {
    let other = |kind: &str| {
        json!([{ "kind": kind, "holder": "运城市测试中级人民法院", "amount": null, "from": "2026-01-02",
                 "until": null, "reference": "W1" }])
    };
    for kind in ["seizure", "waiting_seizure", "preliminary_seizure", "mortgage"] {
        let world = world(Mode::Auto, PAPERS, house(&other(kind)));
        assert_eq!(at_registry(&world)[0].state, MeasureState::Proposed, "{kind}");
    }
    for free in [json!([]), other("other_right")] {
        let world = world(Mode::Auto, PAPERS, house(&free));
        assert_eq!(at_registry(&world)[0].state, MeasureState::Asked, "{free}");
    }
}

#[test]
fn a_further_home_is_asked_by_itself_only_if_its_stated_value_is_not_far_more_than_is_wanted() {
    // 60 000 are wanted beside the deposits; an officer judges beyond twice of that.
    for (value, state) in [(120_000, MeasureState::Asked), (120_001, MeasureState::Proposed)] {
        let mut world = world(Mode::Auto, PAPERS, homes(2));
        let (first, second) = (at_registry(&world)[0].id, at_registry(&world)[1].id);
        assert_eq!(world.file.measures[&second].state, MeasureState::Candidate, "one at a time");
        world.act(Act::Value(second, value.into())).expect("stated");
        let words = "已过户".to_owned();
        world.hear(
            freeze_of(&world, first),
            Reply::NotHeld(Refusal { reason: RefusalReason::TargetUnknown, words }),
        );
        assert_eq!(world.file.measures[&second].state, state, "{value}");
    }
}

#[test]
fn homes_are_proposed_one_after_the_other_once_one_that_stands_is_worth_the_claim() {
    let mut world = world(Mode::Propose, PAPERS, homes(3));
    let ids: Vec<MeasureId> = at_registry(&world).iter().map(|one| one.id).collect();
    let states =
        |world: &World| at_registry(world).iter().map(|one| one.state).collect::<Vec<MeasureState>>();
    assert_eq!(states(&world), [MeasureState::Proposed; 3], "an approver chooses");
    world.act(Act::Value(ids[1], 60_000.into())).expect("stated");
    world.approve(ids[1]).expect("approved");
    let others = |second| vec![MeasureState::Candidate, second, MeasureState::Candidate];
    assert_eq!(states(&world), others(MeasureState::Asked));
    assert!(tasks_of(&world, TaskKind::Approve, ids[0]).is_empty());
    assert!(world.has_event(EventType::MeasureChanged), "what was proposed is told to be proposed no more");
    world.hear(freeze_of(&world, ids[1]), registered());
    assert_eq!(states(&world), others(MeasureState::InForce));
    change(&mut world, ClaimChangeKind::Raised, 200_000);
    assert_eq!(states(&world)[0], MeasureState::Proposed, "more is wanted");
}

#[test]
fn a_home_on_which_others_have_rights_stays_an_officers_whatever_it_is_worth_and_closes_no_other_proposal() {
    let mortgage = json!([{ "kind": "mortgage", "holder": "测试银行", "amount": null, "from": "2026-01-02",
                            "until": null, "reference": "W1" }]);
    let mut world = world(Mode::Auto, PAPERS, house(&mortgage));
    let home = at_registry(&world)[0].id;
    world.act(Act::Value(home, 90_000.into())).expect("stated");
    change(&mut world, ClaimChangeKind::Lowered, 40_000);
    assert_eq!(world.file.measures[&home].state, MeasureState::Candidate, "deposits cover the claim");
    change(&mut world, ClaimChangeKind::Raised, 100_000);
    assert_eq!(world.file.measures[&home].state, MeasureState::Proposed);
    let Reply::Found { mut assets } = homes(1) else { panic!("a home") };
    let Reply::Found { assets: encumbered } = house(&mortgage) else { panic!("a home") };
    assets.extend(encumbered);
    let mut world = self::world(Mode::Propose, PAPERS, Reply::Found { assets });
    let (free, encumbered) = (at_registry(&world)[0].id, at_registry(&world)[1].id);
    world.act(Act::Value(encumbered, 60_000.into())).expect("stated");
    world.approve(encumbered).expect("approved");
    assert_eq!(world.file.measures[&free].state, MeasureState::Proposed, "others take their part first");
}

#[test]
fn a_proposal_that_becomes_smaller_or_falls_away_is_told_and_its_task_says_the_new_amount() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    let mandate = Mandate { mode: Mode::Propose, ..auto(1_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    assert!(tasks_of(&world, TaskKind::Approve, id)[0].contains("1000 元"));
    let told = |world: &World| {
        let is_told = |change: &&super::super::super::Change| matches!(change, super::super::super::Change::NewEvent(event) if event.kind == EventType::MeasureChanged);
        world.changes.iter().filter(is_told).count()
    };
    change(&mut world, ClaimChangeKind::Lowered, 400);
    let notes = tasks_of(&world, TaskKind::Approve, id);
    assert!(notes.len() == 1 && notes[0].contains("400 元") && !notes[0].contains("1000"), "{notes:?}");
    assert_eq!((world.file.measures[&id].limit, told(&world)), (400.into(), 1));
    let update =
        ClaimUpdate { state: Some(super::super::super::ClaimState::Settled), ..ClaimUpdate::default() };
    world.change_claim(update).expect("settled");
    assert_eq!((world.file.measures[&id].state, told(&world)), (MeasureState::Candidate, 2));
    assert!(tasks_of(&world, TaskKind::Approve, id).is_empty());
}

#[test]
fn a_freeze_that_a_corrected_answer_withdraws_is_told() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    let mandate = Mandate { mode: Mode::Propose, ..auto(1_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    let freeze = freeze_of(&world, id);
    world.hear(query, Reply::Nothing);
    assert_eq!(world.file.orders[&freeze].state.word(), "cancelled");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.limit), (MeasureState::Skipped, Decimal::ZERO), "{}", measure.note);
    assert!(world.has_event(EventType::OrderWithdrawn) && world.has_event(EventType::MeasureChanged));
    assert_eq!(world.orders_of(ActionKind::Freeze), 1);
}
