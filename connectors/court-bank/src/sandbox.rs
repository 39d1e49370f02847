//! A bank that answers the packages or polls the postbox, keeps books, and misbehaves by script.

mod feedback;
mod polling;
mod received;
mod round;
mod script;
mod vault;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::sandbox::{
    BookedControl, Books, DelayedFile, ParcelSandbox, PostboxSandbox, Sandbox, SandboxError,
};
use chakong_contract::{Message, Moment, Secret, Settings};
use serde::Deserialize as _;

use self::feedback::{Feedback, Place};
use self::received::Received;
use self::round::Round;
use self::script::{Due, ManualProcessing, On, Script, ScriptedFaultKind, ScriptedFaults};
use self::vault::{Done, Vault};
use crate::wire::code::{self, StandIn};
use crate::wire::file_name::{PackageKind, PackageName};
use crate::wire::{ControlRequestRow, Generation, QueryRequestRow, ReceiptRow, ReturnRow, TargetRow};
use crate::write::md5_text;

/// Query batches remembered, to be fed back again when the court says that the feedback failed.
const REMEMBERED_BATCHES: usize = 1000;

/// How often the bank polls the postbox, where the script does not say, in milliseconds.
const POLL_MS: u64 = 1000;

/// Builds the simulated bank.
pub(crate) fn build(
    script: &serde_json::Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script = match script {
        serde_json::Value::Null => Script::default(),
        given => Script::deserialize(given)?,
    };
    Ok(Box::new(SandboxBank {
        code: settings.text("bank_code").to_owned(),
        generation: Generation::named(settings.text("generation")),
        account: settings.text("account").to_owned(),
        password: settings.secret("password").cloned().unwrap_or_else(|| Secret::new("")),
        poll: Duration::from_millis(script.poll_ms.unwrap_or(POLL_MS).max(1)),
        delay: Duration::from_millis(script.delay_ms),
        split_results: script.split_results,
        faults: ScriptedFaults::new(&script.faults),
        manual: script.manual.clone(),
        vault: Vault::new(&script),
        books: Books::default(),
        booked: HashMap::new(),
        controls: HashMap::new(),
        queries: HashSet::new(),
        made_again: 0,
        receipts: HashSet::new(),
        batches: VecDeque::new(),
        round: Round::default(),
    }))
}

/// The simulated bank.
#[derive(Debug)]
struct SandboxBank {
    code: String,
    /// The generation in which it feeds back.
    generation: Generation,
    /// Name and password with which it polls the postbox.
    account: String,
    password: Secret,
    poll: Duration,
    delay: Duration,
    split_results: bool,
    faults: ScriptedFaults,
    manual: ManualProcessing,
    vault: Vault,
    books: Books,
    /// Where in the books a control is.
    booked: HashMap<String, usize>,
    /// What was fed back about a control, by request number.
    controls: HashMap<String, Feedback>,
    queries: HashSet<String>,
    /// Feedback that was made again.
    made_again: u64,
    /// Names of receipts that were fetched.
    receipts: HashSet<String>,
    batches: VecDeque<(String, Received)>,
    /// Where it is in its rounds at the postbox.
    round: Round,
}

impl Sandbox for SandboxBank {
    fn parcel(&mut self) -> Option<&mut dyn ParcelSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        Books { holdings: self.vault.holdings(), ..self.books.clone() }
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        (!self.account.is_empty()).then_some(self as &mut dyn PostboxSandbox)
    }
}

impl ParcelSandbox for SandboxBank {
    fn take(&mut self, file: &Message, now: Moment) -> Vec<DelayedFile> {
        let Some(name) = PackageName::read(&file.name).filter(|name| name.bank == self.code) else {
            return Vec::new();
        };
        // A package of a name that was fetched before is not fetched again (protocol section 1a); of requests it is noticed.
        let is_failure = matches!(name.kind, PackageKind::QueryFailure | PackageKind::ControlFailure);
        if is_failure && !self.receipts.insert(file.name.clone()) {
            return Vec::new();
        }
        let parcel = Received::of(file);
        match name.kind {
            PackageKind::QueryRequest => self.take_queries(&name.batch, parcel, now),
            PackageKind::ControlRequest => {
                let take = |request| self.take_control(&name.batch, request, &parcel, now);
                parcel.controls.iter().flat_map(take).collect()
            }
            PackageKind::QueryFailure => self.feed_back_queries_again(&name.batch, now),
            PackageKind::ControlFailure => {
                let again = |row: &ReturnRow| self.feed_back_control_again(&name.batch, &row.number, now);
                parcel.failed.iter().flat_map(again).collect()
            }
            PackageKind::QueryFeedback | PackageKind::ControlFeedback => Vec::new(),
        }
    }
}

