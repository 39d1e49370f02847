//! The simulated authority: both dialects over one register, companies and holders by script, misbehaviour by script.

mod register;
mod script;

use std::collections::BTreeMap;
use std::time::Duration;

use chakong_contract::sandbox::{
    BookedControl, Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served,
};
use chakong_contract::{HttpResponse, Moment, Settings};
use chakong_toolkit::call_fault::{self, CallFaultKind, CallFaults};
use serde_json::Value;

use self::register::{Register, refused};
use self::script::Script;
use crate::manifest;
use crate::wire::parameters::{request_of, said_bytes};
use crate::wire::{Operation, Reported, Request, TOKEN};

pub(crate) fn build_json(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let token = manifest::check_json(settings).map(|line| line.token.expose().to_owned());
    build(script, Dialect::Json(token.unwrap_or_default()))
}

pub(crate) fn build_parameters(
    script: &Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let path = manifest::check_parameters(settings).map(|line| line.path);
    build(script, Dialect::Parameters(path.unwrap_or_default()))
}

fn build(script: &Value, dialect: Dialect) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    Ok(Box::new(Authority {
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        reviews: script.reviews,
        opinion: script.opinion,
        register: Register::new(script.companies, script.everyone),
        answers: BTreeMap::new(),
        pending: BTreeMap::new(),
        books: Books::default(),
        dialect,
    }))
}

#[derive(Debug)]
enum Dialect {
    /// With the token that is accepted.
    Json(String),
    /// At a path.
    Parameters(String),
}

/// The simulated authority.
#[derive(Debug)]
struct Authority {
    delay: Duration,
    faults: CallFaults,
    /// How often an order is looked up before its review ends.
    reviews: u32,
    /// The auditor's opinion that turns every control away, where there is one.
    opinion: String,
    register: Register,
    /// What was answered to each control.
    answers: BTreeMap<String, Reported>,
    /// Orders under review, with the looks that are left.
    pending: BTreeMap<String, (Operation, Request, u32)>,
    books: Books,
    dialect: Dialect,
}

impl Sandbox for Authority {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Authority {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        let control =
            !matches!(Operation::of_path(&request.path), Some(Operation::Query | Operation::Result));
        let fault = self.faults.due(&request.path, control);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match (&self.dialect, scripted) {
            (Dialect::Json(_), Some(fault)) => json(&refused(fault.code.unwrap_or(21), "系统异常")),
            (Dialect::Parameters(_), Some(_)) => text(said_bytes(false, "", "数据交换异常")),
            (Dialect::Json(token), None) => {
                let token = token.clone();
                self.answer_json(request, &token, now)
            }
            (Dialect::Parameters(path), None) => {
                let path = path.clone();
                self.answer_parameters(request, &path, now)
            }
        };
        call_fault::serve(fault.as_ref(), self.delay, right)
    }
}

fn json(reported: &Reported) -> HttpResponse {
    let mut members = serde_json::to_value(reported).unwrap_or_default();
    if let Some(members) = members.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    HttpResponse::json(200, members.to_string())
}

fn text(body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![("content-type".into(), "text/plain; charset=GBK".into())],
        body,
    }
}

fn status(status: u16) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: Vec::new() }
}

impl Authority {
    fn answer_json(&mut self, call: &InboundRequest, token: &str, now: Moment) -> HttpResponse {
        let Some(operation) = Operation::of_path(&call.path).filter(|_| call.method == "POST") else {
            return status(404);
        };
        let given = call.headers.iter().find(|(name, _)| name == TOKEN).map(|(_, value)| value.as_str());
        if given != Some(token) {
            return status(401);
        }
        let Ok(request) = serde_json::from_slice::<Request>(&call.body) else {
            return json(&refused(23, "参数格式错误"));
        };
        if request.number.is_empty() {
            return json(&refused(23, "缺请求单号"));
        }
        json(&match operation {
            Operation::Query => {
                self.books.queries = self.books.queries.saturating_add(1);
                self.register.holdings(&request, now.date())
            }
            Operation::Result => self.look_up(&request.number, now),
            _ => {
                let key = request.number.clone();
                let without = request.documents.is_empty();
                if without {
                    refused(10, "缺法律文书")
                } else {
                    self.control(operation, key, request, now)
                }
            }
        })
    }

    fn answer_parameters(&mut self, request: &InboundRequest, path: &str, now: Moment) -> HttpResponse {
        if request.path != path || request.method != "POST" {
            return status(404);
        }
        let Some((operation, request)) = request_of(&request.body) else {
            return text(said_bytes(false, "", "参数错误"));
        };
        // Nothing in the string says that two are the same order: each is carried out.
        let key = format!("{}", self.books.controls.len() + 1);
        let reported = self.control(operation, key, request, now);
        let record = if operation == Operation::Freeze { reported.row.record.text() } else { String::new() };
        text(said_bytes(reported.code.text() == "0", &record, &reported.message.text()))
    }

    /// Carries a control out once, whatever becomes of it; the same number again is answered the same.
    fn control(&mut self, operation: Operation, key: String, request: Request, now: Moment) -> Reported {
        let booked = self.books.controls.iter_mut().find(|booked| booked.number == key);
        if let Some(booked) = booked {
            booked.arrived = booked.arrived.saturating_add(1);
            self.books.duplicates = self.books.duplicates.saturating_add(1);
            return self.answers.get(&key).cloned().unwrap_or_else(|| refused(1, "审核中"));
        }
        self.books.controls.push(BookedControl {
            number: key.clone(),
            action: action(operation).to_owned(),
            target: [request.company_code.as_str(), &request.company]
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default()
                .to_owned(),
            amount: String::new(),
            executed: 0,
            arrived: 1,
        });
        if self.reviews > 0 && matches!(self.dialect, Dialect::Json(_)) {
            self.pending.insert(key, (operation, request, self.reviews));
            return refused(1, "审核中");
        }
        self.carry_out(operation, &key, &request, now)
    }

    fn carry_out(&mut self, operation: Operation, key: &str, request: &Request, now: Moment) -> Reported {
        let reported = match self.opinion.as_str() {
            "" => self.register.carry_out(operation, key, request, now.date()),
            opinion => refused(2, opinion),
        };
        let done = reported.code.text() == "0";
        if let Some(booked) = self.books.controls.iter_mut().find(|booked| booked.number == key) {
            booked.executed = booked.executed.saturating_add(u32::from(done));
            booked.amount = reported.row.amount.text();
        }
        self.answers.insert(key.to_owned(), reported.clone());
        reported
    }

    fn look_up(&mut self, key: &str, now: Moment) -> Reported {
        if let Some(answer) = self.answers.get(key) {
            return answer.clone();
        }
        match self.pending.remove(key) {
            None => refused(24, "无此请求单号"),
            Some((operation, request, looks)) if looks > 1 => {
                self.pending.insert(key.to_owned(), (operation, request, looks - 1));
                refused(1, "审核中")
            }
            Some((operation, request, _)) => self.carry_out(operation, key, &request, now),
        }
    }
}

const fn action(operation: Operation) -> &'static str {
    match operation {
        Operation::Freeze => "freeze",
        Operation::Renew => "renew",
        Operation::Release => "release",
        Operation::Transfer => "transfer",
        Operation::Query | Operation::Result => "query",
    }
}
