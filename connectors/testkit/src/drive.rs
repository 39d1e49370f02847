//! Conversations between a connector and its own sandbox, without any line between them.

use chakong_contract::connector::{FormPart, ReadContent};
use chakong_contract::sandbox::{
    CallSandbox, FormSandbox, ParcelSandbox, PostboxSandbox, ResponseMode, Sandbox,
};
use chakong_contract::{
    Batch, Call, Charges, Connector, Dialogue, Fault, FaultKind, HttpRequest, HttpResponse, Input, Message,
    Moment, Order, Parcel, Plugin, Postbox, Read, Reading, Reply, Settings, Step,
};

use crate::fake_postbox::{self, FakePostbox};
use crate::inbound::inbound;
use crate::sample;

/// No conversation about one order may take more steps than this.
pub const MOST_STEPS: usize = 500;
/// Polling rounds after which a caller has answered what it can.
const ROUNDS: usize = 3;
/// No batch may need more rounds of files than this.
const MOST_ROUNDS: usize = 8;

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With these reads, and these problems (parcels only).
    Read(Reading),
    /// With a fault for the whole batch.
    Failed(Fault),
}

/// A conversation that came to its end.
#[derive(Debug)]
pub struct Talk {
    /// Every request that was sent (calls).
    pub requests: Vec<HttpRequest>,
    /// Every response, in the order of the requests (calls).
    pub answers: Vec<HttpResponse>,
    /// Every file that came back (parcels), or call that handed something in (postboxes).
    pub files: Vec<Message>,
    /// How it ended.
    pub end: End,
    /// What it cost (calls).
    pub charges: Charges,
}

impl Talk {
    /// The reads; a fault of the whole batch is none.
    pub fn reads(&self) -> &[Read] {
        match &self.end {
            End::Read(reading) => &reading.reads,
            End::Failed(_) => &[],
        }
    }
}

/// A batch of orders with a fixed number and time.
pub fn batch(orders: Vec<Order>) -> Batch {
    let token = Some(chakong_contract::Secret::new("0123456789abcdef0123456789abcdef"));
    Batch { number: "20260105000000000000000001".to_owned(), made: sample::made(), orders, token }
}

/// Asks the sandbox of a script one order, with a connector of the same settings.
///
/// # Panics
/// When settings or script do not fit, or the conversation has no end.
pub fn ask(plugin: &Plugin, settings: &Settings, script: &serde_json::Value, order: &Order) -> Talk {
    let connector = (plugin.build)(settings).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut sandbox = (plugin.sandbox)(script, settings).unwrap_or_else(|error| panic!("{error}"));
    converse(&*connector, &mut *sandbox, &batch(vec![order.clone()])).unwrap_or_else(|why| panic!("{why}"))
}

/// The one reply to an order, asked as by [`ask`].
///
/// # Panics
/// When the conversation ends with anything but one answer.
pub fn reply(plugin: &Plugin, settings: &Settings, script: &serde_json::Value, order: &Order) -> Reply {
    let talk = ask(plugin, settings, script, order);
    match talk.reads() {
        [Read { content: ReadContent::Answer(answer), .. }] => answer.reply.clone(),
        _ => panic!("{:?}", talk.end),
    }
}

/// Carries a batch to the sandbox and back, whatever line both speak.
///
/// # Errors
/// In words, when the conversation does not come to an end or the two do not speak the same line.
pub fn converse(connector: &dyn Connector, sandbox: &mut dyn Sandbox, batch: &Batch) -> Result<Talk, String> {
    if let (Some(call), Some(served)) = (connector.call(), sandbox.call()) {
        return talk(call, batch, |_, request, now| serve(served, request, now));
    }
    if let (Some(parcel), Some(served)) = (connector.parcel(), sandbox.parcel()) {
        return exchange(parcel, served, batch);
    }
    if let (Some(postbox), Some(caller)) = (connector.postbox(), sandbox.postbox()) {
        return polling(postbox, caller, batch);
    }
    if let (Some(form), Some(counter)) = (connector.form(), sandbox.form()) {
        return filling_in(form, counter, batch);
    }
    Err("the connector and its sandbox speak different lines".to_owned())
}

/// What a call sandbox answers; `None` when the connection ends without a whole answer.
pub fn serve(sandbox: &mut dyn CallSandbox, request: &HttpRequest, now: Moment) -> Option<HttpResponse> {
    match sandbox.serve(&inbound(request), now).mode {
        ResponseMode::Answer(answer) | ResponseMode::Trickle(answer) => Some(answer),
        ResponseMode::Hangup | ResponseMode::Endless | ResponseMode::Wait => None,
    }
}

