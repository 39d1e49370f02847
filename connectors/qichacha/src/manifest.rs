//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest};
use chakong_toolkit::paging::{max_pages, max_pages_setting};

use crate::wire::Account;

const LISTS: &str = "shareholders,changes,branches,judicial";
const KNOWN_LISTS: &[(&str, List)] = &[
    ("shareholders", List::Shareholders),
    ("changes", List::Changes),
    ("branches", List::Branches),
    ("judicial", List::Judicial),
];

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "qichacha",
    name_zh: "企查查",
    name_en: "Qichacha business registry",
    assets: &[AssetKind::Company],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    identities: &[IdentityKind::Uscc, IdentityKind::OrgCode, IdentityKind::BusinessLicence],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "app_key",
            kind: SettingKind::Text,
            required: true,
            help: "AppKey of the account; it identifies it and travels in the query.",
            example: "DEMOAPPKEY0000000000000000000001",
        },
        Setting {
            key: "secret_key",
            kind: SettingKind::Secret,
            required: true,
            help: "SecretKey of the account; it never travels, only a hash of it with the time.",
            example: "DEMOSECRET000000000000000000002",
        },
        max_pages_setting(
            "Pages of 20 entries fetched per list, 1 to 50, 10 by default; what lies beyond is told as missing.",
        ),
        Setting {
            key: "lists",
            kind: SettingKind::Text,
            required: false,
            help: "What is fetched beside base data: words out of shareholders, changes, branches, judicial, or none; all by default. With changes the full pack is bought, which brings shareholders and branches along.",
            example: "shareholders,judicial",
        },
    ],
};

/// What can be fetched beside base data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Shareholders,
    /// Only the full pack has them.
    Changes,
    Branches,
    Judicial,
}

/// Settings that fit.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) account: Account,
    pub(crate) max_pages: u32,
    pub(crate) lists: Vec<List>,
}

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let key = Some(settings.text("app_key").trim().to_owned()).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| SettingProblem::new("app_key", "the account's AppKey is missing"));
    let key = fitting(key, &mut problems);
    let secret = fitting(settings.needed_secret("secret_key"), &mut problems);
    let max_pages = fitting(max_pages(settings), &mut problems);
    let lists = fitting(settings.words("lists", LISTS, KNOWN_LISTS), &mut problems);
    match (key, secret, max_pages, lists) {
        (Some(key), Some(secret), Some(max_pages), Some(lists)) => {
            Ok(Checked { account: Account { key, secret }, max_pages, lists })
        }
        _ => Err(problems),
    }
}
