//! What is looked for by a filter.

use super::columns::text;
use super::query::{Filter, View};
use super::rows::{self, ACT, TASK, get, micros};
use crate::domain::people::Courts;
use crate::domain::{
    AuditEntry, CaseId, CaseState, Chain, ChainId, Inquiry, InquiryId, Measure, MeasureId, OrderId,
    OrderRecord, OrderState, Task,
};
use crate::store::{
    ActFilter, CaseFilter, CaseRow, InquiryFilter, MeasureFilter, OrderFilter, Stored, TaskFilter,
};

/// Codes of courts; `None` where every court is meant.
fn courts(courts: &Courts) -> Option<Vec<String>> {
    courts.codes().map(|codes| codes.iter().map(|code| text(code)).collect())
}

const CASES: &str = "SELECT c.id, c.chain, c.number, c.court_name, c.court_code, c.continues, c.created,
     n.id, n.created, n.has_ledger, n.claim FROM cases c JOIN chains n ON n.id = c.chain";
const CASES_FOUND: &str = "SELECT c.id, c.chain, c.number, c.court_name, c.court_code, c.continues, c.created,
     n.id, n.created, n.has_ledger, n.claim FROM found_by f JOIN cases c ON c.id = f.case_id JOIN chains n ON n.id = c.chain";

pub(super) fn cases(view: &mut View<'_>, filter: &CaseFilter) -> Stored<Vec<CaseRow>> {
    // What is looked for by a word is read from its index in the order of the list, and no further than a page needs.
    let (select, order, before) = match filter.found_by.is_empty() {
        true => (CASES, "c.id DESC", "c.id < ?"),
        false => (CASES_FOUND, "f.case_id DESC", "f.case_id < ?"),
    };
    let submitted = "c.id IN (SELECT i.case_id FROM inquiries i WHERE i.created >= ? AND i.created < ?)";
    let filed = "c.id IN (SELECT i.case_id FROM inquiries i WHERE i.filed_on >= ? AND i.filed_on <= ?)";
    let mut query = Filter::new(select, order, filter.limit)
        .given("c.number = ?", filter.number.as_deref().map(text))
        .given("c.state = ?", filter.state.map(CaseState::word))
        .between(submitted, filter.submitted.map(|(from, until)| (micros(from), micros(until))))
        .between(filed, filter.filed.map(|(from, until)| (from.to_string(), until.to_string())))
        .given("c.court_code = ANY(?)", courts(&filter.courts))
        .given(before, filter.before.map(CaseId::get));
    for (at, word) in filter.found_by.iter().enumerate() {
        let further = "EXISTS (SELECT 1 FROM found_by g WHERE g.word = ? AND g.case_id = c.id)";
        let found = if at == 0 { "f.word = ?" } else { further };
        query = query.given(found, Some(super::word(&view.shared.key, word)));
    }
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
         i.open_orders, i.completions, i.mandate, i.chain, i.case_id, i.court FROM inquiries i";
    let query = Filter::new(select, "i.id DESC", filter.limit)
        .given("i.case_number = ?", filter.case_number.as_deref().map(text))
        .given("i.court = ANY(?)", courts(&filter.courts))
        .given("i.state = ?", filter.state.map(|state| state as i64))
        .given("i.id < ?", filter.before.map(InquiryId::get));
    view.filtered(query, rows::inquiry)
}

pub(super) fn orders(view: &mut View<'_>, filter: &OrderFilter) -> Stored<Vec<OrderRecord>> {
    let select = "SELECT o.id, o.inquiry, o.lane, o.party, o.document, o.instruction, o.priority, o.state, o.attempts, o.created,
         o.due, o.deadline, o.ticket, o.batch, o.root, o.measure, o.fault, o.stands_in, o.sent, o.papers, o.court FROM orders o";
    // The sign keeps the planner from reading all orders in their order where it can read the few that are wanted.
    let order = if filter.is_narrow() { "+o.id DESC" } else { "o.id DESC" };
    let of_case = "o.inquiry IN (SELECT i.id FROM inquiries i WHERE i.case_number = ?)";
    let mut query = in_order(select, order, filter)
        .given("o.id >= ?", filter.down_to.map(OrderId::get))
        .given("o.court = ANY(?)", courts(&filter.courts))
        .given("o.state = ?", filter.state.map(OrderState::code))
        .given("o.lane = ?", filter.counterpart.as_deref().map(text))
        .given("o.action = ?", filter.action.map(|action| action.to_string()))
        .given(of_case, filter.case_number.as_deref().map(text))
        .given("o.inquiry = ?", filter.inquiry.map(InquiryId::get))
        .given("o.measure = ?", filter.measure.map(MeasureId::get))
        .given("o.created >= ?", filter.created_from.map(micros))
        .given("o.created < ?", filter.created_before.map(micros));
    query.conditions.extend(filter.parties.as_deref().map(of_parties));
    view.filtered(query, rows::order)
}

