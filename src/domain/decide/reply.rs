//! Replies, and whatever else happens to an order: the order moves, the answer is kept, and the ledger, the events, the
//! tasks and the certificate follow.

use std::sync::Arc;

use chakong_contract::reply::Answer;
use chakong_contract::{ActionKind, FaultKind, Reply};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::abilities::CONTROL_DEADLINE;
use super::super::{
    Booking, Change, EventType, InquiryState, Measure, MeasureState, OrderId, OrderRecord, OrderState,
    Revision, Source, TaskKind,
};
use super::beside::own_line;
use super::certificate::close_after;
use super::clock::end_if_over;
use super::control::{apply_answer, is_passing};
use super::counting::Cause;
use super::draft::{Draft, NewTask};
use super::due::look_beside;
use super::effect::{self, is_accepted_only};
use super::fitting::unfit;
use super::follow_up::follow_up;
use super::giving_back::give_back_unwanted;
use super::late;
use super::ledger::follow;
use super::orders::{OrderInput, OrderRules, Settled, settle};
use super::released::MeasureOutcome;
use super::repeated::repeat;
use super::said_back::tell_what_was_said_back;
use super::shortfall::short_of;
use super::telling::{ask_a_person, in_words, tell_order, tell_surplus};
use super::without_answer::without_answer;
use super::{desk, differences, left_lying, news, passing_on, query, recognise, taken_back, wanted_again};

/// Why a person is asked about an answer that cannot be read. The counterpart may feed back once more by itself.
const UNREADABLE: &str = "控制反馈无法识别，须向协助单位核实或催其重新反馈 an answer to a control cannot be read: ask the counterpart what it did, or for another answer";

/// Why a person is asked about a freeze that was not placed after all while something else is under way about it.
const NOT_PLACED: &str = "协助单位更正反馈为未冻结，而该措施另有请求在办，须核实是否在控 the counterpart says that the freeze was not placed after all, and another control of it is under way: find out whether anything is held";

/// Whether something that happened was news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Nothing follows from it.
    Nothing,
    /// The same answer was taken before.
    Repeat,
    /// It was written, with everything that follows.
    Written,
    /// It is kept and does not fit what was ordered; a person looks at it. In words for the counterpart.
    Unfit(String),
}

/// Settles an order and makes everything that follows. Gives the order as it stands then, and whether it was news.
pub fn apply(
    draft: &mut Draft<'_>,
    id: OrderId,
    input: OrderInput,
    source: &Source,
) -> (OrderRecord, Applied) {
    let Some(order) = draft.file.orders.get(&id).cloned() else {
        unreachable!("the engine loads every order that an input is about")
    };
    let next = passing_on::next_in_turn(draft, &order, &input);
    let rules = OrderRules { passes_on: next.is_some(), ..OrderRules::of(&order, &draft.facts) };
    if let OrderInput::Answered(answer) = &input
        && let Some(words) = unfit(&order.instruction, &answer.reply)
    {
        return unfitting(draft, &order, answer, source, words);
    }
    let is_unreadable = matches!(input, OrderInput::Unreadable(_));
    let Some(settled) = settle(&order, input, &rules) else { return (order, Applied::Nothing) };
    if is_repeat(draft, &settled) {
        return (order, Applied::Repeat);
    }
    if let Some(words) = does_not_fit_the_measure(draft, &settled, source) {
        let answer = settled.answer.unwrap_or_else(|| unreachable!("only an answer does not fit"));
        return unfitting(draft, &order, &answer, source, words);
    }
    let next = next.filter(|_| settled.order.state == OrderState::Failed);
    let is_said_again = is_said_again(draft, &order, &settled);
    draft.move_order(settled.order.clone());
    let revision = settled.answer.as_ref().map(|answer| record(draft, &settled.order, answer, source));
    if let Some(kind) = settled.event {
        let data = fault_of(&settled, next.as_deref());
        tell_order(draft, kind, &settled.order, revision, data);
    }
    if let Some(next) = next {
        passing_on::pass_on(draft, &order, next);
    }
    if settled.order.is_control() {
        // What was said before is in the ledger, with all that came since.
        if !is_said_again {
            after_control(draft, &order, &settled);
        }
        if is_unreadable {
            ask_a_person(draft, &settled.order, UNREADABLE.to_owned());
        }
    } else {
        match settled.order.state {
            OrderState::Overdue => left_lying::overdue(draft, &settled.order),
            _ if settled.answer.is_some() => left_lying::answered(draft, &settled.order),
            _ => {}
        }
        let lines = draft.file.measures.len();
        after_query(draft, &settled);
        if settled.answer.is_some() {
            news::show(draft, &settled.order, lines);
        }
    }
    if is_asked_for_nobody(draft, &settled.order) {
        return apply(draft, id, OrderInput::Cancelled, source);
    }
    close_after(draft, order.inquiry, settled.answer.is_some());
    (settled.order, Applied::Written)
}

