//! The simulated bank's visits to the postbox: it asks, fetches documents and certificates, acts and feeds back.

use std::time::Duration;

use chakong_contract::sandbox::{PostboxSandbox, Visiting};
use chakong_contract::{HttpAnswer, HttpRequest, Moment};
use serde::Serialize;

use super::feedback::{Feedback, spoiled};
use super::round::{Errand, Feed};
use super::script::{Due, MisdeedKind, On};
use super::{Said, SandboxBank, Taken, UNKNOWN_NUMBER};
use crate::wire::desk::{ACCOUNT, ALREADY, BY_KEY, BY_NUMBER, ConditionRow, RESULT, ResultRow, SUCCESS};
use crate::wire::sealed::{self, RareNames};
use crate::wire::soap::{self, Operation, SERVICE};
use crate::wire::xml::{self, Document};
use crate::wire::{ControlList, ControlRow, QueryRequestRow, Row, Rows};

impl PostboxSandbox for SandboxBank {
    fn next(&mut self, answer: Option<&HttpAnswer>, now: Moment) -> Visiting {
        if let Some(errand) = self.round.under_way.take() {
            match answer {
                Some(answer) => self.hear(errand, answer),
                // Nobody answered: the bank comes again in the next round.
                None => self.round.errands.clear(),
            }
        }
        loop {
            match self.round.errands.pop_front() {
                Some(Errand::Act { control }) => self.act(control, now),
                Some(errand) => {
                    let request = self.request(&errand);
                    self.round.under_way = Some(errand);
                    return Visiting::Call(request);
                }
                None if self.round.begun => {
                    self.round.begun = false;
                    return Visiting::Rest(self.round.rest(self.poll, now));
                }
                None => self.begin(now),
            }
        }
    }
}

impl SandboxBank {
    fn begin(&mut self, now: Moment) {
        let due = self.misdeeds.due_of(MisdeedKind::WrongPassword);
        self.round.wrong_password = due.is(MisdeedKind::WrongPassword);
        self.round.begun = true;
        self.round.fetched = Taken::default();
        self.round.take_due(now);
        self.round.errands.extend([Errand::Orders { control: false }, Errand::Orders { control: true }]);
    }

    fn request(&self, errand: &Errand) -> HttpRequest {
        let by_number = |number: &String| ConditionRow { number: number.clone(), ..ConditionRow::default() };
        let asked = |root, row: &ConditionRow| sealed::seal_in(root, row).unwrap_or_default();
        let (operation, about) = match errand {
            Errand::Orders { control: false } | Errand::Act { .. } => (Operation::QueryOrders, None),
            Errand::Orders { control: true } => (Operation::ControlOrders, None),
            Errand::Documents { operation: Operation::QueryDocuments, key } => {
                let row = ConditionRow { document_key: key.clone(), ..ConditionRow::default() };
                (Operation::QueryDocuments, Some(asked(BY_KEY, &row)))
            }
            Errand::Documents { operation, key } => (*operation, Some(asked(BY_NUMBER, &by_number(key)))),
            Errand::Certificates(number) => {
                (Operation::Certificates, Some(asked(BY_NUMBER, &by_number(number))))
            }
            Errand::Feed(feed) => (feed.operation, Some(feed.document.clone())),
        };
        let right = self.password.expose();
        let password = if self.round.wrong_password { format!("{right}x") } else { right.to_owned() };
        let caller = ConditionRow { account: self.account.clone(), password, ..ConditionRow::default() };
        let arguments: Vec<_> = [asked(ACCOUNT, &caller)].into_iter().chain(about).collect();
        let action = SERVICE.action(operation.name());
        let headers = vec![
            ("content-type".to_owned(), "text/xml; charset=utf-8".to_owned()),
            ("soapaction".to_owned(), action),
        ];
        HttpRequest { headers, ..HttpRequest::post_json("", soap::write_call(operation, &arguments)) }
    }

