//! What a city registry calls back (protocol section 4): the result of a case, its receipt, its deletion.
//!
//! Results and receipts bring the account's name and password. The others name nobody: they are known by a key in the address,
//! `…/KEY/updateCjywzt`, which only the registry was given.

use chakong_contract::connector::{Attachment, Read, ReadContent};
use chakong_contract::message::without_mark;
use chakong_contract::reply::{Holding, Stated, UnknownValue};
use chakong_contract::{
    Answer, CallKind, CallResult, Claim, Credentials, EntryResult, Fault, FaultKind, HttpResponse,
    InboundRequest, Money, Order, ParsedCall, Postbox, Reading, Refusal, RefusalReason, Reply, RequestNumber,
    Secret, weight,
};
use chakong_toolkit::{Scalar, beginning, json};
use rust_decimal::Decimal;

use super::manifest::Registry;
use super::wire::callback::{
    About, CallBack, Caller, ENTERED_NUMBER, HEAD, Registered, Returned, ReturnedHead, WithSecret, returned,
    service,
};
use crate::shared::remarks::{rank_in, reason};

/// Longest name, password or key, in characters.
const LONGEST: usize = 200;
/// Said of a case that was deleted, in place of the reason, which the message does not hold.
const DELETED: &str =
    "登簿前业务被删除，登记机构未登记 the case was deleted before registration; nothing was registered";

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "read the call-back", detail)
}

/// The operation that a path names, and the key before it where it needs one.
fn operation(path: &str) -> Option<(&'static str, Option<&str>)> {
    let mut segments = path.rsplit('/');
    let (last, before) = (segments.next()?, segments.next());
    let of = |known: &'static [&'static str]| known.iter().find(|known| **known == last).copied();
    match (of(&[service::RESULT, service::RECEIPT]), of(&[service::DELETED, service::CHANGED])) {
        (Some(named), _) => Some((named, None)),
        (None, Some(keyed)) => Some((keyed, before.filter(|key| !key.is_empty()))),
        (None, None) => None,
    }
}

fn wrong(status: u16, words: &str) -> HttpResponse {
    HttpResponse { status, ..said(returned::FAILED, words) }
}

/// What is called, with the key in the address where it needs one.
fn called(call: &InboundRequest) -> Result<(&'static str, Option<&str>), HttpResponse> {
    let (operation, key) = operation(&call.path).ok_or_else(|| wrong(404, "没有此服务"))?;
    let method = if operation == service::CHANGED { "GET" } else { "POST" };
    if call.method == method { Ok((operation, key)) } else { Err(wrong(405, "请求方式不正确")) }
}

/// Name and password, or the key: what the caller is known by.
fn credentials(
    operation: &str,
    key: Option<&str>,
    caller: Option<Caller>,
) -> Result<(String, Secret), HttpResponse> {
    let (account, password) = match operation {
        service::RESULT | service::RECEIPT => {
            named(caller).ok_or_else(|| said(returned::WRONG_PASSWORD, "用户名密码验证错误"))?
        }
        // Without a key the address is nobody's.
        _ => (String::new(), key.ok_or_else(|| said(returned::WRONG_KEY, "安全token错误"))?.to_owned()),
    };
    if account.chars().count() > LONGEST || password.chars().count() > LONGEST {
        return Err(wrong(400, "用户名或密码过长"));
    }
    Ok((account, Secret::new(password)))
}

impl Postbox for Registry {
    fn identify(&self, call: &InboundRequest, whole: bool) -> Result<Claim, HttpResponse> {
        let (operation, key) = called(call)?;
        let names_itself = matches!(operation, service::RESULT | service::RECEIPT);
        let caller: Option<Caller> = match names_itself {
            true => beginning::member::<Option<Caller>>(without_mark(&call.body), HEAD)
                .map_err(|_| wrong(400, "报文不是约定的JSON"))?
                .flatten(),
            false => None,
        };
        if names_itself && caller.is_none() && !whole {
            return Ok(Claim::Later);
        }
        let (account, password) = credentials(operation, key, caller)?;
        Ok(Claim::Caller(Credentials { account, password, operation: operation.to_owned() }))
    }

