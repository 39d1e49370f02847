use std::time::Duration;

use chakong_contract::{FaultKind, RetryAfter};

/// What a status means (protocol section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Success,
    Nothing,
    /// Why, in our words, and when to try again.
    Fault(FaultKind, &'static str, Option<RetryAfter>),
}

/// The vendor asks for two hours of rest after the same query has failed again and again.
const TWO_HOURS: Option<RetryAfter> = Some(RetryAfter::Delay(Duration::from_secs(2 * 60 * 60)));

pub(crate) const fn meaning(status: i64) -> Meaning {
    use FaultKind::{
        Malformed, Misconfigured, QuotaSpent, RateLimited, Transient, Unauthorised, Unsupported,
    };
    const TOMORROW: Option<RetryAfter> = Some(RetryAfter::Tomorrow);
    let (kind, why, retry_after) = match status {
        200 => return Meaning::Success,
        201 => return Meaning::Nothing,
        205 => (Transient, "the vendor is still working on it", None),
        120 => (Transient, "the vendor's system has too much traffic", None),
        199 | 203 => (Transient, "the vendor's system failed", None),
        110 => (RateLimited, "the same query failed again and again", TWO_HOURS),
        122 => (RateLimited, "too many requests at once", None),
        102 => (QuotaSpent, "the account is in debt", TOMORROW),
        112 => (QuotaSpent, "the account's remaining calls are spent or have expired", TOMORROW),
        109 | 116 => (QuotaSpent, "the calls of the day are spent", TOMORROW),
        101 | 103 | 104 => (Unauthorised, "the vendor does not accept the key", None),
        107 => (Unauthorised, "our address is forbidden or the token is wrong", None),
        115 => {
            (Unauthorised, "the token is wrong or its time has passed: look at key, secret and clock", None)
        }
        106 | 108 | 119 => (Unauthorised, "the vendor has stopped the account", None),
        105 | 113 | 114 => (Misconfigured, "the interface has been taken away", None),
        111 | 123 | 214 => (Misconfigured, "the account may not use this interface", None),
        202 | 207 | 209 | 213 | 215 | 117 | 118 | 223 | 224 => {
            (Misconfigured, "the vendor does not accept the question", None)
        }
        121 => (Unsupported, "the data may not leave the country", None),
        208 | 218 | 219 => (Unsupported, "the interface does not know this kind of company", None),
        _ => (Malformed, "the vendor's status is not known", None),
    };
    Meaning::Fault(kind, why, retry_after)
}
