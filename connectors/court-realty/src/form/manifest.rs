//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{LineKind, Manifest, Secret};
use chakong_toolkit::settings;

use crate::shared::settings::{AMOUNT_UNIT, IDENTITIES, QUERIES, amounts};
use crate::shared::wire::AmountUnit;
use crate::shared::wire::tree::Leaves;

pub(super) const MANIFEST: Manifest = Manifest {
    id: "court-realty-form",
    name_zh: "不动产登记机构（表单查询）",
    name_en: "Real-estate registries by form",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        settings::account(true, "User name of the form.", "court-990101"),
        settings::password(true, "Password of that user."),
        Setting {
            key: "leaves",
            kind: SettingKind::Choice(&["plain", "sealed"]),
            required: false,
            help: "Whether each value of a query is in the clear within the document (plain, the default) or Base64 (sealed).",
            example: "plain",
        },
    ],
};

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
pub(super) struct FormRegistry {
    pub(super) amounts: AmountUnit,
    pub(super) account: String,
    pub(super) password: Secret,
    pub(super) leaves: Leaves,
}

pub(super) fn check(settings: &Settings) -> Result<FormRegistry, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    let account =
        fitting(settings::needed_account(settings, "the user name of the form is missing"), &mut problems);
    let password = fitting(settings.needed_secret("password"), &mut problems);
    match (amounts, account, password) {
        (Some(amounts), Some(account), Some(password)) if problems.is_empty() => {
            Ok(FormRegistry { amounts, account, password, leaves: leaves(settings) })
        }
        _ => Err(problems),
    }
}

/// How the leaves of a query travel.
pub(super) fn leaves(settings: &Settings) -> Leaves {
    if settings.text("leaves") == "sealed" { Leaves::Sealed } else { Leaves::Plain }
}
