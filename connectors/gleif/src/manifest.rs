//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest};

/// Pages of records that are fetched unless the setting says otherwise.
const PAGES: u32 = 3;
const MOST_PAGES: u32 = 20;
const LISTS: &str = "parents,relationships";
const KNOWN_LISTS: &[(&str, List)] =
    &[("parents", List::Parents), ("relationships", List::Relationships), ("children", List::Children)];

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "gleif",
    name_zh: "全球法人识别编码基金会",
    name_en: "GLEIF register of legal entity identifiers",
    assets: &[AssetKind::Company],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    identities: &[
        IdentityKind::Lei,
        IdentityKind::Uscc,
        IdentityKind::OrgCode,
        IdentityKind::BusinessLicence,
    ],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "max_pages",
            kind: SettingKind::Integer,
            required: false,
            help: "Pages of 200 records fetched per search, 1 to 20, 3 by default; what lies beyond is told as missing.",
            example: "3",
        },
        Setting {
            key: "lists",
            kind: SettingKind::Text,
            required: false,
            help: "What is fetched beside the records: words out of parents (their names, or why none is reported), relationships (their state), children (companies that it consolidates), or none; parents and relationships by default. Up to four more calls per record, and the pages of its children.",
            example: "parents",
        },
    ],
};

/// What can be fetched beside the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Parents,
    Relationships,
    Children,
}

/// Settings that fit.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) max_pages: u32,
    pub(crate) lists: Vec<List>,
}

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let max_pages = fitting(settings.bounded("max_pages", PAGES, 1..=MOST_PAGES), &mut problems);
    let lists = fitting(settings.words("lists", LISTS, KNOWN_LISTS), &mut problems);
    match (max_pages, lists) {
        (Some(max_pages), Some(lists)) => Ok(Checked { max_pages, lists }),
        _ => Err(problems),
    }
}