/// Whether a query waits to be sent or asked about once more, though its inquiry was cancelled, or its party freed, while it was on its way.
fn is_asked_for_nobody(draft: &Draft<'_>, order: &OrderRecord) -> bool {
    let inquiry = draft.file.inquiries.get(&order.inquiry);
    let is_cancelled = inquiry.is_some_and(|one| one.state == InquiryState::Cancelled);
    let is_waiting = !order.is_control() && order.state == OrderState::Queued;
    is_waiting && (is_cancelled || draft.file.is_about_freed(order))
}

/// Why there is no answer, for the event: the order's own fault changes later, and an event never does.
fn fault_of(settled: &Settled, next: Option<&str>) -> Option<Value> {
    let fault = settled.order.fault.as_ref().filter(|_| settled.answer.is_none())?;
    let mut data = json!({ "kind": fault.kind, "detail": fault.to_string(), "status": fault.status });
    if let Some(next) = next {
        data["passed_on_to"] = next.into();
    }
    Some(data)
}

/// The same answer once more, from a counterpart that hands things in twice: no news.
fn is_repeat(draft: &Draft<'_>, settled: &Settled) -> bool {
    let Some(answer) = &settled.answer else { return false };
    is_known(draft, &settled.order, answer)
}

fn is_known(draft: &Draft<'_>, order: &OrderRecord, answer: &Answer) -> bool {
    let last = draft.file.revisions.get(&order.root).filter(|last| last.order == order.id);
    last.is_some_and(|last| is_same(&last.answer, answer))
}

/// Whether a control that an answer settled is answered the same once more, with another receipt or other values that are not known: that
/// is kept, and says nothing new of the measure. What was sent again is answered anew.
fn is_said_again(draft: &Draft<'_>, before: &OrderRecord, settled: &Settled) -> bool {
    let is_settled = matches!(before.state, OrderState::Answered | OrderState::Refused);
    let last = draft.file.revisions.get(&before.root).filter(|last| last.order == before.id);
    let same =
        settled.answer.as_ref().zip(last).is_some_and(|(answer, last)| answer.reply == last.answer.reply);
    before.is_control() && is_settled && same
}

/// Whether two answers are the same but for the time they were given.
fn is_same(one: &Answer, other: &Answer) -> bool {
    one.reply == other.reply && one.unknown == other.unknown && one.receipts == other.receipts
}

/// An answer to a control that does not fit its measure as it stands: a release of more than was ordered, and the like.
fn does_not_fit_the_measure(draft: &Draft<'_>, settled: &Settled, source: &Source) -> Option<String> {
    let (answer, id, order) = (settled.answer.as_ref()?, settled.order.measure?, &settled.order);
    let measure = draft.file.measures.get(&id)?;
    if let Err(unfit) = apply_answer(measure, &order.instruction, &answer.reply, draft.today()) {
        return Some(unfit);
    }
    // A person has looked at what contradicts.
    let before = draft.file.revisions.get(&order.root);
    late::contradicted(measure, order, before, &answer.reply).filter(|_| !source.is_by_hand())
}

/// Keeps an answer that does not fit what was ordered. No number of it enters the ledger; a person decides.
fn unfitting(
    draft: &mut Draft<'_>,
    order: &OrderRecord,
    answer: &Arc<Answer>,
    source: &Source,
    words: String,
) -> (OrderRecord, Applied) {
    // Said again of a control that was sent again, it is news.
    if !order.state.is_open() && is_known(draft, order, answer) {
        return (order.clone(), Applied::Repeat);
    }
    let number = record(draft, order, answer, source);
    let mut after = order.clone();
    let is_settled = matches!(order.state, OrderState::Answered | OrderState::Refused);
    if !is_settled || late::is_done(&answer.reply) {
        after.state = OrderState::Undetermined;
        draft.move_order(after.clone());
    }
    let data = json!({ "kind": FaultKind::Malformed, "detail": words, "status": null });
    tell_order(draft, EventType::OrderUndetermined, &after, Some(number), Some(data));
    ask_a_person(draft, &after, format!("反馈与请求不符，须核实 the answer does not fit the order: {words}"));
    close_after(draft, order.inquiry, true);
    (after, Applied::Unfit(words))
}

