//! The simulated registry: the same path and forms, holders by script, misbehaviour by script.

mod calling;
mod cases;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallSandbox, InboundRequest, PollStep, PostboxSandbox, Sandbox, SandboxError, Served,
};
use chakong_contract::{HttpResponse, Moment, Settings};
use chakong_toolkit::call_fault::{self, CallFaultKind, CallFaults};
use chakong_toolkit::{Scalar, polling};
use serde_json::Value;
use serde_json::value::RawValue;

use self::calling::Calling;
use self::cases::{CaseKind, Cases};
use self::script::Script;
use super::manifest::{self, Workflows};
use super::wire::control::{Creation, Lock, Opened, Unlock, bean, bean_of, material};
use super::wire::query::{Envelope, PATH, Query};
use crate::shared::register::{Register, RegisterQuery, Script as RegisterScript, Style};
use crate::shared::settings;
use crate::shared::wire::CERTIFICATE_PERSONS;

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let registry = manifest::check(settings).ok();
    let amounts = settings::amounts(settings).unwrap_or_default();
    Ok(Box::new(SimulatedCity {
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        register: Register::of(register),
        style: Style { amounts, holder_rows: !script.without_holder_rows, places: false },
        workflows: registry.and_then(|registry| registry.workflows),
        cases: Cases::of(Duration::from_millis(script.case_ms), script.refuse_first, script.delete),
        calling: Calling::of(script.call_backs, settings),
    }))
}

/// The simulated registry.
#[derive(Debug)]
struct SimulatedCity {
    delay: Duration,
    faults: CallFaults,
    register: Register,
    style: Style,
    workflows: Option<Workflows>,
    cases: Cases,
    calling: Calling,
}

impl Sandbox for SimulatedCity {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        Books { holdings: self.register.holdings(), ..self.cases.books.clone() }
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl CallSandbox for SimulatedCity {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        self.close(now);
        let fault = self.faults.due(&request.path, request.path != PATH);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match scripted {
            Some(fault) => answer(fault.code.unwrap_or(0).to_string(), "系统异常", RawValue::NULL.to_owned()),
            None if request.path == PATH => self.answer(request, now),
            None => self.act(request, now),
        };
        call_fault::serve(fault.as_ref(), self.delay, right)
    }
}

impl PostboxSandbox for SimulatedCity {
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep {
        self.close(now);
        polling::next(&mut self.calling, answer, now)
    }
}

/// A record as it stands in a list; what cannot be written stands as null.
fn raw<T: serde::Serialize>(record: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(record).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn answer(code: String, message: &str, data: Box<RawValue>) -> HttpResponse {
    let envelope =
        Envelope { code: code.into(), message: message.into(), data: Some(&data), status: Scalar::Null };
    HttpResponse::json(200, serde_json::to_vec(&envelope).unwrap_or_default())
}

impl SimulatedCity {
    fn answer(&mut self, request: &InboundRequest, now: Moment) -> HttpResponse {
        if request.method != "POST" {
            return HttpResponse { status: 404, headers: Vec::new(), body: Vec::new() };
        }
        let Ok(query) = serde_json::from_slice::<Query>(&request.body) else {
            return answer("0".to_owned(), "参数格式错误", RawValue::NULL.to_owned());
        };
        if [&query.name, &query.number, &query.document_kind].into_iter().any(|field| field.trim().is_empty())
        {
            return answer("0".to_owned(), "权利人名称、证件号、证件种类不能为空", RawValue::NULL.to_owned());
        }
        self.cases.books.queries = self.cases.books.queries.saturating_add(1);
        // Persons by name and number, organisations by name or number: the rule of one registry (protocol section 6).
        let is_either = !CERTIFICATE_PERSONS.contains(&query.document_kind.as_str());
        let asked = RegisterQuery { name: &query.name, number: &query.number, is_either };
        let answered = self.register.answer(&asked, self.style, now);
        let words = if answered.is_empty() { "未查询到不动产信息" } else { "查询成功" };
        answer("1".to_owned(), words, raw(&answered))
    }
}

/// A yes or no, with the registry's words.
fn said(outcome: Result<(), &str>, done: &str) -> HttpResponse {
    match outcome {
        Ok(()) => answer("1".to_owned(), done, RawValue::NULL.to_owned()),
        Err(words) => answer("0".to_owned(), words, RawValue::NULL.to_owned()),
    }
}

impl SimulatedCity {
    /// A round of the register's, and the cases whose time has come.
    fn close(&mut self, now: Moment) {
        let happened = self.register.tick(now);
        self.cases.record(happened, self.register.tells_what_follows);
        while let Some(closed) = self.cases.closed(&mut self.register, now) {
            self.calling.tell(closed);
        }
    }

    /// Locks, cases and the ends of locks.
    fn act(&mut self, request: &InboundRequest, now: Moment) -> HttpResponse {
        let not_json = || said(Err("参数格式错误"), "");
        let named = |unit: String, certificate: String| if unit.is_empty() { certificate } else { unit };
        match bean_of(&request.path).filter(|_| request.method == "POST") {
            Some(bean::LOCK_UNIT | bean::LOCK_CERTIFICATE) => {
                match serde_json::from_slice::<Lock>(&request.body) {
                    Ok(lock) => {
                        said(self.cases.lock(&named(lock.unit, lock.certificate), &lock.document), "锁定成功")
                    }
                    Err(_) => not_json(),
                }
            }
            Some(bean::UNLOCK_UNIT | bean::UNLOCK_CERTIFICATE) => {
                match serde_json::from_slice::<Unlock>(&request.body) {
                    Ok(lock) => said(
                        self.cases.unlock(&named(lock.unit, lock.certificate), &lock.document),
                        "解锁成功",
                    ),
                    Err(_) => not_json(),
                }
            }
            Some(bean::CASE | bean::CASE_NEW) => match serde_json::from_slice::<Creation>(&request.body) {
                Ok(creation) => match self.create(&creation, now) {
                    Ok(opened) => answer("1".to_owned(), "创建成功", raw(&opened)),
                    Err(words) => said(Err(words), ""),
                },
                Err(_) => not_json(),
            },
            _ => HttpResponse { status: 404, headers: Vec::new(), body: Vec::new() },
        }
    }

    fn create(&mut self, creation: &Creation, now: Moment) -> Result<Opened, &'static str> {
        let case = &creation.data;
        let workflows = self.workflows.as_ref().ok_or("没有该流程定义")?;
        let act = match case.workflow.as_str() {
            id if id == workflows.seize => CaseKind::Seize,
            id if id == workflows.renew => CaseKind::Renew,
            id if id == workflows.release => CaseKind::Release,
            _ => return Err("没有该流程定义"),
        };
        let has = |(code, _): (&str, &str)| {
            case.materials.iter().any(|one| one.code == code && !one.files.is_empty())
        };
        if !has(material::RULING) || !has(material::NOTICE) {
            return Err("缺少裁定书或协助执行通知书等材料");
        }
        let [_] = case.entries.as_slice() else { return Err("一次只能申请一个不动产单元") };
        self.cases.create(act, case, &self.register, now)
    }
}
