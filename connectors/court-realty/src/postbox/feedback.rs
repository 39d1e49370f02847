//! What a registry hands in, as replies.

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::placeholder::stated_code;
use chakong_contract::reply::{Holding, Stated, UnknownValue};
use chakong_contract::{Answer, Fault, FaultKind, Money, Reading, Refusal, Reply, RequestNumber, date};
use chakong_toolkit::Scalar;
use rust_decimal::Decimal;

use super::manifest::PollingRegistry;
use super::wire::controls::{Control, ControlResult, DOUBTFUL_NUMBER, ReceiptRow, control_results, receipts};
use super::wire::names::{FEED_CONTROLS, FEED_QUERIES, FEED_RECEIPTS, SERVICE};
use crate::shared::read::{Extract, answer};
use crate::shared::receipt;
use crate::shared::remarks::{is_entered, rank_in, reason};
use crate::shared::wire::point_to_point::envelope::OK;
use crate::shared::wire::point_to_point::results::{QueryResult, query_results};
use crate::shared::wire::tree::{Element, NOT_SEALED};
use crate::shared::wire::{Meaning, meaning};

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "read the feedback", detail)
}

/// What a whole call, or the document in one, says.
pub(super) fn message(registry: &PollingRegistry, bytes: &[u8]) -> Reading {
    let unreadable = |detail| Reading { problems: vec![malformed(detail)], ..Reading::default() };
    let Ok(text) = std::str::from_utf8(bytes) else { return unreadable("it is not UTF-8") };
    if text.trim_start().starts_with('<') {
        return match SERVICE.read_call(text) {
            Ok(call) => match call.arguments.get(1) {
                Some(about) if is_feed(call.operation) => read(registry, call.operation, about),
                _ => unreadable("the call hands nothing in"),
            },
            Err(trouble) => unreadable(trouble.words),
        };
    }
    if let Err(fault) = Element::open_in_parts(text, registry.leaves) {
        return Reading { problems: vec![fault], ..Reading::default() };
    }
    [FEED_QUERIES, FEED_CONTROLS, FEED_RECEIPTS]
        .into_iter()
        .map(|operation| read(registry, operation, text))
        .find(|reading| !reading.reads.is_empty())
        .unwrap_or_else(|| unreadable("it is none of the documents that a registry hands in"))
}

/// Whether an operation hands something in.
pub(super) fn is_feed(operation: &str) -> bool {
    [FEED_QUERIES, FEED_CONTROLS, FEED_RECEIPTS].contains(&operation)
}

/// Reads a document that was handed in, each of its results by itself.
pub(super) fn read(registry: &PollingRegistry, operation: &str, sealed: &str) -> Reading {
    let root = match Element::open_in_parts(sealed, registry.leaves) {
        Ok(root) => root,
        Err(fault) => return Reading { problems: vec![fault], ..Reading::default() },
    };
    match operation {
        FEED_QUERIES => {
            let results = query_results(&root).into_iter();
            let read = |result: QueryResult| whole(result.is_broken).and_then(|()| query(registry, result));
            collected(results.map(|result| (result.number.clone(), read(result).map(answered))))
        }
        FEED_CONTROLS => {
            let results = control_results(&root).into_iter();
            let read = |result: &ControlResult| whole(result.is_broken).and_then(|()| control(result));
            collected(results.map(|result| (result.number.clone(), read(&result).map(answered))))
        }
        _ => {
            let rows = receipts(&root).into_iter();
            let read = |row: &ReceiptRow| {
                whole(row.is_broken).and_then(|()| receipt::read(&row.title, &row.format, &row.content))
            };
            collected(rows.map(|row| (row.number.clone(), read(&row))))
        }
    }
}

/// Of a result with a value that could not be opened nothing is taken: it may be what matters.
fn whole(is_broken: bool) -> Result<(), Fault> {
    if is_broken { Err(malformed(NOT_SEALED)) } else { Ok(()) }
}

fn collected(results: impl Iterator<Item = (String, Result<ReadContent, Fault>)>) -> Reading {
    let mut reading = Reading::default();
    for (number, result) in results {
        let Ok(number) = number.parse::<RequestNumber>() else {
            let why = result.err().unwrap_or_else(|| malformed("an entry names no request"));
            reading.problems.push(why);
            continue;
        };
        reading.reads.push(match result {
            Ok(content) => Read { number: Some(number), content },
            Err(fault) => Read { number: Some(number), content: ReadContent::Fault(fault) },
        });
    }
    if reading.reads.is_empty() && reading.problems.is_empty() {
        reading.problems.push(malformed("it holds no result"));
    }
    reading
}

