//! A conversation: a connector's dialogue, carried over a call line to its end.

use std::time::Duration;

use chakong_contract::connector::{Dialogue, Input, Read, Step};
use chakong_contract::message::{HttpRequest, HttpResponse};
use chakong_contract::{Fault, FaultKind};

use super::super::super::Admission;
use crate::lines::call::{CallLine, Repeat};

/// Most requests of one conversation.
const MOST_STEPS: usize = 1000;

/// How a conversation ended.
#[derive(Debug)]
pub enum Ended {
    /// Replies.
    Done(Vec<Read>),
    /// The counterpart will know later.
    Later {
        /// Its name for the batch.
        ticket: String,
        /// When to ask.
        after: Duration,
    },
    /// No reply.
    Failed(Fault),
}

/// A conversation: how it ended and what was said, request and response in turn.
#[derive(Debug)]
pub struct Conversation {
    /// How it ended.
    pub ended: Ended,
    /// The bytes, secrets left out.
    pub transcript: Vec<u8>,
    /// Requests that were sent.
    pub requests: u64,
}

/// Holds a conversation to its end, from its first step. The first request was admitted by the lane; further ones are by
/// `admission`.
pub async fn converse(
    line: &CallLine,
    dialogue: &mut dyn Dialogue,
    first: Step,
    control: bool,
    admission: &Admission,
) -> Conversation {
    let mut sending = Sending { line, control, admission, transcript: Vec::new(), requests: 0 };
    let mut next = first;
    for step in 0..MOST_STEPS {
        let request = match next {
            Step::Send(request) => request,
            Step::Done(reads) => return sending.ended(Ended::Done(reads)),
            Step::Later { ticket, after } => return sending.ended(Ended::Later { ticket, after }),
            Step::Failed(fault) => return sending.ended(Ended::Failed(fault)),
        };
        let admitted = if step == 0 { Ok(()) } else { admission.pass(control).await };
        let sent = match admitted {
            Ok(()) => sending.send(&request).await,
            Err(fault) => Err(fault),
        };
        keep(&mut sending.transcript, &request, sent.as_ref().ok());
        match sent {
            Ok(response) => next = dialogue.next(Input::Response(response)),
            Err(fault) => return sending.ended(Ended::Failed(fault)),
        }
    }
    let fault = Fault::new(FaultKind::Malformed, "hold the conversation", "it does not come to an end");
    sending.ended(Ended::Failed(fault))
}

/// A conversation under way.
struct Sending<'a> {
    line: &'a CallLine,
    control: bool,
    admission: &'a Admission,
    transcript: Vec<u8>,
    requests: u64,
}

impl Sending<'_> {
    fn ended(self, ended: Ended) -> Conversation {
        Conversation { ended, transcript: self.transcript, requests: self.requests }
    }

    /// Sends a request that was admitted, and counts it. Where a connection that stood open was closed meanwhile and nothing
    /// is lost by it, the request goes out once more over a fresh one, as a request more that must be admitted.
    async fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        if !self.admission.stands() {
            return Err(moved());
        }
        let repeat = if self.control && !request.repeatable { Repeat::Never } else { Repeat::Harmless };
        self.requests += 1;
        match self.line.send(request, repeat).await {
            Err(unanswered) if unanswered.was_stale && repeat == Repeat::Harmless => {
                self.admission.pass(self.control).await?;
                if !self.admission.stands() {
                    return Err(moved());
                }
                self.requests += 1;
                self.line.send_anew(request).await
            }
            sent => sent.map_err(|unanswered| unanswered.fault),
        }
    }
}

/// This process was stopped or cut off for so long that another may work for the lane. Nothing was sent.
fn moved() -> Fault {
    let detail = "the lane may have moved to another replica; nothing was sent";
    Fault::new(FaultKind::Transient, "send the request", detail)
}

fn keep(transcript: &mut Vec<u8>, request: &HttpRequest, response: Option<&HttpResponse>) {
    transcript.extend_from_slice(&request.to_bytes());
    if let Some(response) = response {
        transcript.extend_from_slice(format!("\n\n{}\n\n", response.status).as_bytes());
        transcript.extend_from_slice(&response.body);
    }
    transcript.extend_from_slice(b"\n\n");
}
