//! Controls that are undetermined, overdue or refused: a person decides what became of them, sends them again, or gives them up.

use std::sync::Arc;

use chakong_contract::reply::{Answer, Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Currency, FaultKind, Instruction, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::people::Courts;
use super::super::super::{
    EventType, Measure, MeasureState, OrderId, OrderRecord, OrderState, Source, Subject, TaskKind, number_of,
};
use super::super::ask::ask;
use super::super::clock::end_if_over;
use super::super::control::never_placed;
use super::super::counting::{Cause, is_unwanted};
use super::super::draft::{Draft, NewOrder};
use super::super::giving_back::{is_idle, start_release, start_surplus_release};
use super::super::ledger::follow;
use super::super::orders::OrderInput;
use super::super::reply::{Applied, apply};
use super::super::telling::tell_order;
use super::super::unsent;
use super::super::without_answer::undone;
use super::super::{Decided, Rejected};
use super::resolution::Resolution;
use super::{
    Approval, By, Deduction, Outcome, Renewal, Transfer, approve, authorise, deduct, renew, second_person,
};

/// Decides what became of a control.
pub fn resolve(draft: &mut Draft<'_>, id: OrderId, resolution: Resolution, by: By<'_>) -> Decided<Outcome> {
    let order = draft.file.orders.get(&id).cloned().ok_or(Rejected::Unknown("order"))?;
    if !order.is_control() {
        return Err(Rejected::NotNow("only a control is resolved; a query is asked again".into()));
    }
    if resolution != Resolution::Withdraw && !is_for_a_person(&order) {
        return Err(Rejected::NotNow(format!(
            "the order is {}; only a control that is undetermined, overdue, refused or failed is resolved, or one whose answer cannot be read",
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
            vec![id]
        }
        Resolution::GiveUp if has_ended => vec![id],
        Resolution::NotDone => {
            let refusal = Refusal { reason: RefusalReason::Other, words: by.note() };
            answer(draft, &order, Reply::NotHeld(refusal))?;
            vec![id]
        }
        Resolution::SendAgain if has_ended => order_anew(draft, &order, by)?,
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
    tell_order(draft, EventType::OrderResolved, &after, None, None);
    Ok(Outcome { measures: after.measure.into_iter().collect(), orders })
}

/// Whether a person may say what became of a control: nobody knows, its answer cannot be read, or it was not done.
fn is_for_a_person(order: &OrderRecord) -> bool {
    use OrderState::{Awaiting, Failed, Overdue, Refused, Undetermined};
    let is_unread = order.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Malformed);
    matches!(order.state, Undetermined | Overdue | Refused | Failed) || order.state == Awaiting && is_unread
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

/// Under the same number where the counterpart acts on a number once and nobody carried it along; else under a new one, for which the
/// person has made sure that the old one was not carried out.
fn send_again(draft: &mut Draft<'_>, order: &OrderRecord) -> Decided<OrderId> {
    let measure = order.measure.and_then(|id| draft.file.measures.get(&id)).cloned();
    let measure = measure.ok_or(Rejected::Unknown("measure"))?;
    if order.instruction.kind() == ActionKind::Freeze && is_unwanted(&draft.file, &measure) {
        return Err(Rejected::NotNow(
            "标的已了结或当事人已解除，不再冻结，请查明是否已冻结 the claim is closed or the party was freed: the freeze is not sent again; find out whether it was done"
                .into(),
        ));
    }
    let is_only_taken = measure.state == MeasureState::Accepted && measure.order == Some(order.id);
    let waits = is_only_taken || measure.control == Some(order.id) && measure.state.is_busy();
    // Not what is between its making and its deadline, which grows each time it is sent again.
    let allowed = draft.facts.rules.abilities.control_deadline(&order.lane);
    let deadline = draft.now().checked_add(allowed).unwrap_or(draft.now());
    // One whose answer cannot be read awaits it still.
    let open = matches!(order.state, OrderState::Undetermined | OrderState::Overdue | OrderState::Awaiting);
    // A paper that was carried along is known by its number to nobody over another line: the same number would be acted on once more.
    let was_carried = draft.file.carried.contains(&order.id);
    if open && waits && !was_carried && draft.facts.rules.abilities.is_idempotent(&order.lane) {
        let due = draft.now();
        let again = OrderRecord { state: OrderState::Queued, due, attempts: 0, deadline, ..order.clone() };
        draft.move_order(again);
        return Ok(order.id);
    }
    if !waits {
        return Err(Rejected::NotNow(format!(
            "the measure is {}: order the act anew instead of sending this order again",
            measure.state.word()
        )));
    }
    let new = draft.new_order(NewOrder {
        inquiry: order.inquiry,
        lane: order.lane.clone(),
        subject: Subject { party: order.party, document: order.document },
        instruction: order.instruction.clone(),
        priority: order.priority,
        deadline,
        root: None,
        measure: order.measure,
        stands_in: None,
        papers: order.papers.clone(),
    });
    let is_freeze = order.instruction.kind() == ActionKind::Freeze;
    let (first, original_number) = match is_freeze {
        true => (Some(new), number_of(new, draft.now()).to_string()),
        false => (measure.order, measure.original_number.clone()),
    };
    draft.move_measure(Measure { control: Some(new), order: first, original_number, ..measure });
    if open {
        draft.move_order(OrderRecord { state: OrderState::Failed, ..order.clone() });
    }
    Ok(new)
}

/// What a refused or failed control ordered is ordered once more, as the case stands now, on the papers that it went out on.
fn order_anew(draft: &mut Draft<'_>, order: &OrderRecord, by: By<'_>) -> Decided<Vec<OrderId>> {
    let id = order.measure.ok_or(Rejected::Unknown("measure"))?;
    let measure = draft.measure(id)?;
    if !is_newest_word(&measure, order) {
        return Err(Rejected::NotNow(format!(
            "该请求之后已另行办理，请在台账上重新办理 something was ordered or done about the measure since this order, and it is {}: order the act anew",
            measure.state.word()
        )));
    }
    match order.instruction.clone() {
        Instruction::Freeze { limit, .. } => {
            approve::check(draft, &measure)?;
            authorise(draft, &measure, ActionKind::Freeze)?;
            let approval = Approval { limit, ..Approval::default() };
            let limit = approve::limit(draft, &measure, approval)?;
            second_person::check_again(draft, &measure, limit)?;
            let approved_by = measure.approved_by.clone();
            ask(draft, measure, limit, &order.papers, &approved_by)
                .map_err(|error| Rejected::NotAllowed(error.to_string()))?;
            draft.tell(EventType::MeasureApproved, &draft.measure(id)?, None);
        }
        Instruction::Release { amount, .. } if is_idle(&measure) => {
            release_anew(draft, measure, amount, order)?;
        }
        Instruction::Renew { from, until, .. } => {
            let days = u16::try_from(until.since(from).map_or(0, |span| span.get_days()) + 1).ok();
            renew::renew(draft, id, Renewal { days }, Vec::new())?;
        }
        Instruction::Deduct { amount, into, .. } => {
            let courts = if order.court.is_empty() { Courts::All } else { Courts::one(&order.court) };
            let deduction = Deduction { amount: Some(amount.amount), into, courts };
            deduct::deduct(draft, id, deduction, Vec::new())?;
        }
        Instruction::Transfer { to, .. } => {
            deduct::transfer(draft, id, Transfer { to }, Vec::new())?;
        }
        Instruction::Release { .. } | Instruction::Query { .. } => {
            return Err(Rejected::NotNow(format!(
                "the measure is {}: what is under way about it must end first",
                measure.state.word()
            )));
        }
    }
    let measure = draft.measure(id)?;
    draft.move_measure(Measure { note: by.note(), ..measure.clone() });
    Ok(measure.control.into_iter().collect())
}

/// Whether nothing was ordered in the place of a control that was not done, and nothing was done since: ordered twice, it would be done
/// twice.
fn is_newest_word(measure: &Measure, order: &OrderRecord) -> bool {
    match &order.instruction {
        Instruction::Freeze { .. } => {
            measure.state == MeasureState::Refused && measure.order == Some(order.id)
        }
        Instruction::Renew { from, .. } => {
            measure.until.and_then(|until| until.tomorrow().ok()) == Some(*from)
        }
        _ => !measure.said.booked.iter().any(|done| *done > order.id),
    }
}

/// A release that was not done, once more: of the limit, or of what is held beyond it.
fn release_anew(
    draft: &mut Draft<'_>,
    measure: Measure,
    amount: Option<Money>,
    order: &OrderRecord,
) -> Decided<()> {
    let of_surplus = measure.said.surplus_release == Some(order.id);
    let all = if of_surplus { measure.surplus } else { measure.limit };
    let part = amount.map_or(Decimal::ZERO, |amount| amount.amount.min(all));
    if !measure.is_whole() && part <= Decimal::ZERO {
        return Err(Rejected::NotNow("已无可解除的金额 nothing is left that could be released".into()));
    }
    let started = if of_surplus {
        start_surplus_release(draft, measure, &order.papers)
    } else {
        let cause = measure.last_release.cause;
        start_release(draft, measure, part, (&order.papers, cause))
    };
    started.map_err(|error| Rejected::NotAllowed(error.to_string()))
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
