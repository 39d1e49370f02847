//! A simulated county: has every call confirmed before it answers, where its script says so.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallFault, CallFaultKind, CallFaults, CallSandbox, Delivery, PostboxSandbox, Sandbox,
    SandboxError, SandboxSpeaks, Served, Visiting,
};
use chakong_contract::{HttpAnswer, HttpHeard, HttpRequest, Moment, Settings};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::manifest::amounts;
use crate::sandbox::{Asked, Register, RegisterScript, Style};
use crate::wire::county::{Answer, AnswerHead, CREDENTIAL, Call, Confirmed, NOT_CONFIRMED, PATHS};
use crate::wire::platform::{Answer as Told, Result as Listed, Results};

/// How often it looks whether there is something to ask.
const LOOK: Duration = Duration::from_millis(5);

/// The script of the simulated county, beside what it says of the register.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Script {
    delay_ms: u64,
    /// Has each call confirmed.
    confirms: bool,
    /// Asks about the token of its first call each time.
    stale: bool,
    faults: Vec<CallFault>,
}

pub(super) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    Ok(Box::new(Town {
        delay: Duration::from_millis(script.delay_ms),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: true },
        faults: CallFaults::new(script.faults),
        register: Register::of(register),
        confirms: script.confirms,
        stale: script.stale,
        ..Town::default()
    }))
}

/// The county.
#[derive(Debug, Default)]
struct Town {
    delay: Duration,
    style: Style,
    faults: CallFaults,
    register: Register,
    confirms: bool,
    stale: bool,
    /// The token of its first call.
    first: Option<String>,
    /// Calls that wait to be confirmed, and the token that is asked about for each.
    waiting: VecDeque<(String, String)>,
    under_way: Option<String>,
    confirmed: HashMap<String, bool>,
    answered: HashSet<String>,
    books: Books,
}

impl Sandbox for Town {
    fn speaks(&mut self) -> SandboxSpeaks<'_> {
        SandboxSpeaks::Call(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl CallSandbox for Town {
    fn serve(&mut self, request: &HttpHeard, now: Moment) -> Served {
        self.register.tick(now);
        let known = PATHS.contains(&request.path.as_str()) && request.method == "POST";
        let call = serde_json::from_slice::<Call>(&request.body).ok().filter(|_| known);
        let Some(call) = call else {
            return Served::now(HttpAnswer { status: 404, headers: Vec::new(), body: Vec::new() });
        };
        let confirmed = match self.confirmed(&call.head.openid) {
            Some(confirmed) => confirmed,
            None => return Served { after: LOOK, delivery: Delivery::Wait },
        };
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match (scripted, confirmed) {
            (Some(fault), _) => {
                said(&format!("{:04}", fault.code.unwrap_or(4444)), "区县系统异常", json!([]))
            }
            (None, false) => said(NOT_CONFIRMED, "openid不合法", json!([])),
            (None, true) => self.answer(&call, now),
        };
        Served::spoilt(fault.as_ref(), self.delay, right)
    }
}

impl Town {
    /// Whether a call was confirmed; `None` while that is not known.
    fn confirmed(&mut self, token: &str) -> Option<bool> {
        if !self.confirms {
            return Some(true);
        }
        let known = self.confirmed.get(token).copied();
        let asked = self.under_way.as_deref() == Some(token)
            || self.waiting.iter().any(|(waiting, _)| waiting == token);
        if known.is_none() && !asked {
            let first = self.first.get_or_insert_with(|| token.to_owned()).clone();
            let about = if self.stale { first } else { token.to_owned() };
            self.waiting.push_back((token.to_owned(), about));
        }
        known
    }

    fn answer(&mut self, call: &Call, now: Moment) -> HttpAnswer {
        let blank = |text: &String| text.trim().is_empty();
        if call.data.iter().any(|one| [&one.xm, &one.zjzl, &one.zjhm].into_iter().any(blank)) {
            return said("1001", "查询条件为空", json!([]));
        }
        let Some(first) = call.data.first() else { return said("1001", "查询条件为空", json!([])) };
        self.books.queries = self.books.queries.saturating_add(1);
        self.books.duplicates += u64::from(!self.answered.insert(first.cxsqdh.clone()));
        let listed = call.data.iter().map(|one| {
            let asked = Asked::exactly(&one.xm, &one.zjhm);
            let answered = self.register.answer(&asked, self.style, now);
            Listed::of(&one.wsbh, &answered)
        });
        let results = Results { cxsqdh: first.cxsqdh.clone(), cxsqjg: listed.collect() };
        said("0000", "成功", json!([results]))
    }
}

fn said(code: &str, msg: &str, data: Value) -> HttpAnswer {
    let head = AnswerHead { xzqdm: "990101".into(), code: code.into(), msg: msg.into() };
    HttpAnswer::json(200, json!(Answer { head, data }).to_string())
}

impl PostboxSandbox for Town {
    fn next(&mut self, answer: Option<&HttpAnswer>, _now: Moment) -> Visiting {
        if let Some(token) = self.under_way.take() {
            let told = answer.and_then(|answer| serde_json::from_slice::<Told>(&answer.body).ok());
            let confirmed = told.and_then(|told| serde_json::from_value::<Confirmed>(told.data).ok());
            self.confirmed.insert(token, confirmed.is_some_and(|confirmed| confirmed.valid == "1"));
        }
        match self.waiting.pop_front() {
            Some((token, about)) => {
                self.under_way = Some(token);
                Visiting::Call(HttpRequest::get(format!("{CREDENTIAL}{about}")))
            }
            None => Visiting::Rest(LOOK),
        }
    }
}