impl SandboxBank {
    fn take_queries(&mut self, batch: &str, parcel: Received, now: Moment) -> Vec<DelayedFile> {
        let queries = &parcel.queries;
        for query in queries {
            self.books.queries += 1;
            if !self.queries.insert(query.number.clone()) {
                self.books.duplicates += 1;
            }
        }
        let due = self.faults.due(On::Query);
        // People answer some of them, and the package waits for the last one.
        let numbers = queries.iter().map(|query| query.number.as_str());
        let after = numbers.map(|number| self.manual.wait(number, On::Query, now)).max().unwrap_or_default();
        let said = self.answer_or_not(&parcel, &due, now);
        self.remember(batch, parcel);
        self.hand(&said, batch, None, &due, after, now)
    }

    /// What is fed back about queries, as is due.
    fn answer_or_not(&mut self, parcel: &Received, due: &Due, now: Moment) -> Said {
        let mut feedback = if due.is(ScriptedFaultKind::Return) {
            let returned = parcel.queries.iter().map(|query| returned(&query.number)).collect();
            Feedback { returned, ..Feedback::default() }
        } else {
            self.answer(parcel, now, due.is(ScriptedFaultKind::InternalError))
        };
        if due.is(ScriptedFaultKind::UnknownNumber) {
            feedback.accounts.push(vec![vault::stand_in(UNKNOWN_NUMBER, StandIn::NoAccount, "", now)]);
        }
        Said::of(feedback, due)
    }

    fn answer(&mut self, parcel: &Received, now: Moment, failing: bool) -> Feedback {
        let mut answers: Vec<_> = parcel
            .queries
            .iter()
            .map(|query| match (failing, parcel.lacking(&query.number, document_key(query))) {
                (true, _) => vec![vault::stand_in(&query.number, StandIn::QueryFailed, "系统处理异常", now)],
                (_, Some(lack)) => vec![vault::stand_in(&query.number, StandIn::Declined, lack, now)],
                _ => self.vault.answer(query, now),
            })
            .collect();
        answers.iter_mut().flatten().for_each(|row| self.generation.of_account(row));
        if !self.split_results {
            answers = vec![answers.into_iter().flatten().collect()];
        }
        Feedback { accounts: answers, ..Feedback::default() }
    }

    fn remember(&mut self, batch: &str, parcel: Received) {
        if self.batches.len() >= REMEMBERED_BATCHES {
            self.batches.pop_front();
        }
        self.batches.push_back((batch.to_owned(), parcel));
    }

    fn feed_back_queries_again(&mut self, batch: &str, now: Moment) -> Vec<DelayedFile> {
        let remembered = self.batches.iter().rev().find(|(number, _)| number == batch);
        let Some(parcel) = remembered.map(|(_, parcel)| parcel.clone()) else { return Vec::new() };
        let due = self.faults.due_again(On::Query);
        let said = Said::of(self.answer(&parcel, now, false), &due);
        self.hand(&said, batch, None, &due, Duration::ZERO, now)
    }

    fn take_control(
        &mut self,
        batch: &str,
        request: &ControlRequestRow,
        parcel: &Received,
        now: Moment,
    ) -> Vec<DelayedFile> {
        let due = self.faults.due(On::Control);
        if self.controls.contains_key(&request.number) {
            self.books.duplicates += 1;
        }
        let after = self.manual.wait(&request.number, On::Control, now);
        let said = self.execute_once(request, parcel, &due, now);
        self.note_arrival(&request.number);
        let mut handed = self.hand(&said, batch, Some(&request.number), &due, after, now);
        if due.is(ScriptedFaultKind::UnknownNumber) {
            let mut stranger = said.first;
            stranger.controls.iter_mut().for_each(|row| row.number = UNKNOWN_NUMBER.into());
            stranger.receipts.clear();
            let said = Said::of(stranger, &Due::default());
            handed.extend(self.hand(&said, batch, Some(UNKNOWN_NUMBER), &Due::default(), after, now));
        }
        handed
    }

    /// What is fed back about a control, which is executed when it was not seen before.
    fn execute_once(
        &mut self,
        request: &ControlRequestRow,
        parcel: &Received,
        due: &Due,
        now: Moment,
    ) -> Said {
        let feedback = match self.controls.get(&request.number) {
            Some(feedback) => feedback.clone(),
            None => {
                let feedback = self.execute(request, parcel, due, now);
                self.controls.insert(request.number.clone(), feedback.clone());
                feedback
            }
        };
        Said::of(feedback, due)
    }

    fn note_arrival(&mut self, number: &str) {
        if let Some(booked) = self.booked.get(number).and_then(|at| self.books.controls.get_mut(*at)) {
            booked.arrived += 1;
        }
    }

