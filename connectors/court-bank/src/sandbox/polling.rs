//! The simulated bank calls the postbox: it asks, fetches documents and certificates, acts and feeds back.

use std::time::Duration;

use chakong_contract::sandbox::{PollStep, PostboxSandbox};
use chakong_contract::{HttpRequest, HttpResponse, Moment};
use chakong_toolkit::polling::{self, PollingClient, Rounds};
use serde::Serialize;

use super::feedback::{Feedback, spoiled};
use super::round::{Feed, PendingCall};
use super::script::{Due, On, ScriptedFaultKind};
use super::{Received, Said, SandboxBank, UNKNOWN_NUMBER};
use crate::wire::sealed::{self, RareNames};
use crate::wire::soap::{self, Operation, SERVICE};
use crate::wire::web_service::{
    ACCOUNT, ALREADY, BY_KEY, BY_NUMBER, ConditionRow, RESULT, ResultRow, SUCCESS,
};
use crate::wire::xml::{self, Document};
use crate::wire::{ControlList, ControlRow, QueryRequestRow, Row, Rows};

impl PostboxSandbox for SandboxBank {
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep {
        polling::next(self, answer, now)
    }
}

impl PollingClient for SandboxBank {
    type Pending = PendingCall;

    fn rounds(&mut self) -> &mut Rounds<PendingCall> {
        &mut self.round.calls
    }

    fn begin(&mut self, now: Moment) -> bool {
        let due = self.faults.due_of(ScriptedFaultKind::WrongPassword);
        self.round.wrong_password = due.is(ScriptedFaultKind::WrongPassword);
        self.round.fetched = Received::default();
        self.round.take_due(now);
        [false, true].into_iter().for_each(|control| self.round.calls.push(PendingCall::Orders { control }));
        true
    }

    fn request(&mut self, pending: &PendingCall, now: Moment) -> Option<HttpRequest> {
        if let PendingCall::Act { control } = pending {
            self.act(*control, now);
            return None;
        }
        Some(self.request_of(pending))
    }

    fn on_response(&mut self, pending: PendingCall, response: &HttpResponse, _now: Moment) {
        let fetches = matches!(pending, PendingCall::Documents { .. } | PendingCall::Certificates(_));
        // A fault is a failure of the line: the bank comes again, and acts on no order whose documents it could not fetch.
        if fetches && response.status >= 500 {
            return self.on_unreachable(pending);
        }
        self.read(pending, response);
    }

    fn rest(&self, now: Moment) -> Duration {
        self.round.rest(self.poll, now)
    }
}

impl SandboxBank {
    fn request_of(&self, pending: &PendingCall) -> HttpRequest {
        let by_number = |number: &String| ConditionRow { number: number.clone(), ..ConditionRow::default() };
        let asked = |root, row: &ConditionRow| sealed::seal_in(root, row).unwrap_or_default();
        let (operation, about) = match pending {
            PendingCall::Orders { control: false } | PendingCall::Act { .. } => {
                (Operation::QueryOrders, None)
            }
            PendingCall::Orders { control: true } => (Operation::ControlOrders, None),
            PendingCall::Documents { operation: Operation::QueryDocuments, key } => {
                let row = ConditionRow { document_key: key.clone(), ..ConditionRow::default() };
                (Operation::QueryDocuments, Some(asked(BY_KEY, &row)))
            }
            PendingCall::Documents { operation, key } => {
                (*operation, Some(asked(BY_NUMBER, &by_number(key))))
            }
            PendingCall::Certificates(number) => {
                (Operation::Certificates, Some(asked(BY_NUMBER, &by_number(number))))
            }
            PendingCall::Feed(feed) => (feed.operation, Some(feed.document.clone())),
        };
        let right = self.password.expose();
        let password = if self.round.wrong_password { format!("{right}x") } else { right.to_owned() };
        let caller = ConditionRow { account: self.account.clone(), password, ..ConditionRow::default() };
        let arguments: Vec<_> = [asked(ACCOUNT, &caller)].into_iter().chain(about).collect();
        SERVICE.request(operation.name(), soap::write_call(operation, &arguments))
    }

