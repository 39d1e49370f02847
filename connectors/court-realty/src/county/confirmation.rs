//! The county asks back whether a call is really ours.

use chakong_contract::{
    CallKind, CallResult, Claim, HttpResponse, InboundRequest, Order, ParsedCall, Postbox, Secret,
};
use serde_json::{Value, json};

use super::manifest::County;
use super::wire::{CREDENTIAL, Confirmed, PLACE};
use crate::shared::wire::results::{PlatformHead, PlatformResponse, code};

/// Longest token that is looked at.
const LONGEST: usize = 100;

impl Postbox for County {
    fn identify(&self, _: &InboundRequest, _: bool) -> Result<Claim, HttpResponse> {
        Ok(Claim::Nobody)
    }

    fn parse(&self, call: &InboundRequest) -> Result<ParsedCall, HttpResponse> {
        let wrong = |status, words| HttpResponse { status, ..response(code::UNKNOWN, words, Value::Null) };
        let token = call.path.rsplit_once(CREDENTIAL).map(|(_, token)| token);
        let token = token.filter(|token| (1..=LONGEST).contains(&token.len()) && !token.contains('/'));
        let token = token.ok_or_else(|| wrong(404, "没有此服务"))?;
        if call.method != "GET" {
            return Err(wrong(405, "请求方式不正确"));
        }
        let kind = CallKind::Token(Secret::new(token));
        let operation = CREDENTIAL.trim_matches('/').to_owned();
        Ok(ParsedCall { account: String::new(), password: Secret::new(""), operation, kind })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn redact(&self, _: &InboundRequest) -> Vec<u8> {
        Vec::new()
    }

    fn respond(&self, _: &ParsedCall, result: &CallResult) -> HttpResponse {
        match result {
            CallResult::Token(stands) => {
                let valid = if *stands { "1" } else { "0" }.to_owned();
                response(code::OK, "", json!(Confirmed { valid }))
            }
            _ => HttpResponse {
                status: 503,
                ..response(code::LATER, "服务暂不可用，请稍后再试", Value::Null)
            },
        }
    }

    fn sub_paths(&self) -> &'static [&'static str] {
        &[PLACE]
    }
}

fn response(code: &str, msg: &str, data: Value) -> HttpResponse {
    let head = PlatformHead { code: code.to_owned(), msg: msg.to_owned(), ..PlatformHead::default() };
    HttpResponse::json(200, json!(PlatformResponse { head, data }).to_string())
}
