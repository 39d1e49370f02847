//! Answers by description: the verdict, the list, and each entry as an asset.

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::gathered::Gathered;
use chakong_contract::name::same_name;
use chakong_contract::{Answer, Currency, Fault, FaultKind, HttpAnswer, Order, RetryAfter, Scalar, money};
use serde_json::{Map, Value, json};

use crate::description::{Description, Field, FieldType, Format, fields_of};

/// Entries of one page that are read at most.
const MOST_ENTRIES: usize = 1_000;
const OPERATION: &str = "query the counterpart";
/// The words for the list, where some of it is missing.
pub(crate) const ENTRIES: &str = "登记记录 entries";

/// A page of entries, not yet read.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) total: Option<u64>,
}

fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, why)
}

fn scalar(value: Option<&Value>) -> Option<Scalar> {
    serde_json::from_value(value?.clone()).ok()
}

/// The list of an answer; nothing is an empty page.
pub(crate) fn page(description: &Description, answer: &HttpAnswer) -> Result<Page, Fault> {
    let form = &description.answer;
    let parsed = form.format.read(&answer.body);
    if form.nothing_statuses.contains(&answer.status) && parsed.as_ref().is_some_and(Value::is_object) {
        return Ok(Page::default());
    }
    answer.success(OPERATION)?;
    let mut body = parsed.ok_or_else(|| malformed("the answer is not of the format that is described"))?;
    if let Some(pointer) = &form.code {
        let code = scalar(body.pointer(pointer)).map(|code| code.text()).filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| malformed("the answer has no code"))?;
        if form.nothing.contains(&code) {
            return Ok(Page::default());
        }
        if !form.success.contains(&code) {
            return Err(refusal(description, &code));
        }
    }
    let total = description.paging.as_ref().and_then(|paging| scalar(body.pointer(paging.total.as_ref()?)));
    let total = total.and_then(|total| u64::try_from(total.integer()?).ok());
    match body.pointer_mut(&form.items).map(Value::take) {
        Some(Value::Array(mut items)) => {
            items.truncate(MOST_ENTRIES);
            Ok(Page { items, total })
        }
        Some(Value::Null) if form.code.is_some() => Ok(Page::default()),
        // In XML a list of one entry looks like the entry, and one of none like a text or is not there at all.
        Some(item @ Value::Object(_)) if form.format == Format::Xml => Ok(Page { items: vec![item], total }),
        Some(Value::String(text)) if form.format == Format::Xml && text.is_empty() => Ok(Page::default()),
        None if form.format == Format::Xml && form.code.is_some() => Ok(Page::default()),
        _ => Err(malformed("the answer has no list")),
    }
}

fn refusal(description: &Description, code: &str) -> Fault {
    match description.answer.faults.get(code) {
        Some(kind) => {
            let tomorrow = (*kind == FaultKind::QuotaSpent).then_some(RetryAfter::Tomorrow);
            let why = "the counterpart says so by its code";
            Fault::new(*kind, OPERATION, why).status(code).retry_after(tomorrow)
        }
        None => malformed("the code is not in the description"),
    }
}

/// Entries as assets of the party; those of another are left out.
pub(crate) fn assets(
    description: &Description,
    order: Option<&Order>,
    items: Vec<Value>,
    gathered: &mut Gathered,
) -> Vec<FoundAsset> {
    let (all, mut found) = (items.len(), Vec::new());
    let mut others = 0;
    for item in items {
        let Some(matched_by) =
            order.map_or(Some(MatchedBy::Unstated), |order| matched(description, order, &item))
        else {
            others += 1;
            continue;
        };
        if let Some(asset) = asset(description, &item, gathered) {
            found.push(FoundAsset { asset, matched_by });
        }
    }
    let unreadable = all - others - found.len();
    if unreadable > 0 {
        gathered.lacks(ENTRIES, &format!("{unreadable}条无法识别 {unreadable} entries cannot be read"));
    }
    found
}

/// How an entry matches the party. One that says nothing of whose it is was found by what was asked.
fn matched(description: &Description, order: &Order, item: &Value) -> Option<MatchedBy> {
    let stated = |pointer: &Option<String>| {
        let text = scalar(item.pointer(pointer.as_ref()?))?.text();
        Some(text).filter(|text| !text.is_empty())
    };
    let (number, name) = (stated(&description.matching.number), stated(&description.matching.name));
    if number.is_none() && name.is_none() {
        return Some(MatchedBy::Unstated);
    }
    let same_number = number.map(|number| number.eq_ignore_ascii_case(order.document.number()));
    MatchedBy::of(same_number, name.is_some_and(|name| same_name(&name, order.name.as_str())))
}

/// An entry as an asset; `None` when it is no object, or holds none of its fields.
fn asset(description: &Description, item: &Value, gathered: &mut Gathered) -> Option<Asset> {
    let kind = description.asset.kind;
    let mut asset = Map::new();
    asset.insert("kind".to_owned(), json!(kind));
    let mut any = false;
    for (name, field_type) in fields_of(kind)? {
        let value = description.asset.fields.get(*name).and_then(|field| {
            let (stated, value) = field_value(field, item, name, *field_type, gathered)?;
            any |= stated;
            Some(value)
        });
        let absent = if *field_type == FieldType::Text { json!("") } else { Value::Null };
        asset.insert((*name).to_owned(), value.unwrap_or(absent));
    }
    if any { serde_json::from_value(Value::Object(asset)).ok() } else { None }
}

/// Whether the entry states a field, and its value in the form of the contract.
fn field_value(
    field: &Field,
    item: &Value,
    name: &str,
    field_type: FieldType,
    gathered: &mut Gathered,
) -> Option<(bool, Value)> {
    let full = match field {
        Field::Full(full) => Some(full),
        Field::At(_) => None,
    };
    let at = match field {
        Field::At(at) => Some(at),
        Field::Full(full) => full.at.as_ref(),
    };
    let stated = match at {
        Some(at) => Some(scalar(item.pointer(at))?).filter(|value| !value.is_blank())?,
        None => Scalar::from(full?.text.as_deref()?),
    };
    let text = stated.text();
    let value = match field_type {
        FieldType::Date => json!(gathered.date(name, &stated)?),
        FieldType::Currency => json!(Currency::from_wire(&text)),
        FieldType::Money => {
            let factor = full.and_then(|full| full.factor).unwrap_or(rust_decimal::Decimal::ONE);
            let amount =
                money::read_amount(&text).ok().flatten().and_then(|amount| amount.checked_mul(factor));
            let Some(amount) = amount else {
                gathered.strange(name, text);
                return Some((at.is_some(), Value::Null));
            };
            json!(money::Money { amount, currency: full.and_then(|full| full.currency) })
        }
        FieldType::Text => match full.filter(|full| !full.codes.is_empty()) {
            None => json!(text),
            Some(full) => match full.codes.get(&text) {
                Some(meaning) => json!(meaning),
                None => {
                    gathered.strange(name, text.clone());
                    json!(text)
                }
            },
        },
    };
    Some((at.is_some(), value))
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(description: &Description, body: &[u8]) -> Result<Answer, Fault> {
    let page = page(description, &HttpAnswer::json(200, body))?;
    let mut gathered = Gathered::default();
    let assets = assets(description, None, page.items, &mut gathered);
    Ok(gathered.answer(assets))
}
