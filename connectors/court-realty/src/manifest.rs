//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings};
use chakong_contract::{ActionKind, Capability, DocumentKind, IdentityKind, LineKind, Manifest};

use crate::Registry;
use crate::wire::AmountUnit;

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

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "court-realty",
    name_zh: "不动产登记机构（法院专线）",
    name_en: "Court line to real-estate registries",
    assets: &[AssetKind::Property],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] }],
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        Setting {
            key: "matches_old_numbers",
            kind: SettingKind::Boolean,
            required: false,
            help: "The registry itself also matches the old 15-digit identity number; if not, it is asked a second time with it.",
            example: "false",
        },
    ],
};

pub(crate) fn check(settings: &Settings) -> Result<Registry, Vec<SettingProblem>> {
    let amounts = amounts(settings).map_err(|problem| vec![problem])?;
    Ok(Registry { amounts, matches_old_numbers: settings.boolean("matches_old_numbers") })
}

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
