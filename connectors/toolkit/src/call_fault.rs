//! Scripted misbehaviour of simulated counterparts that are called.

use std::time::Duration;

use chakong_contract::message::HttpResponse;
use chakong_contract::sandbox::{ResponseMode, Served};
use serde::Deserialize;

/// One scripted misbehaviour of a sandbox that is called: `{"do": "status", "status": 429, "retry_after": 7, "first": 2}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallFault {
    /// What it does.
    #[serde(rename = "do")]
    pub kind: CallFaultKind,
    /// Only on requests of this kind.
    #[serde(default)]
    pub on: FaultOn,
    /// Only on the first so many requests that it fits; on all by default.
    pub first: Option<u64>,
    /// Only on requests whose path contains this text.
    pub path: Option<String>,
    /// HTTP status of `status`; 500 by default.
    pub status: Option<u16>,
    /// `Retry-After` of `status`, in seconds.
    pub retry_after: Option<u64>,
    /// Wait of `delay`, in milliseconds.
    pub ms: Option<u64>,
    /// The protocol's own code of `error_code`.
    pub code: Option<i64>,
}

/// Kinds of misbehaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallFaultKind {
    /// The right answer, late.
    Delay,
    /// The connection is closed without an answer.
    Hangup,
    /// A body that never ends.
    Endless,
    /// The right answer, one byte a second.
    Trickle,
    /// An HTML page with status 200.
    Html,
    /// Half of the right answer.
    Truncated,
    /// No body, with status 200.
    Empty,
    /// A bad HTTP status.
    Status,
    /// An error of the protocol's own, under HTTP 200. The sandbox itself knows its form.
    ErrorCode,
}

/// Requests that a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultOn {
    /// Every request.
    #[default]
    Any,
    /// Queries.
    Query,
    /// Controls.
    Control,
}

/// The scripted misbehaviour of a sandbox that is called, and how often each part of it has been used.
#[derive(Debug, Default)]
pub struct CallFaults(Vec<(CallFault, u64)>);

impl CallFaults {
    /// None used yet.
    pub fn new(faults: Vec<CallFault>) -> Self {
        Self(faults.into_iter().map(|fault| (fault, 0)).collect())
    }

    /// The first fault that is due for a request; it counts as used.
    pub fn due(&mut self, path: &str, control: bool) -> Option<CallFault> {
        let fits = |fault: &CallFault, used: u64| {
            let on = match fault.on {
                FaultOn::Any => true,
                FaultOn::Query => !control,
                FaultOn::Control => control,
            };
            on && fault.first.is_none_or(|first| used < first)
                && fault.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
        };
        let (fault, used) = self.0.iter_mut().find(|(fault, used)| fits(fault, *used))?;
        *used = used.saturating_add(1);
        Some(fault.clone())
    }
}

impl CallFault {
    /// How the right answer is delivered under this fault.
    pub fn deliver(&self, right: HttpResponse) -> ResponseMode {
        match self.kind {
            CallFaultKind::Delay | CallFaultKind::ErrorCode => ResponseMode::Answer(right),
            CallFaultKind::Hangup => ResponseMode::Hangup,
            CallFaultKind::Endless => ResponseMode::Endless,
            CallFaultKind::Trickle => ResponseMode::Trickle(right),
            CallFaultKind::Html => ResponseMode::Answer(HttpResponse {
                status: 200,
                headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
                body: "<!DOCTYPE html><html><body>系统维护中</body></html>".into(),
            }),
            CallFaultKind::Truncated => {
                let mut body = right.body;
                body.truncate(body.len() / 2);
                ResponseMode::Answer(HttpResponse { body, ..right })
            }
            CallFaultKind::Empty => ResponseMode::Answer(HttpResponse { body: Vec::new(), ..right }),
            CallFaultKind::Status => {
                let retry_after = self.retry_after.map(|after| ("retry-after".to_owned(), after.to_string()));
                ResponseMode::Answer(HttpResponse {
                    status: self.status.unwrap_or(500),
                    headers: retry_after.into_iter().collect(),
                    body: Vec::new(),
                })
            }
        }
    }
}

/// The right answer after a delay, spoilt by a fault if one is due.
pub fn serve(fault: Option<&CallFault>, delay: Duration, right: HttpResponse) -> Served {
    let late = fault.filter(|fault| fault.kind == CallFaultKind::Delay).and_then(|fault| fault.ms);
    let after = delay.saturating_add(Duration::from_millis(late.unwrap_or(0)));
    let mode = match fault {
        Some(fault) => fault.deliver(right),
        None => ResponseMode::Answer(right),
    };
    Served { after, mode }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_due_as_often_and_where_its_script_says() {
        let script = r#"[{"do":"status","status":429,"retry_after":7,"first":1,"path":"/a"},{"do":"hangup","on":"control"}]"#;
        let mut faults = CallFaults::new(serde_json::from_str(script).expect("a script"));
        assert!(faults.due("/b", false).is_none());
        let fault = faults.due("/a/b", false).expect("due");
        let ResponseMode::Answer(answer) = fault.deliver(HttpResponse::json(200, "{}")) else {
            panic!("an answer")
        };
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
        assert!(faults.due("/a/b", false).is_none(), "only the first");
        assert_eq!(faults.due("/a/b", true).map(|fault| fault.kind), Some(CallFaultKind::Hangup));
    }

    #[test]
    fn unknown_kinds_and_keys_are_refused() {
        assert!(serde_json::from_str::<CallFault>(r#"{"do":"explode"}"#).is_err());
        assert!(serde_json::from_str::<CallFault>(r#"{"do":"html","often":1}"#).is_err());
    }
}