fn answered(answer: Answer) -> ReadContent {
    ReadContent::Answer(Box::new(answer))
}

/// The answer to a query. Who was asked about does not stand in it, so a match is not stated.
fn query(registry: &PollingRegistry, result: QueryResult) -> Result<Answer, Fault> {
    let message = Scalar::from(result.message.as_str());
    match meaning(&result.code, &message, &Scalar::Null) {
        Meaning::Nothing => Ok(Answer::of(Reply::Nothing)),
        Meaning::Success => {
            let mut extract = Extract::of_request(&result.number);
            extract.add(result.answered);
            let mut answer = answer(extract, None, registry.amounts, Vec::new());
            answer.unknown.extend(result.unknown);
            Ok(answer)
        }
        Meaning::Fault(FaultKind::Malformed, why) => Err(malformed(why)),
        Meaning::Fault(_, why) => Ok(refused(why, &result.code, &result.message)),
    }
}

/// The registry answered that it could not: its words, and ours where it has none.
fn refused(why: &str, code: &str, message: &str) -> Answer {
    let words = match message.is_empty() {
        true => format!("登记机构返回 {code}：{why}"),
        false => message.to_owned(),
    };
    Answer::of(Reply::Refused(Refusal { reason: reason(&words), words }))
}

fn control(result: &ControlResult) -> Result<Answer, Fault> {
    if !result.code.is_empty() && result.code != OK {
        return Ok(refused("the registry did not process the request", &result.code, &result.message));
    }
    // One property a request, so one entry; the last of several is the one that a known registry books.
    let control = result.controls.last().ok_or_else(|| malformed("the result names no property"))?;
    let mut answer = controlled(control)?;
    answer.unknown.extend(result.unknown.iter().cloned());
    let shares = |other: &Control| other.unit != control.unit && other.seizure == control.seizure;
    if control.seizure.is_empty() || !result.controls.iter().any(shares) {
        return Ok(answer);
    }
    // One number for several units: a later renewal or release may not find them (section 13.1).
    let doubtful = UnknownValue { field: DOUBTFUL_NUMBER.to_owned(), value: control.seizure.clone() };
    answer.unknown.push(doubtful);
    Ok(answer)
}

fn controlled(control: &Control) -> Result<Answer, Fault> {
    match control.state.as_str() {
        "1" => holding(control),
        "2" => {
            let words = [&control.reason, &control.remark].map(String::as_str);
            let words = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；");
            Ok(Answer::of(Reply::NotHeld(Refusal { reason: reason(&words), words })))
        }
        "" => Err(malformed("the state of the control is blank")),
        _ => Err(malformed("the state of the control is not known")),
    }
}

/// Accepted as a case, which a registrar examines still (section 2.13): it has effect once a receipt, a second result or a query says
/// so. The answer has no field for a rank, nor for the register: only its remark can say that the seizure is entered, or waits.
fn holding(control: &Control) -> Result<Answer, Fault> {
    let day = |text: &str| date::read_date(text).map_err(|_| malformed("a day of the measure is no date"));
    let rank = rank_in(&control.remark);
    let accepted_only = rank.is_none() && !is_entered(&control.remark);
    let reference = if control.seizure.is_empty() { &control.business } else { &control.seizure };
    Ok(Answer::of(Reply::Held(Holding {
        from: day(&control.from)?,
        until: day(&control.until)?,
        rank,
        accepted_only,
        reference: reference.clone(),
        stated: Stated {
            unit_number: given(&control.unit),
            certificate: given(&control.certificate),
            ..Stated::default()
        },
        words: if accepted_only { accepted_words(&control.remark) } else { control.remark.clone() },
        ..Holding::of(Money::yuan(Decimal::ZERO))
    })))
}

/// That a case was accepted, beside what the registry says.
fn accepted_words(remark: &str) -> String {
    let words = "登记机构已受理建案，尚未登簿 accepted as a case, not yet entered in the register";
    if remark.is_empty() { words.to_owned() } else { format!("{words}；{remark}") }
}

/// A number that the registry states; none where something stands in its place.
fn given(number: &str) -> Option<String> {
    stated_code(number).map(str::to_owned)
}
