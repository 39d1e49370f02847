//! A registry that visits: fetches requests with their papers, keeps a register, hands results in, and misbehaves by
//! script.

mod acting;
mod script;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{Books, PostboxSandbox, Sandbox, SandboxError, SandboxSpeaks, Visiting};
use chakong_contract::soap::read_answer;
use chakong_contract::{HttpAnswer, HttpRequest, Moment};

pub(crate) use self::script::{Misdeed, Misdeeds, Script};
use super::manifest::leaves;
use crate::manifest::amounts;
use crate::sandbox::{Register, RegisterScript, Style};
use crate::wire::ckw::{
    self, CARDS, CONTROLS, ControlResult, FAIL, PAPERS, QUERIES, Request, SERVICE, SUCCESS,
};
use crate::wire::tree::{Element, Leaves};

/// How often it visits where the script does not say.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn build(
    script: &serde_json::Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let password = settings.secret("password").map(|secret| secret.expose().to_owned());
    Ok(Box::new(Visitor {
        account: settings.text("account").to_owned(),
        password: password.unwrap_or_default(),
        leaves: leaves(settings),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: false },
        poll: script.poll_ms.map_or(POLL, Duration::from_millis),
        flat: script.flat_lists,
        misdeeds: Misdeeds::of(&script.faults),
        register: Register::of(register),
        books: Books::default(),
        booked: HashMap::new(),
        answers: HashMap::new(),
        settled: HashSet::new(),
        errands: VecDeque::new(),
        under_way: None,
        begun: false,
        wrong_password: false,
        shown: HashSet::new(),
    }))
}

/// The registry.
#[derive(Debug)]
struct Visitor {
    account: String,
    password: String,
    leaves: Leaves,
    style: Style,
    poll: Duration,
    flat: bool,
    misdeeds: Misdeeds,
    register: Register,
    books: Books,
    /// Where in the books a control is.
    booked: HashMap<String, usize>,
    /// What was answered to a control, to be handed in again.
    answers: HashMap<String, ControlResult>,
    /// Requests whose results were taken.
    settled: HashSet<String>,
    errands: VecDeque<Errand>,
    under_way: Option<Errand>,
    /// Whether a round is under way.
    begun: bool,
    wrong_password: bool,
    /// Requests whose papers and certificates came.
    shown: HashSet<(bool, String)>,
}

/// Something that it has to do in a round.
#[derive(Debug, Clone)]
enum Errand {
    /// Asks for requests that wait.
    Requests { controls: bool },
    /// Fetches the papers, or the certificates, of a request.
    Papers { cards: bool, number: String },
    /// Acts on a request; this is no call.
    Act { controls: bool, request: Box<Request> },
    /// Hands a result in.
    Feed { operation: &'static str, document: String },
}

impl Sandbox for Visitor {
    fn speaks(&mut self) -> SandboxSpeaks<'_> {
        SandboxSpeaks::Postbox(self)
    }

    fn books(&self) -> Books {
        Books { holdings: self.register.holdings(), ..self.books.clone() }
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl PostboxSandbox for Visitor {
    fn next(&mut self, answer: Option<&HttpAnswer>, now: Moment) -> Visiting {
        match (self.under_way.take(), answer) {
            (Some(errand), Some(answer)) => self.hear(errand, answer),
            // Nobody answered: it comes again in the next round.
            (Some(_), None) => self.errands.clear(),
            (None, _) => {}
        }
        loop {
            match self.errands.pop_front() {
                Some(Errand::Act { controls, request }) => self.act(controls, &request, now),
                Some(errand) => {
                    let call = self.call(&errand);
                    self.under_way = Some(errand);
                    return Visiting::Call(call);
                }
                None if self.begun => {
                    self.begun = false;
                    return Visiting::Rest(self.poll);
                }
                // The poll is a job of the office's (section 13.1): nobody calls at night.
                None if !self.register.is_open(now) => return Visiting::Rest(self.poll),
                None => {
                    self.begun = true;
                    let happened = self.register.tick(now);
                    self.tell(happened);
                    self.wrong_password = self.misdeeds.due(Misdeed::WrongPassword);
                    self.errands
                        .extend([Errand::Requests { controls: false }, Errand::Requests { controls: true }]);
                }
            }
        }
    }
}

impl Visitor {
    fn call(&self, errand: &Errand) -> HttpRequest {
        let (operation, about) = match errand {
            Errand::Requests { controls: true } => (CONTROLS, None),
            Errand::Requests { controls: false } | Errand::Act { .. } => (QUERIES, None),
            Errand::Papers { cards, number } => {
                let operation = if *cards { CARDS } else { PAPERS };
                (operation, Some(ckw::about(number).seal(self.leaves)))
            }
            Errand::Feed { operation, document } => (*operation, Some(document.clone())),
        };
        let password =
            if self.wrong_password { format!("{}x", self.password) } else { self.password.clone() };
        let caller = ckw::login(&self.account, &password).seal(self.leaves);
        let arguments: Vec<String> = std::iter::once(caller).chain(about).collect();
        let headers = vec![
            ("content-type".to_owned(), "text/xml; charset=utf-8".to_owned()),
            ("soapaction".to_owned(), SERVICE.action(operation)),
        ];
        HttpRequest { headers, ..HttpRequest::post_json("", SERVICE.write_call(operation, &arguments)) }
    }

    /// Hears an answer. What cannot be read is nothing: it comes again.
    fn hear(&mut self, errand: Errand, answer: &HttpAnswer) {
        let open = |operation: &str| {
            let text = std::str::from_utf8(&answer.body).ok().filter(|_| answer.status == 200)?;
            Element::open(&read_answer(text, operation).ok()?, self.leaves).ok()
        };
        match errand {
            Errand::Requests { controls } => {
                let root = open(if controls { CONTROLS } else { QUERIES });
                for request in root.iter().flat_map(ckw::read_offers) {
                    let number = request.number.clone();
                    let papers = |cards| Errand::Papers { cards, number: number.clone() };
                    let request = Box::new(request);
                    self.errands.extend([papers(false), papers(true), Errand::Act { controls, request }]);
                }
            }
            Errand::Papers { cards, number } => {
                let root = open(if cards { CARDS } else { PAPERS }).unwrap_or_default();
                let papers = ckw::read_papers(&root).iter().any(|paper| !paper.content.is_empty());
                let shown = ckw::read_cards(&root).iter().any(|card| !card.work_certificate.is_empty());
                if if cards { shown } else { papers } {
                    self.shown.insert((cards, number));
                }
            }
            Errand::Feed { operation, .. } => {
                let entries =
                    open(operation).map(|root| ckw::read_acknowledgement(&root)).unwrap_or_default();
                let done = |entry: &ckw::Entry| entry.outcome == SUCCESS || entry.outcome == FAIL;
                self.settled.extend(entries.into_iter().filter(done).map(|entry| entry.number));
            }
            Errand::Act { .. } => {}
        }
    }
}
