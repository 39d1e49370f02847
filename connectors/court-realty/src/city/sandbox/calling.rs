//! The simulated registry calls back: results, deletions, receipts; and misbehaves by script.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::{HttpRequest, HttpResponse, Moment, Settings};
use chakong_toolkit::polling::{PollingClient, Rounds};

use super::cases::Closed;
use super::script::CallBacks;
use crate::city::wire::callback::{About, CallBack, Caller, Registered, Returned, returned, service};

/// A request number that no gateway gives.
const STRANGER: &str = "CK99999999999999999999";
/// How often it looks whether a case was closed, or a call-back is to be tried again.
const LOOK: Duration = Duration::from_millis(20);

/// A call-back that is to be made.
#[derive(Debug, Clone)]
pub(super) enum PendingCall {
    Result(Closed),
    Deleted(String),
    Receipt(String),
    Changed(String),
}

/// What there is to call back, and with what.
#[derive(Debug, Default)]
pub(super) struct Calling {
    account: String,
    password: String,
    key: String,
    script: Option<CallBacks>,
    rounds: Rounds<PendingCall>,
}

impl Calling {
    pub(super) fn of(script: Option<CallBacks>, settings: &Settings) -> Self {
        let secret = |key: &str| settings.secret(key).map(|secret| secret.expose().to_owned());
        Self {
            account: settings.text("account").to_owned(),
            password: secret("password").unwrap_or_default(),
            key: secret("callback_key").unwrap_or_default(),
            script,
            ..Self::default()
        }
    }

    /// Notes what is told about a closed case.
    pub(super) fn tell(&mut self, closed: Closed) {
        let Some(script) = &mut self.script else { return };
        let number = closed.number.clone();
        let registered = !closed.entered.is_empty();
        let told =
            if registered { PendingCall::Result(closed) } else { PendingCall::Deleted(number.clone()) };
        if script.twice {
            self.rounds.push(told.clone());
        }
        self.rounds.push(told);
        if script.receipt && registered {
            self.rounds.push(PendingCall::Receipt(number.clone()));
        }
        if script.notices {
            self.rounds.push(PendingCall::Changed(number));
        }
        if std::mem::take(&mut script.stranger) {
            self.rounds.push(PendingCall::Deleted(STRANGER.to_owned()));
        }
    }

    fn call(&mut self, pending: &PendingCall) -> HttpRequest {
        let about = |number: &str| About { request: number.into(), ..About::default() };
        let data = match pending {
            PendingCall::Result(closed) => {
                let (unit, entered) = (closed.unit.as_str(), closed.entered.as_str());
                let one = Registered {
                    unit: unit.into(),
                    entered_number: entered.into(),
                    remark: closed.remark.as_str().into(),
                };
                About { results: Some(vec![one]), ..about(&closed.number) }
            }
            PendingCall::Receipt(number) => About {
                title: "查封回执".into(),
                format: "pdf".into(),
                content: Some(STANDARD.encode(format!("%PDF-1.4 an invented receipt of {number}"))),
                ..about(number)
            },
            PendingCall::Deleted(number) => {
                let body = CallBack { deleted_request: number.as_str().into(), ..CallBack::default() };
                return posted(&format!("/{}/{}", self.key, service::DELETED), &body);
            }
            PendingCall::Changed(number) => {
                let path = format!("/{}/{}", self.key, service::CHANGED);
                let query = vec![(service::CHANGED_NUMBER.to_owned(), number.clone())];
                return HttpRequest { query, ..HttpRequest::get(path) };
            }
        };
        let wrong = self.script.as_mut().is_some_and(|script| {
            let due = script.wrong_password_first > 0;
            script.wrong_password_first = script.wrong_password_first.saturating_sub(1);
            due
        });
        let password = if wrong { format!("{}x", self.password) } else { self.password.clone() };
        let head = Caller {
            username: self.account.as_str().into(),
            password: password.into(),
            division: "990101".into(),
        };
        let service =
            if matches!(pending, PendingCall::Receipt(_)) { service::RECEIPT } else { service::RESULT };
        let body = CallBack { head: Some(head), data: Some(data), ..CallBack::default() };
        posted(&format!("/{service}"), &body)
    }
}

/// What was not taken is made again, after a rest. What nobody asked for is not made again once it was refused.
impl PollingClient for Calling {
    type Pending = PendingCall;

    fn rounds(&mut self) -> &mut Rounds<PendingCall> {
        &mut self.rounds
    }

    fn begin(&mut self, _now: Moment) -> bool {
        false
    }

    fn request(&mut self, pending: &PendingCall, _now: Moment) -> Option<HttpRequest> {
        Some(self.call(pending))
    }

    fn on_response(&mut self, pending: PendingCall, response: &HttpResponse, _now: Moment) {
        let returned = serde_json::from_slice::<Returned>(&response.body).ok();
        let code = returned.map(|returned| returned.head.code).unwrap_or_default();
        let is_strangers = matches!(&pending, PendingCall::Deleted(number) if number == STRANGER);
        if code != returned::OK && !(is_strangers && code == returned::FAILED) {
            self.on_unreachable(pending);
        }
    }

    fn on_unreachable(&mut self, pending: PendingCall) {
        self.rounds.push_first([pending]);
        self.rounds.pause();
    }

    fn rest(&self, _now: Moment) -> Duration {
        LOOK
    }
}

fn posted(path: &str, body: &CallBack) -> HttpRequest {
    HttpRequest::post_json(path, serde_json::to_vec(body).unwrap_or_default())
}
