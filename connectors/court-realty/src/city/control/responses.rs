use chakong_contract::date::Date;
use chakong_contract::message::without_mark;
use chakong_contract::reply::Holding;
use chakong_contract::{Fault, FaultKind, HttpResponse, Money, Refusal, RefusalReason, Reply, weight};
use rust_decimal::Decimal;

use crate::city::wire::control::{Opened, TASK};
use crate::city::wire::query::Envelope;
use crate::shared::remarks::reason;
use crate::shared::wire::{Meaning, meaning};

/// Longest text of the registry that is kept of a refusal, in characters.
const LONGEST_WORDS: usize = 2_000;
/// Said of a lock that is there already under our number (section 10.5).
const LOCKED_ALREADY: &str = "已存在锁定";
/// Said where there is no lock to lift.
const NOT_LOCKED: [&str; 2] = ["未查询到不动产单元锁定", "未查询到锁定"];
/// Said where no case was made, though the words speak of a failure (section 10.5).
const NO_CASE: [&str; 2] = ["没有生成登记项目", "生成登记项目验证出错"];
/// Words after which nobody knows whether a case was made: it may have been, and only what follows upon it failed.
const UNCLEAR: [&str; 7] = ["异常", "失败", "超时", "系统", "出错", "错误", "服务"];

/// What a lock, or its end, came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Locked {
    /// Done.
    Done,
    /// It was so already.
    Already,
    /// The registry declines, in its words.
    Refused(String),
}

/// What the creation of a case came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Created {
    /// The case is there.
    Opened(Opened),
    /// There is none: the registry declines.
    Refused(Refusal),
    /// There is none: the call did not come that far.
    Failed(Fault),
    /// Nobody knows.
    Unclear(Fault),
}

fn envelope<'a>(answer: &'a HttpResponse, operation: &str) -> Result<Envelope<'a>, Fault> {
    let body = answer.success(operation)?;
    let malformed = |_| Fault::new(FaultKind::Malformed, operation, "the answer is not the registry's JSON");
    weight::json(body).map_err(malformed)
}

fn words(envelope: &Envelope<'_>) -> String {
    envelope.message.text().chars().take(LONGEST_WORDS).collect()
}

/// Reads the answer to a lock or to its end. Both may be sent again, so that whatever is not clear is only another attempt.
pub(super) fn locked(answer: &HttpResponse, operation: &str) -> Result<Locked, Fault> {
    let again = |fault: Fault| match fault.kind {
        FaultKind::Malformed => Fault { kind: FaultKind::Transient, ..fault },
        _ => fault,
    };
    let envelope = envelope(answer, operation).map_err(again)?;
    let said = words(&envelope);
    if said.contains(LOCKED_ALREADY) || NOT_LOCKED.iter().any(|known| said.contains(known)) {
        return Ok(Locked::Already);
    }
    match meaning(&envelope.code.text(), &envelope.message, &envelope.status) {
        Meaning::Success => Ok(Locked::Done),
        Meaning::Nothing => Ok(Locked::Refused(said)),
        // A code that nobody knows may mean anything.
        Meaning::Fault(kind, why) => match kind == FaultKind::Malformed || unclear(&said) {
            false => Ok(Locked::Refused(said)),
            true => Err(again(Fault::new(kind, operation, why))),
        },
    }
}

/// Whether words, or their absence, leave open what was done.
fn unclear(said: &str) -> bool {
    said.is_empty() || UNCLEAR.iter().any(|word| said.contains(word)) || said.contains(TASK)
}

/// Reads the answer to the creation of a case. It is created once: whatever is not clear must not be sent again.
pub(super) fn created(answer: &HttpResponse) -> Created {
    let operation = "create the case";
    let envelope = match envelope(answer, operation) {
        Ok(envelope) => envelope,
        Err(fault) => {
            return match fault.kind {
                FaultKind::Unauthorised | FaultKind::Misconfigured | FaultKind::RateLimited => {
                    Created::Failed(fault)
                }
                _ => Created::Unclear(Fault { kind: FaultKind::OutcomeUnknown, ..fault }),
            };
        }
    };
    let said = words(&envelope);
    let refused = |reason| Created::Refused(Refusal { reason, words: said.clone() });
    match meaning(&envelope.code.text(), &envelope.message, &envelope.status) {
        Meaning::Success => Created::Opened(opened(&envelope)),
        Meaning::Nothing => refused(reason(&said)),
        Meaning::Fault(..) if NO_CASE.iter().any(|known| said.contains(known)) => {
            refused(RefusalReason::CounterpartError)
        }
        Meaning::Fault(kind @ FaultKind::Unauthorised, why) => {
            Created::Failed(Fault::new(kind, operation, why))
        }
        Meaning::Fault(FaultKind::Misconfigured, _) if !said.is_empty() => refused(reason(&said)),
        Meaning::Fault(kind, _) if kind == FaultKind::Malformed || unclear(&said) => {
            let why = "the registry's answer leaves open whether there is a case";
            Created::Unclear(Fault::new(FaultKind::OutcomeUnknown, operation, why))
        }
        Meaning::Fault(..) => refused(reason(&said)),
    }
}

