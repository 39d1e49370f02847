//! What a query over a call line has gathered so far: values not known, and what is missing.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::asset::FoundAsset;
use crate::connector::{Batch, Read, ReadContent, Reading, Step};
use crate::date::Date;
use crate::fault::{Fault, FaultKind};
use crate::manifest::Manifest;
use crate::order::{ActionKind, Order, RequestNumber};
use crate::reply::{Answer, Reply, UnknownValue};
use crate::scalar::Scalar;

/// Values that are not known and what is missing, beside the assets of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Values that the connector does not know.
    pub unknown: Vec<UnknownValue>,
    /// What is missing and why, in words for court staff.
    pub missing: Vec<String>,
}

impl Gathered {
    /// Keeps a value that is not known.
    pub fn strange(&mut self, field: &str, value: impl Into<String>) {
        self.unknown.push(UnknownValue { field: field.to_owned(), value: value.into() });
    }

    /// A date, or nothing and its text kept.
    pub fn date(&mut self, field: &str, value: &Scalar) -> Option<Date> {
        value.date().unwrap_or_else(|_| {
            self.strange(field, value.text());
            None
        })
    }

    /// A value of a form that can be checked; blank is nothing, anything else that does not fit is kept.
    pub fn checked<T: std::str::FromStr>(&mut self, field: &str, value: &Scalar) -> Option<T> {
        let text = value.text();
        let read = text.parse().ok();
        if read.is_none() && !text.is_empty() {
            self.strange(field, text);
        }
        read
    }

    /// What cannot be got, and why: `what：why`.
    pub fn lacks(&mut self, what: &str, why: &str) {
        self.missing.push(format!("{what}：{why}"));
    }

    /// Reads each entry of a list by itself; one bad entry never spoils the others, and how many were bad is told.
    pub fn entries<T: DeserializeOwned>(&mut self, what: &str, items: Vec<Value>) -> Vec<T> {
        let all = items.len();
        let read: Vec<T> = items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        let unreadable = all - read.len();
        if unreadable > 0 {
            self.lacks(what, &format!("{unreadable}条无法识别 {unreadable} entries cannot be read"));
        }
        read
    }

    /// A fault that may pass fails the attempt, so that the gateway tries again; one that will not is told as missing.
    ///
    /// # Errors
    /// The fault, when a retry can help.
    pub fn permitted<T>(&mut self, what: &str, read: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.kind.retry_can_help() => Err(fault),
            Err(fault) => {
                let status = fault.status.as_deref().unwrap_or("-");
                self.lacks(what, &format!("未能取得（{status}） not available, {}", fault.detail));
                Ok(None)
            }
        }
    }

    /// The end of a dialogue about one order, with what was gathered and found.
    pub fn done(&mut self, number: &RequestNumber, assets: Vec<FoundAsset>) -> Step {
        Step::Done(vec![Read::answer(number.clone(), std::mem::take(self).answer(assets))])
    }

    /// The answer to a query: found, nothing or partial.
    pub fn answer(self, assets: Vec<FoundAsset>) -> Answer {
        let reply = match (assets.is_empty(), self.missing.is_empty()) {
            (true, true) => Reply::Nothing,
            (false, true) => Reply::Found { assets },
            (_, false) => Reply::Partial { assets, missing: self.missing },
        };
        Answer { unknown: self.unknown, ..Answer::of(reply) }
    }
}

impl Reading {
    /// What one body says on its own: an answer about an order that the body does not name, or a problem.
    pub fn alone(read: Result<Answer, Fault>) -> Self {
        match read {
            Ok(answer) => {
                let content = ReadContent::Answer(Box::new(answer));
                Self { reads: vec![Read { number: None, content }], ..Self::default() }
            }
            Err(fault) => Self { problems: vec![fault], ..Self::default() },
        }
    }
}

impl Batch {
    /// The one order of the batch, for a connector that only queries, one order at a time.
    ///
    /// # Errors
    /// Unsupported, when the batch holds anything else or the manifest does not declare the kind of identity document.
    pub fn only_query(&self, manifest: &Manifest) -> Result<&Order, Fault> {
        let unsupported = |why: &str| Fault::new(FaultKind::Unsupported, "write a query", why);
        let [order] = self.orders.as_slice() else {
            return Err(unsupported("a batch for this connector holds exactly one order"));
        };
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this connector only queries"));
        }
        if !manifest.identities.contains(&order.document.kind()) {
            return Err(unsupported("the counterpart does not know this kind of identity document"));
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_pass_fail_and_others_are_missing() {
        let mut gathered = Gathered::default();
        let fault = |kind| Err::<(), _>(Fault::new(kind, "ask", "no").status(7));
        assert!(gathered.permitted("名单 list", fault(FaultKind::Transient)).is_err());
        assert_eq!(gathered.permitted("名单 list", fault(FaultKind::Misconfigured)), Ok(None));
        assert_eq!(gathered.missing, ["名单 list：未能取得（7） not available, no"]);
        assert_eq!(gathered.answer(Vec::new()).reply.outcome(), "partial");
    }

    #[test]
    fn bad_entries_are_counted_and_bad_values_kept() {
        let mut gathered = Gathered::default();
        let read: Vec<u8> = gathered.entries("名单 list", vec![1.into(), "x".into(), 2.into()]);
        assert_eq!((read, gathered.missing.len()), (vec![1, 2], 1));
        assert_eq!(gathered.date("day", &"soon".into()), None);
        assert_eq!(gathered.checked::<u8>("size", &"big".into()), None);
        assert_eq!(gathered.checked::<u8>("size", &Scalar::Null), None);
        let kept: Vec<&str> = gathered.unknown.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(kept, ["soon", "big"]);
        assert_eq!(Gathered::default().answer(Vec::new()).reply, Reply::Nothing);
    }
}