    /// Hears an answer. What cannot be read is nothing: the bank comes again.
    fn hear(&mut self, errand: Errand, answer: &HttpAnswer) {
        let read = |operation| {
            let returned = soap::read_answer(&answer.body, operation).ok();
            returned.filter(|_| answer.status == 200)
        };
        let open = |operation| Some(sealed::open(&read(operation)?).ok()?.document);
        match errand {
            Errand::Orders { control: false } => {
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
            Errand::Orders { control: true } => {
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
            Errand::Documents { operation, key } => {
                if let Some(Document::Documents(list)) = open(operation)
                    && list.rows.iter().any(|row| !row.content.is_empty())
                {
                    self.round.fetched.documents.insert(key);
                }
            }
            Errand::Certificates(number) => {
                if let Some(Document::Certificates(list)) = open(Operation::Certificates)
                    && list.rows.iter().any(super::taken::is_shown)
                {
                    self.round.fetched.certificates.insert(number);
                }
            }
            Errand::Feed(feed) => {
                let result = read(feed.operation).and_then(|text| sealed::open_as(&text, RESULT).ok());
                let result: ResultRow = result.unwrap_or_default();
                let taken = result.fed.into_iter().chain(result.returned);
                let taken = taken.filter(|entry| entry.outcome == SUCCESS || entry.words == ALREADY);
                self.round.settled.extend(taken.map(|entry| entry.number));
            }
            Errand::Act { .. } => {}
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
        let documents = keys.into_iter().map(|(operation, key)| Errand::Documents { operation, key });
        let certificates = queries.iter().map(|query| Errand::Certificates(query.number.clone()));
        let errands: Vec<_> = documents.chain(certificates).chain([Errand::Act { control: false }]).collect();
        self.first_do(errands);
    }

    fn fetch_for_controls(&mut self) {
        let fetch = |number: &String| {
            let operation = Operation::ControlDocuments;
            [Errand::Documents { operation, key: number.clone() }, Errand::Certificates(number.clone())]
        };
        let controls = self.round.fetched.controls.iter();
        let errands: Vec<_> = controls
            .flat_map(|control| fetch(&control.number))
            .chain([Errand::Act { control: true }])
            .collect();
        self.first_do(errands);
    }

    fn first_do(&mut self, errands: Vec<Errand>) {
        errands.into_iter().rev().for_each(|errand| self.round.errands.push_front(errand));
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
            let due = self.misdeeds.due(On::Query);
            // People answer some of them, and each is fed back when it is done.
            let (mut by_system, mut by_people) = (fetched.clone(), Vec::new());
            by_system.queries.retain(|query| {
                let waits = self.desk.wait(&query.number, On::Query, now);
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
                let said = self.answer_or_not(&Taken { queries: vec![query], ..fetched.clone() }, &due, now);
                self.feed(&said, &due, waits, now);
            }
        }
    }

    fn act_on_control(&mut self, request: &crate::wire::ControlRequestRow, fetched: &Taken, now: Moment) {
        let due = self.misdeeds.due(On::Control);
        let is_new = !self.controls.contains_key(&request.number);
        let is_duplicate = self.round.settled.contains(&request.number);
        let mut said = self.execute_once(request, fetched, &due, now);
        if is_new || is_duplicate {
            self.note_arrival(&request.number);
        }
        self.books.duplicates += u64::from(is_duplicate);
        if due.is(MisdeedKind::UnknownNumber) {
            let stranger = |row: &ControlRow| ControlRow { number: UNKNOWN_NUMBER.into(), ..row.clone() };
            let strangers: Vec<_> = said.first.controls.iter().map(stranger).collect();
            said.first.controls.extend(strangers);
        }
        let waits = self.desk.wait(&request.number, On::Control, now);
        self.feed(&said, &due, waits, now);
    }

    /// Hands feedback in, now or later, as is due.
    fn feed(&mut self, said: &Said, due: &Due, waits: Duration, now: Moment) {
        if due.is(MisdeedKind::Silent) {
            return;
        }
        let after = waits.saturating_add(self.delay).saturating_add(due.later);
        let times = if due.is(MisdeedKind::Duplicate) { 2 } else { 1 };
        let first: Vec<_> = feeds(&said.first, due).into_iter().flat_map(|feed| vec![feed; times]).collect();
        if after.is_zero() {
            self.first_do(first.into_iter().map(Errand::Feed).collect());
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
    let operation = match due.is(MisdeedKind::WrongName) {
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
    if due.is(MisdeedKind::GarbledBase64) {
        document.insert(document.len() / 2, '*');
    }
    if due.is(MisdeedKind::HalfFile) || due.is(MisdeedKind::TruncatedZip) {
        document.truncate(document.len() / 2);
    }
    Some(document)
}
