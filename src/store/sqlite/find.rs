//! What is looked for by a filter.

#[cfg(test)]
mod tests;

use super::query::{Filter, Rows};
use super::rows::{self, ACT, TASK, get, micros};
use crate::domain::people::Courts;
use crate::domain::{
    AuditEntry, CaseId, CaseState, Chain, ChainId, Inquiry, InquiryId, Measure, MeasureId, OrderId,
    OrderRecord, OrderState, Task,
};
use crate::store::{
    ActFilter, CaseFilter, CaseRow, InquiryFilter, MeasureFilter, OrderFilter, Stored, TaskFilter,
};

/// Codes of courts as JSON text; `None` where every court is meant.
fn courts(courts: &Courts) -> Option<String> {
    courts.codes().map(|codes| serde_json::Value::from(codes).to_string())
}

pub(super) fn cases(rows: &Rows<'_>, filter: &CaseFilter) -> Stored<Vec<CaseRow>> {
    rows.filtered(cases_by(filter, rows.key), |row| {
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

const CASES: &str = "SELECT c.id, c.chain, c.number, c.court_name, c.court_code, c.continues, c.created,
     n.id, n.created, n.has_ledger, n.claim FROM cases c JOIN chains n ON n.id = c.chain";
// CROSS JOIN keeps the planner from another order.
const CASES_FOUND: &str = "SELECT c.id, c.chain, c.number, c.court_name, c.court_code, c.continues, c.created,
     n.id, n.created, n.has_ledger, n.claim FROM found_by f CROSS JOIN cases c ON c.id = f.case_id CROSS JOIN chains n ON n.id = c.chain";

fn cases_by<'f>(filter: &'f CaseFilter, key: &[u8]) -> Filter<'f> {
    // What is looked for by a word is read from its index in the order of the list, and no further than a page needs.
    let (select, order, before) = match filter.found_by.is_empty() {
        true => (CASES, "c.id DESC", "c.id < ?"),
        false => (CASES_FOUND, "f.case_id DESC", "f.case_id < ?"),
    };
    let submitted = "c.id IN (SELECT i.case_id FROM inquiries i WHERE i.created >= ? AND i.created < ?)";
    let filed = "c.id IN (SELECT i.case_id FROM inquiries i WHERE i.filed_on >= ? AND i.filed_on <= ?)";
    let query = Filter::new(select, order, filter.limit)
        .given("c.number = ?", filter.number.as_ref())
        .given("c.state = ?", filter.state.map(CaseState::word))
        .between(submitted, filter.submitted.map(|(from, until)| (micros(from), micros(until))))
        .between(filed, filter.filed.map(|(from, until)| (from.to_string(), until.to_string())))
        .given("c.court_code IN (SELECT value FROM json_each(?))", courts(&filter.courts))
        .given(before, filter.before.map(CaseId::get));
    filter.found_by.iter().enumerate().fold(query, |query, (at, word)| {
        let further = "EXISTS (SELECT 1 FROM found_by g WHERE g.word = ? AND g.case_id = c.id)";
        let found = if at == 0 { "f.word = ?" } else { further };
        query.given(found, Some(super::word(key, word)))
    })
}

pub(super) fn inquiries(rows: &Rows<'_>, filter: &InquiryFilter) -> Stored<Vec<Inquiry>> {
    let select = "SELECT i.id, i.uid, i.case_number, i.submitted_by, i.state, i.created, i.deadline,
         i.open_orders, i.completions, i.mandate, i.chain, i.case_id, i.court FROM inquiries i";
    let query = Filter::new(select, "i.id DESC", filter.limit)
        .given("i.case_number = ?", filter.case_number.as_ref())
        .given("i.court IN (SELECT value FROM json_each(?))", courts(&filter.courts))
        .given("i.state = ?", filter.state.map(|state| state as i64))
        .given("i.id < ?", filter.before.map(InquiryId::get));
    rows.filtered(query, rows::inquiry)
}

pub(super) fn orders(rows: &Rows<'_>, filter: &OrderFilter) -> Stored<Vec<OrderRecord>> {
    rows.filtered(orders_by(filter), rows::order)
}

fn orders_by(filter: &OrderFilter) -> Filter<'_> {
    let select = "SELECT o.id, o.inquiry, o.lane, o.party, o.document, o.instruction, o.priority, o.state, o.attempts, o.created,
         o.due, o.deadline, o.ticket, o.batch, o.root, o.measure, o.fault, o.stands_in, o.sent, o.papers, o.court FROM orders o";
    // The sign keeps the planner from reading all orders in their order where it can read the few that are wanted.
    let order = if filter.is_narrow() { "+o.id DESC" } else { "o.id DESC" };
    let of_case = "o.inquiry IN (SELECT i.id FROM inquiries i WHERE i.case_number = ?)";
    let mut query = in_order(select, order, filter)
        .given("o.id >= ?", filter.down_to.map(OrderId::get))
        .given("o.court IN (SELECT value FROM json_each(?))", courts(&filter.courts))
        .given("o.state = ?", filter.state.map(OrderState::code))
        .given("o.lane = ?", filter.counterpart.as_ref())
        .given("o.action = ?", filter.action.map(|action| action.to_string()))
        .given(of_case, filter.case_number.as_ref())
        .given("o.inquiry = ?", filter.inquiry.map(InquiryId::get))
        .given("o.measure = ?", filter.measure.map(MeasureId::get))
        .given("o.created >= ?", filter.created_from.map(micros))
        .given("o.created < ?", filter.created_before.map(micros));
    query.conditions.extend(filter.parties.as_deref().map(of_parties));
    query
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

pub(super) fn end_of_look(rows: &Rows<'_>, filter: &OrderFilter, look: usize) -> Stored<Option<OrderId>> {
    if filter.is_narrow() {
        return Ok(None);
    }
    rows.nth(looked_at(filter), look, |row| get(row, 0).map(OrderId::new))
}

fn looked_at(filter: &OrderFilter) -> Filter<'_> {
    in_order("SELECT o.id FROM orders o", "o.id DESC", filter)
        .given("o.state = ?", filter.rare_state().map(OrderState::code))
        .given("o.action = ?", filter.control().map(|action| action.to_string()))
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

pub(super) fn measures(rows: &Rows<'_>, filter: &MeasureFilter) -> Stored<Vec<Measure>> {
    rows.filtered(measures_by(filter), rows::measure)
}

fn measures_by(filter: &MeasureFilter) -> Filter<'_> {
    let select = "SELECT m.body, m.id FROM measures m";
    let court =
        "m.chain IN (SELECT c.chain FROM cases c WHERE c.court_code IN (SELECT value FROM json_each(?)))";
    let until = filter.until_before.map(|day| day.to_string());
    Filter::new(select, "m.id DESC", filter.limit)
        .given("m.state = ?", filter.state.map(|state| state.word()))
        .given("m.lane = ?", filter.counterpart.as_ref())
        .given("m.until_day < ? AND m.next_look IS NOT NULL", until)
        .given(court, courts(&filter.courts))
        .given("m.chain = ?", filter.chain.map(ChainId::get))
        .given("m.id < ?", filter.before.map(MeasureId::get))
}

