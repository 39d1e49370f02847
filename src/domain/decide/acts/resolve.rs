//! Controls that are undetermined, overdue or refused: a person decides what became of them, sends them again, or gives them up.

use std::sync::Arc;

use chakong_contract::reply::{Answer, Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Currency, FaultKind, Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{
    EventType, Measure, MeasureState, OrderId, OrderRecord, OrderState, Source, TaskKind,
};
use super::super::clock::end_if_over;
use super::super::control::never_placed;
use super::super::counting::{Cause, is_unwanted};
use super::super::draft::Draft;
use super::super::ledger::follow;
use super::super::orders::OrderInput;
use super::super::reply::{Applied, apply};
use super::super::taken_back::take_back;
use super::super::telling::tell_order;
use super::super::unsent;
use super::super::without_answer::undone;
use super::super::{Decided, Rejected};
use super::resolution::Resolution;
use super::send_again::{order_anew, send_again};
use super::{By, Outcome};

/// Decides what became of a control.
pub fn resolve(draft: &mut Draft<'_>, id: OrderId, resolution: Resolution, by: By<'_>) -> Decided<Outcome> {
    let order = draft.file.orders.get(&id).cloned().ok_or(Rejected::Unknown("order"))?;
    if !order.is_control() {
        return Err(Rejected::NotNow(
            "仅控制类请求可核实结果，查询请重新查询 only a control is resolved; a query is asked again"
                .into(),
        ));
    }
    if resolution != Resolution::Withdraw && !is_for_a_person(&order) {
        return Err(Rejected::NotNow(format!(
            "该请求现在不能核实结果 the order is {}; only a control that is undetermined, overdue, refused or failed is resolved, or one whose answer cannot be read",
            order.state.word()
        )));
    }
    // What was refused or never sent was not done: a person who says so, or leaves it, is done with it.
    let has_ended = matches!(order.state, OrderState::Refused | OrderState::Failed);
    let orders = match resolution {
        Resolution::Done(amount) => {
            answer(draft, &order, done(&order, amount, by.note())?)?;
            vec![id]
        }
        Resolution::NotDone if has_ended => {
            not_placed_after_all(draft, &order, by);
            take_back(draft, &order, by.note());
            vec![id]
        }
        Resolution::GiveUp if has_ended => vec![id],
        Resolution::NotDone => {
            let refusal = Refusal { reason: RefusalReason::Other, words: by.note() };
            answer(draft, &order, Reply::NotHeld(refusal))?;
            vec![id]
        }
        Resolution::SendAgain if has_ended => order_anew(draft, &order, by)?,
        Resolution::SendAgain if never_left(draft, &order) => {
            let orders = order_anew(draft, &order, by)?;
            draft.move_order(OrderRecord { state: OrderState::Failed, ..order.clone() });
            orders
        }
        Resolution::SendAgain => vec![send_again(draft, &order)?],
        Resolution::GiveUp => {
            give_up(draft, &order, by);
            vec![id]
        }
        Resolution::Withdraw => {
            withdraw(draft, &order, by)?;
            vec![id]
        }
    };
    draft.close_tasks(|task| {
        // A person who takes a control for not done answers the refusal, too, unless that was known before.
        let is_done = task.kind == TaskKind::Resolve || has_ended && task.kind == TaskKind::AnswerRefusal;
        is_done && task.order == Some(id)
    });
    let after = draft.file.orders.get(&id).cloned().unwrap_or(order);
    let sent_as = orders.iter().filter(|sent| **sent != id).find_map(|sent| draft.file.orders.get(sent));
    let data = json!({ "decision": resolution.word(), "sent_as": sent_as.map(OrderRecord::number) });
    tell_order(draft, EventType::OrderResolved, &after, None, Some(data));
    Ok(Outcome { measures: after.measure.into_iter().collect(), orders })
}

/// Whether a person may say what became of a control: nobody knows, its answer cannot be read, or it was not done.
fn is_for_a_person(order: &OrderRecord) -> bool {
    use OrderState::{Awaiting, Failed, Overdue, Refused, Undetermined};
    let is_unread = order.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Malformed);
    matches!(order.state, Undetermined | Overdue | Refused | Failed) || order.state == Awaiting && is_unread
}

/// Whether a freeze whose time is over never left, so that nothing is asked of its property.
fn never_left(draft: &Draft<'_>, order: &OrderRecord) -> bool {
    let measure = order.measure.and_then(|id| draft.file.measures.get(&id));
    let is_free = |one: &Measure| one.state == MeasureState::Skipped && one.order == Some(order.id);
    let is_over = order.state == OrderState::Overdue && order.instruction.kind() == ActionKind::Freeze;
    is_over && measure.is_some_and(is_free)
}