    /// Reads a response. What cannot be read is nothing: the bank comes again.
    fn read(&mut self, pending: PendingCall, answer: &HttpResponse) {
        let returned = |operation| {
            let text = soap::read_answer(&answer.body, operation).ok();
            text.filter(|_| answer.status == 200)
        };
        let open = |operation| Some(sealed::open(&returned(operation)?).ok()?.document);
        match pending {
            PendingCall::Orders { control: false } => {
                if let Some(Document::Queries(list)) = open(Operation::QueryOrders) {
                    for row in list.rows {
                        let again = self.round.fetched.queries.iter().any(|one| one.number == row.number);
                        if !again && !self.round.will_feed(&row.number) {
                            self.round.fetched.queries.push(row);
                        }
                    }
                    self.fetch_for_queries();
                }
            }
            PendingCall::Orders { control: true } => {
                if let Some(Document::ControlRequests(list)) = open(Operation::ControlOrders) {
                    for row in list.rows {
                        let again = self.round.fetched.controls.iter().any(|one| one.number == row.number);
                        if !again && !self.round.will_feed(&row.number) {
                            self.round.fetched.controls.push(row);
                        }
                    }
                    self.fetch_for_controls();
                }
            }
            PendingCall::Documents { operation, key } => {
                if let Some(Document::Documents(list)) = open(operation)
                    && list.rows.iter().any(|row| !row.content.is_empty())
                {
                    self.round.fetched.documents.insert(key);
                }
            }
            PendingCall::Certificates(number) => {
                if let Some(Document::Certificates(list)) = open(Operation::Certificates)
                    && list.rows.iter().any(super::received::is_shown)
                {
                    self.round.fetched.certificates.insert(number);
                }
            }
            PendingCall::Feed(feed) => {
                let result = returned(feed.operation).and_then(|text| sealed::open_as(&text, RESULT).ok());
                let result: ResultRow = result.unwrap_or_default();
                let taken = result.fed.into_iter().chain(result.returned);
                let taken = taken.filter(|entry| entry.outcome == SUCCESS || entry.words == ALREADY);
                self.round.settled.extend(taken.map(|entry| entry.number));
            }
            PendingCall::Act { .. } => {}
        }
    }

    /// Documents once for every key, certificates once for every request; then the bank acts.
    fn fetch_for_queries(&mut self) {
        let queries = &self.round.fetched.queries;
        let key = |query: &QueryRequestRow| match query.document_key.is_empty() {
            true => (Operation::OldDocuments, query.number.clone()),
            false => (Operation::QueryDocuments, query.document_key.clone()),
        };
        let mut keys: Vec<_> = queries.iter().map(key).collect();
        keys.sort_by(|one, other| one.1.cmp(&other.1));
        keys.dedup();
        let documents = keys.into_iter().map(|(operation, key)| PendingCall::Documents { operation, key });
        let certificates = queries.iter().map(|query| PendingCall::Certificates(query.number.clone()));
        let calls: Vec<_> =
            documents.chain(certificates).chain([PendingCall::Act { control: false }]).collect();
        self.round.calls.push_first(calls);
    }

    fn fetch_for_controls(&mut self) {
        let fetch = |number: &String| {
            let operation = Operation::ControlDocuments;
            [
                PendingCall::Documents { operation, key: number.clone() },
                PendingCall::Certificates(number.clone()),
            ]
        };
        let controls = self.round.fetched.controls.iter();
        let calls: Vec<_> = controls
            .flat_map(|control| fetch(&control.number))
            .chain([PendingCall::Act { control: true }])
            .collect();
        self.round.calls.push_first(calls);
    }

    fn act(&mut self, control: bool, now: Moment) {
        let mut fetched = self.round.fetched.clone();
        if control {
            for request in std::mem::take(&mut fetched.controls) {
                self.act_on_control(&request, &fetched, now);
            }
        } else if !fetched.queries.is_empty() {
            for query in &fetched.queries {
                // An order stays on offer until it is answered: only what comes again after that is a duplicate.
                if self.queries.insert(query.number.clone()) {
                    self.books.queries += 1;
                } else if self.round.settled.contains(&query.number) {
                    self.books.queries += 1;
                    self.books.duplicates += 1;
                }
            }
            let due = self.faults.due(On::Query);
            // People answer some of them, and each is fed back when it is done.
            let (mut by_system, mut by_people) = (fetched.clone(), Vec::new());
            by_system.queries.retain(|query| {
                let waits = self.manual.wait(&query.number, On::Query, now);
                if !waits.is_zero() {
                    by_people.push((waits, query.clone()));
                }
                waits.is_zero()
            });
            if !by_system.queries.is_empty() {
                let said = self.answer_or_not(&by_system, &due, now);
                self.feed(&said, &due, Duration::ZERO, now);
            }
            for (waits, query) in by_people {
                let said =
                    self.answer_or_not(&Received { queries: vec![query], ..fetched.clone() }, &due, now);
                self.feed(&said, &due, waits, now);
            }
        }
    }

