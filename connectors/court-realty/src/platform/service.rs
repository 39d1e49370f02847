//! What a centre calls, and what it is answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::{
    CallKind, CallResult, Claim, Credentials, EntryResult, HttpResponse, InboundRequest, Order, ParsedCall,
    Postbox, RequestNumber, Secret,
};
use chakong_toolkit::beginning;
use serde_json::{Value, json};

use super::feedback;
use super::manifest::Platform;
use super::token::{open_token, token_of};
use super::wire::{About, Call, CallHead, DATA, HEAD, Login, Paper, Papers, path};
use crate::shared::wire::results::{PlatformHead, PlatformResponse, code};

/// Longest name, password or token, in characters.
const LONGEST: usize = 1000;

/// Longest call that asks for a token, in bytes.
const LONGEST_LOGIN: usize = 16 << 10;

impl Postbox for Platform {
    /// By the token in the head, wherever that stands. A caller who wants a token names itself in the data of a short call.
    fn identify(&self, request: &InboundRequest, whole: bool) -> Result<Claim, HttpResponse> {
        let operation = operation_of(request)?;
        let json = feedback::json(&request.body);
        let not_json = |_| wrong("1002", "the call is not the platform's JSON");
        let named = if operation == path::TOKEN {
            if json.len() > LONGEST_LOGIN {
                return Err(wrong(code::WRONG_PASSWORD, "a name or password is too long"));
            }
            let login: Option<Login> = beginning::member(&json, DATA).map_err(not_json)?;
            login.map(|login| (login.username.text(), login.password.text()))
        } else {
            let head: Option<CallHead> = beginning::member(&json, HEAD).map_err(not_json)?;
            let opened = head.map(|head| open_short(&head.token.text()).ok_or_else(wrong_token));
            opened.transpose()?
        };
        match named {
            Some((account, password)) => {
                let (password, operation) = (Secret::new(short(password)?), operation.to_owned());
                Ok(Claim::Caller(Credentials { account: short(account)?, password, operation }))
            }
            None if whole => Err(wrong_token()),
            None => Ok(Claim::Later),
        }
    }

    fn parse(&self, request: &InboundRequest) -> Result<ParsedCall, HttpResponse> {
        let operation = operation_of(request)?;
        let call = feedback::call(&request.body)
            .ok_or_else(|| wrong("1002", "the call is not the platform's JSON"))?;
        let (account, password) = caller(operation, &call).ok_or_else(wrong_token)?;
        let (account, password) = (short(account)?, short(password)?);
        let kind = match operation {
            path::APPLICATIONS => CallKind::Orders { control: false },
            path::PAPERS => {
                let about: About = serde_json::from_value(call.data).unwrap_or_default();
                let number = about.application.as_text().parse();
                CallKind::Documents(number.map_err(|_| said(code::UNKNOWN, "申请单号错误"))?)
            }
            path::RESULTS => CallKind::HandIn(feedback::read(self, call.data)),
            _ => CallKind::Admission,
        };
        Ok(ParsedCall { account, password: Secret::new(password), operation: operation.to_owned(), kind })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn redact(&self, request: &InboundRequest) -> Vec<u8> {
        // The head holds the token; what was handed in is the data.
        feedback::call(&request.body).map(|call| call.data.to_string().into_bytes()).unwrap_or_default()
    }

    fn respond(&self, parsed: &ParsedCall, result: &CallResult) -> HttpResponse {
        match result {
            CallResult::TurnedAway => match parsed.operation.as_str() {
                path::TOKEN => said(code::WRONG_PASSWORD, "用户名或密码错误"),
                _ => said(code::WRONG_TOKEN, "token错误"),
            },
            CallResult::Admitted if parsed.operation == path::TOKEN => {
                let token = token_of(&parsed.account, parsed.password.expose());
                answered(json!({ "token": token }))
            }
            CallResult::Admitted => answered(Value::Null),
            CallResult::Orders(orders) => {
                let applications = orders.iter().filter_map(|order| self.application(order).ok());
                answered(json!(applications.collect::<Vec<_>>()))
            }
            CallResult::Order(Some(order)) => answered(json!(papers(order))),
            CallResult::Order(None) => said(code::UNKNOWN, "申请单号错误"),
            CallResult::Entries(taken) => acknowledged(&parsed.kind, taken),
            CallResult::Unavailable | CallResult::Description | CallResult::Token(_) => {
                HttpResponse { status: 503, ..said(code::LATER, "服务暂不可用，请稍后再试") }
            }
        }
    }

    fn sub_paths(&self) -> &'static [&'static str] {
        &path::ALL
    }
}

fn wrong(code: &str, words: &str) -> HttpResponse {
    HttpResponse { status: 400, ..said(code, words) }
}

fn wrong_token() -> HttpResponse {
    said(code::WRONG_TOKEN, "token错误")
}

fn short(text: String) -> Result<String, HttpResponse> {
    match text.len() > LONGEST {
        true => Err(wrong(code::WRONG_PASSWORD, "a name or password is too long")),
        false => Ok(text),
    }
}

fn operation_of(request: &InboundRequest) -> Result<&'static str, HttpResponse> {
    let operation = path::ALL.into_iter().find(|path| request.path.ends_with(path));
    operation.filter(|_| request.method == "POST").ok_or_else(|| HttpResponse {
        status: 405,
        ..said(code::UNKNOWN, "POST to one of the service's paths")
    })
}

fn open_short(token: &str) -> Option<(String, String)> {
    Some(token).filter(|token| token.len() <= LONGEST).and_then(open_token)
}

/// Who calls: by name and password for a token, by the token else.
fn caller(operation: &str, call: &Call) -> Option<(String, String)> {
    if operation == path::TOKEN {
        let login: Login = serde_json::from_value(call.data.clone()).ok()?;
        return Some((login.username.text(), login.password.text()));
    }
    open_short(&call.head.token.text())
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
fn acknowledged(kind: &CallKind, taken: &[(Option<RequestNumber>, EntryResult)]) -> HttpResponse {
    let one = |(number, taken): &(Option<RequestNumber>, EntryResult)| {
        let (code, msg) = match taken {
            EntryResult::Accepted => (code::OK, String::new()),
            EntryResult::Duplicate => (code::ALREADY, "结果已反馈".to_owned()),
            EntryResult::Unknown => (code::UNKNOWN, "申请单号错误".to_owned()),
            EntryResult::Unreadable(fault) => (code::IRREGULAR, format!("查询结果不规范：{}", fault.detail)),
        };
        let application = number.as_ref().map(ToString::to_string).unwrap_or_default();
        json!({ "head": PlatformHead { code: code.to_owned(), msg, application } })
    };
    match (taken.is_empty(), kind) {
        (true, CallKind::HandIn(reading)) => {
            let told = reading.problems.first().map(|problem| problem.detail.clone()).unwrap_or_default();
            said(code::IRREGULAR, &format!("查询结果不规范：{told}"))
        }
        _ => json_answer(&Value::Array(taken.iter().map(one).collect())),
    }
}

fn answered(data: Value) -> HttpResponse {
    let head = PlatformHead { code: code::OK.to_owned(), ..PlatformHead::default() };
    json_answer(&json!(PlatformResponse { head, data }))
}

fn said(code: &str, msg: &str) -> HttpResponse {
    let head = PlatformHead { code: code.to_owned(), msg: msg.to_owned(), ..PlatformHead::default() };
    json_answer(&json!(PlatformResponse { head, ..PlatformResponse::default() }))
}

fn json_answer(value: &Value) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
    HttpResponse { headers, ..HttpResponse::json(200, value.to_string()) }
}
