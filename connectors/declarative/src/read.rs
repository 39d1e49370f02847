//! Answers by description: the verdict, the list, and each entry as an asset.

mod once;

use chakong_contract::asset::{Asset, AssetKind, Doubt, DoubtAbout, DoubtKind, FoundAsset, MatchedBy};
use chakong_contract::date::end_that_has_come;
use chakong_contract::encoding::{is_foreign, is_garbled};
use chakong_contract::id::folded_number;
use chakong_contract::name::same_name;
use chakong_contract::placeholder::{is_masked, is_masked_number, is_null, is_placeholder, stated_code};
use chakong_contract::{
    Account, Answer, Currency, Date, Fault, FaultKind, HttpResponse, Money, Order, RetryAfter, money,
};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use serde_json::{Map, Value, json};

pub(crate) use self::once::once;
use crate::description::{Description, Field, FieldType, Format, Full, fields_of};

/// Entries of one page that are read at most.
const MOST_ENTRIES: usize = 1_000;
const OPERATION: &str = "query the counterpart";
/// Fields that hold a number or code, where a placeholder is none.
const NUMBERS: [&str; 6] = ["number", "institution_code", "branch_code", "linked_account", "plate", "vin"];
/// The number of an account.
const ACCOUNT: &str = "number";
/// The field that is the day of an end.
const CLOSED: &str = "closed";
/// The field that says what kind of account it is.
const CLASS: &str = "class";
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

/// A code as text, without the fraction of a floating-point number that it passed through, as in `1404.0`.
fn whole(code: &Scalar) -> String {
    let text = code.text();
    match code.integer().filter(|_| text.ends_with(".0")) {
        Some(whole) => whole.to_string(),
        None => text,
    }
}

/// The list of an answer; nothing is an empty page.
pub(crate) fn page(description: &Description, answer: &HttpResponse) -> Result<Page, Fault> {
    let form = &description.answer;
    let parsed = form.format.read(&answer.body);
    if form.nothing_statuses.contains(&answer.status) && parsed.as_ref().is_some_and(Value::is_object) {
        return Ok(Page::default());
    }
    answer.success(OPERATION)?;
    let mut body = parsed.ok_or_else(|| malformed("the answer is not of the format that is described"))?;
    if let Some(pointer) = &form.code {
        let code = scalar(body.pointer(pointer)).map(|code| whole(&code)).filter(|code| !code.is_empty());
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
    let may_be_none = form.code.is_some() || !form.items.is_empty();
    match body.pointer_mut(&form.items).map(Value::take) {
        Some(Value::Array(mut items)) => {
            items.truncate(MOST_ENTRIES);
            Ok(Page { items, total })
        }
        Some(none) if may_be_none && chakong_toolkit::json::is_none(&none) => {
            Ok(Page { items: Vec::new(), total })
        }
        // In XML a list of one entry looks like the entry, and one of none like a text or is not there at all. In JSON it may do so, too,
        // where a code says that the answer is no error.
        Some(item @ Value::Object(_)) if form.format == Format::Xml => Ok(Page { items: vec![item], total }),
        Some(item @ Value::Object(_)) if form.code.is_some() && !form.items.is_empty() => {
            let mut items = chakong_toolkit::list::entries(item);
            items.truncate(MOST_ENTRIES);
            Ok(Page { items, total })
        }
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
    let stated = |pointer: &Option<String>| scalar(item.pointer(pointer.as_ref()?))?.code();
    let (number, name) = (stated(&description.matching.number), stated(&description.matching.name));
    if number.is_none() && name.is_none() {
        return Some(MatchedBy::Unstated);
    }
    let same_number = number.map(|number| folded_number(&number) == folded_number(order.document.number()));
    MatchedBy::of(same_number, name.is_some_and(|name| same_name(&name, order.name.as_str())))
}

/// An entry as an asset; `None` when it is no object, or holds none of its fields.
fn asset(description: &Description, item: &Value, gathered: &mut Gathered) -> Option<Asset> {
    let kind = description.asset.kind;
    let mut asset = Map::new();
    asset.insert("kind".to_owned(), json!(kind));
    let mut any = false;
    let mut notes = Notes { gathered, doubts: Vec::new() };
    for (name, field_type) in fields_of(kind)? {
        let value = description.asset.fields.get(*name).and_then(|field| {
            let (stated, value) = field_value(field, item, name, *field_type, &mut notes)?;
            any |= stated;
            Some(value)
        });
        let absent = if *field_type == FieldType::Text { json!("") } else { Value::Null };
        asset.insert((*name).to_owned(), value.unwrap_or(absent));
    }
    let has = |name: &str| asset.get(name).filter(|value| !value.is_null());
    let has_money = || {
        serde_json::from_value(has("available")?.clone())
            .ok()
            .filter(|rest: &Money| rest.amount.is_sign_positive() && !rest.amount.is_zero())
    };
    if let (Some(closed), Some(_)) = (has(CLOSED).map(ToString::to_string), has_money()) {
        // A closed account has none.
        notes.doubt(CLOSED, DoubtKind::Contradiction, closed.trim_matches('"'));
    }
    if kind == AssetKind::Account {
        asset.insert("doubts".to_owned(), json!(notes.doubts));
    }
    let read: Option<Asset> = if any { serde_json::from_value(Value::Object(asset)).ok() } else { None };
    match read {
        Some(Asset::Account(account)) => Some(Asset::Account(closed_with_money(account))),
        other => other,
    }
}

/// An account whose status says that it is closed, and that has money, is one of the two.
fn closed_with_money(mut account: Account) -> Account {
    let is_doubted = account.doubts.iter().any(|doubt| doubt.about == DoubtAbout::Closed);
    if account.says_that_it_is_closed() && account.has_money() && !is_doubted {
        let (field, value) = ("status".to_owned(), account.status.clone());
        account.doubts.push(Doubt {
            about: DoubtAbout::Status,
            kind: DoubtKind::Contradiction,
            field,
            value,
        });
    }
    account
}

/// What is noted while the fields of an entry are read.
struct Notes<'a> {
    gathered: &'a mut Gathered,
    doubts: Vec<Doubt>,
}

impl Notes<'_> {
    /// Keeps a value that nothing may be concluded from.
    fn doubt(&mut self, name: &str, kind: DoubtKind, value: &str) {
        self.gathered.strange(name, value);
        let (about, field, value) = (about(name), name.to_owned(), value.to_owned());
        self.doubts.push(Doubt { about, kind, field, value });
    }
}

