//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest, Secret};

/// Pages of one list that are fetched unless the setting says otherwise: 200 entries.
const PAGES: i64 = 10;
/// Most pages that the setting may ask for.
const MOST_PAGES: i64 = 50;

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "tianyancha",
    name_zh: "天眼查",
    name_en: "Tianyancha business registry",
    assets: &[AssetKind::Company],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    identities: &[IdentityKind::Uscc, IdentityKind::OrgCode, IdentityKind::BusinessLicence],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "token",
            kind: SettingKind::Secret,
            required: true,
            help: "Token of the open platform's account; it is sent bare in the header Authorization.",
            example: "invented-token",
        },
        Setting {
            key: "max_pages",
            kind: SettingKind::Integer,
            required: false,
            help: "Pages of 20 entries fetched per list, 1 to 50, 10 by default; what lies beyond is told as missing.",
            example: "10",
        },
    ],
};

/// Settings that fit.
pub(crate) struct Checked {
    pub(crate) token: Secret,
    pub(crate) max_pages: u32,
}

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let mut problem = |key: &str, problem: &str| {
        problems.push(SettingProblem { key: key.to_owned(), problem: problem.to_owned() });
    };
    let token = settings.secret("token").filter(|token| !token.expose().trim().is_empty()).cloned();
    if token.is_none() {
        problem("token", "the open platform's token is missing; give it by file or environment");
    }
    let pages = settings.integer("max_pages").unwrap_or(PAGES);
    let max_pages = u32::try_from(pages).ok().filter(|_| (1..=MOST_PAGES).contains(&pages));
    if max_pages.is_none() {
        problem("max_pages", "give a number from 1 to 50");
    }
    match (token, max_pages) {
        (Some(token), Some(max_pages)) => Ok(Checked { token, max_pages }),
        _ => Err(problems),
    }
}
