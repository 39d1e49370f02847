//! What is understood: the envelope, everything registered, and one body on its own.

mod burden;
mod gathered;
mod holders;
mod property;
mod rank;

pub(crate) use gathered::Gathered;
pub(crate) use holders::Asked;

use chakong_contract::connector::{Read, ReadContent, Reading};
use chakong_contract::reply::UnknownValue;
use chakong_contract::{Answer, Fault, FaultKind, HttpAnswer, Reply, Scalar};
use serde_json::value::RawValue;

use crate::wire::{AmountUnit, Answered, Envelope, Meaning, Usual, is_success, meaning, says_nothing};

/// What is done, for faults; no personal data.
const OPERATION: &str = "query the rights of a holder";
/// Longest code that a fault repeats.
const LONGEST_CODE: usize = 12;

fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, why)
}

/// What an answer holds, one entry per object in its data; empty where the registry says that it has nothing.
pub(crate) fn answered(answer: &HttpAnswer) -> Result<Vec<Answered>, Fault> {
    let body = answer.success(OPERATION)?;
    if let Ok(Usual { code, data }) = serde_json::from_slice(body)
        && is_success(&code.as_text())
    {
        return Ok(vec![data]);
    }
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|_| malformed("the answer is not the registry's JSON"))?;
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
            let text: String = serde_json::from_str(text).map_err(|_| no_object())?;
            if text.trim().is_empty() || says_nothing(&text) { Ok(Vec::new()) } else { Err(no_object()) }
        }
        Some(b'[') => {
            let entries: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| no_object())?;
            let read = |entry: &RawValue| match entry.get().starts_with('{') {
                true => serde_json::from_str(entry.get()).map_err(|_| lists()),
                false => Err(no_object()),
            };
            entries.into_iter().map(read).collect()
        }
        Some(b'{') => Ok(vec![serde_json::from_str(text).map_err(|_| lists())?]),
        _ => Err(no_object()),
    }
}

/// What one body says on its own: who was asked about is not known, so a match is not stated.
pub(crate) fn alone(body: &[u8], amounts: AmountUnit) -> Reading {
    if let Some(reply) = crate::control::lone(body) {
        let content = ReadContent::Answer(Box::new(Answer::of(reply)));
        return Reading { reads: vec![Read { number: None, content }], ..Reading::default() };
    }
    let mut gathered = Gathered::default();
    match answered(&HttpAnswer::json(200, body)) {
        Ok(answered) => {
            answered.into_iter().for_each(|answered| gathered.take(answered));
            let content = ReadContent::Answer(Box::new(answer(gathered, None, amounts, Vec::new())));
            Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
        }
        Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
    }
}

/// The answer from everything that was gathered, with what is already known to be missing.
pub(crate) fn answer(
    gathered: Gathered,
    asked: Option<&Asked>,
    amounts: AmountUnit,
    mut missing: Vec<String>,
) -> Answer {
    missing.extend(gathered.missing());
    let read = property::properties(gathered, asked, amounts);
    missing.extend(read.missing());
    let assets = read.assets;
    let reply = match (assets.is_empty(), missing.is_empty()) {
        (true, true) => Reply::Nothing,
        (false, true) => Reply::Found { assets },
        (_, false) => Reply::Partial { assets, missing },
    };
    Answer { unknown: read.unknown, ..Answer::of(reply) }
}

/// Values that are not known, kept.
#[derive(Debug, Default)]
struct Strange(Vec<UnknownValue>);

impl Strange {
    fn note(&mut self, field: &str, value: impl Into<String>) {
        self.0.push(UnknownValue { field: field.to_owned(), value: value.into() });
    }

    /// A date, or none and a note.
    fn date(&mut self, field: &str, value: &Scalar) -> Option<chakong_contract::Date> {
        value.date().unwrap_or_else(|_| {
            self.note(field, value.text());
            None
        })
    }

    /// What a table says of a text, or none and a note; a blank is none.
    fn known<T>(&mut self, field: &str, value: &Scalar, table: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = value.as_text();
        if text.is_empty() {
            return None;
        }
        let known = table(&text);
        if known.is_none() {
            self.note(field, text);
        }
        known
    }

    /// The words for a code, or the text itself; an unknown code is kept and noted.
    fn words(&mut self, field: &str, value: &Scalar, table: impl Fn(&str) -> Option<String>) -> String {
        self.known(field, value, table).unwrap_or_else(|| value.text())
    }
}
