//! The county asks back whether a call is really ours.

use chakong_contract::{Found, HttpAnswer, HttpHeard, Order, Postbox, Secret, Visit, Want};
use serde_json::{Value, json};

use super::manifest::County;
use super::wire::{CREDENTIAL, Confirmed, PLACE};
use crate::shared::wire::results::{PlatformHead, PlatformResponse, code};

/// Longest token that is looked at.
const LONGEST: usize = 100;

impl Postbox for County {
    fn hear(&self, call: &HttpHeard) -> Result<Visit, HttpAnswer> {
        let wrong = |status, words| HttpAnswer { status, ..response(code::UNKNOWN, words, Value::Null) };
        let token = call.path.rsplit_once(CREDENTIAL).map(|(_, token)| token);
        let token = token.filter(|token| (1..=LONGEST).contains(&token.len()) && !token.contains('/'));
        let token = token.ok_or_else(|| wrong(404, "没有此服务"))?;
        if call.method != "GET" {
            return Err(wrong(405, "请求方式不正确"));
        }
        let want = Want::Token(Secret::new(token));
        let operation = CREDENTIAL.trim_matches('/').to_owned();
        Ok(Visit { account: String::new(), password: Secret::new(""), operation, want })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn keeps(&self, _: &HttpHeard) -> Vec<u8> {
        Vec::new()
    }

    fn answer(&self, _: &Visit, found: &Found) -> HttpAnswer {
        match found {
            Found::Token(stands) => {
                let valid = if *stands { "1" } else { "0" }.to_owned();
                response(code::OK, "", json!(Confirmed { valid }))
            }
            _ => HttpAnswer {
                status: 503, ..response(code::LATER, "服务暂不可用，请稍后再试", Value::Null)
            },
        }
    }

    fn places(&self) -> &'static [&'static str] {
        &[PLACE]
    }
}

fn response(code: &str, msg: &str, data: Value) -> HttpAnswer {
    let head = PlatformHead { code: code.to_owned(), msg: msg.to_owned(), ..PlatformHead::default() };
    HttpAnswer::json(200, json!(PlatformResponse { head, data }).to_string())
}