    /// Executes a control that was not seen before, and books it.
    fn execute(
        &mut self,
        request: &ControlRequestRow,
        parcel: &Received,
        due: &Due,
        now: Moment,
    ) -> Feedback {
        let mut feedback = Feedback::default();
        let first = TargetRow::default();
        let target = request.targets.first().unwrap_or(&first);
        let mut amount = rust_decimal::Decimal::ZERO;
        let mut executed = false;
        if due.is(ScriptedFaultKind::Return) {
            feedback.returned.push(returned(&request.number));
        } else if due.is(ScriptedFaultKind::InternalError) {
            feedback.controls = self.vault.refuse(request, "系统处理异常");
        } else if let Some(lack) = parcel.lacking(&request.number, &request.number) {
            feedback.controls = self.vault.refuse(request, lack);
        } else {
            let done: Vec<Done> =
                request.targets.iter().map(|target| self.vault.control(request, target, now)).collect();
            amount = done.iter().map(|done| done.amount).sum();
            executed = done.iter().any(|done| done.executed);
            feedback.controls = done.into_iter().map(|done| done.row).collect();
            feedback.controls.iter_mut().for_each(|row| self.generation.of_result(row));
            feedback.receipts.push(receipt(request, amount));
        }
        let action = match target.measure.as_str() {
            code::FREEZE => "freeze",
            code::RENEW => "renew",
            code::RELEASE => "release",
            other => other,
        };
        self.booked.insert(request.number.clone(), self.books.controls.len());
        self.books.controls.push(BookedControl {
            number: request.number.clone(),
            action: action.to_owned(),
            target: target.account.clone(),
            amount: format!("{amount:.2}"),
            executed: u32::from(executed),
            arrived: 0,
        });
        feedback
    }

    fn feed_back_control_again(&mut self, batch: &str, number: &str, now: Moment) -> Vec<DelayedFile> {
        let Some(mut feedback) = self.controls.get(number).cloned() else { return Vec::new() };
        let due = self.faults.due_again(On::Control);
        // What is made anew is never quite the same.
        self.made_again += 1;
        feedback.controls.iter_mut().for_each(|row| row.remark = format!("第{}次补报", self.made_again));
        self.hand(&Said::of(feedback, &due), batch, Some(number), &due, Duration::ZERO, now)
    }

    fn hand(
        &self,
        said: &Said,
        batch: &str,
        request: Option<&str>,
        due: &Due,
        after: Duration,
        now: Moment,
    ) -> Vec<DelayedFile> {
        if due.is(ScriptedFaultKind::Silent) {
            return Vec::new();
        }
        let after = after.saturating_add(self.delay).saturating_add(due.later);
        let place = Place { bank: &self.code, batch, request, now };
        let again = format!("9{}", batch.get(1..).unwrap_or_default());
        let first = said.first.package(place, due);
        let twice = due.is(ScriptedFaultKind::Duplicate).then(|| Place { batch: &again, ..place });
        let twice = twice.and_then(|place| said.first.package(place, due));
        let hand = |after: Duration| move |file| DelayedFile { after, file };
        let amended = said.amended.as_ref().and_then(|(later, feedback)| {
            let file = feedback.package(place, &Due::default())?;
            Some(DelayedFile { after: after.saturating_add(*later), file })
        });
        first.into_iter().chain(twice).map(hand(after)).chain(amended).collect()
    }
}

/// What is said about a request, and what is said properly later on.
#[derive(Debug, Clone)]
struct Said {
    first: Feedback,
    amended: Option<(Duration, Feedback)>,
}

impl Said {
    fn of(feedback: Feedback, due: &Due) -> Self {
        let amended = due.amended.map(|after| (after, feedback.clone()));
        let mut first = feedback;
        first.spoil(due);
        Self { first, amended }
    }
}

/// Under what the documents of a query are: a key, or in the first generation its own number.
fn document_key(query: &QueryRequestRow) -> &str {
    if query.document_key.is_empty() { &query.number } else { &query.document_key }
}

/// A request that was never made.
const UNKNOWN_NUMBER: &str = "ZZ9999999999999999999999";

fn returned(number: &str) -> ReturnRow {
    ReturnRow {
        number: number.to_owned(),
        reason: code::DECLINED.into(),
        remark: "证件号码与文书所载不一致".into(),
        contact: "王测试".into(),
        phone: "010-00000001".into(),
        ..ReturnRow::default()
    }
}

/// A receipt document: not a real PDF, but bytes whose MD5 is right.
fn receipt(request: &ControlRequestRow, amount: rust_decimal::Decimal) -> ReceiptRow {
    let text = format!("%PDF-1.4\n% {} {amount:.2}\n%%EOF\n", request.number);
    ReceiptRow {
        number: request.number.clone(),
        title: format!("{}协助执行通知书（回执）", request.court_name),
        format: "pdf".into(),
        kind: code::RECEIPT.into(),
        md5: md5_text(text.as_bytes()),
        content: STANDARD.encode(text.as_bytes()),
        ..ReceiptRow::default()
    }
}
