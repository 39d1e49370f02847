//! A postbox in memory: what the gateway keeps behind one, as little as a simulated counterpart that calls needs.

use std::time::Duration;

use chakong_contract::connector::ReadContent;
use chakong_contract::sandbox::{PostboxSandbox, Visiting};
use chakong_contract::{
    Answer, Found, HttpAnswer, HttpHeard, Moment, Order, Postbox, Read, Reading, RequestNumber, Taken, Visit,
    Want,
};

use crate::inbound::heard;

/// Most calls that a counterpart may make before it rests.
pub const MOST_CALLS: usize = 2000;

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
    pub taken: Vec<Taken>,
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
    pub fn serve(&mut self, postbox: &dyn Postbox, call: &HttpHeard) -> HttpAnswer {
        match postbox.hear(call) {
            Ok(visit) => {
                if matches!(visit.want, Want::HandIn(_)) {
                    self.handed_in.push(call.body.clone());
                }
                let found = self.find(postbox, &visit);
                let answer = postbox.answer(&visit, &found);
                self.said.push(answer.body.clone());
                answer
            }
            Err(answer) => answer,
        }
    }

    fn find(&mut self, postbox: &dyn Postbox, visit: &Visit) -> Found {
        if visit.want == Want::Description {
            return Found::Description;
        }
        let known = visit.account == self.account && visit.password.expose() == self.password;
        if !known && !self.everybody {
            self.turned_away += 1;
            return Found::TurnedAway;
        }
        if self.unavailable {
            return Found::Unavailable;
        }
        self.operations.push(visit.operation.clone());
        let known = |wanted: &dyn Fn(&Order) -> bool| {
            Found::Order(
                self.open.iter().chain(&self.closed).find(|order| wanted(order)).cloned().map(Box::new),
            )
        };
        match &visit.want {
            Want::Description => Found::Description,
            Want::Admission => Found::Admitted,
            // It holds no conversations.
            Want::Token(_) => Found::Token(false),
            Want::Orders { control } => {
                let wanted = |order: &&Order| order.instruction.kind().is_control() == *control;
                Found::Orders(self.open.iter().filter(wanted).cloned().collect())
            }
            Want::DocumentsByKey(key) => known(&|order| postbox.document_key(order).as_ref() == Some(key)),
            Want::Documents(number) | Want::Certificates(number) => known(&|order| order.number == *number),
            Want::HandIn(reading) => {
                self.readings.push(reading.clone());
                Found::Taken(
                    reading.reads.iter().map(|read| (read.number.clone(), self.take(read))).collect(),
                )
            }
        }
    }

    fn take(&mut self, read: &Read) -> Taken {
        let taken = self.judge(read);
        self.taken.push(taken.clone());
        taken
    }

    fn judge(&mut self, read: &Read) -> Taken {
        let Some(number) = &read.number else { return Taken::Unknown };
        let is_it = |order: &Order| order.number == *number;
        let at = self.open.iter().position(is_it);
        match (&read.content, at) {
            (ReadContent::Fault(fault), _) => Taken::Unreadable(fault.clone()),
            (ReadContent::Answer(answer), Some(at)) => {
                self.answers.push((number.clone(), (**answer).clone()));
                self.closed.push(self.open.remove(at));
                Taken::Accepted
            }
            (ReadContent::More(_) | ReadContent::Beside(_), _) if self.closed.iter().any(is_it) => {
                Taken::Accepted
            }
            (ReadContent::Answer(_), None) if self.closed.iter().any(is_it) => Taken::Already,
            (ReadContent::Answer(_) | ReadContent::More(_) | ReadContent::Beside(_), _) => Taken::Unknown,
        }
    }
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
    let mut answer: Option<HttpAnswer> = None;
    for _ in 0..MOST_CALLS {
        match caller.next(answer.as_ref(), now) {
            Visiting::Call(request) => answer = Some(fake.serve(postbox, &heard(&request))),
            Visiting::Rest(rest) => return Ok(rest),
        }
    }
    Err(format!("the counterpart does not rest after {MOST_CALLS} calls"))
}
