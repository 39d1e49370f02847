//! What a centre hands in.

use std::borrow::Cow;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::message::without_mark;
use chakong_contract::{Fault, FaultKind, Reading, RequestNumber};
use chakong_toolkit::{json, list};
use serde_json::Value;

use super::manifest::Platform;
use super::wire::{Call, FIELD};
use crate::shared::read::{Extract, answer};
use crate::shared::wire::results::Results;

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "read the results", detail)
}

/// The JSON of a call: in its form field, or as the body itself.
pub(super) fn call(body: &[u8]) -> Option<Call> {
    let text = without_mark(body).trim_ascii_start();
    if text.first() == Some(&b'{') {
        return json::read(text).ok();
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    let (_, text) = fields.into_iter().find(|(name, _)| name == FIELD)?;
    json::read(text.as_bytes()).ok()
}

/// As much as there is of the JSON of a call of which only the beginning may be there.
pub(super) fn json(beginning: &[u8]) -> Cow<'_, [u8]> {
    let json = without_mark(beginning).trim_ascii_start();
    if json.first().is_none_or(|first| *first == b'{') {
        return Cow::Borrowed(json);
    }
    // What was cut within an escape is no character yet.
    let from = json.len().saturating_sub(2);
    let cut = json.get(from..).and_then(|end| end.iter().position(|byte| *byte == b'%'));
    let whole = json.get(..cut.map_or(json.len(), |at| from + at)).unwrap_or_default();
    let field = form_urlencoded::parse(whole).find(|(name, _)| name == FIELD);
    Cow::Owned(field.map(|(_, json)| json.into_owned().into_bytes()).unwrap_or_default())
}

/// What a whole call says.
pub(super) fn message(platform: &Platform, bytes: &[u8]) -> Reading {
    match call(bytes) {
        Some(call) => read(platform, call.data),
        None => Reading { problems: vec![malformed("it is not the platform's JSON")], ..Reading::default() },
    }
}

/// Reads the results that were handed in. One bad entry never spoils the others.
pub(super) fn read(platform: &Platform, data: Value) -> Reading {
    let mut reading = Reading::default();
    for entry in list::entries(data) {
        match result(platform, entry) {
            Ok(read) => reading.reads.push(read),
            Err(fault) => reading.problems.push(fault),
        }
    }
    if reading.reads.is_empty() && reading.problems.is_empty() {
        reading.problems.push(malformed("it holds no result"));
    }
    reading
}

fn result(platform: &Platform, entry: Value) -> Result<Read, Fault> {
    let results: Results = serde_json::from_value(entry).map_err(|_| malformed("an entry is no result"))?;
    let number: RequestNumber = results
        .application
        .code()
        .unwrap_or_default()
        .parse()
        .map_err(|_| malformed("an entry names no application"))?;
    let mut extract = Extract::of_request(number.as_str());
    for result in results.results {
        match result.answered() {
            Ok(answered) => extract.add(answered),
            Err(_) => {
                let content = ReadContent::Fault(malformed("a list of the result is no list"));
                return Ok(Read { number: Some(number), content });
            }
        }
    }
    Ok(Read::answer(number, answer(extract, None, platform.amounts, Vec::new())))
}
