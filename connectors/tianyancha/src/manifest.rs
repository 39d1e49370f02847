//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest, Secret};
use chakong_toolkit::paging::{max_pages, max_pages_setting};

use crate::wire::Endpoint;

/// Lists that are fetched unless the setting says otherwise.
const LISTS: &str = "shareholders,changes,judicial,judicial_detail,investments,branches";
/// Words of the setting, in the order in which the lists are fetched.
const KNOWN_LISTS: &[(&str, Endpoint)] = &[
    ("shareholders", Endpoint::Holders),
    ("changes", Endpoint::Changes),
    ("judicial", Endpoint::Judicial),
    ("judicial_detail", Endpoint::Detail),
    ("investments", Endpoint::Investments),
    ("branches", Endpoint::Branches),
    ("history", Endpoint::History),
];

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "tianyancha",
    name_zh: "天眼查",
    name_en: "Tianyancha business registry",
    assets: &[AssetKind::Company, AssetKind::Equity],
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
        max_pages_setting(
            "Pages of 20 entries fetched per list, 1 to 50, 10 by default; what lies beyond is told as missing.",
        ),
        Setting {
            key: "lists",
            kind: SettingKind::Text,
            required: false,
            help: "What is fetched beside base info, each a charged call: words out of shareholders, changes, judicial, judicial_detail, investments, branches, history, or none; all but history by default.",
            example: "shareholders,judicial",
        },
    ],
};

/// Settings that fit.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) token: Secret,
    pub(crate) max_pages: u32,
    /// Lists, in the order in which they are fetched.
    pub(crate) lists: Vec<Endpoint>,
    /// Whether the detail of each freeze is fetched.
    pub(crate) details: bool,
}

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let token = fitting(settings.needed_secret("token"), &mut problems);
    let max_pages = fitting(max_pages(settings), &mut problems);
    let lists = fitting(settings.words("lists", LISTS, KNOWN_LISTS), &mut problems);
    match (token, max_pages, lists) {
        (Some(token), Some(max_pages), Some(mut lists)) => {
            let details = lists.contains(&Endpoint::Detail) && lists.contains(&Endpoint::Judicial);
            lists.retain(|list| *list != Endpoint::Detail);
            Ok(Checked { token, max_pages, lists, details })
        }
        _ => Err(problems),
    }
}
