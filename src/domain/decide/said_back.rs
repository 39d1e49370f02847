//! Releases of which the counterpart said the ordered sum back, though a part of it held nothing.

use chakong_contract::{Instruction, Reply};
use rust_decimal::Decimal;

use super::super::{Measure, OrderRecord, TaskKind};
use super::draft::{Draft, NewTask};
use super::due::ask_again;
use super::released::says_back;

/// Has a person look at a release of which the counterpart said the ordered sum back, and the account looked at once more: what is held
/// there is not known for sure. `before` is the measure as it was before the answer.
pub fn tell_what_was_said_back(draft: &mut Draft<'_>, order: &OrderRecord, before: &Measure, reply: &Reply) {
    let (Instruction::Release { amount: Some(ordered), .. }, Reply::Released { amount: Some(said), .. }) =
        (&order.instruction, reply)
    else {
        return;
    };
    let limit = (before.limit - ordered.amount).max(Decimal::ZERO);
    let is_of_surplus = before.said.surplus_release == Some(order.id);
    let is_news = before.state.stands() && !before.said.is_booked(order.id) && !is_of_surplus;
    if !is_news || !says_back(before, limit, said.amount) {
        return;
    }
    let Some(measure) = draft.file.measures.get(&before.id).cloned() else { return };
    let note = format!(
        "反馈已解除 {said}，而所解除的限额中仅 {} 有资金，按仍控制 {} 计，已重新查询，须核实 {said} is said to be set free, and no more could be: what is held counts as before, and the account is looked at",
        (before.held - limit).max(Decimal::ZERO),
        measure.held
    );
    draft.task(NewTask::about(TaskKind::Review, &measure, draft.now()), note);
    if draft.file.may_be_asked_about(&measure) {
        ask_again(draft, &measure, None);
    }
}
