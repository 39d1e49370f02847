//! Code tables of protocol section 11 that decide something. Each takes the code or the text.

use chakong_contract::asset::{AreaUnit, CoOwnership, EncumbranceKind};
use chakong_contract::{IdentityDocument, IdentityKind};

/// The registry's code of a kind of document, section 11.1; `None` for a kind that it does not know.
pub(crate) const fn certificate_code(document: &IdentityDocument) -> Option<&'static str> {
    Some(match document.kind() {
        IdentityKind::ResidentId => "1",
        IdentityKind::HongKongMacauPermit | IdentityKind::TaiwanPermit => "2",
        IdentityKind::Passport | IdentityKind::ForeignPassport => "3",
        IdentityKind::HouseholdRegister => "4",
        IdentityKind::MilitaryCard => "5",
        IdentityKind::OrgCode => "6",
        IdentityKind::BusinessLicence => "7",
        IdentityKind::Uscc => "8",
        IdentityKind::Other => "99",
        IdentityKind::Lei => return None,
    })
}

/// Codes of documents that persons have.
pub(crate) const CERTIFICATE_PERSONS: &[&str] = &["1", "2", "3", "4", "5"];

/// Form of co-ownership, section 11.3.
pub(crate) fn co_ownership(text: &str) -> Option<CoOwnership> {
    match text {
        "0" | "单独所有" => Some(CoOwnership::Sole),
        "1" | "共同共有" => Some(CoOwnership::Joint),
        "2" | "按份共有" => Some(CoOwnership::ByShares),
        "3" | "其他共有" => Some(CoOwnership::Other),
        _ => None,
    }
}

/// Unit of an area, section 11.5.
pub(crate) fn area_unit(text: &str) -> Option<AreaUnit> {
    match text {
        "1" | "平方米" | "㎡" | "m2" => Some(AreaUnit::SquareMetre),
        "2" | "亩" => Some(AreaUnit::Mu),
        "3" | "公顷" => Some(AreaUnit::Hectare),
        _ => None,
    }
}

/// Kind of a seizure and whether the record renews another, section 11.2. Code 5 is a local renewal, 11 a local code that
/// is reported as 1.
pub(crate) fn seizure_kind(text: &str) -> Option<(EncumbranceKind, bool)> {
    match text {
        "1" | "11" | "查封" | "按证查封" => Some((EncumbranceKind::Seizure, false)),
        "2" | "轮候查封" => Some((EncumbranceKind::WaitingSeizure, false)),
        "3" | "预查封" => Some((EncumbranceKind::PreliminarySeizure, false)),
        "4" | "轮候预查封" | "预查封轮候" => {
            Some((EncumbranceKind::WaitingPreliminarySeizure, false))
        }
        "5" | "续封" | "续查封" => Some((EncumbranceKind::Seizure, true)),
        _ => None,
    }
}
