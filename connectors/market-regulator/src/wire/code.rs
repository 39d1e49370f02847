//! Codes and what they mean.

use chakong_contract::asset::{CompanyStatus, EquityFreezeState};
use chakong_contract::{FaultKind, IdentityDocument, PartyKind, RefusalReason};
use chakong_toolkit::company_status::read_company_status;

/// What the code of an answer means. The codes are ours; `README.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Done,
    /// An officer of the authority reviews it; ask again later.
    Pending,
    Refused(RefusalReason),
    Fault(FaultKind, &'static str),
}

pub(crate) fn meaning(code: i64) -> Option<Meaning> {
    use Meaning::{Fault, Refused};
    Some(match code {
        0 => Meaning::Done,
        1 => Meaning::Pending,
        2 => Refused(RefusalReason::Declined),
        10 => Refused(RefusalReason::DocumentMissing),
        11 => Refused(RefusalReason::IdentityMismatch),
        12 | 13 => Refused(RefusalReason::TargetUnknown),
        14 => Refused(RefusalReason::TargetEnded),
        15 | 16 => Refused(RefusalReason::OriginalUnknown),
        17 => Refused(RefusalReason::Declined),
        19 => Refused(RefusalReason::NotSupported),
        20 => Fault(FaultKind::RateLimited, "too many requests"),
        21 => Fault(FaultKind::Transient, "the authority's system is busy"),
        22 => Fault(FaultKind::Unauthorised, "the authority does not accept our token"),
        23 => Fault(FaultKind::Misconfigured, "the authority cannot read our parameters"),
        24 => Fault(FaultKind::Malformed, "the authority does not know the order that is looked up"),
        _ => return None,
    })
}

/// State of a freeze that stands.
pub(crate) const STANDS: &str = "1";

/// State of a freeze; one that does not rank first waits.
pub(crate) fn freeze_state(code: &str, waits: bool) -> EquityFreezeState {
    match code {
        STANDS if waits => EquityFreezeState::Waiting,
        STANDS => EquityFreezeState::InForce,
        "2" => EquityFreezeState::Released,
        "3" => EquityFreezeState::Lapsed,
        _ => EquityFreezeState::Unknown,
    }
}

/// Status of a company by its code (protocol section 3.4), else by its words.
pub(crate) fn company_status(code: &str, words: &str) -> Option<CompanyStatus> {
    match code {
        "1" => Some(CompanyStatus::Active),
        "2" => Some(CompanyStatus::Revoked),
        "3" => Some(CompanyStatus::RevokedAndDeregistered),
        "4" => Some(CompanyStatus::Deregistered),
        "5" => Some(CompanyStatus::Cancelled),
        "6" => Some(CompanyStatus::MovedOut),
        _ => read_company_status(words),
    }
}

/// Kind of an investor as one system writes it: 1 company, 2 natural person.
pub(crate) const fn party_kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Organisation => "1",
        PartyKind::Person => "2",
    }
}

/// Certificate of a natural person (protocol section 3.5); `None` for a document of an organisation.
pub(crate) const fn certificate(document: &IdentityDocument) -> Option<&'static str> {
    match document {
        IdentityDocument::ResidentId(_) => Some("10"),
        IdentityDocument::MilitaryCard(_) => Some("20"),
        IdentityDocument::ForeignPassport(_) => Some("40"),
        IdentityDocument::HouseholdRegister(_)
        | IdentityDocument::Passport(_)
        | IdentityDocument::HongKongMacauPermit(_)
        | IdentityDocument::TaiwanPermit(_)
        | IdentityDocument::Other(_) => Some("90"),
        _ => None,
    }
}

/// Licence of an organisation, coded as `README.md` has it: no national code was found.
pub(crate) const fn licence(document: &IdentityDocument) -> Option<&'static str> {
    match document {
        IdentityDocument::Uscc(_) | IdentityDocument::UnverifiedUscc(_) => Some("1"),
        IdentityDocument::BusinessLicence(_) => Some("2"),
        IdentityDocument::OrgCode(_) => Some("3"),
        _ => None,
    }
}
