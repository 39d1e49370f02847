//! The simulated registry: the same path and forms, holders by script, misbehaviour by script.

pub(crate) mod records;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallFaultKind, CallFaults, CallSandbox, HttpHeard, Sandbox, SandboxError, SandboxSpeaks, Served,
};
use chakong_contract::{HttpAnswer, Moment, Scalar, Settings};
use serde_json::Value;
use serde_json::value::RawValue;

use self::script::Script;
pub(crate) use self::script::{Everyone, Holder, Property};
use crate::manifest;
use crate::wire::{AmountUnit, Answered, CERTIFICATE_PERSONS, Envelope, PATH, Query};

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    Ok(Box::new(City {
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        holders: script.holders,
        everyone: script.everyone,
        holder_rows: !script.without_holder_rows,
        amounts: manifest::check(settings).map_or(AmountUnit::Yuan, |registry| registry.amounts),
        books: Books::default(),
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
    fn serve(&mut self, request: &HttpHeard, _now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match scripted {
            Some(fault) => answer(fault.code.unwrap_or(0).to_string(), "系统异常", RawValue::NULL.to_owned()),
            None => self.answer(request),
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
        let holder = self.holders.iter().find(|holder| is_meant(holder, &query)).cloned();
        let holder = holder.or_else(|| self.everyone.as_ref().and_then(|everyone| everyone.holder(&query)));
        match holder.filter(|holder| !holder.properties.is_empty()) {
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
        answered.cfdj_list.get_or_insert_default().extend(property.seizures.iter().map(seizure));
        answered.yyxx_list.get_or_insert_default().extend(property.objections.iter().map(objection));
        answered.ygdj_list.get_or_insert_default().extend(property.prenotices.iter().map(prenotice));
    }
}

/// Persons by name and number, organisations by name or number: the rule of one registry (protocol section 6).
fn is_meant(holder: &Holder, query: &Query) -> bool {
    let (name, number) = (holder.name == query.qlrmc, holder.number.eq_ignore_ascii_case(&query.zjh));
    if CERTIFICATE_PERSONS.contains(&query.zjzl.as_str()) { name && number } else { name || number }
}
