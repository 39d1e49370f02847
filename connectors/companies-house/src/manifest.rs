//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest, Secret};
use chakong_toolkit::paging::{max_pages, max_pages_setting};

use crate::wire::{self, List};

const LISTS: &str = "control,charges,filings";
/// Words of the setting, in the order in which the lists are fetched.
const KNOWN_LISTS: &[(&str, List)] =
    &[("control", List::Control), ("charges", List::Charges), ("filings", List::Filings)];

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "companies-house",
    name_zh: "英国公司注册处",
    name_en: "Companies House, United Kingdom",
    assets: &[AssetKind::Company],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    // The number of a foreign company in its own register stands where a Chinese one has its licence number.
    identities: &[IdentityKind::BusinessLicence],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "api_key",
            kind: SettingKind::Secret,
            required: true,
            help: "Key of a live application of the developer hub; it is the user name of HTTP Basic, without password.",
            example: "invented-key",
        },
        max_pages_setting(
            "Pages of 100 entries fetched per list, 1 to 50, 10 by default; what lies beyond is told as missing.",
        ),
        Setting {
            key: "lists",
            kind: SettingKind::Text,
            required: false,
            help: "What is fetched beside the profile: words out of control (persons with significant control), charges, filings, or none; all by default.",
            example: "control,charges",
        },
    ],
};

/// Settings that fit.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    /// Value of the header.
    pub(crate) authorization: Secret,
    pub(crate) max_pages: u32,
    pub(crate) lists: Vec<List>,
}

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let key = fitting(settings.needed_secret("api_key"), &mut problems);
    let max_pages = fitting(max_pages(settings), &mut problems);
    let lists = fitting(settings.words("lists", LISTS, KNOWN_LISTS), &mut problems);
    match (key, max_pages, lists) {
        (Some(key), Some(max_pages), Some(lists)) => {
            Ok(Checked { authorization: wire::basic(&key), max_pages, lists })
        }
        _ => Err(problems),
    }
}
