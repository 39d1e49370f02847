//! What the registry does with a request, and what it hands in about it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::Moment;
use chakong_contract::sandbox::BookedControl;

use super::{PendingCall, PollingRegistry};
use crate::postbox::wire::controls::{
    Control, ControlResult, ReceiptRow, control_feedback, receipt_feedback,
};
use crate::postbox::wire::names::{FEED_CONTROLS, FEED_QUERIES, FEED_RECEIPTS};
use crate::shared::faults::ScriptedFaultKind;
use crate::shared::register::{DECLINED, EFFECTIVE, Happened, Outcome, RegisterAct, RegisterQuery};
use crate::shared::wire::point_to_point::envelope::OK;
use crate::shared::wire::point_to_point::request::{Measure, Property, Request};
use crate::shared::wire::point_to_point::results::{QueryResult, query_feedback};
use crate::shared::wire::tree::{Element, Leaves};

/// A request number that no gateway gives.
const STRANGER: &str = "FC99999999999999999999";

impl PollingRegistry {
    pub(super) fn act(&mut self, controls: bool, request: &Request, now: Moment) {
        let again = self.settled.contains(&request.number);
        if self.faults.due(ScriptedFaultKind::Silent) {
            return;
        }
        if controls {
            self.control(request, again, now);
        } else {
            self.books.queries += 1;
            self.books.duplicates += u64::from(again);
            let result = self.query(request, now);
            self.feed(FEED_QUERIES, |number, registry| {
                let answered = result.answered.clone();
                let (code, message) = (result.code.clone(), result.message.clone());
                let number = number.unwrap_or(&request.number).to_owned();
                query_feedback(
                    &[QueryResult { number, code, message, answered, ..QueryResult::default() }],
                    registry.flat,
                )
            });
        }
    }

    fn query(&mut self, request: &Request, now: Moment) -> QueryResult {
        let complete = self.has_papers(&request.number);
        if self.faults.due(ScriptedFaultKind::Error) || !complete {
            let message = if complete { "登记系统异常" } else { "缺少法律文书或证件" };
            return QueryResult {
                code: "2040".to_owned(),
                message: message.to_owned(),
                ..QueryResult::default()
            };
        }
        let asked = RegisterQuery::exactly(&request.name, &request.document_number);
        let answered = self.register.answer(&asked, self.style, now);
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
        self.feed_control(&result);
        if self.faults.due(ScriptedFaultKind::RefusedLater) {
            // The registrar declines the case after it was accepted (section 2.13).
            self.register.decline(&request.number);
            self.receipts.retain(|number| *number != request.number);
            let declined = |control: &Control| Control {
                state: "2".to_owned(),
                reason: DECLINED.to_owned(),
                ..control.clone()
            };
            let controls = result.controls.iter().map(declined).collect();
            self.answer_with(ControlResult { controls, ..result });
        }
    }

    /// Hands in the receipts of what was entered in the last round (section 2.12): a registry's word that a case has taken effect.
    pub(super) fn feed_receipts(&mut self) {
        for number in std::mem::take(&mut self.receipts) {
            let content = STANDARD.encode(format!("%PDF-1.4 an invented receipt of {number}"));
            let (title, format) = ("协助执行通知书（回执）".to_owned(), "pdf".to_owned());
            let document =
                receipt_feedback(&[ReceiptRow { number, title, format, content, ..ReceiptRow::default() }])
                    .seal(self.leaves);
            self.rounds.push(PendingCall::Feed { operation: FEED_RECEIPTS, document });
        }
    }

    /// Executes a control that was not seen before, and books it. The action of all is that of the first (section 13.1).
    fn execute(&mut self, request: &Request, now: Moment) -> ControlResult {
        let first = request.properties.first().cloned().unwrap_or_default();
        let mut done: Vec<Result<Outcome, &'static str>> = Vec::new();
        if !self.has_papers(&request.number) {
            done.push(Err("缺少法律文书或证件"));
        } else if self.register.books_only_last() {
            let last = request.properties.last().map(|last| self.execute_one(request, last, &first, now));
            done.extend(last);
        } else {
            let all = request.properties.iter();
            done = all.map(|one| self.execute_one(request, one, &first, now)).collect();
        }
        let executed = u32::try_from(done.iter().filter(|one| one.is_ok()).count()).unwrap_or(u32::MAX);
        // What was done to the last is answered for all that have no answer of their own.
        let last = done.last().cloned().unwrap_or(Err("未查到该证书信息"));
        let own = |at: usize| if done.len() == request.properties.len() { done.get(at) } else { None };
        let controls = request.properties.iter().enumerate().map(|(at, property)| {
            let control = self.answered(own(at).unwrap_or(&last));
            let (unit, certificate) = (property.unit.clone(), property.certificate.clone());
            Control { unit, certificate, ..control }
        });
        let controls: Vec<Control> = controls.collect();
        self.booked.insert(request.number.clone(), self.books.controls.len());
        self.books.controls.push(BookedControl {
            number: request.number.clone(),
            action: first.measure,
            target: first.unit,
            amount: "0".to_owned(),
            executed,
            arrived: 0,
        });
        if done.iter().all(Result::is_ok) && !self.register.is_reviewed() {
            self.receipts.push(request.number.clone());
        }
        let number = request.number.clone();
        let result = ControlResult { number, code: OK.to_owned(), controls, ..ControlResult::default() };
        self.answers.insert(request.number.clone(), result.clone());
        result
    }