    fn act_on_control(&mut self, request: &crate::wire::ControlRequestRow, fetched: &Received, now: Moment) {
        let due = self.faults.due(On::Control);
        let is_new = !self.controls.contains_key(&request.number);
        let is_duplicate = self.round.settled.contains(&request.number);
        let mut said = self.execute_once(request, fetched, &due, now);
        if is_new || is_duplicate {
            self.note_arrival(&request.number);
        }
        self.books.duplicates += u64::from(is_duplicate);
        if due.is(ScriptedFaultKind::UnknownNumber) {
            let stranger = |row: &ControlRow| ControlRow { number: UNKNOWN_NUMBER.into(), ..row.clone() };
            let strangers: Vec<_> = said.first.controls.iter().map(stranger).collect();
            said.first.controls.extend(strangers);
        }
        let waits = self.manual.wait(&request.number, On::Control, now);
        self.feed(&said, &due, waits, now);
    }

    /// Hands feedback in, now or later, as is due.
    fn feed(&mut self, said: &Said, due: &Due, waits: Duration, now: Moment) {
        if due.is(ScriptedFaultKind::Silent) {
            return;
        }
        let after = waits.saturating_add(self.delay).saturating_add(due.later);
        let times = if due.is(ScriptedFaultKind::Duplicate) { 2 } else { 1 };
        let first: Vec<_> = feeds(&said.first, due).into_iter().flat_map(|feed| vec![feed; times]).collect();
        if after.is_zero() {
            self.round.calls.push_first(first.into_iter().map(PendingCall::Feed));
        } else {
            first.into_iter().for_each(|feed| self.round.keep(feed, now, after));
        }
        if let Some((later, feedback)) = &said.amended {
            for feed in feeds(feedback, &Due::default()) {
                self.round.keep(feed, now, after.saturating_add(*later));
            }
        }
    }
}

/// The documents of a feedback, each with the operation that takes it.
fn feeds(feedback: &Feedback, due: &Due) -> Vec<Feed> {
    let returned = feed_of(Operation::Return, &feedback.returned, |row| &row.number, due);
    let accounts =
        feedback.accounts.iter().map(|rows| feed_of(Operation::FeedQueries, rows, |row| &row.number, due));
    returned.into_iter().chain(accounts.flatten()).chain(feed_of_controls(feedback, due)).collect()
}

fn feed_of<T: Row + Serialize + Clone>(
    operation: Operation,
    rows: &[T],
    number: fn(&T) -> &String,
    due: &Due,
) -> Option<Feed> {
    let sealed_rows: Vec<T> = sealed_rows(rows);
    let numbers = rows.iter().map(|row| number(row).clone()).collect();
    let document = sealed_document(T::LIST, &Rows(&sealed_rows), due)?;
    (!rows.is_empty()).then_some(Feed { operation, document, numbers })
}

fn feed_of_controls(feedback: &Feedback, due: &Due) -> Option<Feed> {
    if feedback.controls.is_empty() {
        return None;
    }
    let list = ControlList {
        rows: sealed_rows(&feedback.controls),
        receipts: sealed_rows(&feedback.receipts),
        unknown: Vec::new(),
    };
    let numbers = feedback.controls.iter().map(|row| row.number.clone()).collect();
    let document = sealed_document(ControlRow::LIST, &list, due)?;
    let operation = match due.is(ScriptedFaultKind::WrongName) {
        // One bank does so by mistake (protocol section 8).
        true => Operation::FeedQueries,
        false => Operation::FeedControls,
    };
    Some(Feed { operation, document, numbers })
}

fn sealed_rows<T: Row + Clone>(rows: &[T]) -> Vec<T> {
    rows.iter().filter_map(|row| sealed::sealed(row, RareNames::Gb18030).ok()).collect()
}

fn sealed_document<T: Serialize>(root: &str, list: &T, due: &Due) -> Option<String> {
    let mut document = sealed::outer(&spoiled(xml::write_as(root, list).ok()?, due)?);
    if due.is(ScriptedFaultKind::GarbledBase64) {
        document.insert(document.len() / 2, '*');
    }
    if due.is(ScriptedFaultKind::HalfFile) || due.is(ScriptedFaultKind::TruncatedZip) {
        document.truncate(document.len() / 2);
    }
    Some(document)
}