/// What the registry calls the case: an object, or the first of a list; blank where it does not say.
fn opened(envelope: &Envelope<'_>) -> Opened {
    let text = envelope.data.map_or("null", serde_json::value::RawValue::get);
    let one = || serde_json::from_str::<Opened>(text);
    let first = || serde_json::from_str::<Vec<Opened>>(text).map(|all| all.into_iter().next());
    one().ok().or_else(|| first().ok().flatten()).unwrap_or_default()
}

/// What the answer to a case says on its own, without the order it belongs to.
pub(crate) fn lone(body: &[u8]) -> Option<Reply> {
    let envelope: Envelope = weight::json(without_mark(body)).ok()?;
    let opened = opened(&envelope);
    let success =
        matches!(meaning(&envelope.code.text(), &envelope.message, &envelope.status), Meaning::Success);
    (success && !opened.is_blank()).then(|| accepted(&opened, None, opened.project.text()))
}

/// Accepted as a case: not yet entered in the register, which a call-back tells.
pub(super) fn accepted(opened: &Opened, term: Option<(Date, Date)>, reference: String) -> Reply {
    let mut words =
        "登记机构已受理建案，尚未登簿 accepted as a case, not yet entered in the register".to_owned();
    for (name, value) in opened.named().into_iter().filter(|(_, value)| !value.is_blank()) {
        words.push_str(&format!("；{name} {}", value.text()));
    }
    Reply::Held(Holding {
        from: term.map(|(from, _)| from),
        until: term.map(|(_, until)| until),
        accepted_only: true,
        reference,
        words,
        ..Holding::of(Money::yuan(Decimal::ZERO))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str, message: &str) -> HttpResponse {
        HttpResponse::json(200, serde_json::json!({ "code": code, "message": message }).to_string())
    }

    #[test]
    fn a_lock_that_is_there_already_is_no_failure_and_one_that_is_not_there_either() {
        let lock = |code: &str, message: &str| locked(&answer(code, message), "lock");
        assert_eq!(lock("1", "锁定成功"), Ok(Locked::Done));
        assert_eq!(lock("0", "该不动产单元号在此申请文号下已存在锁定信息"), Ok(Locked::Already));
        assert_eq!(lock("0", "该证书在此申请文号下已存在锁定信息"), Ok(Locked::Already));
        assert_eq!(lock("0", "未查询到不动产单元锁定信息"), Ok(Locked::Already));
        assert_eq!(lock("0", "未查到该证书信息"), Ok(Locked::Refused("未查到该证书信息".to_owned())));
        assert_eq!(lock("0", "系统异常").expect_err("again").kind, FaultKind::Transient);
        assert_eq!(lock("", "").expect_err("again").kind, FaultKind::Transient);
    }

    #[test]
    fn a_case_that_may_have_been_made_is_never_taken_for_refused() {
        let unclear = ["系统异常", "外网创建自动转发异常", "获取 taskId 失败", ""];
        for message in unclear {
            let Created::Unclear(fault) = created(&answer("0", message)) else { panic!("{message}") };
            assert_eq!(fault.kind, FaultKind::OutcomeUnknown, "{message}");
        }
        for status in [408, 500, 503] {
            let bad = HttpResponse { status, ..answer("1", "") };
            assert!(matches!(created(&bad), Created::Unclear(_)), "{status}");
        }
        for message in ["", "操作成功"] {
            assert!(matches!(created(&answer("200", message)), Created::Unclear(_)), "{message}");
            assert_eq!(
                locked(&answer("200", message), "lock").expect_err("again").kind,
                FaultKind::Transient
            );
        }
        assert!(matches!(created(&HttpResponse::json(200, "<html>")), Created::Unclear(_)));
    }

    #[test]
    fn refusals_have_their_reason_and_their_words() {
        let refused = |message: &str| match created(&answer("0", message)) {
            Created::Refused(refusal) if refusal.words == message => refusal.reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused("正在办理查封登记"), RefusalReason::Declined);
        assert_eq!(refused("查封流程未办结，请先办结再办解封"), RefusalReason::Declined);
        assert_eq!(refused("没有现势产权办续封/解封需提示"), RefusalReason::TargetEnded);
        assert_eq!(refused("没有生成登记项目"), RefusalReason::CounterpartError);
        assert_eq!(refused("生成登记项目验证出错"), RefusalReason::CounterpartError);
        assert_eq!(refused("未查到该证书信息"), RefusalReason::TargetUnknown);
        assert_eq!(refused("该不动产单元存在查封"), RefusalReason::Other);
        assert!(matches!(created(&HttpResponse { status: 404, ..answer("1", "") }), Created::Failed(_)));
    }
}