/// What a field of an account is about.
fn about(name: &str) -> DoubtAbout {
    match name {
        "number" => DoubtAbout::Number,
        CLASS | "remark" => DoubtAbout::Class,
        "status" => DoubtAbout::Status,
        "currency" => DoubtAbout::Currency,
        "balance" => DoubtAbout::Balance,
        "available" => DoubtAbout::Available,
        "opened" => DoubtAbout::Opened,
        CLOSED => DoubtAbout::Closed,
        _ => DoubtAbout::Other,
    }
}

/// Whether the entry states a field, and its value in the form of the contract.
fn field_value(
    field: &Field,
    item: &Value,
    name: &str,
    field_type: FieldType,
    notes: &mut Notes<'_>,
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
        Some(at) => match serde_json::from_value(item.pointer(at)?.clone()) {
            Ok(value) => Some(value).filter(|value: &Scalar| !value.is_blank())?,
            Err(_) => {
                // What is stated and cannot be read is not what was left out.
                notes.doubt(name, DoubtKind::Unreadable, &item.pointer(at)?.to_string());
                return None;
            }
        },
        None => Scalar::from(full?.text.as_deref()?),
    };
    let text = stated.text();
    let value = match field_type {
        FieldType::Date => json!(date(name, &stated, notes)),
        FieldType::Currency => {
            let currency = Currency::from_wire(&text);
            if currency.is_none() && !is_placeholder(&text) {
                notes.doubt(name, DoubtKind::Unreadable, &text);
            }
            json!(currency)
        }
        FieldType::Money => json!(amount(full, name, &text, notes)),
        FieldType::Text => words(full, name, text, notes),
    };
    Some((at.is_some(), value))
}

/// A date: of an end, if it has come; of anything else, if it does not lie ahead.
fn date(name: &str, stated: &Scalar, notes: &mut Notes<'_>) -> Option<Date> {
    let Ok(read) = stated.date() else {
        notes.doubt(name, DoubtKind::Unreadable, &stated.text());
        return None;
    };
    if name == CLOSED {
        return end_that_has_come(read, notes.gathered.day());
    }
    if read.is_some_and(|day| notes.gathered.lies_ahead(day)) {
        notes.doubt(name, DoubtKind::Implausible, &stated.text());
        return None;
    }
    read
}

/// An amount in the unit and currency of the description.
fn amount(full: Option<&Full>, name: &str, text: &str, notes: &mut Notes<'_>) -> Option<Money> {
    let factor = full.and_then(|full| full.factor).unwrap_or(rust_decimal::Decimal::ONE);
    let Ok(read) = money::read_amount(text) else {
        notes.doubt(name, DoubtKind::Unreadable, text);
        return None;
    };
    let currency = full.and_then(|full| full.currency);
    let money = read?.checked_mul(factor).map(|amount| Money { amount, currency });
    let money = money.map(|money| notes.gathered.rounded(name, text, money));
    let plausible = money.filter(Money::is_plausible);
    if plausible.is_none() {
        notes.doubt(name, DoubtKind::Implausible, text);
    }
    plausible
}

/// A text, or what its code means; what a program writes for a missing value is none.
fn words(full: Option<&Full>, name: &str, text: String, notes: &mut Notes<'_>) -> Value {
    if is_null(&text) {
        return json!("");
    }
    if is_garbled(&text) {
        notes.doubt(name, DoubtKind::Garbled, &text);
        return json!(text);
    }
    if name == CLASS && is_foreign(&text) {
        notes.doubt(name, DoubtKind::Unreadable, &text);
    }
    let is_hidden = match name {
        ACCOUNT => is_masked_number(&text),
        _ => is_masked(&text),
    };
    if NUMBERS.contains(&name) && !is_hidden {
        return json!(stated_code(&text).unwrap_or_default());
    }
    if NUMBERS.contains(&name) {
        // It can be shown, and names nothing.
        notes.doubt(name, DoubtKind::Unreadable, &text);
    }
    let codes = full.map(|full| &full.codes).filter(|codes| !codes.is_empty());
    match codes.map(|codes| codes.get(&text)) {
        None => json!(text),
        Some(Some(meaning)) => json!(meaning),
        Some(None) => {
            // A code that is not in the description may mean anything.
            notes.doubt(name, DoubtKind::Unreadable, &text);
            json!(text)
        }
    }
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(description: &Description, body: &[u8]) -> Result<Answer, Fault> {
    let page = page(description, &HttpResponse::json(200, body))?;
    let mut gathered = Gathered::default();
    let assets = assets(description, None, page.items, &mut gathered);
    Ok(gathered.answer(once(assets)))
}
