//! A county's centre that polls the platform: token, applications, receipt, papers, results; and misbehaves by script.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{Books, PostboxSandbox, Sandbox, SandboxError, SandboxSpeaks, Visiting};
use chakong_contract::{HttpAnswer, HttpRequest, Moment};
use serde_json::{Value, json};

use crate::manifest::amounts;
use crate::postbox::{Misdeed, Misdeeds, Script};
use crate::sandbox::{Asked, Register, RegisterScript, Style};
use crate::wire::platform::{
    Answer, Application, Call, CallHead, FIELD, Login, Papers, Result as Listed, Results, code, path,
};

/// An application that no platform made.
const STRANGER: &str = "CX99999999999999999999";
/// How often it visits where the script does not say.
const POLL: Duration = Duration::from_secs(1);

pub(super) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let password = settings.secret("password").map(|secret| secret.expose().to_owned());
    Ok(Box::new(Centre {
        account: settings.text("account").to_owned(),
        password: password.unwrap_or_default(),
        style: Style { amounts: amounts(settings).unwrap_or_default(), holder_rows: true, places: true },
        poll: script.poll_ms.map_or(POLL, Duration::from_millis),
        misdeeds: Misdeeds::of(&script.faults),
        register: Register::of(register),
        ..Centre::default()
    }))
}

/// The centre.
#[derive(Debug, Default)]
struct Centre {
    account: String,
    password: String,
    style: Style,
    poll: Duration,
    misdeeds: Misdeeds,
    register: Register,
    books: Books,
    token: String,
    /// Applications whose results were taken.
    settled: HashSet<String>,
    errands: VecDeque<Errand>,
    under_way: Option<Errand>,
    begun: bool,
}

/// Something that it has to do in a round.
#[derive(Debug, Clone)]
enum Errand {
    Token,
    Applications,
    Received(Vec<String>),
    Papers(Box<Application>),
    Feed(Value),
}

impl Sandbox for Centre {
    fn speaks(&mut self) -> SandboxSpeaks<'_> {
        SandboxSpeaks::Postbox(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        Some(self)
    }
}

impl PostboxSandbox for Centre {
    fn next(&mut self, answer: Option<&HttpAnswer>, now: Moment) -> Visiting {
        match (self.under_way.take(), answer) {
            (Some(errand), Some(answer)) => self.hear(errand, answer, now),
            (Some(_), None) => self.errands.clear(),
            (None, _) => {}
        }
        loop {
            match self.errands.pop_front() {
                Some(errand) => {
                    let call = self.call(&errand);
                    self.under_way = Some(errand);
                    return Visiting::Call(call);
                }
                None if self.begun => {
                    self.begun = false;
                    return Visiting::Rest(self.poll);
                }
                None if !self.register.is_open(now) => return Visiting::Rest(self.poll),
                None => {
                    self.begun = true;
                    self.register.tick(now);
                    if self.token.is_empty() {
                        self.errands.push_back(Errand::Token);
                    }
                    self.errands.push_back(Errand::Applications);
                }
            }
        }
    }
}

impl Centre {
    fn call(&mut self, errand: &Errand) -> HttpRequest {
        let (path, data) = match errand {
            Errand::Token => {
                let wrong = self.misdeeds.due(Misdeed::WrongPassword);
                let password = if wrong { format!("{}x", self.password) } else { self.password.clone() };
                (path::TOKEN, json!(Login { username: self.account.clone(), password }))
            }
            Errand::Applications => (path::APPLICATIONS, json!({})),
            Errand::Received(numbers) => (path::RECEIVED, json!({ "cxsqdhs": numbers })),
            Errand::Papers(application) => {
                let person = application.cxywcs.first().map(|person| person.wsbh.clone()).unwrap_or_default();
                (path::PAPERS, json!({ "cxsqdh": application.cxsqdh, "wsbh": person }))
            }
            Errand::Feed(data) => (path::RESULTS, data.clone()),
        };
        let head = CallHead { xzqdm: "990101".to_owned(), token: self.token.clone() };
        let json = json!(Call { head, data }).to_string();
        let mut body = serde_urlencoded::to_string([(FIELD, json)]).unwrap_or_default();
        if matches!(errand, Errand::Feed(_)) && self.misdeeds.due(Misdeed::Garbled) {
            body.truncate(body.len() / 2);
        }
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        HttpRequest { headers, ..HttpRequest::post_json(path, body.into_bytes()) }
    }

    fn hear(&mut self, errand: Errand, answer: &HttpAnswer, now: Moment) {
        let said: Option<Answer> = serde_json::from_slice(&answer.body).ok();
        let code = said.as_ref().map(|said| said.head.code.clone()).unwrap_or_default();
        if code == code::WRONG_TOKEN {
            // A new one in the next round.
            self.token.clear();
            return;
        }
        let data = said.map(|said| said.data).filter(|_| code == code::OK).unwrap_or_default();
        match errand {
            Errand::Token => {
                self.token = data["token"].as_str().unwrap_or_default().to_owned();
            }
            Errand::Applications => {
                let applications: Vec<Application> = serde_json::from_value(data).unwrap_or_default();
                let numbers: Vec<String> =
                    applications.iter().map(|application| application.cxsqdh.clone()).collect();
                if !numbers.is_empty() {
                    self.errands.push_back(Errand::Received(numbers));
                }
                self.errands.extend(applications.into_iter().map(|one| Errand::Papers(Box::new(one))));
            }
            Errand::Papers(application) => {
                let papers: Papers = serde_json::from_value(data).unwrap_or_default();
                if papers.cxjg.iter().any(|paper| !paper.wsnr.is_empty()) {
                    self.act(&application, now);
                }
            }
            Errand::Feed(_) => {
                let entries: Vec<Answer> = serde_json::from_slice(&answer.body).unwrap_or_default();
                let done = |entry: &Answer| [code::OK, code::ALREADY].contains(&entry.head.code.as_str());
                self.settled.extend(entries.into_iter().filter(done).map(|entry| entry.head.sqdh));
            }
            Errand::Received(_) => {}
        }
    }

    fn act(&mut self, application: &Application, now: Moment) {
        self.books.queries += 1;
        self.books.duplicates += u64::from(self.settled.contains(&application.cxsqdh));
        if self.misdeeds.due(Misdeed::Silent) {
            return;
        }
        let listed: Vec<Listed> = application
            .cxywcs
            .iter()
            .map(|person| {
                let asked = Asked::exactly(&person.qlrmc, &person.qlrzjh);
                let answered = self.register.answer(&asked, self.style, now);
                Listed::of(&person.wsbh, &answered)
            })
            .collect();
        let mut results = vec![Results { cxsqdh: application.cxsqdh.clone(), cxsqjg: listed }];
        if self.misdeeds.due(Misdeed::UnknownNumber) {
            results.push(Results { cxsqdh: STRANGER.to_owned(), ..Results::default() });
        }
        let feed = Errand::Feed(json!(results));
        if self.misdeeds.due(Misdeed::Duplicate) {
            self.errands.push_back(feed.clone());
        }
        self.errands.push_back(feed);
    }
}
