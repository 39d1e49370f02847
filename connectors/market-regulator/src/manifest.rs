//! What the two connectors declare, and their settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, DocumentKind, IdentityKind, LineKind, Manifest, Secret};

/// Seconds between looks at what is under review, unless the setting says otherwise.
const LOOK_AGAIN: u32 = 600;
const LONGEST_LOOK: u32 = 86_400;

const FREEZE: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const CONTROLS: [Capability; 4] = [
    Capability { action: ActionKind::Freeze, documents: FREEZE },
    Capability { action: ActionKind::Renew, documents: FREEZE },
    Capability {
        action: ActionKind::Release,
        documents: &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice],
    },
    Capability {
        action: ActionKind::Transfer,
        documents: &[DocumentKind::TransferRuling, DocumentKind::TransferNotice],
    },
];
const QUERY: Capability = Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] };

const IDENTITIES: &[IdentityKind] = &[
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

pub(crate) const JSON: Manifest = Manifest {
    id: "market-regulator",
    name_zh: "市场监督管理部门（股权冻结专线）",
    name_en: "Market-supervision authority, equity freezes",
    assets: &[AssetKind::Equity],
    capabilities: &[QUERY, CONTROLS[0], CONTROLS[1], CONTROLS[2], CONTROLS[3]],
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "token",
            kind: SettingKind::Secret,
            required: true,
            help: "Token of the court; sent in the header X-Auth-Token.",
            example: "invented-token",
        },
        Setting {
            key: "look_again",
            kind: SettingKind::Integer,
            required: false,
            help: "Seconds between looks at an order that an officer of the authority still reviews, 1 to 86400, 600 by default.",
            example: "600",
        },
    ],
};

pub(crate) const PARAMETERS: Manifest = Manifest {
    id: "market-regulator-parameters",
    name_zh: "市场监督管理部门（参数串接口）",
    name_en: "Market-supervision authority, parameter string",
    assets: &[AssetKind::Equity],
    capabilities: &CONTROLS,
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    // The string carries no request number.
    idempotent: false,
    settings: &[Setting {
        key: "path",
        kind: SettingKind::Text,
        required: false,
        help: "Path below the base address that takes the parameter string; / by default.",
        example: "/services/equity",
    }],
};

/// The JSON line, configured for one authority.
#[derive(Debug, Clone)]
pub(crate) struct JsonLine {
    pub(crate) token: Secret,
    /// Seconds between looks at what is under review.
    pub(crate) look_again: u32,
}

/// The parameter string, configured for one authority.
#[derive(Debug, Clone)]
pub(crate) struct ParameterLine {
    pub(crate) path: String,
}

pub(crate) fn check_json(settings: &Settings) -> Result<JsonLine, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let token = fitting(settings.needed_secret("token"), &mut problems);
    let look_again = fitting(settings.bounded("look_again", LOOK_AGAIN, 1..=LONGEST_LOOK), &mut problems);
    match (token, look_again) {
        (Some(token), Some(look_again)) => Ok(JsonLine { token, look_again }),
        _ => Err(problems),
    }
}

pub(crate) fn check_parameters(settings: &Settings) -> Result<ParameterLine, Vec<SettingProblem>> {
    let path = Some(settings.text("path")).filter(|path| !path.is_empty()).unwrap_or("/");
    if path.starts_with('/') && !path.contains(['?', '#']) {
        return Ok(ParameterLine { path: path.to_owned() });
    }
    Err(vec![SettingProblem::new("path", "give a path that begins with / and holds neither ? nor #")])
}