fn record(draft: &mut Draft<'_>, order: &OrderRecord, answer: &Arc<Answer>, source: &Source) -> u32 {
    let last = draft.file.revisions.get(&order.root);
    let number = last.map_or(1, |last| last.number + 1);
    let differences =
        last.map(|last| differences::between(last.answer.reply.assets(), answer.reply.assets()));
    draft.push(Change::NewRevision(Box::new(Revision {
        root: order.root,
        number,
        order: order.id,
        inquiry: order.inquiry,
        at: draft.now(),
        answer: Arc::clone(answer),
        stored: None,
        raw: source.raw,
        raw_digest: source.digest.clone(),
        connector: source.connector.clone(),
        differences,
        cached_from: source.cached_from,
    })));
    number
}

fn after_query(draft: &mut Draft<'_>, settled: &Settled) {
    if !draft.file.chain.needs_ledger() {
        return;
    }
    match &settled.answer {
        Some(answer) => {
            recognise::own_measures(draft, &settled.order, &answer.reply);
            query::found(draft, &settled.order, &answer.reply);
            follow(draft, Cause::Found);
        }
        // The last query came to nothing: now it is known what deposits do not cover.
        None if !settled.order.state.is_open() => follow(draft, Cause::Found),
        None => {}
    }
}

/// Brings the ledger up to date after a control came to an end or was answered, and asks for what now fits.
fn after_control(draft: &mut Draft<'_>, before: &OrderRecord, settled: &Settled) {
    let order = &settled.order;
    let Some(measure) = order.measure.and_then(|id| draft.file.measures.get(&id)).cloned() else { return };
    let id = measure.id;
    match &settled.answer {
        Some(answer) => {
            draft.close_tasks(|task| task.kind == TaskKind::Resolve && task.order == Some(order.id));
            effect::expect(draft, order, is_accepted_only(&answer.reply));
            if is_passing(&answer.reply) && repeat(draft, order, &measure) {
                return;
            }
            let old = id;
            let (id, measure) = own_line(draft, order, measure, answer);
            if !is_old_word(before, &measure, answer) {
                answered(draft, order, &measure, answer);
            }
            if matches!(answer.reply, Reply::Released { .. }) {
                let held = draft.file.measures.get(&id).map_or(Decimal::ZERO, |after| after.held);
                look_beside(draft, id, measure.held - held);
            }
            end_if_over(draft, id);
            let is_placed = order.instruction.kind() == ActionKind::Freeze || id != old;
            follow(draft, if is_placed { Cause::Placed(id) } else { Cause::Answered(id) });
            if matches!(answer.reply, Reply::Released { .. }) {
                wanted_again::look_again(draft, &measure);
                tell_what_was_said_back(draft, order, &measure, &answer.reply);
            }
            if order.instruction.kind() != ActionKind::Release {
                give_back_unwanted(draft, id);
            }
            return;
        }
        None => {
            let after = without_answer(&measure, before, order);
            match order.state {
                OrderState::Overdue => {
                    let note = silent(draft, order);
                    ask_a_person(draft, order, note);
                }
                OrderState::Undetermined => ask_a_person(
                    draft,
                    order,
                    "控制结果不明，须核实 nobody knows what became of a control".to_owned(),
                ),
                OrderState::Failed => ask_a_person(
                    draft,
                    order,
                    "请求未能发出，须重新办理 the request could not be carried out: order it again"
                        .to_owned(),
                ),
                _ => {}
            }
            if after == measure {
                return;
            }
            draft.move_measure(after.clone());
            if after.state == MeasureState::Skipped {
                draft.tell(EventType::MeasureChanged, &after, Some(order.id));
            }
            end_if_over(draft, id);
        }
    }
    follow(draft, Cause::Answered(id));
    if order.instruction.kind() != ActionKind::Release {
        give_back_unwanted(draft, id);
    }
}

