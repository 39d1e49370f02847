//! Bad HTTP answers, for call connectors.

use std::time::Duration;

use chakong_contract::connector::ReadContent;
use chakong_contract::{Fault, FaultKind, HttpResponse, Reply, RetryAfter};

use crate::conformance::subject::{Subject, holds};
use crate::drive::{self, End, Talk};

/// Requests of one dialogue at which trouble is tried.
const MOST_PLACES: usize = 12;

/// A bad answer made from the good one that was due.
type Trouble = (&'static str, fn(&HttpResponse) -> HttpResponse);

const STATUSES: &[(u16, FaultKind)] = &[
    (401, FaultKind::Unauthorised),
    (403, FaultKind::Unauthorised),
    (404, FaultKind::Misconfigured),
    (429, FaultKind::RateLimited),
    (500, FaultKind::Transient),
    (503, FaultKind::Transient),
];

const BODIES: &[Trouble] = &[
    ("an HTML page with status 200", |_| {
        HttpResponse::json(200, "<!DOCTYPE html><html><body>系统繁忙</body></html>")
    }),
    ("a truncated body", |good| {
        HttpResponse::json(200, good.body.get(..good.body.len() / 2).unwrap_or_default())
    }),
    ("an empty body", |_| HttpResponse::json(200, "")),
    ("text without sense", |_| HttpResponse::json(200, "ok ok ok")),
    ("a number", |_| HttpResponse::json(200, "42")),
    ("an empty object", |_| HttpResponse::json(200, "{}")),
    ("an empty list", |_| HttpResponse::json(200, "[]")),
    ("deep nesting", |_| HttpResponse::json(200, "[".repeat(100_000))),
    ("bytes that are no text", |_| HttpResponse::json(200, [0xff, 0xfe, 0x00, 0xd8, 0x80])),
];

/// Leads the probe's dialogue, giving the bad answer at `place` and, if `on`, ever after; `None` for parcel connectors.
fn disturbed(
    subject: &Subject,
    place: usize,
    on: bool,
    bad: &dyn Fn(&HttpResponse) -> HttpResponse,
) -> Result<Option<Talk>, String> {
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let (Some(call), Some(served)) = (connector.call(), sandbox.call()) else {
        return Ok(None);
    };
    drive::talk(call, &drive::batch(vec![subject.probe()?.clone()]), |at, request, now| {
        let good = drive::serve(served, request, now)?;
        Some(if at == place || (on && at > place) { bad(&good) } else { good })
    })
    .map(Some)
}

/// The fault with which the one order ended.
fn fault_of(talk: &Talk) -> Result<&Fault, String> {
    match &talk.end {
        End::Failed(fault) => Ok(fault),
        End::Read(reading) => match reading.reads.as_slice() {
            [read] => match &read.content {
                ReadContent::Fault(fault) => Ok(fault),
                ReadContent::Answer(answer) => Err(format!("it was taken for {}", answer.reply.outcome())),
                ReadContent::Continuation(_) | ReadContent::Attachment(_) => {
                    Err("it was taken for something beside an answer".to_owned())
                }
            },
            other => Err(format!("{} reads", other.len())),
        },
    }
}

fn bad_status(status: u16, retry_after: Option<&str>) -> HttpResponse {
    let headers = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned()));
    HttpResponse { status, headers: headers.into_iter().collect(), body: b"trouble".to_vec() }
}

/// The kind that a fault must have. Of a control nobody may know whether it was done.
fn is_kind(subject: &Subject, fault: &Fault, kind: FaultKind) -> Result<bool, String> {
    let control = subject.probe()?.instruction.kind().is_control();
    Ok(fault.kind == kind || (control && fault.kind == FaultKind::OutcomeUnknown))
}

pub(super) fn statuses_mean_faults(subject: &Subject) -> Result<(), String> {
    STATUSES.iter().try_for_each(|(status, kind)| {
        let Some(talk) = disturbed(subject, 0, true, &|_| bad_status(*status, None))? else { return Ok(()) };
        let fault = fault_of(&talk).map_err(|why| format!("{status}: {why}"))?;
        holds(is_kind(subject, fault, *kind)?, || format!("{status}: {fault}"))
    })
}

pub(super) fn retry_after_is_kept(subject: &Subject) -> Result<(), String> {
    [429, 503].iter().try_for_each(|status| {
        let Some(talk) = disturbed(subject, 0, true, &|_| bad_status(*status, Some("17")))? else {
            return Ok(());
        };
        let fault = fault_of(&talk).map_err(|why| format!("{status}: {why}"))?;
        let kept = fault.retry_after == Some(RetryAfter::Delay(Duration::from_secs(17)));
        holds(kept, || format!("{status}: {:?}", fault.retry_after))
    })
}

pub(super) fn bad_bodies_are_malformed(subject: &Subject) -> Result<(), String> {
    BODIES.iter().try_for_each(|(what, bad)| {
        let Some(talk) = disturbed(subject, 0, true, bad)? else { return Ok(()) };
        let fault = fault_of(&talk).map_err(|why| format!("{what}: {why}"))?;
        holds(is_kind(subject, fault, FaultKind::Malformed)?, || format!("{what}: {fault}"))
    })
}

/// After a bad answer in the middle the reply is never a clean one: what is missing must be said.
pub(super) fn later_trouble_is_told(subject: &Subject) -> Result<(), String> {
    let Some(good) = disturbed(subject, usize::MAX, false, &Clone::clone)? else { return Ok(()) };
    for place in 1..good.requests.len().min(MOST_PLACES) {
        for (what, bad) in BODIES {
            let talk = disturbed(subject, place, false, bad)?.ok_or("no dialogue")?;
            told(&talk).map_err(|why| format!("{what} at request {}: {why}", place + 1))?;
        }
        for (status, _) in STATUSES {
            let talk =
                disturbed(subject, place, false, &|_| bad_status(*status, None))?.ok_or("no dialogue")?;
            told(&talk).map_err(|why| format!("{status} at request {}: {why}", place + 1))?;
        }
    }
    Ok(())
}

fn told(talk: &Talk) -> Result<(), String> {
    match fault_of(talk) {
        Ok(_) => Ok(()),
        Err(why) => {
            let answers = talk.reads().iter().filter_map(|read| match &read.content {
                ReadContent::Answer(answer) => Some(&answer.reply),
                ReadContent::Continuation(_) | ReadContent::Attachment(_) | ReadContent::Fault(_) => None,
            });
            let mut partial =
                answers.map(|reply| matches!(reply, Reply::Partial { missing, .. } if !missing.is_empty()));
            holds(partial.all(|partial| partial), || why)
        }
    }
}

/// Runs into the step bound of [`drive::talk`] if the dialogue loops.
pub(super) fn no_endless_asking(subject: &Subject) -> Result<(), String> {
    for (what, bad) in BODIES {
        for place in 0..3 {
            disturbed(subject, place, true, bad).map_err(|why| format!("{what}: {why}"))?;
        }
    }
    Ok(())
}
