use chakong_contract::FaultKind;

/// What the vendor's code means (protocol section 1.4). The words beside it are never looked at: they differ by interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Success,
    Nothing,
    /// Why, in our words.
    Fault(FaultKind, &'static str),
}

pub(crate) const fn meaning(code: i64) -> Meaning {
    use FaultKind::{Malformed, Misconfigured, QuotaSpent, RateLimited, Transient, Unauthorised};
    match code {
        0 => Meaning::Success,
        300_000 => Meaning::Nothing,
        300_001 => Meaning::Fault(Transient, "the vendor says that the request failed"),
        300_002 => Meaning::Fault(Unauthorised, "the account is no longer valid"),
        300_003 => Meaning::Fault(Unauthorised, "the account has expired"),
        300_004 => Meaning::Fault(RateLimited, "too many requests"),
        300_005 => Meaning::Fault(Misconfigured, "the account may not use this interface"),
        300_006 => Meaning::Fault(QuotaSpent, "the account's balance is spent"),
        300_007 => Meaning::Fault(QuotaSpent, "the account's remaining calls are spent"),
        300_008 => Meaning::Fault(Misconfigured, "a required parameter is missing"),
        300_009 => Meaning::Fault(Unauthorised, "the vendor does not accept the token"),
        300_010 => Meaning::Fault(Misconfigured, "the vendor does not know this address"),
        300_011 => Meaning::Fault(Misconfigured, "our address is not on the vendor's list"),
        300_012 => Meaning::Fault(Transient, "the report is still being made"),
        _ => Meaning::Fault(Malformed, "the vendor's error code is not known"),
    }
}
