//! What is understood of a query's response: the envelope, and one body on its own.

use chakong_contract::connector::{Read, ReadContent, Reading};
use chakong_contract::{Answer, Fault, FaultKind, HttpResponse, weight};
use serde_json::value::RawValue;

use super::control::responses;
use super::wire::query::{Envelope, Usual};
use crate::shared::read::{Extract, answer};
use crate::shared::wire::{AmountUnit, Answered, Meaning, is_success, meaning, says_nothing};

/// What is done, for faults; no personal data.
const OPERATION: &str = "query the rights of a holder";
/// Longest code that a fault repeats.
const LONGEST_CODE: usize = 12;

fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, why)
}

/// What an answer holds, one entry per object in its data; empty where the registry says that it has nothing.
pub(crate) fn answered(answer: &HttpResponse) -> Result<Vec<Answered>, Fault> {
    let body = answer.success(OPERATION)?;
    if let Ok(Usual { code, data }) = weight::json(body)
        && is_success(&code.as_text())
    {
        return Ok(vec![data]);
    }
    let envelope: Envelope<'_> =
        weight::json(body).map_err(|_| malformed("the answer is not the registry's JSON"))?;
    let code = envelope.code.text();
    match meaning(&code, &envelope.message, &envelope.status) {
        Meaning::Success => data(envelope.data),
        Meaning::Nothing => Ok(Vec::new()),
        Meaning::Fault(kind, why) => {
            let stated = if code.is_empty() { envelope.status.text() } else { code };
            let fault = Fault::new(kind, OPERATION, why);
            let short = (1..=LONGEST_CODE).contains(&stated.len()) && stated.is_ascii();
            Err(if short { fault.status(stated) } else { fault })
        }
    }
}

/// The data: an object, a list of objects, null, or one of the texts that mean nothing.
fn data(data: Option<&RawValue>) -> Result<Vec<Answered>, Fault> {
    let text = data.map_or("null", RawValue::get);
    let lists = || malformed("the lists are not lists");
    let no_object = || malformed("the data is no object");
    match text.as_bytes().first() {
        Some(b'n') => Ok(Vec::new()),
        Some(b'"') => {
            let text: String = weight::json(text.as_bytes()).map_err(|_| no_object())?;
            if text.trim().is_empty() || says_nothing(&text) { Ok(Vec::new()) } else { Err(no_object()) }
        }
        Some(b'[') => {
            let entries: Vec<&RawValue> = weight::json(text.as_bytes()).map_err(|_| no_object())?;
            let read = |entry: &RawValue| match entry.get().starts_with('{') {
                true => weight::json(entry.get().as_bytes()).map_err(|_| lists()),
                false => Err(no_object()),
            };
            entries.into_iter().map(read).collect()
        }
        Some(b'{') => Ok(vec![weight::json(text.as_bytes()).map_err(|_| lists())?]),
        _ => Err(no_object()),
    }
}

/// What one body says on its own: who was asked about is not known, so a match is not stated.
pub(crate) fn alone(body: &[u8], amounts: AmountUnit) -> Reading {
    if let Some(reply) = responses::lone(body) {
        let content = ReadContent::Answer(Box::new(Answer::of(reply)));
        return Reading { reads: vec![Read { number: None, content }], ..Reading::default() };
    }
    let mut extract = Extract::default();
    match answered(&HttpResponse::json(200, body)) {
        Ok(answered) => {
            answered.into_iter().for_each(|answered| extract.add(answered));
            let content = ReadContent::Answer(Box::new(answer(extract, None, amounts, Vec::new())));
            Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
        }
        Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
    }
}
