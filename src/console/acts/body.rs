//! What the API is sent for the form of an act that came in.

use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::super::address::segment;
use super::super::catalogue::{ActKind, Field, Input};
use super::super::currency;
use super::super::form::Posted;
use super::super::papers::documents;

/// The parts of what an act is about.
pub fn parts(subject: &str) -> impl Iterator<Item = &str> {
    subject.split('~')
}

/// The endpoint of an act on something.
pub fn endpoint(kind: &ActKind, subject: &str) -> String {
    parts(subject).fold(kind.api.to_owned(), |path, part| path.replacen("{}", &segment(part), 1))
}

/// Names that were written one after the other.
pub fn names_in(entered: &str) -> Vec<&str> {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    entered.split(separators).filter(|name| !name.is_empty()).collect()
}

/// What was written one after the other with commas between: names may have spaces.
pub fn listed_in(entered: &str) -> Vec<&str> {
    let separators = |c: char| matches!(c, ',' | '，' | '、' | ';' | '；' | '\n');
    entered.split(separators).map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// What the API is sent for a form that came in.
pub fn body_of(kind: &ActKind, subject: &str, posted: &Posted) -> Value {
    let mut body: Value = serde_json::from_str(kind.base).unwrap_or_else(|_| json!({}));
    if let Some(party) = parts(subject).last().filter(|_| !kind.subject_at.is_empty()) {
        put(&mut body, kind.subject_at, party.into());
    }
    let mut kinds = Vec::new();
    // What stands nowhere by itself goes with the documents.
    let placed = |field: &&Field| !field.pointer.is_empty() || matches!(field.input, Input::Paper(_));
    for field in kind.fields.iter().filter(placed) {
        let entered = posted.get(field.name);
        let value = match field.input {
            Input::Paper(paper) => {
                kinds.push(paper);
                continue;
            }
            Input::Flag => {
                if entered == "yes" {
                    Value::Bool(true)
                } else {
                    continue;
                }
            }
            _ if entered.is_empty() && !field.is_required => continue,
            Input::Money => json!({ "amount": amount_of(entered), "currency": "CNY" }),
            Input::Amount => {
                let stated = posted.get(&currency::field_of(field.name));
                json!({ "amount": amount_of(entered), "currency": if stated.is_empty() { "CNY" } else { stated } })
            }
            Input::AmountIn(currency) => {
                let stated = posted.get(currency).to_uppercase();
                json!({ "amount": amount_of(entered), "currency": if stated.is_empty() { "CNY" } else { &stated } })
            }
            Input::Rank => json!({ "place": count_of(entered), "derived": false }),
            Input::Instant => instant_of(entered).into(),
            Input::Names => listed_in(entered).into(),
            Input::Once => continue,
            Input::Seen => serde_json::from_str(entered).unwrap_or_else(|_| entered.into()),
            Input::Count => count_of(entered),
            _ => Value::String(entered.to_owned()),
        };
        put(&mut body, field.pointer, value);
    }
    let papers = documents(posted, &kinds, posted.get("paper_number"));
    if !papers.is_empty() {
        put(&mut body, "/documents", Value::Array(papers));
    }
    body
}

/// An instant as a browser's field for one has it, in Beijing time; what is none stays as it was entered, and is told by the endpoint.
fn instant_of(entered: &str) -> String {
    let local = entered.trim().replace(' ', "T");
    let at = local.parse::<jiff::civil::DateTime>().ok();
    let at = at.and_then(|at| at.to_zoned(TimeZone::fixed(Offset::constant(8))).ok());
    at.map_or_else(|| entered.to_owned(), |at| at.timestamp().to_string())
}

/// A number; what is none stays as it was entered, and is told by the endpoint.
fn count_of(entered: &str) -> Value {
    entered.parse::<u64>().map_or_else(|_| Value::String(entered.to_owned()), Value::from)
}

/// An amount as it is written into a form, without what people put between the digits.
pub fn amount_of(entered: &str) -> String {
    entered.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '\u{3000}' | '元' | '¥' | '￥')).collect()
}

/// Puts a value at a place, making the objects on the way.
fn put(into: &mut Value, pointer: &str, value: Value) {
    let mut at = into;
    for step in pointer.split('/').skip(1) {
        let found = match at {
            Value::Array(all) => step.parse::<usize>().ok().and_then(|step| all.get_mut(step)),
            other => {
                if !other.is_object() {
                    *other = json!({});
                }
                other.as_object_mut().map(|object| object.entry(step).or_insert(Value::Null))
            }
        };
        let Some(found) = found else { return };
        at = found;
    }
    *at = value;
}

#[cfg(test)]
mod tests;
