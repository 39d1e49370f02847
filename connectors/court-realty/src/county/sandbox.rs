//! A simulated county: has every call confirmed before it answers, where its script says so.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chakong_contract::sandbox::{
    Books, CallSandbox, PollStep, PostboxSandbox, ResponseMode, Sandbox, SandboxError, Served,
};
use chakong_contract::{HttpRequest, HttpResponse, InboundRequest, Moment, Settings};
use chakong_toolkit::call_fault::{self, CallFault, CallFaultKind, CallFaults};
use chakong_toolkit::polling::{self, PollingClient, Rounds};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{CREDENTIAL, Call, Confirmed, CountyResponse, CountyResponseHead, NOT_CONFIRMED, PATHS};
use crate::shared::register::{Register, RegisterQuery, Script as RegisterScript, Style};
use crate::shared::settings::amounts;
use crate::shared::wire::results::{PersonResult, PlatformResponse, Results};

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
    Ok(Box::new(SimulatedCounty {
        delay: Duration::from_millis(script.delay_ms),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: true },
        faults: CallFaults::new(script.faults),
        register: Register::of(register),
        confirms: script.confirms,
        stale: script.stale,
        ..SimulatedCounty::default()
    }))
}

/// The county.
#[derive(Debug, Default)]
struct SimulatedCounty {
    delay: Duration,
    style: Style,
    faults: CallFaults,
    register: Register,
    confirms: bool,
    stale: bool,
    /// The token of its first call.
    first: Option<String>,
    /// Calls that wait to be confirmed.
    rounds: Rounds<PendingConfirmation>,
    confirmed: HashMap<String, bool>,
    answered: HashSet<String>,
    books: Books,
}

impl Sandbox for SimulatedCounty {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl CallSandbox for SimulatedCounty {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        self.register.tick(now);
        let known = PATHS.contains(&request.path.as_str()) && request.method == "POST";
        let call = serde_json::from_slice::<Call>(&request.body).ok().filter(|_| known);
        let Some(call) = call else {
            return Served::now(HttpResponse { status: 404, headers: Vec::new(), body: Vec::new() });
        };
        let confirmed = match self.confirmed(&call.head.token) {
            Some(confirmed) => confirmed,
            None => return Served { after: LOOK, mode: ResponseMode::Wait },
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
        call_fault::serve(fault.as_ref(), self.delay, right)
    }
}

impl SimulatedCounty {
    /// Whether a call was confirmed; `None` while that is not known.
    fn confirmed(&mut self, token: &str) -> Option<bool> {
        if !self.confirms {
            return Some(true);
        }
        let known = self.confirmed.get(token).copied();
        let asked =
            self.rounds.under_way().into_iter().chain(self.rounds.pending()).any(|one| one.token == token);
        if known.is_none() && !asked {
            let first = self.first.get_or_insert_with(|| token.to_owned()).clone();
            let about = if self.stale { first } else { token.to_owned() };
            self.rounds.push(PendingConfirmation { token: token.to_owned(), about });
        }
        known
    }

    fn answer(&mut self, call: &Call, now: Moment) -> HttpResponse {
        let blank = |text: &String| text.trim().is_empty();
        if call
            .data
            .iter()
            .any(|one| [&one.name, &one.document_kind, &one.document_number].into_iter().any(blank))
        {
            return said("1001", "查询条件为空", json!([]));
        }
        let Some(first) = call.data.first() else { return said("1001", "查询条件为空", json!([])) };
        self.books.queries = self.books.queries.saturating_add(1);
        self.books.duplicates += u64::from(!self.answered.insert(first.application.clone()));
        let listed = call.data.iter().map(|one| {
            let asked = RegisterQuery::exactly(&one.name, &one.document_number);
            let answered = self.register.answer(&asked, self.style, now);
            PersonResult::of(&one.document, &answered)
        });
        let results = Results { application: first.application.as_str().into(), results: listed.collect() };
        said("0000", "成功", json!([results]))
    }
}

fn said(code: &str, msg: &str, data: Value) -> HttpResponse {
    let head = CountyResponseHead { division: "990101".into(), code: code.into(), msg: msg.into() };
    HttpResponse::json(200, json!(CountyResponse { head, data }).to_string())
}

/// A call that is to be confirmed.
#[derive(Debug)]
struct PendingConfirmation {
    /// The token of the call.
    token: String,
    /// The token that is asked about.
    about: String,
}

impl PostboxSandbox for SimulatedCounty {
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep {
        polling::next(self, answer, now)
    }
}

impl PollingClient for SimulatedCounty {
    type Pending = PendingConfirmation;

    fn rounds(&mut self) -> &mut Rounds<PendingConfirmation> {
        &mut self.rounds
    }

    fn begin(&mut self, _now: Moment) -> bool {
        false
    }

    fn request(&mut self, pending: &PendingConfirmation, _now: Moment) -> Option<HttpRequest> {
        Some(HttpRequest::get(format!("{CREDENTIAL}{}", pending.about)))
    }

    fn on_response(&mut self, pending: PendingConfirmation, answer: &HttpResponse, _now: Moment) {
        let said = serde_json::from_slice::<PlatformResponse>(&answer.body).ok();
        let confirmed = said.and_then(|said| serde_json::from_value::<Confirmed>(said.data).ok());
        self.confirmed.insert(pending.token, confirmed.is_some_and(|confirmed| confirmed.valid == "1"));
    }

    fn on_unreachable(&mut self, pending: PendingConfirmation) {
        self.confirmed.insert(pending.token, false);
    }

    fn rest(&self, _now: Moment) -> Duration {
        LOOK
    }
}