    fn execute_one(
        &mut self,
        request: &Request,
        property: &Property,
        first: &Property,
        now: Moment,
    ) -> Result<Outcome, &'static str> {
        let act = RegisterAct {
            request: request.number.clone(),
            name: request.name.clone(),
            number: request.document_number.clone(),
            unit: property.unit.clone(),
            certificate: property.certificate.clone(),
            court: request.court_name.clone(),
            document: property.ruling.clone(),
            from: property.from.clone(),
            until: property.until.clone(),
            business: property.business.clone(),
            seizure: property.seizure.clone(),
            id: String::new(),
        };
        match Measure::of(&first.measure).ok_or("不支持该控制措施")? {
            Measure::Seize => self.register.seize(&act, now),
            Measure::Renew => self.register.renew(&act, now),
            Measure::Release => self.register.release(&act, now),
        }
    }

    /// The answer of what was done; of a case that is not decided it says nothing about a kind.
    fn answered(&self, done: &Result<Outcome, &'static str>) -> Control {
        match done {
            Ok(outcome) => Control {
                state: "1".to_owned(),
                from: self.register.as_written(&outcome.from),
                until: self.register.as_written(&outcome.until),
                remark: outcome.words(),
                business: outcome.id.clone(),
                seizure: outcome.id.clone(),
                unit: outcome.unit.clone(),
                certificate: outcome.certificate.clone(),
                ..Control::default()
            },
            Err(reason) => {
                Control { state: "2".to_owned(), reason: (*reason).to_owned(), ..Control::default() }
            }
        }
    }

    /// Tells what happened in a round. What is entered or takes effect later is told only by registries that do so.
    pub(super) fn tell(&mut self, happened: Vec<Happened>) {
        for one in happened {
            let (outcome, control) = match &one {
                Happened::Declined(outcome, why) => {
                    let control = self.answered(&Ok(outcome.clone()));
                    let (state, reason) = ("2".to_owned(), (*why).to_owned());
                    (outcome, Control { state, reason, remark: String::new(), ..control })
                }
                Happened::Entered(_) | Happened::Effective(_) if !self.register.tells_what_follows => {
                    continue;
                }
                Happened::Entered(outcome) => (outcome, self.answered(&Ok(outcome.clone()))),
                Happened::Effective(outcome) => {
                    let control = self.answered(&Ok(outcome.clone()));
                    (outcome, Control { remark: EFFECTIVE.to_owned(), ..control })
                }
            };
            let (number, code) = (outcome.request.clone(), OK.to_owned());
            self.answer_with(ControlResult {
                number,
                code,
                controls: vec![control],
                ..ControlResult::default()
            });
        }
    }

    /// Hands in another answer than before, and the same again when it is asked for.
    fn answer_with(&mut self, result: ControlResult) {
        self.feed_control(&result);
        self.answers.insert(result.number.clone(), result);
    }

    fn feed_control(&mut self, result: &ControlResult) {
        self.feed(FEED_CONTROLS, |number, _| {
            let number = number.unwrap_or(&result.number).to_owned();
            control_feedback(&[ControlResult { number, ..result.clone() }])
        });
    }

    /// Hands a result in: twice, about a stranger, garbled, or with its values in the clear, as is due.
    fn feed(&mut self, operation: &'static str, document: impl Fn(Option<&str>, &Self) -> Element) {
        let leaves = if self.faults.due(ScriptedFaultKind::Unencoded) { Leaves::Plain } else { self.leaves };
        let mut sealed = document(None, self).seal(leaves);
        if self.faults.due(ScriptedFaultKind::Garbled) {
            sealed.insert(sealed.len() / 2, '*');
        }
        let mut feeds = vec![sealed.clone()];
        if self.faults.due(ScriptedFaultKind::Duplicate) {
            feeds.push(sealed);
        }
        if self.faults.due(ScriptedFaultKind::UnknownNumber) {
            feeds.push(document(Some(STRANGER), self).seal(self.leaves));
        }
        for document in feeds {
            self.rounds.push(PendingCall::Feed { operation, document });
        }
    }
}
