//! Whatever is said, or done, about an order in whatever state, of a measure in whatever state: no decision makes a move that the tables
//! do not allow, which would throw away the message and all that came with it.

use std::sync::Arc;

use chakong_contract::asset::Rank;
use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::order::CourtAccount;
use chakong_contract::reply::{Answer, Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Instruction, Money, Reply, Transferee};
use rust_decimal::Decimal;

use super::super::super::people::Courts;
use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Measure, MeasureId, MeasureState, OrderId, OrderRecord, OrderState, Source};
use super::super::{
    Act, Approval, Deduction, OrderInput, Rejected, Release, ReleaseScope, Renewal, Resolution, Transfer,
    apply,
};
use super::books::Bank;
use super::world::{World, auto};

/// A bank that holds 600 of 1 000, and the freeze.
fn held() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    world.submit("(2026)晋10执301号", None, Some(auto(1_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("it").balance =
        600.into();
    let freeze = world.queued()[0];
    let said = world.carry_out(freeze);
    world.hear(freeze, said);
    (world.file.measures.keys().next().copied().map(|id| (world, id, freeze))).expect("a measure")
}

/// One order of every kind of control about the measure; the freeze is its own.
fn controls(world: &mut World, id: MeasureId, freeze: OrderId) -> Vec<OrderId> {
    let mut orders = vec![freeze];
    let mut ordered = |world: &mut World, what: &str| {
        let measure = &world.file.measures[&id];
        let order = measure.control.expect(what);
        orders.push(order);
        let (state, control) = (MeasureState::InForce, None);
        let zero = Decimal::ZERO;
        let idle = Measure { state, control, releasing: zero, deducting: zero, ..measure.clone() };
        world.file.measures.insert(id, idle);
    };
    world.renew(id).expect("renewed");
    ordered(world, "a renewal");
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Excess).expect("released");
    ordered(world, "a release");
    world.release(ReleaseScope::Measure(id, Some(500.into())), ReleaseReason::Excess).expect("released");
    ordered(world, "a release of a part");
    world.deduct(id, None).expect("deducted");
    ordered(world, "a deduction");
    let last = world.file.orders[orders.last().expect("an order")].clone();
    let instruction =
        Instruction::Transfer { target: world.file.measures[&id].target.clone(), to: transferee() };
    let transfer = OrderId::new(9_999);
    world.file.orders.insert(transfer, OrderRecord { id: transfer, root: transfer, instruction, ..last });
    orders.push(transfer);
    orders
}

fn transferee() -> Transferee {
    let document = serde_json::json!({ "kind": "uscc", "number": "91000000MADEM00112" });
    let known =
        serde_json::json!({ "name": "临汾测试受让有限公司", "kind": "organisation", "document": document });
    serde_json::from_value(known).expect("a transferee")
}

fn replies() -> Vec<Reply> {
    let refusal = || Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() };
    let mut replies = vec![
        Reply::NotHeld(refusal()),
        Reply::Refused(refusal()),
        Reply::NotHeld(Refusal { reason: RefusalReason::CounterpartError, ..refusal() }),
        Reply::Released { amount: None, words: String::new() },
        Reply::Deducted { amount: None },
        Reply::Transferred { on: None },
    ];
    for amount in [0, 600, 5_000] {
        let money = Money::yuan(amount.into());
        replies.push(Reply::Released { amount: Some(money), words: String::new() });
        replies.push(Reply::Deducted { amount: Some(money) });
        for (place, accepted_only) in [(None, false), (Some(2), false), (Some(2), true)] {
            let rank = place.map(|place| Rank { place, derived: false });
            replies.push(Reply::Held(Holding { rank, accepted_only, ..Holding::of(money) }));
        }
    }
    let elsewhere = Holding { limit: Some(Money::yuan(7.into())), ..Holding::of(Money::yuan(7.into())) };
    replies.push(Reply::PartlyHeld(elsewhere));
    replies
}

/// The measure in a state, in ways in which it may be there.
fn variants(measure: &Measure, state: MeasureState, order: OrderId) -> Vec<Measure> {
    let mut variants = Vec::new();
    for (limit, held, place) in [(1_000, 600, None), (1_000, 600, Some(2)), (400, 0, Some(2)), (0, 0, None)] {
        for control in [None, Some(order), Some(OrderId::new(7_777))] {
            let only_accepted = matches!(state, MeasureState::Accepted | MeasureState::Releasing);
            for only_accepted in [false].into_iter().chain(only_accepted.then_some(true)) {
                let mut one = measure.clone();
                (one.state, one.control, one.said.only_accepted) = (state, control, only_accepted);
                (one.limit, one.held) = (limit.into(), held.into());
                one.released = if one.limit.is_zero() { 40.into() } else { Decimal::ZERO };
                one.rank = place.map(|place| Rank { place, derived: false });
                one.releasing = if state == MeasureState::Releasing { one.limit } else { Decimal::ZERO };
                one.deducting = if state == MeasureState::Deducting { one.held } else { Decimal::ZERO };
                variants.push(one);
            }
        }
    }
    variants
}

