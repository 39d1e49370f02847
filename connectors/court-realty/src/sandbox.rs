//! The simulated registry: the same path and forms, holders by script, misbehaviour by script.

mod calling;
mod cases;
pub(crate) mod records;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallFaultKind, CallFaults, CallSandbox, HttpHeard, PostboxSandbox, Sandbox, SandboxError,
    SandboxSpeaks, Served,
};
use chakong_contract::{HttpAnswer, Moment, Scalar, Settings};
use serde_json::Value;
use serde_json::value::RawValue;

use self::calling::Calling;
use self::cases::{Act, Cases};
use self::script::Script;
pub(crate) use self::script::{Everyone, Holder, Property};
use crate::control::Workflows;
use crate::manifest;
use crate::wire::city::{Creation, Lock, Unlock, bean, bean_of, material};
use crate::wire::{AmountUnit, Answered, CERTIFICATE_PERSONS, Envelope, PATH, Query};

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    let registry = manifest::check(settings).ok();
    Ok(Box::new(City {
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        holders: script.holders,
        everyone: script.everyone,
        holder_rows: !script.without_holder_rows,
        amounts: registry.as_ref().map_or(AmountUnit::Yuan, |registry| registry.amounts),
        workflows: registry.and_then(|registry| registry.workflows),
        cases: Cases::of(Duration::from_millis(script.case_ms), script.refuse_first, script.delete),
        calling: Calling::of(script.call_backs, settings),
    }))
}

/// The simulated registry.
#[derive(Debug)]
struct City {
    delay: Duration,
    faults: CallFaults,
    holders: Vec<Holder>,
    everyone: Option<Everyone>,
    holder_rows: bool,
    amounts: AmountUnit,
    workflows: Option<Workflows>,
    cases: Cases,
    calling: Calling,
}

