//! Settings and declarations that the manifests of several dialects hold.

use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings};
use chakong_contract::{ActionKind, Capability, DocumentKind, IdentityKind};

use super::wire::AmountUnit;

/// Identity documents that registries match.
pub(crate) const IDENTITIES: &[IdentityKind] = &[
    IdentityKind::ResidentId,
    IdentityKind::Uscc,
    IdentityKind::OrgCode,
    IdentityKind::BusinessLicence,
    IdentityKind::HouseholdRegister,
    IdentityKind::Passport,
    IdentityKind::ForeignPassport,
    IdentityKind::HongKongMacauPermit,
    IdentityKind::TaiwanPermit,
    IdentityKind::MilitaryCard,
    IdentityKind::Other,
];

/// What a bare amount counts in.
pub(crate) const AMOUNT_UNIT: Setting = Setting {
    key: "amount_unit",
    kind: SettingKind::Choice(&["yuan", "ten_thousand_yuan"]),
    required: true,
    help: "What a bare amount of this registry counts in: 元 (yuan) or 万元 (ten_thousand_yuan).",
    example: "yuan",
};

/// Whether the old number of a person is matched by itself.
pub(crate) const MATCHES_OLD_NUMBERS: Setting = Setting {
    key: "matches_old_numbers",
    kind: SettingKind::Boolean,
    required: false,
    help: "The registry itself also matches the old 15-digit identity number; if not, it is asked by that as well.",
    example: "false",
};

/// Who is said to ask, on the provincial platform's lines (section 11.11).
pub(crate) const ASKING_BODY: Setting = Setting {
    key: "asking_body",
    kind: SettingKind::Choice(&["court", "supremecourt"]),
    required: false,
    help: "Who is said to ask: the province's high court (court, the default) or the Supreme Court.",
    example: "court",
};

/// Who is said to ask.
pub(crate) fn asking_body(settings: &Settings) -> String {
    let stated = Some(settings.text("asking_body")).filter(|body| !body.is_empty());
    stated.unwrap_or("court").to_owned()
}

/// What a line that only queries can do.
pub(crate) const QUERIES: &[Capability] =
    &[Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] }];

/// What a bare amount counts in.
pub(crate) fn amounts(settings: &Settings) -> Result<AmountUnit, SettingProblem> {
    match settings.text("amount_unit") {
        "yuan" => Ok(AmountUnit::Yuan),
        "ten_thousand_yuan" => Ok(AmountUnit::TenThousandYuan),
        _ => {
            let problem = "say what a bare amount of this registry counts in: yuan or ten_thousand_yuan";
            Err(SettingProblem::new("amount_unit", problem))
        }
    }
}
