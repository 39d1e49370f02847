//! What is understood: the envelope, a page, and one body on its own.

mod company;
mod freezes;
mod identity;
mod lists;

pub(crate) use company::company;
pub(crate) use freezes::{Freeze, add_detail, freezes};
pub(crate) use identity::matched;
pub(crate) use lists::{add_changes, add_history, branches, changes, shareholders, stakes};

use chakong_contract::asset::{Asset, EquityFreeze, FoundAsset, MatchedBy};
use chakong_contract::{Answer, Company, Fault, FaultKind, HttpResponse, Reply, RetryAfter, weight};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::json;
use serde_json::Value;

use crate::wire::{Endpoint, Envelope, Meaning, Outcome, Page, Record, field, meaning};

/// Entries taken from one page at most; the vendor sends 20.
const MOST_ENTRIES: usize = 200;

/// The result inside an HTTP answer; `None` where the vendor says that it has nothing.
pub(crate) fn result(answer: &HttpResponse, endpoint: Endpoint) -> Result<Option<Value>, Fault> {
    let operation = endpoint.operation();
    let body = answer.success(operation)?;
    let malformed = |why: &str| Fault::new(FaultKind::Malformed, operation, why);
    let envelope: Envelope =
        weight::json(body).map_err(|_| malformed("the answer is not the vendor's JSON"))?;
    let code = envelope.error_code.integer().ok_or_else(|| malformed("the answer has no error code"))?;
    match meaning(code) {
        Meaning::Success => Ok(json::stated(envelope.result)),
        Meaning::Nothing => Ok(None),
        Meaning::Fault(kind, why) => {
            let tomorrow = (kind == FaultKind::QuotaSpent).then_some(RetryAfter::Tomorrow);
            Err(Fault::new(kind, operation, why).status(code).retry_after(tomorrow))
        }
    }
}

/// Whether the vendor charges an answer. Some interfaces are charged when they have nothing too (protocol section 1.1): both
/// are counted, so that the bill is never higher than our count.
pub(crate) fn is_charged(answer: &HttpResponse) -> bool {
    let outcome = answer.success("count charges").ok().and_then(|body| json::read(body).ok());
    let code = outcome.and_then(|outcome: Outcome| outcome.error_code.integer());
    matches!(code.map(meaning), Some(Meaning::Success | Meaning::Nothing))
}

/// A page of a list; nothing is an empty page.
pub(crate) fn page(result: Option<Value>, endpoint: Endpoint) -> Result<Page, Fault> {
    let Some(result) = result else { return Ok(Page::default()) };
    // Its entries are read one by one.
    let mut page: Page = serde_json::from_value(result).map_err(|_| form(endpoint))?;
    if let Some(items) = &mut page.items {
        items.truncate(MOST_ENTRIES);
    }
    Ok(page)
}

/// A result of the form that the interface has.
pub(crate) fn shaped<T: serde::de::DeserializeOwned>(result: Value, endpoint: Endpoint) -> Result<T, Fault> {
    json::of_value(result).map_err(|_| form(endpoint))
}

fn form(endpoint: Endpoint) -> Fault {
    Fault::new(FaultKind::Malformed, endpoint.operation(), "the result has another form")
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let answer = HttpResponse::json(200, body);
    let Some(result) = result(&answer, Endpoint::Base)? else { return Ok(Answer::of(Reply::Nothing)) };
    let mut gathered = Gathered::default();
    if result.get("items").is_none() {
        let record: Record = shaped(result, Endpoint::Base)?;
        if record.name.text().is_empty() {
            let why = "the result has no name and no list";
            return Err(Fault::new(FaultKind::Malformed, "read a message", why));
        }
        let company = company(&record, &mut gathered);
        return Ok(gathered.answer(vec![unstated(Asset::Company(company))]));
    }
    let items = page(Some(result), Endpoint::Search)?.entries();
    let first = items.iter().find(|item| item.is_object()).cloned().unwrap_or_default();
    let has = |key: &str| first.get(key).is_some();
    let mut whole = Company::default();
    if has(field::CHANGE_ITEM) {
        let changes_read = gathered.entries(Endpoint::Changes.what(), items);
        add_changes(&mut whole.changes, changes(changes_read, &mut gathered));
    } else if has(field::TYPE_STATE) {
        let rows = gathered.entries(Endpoint::Judicial.what(), items);
        whole.freezes = freezes(rows, &mut gathered).iter().map(|freeze| freeze.record.freeze()).collect();
        whole.encumbrances = whole.freezes.iter().filter_map(EquityFreeze::encumbrance).collect();
    } else if has(field::SUBSCRIBED) || has(field::PAID) {
        let holders = gathered.entries(Endpoint::Holders.what(), items);
        whole.shareholders = shareholders(holders, &mut gathered);
    } else if has(field::AMOUNT_SUFFIX) {
        let investments = gathered.entries(Endpoint::Investments.what(), items);
        let stakes = stakes("", investments, &mut gathered);
        return Ok(gathered.answer(stakes.into_iter().map(|stake| unstated(Asset::Equity(stake))).collect()));
    } else {
        let records: Vec<Record> = gathered.entries(Endpoint::Search.what(), items);
        gathered.missing.clear();
        let assets =
            records.iter().map(|record| unstated(Asset::Company(company(record, &mut gathered)))).collect();
        return Ok(gathered.answer(assets));
    }
    gathered.missing.push("单页内容，未含企业基本信息 one page only, without base info".to_owned());
    Ok(gathered.answer(vec![unstated(Asset::Company(whole))]))
}

const fn unstated(asset: Asset) -> FoundAsset {
    FoundAsset { asset, matched_by: MatchedBy::Unstated }
}