impl Sandbox for City {
    fn speaks(&mut self) -> SandboxSpeaks<'_> {
        SandboxSpeaks::Call(self)
    }

    fn books(&self) -> Books {
        self.cases.books.clone()
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl CallSandbox for City {
    fn serve(&mut self, request: &HttpHeard, now: Moment) -> Served {
        self.close(now);
        let fault = self.faults.due(&request.path, request.path != PATH);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match scripted {
            Some(fault) => answer(fault.code.unwrap_or(0).to_string(), "系统异常", RawValue::NULL.to_owned()),
            None if request.path == PATH => self.answer(request),
            None => self.act(request, now),
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
    fn answer(&mut self, request: &HttpHeard) -> HttpAnswer {
        if request.method != "POST" {
            return HttpAnswer { status: 404, headers: Vec::new(), body: Vec::new() };
        }
        let Ok(query) = serde_json::from_slice::<Query>(&request.body) else {
            return answer("0".to_owned(), "参数格式错误", RawValue::NULL.to_owned());
        };
        if [&query.qlrmc, &query.zjh, &query.zjzl].into_iter().any(|field| field.trim().is_empty()) {
            return answer("0".to_owned(), "权利人名称、证件号、证件种类不能为空", RawValue::NULL.to_owned());
        }
        self.cases.books.queries = self.cases.books.queries.saturating_add(1);
        match self.holder(&query).filter(|holder| !holder.properties.is_empty()) {
            Some(holder) => answer("1".to_owned(), "查询成功", raw(&self.answered(&holder))),
            None => answer("1".to_owned(), "未查询到不动产信息", raw(&Answered::default())),
        }
    }

    fn answered(&self, holder: &Holder) -> Answered {
        let mut answered = Answered::default();
        for property in &holder.properties {
            let right = raw(&records::right(property, holder, self.holder_rows));
            let list = match property.kind.as_str() {
                "land_ownership" => &mut answered.tdsyq_list,
                "land_use" => &mut answered.jsydsyq_list,
                "sea" => &mut answered.hysyq_list,
                "structure" => &mut answered.gjzwsyq_list,
                "forest" => &mut answered.lq_list,
                "farmland" => &mut answered.nydsyq_list,
                _ => &mut answered.fdcq_list,
            };
            list.get_or_insert_default().push(right);
            self.burdens(property, holder, &mut answered);
        }
        answered
    }

    fn burdens(&self, property: &Property, holder: &Holder, answered: &mut Answered) {
        let mortgage = |one| raw(&records::mortgage(one, property, holder, self.amounts));
        let seizure = |one| raw(&records::seizure(one, property));
        let objection = |one| raw(&records::objection(one, property));
        let prenotice = |one| raw(&records::prenotice(one, property, holder));
        answered.dyaq_list.get_or_insert_default().extend(property.mortgages.iter().map(mortgage));
        let ours = self.cases.seizures(&property.unit).map(|ours| raw(&ours));
        answered.cfdj_list.get_or_insert_default().extend(property.seizures.iter().map(seizure).chain(ours));
        answered.yyxx_list.get_or_insert_default().extend(property.objections.iter().map(objection));
        answered.ygdj_list.get_or_insert_default().extend(property.prenotices.iter().map(prenotice));
    }
}

/// A yes or no, with the registry's words.
fn said(outcome: Result<(), &str>, done: &str) -> HttpAnswer {
    match outcome {
        Ok(()) => answer("1".to_owned(), done, RawValue::NULL.to_owned()),
        Err(words) => answer("0".to_owned(), words, RawValue::NULL.to_owned()),
    }
}

impl City {
    /// Closes cases whose time has come.
    fn close(&mut self, now: Moment) {
        while let Some(closed) = self.cases.closed(now) {
            self.calling.tell(closed);
        }
    }

    /// Locks, cases and the ends of locks.
    fn act(&mut self, request: &HttpHeard, now: Moment) -> HttpAnswer {
        let not_json = || said(Err("参数格式错误"), "");
        let named = |unit: String, certificate: String| if unit.is_empty() { certificate } else { unit };
        match bean_of(&request.path).filter(|_| request.method == "POST") {
            Some(bean::LOCK_UNIT | bean::LOCK_CERTIFICATE) => {
                match serde_json::from_slice::<Lock>(&request.body) {
                    Ok(lock) => {
                        said(self.cases.lock(&named(lock.bdcdyh, lock.bdcqzh), &lock.sdsqwh), "锁定成功")
                    }
                    Err(_) => not_json(),
                }
            }
            Some(bean::UNLOCK_UNIT | bean::UNLOCK_CERTIFICATE) => {
                match serde_json::from_slice::<Unlock>(&request.body) {
                    Ok(lock) => {
                        said(self.cases.unlock(&named(lock.bdcdyh, lock.bdcqzh), &lock.sdsqwh), "解锁成功")
                    }
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
            _ => HttpAnswer { status: 404, headers: Vec::new(), body: Vec::new() },
        }
    }

    fn create(
        &mut self,
        creation: &Creation,
        now: Moment,
    ) -> Result<crate::wire::city::Opened, &'static str> {
        let case = &creation.data;
        let workflows = self.workflows.as_ref().ok_or("没有该流程定义")?;
        let act = match case.sqdjlx.as_str() {
            id if id == workflows.seize => Act::Seize,
            id if id == workflows.renew => Act::Renew,
            id if id == workflows.release => Act::Release,
            _ => return Err("没有该流程定义"),
        };
        let has =
            |(code, _): (&str, &str)| case.fjxx.iter().any(|one| one.cldm == code && !one.clnr.is_empty());
        if !has(material::RULING) || !has(material::NOTICE) {
            return Err("缺少裁定书或协助执行通知书等材料");
        }
        let [entry] = case.cfxx.as_slice() else { return Err("一次只能申请一个不动产单元") };
        // A release names the seizure, and in place of the certificate the number it was seized under.
        let is_encumbered = match act {
            Act::Release => false,
            _ => !self.property(entry).ok_or("未查到该不动产单元信息")?.seizures.is_empty(),
        };
        self.cases.create(act, case, is_encumbered, now)
    }

    /// The property that an entry names, among those of its holder.
    fn property(&self, entry: &crate::wire::city::Entry) -> Option<Property> {
        let person = entry.qlr.first()?;
        let query = Query {
            qlrmc: person.qlrmc.clone(),
            zjh: person.zjh.clone(),
            zjzl: person.zjzl.clone(),
            qszt: String::new(),
        };
        let holder = self.holder(&query)?;
        let is_it = |property: &Property| match entry.bdcdyh.is_empty() {
            false => property.unit == entry.bdcdyh,
            true => property.certificate == entry.bdcqzh,
        };
        holder.properties.into_iter().find(|property| is_it(property))
    }

    fn holder(&self, query: &Query) -> Option<Holder> {
        let holder = self.holders.iter().find(|holder| is_meant(holder, query)).cloned();
        holder.or_else(|| self.everyone.as_ref().and_then(|everyone| everyone.holder(query)))
    }
}

/// Persons by name and number, organisations by name or number: the rule of one registry (protocol section 6).
fn is_meant(holder: &Holder, query: &Query) -> bool {
    let (name, number) = (holder.name == query.qlrmc, holder.number.eq_ignore_ascii_case(&query.zjh));
    if CERTIFICATE_PERSONS.contains(&query.zjzl.as_str()) { name && number } else { name || number }
}