/// Tasks of a chain of which an inquiry is found by a word.
const FOUND_BY: &str = "EXISTS (SELECT 1 FROM cases c CROSS JOIN found_by f ON f.case_id = c.id WHERE c.chain = tasks.chain AND f.word = ?)";
/// Tasks of a chain of which somebody submitted an inquiry.
const SUBMITTED_BY: &str =
    "EXISTS (SELECT 1 FROM inquiries i WHERE i.chain = tasks.chain AND i.submitted_by = ?)";

pub(super) fn tasks(rows: &Rows<'_>, filter: &TaskFilter) -> Stored<Vec<Task>> {
    rows.filtered(tasks_by(filter, rows.key), rows::task)
}

fn tasks_by<'f>(filter: &'f TaskFilter, key: &[u8]) -> Filter<'f> {
    const SELECT: &str =
        "SELECT id, chain, inquiry, kind, order_id, measure, created, due, done, note, look FROM tasks";
    debug_assert!(SELECT.contains(TASK), "the columns that a row is read from");
    let court =
        "chain IN (SELECT c.chain FROM cases c WHERE c.court_code IN (SELECT value FROM json_each(?)))";
    let (due, id) = filter.after.map_or((None, None), |(due, id)| (Some(micros(due)), Some(id.get())));
    let behind = due.zip(id).map(|(due, id)| format!("{due},{id}"));
    let mut query = Filter::new(SELECT, "due, id", filter.limit)
        .given("kind = ?", filter.kind.map(|kind| kind.word()))
        .given("chain = ?", filter.chain.map(ChainId::get))
        .given(court, courts(&filter.courts))
        .given(FOUND_BY, filter.found_by.as_ref().map(|word| super::word(key, word)))
        .given(SUBMITTED_BY, filter.submitted_by.as_ref())
        .given("due < ?", filter.due_before.map(micros))
        .given("created < ?", filter.created_before.map(micros));
    query.conditions.push("done IS NULL".to_owned());
    if let Some(behind) = behind {
        query.conditions.push(format!("(due, id) > ({behind})"));
    }
    query
}

pub(super) fn acts(rows: &Rows<'_>, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>> {
    rows.filtered(acts_by(filter), |row| Ok((get(row, 7)?, rows::act(row)?)))
}

fn acts_by(filter: &ActFilter) -> Filter<'_> {
    const SELECT: &str = "SELECT at, actor, act, subject, reason, detail, refused, id FROM acts";
    debug_assert!(SELECT.contains(ACT), "the columns that a row is read from");
    Filter::new(SELECT, "id DESC", filter.limit)
        .given("subject = ?", filter.subject.as_ref())
        .given("actor = ?", filter.actor.as_ref())
        .given("act = ?", filter.act.as_ref())
        .given("id < ?", filter.before)
}
