//! The simulated registry calls back: results, deletions, receipts; and misbehaves by script.

use std::collections::VecDeque;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::sandbox::{PostboxSandbox, Visiting};
use chakong_contract::{HttpAnswer, HttpRequest, Moment, Settings};

use super::City;
use super::cases::Closed;
use super::script::CallBacks;
use crate::wire::city::{About, CallBack, Caller, Registered, Returned, callback, returned};

/// A request number that no gateway gives.
const STRANGER: &str = "CK99999999999999999999";
/// How often it looks whether a case was closed, or a call-back is to be tried again.
const LOOK: Duration = Duration::from_millis(20);

/// A call-back that is to be made.
#[derive(Debug, Clone)]
enum Errand {
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
    errands: VecDeque<Errand>,
    under_way: Option<Errand>,
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
        let told = if registered { Errand::Result(closed) } else { Errand::Deleted(number.clone()) };
        if script.twice {
            self.errands.push_back(told.clone());
        }
        self.errands.push_back(told);
        if script.receipt && registered {
            self.errands.push_back(Errand::Receipt(number.clone()));
        }
        if script.notices {
            self.errands.push_back(Errand::Changed(number));
        }
        if std::mem::take(&mut script.stranger) {
            self.errands.push_back(Errand::Deleted(STRANGER.to_owned()));
        }
    }

    /// Hears how a call-back was answered: one that was not taken is made again, but for what nobody asked for. Whether one is.
    fn hear(&mut self, answer: Option<&HttpAnswer>) -> bool {
        let Some(errand) = self.under_way.take() else { return false };
        let returned = answer.and_then(|answer| serde_json::from_slice::<Returned>(&answer.body).ok());
        let code = returned.map(|returned| returned.head.returncode).unwrap_or_default();
        let stranger = matches!(&errand, Errand::Deleted(number) if number == STRANGER);
        let again = code != returned::OK && !(stranger && code == returned::FAILED);
        if again {
            self.errands.push_front(errand);
        }
        again
    }

    fn call(&mut self, errand: &Errand) -> HttpRequest {
        let about = |number: &str| About { wwslbh: number.into(), ..About::default() };
        let data = match errand {
            Errand::Result(closed) => {
                let (unit, entered) = (closed.unit.as_str(), closed.entered.as_str());
                let one = Registered {
                    bdcdyh: unit.into(),
                    ywh: entered.into(),
                    bz: closed.remark.as_str().into(),
                };
                About { results: Some(vec![one]), ..about(&closed.number) }
            }
            Errand::Receipt(number) => About {
                wjmc: "查封回执".into(),
                wjlx: "pdf".into(),
                wsnr: Some(STANDARD.encode(format!("%PDF-1.4 an invented receipt of {number}"))),
                ..about(number)
            },
            Errand::Deleted(number) => {
                let body = CallBack { cxqqdh: number.as_str().into(), ..CallBack::default() };
                return posted(&format!("/{}/{}", self.key, callback::DELETED), &body);
            }
            Errand::Changed(number) => {
                let path = format!("/{}/{}", self.key, callback::CHANGED);
                let query = vec![(callback::CHANGED_NUMBER.to_owned(), number.clone())];
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
            regioncode: "990101".into(),
        };
        let service = if matches!(errand, Errand::Receipt(_)) { callback::RECEIPT } else { callback::RESULT };
        let body = CallBack { head: Some(head), data: Some(data), ..CallBack::default() };
        posted(&format!("/{service}"), &body)
    }
}

fn posted(path: &str, body: &CallBack) -> HttpRequest {
    HttpRequest::post_json(path, serde_json::to_vec(body).unwrap_or_default())
}

impl PostboxSandbox for City {
    fn next(&mut self, answer: Option<&HttpAnswer>, now: Moment) -> Visiting {
        let again = self.calling.hear(answer);
        self.close(now);
        // What was not taken is not tried again at once.
        let next = if again { None } else { self.calling.errands.pop_front() };
        let Some(errand) = next else { return Visiting::Rest(LOOK) };
        let call = self.calling.call(&errand);
        self.calling.under_way = Some(errand);
        Visiting::Call(call)
    }
}
