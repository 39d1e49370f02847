//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{LineKind, Manifest};

use super::wire::PATHS;
use crate::shared::settings::{
    AMOUNT_UNIT, ASKING_BODY, IDENTITIES, MATCHES_OLD_NUMBERS, QUERIES, amounts, asking_body,
};
use crate::shared::wire::AmountUnit;

pub(super) const MANIFEST: Manifest = Manifest {
    id: "court-realty-county",
    name_zh: "不动产登记机构（区县实时查询）",
    name_en: "Real-estate registries, a county's real-time query",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        Setting {
            key: "service",
            kind: SettingKind::Choice(&PATHS),
            required: false,
            help: "Path at which the county answers; its makers differ.",
            example: PATHS[0],
        },
        ASKING_BODY,
        Setting {
            key: "division",
            kind: SettingKind::Text,
            required: false,
            help: "Division that is searched, 6 digits (GB/T 2260); the county's whole register without.",
            example: "990101",
        },
        MATCHES_OLD_NUMBERS,
    ],
};

/// The platform's side for one county.
#[derive(Debug, Clone)]
pub(super) struct County {
    pub(super) amounts: AmountUnit,
    pub(super) path: &'static str,
    pub(super) asking: String,
    pub(super) division: String,
    pub(super) matches_old_numbers: bool,
}

pub(super) fn check(settings: &Settings) -> Result<County, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    let division = settings.text("division").trim();
    if !division.is_empty() && (division.len() != 6 || !division.bytes().all(|byte| byte.is_ascii_digit())) {
        problems.push(SettingProblem::new("division", "must have 6 digits (GB/T 2260)"));
    }
    match amounts {
        Some(amounts) if problems.is_empty() => Ok(County {
            amounts,
            path: if settings.text("service") == PATHS[1] { PATHS[1] } else { PATHS[0] },
            asking: asking_body(settings),
            division: division.to_owned(),
            matches_old_numbers: settings.boolean("matches_old_numbers"),
        }),
        _ => Err(problems),
    }
}
