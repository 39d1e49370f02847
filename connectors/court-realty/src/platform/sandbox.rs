//! A county's centre that polls the platform: token, applications, receipt, papers, results; and misbehaves by script.

use std::collections::HashSet;
use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{Books, PollStep, PostboxSandbox, Sandbox, SandboxError};
use chakong_contract::{HttpRequest, HttpResponse, Moment};
use chakong_toolkit::polling::{self, PollingClient, Rounds};
use serde_json::{Value, json};

use super::wire::{About, Application, Call, CallHead, FIELD, Login, Papers, Received, path};
use crate::shared::faults::{Script, ScriptedFaultKind, ScriptedFaults};
use crate::shared::register::{Register, RegisterQuery, Script as RegisterScript, Style};
use crate::shared::settings::amounts;
use crate::shared::wire::results::{PersonResult, PlatformResponse, Results, code};

/// An application that no platform made.
const STRANGER: &str = "CX99999999999999999999";
/// How often it polls where the script does not say.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let password = settings.secret("password").map(|secret| secret.expose().to_owned());
    Ok(Box::new(PollingCentre {
        account: settings.text("account").to_owned(),
        password: password.unwrap_or_default(),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: true },
        poll: script.poll_ms.map_or(POLL, Duration::from_millis),
        faults: ScriptedFaults::of(&script.faults),
        register: Register::of(register),
        ..PollingCentre::default()
    }))
}

/// The centre.
#[derive(Debug, Default)]
struct PollingCentre {
    account: String,
    password: String,
    style: Style,
    poll: Duration,
    faults: ScriptedFaults,
    register: Register,
    books: Books,
    token: String,
    /// Applications whose results were taken.
    settled: HashSet<String>,
    rounds: Rounds<PendingCall>,
}

/// Something that it has to do in a round.
#[derive(Debug, Clone)]
enum PendingCall {
    Token,
    Applications,
    Received(Vec<String>),
    Papers(Box<Application>),
    Feed(Value),
}

impl Sandbox for PollingCentre {
    fn books(&self) -> Books {
        self.books.clone()
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl PostboxSandbox for PollingCentre {
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep {
        polling::next(self, answer, now)
    }
}

impl PollingClient for PollingCentre {
    type Pending = PendingCall;

    fn rounds(&mut self) -> &mut Rounds<PendingCall> {
        &mut self.rounds
    }

    fn begin(&mut self, now: Moment) -> bool {
        if !self.register.is_open(now) {
            return false;
        }
        self.register.tick(now);
        if self.token.is_empty() {
            self.rounds.push(PendingCall::Token);
        }
        self.rounds.push(PendingCall::Applications);
        true
    }

    fn request(&mut self, pending: &PendingCall, _now: Moment) -> Option<HttpRequest> {
        let (path, data) = match pending {
            PendingCall::Token => {
                let wrong = self.faults.due(ScriptedFaultKind::WrongPassword);
                let password = if wrong { format!("{}x", self.password) } else { self.password.clone() };
                (
                    path::TOKEN,
                    json!(Login { username: self.account.as_str().into(), password: password.into() }),
                )
            }
            PendingCall::Applications => (path::APPLICATIONS, json!({})),
            PendingCall::Received(numbers) => {
                (path::RECEIVED, json!(Received { applications: numbers.clone() }))
            }
            PendingCall::Papers(application) => {
                let person =
                    application.persons.first().map(|person| person.document.clone()).unwrap_or_default();
                (
                    path::PAPERS,
                    json!(About { application: application.number.as_str().into(), document: person.into() }),
                )
            }
            PendingCall::Feed(data) => (path::RESULTS, data.clone()),
        };
        let head = CallHead { division: "990101".into(), token: self.token.as_str().into() };
        let json = json!(Call { head, data }).to_string();
        let mut body = serde_urlencoded::to_string([(FIELD, json)]).unwrap_or_default();
        if matches!(pending, PendingCall::Feed(_)) && self.faults.due(ScriptedFaultKind::Garbled) {
            body.truncate(body.len() / 2);
        }
        Some(HttpRequest::post(path, "application/x-www-form-urlencoded", body.into_bytes()))
    }

    fn on_response(&mut self, pending: PendingCall, answer: &HttpResponse, now: Moment) {
        let said: Option<PlatformResponse> = serde_json::from_slice(&answer.body).ok();
        let code = said.as_ref().map(|said| said.head.code.clone()).unwrap_or_default();
        if code == code::WRONG_TOKEN {
            // A new one in the next round.
            self.token.clear();
            return;
        }
        let data = said.map(|said| said.data).filter(|_| code == code::OK).unwrap_or_default();
        match pending {
            PendingCall::Token => {
                self.token = data["token"].as_str().unwrap_or_default().to_owned();
            }
            PendingCall::Applications => {
                let applications: Vec<Application> = serde_json::from_value(data).unwrap_or_default();
                let numbers: Vec<String> =
                    applications.iter().map(|application| application.number.clone()).collect();
                if !numbers.is_empty() {
                    self.rounds.push(PendingCall::Received(numbers));
                }
                for application in applications {
                    self.rounds.push(PendingCall::Papers(Box::new(application)));
                }
            }
            PendingCall::Papers(application) => {
                let papers: Papers = serde_json::from_value(data).unwrap_or_default();
                if papers.papers.iter().any(|paper| !paper.content.is_empty()) {
                    self.act(&application, now);
                }
            }
            PendingCall::Feed(_) => {
                let entries: Vec<PlatformResponse> = serde_json::from_slice(&answer.body).unwrap_or_default();
                let done =
                    |entry: &PlatformResponse| [code::OK, code::ALREADY].contains(&entry.head.code.as_str());
                self.settled.extend(entries.into_iter().filter(done).map(|entry| entry.head.application));
            }
            PendingCall::Received(_) => {}
        }
    }

    fn rest(&self, _now: Moment) -> Duration {
        self.poll
    }
}

impl PollingCentre {
    fn act(&mut self, application: &Application, now: Moment) {
        self.books.queries += 1;
        self.books.duplicates += u64::from(self.settled.contains(&application.number));
        if self.faults.due(ScriptedFaultKind::Silent) {
            return;
        }
        let listed: Vec<PersonResult> = application
            .persons
            .iter()
            .map(|person| {
                let asked = RegisterQuery::exactly(&person.name, &person.document_number);
                let answered = self.register.answer(&asked, self.style, now);
                PersonResult::of(&person.document, &answered)
            })
            .collect();
        let mut results = vec![Results { application: application.number.as_str().into(), results: listed }];
        if self.faults.due(ScriptedFaultKind::UnknownNumber) {
            results.push(Results { application: STRANGER.into(), ..Results::default() });
        }
        let feed = PendingCall::Feed(json!(results));
        if self.faults.due(ScriptedFaultKind::Duplicate) {
            self.rounds.push(feed.clone());
        }
        self.rounds.push(feed);
    }
}
