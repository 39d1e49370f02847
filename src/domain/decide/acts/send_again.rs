//! Controls that are sent again, or ordered anew: once, as the case stands now, and only as long as nothing was ordered or done in their place.

use chakong_contract::{ActionKind, Instruction, Money};
use rust_decimal::Decimal;

use super::super::super::people::Courts;
use super::super::super::{
    EventType, Measure, MeasureState, OrderId, OrderRecord, OrderState, Subject, number_of,
};
use super::super::ask::ask;
use super::super::counting::is_not_to_be_frozen;
use super::super::draft::{Draft, NewOrder};
use super::super::releasing::{is_idle, start_release, start_surplus_release};
use super::super::repeated::within_room;
use super::super::unsent;
use super::super::{Decided, Rejected};
use super::deduct::OnPapers;
use super::{Approval, By, Deduction, Renewal, Transfer, approve, authorise, deduct, renew, second_person};

/// Under the same number where the counterpart acts on a number once and nobody carried it along; else under a new one, for which the
/// person has made sure that the old one was not carried out. A freeze asks for no more than the claim and the party's liability leave
/// open by now: under its old number it says what it said, and is not sent where that is more.
pub fn send_again(draft: &mut Draft<'_>, order: &OrderRecord) -> Decided<OrderId> {
    let measure = order.measure.and_then(|id| draft.file.measures.get(&id)).cloned();
    let measure = measure.ok_or(Rejected::Unknown("measure"))?;
    if let Some(why) = unsent::unwanted(&draft.file, &measure, order, draft.today()) {
        return Err(Rejected::NotNow(format!(
            "该请求已无须办理，不再发送，请查明是否已办理：{why}: it is not sent again; find out whether it was done"
        )));
    }
    let is_only_taken = measure.state == MeasureState::Accepted && measure.order == Some(order.id);
    let waits = is_only_taken || measure.control == Some(order.id) && measure.state.is_busy();
    if !waits {
        return Err(Rejected::NotNow(format!(
            "该措施状态已变，请重新办理，不再发送原请求 the measure is {}: order the act anew instead of sending this order again",
            measure.state.word()
        )));
    }
    if order.instruction.kind() == ActionKind::Freeze {
        is_to_be_frozen(&measure)?;
    }
    let fitting = within_room(draft, order, &measure);
    // Not what is between its making and its deadline, which grows each time it is sent again.
    let allowed = draft.facts.rules.abilities.control_deadline(&order.lane);
    let deadline = draft.now().checked_add(allowed).unwrap_or(draft.now());
    // One whose answer cannot be read awaits it still.
    let open = matches!(order.state, OrderState::Undetermined | OrderState::Overdue | OrderState::Awaiting);
    // A paper that was carried along is known by its number to nobody over another line: the same number would be acted on once more.
    let was_carried = draft.file.carried.contains(&order.id);
    if open && !was_carried && draft.facts.rules.abilities.is_idempotent(&order.lane) {
        if fitting.is_none_or(|(_, fitting)| fitting.limit < measure.limit) {
            return Err(too_much(&measure));
        }
        let due = draft.now();
        let again = OrderRecord { state: OrderState::Queued, due, attempts: 0, deadline, ..order.clone() };
        draft.move_order(again);
        return Ok(order.id);
    }
    let (instruction, measure) = fitting.ok_or_else(|| too_much(&measure))?;
    let new = draft.new_order(NewOrder {
        inquiry: order.inquiry,
        lane: order.lane.clone(),
        subject: Subject { party: order.party, document: order.document },
        instruction,
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

/// A freeze whose limit is more than the claim, or the party's liability, leaves open by now.
fn too_much(measure: &Measure) -> Rejected {
    let limit = measure.money(measure.limit);
    Rejected::NotNow(format!(
        "原请求冻结 {limit}，已超出所余标的或当事人责任限额，不再发送；请查明是否已冻结，未冻结的先办结为未办理，再重新审批 the freeze of {limit} is more than the claim, or the party's liability, leaves open by now: find out whether it was done; where it was not, resolve it as not done and approve it anew"
    ))
}

/// That nothing was found meanwhile for which the property is left alone: that takes an approval of its own.
fn is_to_be_frozen(measure: &Measure) -> Decided<()> {
    if is_not_to_be_frozen(measure) || measure.left_alone.is_some() || measure.is_anothers {
        return Err(Rejected::NotAllowed(
            "该财产豁免或应予排除，须另行审批 the property is exempt or to be left alone: approve it anew instead".into(),
        ));
    }
    Ok(())
}

/// What a refused or failed control ordered is ordered once more, as the case stands now, on the papers that it went out on.
pub fn order_anew(draft: &mut Draft<'_>, order: &OrderRecord, by: By<'_>) -> Decided<Vec<OrderId>> {
    let id = order.measure.ok_or(Rejected::Unknown("measure"))?;
    let measure = draft.measure(id)?;
    if measure.said.is_booked(order.id) {
        return Err(Rejected::NotNow(
            "台账已按办理记账，确未办理的先办结为未办理，再重新办理 the ledger has it as done: where it was not done, resolve it as not done first"
                .into(),
        ));
    }
    if !is_newest_word(&measure, order) {
        return Err(Rejected::NotNow(format!(
            "该请求之后已另行办理，请在台账上重新办理 something was ordered or done about the measure since this order, and it is {}: order the act anew",
            measure.state.word()
        )));
    }
    match order.instruction.clone() {
        Instruction::Freeze { limit, .. } => {
            approve::check(draft, &measure)?;
            is_to_be_frozen(&measure)?;
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
            deduct::deduct(draft, id, deduction, OnPapers::Kept(order.papers.clone()))?;
        }
        Instruction::Transfer { to, .. } => {
            deduct::transfer(draft, id, Transfer { to }, OnPapers::Kept(order.papers.clone()))?;
        }
        Instruction::Release { .. } | Instruction::Query { .. } => {
            return Err(Rejected::NotNow(format!(
                "该措施尚有事项办理中，请待其办结 the measure is {}: what is under way about it must end first",
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
            let is_free = matches!(measure.state, MeasureState::Refused | MeasureState::Skipped);
            is_free && measure.order == Some(order.id)
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
