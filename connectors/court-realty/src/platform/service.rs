//! What a centre calls, and what it is answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::{
    Found, HttpAnswer, HttpHeard, Order, Postbox, RequestNumber, Secret, Taken, Visit, Want,
};
use serde_json::{Value, json};

use super::feedback;
use super::manifest::Platform;
use super::token::{open_token, token_of};
use super::wire::{About, Call, Login, Paper, Papers, path};
use crate::shared::wire::results::{PlatformHead, PlatformResponse, code};

/// Longest name, password or token, in characters.
const LONGEST: usize = 1000;

impl Postbox for Platform {
    fn hear(&self, heard: &HttpHeard) -> Result<Visit, HttpAnswer> {
        let operation = path::ALL.into_iter().find(|path| heard.path.ends_with(path));
        let (Some(operation), "POST") = (operation, heard.method.as_str()) else {
            return Err(HttpAnswer {
                status: 405,
                ..said(code::UNKNOWN, "POST to one of the service's paths")
            });
        };
        let wrong = |code, words| HttpAnswer { status: 400, ..said(code, words) };
        let call = feedback::call(&heard.body)
            .ok_or_else(|| wrong("1002", "the call is not the platform's JSON"))?;
        let (account, password) =
            caller(operation, &call).ok_or_else(|| said(code::WRONG_TOKEN, "token错误"))?;
        if account.len() > LONGEST || password.len() > LONGEST {
            return Err(wrong(code::WRONG_PASSWORD, "a name or password is too long"));
        }
        let want = match operation {
            path::APPLICATIONS => Want::Orders { control: false },
            path::PAPERS => {
                let about: About = serde_json::from_value(call.data).unwrap_or_default();
                let number = about.application.trim().parse();
                Want::Documents(number.map_err(|_| said(code::UNKNOWN, "申请单号错误"))?)
            }
            path::RESULTS => Want::HandIn(feedback::read(self, call.data)),
            _ => Want::Admission,
        };
        Ok(Visit { account, password: Secret::new(password), operation: operation.to_owned(), want })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn keeps(&self, heard: &HttpHeard) -> Vec<u8> {
        // The head holds the token; what was handed in is the data.
        feedback::call(&heard.body).map(|call| call.data.to_string().into_bytes()).unwrap_or_default()
    }

    fn answer(&self, visit: &Visit, found: &Found) -> HttpAnswer {
        match found {
            Found::TurnedAway => match visit.operation.as_str() {
                path::TOKEN => said(code::WRONG_PASSWORD, "用户名或密码错误"),
                _ => said(code::WRONG_TOKEN, "token错误"),
            },
            Found::Admitted if visit.operation == path::TOKEN => {
                let token = token_of(&visit.account, visit.password.expose());
                answered(json!({ "token": token }))
            }
            Found::Admitted => answered(Value::Null),
            Found::Orders(orders) => {
                let applications = orders.iter().filter_map(|order| self.application(order).ok());
                answered(json!(applications.collect::<Vec<_>>()))
            }
            Found::Order(Some(order)) => answered(json!(papers(order))),
            Found::Order(None) => said(code::UNKNOWN, "申请单号错误"),
            Found::Taken(taken) => acknowledged(&visit.want, taken),
            Found::Unavailable | Found::Description | Found::Token(_) => {
                HttpAnswer { status: 503, ..said(code::LATER, "服务暂不可用，请稍后再试") }
            }
        }
    }

    fn places(&self) -> &'static [&'static str] {
        &path::ALL
    }
}

/// Who calls: by name and password for a token, by the token else.
fn caller(operation: &str, call: &Call) -> Option<(String, String)> {
    if operation == path::TOKEN {
        let login: Login = serde_json::from_value(call.data.clone()).ok()?;
        return Some((login.username, login.password));
    }
    Some(&call.head.token).filter(|token| token.len() <= LONGEST).and_then(|token| open_token(token))
}

fn papers(order: &Order) -> Papers {
    let number = order.number.to_string();
    let paper = |(at, document): (usize, &chakong_contract::LegalDocument)| Paper {
        serial: (at + 1).to_string(),
        title: document.title.clone(),
        format: document.format.clone(),
        content: STANDARD.encode(&document.content),
    };
    let papers = order.documents.iter().enumerate().map(paper).collect();
    Papers { application: number.clone(), document: number, papers }
}

/// One acknowledgement an application (section 3.1).
fn acknowledged(want: &Want, taken: &[(Option<RequestNumber>, Taken)]) -> HttpAnswer {
    let one = |(number, taken): &(Option<RequestNumber>, Taken)| {
        let (code, msg) = match taken {
            Taken::Accepted => (code::OK, String::new()),
            Taken::Already => (code::ALREADY, "结果已反馈".to_owned()),
            Taken::Unknown => (code::UNKNOWN, "申请单号错误".to_owned()),
            Taken::Unreadable(fault) => (code::IRREGULAR, format!("查询结果不规范：{}", fault.detail)),
        };
        let application = number.as_ref().map(ToString::to_string).unwrap_or_default();
        json!({ "head": PlatformHead { code: code.to_owned(), msg, application } })
    };
    match (taken.is_empty(), want) {
        (true, Want::HandIn(reading)) => {
            let told = reading.problems.first().map(|problem| problem.detail.clone()).unwrap_or_default();
            said(code::IRREGULAR, &format!("查询结果不规范：{told}"))
        }
        _ => json_answer(&Value::Array(taken.iter().map(one).collect())),
    }
}

fn answered(data: Value) -> HttpAnswer {
    let head = PlatformHead { code: code::OK.to_owned(), ..PlatformHead::default() };
    json_answer(&json!(PlatformResponse { head, data }))
}

fn said(code: &str, msg: &str) -> HttpAnswer {
    let head = PlatformHead { code: code.to_owned(), msg: msg.to_owned(), ..PlatformHead::default() };
    json_answer(&json!(PlatformResponse { head, ..PlatformResponse::default() }))
}

fn json_answer(value: &Value) -> HttpAnswer {
    let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
    HttpAnswer { headers, ..HttpAnswer::json(200, value.to_string()) }
}
