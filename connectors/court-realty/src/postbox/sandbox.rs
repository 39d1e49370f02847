//! A registry that calls in rounds: fetches requests with their papers, keeps a register, hands results in, and misbehaves by
//! script.

mod acting;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{Books, PollStep, PostboxSandbox, Sandbox, SandboxError};
use chakong_contract::{HttpRequest, HttpResponse, Moment};
use chakong_toolkit::polling::{self, PollingClient, Rounds};
use chakong_toolkit::soap::read_answer;

use super::manifest::leaves;
use super::wire::acknowledgement::{self, FAIL, SUCCESS, read_acknowledgement};
use super::wire::controls::ControlResult;
use super::wire::names::{CARDS, CONTROLS, PAPERS, QUERIES, SERVICE};
use super::wire::offers::{about, login, read_offers};
use crate::shared::faults::{Script, ScriptedFaultKind, ScriptedFaults};
use crate::shared::register::{Register, Script as RegisterScript, Style};
use crate::shared::settings::amounts;
use crate::shared::wire::point_to_point::request::{Request, read_cards, read_papers};
use crate::shared::wire::tree::{Element, Leaves};

/// How often it polls where the script does not say.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn build(
    script: &serde_json::Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let password = settings.secret("password").map(|secret| secret.expose().to_owned());
    Ok(Box::new(PollingRegistry {
        account: settings.text("account").to_owned(),
        password: password.unwrap_or_default(),
        leaves: leaves(settings),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: false },
        poll: script.poll_ms.map_or(POLL, Duration::from_millis),
        flat: script.flat_lists,
        faults: ScriptedFaults::of(&script.faults),
        register: Register::of(register),
        books: Books::default(),
        booked: HashMap::new(),
        answers: HashMap::new(),
        settled: HashSet::new(),
        rounds: Rounds::default(),
        wrong_password: false,
        shown: HashSet::new(),
        receipts: Vec::new(),
    }))
}

/// The registry.
#[derive(Debug)]
struct PollingRegistry {
    account: String,
    password: String,
    leaves: Leaves,
    style: Style,
    poll: Duration,
    flat: bool,
    faults: ScriptedFaults,
    register: Register,
    books: Books,
    /// Where in the books a control is.
    booked: HashMap<String, usize>,
    /// What was answered to a control, to be handed in again.
    answers: HashMap<String, ControlResult>,
    /// Requests whose results were taken.
    settled: HashSet<String>,
    rounds: Rounds<PendingCall>,
    wrong_password: bool,
    /// Requests whose papers and certificates came.
    shown: HashSet<(bool, String)>,
    /// Controls that were entered, whose receipts are handed in with the next round.
    receipts: Vec<String>,
}

/// Something that it has to do in a round.
#[derive(Debug, Clone)]
enum PendingCall {
    /// Asks for requests that wait.
    Requests { controls: bool },
    /// Fetches the papers, or the certificates, of a request.
    Papers { cards: bool, number: String },
    /// Acts on a request; this is no call.
    Act { controls: bool, request: Box<Request> },
    /// Hands a result in.
    Feed { operation: &'static str, document: String },
}

impl Sandbox for PollingRegistry {
    fn books(&self) -> Books {
        Books { holdings: self.register.holdings(), ..self.books.clone() }
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl PostboxSandbox for PollingRegistry {
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep {
        polling::next(self, answer, now)
    }
}

impl PollingClient for PollingRegistry {
    type Pending = PendingCall;

    fn rounds(&mut self) -> &mut Rounds<PendingCall> {
        &mut self.rounds
    }

    fn begin(&mut self, now: Moment) -> bool {
        // The poll is a job of the office's (section 13.1): nobody calls at night.
        if !self.register.is_open(now) {
            return false;
        }
        let happened = self.register.tick(now);
        self.tell(happened);
        self.feed_receipts();
        self.wrong_password = self.faults.due(ScriptedFaultKind::WrongPassword);
        [false, true].into_iter().for_each(|controls| self.rounds.push(PendingCall::Requests { controls }));
        true
    }

    fn request(&mut self, pending: &PendingCall, now: Moment) -> Option<HttpRequest> {
        let (operation, about) = match pending {
            PendingCall::Act { controls, request } => {
                self.act(*controls, request, now);
                return None;
            }
            PendingCall::Requests { controls: true } => (CONTROLS, None),
            PendingCall::Requests { controls: false } => (QUERIES, None),
            PendingCall::Papers { cards, number } => {
                let operation = if *cards { CARDS } else { PAPERS };
                (operation, Some(about(number).seal(self.leaves)))
            }
            PendingCall::Feed { operation, document } => (*operation, Some(document.clone())),
        };
        let password =
            if self.wrong_password { format!("{}x", self.password) } else { self.password.clone() };
        let caller = login(&self.account, &password).seal(self.leaves);
        let arguments: Vec<String> = std::iter::once(caller).chain(about).collect();
        Some(SERVICE.request(operation, SERVICE.write_call(operation, &arguments)))
    }

    fn on_response(&mut self, pending: PendingCall, response: &HttpResponse, _now: Moment) {
        self.read(pending, response);
    }

    fn rest(&self, _now: Moment) -> Duration {
        self.poll
    }
}

impl PollingRegistry {
    /// Reads a response. What cannot be read is nothing: it comes again.
    fn read(&mut self, pending: PendingCall, answer: &HttpResponse) {
        let open = |operation: &str| {
            let text = std::str::from_utf8(&answer.body).ok().filter(|_| answer.status == 200)?;
            Element::open(&read_answer(text, operation).ok()?, self.leaves).ok()
        };
        match pending {
            PendingCall::Requests { controls } => {
                let root = open(if controls { CONTROLS } else { QUERIES });
                for request in root.iter().flat_map(read_offers) {
                    let number = request.number.clone();
                    let papers = |cards| PendingCall::Papers { cards, number: number.clone() };
                    let request = Box::new(request);
                    let calls = [papers(false), papers(true), PendingCall::Act { controls, request }];
                    calls.into_iter().for_each(|call| self.rounds.push(call));
                }
            }
            PendingCall::Papers { cards, number } => {
                let root = open(if cards { CARDS } else { PAPERS }).unwrap_or_default();
                let papers = read_papers(&root).iter().any(|paper| !paper.content.is_empty());
                let shown = read_cards(&root).iter().any(|card| !card.work_certificate.is_empty());
                if if cards { shown } else { papers } {
                    self.shown.insert((cards, number));
                }
            }
            PendingCall::Feed { operation, .. } => {
                let entries = open(operation).map(|root| read_acknowledgement(&root)).unwrap_or_default();
                let done = |entry: &acknowledgement::Entry| entry.outcome == SUCCESS || entry.outcome == FAIL;
                self.settled.extend(entries.into_iter().filter(done).map(|entry| entry.number));
            }
            PendingCall::Act { .. } => {}
        }
    }
}