/// Leads a dialogue to its end. `answer` is given the number of the request (from 0), the request and the time; `None` is
/// a line that broke. A ticket is followed at once, with the time moved on.
///
/// # Errors
/// In words, when there is no end within [`MOST_STEPS`] per order.
pub fn talk(
    call: &dyn Call,
    batch: &Batch,
    mut answer: impl FnMut(usize, &HttpRequest, Moment) -> Option<HttpResponse>,
) -> Result<Talk, String> {
    let mut talk = Talk {
        requests: Vec::new(),
        answers: Vec::new(),
        files: Vec::new(),
        end: End::Read(Reading::default()),
        charges: Charges::default(),
    };
    let mut now = batch.made;
    let mut dialogue: Box<dyn Dialogue> = match call.open(batch, None) {
        Ok(dialogue) => dialogue,
        Err(fault) => return Ok(Talk { end: End::Failed(fault), ..talk }),
    };
    let (mut next, mut before) = (Input::Start, Charges::default());
    for _ in 0..MOST_STEPS * batch.orders.len().max(1) {
        let step = dialogue.next(next);
        talk.charges = add(&before, dialogue.charges());
        match step {
            Step::Send(request) => {
                let response = answer(talk.requests.len(), &request, now);
                talk.requests.push(request);
                let Some(response) = response else {
                    talk.end = End::Failed(Fault::new(FaultKind::Transient, "call", "the connection broke"));
                    return Ok(talk);
                };
                talk.answers.push(response.clone());
                next = Input::Response(response);
            }
            Step::Later { ticket, after } => {
                before = talk.charges.clone();
                now = later(now, after);
                dialogue = match call.open(batch, Some(&ticket)) {
                    Ok(dialogue) => dialogue,
                    Err(fault) => return Ok(Talk { end: End::Failed(fault), ..talk }),
                };
                next = Input::Start;
            }
            Step::Done(reads) => {
                talk.end = End::Read(Reading { reads, ..Reading::default() });
                return Ok(talk);
            }
            Step::Failed(fault) => return Ok(Talk { end: End::Failed(fault), ..talk }),
        }
    }
    Err(format!("the dialogue has no end: {} requests and still asking", talk.requests.len()))
}

/// What was spent before a ticket and after it.
fn add(before: &Charges, more: Charges) -> Charges {
    let references = before.references.iter().cloned().chain(more.references).collect();
    Charges { requests: before.requests + more.requests, references }
}

/// Lets a caller fetch a batch and hand its answers in, to whoever it says it is.
fn polling(postbox: &dyn Postbox, caller: &mut dyn PostboxSandbox, batch: &Batch) -> Result<Talk, String> {
    let mut fake = FakePostbox::for_everybody();
    fake.offer(batch.orders.iter().cloned());
    for _ in 0..ROUNDS {
        fake_postbox::round(&mut fake, postbox, caller, batch.made)?;
    }
    let reads = fake.answers.drain(..).map(|(number, answer)| Read::answer(number, answer)).collect();
    Ok(Talk {
        requests: Vec::new(),
        answers: Vec::new(),
        files: fake.handed_in.drain(..).map(|body| Message::new("call.xml", body)).collect(),
        end: End::Read(Reading { reads, ..Reading::default() }),
        charges: Charges::default(),
    })
}

/// Carries each order to the counter and fills its form in.
fn filling_in(form: &dyn FormPart, counter: &mut dyn FormSandbox, batch: &Batch) -> Result<Talk, String> {
    let mut reads = Vec::new();
    for order in &batch.orders {
        let read = form.read(order, &counter.answer(order));
        let answer = read.map_err(|problems| format!("the form does not fit: {problems:?}"))?;
        reads.push(Read::answer(order.number.clone(), answer));
    }
    Ok(Talk {
        requests: Vec::new(),
        answers: Vec::new(),
        files: Vec::new(),
        end: End::Read(Reading { reads, ..Reading::default() }),
        charges: Charges::default(),
    })
}

fn later(now: Moment, after: std::time::Duration) -> Moment {
    now.wall().checked_add(after).map_or(now, Moment::from_wall)
}

fn exchange(parcel: &dyn Parcel, sandbox: &mut dyn ParcelSandbox, batch: &Batch) -> Result<Talk, String> {
    let mut end = Reading::default();
    let mut files = Vec::new();
    let mut outgoing = match parcel.write(batch) {
        Ok(messages) => messages,
        Err(fault) => {
            let end = End::Failed(fault);
            return Ok(Talk {
                requests: Vec::new(),
                answers: Vec::new(),
                files,
                end,
                charges: Charges::default(),
            });
        }
    };
    for _ in 0..MOST_ROUNDS {
        let mut next = Vec::new();
        for handed in
            outgoing.iter().flat_map(|message| sandbox.take(message, batch.made)).collect::<Vec<_>>()
        {
            let reading = parcel.read(&handed.file);
            files.push(handed.file);
            end.reads.extend(reading.reads);
            end.problems.extend(reading.problems);
            next.extend(reading.responses.into_iter().map(|response| response.message));
        }
        if next.is_empty() {
            let (requests, answers) = (Vec::new(), Vec::new());
            return Ok(Talk { requests, answers, files, end: End::Read(end), charges: Charges::default() });
        }
        outgoing = next;
    }
    Err(format!("files still go to and fro after {MOST_ROUNDS} rounds"))
}
