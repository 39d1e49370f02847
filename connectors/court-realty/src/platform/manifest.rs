//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{SettingProblem, Settings, fitting};
use chakong_contract::{LineKind, Manifest};
use chakong_toolkit::settings;

use crate::shared::settings::{AMOUNT_UNIT, ASKING_BODY, IDENTITIES, QUERIES, amounts, asking_body};
use crate::shared::wire::AmountUnit;

pub(super) const MANIFEST: Manifest = Manifest {
    id: "court-realty-platform",
    name_zh: "不动产登记机构（省级平台）",
    name_en: "Real-estate registries by the provincial platform",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Postbox],
    // More in one answer are refused (section 11.10, code 2007).
    largest_batch: 10,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        settings::account(
            true,
            "User name with which the county's centre asks for its token.",
            "county-990101",
        ),
        settings::password(true, "Password of that user."),
        ASKING_BODY,
    ],
};

/// The platform's side for one county.
#[derive(Debug, Clone)]
pub(super) struct Platform {
    pub(super) amounts: AmountUnit,
    /// Who is said to ask, section 11.11.
    pub(super) asking: String,
}

pub(super) fn check(settings: &Settings) -> Result<Platform, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    fitting(
        settings::needed_account(settings, "the name with which the centre calls is missing"),
        &mut problems,
    );
    fitting(settings.needed_secret("password"), &mut problems);
    match amounts {
        Some(amounts) if problems.is_empty() => Ok(Platform { amounts, asking: asking_body(settings) }),
        _ => Err(problems),
    }
}
