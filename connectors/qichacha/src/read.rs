//! What is understood: the envelope, base data, lists, and one body on its own.

mod company;
mod lists;

pub(crate) use company::{company, matched, number_to_ask};
pub(crate) use lists::{add_branches, add_changes, add_freezes, add_shareholders};

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::{Answer, Charges, Company, Fault, FaultKind, HttpResponse, Reply, weight};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::{json, list};
use serde_json::Value;

use crate::wire::{Endpoint, Envelope, Meaning, Outcome, Paging, Record, meaning};

/// Entries taken from one list at most.
const MOST_ENTRIES: usize = 2_000;
/// Statuses below are 无效请求, which the vendor does not charge.
const FIRST_CHARGED: i64 = 200;
/// Longest order number kept.
const LONGEST_NUMBER: usize = 64;

/// A result, with what stands around it; `None` where the vendor says that it has nothing.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) result: Option<Value>,
    pub(crate) total: Option<u64>,
}

fn malformed(endpoint: Endpoint, why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, endpoint.operation(), why)
}

/// What an HTTP answer holds.
pub(crate) fn found(answer: &HttpResponse, endpoint: Endpoint) -> Result<Found, Fault> {
    let body = answer.success(endpoint.operation())?;
    let envelope: Envelope =
        weight::json(body).map_err(|_| malformed(endpoint, "the answer is not the vendor's JSON"))?;
    let status = envelope.status.integer();
    let status = status.ok_or_else(|| malformed(endpoint, "the answer has no status"))?;
    let order_number: String =
        envelope.order_number.code().unwrap_or_default().chars().take(LONGEST_NUMBER).collect();
    match meaning(status) {
        Meaning::Success => {
            let total = serde_json::from_value::<Paging>(envelope.paging).ok();
            let total = total.and_then(|paging| paging.total_records.integer());
            let result = json::stated(envelope.result);
            Ok(Found { result, total: total.and_then(|total| u64::try_from(total).ok()) })
        }
        Meaning::Nothing => Ok(Found::default()),
        Meaning::Fault(kind, why, retry_after) => {
            // The number is what the vendor wants to hear when a bill is disputed; it says nothing of the party.
            let plain = !order_number.is_empty() && order_number.chars().all(|c| c.is_ascii_alphanumeric());
            let detail = if plain { format!("{why}, call {order_number}") } else { why.to_owned() };
            Err(Fault::new(kind, endpoint.operation(), detail).status(status).retry_after(retry_after))
        }
    }
}

/// Counts an answer that the vendor charges, and keeps its number of the call: statuses from 200 on are its 有效请求
/// (protocol section 2.3).
pub(crate) fn count_charge(answer: &HttpResponse, charges: &mut Charges) {
    let outcome = answer.success("count charges").ok().and_then(|body| json::read(body).ok());
    let Some(Outcome { status, order_number }) = outcome else { return };
    charges.requests += u64::from(status.integer().is_some_and(|status| status >= FIRST_CHARGED));
    let number: String = order_number.code().unwrap_or_default().chars().take(LONGEST_NUMBER).collect();
    if !number.is_empty() && number.chars().all(|c| c.is_ascii_alphanumeric()) {
        charges.references.push(number);
    }
}

/// The entries of a list; nothing is an empty list.
pub(crate) fn items(result: Option<Value>) -> Vec<Value> {
    let mut items = result.map(list::entries).unwrap_or_default();
    items.truncate(MOST_ENTRIES);
    items
}

/// Base data.
pub(crate) fn record(result: Value, endpoint: Endpoint) -> Result<Record, Fault> {
    let record: Record = json::only(list::entries(result))
        .filter(Value::is_object)
        .and_then(|result| json::of_value(result).ok())
        .ok_or_else(|| malformed(endpoint, "the result is no company"))?;
    if record.name.is_blank() { Err(malformed(endpoint, "the company has no name")) } else { Ok(record) }
}

/// Puts the lists of the full pack into the company.
pub(crate) fn add_pack(company: &mut Company, record: Record, gathered: &mut Gathered) {
    add_shareholders(company, record.partners.unwrap_or_default(), gathered);
    add_branches(company, record.branches.unwrap_or_default(), gathered);
    add_changes(company, record.change_records.unwrap_or_default(), gathered);
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let found = found(&HttpResponse::json(200, body), Endpoint::Basic)?;
    let mut gathered = Gathered::default();
    let unstated =
        |company| vec![FoundAsset { asset: Asset::Company(company), matched_by: MatchedBy::Unstated }];
    let items = match found.result {
        None => return Ok(gathered.answer(Vec::new())),
        Some(Value::Array(items)) => items,
        Some(object) => {
            let record = record(object, Endpoint::Basic)?;
            let mut company = company(&record, &mut gathered);
            add_pack(&mut company, record, &mut gathered);
            return Ok(gathered.answer(unstated(company)));
        }
    };
    let Some(first) = items.iter().find(|item| item.is_object()).or(items.first()) else {
        return Ok(Answer::of(Reply::Nothing));
    };
    let has = |key: &str| first.get(key).is_some();
    let (freezes, partners) = (has("EnforcementCourt") || has("ExecutedBy"), has("StockName"));
    let mut whole = Company::default();
    match (freezes, partners) {
        (true, _) => add_freezes(&mut whole, items, None, &mut gathered),
        (_, true) => add_shareholders(&mut whole, items, &mut gathered),
        _ => add_branches(&mut whole, items, &mut gathered),
    }
    gathered.lacks(Endpoint::Basic.what(), "单页内容 one list only");
    Ok(gathered.answer(unstated(whole)))
}
