//! A conversation: a connector's dialogue, carried over a call line to its end.

use std::time::Duration;

use chakong_contract::connector::{Dialogue, Input, Read, Step};
use chakong_contract::message::{HttpRequest, HttpResponse};
use chakong_contract::{Date, Fault, FaultKind};

use super::super::super::Admission;
use super::reserve::Reserve;
use crate::lines::call::{CallLine, Repeat};

/// Most requests of one conversation.
const MOST_STEPS: usize = 1000;

/// What a conversation is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Whether it is about controls.
    pub control: bool,
    /// The court whose orders it is about; where courts have no shares, that of the first of them.
    pub court: &'a str,
}

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
    /// Requests that were counted against a day's quota and not sent.
    pub unsent: Vec<(Date, u32)>,
}

/// Holds a conversation to its end, from its first step. The first request was admitted and counted by the lane; further ones are
/// admitted by `admission`, and counted by `quota` where there is one.
pub async fn converse(
    line: &CallLine,
    dialogue: &mut dyn Dialogue,
    first: Step,
    about: About<'_>,
    admission: &Admission,
    quota: Option<Reserve<'_>>,
) -> Conversation {
    let mut sending = Sending { line, about, admission, quota, transcript: Vec::new(), requests: 0 };
    let mut next = first;
    for step in 0..MOST_STEPS {
        let request = match next {
            Step::Send(request) => request,
            Step::Done(reads) => return sending.ended(Ended::Done(reads)),
            Step::Later { ticket, after } => return sending.ended(Ended::Later { ticket, after }),
            Step::Failed(fault) => return sending.ended(Ended::Failed(fault)),
        };
        let admitted = if step == 0 { Ok(()) } else { sending.pass().await };
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
    about: About<'a>,
    admission: &'a Admission,
    quota: Option<Reserve<'a>>,
    transcript: Vec<u8>,
    requests: u64,
}

impl Sending<'_> {
    fn ended(self, ended: Ended) -> Conversation {
        let unsent = self.quota.map(Reserve::unsent).unwrap_or_default();
        Conversation { ended, transcript: self.transcript, requests: self.requests, unsent }
    }

    /// Waits until one more request may be sent, and has it counted.
    async fn pass(&mut self) -> Result<(), Fault> {
        self.admission.pass(self.about.control, self.about.court).await?;
        match &mut self.quota {
            Some(quota) => quota.take().await,
            None => Ok(()),
        }
    }

    /// Sends a request that was admitted, and counts it. Where a connection that stood open was closed meanwhile and nothing
    /// is lost by it, the request goes out once more over a fresh one, as a request more that must be admitted.
    async fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let may_leave = self.admission.may_leave();
        let repeat = if self.about.control && !request.repeatable { Repeat::Never } else { Repeat::Harmless };
        self.requests += 1;
        match self.line.send(request, repeat, &may_leave).await {
            Err(unanswered) if unanswered.was_stale && repeat == Repeat::Harmless => {
                self.pass().await?;
                self.requests += 1;
                self.line.send_anew(request, &may_leave).await
            }
            sent => sent.map_err(|unanswered| unanswered.fault),
        }
    }
}

fn keep(transcript: &mut Vec<u8>, request: &HttpRequest, response: Option<&HttpResponse>) {
    let request = request.to_bytes();
    // With room for blanks and a status.
    transcript.reserve(request.len() + response.map_or(0, |response| response.body.len()) + 16);
    transcript.extend_from_slice(&request);
    if let Some(response) = response {
        transcript.extend_from_slice(format!("\n\n{}\n\n", response.status).as_bytes());
        transcript.extend_from_slice(&response.body);
    }
    transcript.extend_from_slice(b"\n\n");
}
