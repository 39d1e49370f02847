//! The simulated counterpart of any description: entries by script, in the form that the description reads.

use std::time::Duration;

use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, Moment, Secret, Settings};
use chakong_toolkit::call_fault::{self, CallFault, CallFaultKind, CallFaults};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::description::{Description, Format};
use crate::{manifest, write, xml};

/// The script. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Script {
    delay_ms: u64,
    parties: Vec<Party>,
    /// An entry that anybody not listed has.
    everyone: Option<Value>,
    faults: Vec<CallFault>,
}

/// A party and what is registered for it, as the counterpart writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Party {
    number: String,
    items: Vec<Value>,
}

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    let faults = CallFaults::new(script.faults.clone());
    let (description, authorization) = manifest::check(settings).map_err(|problems| {
        let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        <serde_json::Error as serde::de::Error>::custom(told)
    })?;
    Ok(Box::new(Described { description, authorization, script, faults, books: Books::default() }))
}

/// The simulated counterpart.
#[derive(Debug)]
struct Described {
    description: Description,
    authorization: Option<(String, Secret)>,
    script: Script,
    faults: CallFaults,
    books: Books,
}

impl Sandbox for Described {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Described {
    fn serve(&mut self, request: &InboundRequest, _now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        self.books.queries = self.books.queries.saturating_add(1);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let (status, body) = match scripted {
            Some(fault) => (200, self.coded(&fault.code.unwrap_or(0).to_string())),
            None => self.answer(request),
        };
        let delay = Duration::from_millis(self.script.delay_ms);
        let right = match self.description.answer.format {
            Format::Json => HttpResponse::json(status, serde_json::to_vec(&body).unwrap_or_default()),
            Format::Xml => {
                let headers = vec![("content-type".to_owned(), "application/xml; charset=utf-8".to_owned())];
                HttpResponse { status, headers, body: xml::write(&body) }
            }
        };
        call_fault::serve(fault.as_ref(), delay, right)
    }
}

impl Described {
    fn answer(&self, request: &InboundRequest) -> (u16, Value) {
        let right = self.authorization.as_ref().is_none_or(|(name, value)| {
            let name = name.to_lowercase();
            request.headers.iter().any(|(given, held)| *given == name && held == value.expose())
        });
        if !right || request.path != self.description.request.path {
            return (if right { 404 } else { 401 }, Value::Null);
        }
        let listed = self.script.parties.iter().find(|party| write::names(request, &party.number));
        let items: Vec<Value> = match (listed, &self.script.everyone) {
            (Some(party), _) => party.items.clone(),
            (None, Some(entry)) => vec![entry.clone()],
            (None, None) => Vec::new(),
        };
        let form = &self.description.answer;
        match (items.is_empty(), form.nothing.first()) {
            (true, Some(code)) => (200, self.coded(code)),
            _ => (200, self.listed(request, items)),
        }
    }

    fn coded(&self, code: &str) -> Value {
        let mut body = json!({});
        if let Some(pointer) = &self.description.answer.code {
            put(&mut body, pointer, code.into());
        }
        body
    }

    fn listed(&self, request: &InboundRequest, items: Vec<Value>) -> Value {
        let form = &self.description.answer;
        let mut body = self.coded(form.success.first().map(String::as_str).unwrap_or_default());
        let mut shown = items;
        if let Some(paging) = &self.description.paging {
            let page =
                request.parameter(&paging.parameter).and_then(|page| page.parse().ok()).unwrap_or(1_usize);
            let total = shown.len();
            let size = paging.size as usize;
            shown = shown.into_iter().skip(page.saturating_sub(1).saturating_mul(size)).take(size).collect();
            if let Some(pointer) = &paging.total {
                put(&mut body, pointer, total.into());
            }
        }
        put(&mut body, &form.items, shown.into());
        body
    }
}

/// Puts a value at a JSON pointer, with the objects on the way there.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for key in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(object) = place.as_object_mut() else { return };
        place = object.entry(key.replace("~1", "/").replace("~0", "~")).or_insert(Value::Null);
    }
    *place = value;
}