/// A control that has not left is withdrawn on a person's word.
fn withdraw(draft: &mut Draft<'_>, order: &OrderRecord, by: By<'_>) -> Decided<()> {
    let id = order.measure.ok_or(Rejected::Unknown("measure"))?;
    let measure = draft.measure(id)?;
    let is_release = order.instruction.kind() == ActionKind::Release;
    if is_release && is_unwanted(&draft.file, &measure) {
        return Err(Rejected::NotAllowed(
            "标的已了结或当事人已解除，解除请求不得撤回 the claim is closed or the party was freed: the release is not withdrawn"
                .into(),
        ));
    }
    if measure.control != Some(order.id) || !unsent::take_back(draft, id, &by.note()) {
        return Err(Rejected::NotNow(format!(
            "该请求可能已发出，不能撤回，请等待反馈 the order is {} and may have left: it is not withdrawn, wait for the answer",
            order.state.word()
        )));
    }
    let measure = draft.measure(id)?;
    if measure.state == MeasureState::Candidate {
        draft.move_measure(Measure { state: MeasureState::Skipped, note: by.note(), ..measure });
    }
    end_if_over(draft, id);
    follow(draft, Cause::Act);
    Ok(())
}

/// What a counterpart would have said.
fn done(order: &OrderRecord, amount: Option<Decimal>, words: String) -> Decided<Reply> {
    // In the currency of the order: a foreign account is spoken of in its own.
    let currency = order.instruction.amount().map_or(Some(Currency::CNY), |ordered| ordered.currency);
    let said = amount.map(|amount| Money { amount, currency });
    Ok(match order.instruction.kind() {
        ActionKind::Release => Reply::Released { amount: said, words },
        ActionKind::Deduct => Reply::Deducted { amount: said },
        ActionKind::Transfer => Reply::Transferred { on: None },
        ActionKind::Freeze | ActionKind::Renew | ActionKind::Query => {
            let whole = order.instruction.target().is_some_and(|target| {
                use chakong_contract::order::Target;
                matches!(target, Target::Property { .. } | Target::Equity { .. })
            });
            let held = match (said, whole) {
                (Some(held), _) => held,
                (None, true) => Money::yuan(Decimal::ZERO),
                (None, false) => {
                    return Err(Rejected::NotAllowed(
                        "须载明实际控制金额 say how much is really held".into(),
                    ));
                }
            };
            Reply::Held(Holding { words, ..Holding::of(held) })
        }
    })
}

fn answer(draft: &mut Draft<'_>, order: &OrderRecord, reply: Reply) -> Decided<()> {
    let source = Source::by_hand();
    let input = OrderInput::Answered(Arc::new(Answer::of(reply)));
    match apply(draft, order.id, input, &source) {
        (_, Applied::Unfit(words)) => Err(Rejected::NotAllowed(words)),
        (after, Applied::Repeat) if after.state == OrderState::Undetermined => Err(Rejected::NotAllowed(
            "与已收到而不符请求的反馈相同 the counterpart said the same, and it does not fit the order"
                .into(),
        )),
        (_, Applied::Nothing | Applied::Repeat | Applied::Written) => Ok(()),
    }
}

/// A person found that a freeze which counts still was not placed after all: nothing is held, and what was ordered about it since and
/// never left is withdrawn.
fn not_placed_after_all(draft: &mut Draft<'_>, order: &OrderRecord, by: By<'_>) {
    let of_freeze = |measure: &&Measure| {
        let is_own = measure.order == Some(order.id) && order.instruction.kind() == ActionKind::Freeze;
        is_own && measure.state.stands()
    };
    let known = |draft: &Draft<'_>| draft.file.measures.get(&order.measure?).filter(of_freeze).cloned();
    let Some(measure) = known(draft) else { return };
    let control = measure.control.and_then(|id| draft.file.orders.get(&id));
    if let Some(unsent) = control.filter(|one| !one.may_have_left()).map(|one| one.id) {
        apply(draft, unsent, OrderInput::Cancelled, &Source::by_hand());
    }
    let Some(measure) = known(draft) else { return };
    let gone = never_placed(&measure, by.note());
    draft.move_measure(gone.measure.clone());
    if let Some(event) = gone.event {
        draft.tell(event, &gone.measure, Some(order.id));
    }
    follow(draft, Cause::Answered(measure.id));
}

/// The control is not pursued. What it would have changed stays as it was; a late answer is still taken.
fn give_up(draft: &mut Draft<'_>, order: &OrderRecord, by: By<'_>) {
    draft.move_order(OrderRecord { state: OrderState::Failed, ..order.clone() });
    let Some(measure) = order.measure.and_then(|id| draft.file.measures.get(&id)).cloned() else { return };
    let is_only_taken = measure.state == MeasureState::Accepted && measure.order == Some(order.id);
    let is_own = measure.control == Some(order.id) || is_only_taken;
    if !is_own || measure.state == MeasureState::Candidate {
        return;
    }
    let id = measure.id;
    draft.move_measure(undone(&measure, by.note()));
    end_if_over(draft, id);
    follow(draft, Cause::Answered(id));
}
