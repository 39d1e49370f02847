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

/// Words of a freeze that stands though they contain one of [`ENDED`].
const STANDING: [&str; 5] = ["未解除", "未解冻", "未失效", "未到期", "未届满"];
/// Words of a freeze that has ended, or never was.
const ENDED: [&str; 14] = [
    "解除", "解冻", "失效", "届满", "到期", "终止", "撤销", "无效", "注销", "失败", "未", "不予", "驳回",
    "拒绝",
];

/// Whether the words beside the code of a freeze's state say the opposite of it.
pub(crate) fn is_contradicted(code: &str, words: &str) -> bool {
    let has = |known: &[&str]| known.iter().any(|known| words.contains(known));
    let has_ended = has(&ENDED) && !has(&STANDING);
    match code {
        STANDS => has_ended,
        "2" | "3" => !has_ended && words.contains("冻结"),
        _ => false,
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
