//! A postbox in memory: what the gateway keeps behind one, as little as a simulated counterpart that calls needs.

use std::time::Duration;

use chakong_contract::connector::ReadContent;
use chakong_contract::sandbox::{PollStep, PostboxSandbox};
use chakong_contract::{
    Answer, CallKind, CallResult, Claim, Credentials, EntryResult, HttpResponse, InboundRequest, Moment,
    Order, ParsedCall, Postbox, Read, Reading, RequestNumber,
};

use crate::inbound::inbound;

/// Most calls that a counterpart may make before it rests.
pub const MOST_CALLS: usize = 2000;
/// Beginnings of each call that are looked at.
const PARTS: usize = 13;

/// Orders that wait for one account, and what was handed in.
#[derive(Debug, Default)]
pub struct FakePostbox {
    account: String,
    password: String,
    open: Vec<Order>,
    closed: Vec<Order>,
    /// Whether it says that it cannot answer now.
    pub unavailable: bool,
    /// Every answer that was taken, in order.
    pub answers: Vec<(RequestNumber, Answer)>,
    /// What became of everything that was handed in, in order.
    pub taken: Vec<EntryResult>,
    /// Every reading that was handed in.
    pub readings: Vec<Reading>,
    /// Callers that were turned away.
    pub turned_away: u32,
    /// Every operation called.
    pub operations: Vec<String>,
    /// Every call that handed something in.
    pub handed_in: Vec<Vec<u8>>,
    /// Everything that was said to callers.
    pub said: Vec<Vec<u8>>,
    /// Calls whose caller, by their beginning, was another than by the whole of them.
    pub misidentified: u32,
    everybody: bool,
}

impl FakePostbox {
    /// A postbox for one account.
    pub fn new(account: &str, password: &str) -> Self {
        Self { account: account.to_owned(), password: password.to_owned(), ..Self::default() }
    }

    /// A postbox that lets everybody in.
    pub fn for_everybody() -> Self {
        Self { everybody: true, ..Self::default() }
    }

    /// Puts orders on offer.
    pub fn offer(&mut self, orders: impl IntoIterator<Item = Order>) {
        self.open.extend(orders);
    }

    /// Orders without an answer.
    pub fn open(&self) -> &[Order] {
        &self.open
    }

    /// Serves one call.
    pub fn serve(&mut self, postbox: &dyn Postbox, call: &InboundRequest) -> HttpResponse {
        match postbox.parse(call) {
            Ok(parsed) => {
                self.misidentified += u32::from(!is_identified(postbox, call, &parsed));
                if matches!(parsed.kind, CallKind::HandIn(_)) {
                    self.handed_in.push(call.body.clone());
                }
                let result = self.find(postbox, &parsed);
                let answer = postbox.respond(&parsed, &result);
                self.said.push(answer.body.clone());
                answer
            }
            Err(answer) => answer,
        }
    }

    fn find(&mut self, postbox: &dyn Postbox, parsed: &ParsedCall) -> CallResult {
        if parsed.kind == CallKind::Description {
            return CallResult::Description;
        }
        let known = parsed.account == self.account && parsed.password.expose() == self.password;
        if !known && !self.everybody {
            self.turned_away += 1;
            return CallResult::TurnedAway;
        }
        if self.unavailable {
            return CallResult::Unavailable;
        }
        self.operations.push(parsed.operation.clone());
        let known = |wanted: &dyn Fn(&Order) -> bool| {
            CallResult::Order(
                self.open.iter().chain(&self.closed).find(|order| wanted(order)).cloned().map(Box::new),
            )
        };
        match &parsed.kind {
            CallKind::Description => CallResult::Description,
            CallKind::Admission => CallResult::Admitted,
            // It holds no conversations.
            CallKind::Token(_) => CallResult::Token(false),
            CallKind::Orders { control } => {
                let wanted = |order: &&Order| order.instruction.kind().is_control() == *control;
                CallResult::Orders(self.open.iter().filter(wanted).cloned().collect())
            }
            CallKind::DocumentsByKey(key) => {
                known(&|order| postbox.document_key(order).as_ref() == Some(key))
            }
            CallKind::Documents(number) | CallKind::Certificates(number) => {
                known(&|order| order.number == *number)
            }
            CallKind::HandIn(reading) => {
                self.readings.push(reading.clone());
                CallResult::Entries(
                    reading.reads.iter().map(|read| (read.number.clone(), self.take(read))).collect(),
                )
            }
        }
    }

    fn take(&mut self, read: &Read) -> EntryResult {
        let taken = self.judge(read);
        self.taken.push(taken.clone());
        taken
    }

    fn judge(&mut self, read: &Read) -> EntryResult {
        let Some(number) = &read.number else { return EntryResult::Unknown };
        let is_it = |order: &Order| order.number == *number;
        let at = self.open.iter().position(is_it);
        match (&read.content, at) {
            (ReadContent::Fault(fault), _) => EntryResult::Unreadable(fault.clone()),
            (ReadContent::Answer(answer), Some(at)) => {
                self.answers.push((number.clone(), (**answer).clone()));
                self.closed.push(self.open.remove(at));
                EntryResult::Accepted
            }
            (ReadContent::Continuation(_) | ReadContent::Attachment(_), _)
                if self.closed.iter().any(is_it) =>
            {
                EntryResult::Accepted
            }
            (ReadContent::Answer(_), None) if self.closed.iter().any(is_it) => EntryResult::Duplicate,
            (ReadContent::Answer(_) | ReadContent::Continuation(_) | ReadContent::Attachment(_), _) => {
                EntryResult::Unknown
            }
        }
    }
}

/// Whether a call's caller is known by the beginning of its call, and by no part of it as somebody else.
fn is_identified(postbox: &dyn Postbox, call: &InboundRequest, parsed: &ParsedCall) -> bool {
    let is_visitor = |claim: &Claim| match claim {
        Claim::Caller(claimed) => {
            let Credentials { account, password, operation } = claimed;
            (account, password, operation) == (&parsed.account, &parsed.password, &parsed.operation)
        }
        Claim::Nobody => matches!(parsed.kind, CallKind::Description | CallKind::Token(_)),
        Claim::Later => false,
    };
    let length = call.body.len();
    let parts = (1..PARTS).map(|part| length * part / PARTS).chain([length.saturating_sub(1)]);
    let mut beginnings = parts.map(|cut| InboundRequest { body: call.body[..cut].to_vec(), ..call.clone() });
    let never_another = beginnings.all(|beginning| match postbox.identify(&beginning, false) {
        Ok(claim) => claim == Claim::Later || is_visitor(&claim),
        Err(_) => false,
    });
    never_another && postbox.identify(call, true).is_ok_and(|claim| is_visitor(&claim))
}

/// Lets a counterpart make one round: it calls until it rests. Gives how long it rests.
///
/// # Errors
/// In words, when it never rests.
pub fn round(
    fake: &mut FakePostbox,
    postbox: &dyn Postbox,
    caller: &mut dyn PostboxSandbox,
    now: Moment,
) -> Result<Duration, String> {
    let mut answer: Option<HttpResponse> = None;
    for _ in 0..MOST_CALLS {
        match caller.next(answer.as_ref(), now) {
            PollStep::Call(request) => answer = Some(fake.serve(postbox, &inbound(&request))),
            PollStep::Rest(rest) => return Ok(rest),
        }
    }
    Err(format!("the counterpart does not rest after {MOST_CALLS} calls"))
}