    fn parse(&self, call: &InboundRequest) -> Result<ParsedCall, HttpResponse> {
        let (operation, key) = called(call)?;
        let (caller, reading) = if operation == service::CHANGED {
            (None, changed(call.parameter(service::CHANGED_NUMBER).unwrap_or_default()))
        } else {
            let body: CallBack = json::read(&call.body).map_err(|_| wrong(400, "报文不是约定的JSON"))?;
            let reading = match operation {
                service::RESULT => results(body.data),
                service::RECEIPT => receipt(body.data),
                _ => deleted(&body.deleted_request),
            };
            (body.head, reading)
        };
        let (account, password) = credentials(operation, key, caller)?;
        Ok(ParsedCall { account, password, operation: operation.to_owned(), kind: CallKind::HandIn(reading) })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn redact(&self, call: &InboundRequest) -> Vec<u8> {
        if call.body.is_empty() {
            let number = call.parameter(service::CHANGED_NUMBER).unwrap_or_default();
            return format!("{}={number}", service::CHANGED_NUMBER).into_bytes();
        }
        without_password(&call.body).unwrap_or_default()
    }

    fn respond(&self, parsed: &ParsedCall, result: &CallResult) -> HttpResponse {
        match result {
            CallResult::TurnedAway if parsed.account.is_empty() => said(returned::WRONG_KEY, "安全token错误"),
            CallResult::TurnedAway => said(returned::WRONG_PASSWORD, "用户名密码验证错误"),
            CallResult::Entries(taken) => response(parsed, taken),
            _ => {
                HttpResponse { status: 503, ..said(returned::FAILED, "服务暂不可用，请稍后再试") }
            }
        }
    }

    fn sub_paths(&self) -> &'static [&'static str] {
        &service::PLACES
    }
}

/// A body as it came, but for the password; `None` for one that is not the call-back's JSON.
fn without_password(body: &[u8]) -> Option<Vec<u8>> {
    let secret: WithSecret<'_> = weight::json(without_mark(body)).ok()?;
    let Some(password) = secret.head.and_then(|head| head.password) else { return Some(body.to_vec()) };
    let text = password.get();
    let from = text.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let (before, after) = (body.get(..from)?, body.get(from.checked_add(text.len())?..)?);
    Some([before, b"null", after].concat())
}

fn named(caller: Option<Caller>) -> Option<(String, String)> {
    let caller = caller?;
    let (name, password) = (caller.username.text(), caller.password.text());
    (!name.is_empty()).then_some((name, password))
}

/// One answer for the whole call: the worst of what became of its entries.
fn response(parsed: &ParsedCall, taken: &[(Option<RequestNumber>, EntryResult)]) -> HttpResponse {
    for (_, taken) in taken {
        match taken {
            EntryResult::Accepted | EntryResult::Duplicate => {}
            EntryResult::Unknown => return said(returned::FAILED, "未查询到该受理编号"),
            EntryResult::Unreadable(fault) => {
                return said(returned::FAILED, &format!("报文无法读取：{}", fault.detail));
            }
        }
    }
    match &parsed.kind {
        CallKind::HandIn(reading) if taken.is_empty() => {
            let detail = reading.problems.first().map(|problem| problem.detail.as_str()).unwrap_or_default();
            said(returned::FAILED, &format!("报文无法读取：{detail}"))
        }
        _ => said(returned::OK, "成功"),
    }
}

fn said(code: &str, words: &str) -> HttpResponse {
    let head = ReturnedHead { words: words.to_owned(), code: code.to_owned() };
    HttpResponse::json(200, serde_json::to_vec(&Returned { head }).unwrap_or_default())
}

