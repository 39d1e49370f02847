//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, DocumentKind, LineKind, Manifest};
use chakong_toolkit::settings;

use crate::shared::settings::{AMOUNT_UNIT, IDENTITIES, amounts};
use crate::shared::wire::AmountUnit;
use crate::shared::wire::tree::Leaves;

const FREEZE: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const RELEASE: &[DocumentKind] = &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

/// The declaration.
pub(super) const MANIFEST: Manifest = Manifest {
    id: "court-realty-postbox",
    name_zh: "不动产登记机构（点对点查控）",
    name_en: "Real-estate registries that poll",
    assets: &[AssetKind::Property],
    capabilities: &[
        Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] },
        Capability { action: ActionKind::Freeze, documents: FREEZE },
        Capability { action: ActionKind::Renew, documents: FREEZE },
        Capability { action: ActionKind::Release, documents: RELEASE },
    ],
    identities: IDENTITIES,
    lines: &[LineKind::Postbox],
    largest_batch: 100,
    // The request number is the registry's business number of the case (section 2.13).
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        settings::account(true, "User name with which the registry calls: IP and six digits.", "IP000001"),
        settings::password(true, "Password of that user."),
        Setting {
            key: "leaves",
            kind: SettingKind::Choice(&["sealed", "plain"]),
            required: false,
            help: "Whether each value is Base64 within the document (sealed, the default) or in the clear (plain).",
            example: "sealed",
        },
        settings::public_url(
            "Address of the service as the registry reaches it, for its WSDL; else the address it was asked at.",
            "https://ckw.example.cn/postbox/registry",
        ),
    ],
};

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
pub(super) struct PollingRegistry {
    /// What a bare amount counts in.
    pub(super) amounts: AmountUnit,
    /// How leaves travel.
    pub(super) leaves: Leaves,
    /// Address of the service as the registry reaches it; may be empty.
    pub(super) public_url: String,
}

pub(super) fn check(settings: &Settings) -> Result<PollingRegistry, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    fitting(
        settings::needed_account(settings, "the name with which the registry calls is missing"),
        &mut problems,
    );
    fitting(settings.needed_secret("password"), &mut problems);
    match amounts {
        Some(amounts) if problems.is_empty() => Ok(PollingRegistry {
            amounts,
            leaves: leaves(settings),
            public_url: settings.text("public_url").trim().to_owned(),
        }),
        _ => Err(problems),
    }
}

/// How leaves travel.
pub(super) fn leaves(settings: &Settings) -> Leaves {
    if settings.text("leaves") == "plain" { Leaves::Plain } else { Leaves::Sealed }
}