/// That a counterpart was silent about a control, with the time that it had.
fn silent(draft: &Draft<'_>, order: &OrderRecord) -> String {
    if let Some(note) = desk::silence(&draft.facts, &order.lane) {
        return note;
    }
    let had = draft.facts.rules.abilities.control_deadline(&order.lane);
    let (chinese, english) = in_words(had);
    let law = if had == CONTROL_DEADLINE { " (法〔2018〕64号)" } else { "" };
    format!("{chinese}未反馈控制结果，须催办或核实 no answer to a control within {english}{law}")
}

/// Whether it is said of a renewal that it was not done which nobody said was done, and which is no longer under way: the term
/// that stands is that of another renewal.
fn is_old_word(before: &OrderRecord, measure: &Measure, answer: &Answer) -> bool {
    let is_declined = matches!(answer.reply, Reply::NotHeld(_) | Reply::Refused(_));
    let is_renewal = before.instruction.kind() == ActionKind::Renew;
    is_renewal && is_declined && measure.control != Some(before.id) && before.state != OrderState::Answered
}

fn answered(draft: &mut Draft<'_>, order: &OrderRecord, measure: &Measure, answer: &Arc<Answer>) {
    let is_declined = matches!(answer.reply, Reply::NotHeld(_) | Reply::Refused(_));
    let is_freeze = order.instruction.kind() == ActionKind::Freeze;
    if is_declined && measure.said.is_booked(order.id) {
        taken_back::ask(draft, order, measure, &answer.reply);
        return;
    }
    // A word about an earlier control changes nothing about the one that is under way.
    let is_current = measure.control.is_none_or(|control| control == order.id);
    // That an earlier control was not done says nothing about the one that was ordered since.
    if is_declined && (!is_current || is_freeze && measure.order.is_some_and(|newest| newest != order.id)) {
        // That the measure itself was never placed says something about all that was ordered since.
        if is_freeze && measure.order == Some(order.id) && measure.state.stands() {
            ask_a_person(draft, order, NOT_PLACED.to_owned());
        }
        return;
    }
    let is_done = late::is_done(&answer.reply);
    if is_done && measure.said.is_booked(order.id) {
        return;
    }
    let is_late = is_done && !late::is_under_way(measure, order);
    // It was looked at before; what does not fit never comes here.
    let outcome = match apply_answer(measure, &order.instruction, &answer.reply, draft.today()) {
        _ if is_late && measure.said.surplus_release == Some(order.id) => {
            late::surplus(measure, &answer.reply)
        }
        _ if is_late => late::late(measure, &order.instruction, &answer.reply),
        Ok(outcome) => outcome,
        Err(_) => return,
    };
    let mut outcome = remembered(draft, order, measure, outcome, is_done);
    let short = short_of(measure, &order.instruction, &answer.reply).filter(|_| outcome.measure != *measure);
    if let Some(words) = &short {
        outcome.measure.note.clone_from(words);
    }
    // What is only taken, and what was ordered since, is under way still.
    let control = measure.control.filter(|_| !is_current || outcome.measure.state.is_busy());
    draft.move_measure(Measure { control, ..outcome.measure.clone() });
    if let Some(kind) = outcome.event {
        draft.tell(kind, &outcome.measure, Some(order.id));
        follow_up(draft, kind, &outcome.measure);
        if is_late {
            let id = measure.id;
            draft.close_tasks(|task| task.kind == TaskKind::AnswerRefusal && task.measure == Some(id));
        }
    }
    if let Some(words) = short {
        let task = NewTask::about(TaskKind::Review, &outcome.measure, draft.now());
        draft.task(NewTask { order: Some(order.id), ..task }, words);
    }
    tell_surplus(draft, measure.surplus, &outcome.measure, Some(order.id));
}

/// Remembers what an answer says beside the amounts: which controls were done, and when the measure stood last.
fn remembered(
    draft: &Draft<'_>,
    order: &OrderRecord,
    before: &Measure,
    mut outcome: MeasureOutcome,
    is_done: bool,
) -> MeasureOutcome {
    let is_renewed = outcome.event == Some(EventType::MeasureRenewed);
    if is_renewed {
        outcome.measure.said.stood = Some(draft.now());
    }
    if is_done && outcome.measure != *before {
        let booking = Booking::between(order.id, before, &outcome.measure);
        outcome.measure.said.book(booking, draft.now());
    }
    outcome
}
