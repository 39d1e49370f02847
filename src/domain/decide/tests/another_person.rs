//! Nobody approves what they submitted, nor has it moved, whatever roles they have; everybody can give back.

use chakong_contract::order::CourtAccount;
use chakong_contract::{DocumentKind, Refusal, RefusalReason, Reply, Transferee};
use serde_json::json;

use super::super::super::people::Courts;
use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Mandate, MeasureState, Mode};
use super::super::{
    Act, Approval, ClaimSettings, ClaimUpdate, Deduction, OrderInput, Rejected, Release, ReleaseScope,
    Renewal, Resolution, Transfer,
};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执91号";
const SUBMITTER: &str = "case-system";

fn deduction(amount: u32) -> Deduction {
    let into = CourtAccount {
        holder: "临汾市测试中级人民法院".to_owned(),
        number: "6222000000000001".to_owned(),
        bank: "测试银行".to_owned(),
        bank_number: String::new(),
        class: String::new(),
    };
    Deduction { amount: Some(amount.into()), into, courts: Courts::All }
}

const DEDUCT: &[DocumentKind] = &[DocumentKind::DeductRuling, DocumentKind::DeductNotice];

fn frozen(mode: Mode) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(Mandate { mode, ..auto(40_000) })).expect("accepted");
    world.run();
    world
}

#[track_caller]
fn is_forbidden<T: std::fmt::Debug>(done: Result<T, Rejected>) {
    assert!(matches!(done, Err(Rejected::Forbidden(_))), "{done:?}");
}

#[test]
fn who_submitted_in_auto_mode_deducts_nothing_and_another_does() {
    let mut world = frozen(Mode::Auto);
    let id = world.measure_at("a").id;
    assert_eq!(world.measure_at("a").state, MeasureState::InForce, "frozen without an approval");
    is_forbidden(world.act_as(SUBMITTER, Act::Deduct(id, deduction(500)), DEDUCT));
    let to: Transferee = serde_json::from_value(json!({
        "name": "示例丙投资有限公司", "kind": "organisation",
        "document": { "kind": "uscc", "number": "91000000MADEM0038R" },
    }))
    .expect("a transferee");
    is_forbidden(world.act_as(SUBMITTER, Act::Transfer(id, Transfer { to }), &[]));
    world.act_as("approver", Act::Deduct(id, deduction(500)), DEDUCT).expect("another person");
    // Nobody knows what became of it: to send it again is to order the money moved.
    let order = world.measure_at("a").control.expect("the deduction");
    world.happened(order, OrderInput::HandedOver);
    world.happened(order, OrderInput::DeadlinePassed);
    is_forbidden(world.act_as(SUBMITTER, Act::Resolve(order, Resolution::SendAgain), &[]));
    world
        .act_as(SUBMITTER, Act::Resolve(order, Resolution::NotDone), &[])
        .expect("what is so is anybody's word");
}

#[test]
fn who_submitted_neither_approves_nor_takes_a_rejection_back_nor_does_away_with_approvals() {
    let mut world = frozen(Mode::Propose);
    let id = world.measure_at("a").id;
    is_forbidden(world.act_as(SUBMITTER, Act::Approve(id, Approval::default()), &[]));
    let settings = ClaimSettings { mode: Some(Mode::Auto), ..ClaimSettings::default() };
    let auto = Act::UpdateClaim(ClaimUpdate { settings, ..ClaimUpdate::default() });
    is_forbidden(world.act_as(SUBMITTER, auto.clone(), &[]));
    world.act_as("approver", Act::Reject(id), &[]).expect("rejected");
    is_forbidden(world.act_as(SUBMITTER, Act::Reconsider(id), &[]));
    world.act_as("approver", Act::Reconsider(id), &[]).expect("reconsidered");
    world.act_as("approver", auto, &[]).expect("another person");
}

#[test]
fn who_submitted_another_inquiry_against_the_same_party_is_no_other_person() {
    let mut world = frozen(Mode::Propose);
    let id = world.measure_at("a").id;
    let second =
        world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(40_000) })).expect("accepted");
    world.file.inquiries.get_mut(&second).expect("the inquiry").submitted_by = "approver".to_owned();
    is_forbidden(world.approve(id));
    world.act_as("another", Act::Approve(id, Approval::default()), &[]).expect("a third person");
}

#[test]
fn a_refused_freeze_that_nobody_approved_is_not_sent_again_by_who_submitted_where_approvals_are_wanted() {
    let mut world = frozen(Mode::Propose);
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    let freeze = world.measure_at("a").order.expect("the freeze");
    let refusal = Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() };
    world.hear(freeze, Reply::NotHeld(refusal));
    world.file.measures.get_mut(&id).expect("the measure").approved_by.clear();
    is_forbidden(world.act_as(SUBMITTER, Act::Resolve(freeze, Resolution::SendAgain), &[]));
    world.file.measures.get_mut(&id).expect("the measure").approved_by = "approver".to_owned();
    world.act_as(SUBMITTER, Act::Resolve(freeze, Resolution::SendAgain), &[]).expect("as it was approved");
}

#[test]
fn who_submitted_renews_and_releases_all_the_same() {
    let mut world = frozen(Mode::Auto);
    let id = world.measure_at("a").id;
    let papers = [DocumentKind::RenewRuling, DocumentKind::RenewNotice];
    world.act_as(SUBMITTER, Act::Renew(id, Renewal::default()), &papers).expect("renewed");
    world.run();
    let release = Release { scope: ReleaseScope::Case, ground: ReleaseReason::DebtPaid };
    world.act_as(SUBMITTER, Act::Release(release), &[]).expect("a court with one key can give back");
    world.run();
    assert_eq!(world.held_and_taken(), rust_decimal::Decimal::ZERO);
}
