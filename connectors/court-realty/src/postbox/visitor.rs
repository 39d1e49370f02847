//! A registry that visits: fetches requests with their papers, keeps a register, hands results in, and misbehaves by
//! script.

mod register;
mod script;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{
    BookedControl, Books, PostboxSandbox, Sandbox, SandboxError, SandboxSpeaks, Visiting,
};
use chakong_contract::soap::read_answer;
use chakong_contract::{HttpAnswer, HttpRequest, Moment};

pub(crate) use self::register::Register;
pub(crate) use self::script::{Misdeed, Misdeeds, Script};
use super::manifest::leaves;
use crate::manifest::amounts;
use crate::wire::AmountUnit;
use crate::wire::ckw::{
    self, CARDS, CONTROLS, Control, ControlResult, FAIL, FEED_CONTROLS, FEED_QUERIES, OK, PAPERS, QUERIES,
    QueryResult, Request, SERVICE, SUCCESS,
};
use crate::wire::tree::{Element, Leaves};

/// A request number that no gateway gives.
const STRANGER: &str = "FC99999999999999999999";
/// How often it visits where the script does not say.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn build(
    script: &serde_json::Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    let password = settings.secret("password").map(|secret| secret.expose().to_owned());
    Ok(Box::new(Visitor {
        account: settings.text("account").to_owned(),
        password: password.unwrap_or_default(),
        leaves: leaves(settings),
        amounts: amounts(settings).unwrap_or(AmountUnit::Yuan),
        poll: script.poll_ms.map_or(POLL, Duration::from_millis),
        flat: script.flat_lists,
        misdeeds: Misdeeds::of(&script.faults),
        register: Register::of(script.holders, script.everyone),
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
    amounts: AmountUnit,
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
        self.books.clone()
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
                None => {
                    self.begun = true;
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

    fn act(&mut self, controls: bool, request: &Request, now: Moment) {
        let again = self.settled.contains(&request.number);
        if self.misdeeds.due(Misdeed::Silent) {
            return;
        }
        if controls {
            self.control(request, again, now);
        } else {
            self.books.queries += 1;
            self.books.duplicates += u64::from(again);
            let result = self.query(request);
            self.feed(FEED_QUERIES, |number, visitor| {
                let answered = result.answered.clone();
                let (code, message) = (result.code.clone(), result.message.clone());
                let number = number.unwrap_or(&request.number).to_owned();
                ckw::query_feedback(&[QueryResult { number, code, message, answered }], visitor.flat)
            });
        }
    }

    fn query(&mut self, request: &Request) -> QueryResult {
        let complete = self.has_papers(&request.number);
        if self.misdeeds.due(Misdeed::Error) || !complete {
            let message = if complete { "登记系统异常" } else { "缺少法律文书或证件" };
            return QueryResult {
                code: "2040".to_owned(),
                message: message.to_owned(),
                ..QueryResult::default()
            };
        }
        let answered = self.register.answer(&request.name, &request.document_number, self.amounts);
        QueryResult { code: OK.to_owned(), answered, ..QueryResult::default() }
    }

    fn has_papers(&self, number: &str) -> bool {
        [false, true].into_iter().all(|cards| self.shown.contains(&(cards, number.to_owned())))
    }

    fn control(&mut self, request: &Request, again: bool, now: Moment) {
        let result = match self.answers.get(&request.number) {
            Some(known) => known.clone(),
            None => self.execute(request, now),
        };
        if let Some(booked) = self.booked.get(&request.number).and_then(|at| self.books.controls.get_mut(*at))
        {
            booked.arrived += 1;
        }
        self.books.duplicates += u64::from(again);
        let feed = |result: ControlResult| {
            move |number: Option<&str>, _: &Self| {
                let number = number.unwrap_or(&result.number).to_owned();
                ckw::control_feedback(&[ControlResult { number, ..result.clone() }])
            }
        };
        self.feed(FEED_CONTROLS, feed(result.clone()));
        if self.misdeeds.due(Misdeed::RefusedLater) {
            // The registrar declines the case after it was accepted (section 2.13).
            let declined = |control: &Control| Control {
                state: "2".to_owned(),
                reason: "登记员审核后不予受理".to_owned(),
                ..control.clone()
            };
            let controls = result.controls.iter().map(declined).collect();
            self.feed(FEED_CONTROLS, feed(ControlResult { controls, ..result }));
        }
    }

    /// Executes a control that was not seen before, and books it.
    fn execute(&mut self, request: &Request, now: Moment) -> ControlResult {
        let property = request.property.clone().unwrap_or_default();
        let done = match self.has_papers(&request.number) {
            true => self.register.control(request, &property, now),
            false => Err("缺少法律文书或证件"),
        };
        let executed = u32::from(done.is_ok());
        let control = done.unwrap_or_else(|reason| Control {
            state: "2".to_owned(),
            reason: reason.to_owned(),
            ..Control::default()
        });
        let control =
            Control { unit: property.unit.clone(), certificate: property.certificate.clone(), ..control };
        self.booked.insert(request.number.clone(), self.books.controls.len());
        self.books.controls.push(BookedControl {
            number: request.number.clone(),
            action: property.measure,
            target: property.unit,
            amount: "0".to_owned(),
            executed,
            arrived: 0,
        });
        let number = request.number.clone();
        let result =
            ControlResult { number, code: OK.to_owned(), message: String::new(), controls: vec![control] };
        self.answers.insert(request.number.clone(), result.clone());
        result
    }

    /// Hands a result in: twice, about a stranger, or garbled, as is due.
    fn feed(&mut self, operation: &'static str, document: impl Fn(Option<&str>, &Self) -> Element) {
        let mut sealed = document(None, self).seal(self.leaves);
        if self.misdeeds.due(Misdeed::Garbled) {
            sealed.insert(sealed.len() / 2, '*');
        }
        let mut feeds = vec![sealed.clone()];
        if self.misdeeds.due(Misdeed::Duplicate) {
            feeds.push(sealed);
        }
        if self.misdeeds.due(Misdeed::UnknownNumber) {
            feeds.push(document(Some(STRANGER), self).seal(self.leaves));
        }
        self.errands.extend(feeds.into_iter().map(|document| Errand::Feed { operation, document }));
    }
}
