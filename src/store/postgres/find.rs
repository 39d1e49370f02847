//! What is looked for by a filter.

use super::pending::text;
use super::query::{Filter, View};
use super::rows::{self, ACT, TASK, get, micros};
use crate::domain::{
    AuditEntry, CaseId, Chain, ChainId, Inquiry, InquiryId, Measure, MeasureId, OrderId, OrderRecord,
    OrderState, Task,
};
use crate::store::{
    ActFilter, CaseFilter, CaseRow, InquiryFilter, MeasureFilter, OrderFilter, Stored, TaskFilter,
};

pub(super) fn cases(view: &mut View<'_>, filter: &CaseFilter) -> Stored<Vec<CaseRow>> {
    let select = "SELECT c.id, c.chain, c.number, c.court_name, c.court_code, c.continues, c.created,
         n.id, n.created, n.has_ledger, n.claim FROM cases c JOIN chains n ON n.id = c.chain";
    let query = Filter::new(select, "c.id DESC", filter.limit)
        .given("c.number = ?", filter.number.as_deref().map(text))
        .given("c.court_code = ?", filter.court.as_deref().map(text))
        .given("c.id < ?", filter.before.map(CaseId::get));
    view.filtered(query, |row| {
        let claim = rows::optional_json(row, 10, "claim")?;
        let chain = Chain {
            id: ChainId::new(get(row, 7)?),
            created: rows::instant(row, 8)?,
            has_ledger: get(row, 9)?,
            claim,
        };
        Ok(CaseRow { case: rows::case(row)?, chain })
    })
}

pub(super) fn inquiries(view: &mut View<'_>, filter: &InquiryFilter) -> Stored<Vec<Inquiry>> {
    let select = "SELECT i.id, i.uid, i.case_number, i.submitted_by, i.state, i.created, i.deadline,
         i.open_orders, i.completions, i.mandate, i.chain, i.case_id FROM inquiries i";
    let query = Filter::new(select, "i.id DESC", filter.limit)
        .given("i.case_number = ?", filter.case_number.as_deref().map(text))
        .given("i.state = ?", filter.state.map(|state| state as i64))
        .given("i.id < ?", filter.before.map(InquiryId::get));
    view.filtered(query, rows::inquiry)
}

pub(super) fn orders(view: &mut View<'_>, filter: &OrderFilter) -> Stored<Vec<OrderRecord>> {
    let select = "SELECT o.id, o.inquiry, o.lane, o.party, o.document, o.instruction, o.priority, o.state, o.attempts, o.created,
         o.due, o.deadline, o.ticket, o.batch, o.root, o.measure, o.fault, o.stands_in, o.sent, o.papers FROM orders o";
    let query = Filter::new(select, "o.id DESC", filter.limit)
        .given("o.state = ?", filter.state.map(OrderState::code))
        .given("o.lane = ?", filter.counterpart.as_deref().map(text))
        .given("o.action = ?", filter.action.map(|action| action.to_string()))
        .given("o.id < ?", filter.before.map(OrderId::get));
    view.filtered(query, rows::order)
}

pub(super) fn measures(view: &mut View<'_>, filter: &MeasureFilter) -> Stored<Vec<Measure>> {
    let select = "SELECT m.body FROM measures m";
    let court = "m.chain IN (SELECT c.chain FROM cases c WHERE c.court_code = ?)";
    let until = filter.until_before.map(|day| day.to_string());
    let query = Filter::new(select, "m.id DESC", filter.limit)
        .given("m.state = ?", filter.state.map(|state| state.word()))
        .given("m.lane = ?", filter.counterpart.as_deref().map(text))
        .given("m.until_day < ? AND m.next_look IS NOT NULL", until)
        .given(court, filter.court.as_deref().map(text))
        .given("m.chain = ?", filter.chain.map(ChainId::get))
        .given("m.id < ?", filter.before.map(MeasureId::get));
    view.filtered(query, rows::measure)
}

pub(super) fn tasks(view: &mut View<'_>, filter: &TaskFilter) -> Stored<Vec<Task>> {
    const SELECT: &str =
        "SELECT id, chain, inquiry, kind, order_id, measure, created, due, done, note, look FROM tasks";
    debug_assert!(SELECT.contains(TASK), "the columns that a row is read from");
    let court = "chain IN (SELECT c.chain FROM cases c WHERE c.court_code = ?)";
    let (due, id) = filter.after.map_or((None, None), |(due, id)| (Some(micros(due)), Some(id.get())));
    let behind = due.zip(id).map(|(due, id)| format!("{due},{id}"));
    let mut query = Filter::new(SELECT, "due, id", filter.limit)
        .given("kind = ?", filter.kind.map(|kind| kind.word()))
        .given("chain = ?", filter.chain.map(ChainId::get))
        .given(court, filter.court.as_deref().map(text))
        .given("due < ?", filter.due_before.map(micros));
    query.conditions.push("done IS NULL".to_owned());
    if let Some(behind) = behind {
        query.conditions.push(format!("(due, id) > ({behind})"));
    }
    view.filtered(query, rows::task)
}

pub(super) fn acts(view: &mut View<'_>, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>> {
    const SELECT: &str = "SELECT at, actor, act, subject, reason, detail, refused, id FROM acts";
    debug_assert!(SELECT.contains(ACT), "the columns that a row is read from");
    let query = Filter::new(SELECT, "id DESC", filter.limit)
        .given("subject = ?", filter.subject.as_deref().map(text))
        .given("actor = ?", filter.actor.as_deref().map(text))
        .given("act = ?", filter.act.as_deref().map(text))
        .given("id < ?", filter.before);
    view.filtered(query, |row| Ok((get(row, 7)?, rows::act(row)?)))
}