/// What indexes give in the order of the list. The conditions are those of the partial indexes.
fn in_order<'v>(select: &'static str, order: &'static str, filter: &OrderFilter) -> Filter<'v> {
    let mut query =
        Filter::new(select, order, filter.limit).given("o.id < ?", filter.before.map(OrderId::get));
    if filter.is_narrow() {
        return query;
    }
    query.conditions.extend(filter.rare_state().map(|_| "o.state > 3".to_owned()));
    query.conditions.extend(filter.control().map(|_| "o.action <> 'query'".to_owned()));
    query
}

pub(super) fn end_of_look(view: &mut View<'_>, filter: &OrderFilter, look: usize) -> Stored<Option<OrderId>> {
    if filter.is_narrow() {
        return Ok(None);
    }
    let query = in_order("SELECT o.id FROM orders o", "o.id DESC", filter)
        .given("o.state = ?", filter.rare_state().map(OrderState::code))
        .given("o.action = ?", filter.control().map(|action| action.to_string()));
    view.nth(query, look, |row| get(row, 0).map(OrderId::new))
}

/// Parties are numbers, so that they may stand in the statement.
fn of_parties(parties: &[(InquiryId, u32)]) -> String {
    let each = |(inquiry, party): &(InquiryId, u32)| {
        format!("(o.inquiry = {} AND o.party = {party})", inquiry.get())
    };
    match parties {
        [] => "1 = 0".to_owned(),
        parties => format!("({})", parties.iter().map(each).collect::<Vec<_>>().join(" OR ")),
    }
}

pub(super) fn measures(view: &mut View<'_>, filter: &MeasureFilter) -> Stored<Vec<Measure>> {
    let select = "SELECT m.body FROM measures m";
    let court = "m.chain IN (SELECT c.chain FROM cases c WHERE c.court_code = ANY(?))";
    let until = filter.until_before.map(|day| day.to_string());
    let query = Filter::new(select, "m.id DESC", filter.limit)
        .given("m.state = ?", filter.state.map(|state| state.word()))
        .given("m.lane = ?", filter.counterpart.as_deref().map(text))
        .given("m.until_day < ? AND m.next_look IS NOT NULL", until)
        .given(court, courts(&filter.courts))
        .given("m.chain = ?", filter.chain.map(ChainId::get))
        .given("m.id < ?", filter.before.map(MeasureId::get));
    view.filtered(query, rows::measure)
}

/// Tasks of a chain of which an inquiry is found by a word.
const FOUND_BY: &str = "EXISTS (SELECT 1 FROM cases c JOIN found_by f ON f.case_id = c.id WHERE c.chain = tasks.chain AND f.word = ?)";
/// Tasks of a chain of which somebody submitted an inquiry.
const SUBMITTED_BY: &str =
    "EXISTS (SELECT 1 FROM inquiries i WHERE i.chain = tasks.chain AND i.submitted_by = ?)";

pub(super) fn tasks(view: &mut View<'_>, filter: &TaskFilter) -> Stored<Vec<Task>> {
    const SELECT: &str =
        "SELECT id, chain, inquiry, kind, order_id, measure, created, due, done, note, look FROM tasks";
    debug_assert!(SELECT.contains(TASK), "the columns that a row is read from");
    let court = "chain IN (SELECT c.chain FROM cases c WHERE c.court_code = ANY(?))";
    let (due, id) = filter.after.map_or((None, None), |(due, id)| (Some(micros(due)), Some(id.get())));
    let behind = due.zip(id).map(|(due, id)| format!("{due},{id}"));
    let mut query = Filter::new(SELECT, "due, id", filter.limit)
        .given("kind = ?", filter.kind.map(|kind| kind.word()))
        .given("chain = ?", filter.chain.map(ChainId::get))
        .given(court, courts(&filter.courts))
        .given(FOUND_BY, filter.found_by.as_ref().map(|word| super::word(&view.shared.key, word)))
        .given(SUBMITTED_BY, filter.submitted_by.as_deref().map(text))
        .given("due < ?", filter.due_before.map(micros))
        .given("created < ?", filter.created_before.map(micros));
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