/// What a call-back says on its own, told apart by what stands in it; `None` when it is none.
pub(crate) fn lone(body: &[u8]) -> Option<Reading> {
    let call: CallBack = json::read(body).ok()?;
    match call {
        CallBack { data: Some(data), .. } if data.results.is_some() => Some(results(Some(data))),
        CallBack { data: Some(data), .. } if data.content.is_some() => Some(receipt(Some(data))),
        CallBack { deleted_request, .. } if !deleted_request.is_blank() => Some(deleted(&deleted_request)),
        _ => None,
    }
}

/// A reading of one entry about a request of ours.
fn about(number: &str, content: impl FnOnce() -> Result<ReadContent, Fault>) -> Reading {
    match number.trim().parse::<RequestNumber>() {
        Err(_) => {
            let fault = malformed("it names no request of ours");
            Reading { reads: vec![Read::fault(None, fault)], ..Reading::default() }
        }
        Ok(number) => {
            let content = content().unwrap_or_else(ReadContent::Fault);
            Reading { reads: vec![Read { number: Some(number), content }], ..Reading::default() }
        }
    }
}

fn answer(answer: Answer) -> ReadContent {
    ReadContent::Answer(Box::new(answer))
}

/// The result of a case: entered in the register under the registry's number, or not.
fn results(data: Option<About>) -> Reading {
    let data = data.unwrap_or_default();
    about(&data.request.text(), || {
        let results = data.results.unwrap_or_default();
        let [first, more @ ..] = results.as_slice() else {
            return Err(malformed("it says of no unit what was registered"));
        };
        let entered = results.iter().find(|one| !one.entered_number.is_blank());
        let reply = match entered {
            Some(entered) => registered(entered),
            None if first.remark.is_blank() => {
                return Err(malformed("it has neither a number of what was registered nor a remark"));
            }
            None => {
                let words = first.remark.text();
                let reason = match reason(&words) {
                    RefusalReason::Other => RefusalReason::Declined,
                    known => known,
                };
                Reply::NotHeld(Refusal { reason, words })
            }
        };
        // One property a case: more of them are shown, for a known registry answers for all and books one.
        let unknown =
            more.iter().filter(|one| one.entered_number != first.entered_number).map(|one| UnknownValue {
                field: ENTERED_NUMBER.to_owned(),
                value: format!("{} {} {}", one.unit.text(), one.entered_number.text(), one.remark.text()),
            });
        Ok(answer(Answer { unknown: unknown.collect(), ..Answer::of(reply) }))
    })
}

fn registered(one: &Registered) -> Reply {
    let remark = one.remark.text();
    let rank = rank_in(&remark);
    let mut words = "已登簿 entered in the register".to_owned();
    if !remark.is_empty() {
        words.push_str(&format!("；{remark}"));
    }
    Reply::Held(Holding {
        // Whether it waits can only stand in the remark.
        rank,
        reference: one.entered_number.text(),
        stated: Stated { unit_number: one.unit.code(), ..Stated::default() },
        words,
        ..Holding::of(Money::yuan(Decimal::ZERO))
    })
}

fn receipt(data: Option<About>) -> Reading {
    let data = data.unwrap_or_default();
    about(&data.request.text(), || {
        let content = data.content.unwrap_or_default();
        crate::shared::receipt::read(&data.title.text(), &data.format.text(), &content)
    })
}

/// A case that was deleted before it was registered.
fn deleted(number: &Scalar) -> Reading {
    about(&number.text(), || {
        let refusal = Refusal { reason: RefusalReason::Declined, words: DELETED.to_owned() };
        Ok(answer(Answer::of(Reply::NotHeld(refusal))))
    })
}

/// The state of an application changed; to what is not said.
fn changed(number: &str) -> Reading {
    about(number, || {
        Ok(ReadContent::Attachment(Box::new(Attachment::Notice(
            "外网状态修改 the state of the application changed".to_owned(),
        ))))
    })
}
