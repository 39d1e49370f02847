//! The simulated registry: the same path and forms, holders by script, misbehaviour by script.

mod records;
mod register;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallFaultKind, CallFaults, CallSandbox, HttpHeard, Sandbox, SandboxError, SandboxSpeaks, Served,
};
use chakong_contract::{HttpAnswer, Moment, Scalar, Settings};
use serde_json::Value;
use serde_json::value::RawValue;

pub(crate) use self::register::{Act, Asked, Happened, Outcome, Register, Script as RegisterScript, Style};
use self::script::Script;
use crate::manifest;
use crate::wire::{CERTIFICATE_PERSONS, Envelope, PATH, Query};

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let amounts = manifest::amounts(settings).unwrap_or_default();
    Ok(Box::new(City {
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        register: Register::of(register),
        style: Style { amounts, holder_rows: !script.without_holder_rows, places: false },
        books: Books::default(),
    }))
}

/// The simulated registry.
#[derive(Debug)]
struct City {
    delay: Duration,
    faults: CallFaults,
    register: Register,
    style: Style,
    books: Books,
}

impl Sandbox for City {
    fn speaks(&mut self) -> SandboxSpeaks<'_> {
        SandboxSpeaks::Call(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for City {
    fn serve(&mut self, request: &HttpHeard, now: Moment) -> Served {
        self.register.tick(now);
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match scripted {
            Some(fault) => answer(fault.code.unwrap_or(0).to_string(), "系统异常", RawValue::NULL.to_owned()),
            None => self.answer(request, now),
        };
        Served::spoilt(fault.as_ref(), self.delay, right)
    }
}

/// A record as it stands in a list; what cannot be written stands as null.
fn raw<T: serde::Serialize>(record: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(record).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn answer(code: String, message: &str, data: Box<RawValue>) -> HttpAnswer {
    let envelope =
        Envelope { code: code.into(), message: message.into(), data: Some(&data), status: Scalar::Null };
    HttpAnswer::json(200, serde_json::to_vec(&envelope).unwrap_or_default())
}

impl City {
    fn answer(&mut self, request: &HttpHeard, now: Moment) -> HttpAnswer {
        if request.path != PATH || request.method != "POST" {
            return HttpAnswer { status: 404, headers: Vec::new(), body: Vec::new() };
        }
        let Ok(query) = serde_json::from_slice::<Query>(&request.body) else {
            return answer("0".to_owned(), "参数格式错误", RawValue::NULL.to_owned());
        };
        if [&query.qlrmc, &query.zjh, &query.zjzl].into_iter().any(|field| field.trim().is_empty()) {
            return answer("0".to_owned(), "权利人名称、证件号、证件种类不能为空", RawValue::NULL.to_owned());
        }
        self.books.queries = self.books.queries.saturating_add(1);
        // Persons by name and number, organisations by name or number: the rule of one registry (protocol section 6).
        let is_either = !CERTIFICATE_PERSONS.contains(&query.zjzl.as_str());
        let asked = Asked { name: &query.qlrmc, number: &query.zjh, is_either };
        let answered = self.register.answer(&asked, self.style, now);
        let words = if answered.is_empty() { "未查询到不动产信息" } else { "查询成功" };
        answer("1".to_owned(), words, raw(&answered))
    }
}