/// Tries something in every state of the order and of its measure.
fn in_every_state(tried: impl FnMut(&mut World, OrderId, MeasureId) -> Result<(), Rejected>) {
    in_every_state_of(|_| true, tried);
}

/// The same, of some kinds of control alone.
fn in_every_state_of(
    is_meant: impl Fn(ActionKind) -> bool,
    mut tried: impl FnMut(&mut World, OrderId, MeasureId) -> Result<(), Rejected>,
) {
    let (mut world, id, freeze) = held();
    let orders = controls(&mut world, id, freeze);
    let (file, changes) = (world.file.clone(), world.changes.len());
    for order in orders.into_iter().filter(|id| is_meant(file.orders[id].instruction.kind())) {
        for order_state in OrderState::ALL {
            for state in MeasureState::ALL {
                for measure in variants(&file.measures[&id], *state, order) {
                    world.file = file.clone();
                    world.file.measures.insert(id, measure.clone());
                    let now = OrderRecord { state: order_state, ..file.orders[&order].clone() };
                    let kind = now.instruction.kind();
                    world.file.orders.insert(order, now);
                    if let Err(Rejected::Defect(error)) = tried(&mut world, order, id) {
                        panic!("{error}: a {kind} that is {order_state:?}, of {measure:?}");
                    }
                    world.changes.truncate(changes);
                }
            }
        }
    }
}

#[test]
fn every_word_about_every_control_in_every_state_is_taken() {
    for reply in replies() {
        // What says of another action that it was done is one word that cannot be read, whatever it says.
        let of = match &reply {
            Reply::Released { amount: Some(_), .. } => Some(ActionKind::Release),
            Reply::Deducted { amount: Some(_) } => Some(ActionKind::Deduct),
            _ => None,
        };
        let input = OrderInput::Answered(Arc::new(Answer::of(reply)));
        in_every_state_of(
            |kind| of.is_none_or(|of| of == kind),
            |world, order, _| {
                world
                    .decide_about(&[order], |draft| {
                        Ok(apply(draft, order, input.clone(), &Source::default()))
                    })
                    .map(drop)
            },
        );
    }
}

#[test]
fn everything_that_happens_to_a_control_in_every_state_is_a_legal_move() {
    let fault = |kind| Fault::new(kind, "send", "invented");
    for input in [
        OrderInput::Faulted(fault(FaultKind::OutcomeUnknown)),
        OrderInput::Faulted(fault(FaultKind::Unsupported)),
        OrderInput::Unreadable(fault(FaultKind::Malformed)),
        OrderInput::HandedOver,
        OrderInput::DeadlinePassed,
        OrderInput::Withheld(fault(FaultKind::Transient)),
        OrderInput::Interrupted,
        OrderInput::Cancelled,
        OrderInput::Restored,
    ] {
        in_every_state(|world, order, _| {
            world
                .decide_about(&[order], |draft| Ok(apply(draft, order, input.clone(), &Source::default())))
                .map(drop)
        });
    }
}

#[test]
fn an_act_in_a_state_that_does_not_allow_it_is_refused_and_is_no_defect() {
    let into = CourtAccount {
        holder: "临汾市测试中级人民法院".to_owned(),
        number: "6222000000000001".to_owned(),
        bank: "测试银行".to_owned(),
        bank_number: String::new(),
        class: String::new(),
    };
    let release = |scope| Act::Release(Release { scope, ground: ReleaseReason::Excess });
    for resolution in [
        Resolution::Done(Some(500.into())),
        Resolution::Done(None),
        Resolution::NotDone,
        Resolution::SendAgain,
        Resolution::GiveUp,
    ] {
        in_every_state(|world, order, _| world.act(Act::Resolve(order, resolution)).map(drop));
    }
    in_every_state(|world, order, id| {
        let is_own = world.file.measures[&id].order == Some(order);
        if !is_own {
            return Ok(());
        }
        let acts = [
            Act::Approve(id, Approval::default()),
            Act::Reject(id),
            Act::Reconsider(id),
            Act::Renew(id, Renewal::default()),
            Act::Deduct(id, Deduction { amount: None, into: into.clone(), courts: Courts::All }),
            Act::Transfer(id, Transfer { to: transferee() }),
            release(ReleaseScope::Measure(id, None)),
            release(ReleaseScope::Measure(id, Some(500.into()))),
            release(ReleaseScope::Surplus(id)),
            release(ReleaseScope::Case),
            Act::Cancel(world.file.orders[&order].inquiry),
        ];
        let file = world.file.clone();
        for act in acts {
            world.file = file.clone();
            if let Err(rejected @ Rejected::Defect(_)) = world.act(act) {
                return Err(rejected);
            }
        }
        Ok(())
    });
}
