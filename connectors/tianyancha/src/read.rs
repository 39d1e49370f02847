//! What is understood: the envelope, a page, and one body on its own.

mod company;
mod identity;
mod lists;

pub(crate) use company::company;
pub(crate) use identity::{Match, matched};
pub(crate) use lists::{changes, encumbrances, shareholders};

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::connector::{Read, ReadContent, Reading};
use chakong_contract::reply::UnknownValue;
use chakong_contract::{Answer, Company, Fault, FaultKind, HttpAnswer, Reply, RetryAfter};
use serde_json::Value;

use crate::wire::{Endpoint, Envelope, Meaning, Page, Record, meaning};

/// Entries taken from one page at most; the vendor sends 20.
const MOST_ENTRIES: usize = 200;

/// What came of reading a list: entries, values that are not known, and how many entries could not be read.
#[derive(Debug, Default)]
pub(crate) struct Taken<T> {
    pub(crate) entries: Vec<T>,
    pub(crate) unknown: Vec<UnknownValue>,
    pub(crate) unreadable: usize,
}

/// The result inside an HTTP answer; `None` where the vendor says that it has nothing.
pub(crate) fn result(answer: &HttpAnswer, endpoint: Endpoint) -> Result<Option<Value>, Fault> {
    let operation = endpoint.operation();
    let body = answer.success(operation)?;
    let malformed = |why: &str| Fault::new(FaultKind::Malformed, operation, why);
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|_| malformed("the answer is not the vendor's JSON"))?;
    let code = envelope.error_code.integer().ok_or_else(|| malformed("the answer has no error code"))?;
    match meaning(code) {
        Meaning::Success => Ok(Some(envelope.result).filter(|result| !result.is_null())),
        Meaning::Nothing => Ok(None),
        Meaning::Fault(kind, why) => {
            let tomorrow = (kind == FaultKind::QuotaSpent).then_some(RetryAfter::Tomorrow);
            Err(Fault::new(kind, operation, why).status(code).retry_after(tomorrow))
        }
    }
}

/// A page of a list; nothing is an empty page.
pub(crate) fn page(result: Option<Value>, endpoint: Endpoint) -> Result<Page, Fault> {
    let Some(result) = result else { return Ok(Page::default()) };
    let mut page: Page = serde_json::from_value(result)
        .map_err(|_| Fault::new(FaultKind::Malformed, endpoint.operation(), "the result is no list"))?;
    if let Some(items) = &mut page.items {
        items.truncate(MOST_ENTRIES);
    }
    Ok(page)
}

/// Reads each entry by itself; one bad entry never spoils the others.
pub(crate) fn entries<T: serde::de::DeserializeOwned>(page: Page) -> Taken<T> {
    let mut taken = Taken { entries: Vec::new(), unknown: Vec::new(), unreadable: 0 };
    for item in page.items.unwrap_or_default() {
        match serde_json::from_value(item) {
            Ok(entry) => taken.entries.push(entry),
            Err(_) => taken.unreadable += 1,
        }
    }
    taken
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Reading {
    match answer_alone(body) {
        Ok(answer) => {
            let content = ReadContent::Answer(Box::new(answer));
            Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
        }
        Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
    }
}

fn answer_alone(body: &[u8]) -> Result<Answer, Fault> {
    let answer = HttpAnswer::json(200, body);
    let Some(result) = result(&answer, Endpoint::Base)? else { return Ok(Answer::of(Reply::Nothing)) };
    let malformed = |why: &str| Fault::new(FaultKind::Malformed, "read a message", why);
    if result.get("items").is_none() {
        let record: Record =
            serde_json::from_value(result).map_err(|_| malformed("the result is no company"))?;
        if record.name.text().is_empty() {
            return Err(malformed("the result has no name and no list"));
        }
        return Ok(found(vec![company(&record)]));
    }
    let page = page(Some(result), Endpoint::Search)?;
    let first = page.items.iter().flatten().next().cloned().unwrap_or_default();
    let has = |key: &str| first.get(key).is_some();
    let (mut whole, mut unknown) = company(&Record::default());
    if has("changeItem") {
        whole.changes = changes(entries(page)).entries;
    } else if has("typeState") {
        let taken = encumbrances(entries(page));
        (whole.encumbrances, unknown) = (taken.entries, taken.unknown);
    } else if has("capital") || has("capitalActl") {
        let taken = shareholders(entries(page));
        (whole.shareholders, unknown) = (taken.entries, taken.unknown);
    } else {
        let records: Taken<Record> = entries(page);
        return Ok(found(records.entries.iter().map(company).collect()));
    }
    let missing = vec!["单页内容，未含企业基本信息 one page only, without base info".to_owned()];
    let assets = vec![FoundAsset { asset: Asset::Company(whole), matched_by: MatchedBy::Unstated }];
    Ok(Answer { unknown, ..Answer::of(Reply::Partial { assets, missing }) })
}

fn found(companies: Vec<(Company, Vec<UnknownValue>)>) -> Answer {
    let (companies, unknown): (Vec<_>, Vec<_>) = companies.into_iter().unzip();
    let assets: Vec<_> = companies
        .into_iter()
        .map(|company| FoundAsset { asset: Asset::Company(company), matched_by: MatchedBy::Unstated })
        .collect();
    let reply = if assets.is_empty() { Reply::Nothing } else { Reply::Found { assets } };
    Answer { unknown: unknown.concat(), ..Answer::of(reply) }
}

/// A value that is not known, kept.
pub(crate) fn unknown(field: &str, value: impl Into<String>) -> UnknownValue {
    UnknownValue { field: field.to_owned(), value: value.into() }
}
