//! Answers of the web service.

use chakong_contract::{
    CallKind, CallResult, EntryResult, Fault, HttpResponse, Order, ParsedCall, RequestNumber,
};
use chakong_toolkit::soap::http;
use serde::Serialize;

use crate::manifest::Bank;
use crate::read;
use crate::wire::sealed::{self, RareNames};
use crate::wire::soap::{self, Operation, Trouble};
use crate::wire::web_service::{ALREADY, EntryRow, FAIL, RESULT, ResultRow, SUCCESS};
use crate::wire::{CertificateRow, ControlRequestRow, DocumentRow, QueryRequestRow, Row, xml};
use crate::write;

/// Why nothing is given: account or password are wrong.
const TURNED_AWAY: &str = "用户名或密码错误";
/// Why nothing is given or taken: there is no such request for this bank.
const UNKNOWN: &str = "查无此请求单号";
/// Why no documents are given: there are none under this key for this bank.
const UNKNOWN_KEY: &str = "查无此文书编号";
/// Why nothing is taken: nothing of the feedback can be read.
const UNREADABLE: &str = "反馈内容无法读取";

/// The answer to a call.
pub(super) fn respond(bank: &Bank, parsed: &ParsedCall, result: &CallResult) -> HttpResponse {
    if matches!((&parsed.kind, result), (CallKind::Description, CallResult::Description)) {
        let configured =
            bank.web_service.as_ref().map(|service| service.public_url.as_str()).unwrap_or_default();
        return http::xml(
            200,
            soap::SERVICE.description(if configured.is_empty() { &parsed.operation } else { configured }),
        );
    }
    let Some(operation) = Operation::named(&parsed.operation) else {
        return fault(Trouble::ours("the call is not one of the service's"));
    };
    let returned = match result {
        CallResult::TurnedAway => Ok(refusal(operation, TURNED_AWAY)),
        CallResult::Orders(orders) => offers(bank, operation, orders),
        CallResult::Order(None) if operation == Operation::QueryDocuments => {
            Ok(refusal(operation, UNKNOWN_KEY))
        }
        CallResult::Order(None) => Ok(refusal(operation, UNKNOWN)),
        CallResult::Order(Some(order)) => papers(operation, order),
        CallResult::Entries(taken) => results(operation, taken),
        // A caller takes a fault for a failure of the line and comes again; an error message might end the matter.
        CallResult::Unavailable | CallResult::Description | CallResult::Admitted | CallResult::Token(_) => {
            return fault(Trouble::ours("the service cannot answer now; call again"));
        }
    };
    match returned {
        Ok(returned) => http::xml(200, soap::write_answer(operation, &returned)),
        Err(_) => fault(Trouble::ours("the answer cannot be written; call again")),
    }
}

/// A fault; SOAP 1.1 over HTTP has status 500 for every one (section 6.2).
pub(super) fn fault(trouble: Trouble) -> HttpResponse {
    http::xml(500, soap::write_fault(trouble))
}

/// The orders that wait. One that cannot be expressed, which planning refuses, does not keep the others.
fn offers(bank: &Bank, operation: Operation, orders: &[Order]) -> Result<String, Fault> {
    let rare = bank.web_service.as_ref().map_or(RareNames::Refused, |service| service.rare_names);
    if operation == Operation::ControlOrders {
        let row = |order: &Order| sealed::sealed(&write::control(order, bank.generation).ok()?, rare).ok();
        document::<ControlRequestRow>(&orders.iter().filter_map(row).collect::<Vec<_>>())
    } else {
        let row = |order: &Order| {
            let row = write::query(order, write::document_key(&order.documents), bank.generation).ok()?;
            sealed::sealed(&row, rare).ok()
        };
        document::<QueryRequestRow>(&orders.iter().filter_map(row).collect::<Vec<_>>())
    }
}

fn document<T: Row + Serialize>(sealed_rows: &[T]) -> Result<String, Fault> {
    Ok(sealed::outer(&xml::write(sealed_rows)?))
}

/// Documents or certificates of an order.
fn papers(operation: Operation, order: &Order) -> Result<String, Fault> {
    match operation {
        Operation::Certificates => {
            sealed::seal(&write::certificates(order).collect::<Vec<_>>(), RareNames::Gb18030)
        }
        // The caller knows which key it asked for: courts answer with a blank one (protocol section 6).
        Operation::QueryDocuments => {
            let rows = write::document_rows(&order.documents);
            let rows: Result<Vec<_>, _> = rows.map(|row| sealed::sealed(&row, RareNames::Gb18030)).collect();
            sealed::with_blank_key(&rows?)
        }
        _ => sealed::seal(&write::keyed_by_number(order).collect::<Vec<_>>(), RareNames::Gb18030),
    }
}

/// An answer that gives nothing and says why.
fn refusal(operation: Operation, words: &str) -> String {
    let list = match operation {
        Operation::QueryOrders => QueryRequestRow::LIST,
        Operation::ControlOrders => ControlRequestRow::LIST,
        Operation::QueryDocuments | Operation::ControlDocuments | Operation::OldDocuments => {
            DocumentRow::LIST
        }
        Operation::Certificates => CertificateRow::LIST,
        Operation::FeedQueries
        | Operation::FeedTransactions
        | Operation::FeedControls
        | Operation::Return => RESULT,
    };
    sealed::refusal(list, operation == Operation::Return, words)
}

/// What became of a feedback.
fn results(operation: Operation, taken: &[(Option<RequestNumber>, EntryResult)]) -> Result<String, Fault> {
    let entries: Vec<EntryRow> = taken.iter().map(|(number, taken)| entry(number.as_ref(), taken)).collect();
    if entries.is_empty() {
        return Ok(refusal(operation, UNREADABLE));
    }
    let result = match operation {
        Operation::Return => ResultRow { returned: entries, ..ResultRow::default() },
        _ => ResultRow { fed: entries, ..ResultRow::default() },
    };
    sealed::seal_as(RESULT, &result)
}

fn entry(number: Option<&RequestNumber>, taken: &EntryResult) -> EntryRow {
    let (outcome, words) = match taken {
        EntryResult::Accepted => (SUCCESS, String::new()),
        EntryResult::Duplicate => (FAIL, ALREADY.to_owned()),
        EntryResult::Unknown => (FAIL, UNKNOWN.to_owned()),
        EntryResult::Unreadable(fault) => (FAIL, read::words(fault)),
    };
    EntryRow {
        number: number.map(ToString::to_string).unwrap_or_default(),
        outcome: outcome.into(),
        words,
        ..EntryRow::default()
    }
}
