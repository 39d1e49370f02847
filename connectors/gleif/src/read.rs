//! What is understood: documents, and records as companies.

mod company;
mod day;
mod status;
mod zones;

pub(crate) use company::{company, matched, subsidiary};

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy, Parent, ParentLevel};
use chakong_contract::{Answer, Fault, FaultKind, HttpResponse, Reply, weight};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::{Scalar, json, list};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire::{ExceptionOf, PAGE_SIZE, Relationship, Resource, Subject};

/// The words for the records, where some are missing.
pub(crate) const RECORDS: &str = "登记记录 records";

/// A page of records, each not yet read.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) items: Vec<Value>,
    pub(crate) total: Option<u64>,
}

fn malformed(operation: &str, why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, operation, why)
}

fn document(answer: &HttpResponse, operation: &str) -> Result<Value, Fault> {
    let body = answer.success(operation)?;
    let document: Value = weight::json(body).map_err(|_| malformed(operation, "the answer is not JSON"))?;
    match document.get("data") {
        Some(_) => Ok(document),
        None => Err(malformed(operation, "the answer is no JSON:API document")),
    }
}

/// A page of a search.
pub(crate) fn records(answer: &HttpResponse, operation: &str) -> Result<Records, Fault> {
    let mut document = document(answer, operation)?;
    let total = document.pointer("/meta/pagination/total").cloned();
    let total = total.and_then(|total| serde_json::from_value::<Scalar>(total).ok()?.integer());
    let mut items = document.get_mut("data").map(Value::take).map(list::entries).unwrap_or_default();
    items.truncate(PAGE_SIZE as usize);
    Ok(Records { items, total: total.and_then(|total| u64::try_from(total).ok()) })
}

/// The one entry of a document.
fn one<T: DeserializeOwned>(answer: &HttpResponse, operation: &str) -> Result<Resource<T>, Fault> {
    let data = document(answer, operation)?.get_mut("data").map(Value::take).unwrap_or_default();
    let entry = json::only(list::entries(data)).and_then(|entry| json::of_value(entry).ok());
    entry.ok_or_else(|| malformed(operation, "the entry has another form"))
}

/// A parent by its own record.
pub(crate) fn parent(answer: &HttpResponse, level: ParentLevel, operation: &str) -> Result<Parent, Fault> {
    let record: Resource<Subject> = one(answer, operation)?;
    let name = record.attributes.entity.legal_name.name.text();
    Ok(Parent { level, name, lei: record.attributes.lei.text().parse().ok(), words: String::new() })
}

/// The relationship to a parent: whom, and in what state.
pub(crate) fn relationship(
    answer: &HttpResponse,
    level: ParentLevel,
    operation: &str,
) -> Result<Parent, Fault> {
    let relationship: Relationship = one(answer, operation)?;
    let relation = relationship.attributes.relationship;
    let state = [relation.kind, relation.status, relationship.attributes.registration.status];
    let words = state.iter().map(Scalar::text).filter(|word| !word.is_empty());
    Ok(Parent {
        level,
        name: String::new(),
        lei: relation.end_node.id.text().parse().ok(),
        words: words.collect::<Vec<_>>().join("；"),
    })
}

/// Why no parent is reported.
pub(crate) fn exception(answer: &HttpResponse, level: ParentLevel, operation: &str) -> Result<Parent, Fault> {
    let exception: Resource<ExceptionOf> = one(answer, operation)?;
    Ok(Parent { level, name: String::new(), lei: None, words: exception.attributes.reason.text() })
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let operation = "read a message";
    let data = document(&HttpResponse::json(200, body), operation)?.get_mut("data").map(Value::take);
    let items = data.map(list::entries).unwrap_or_default();
    if items.is_empty() {
        return Ok(Answer::of(Reply::Nothing));
    }
    let mut gathered = Gathered::default();
    let records: Vec<Resource<Subject>> = gathered.entries(RECORDS, items);
    if records.is_empty() {
        return Err(malformed(operation, "the document holds no record"));
    }
    let assets = records.iter().map(|record| Asset::Company(company(&record.attributes, &mut gathered)));
    let assets =
        assets.map(|asset| FoundAsset { asset, matched_by: MatchedBy::Unstated }).collect::<Vec<_>>();
    Ok(gathered.answer(assets))
}
