//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, DocumentKind, IdentityKind, LineKind, Manifest};

use crate::kinds::Kind;

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "desk",
    name_zh: "人工办理",
    name_en: "Served by people",
    assets: &[AssetKind::Account, AssetKind::Property, AssetKind::Vehicle, AssetKind::Equity],
    capabilities: &[
        Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] },
        Capability {
            action: ActionKind::Freeze,
            documents: &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice],
        },
        Capability {
            action: ActionKind::Renew,
            documents: &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice],
        },
        Capability {
            action: ActionKind::Release,
            documents: &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice],
        },
        Capability {
            action: ActionKind::Deduct,
            documents: &[DocumentKind::DeductRuling, DocumentKind::DeductNotice],
        },
    ],
    identities: &[
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
    ],
    lines: &[LineKind::Desk],
    largest_batch: 1,
    // Whoever is shown the same notice twice may act twice.
    idempotent: false,
    settings: &[
        Setting {
            key: "institution",
            kind: SettingKind::Text,
            required: true,
            help: "name of the institution, as it stands on its property and on the notices for it",
            example: "示例农村商业银行",
        },
        Setting {
            key: "institution_code",
            kind: SettingKind::Text,
            required: false,
            help: "code of the institution; with its number an account is known again over other lines",
            example: "E999H110000000009",
        },
        Setting {
            key: "assets",
            kind: SettingKind::Text,
            required: true,
            help: "kinds of property that it reports: account, security, property, vehicle, equity",
            example: "account,security",
        },
        Setting {
            key: "acts",
            kind: SettingKind::Text,
            required: false,
            help: "what it is asked to do: query, freeze, renew, release, deduct",
            example: "query,freeze,renew,release",
        },
    ],
};

/// Acts that a counterpart takes where its settings do not say.
const ACTS: &str = "query";

const KNOWN_ACTS: &[(&str, ActionKind)] = &[
    ("query", ActionKind::Query),
    ("freeze", ActionKind::Freeze),
    ("renew", ActionKind::Renew),
    ("release", ActionKind::Release),
    ("deduct", ActionKind::Deduct),
];

/// The counter of an institution, as configured.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    /// Name of the institution.
    pub(crate) institution: String,
    /// Its code; may be empty.
    pub(crate) code: String,
    /// Kinds of property that its form lists.
    pub(crate) kinds: Vec<Kind>,
    /// The kinds of assets that these are.
    pub(crate) assets: Vec<AssetKind>,
    /// What it is asked to do.
    pub(crate) acts: Vec<ActionKind>,
}

impl Counter {
    /// Reads the settings.
    pub(crate) fn configured(settings: &Settings) -> Result<Self, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let institution = settings.text("institution").trim().to_owned();
        if institution.is_empty() {
            problems.push(SettingProblem::new("institution", "is missing: name the institution"));
        }
        let kinds = fitting(settings.words("assets", "", &Kind::ALL), &mut problems);
        let acts = fitting(settings.words("acts", ACTS, KNOWN_ACTS), &mut problems);
        if kinds.as_ref().is_some_and(Vec::is_empty) {
            let known: Vec<&str> = Kind::ALL.iter().map(|(word, _)| *word).collect();
            let problem = format!("name at least one of {}", known.join(", "));
            problems.push(SettingProblem::new("assets", problem));
        }
        if let (Some(kinds), Some(acts)) = (&kinds, &acts) {
            problems.extend(wrong_acts(kinds, acts));
        }
        match (kinds, acts) {
            (Some(kinds), Some(acts)) if problems.is_empty() => {
                let mut assets: Vec<AssetKind> = kinds.iter().map(|kind| kind.asset()).collect();
                assets.dedup();
                let code = settings.text("institution_code").trim().to_owned();
                Ok(Self { institution, code, kinds, assets, acts })
            }
            _ => Err(problems),
        }
    }
}

/// Acts that do not go with the kinds of property, or with each other.
fn wrong_acts(kinds: &[Kind], acts: &[ActionKind]) -> Option<SettingProblem> {
    let controls = acts.iter().any(|act| act.is_control());
    let needs_freeze = acts.iter().any(|act| matches!(act, ActionKind::Renew | ActionKind::Deduct));
    if acts.is_empty() {
        return Some(SettingProblem::new("acts", "name at least one act, such as query"));
    }
    if controls && !kinds.iter().any(|kind| kind.can_be_controlled()) {
        let problem = "there is no control of vehicles: leave only query";
        return Some(SettingProblem::new("acts", problem));
    }
    if acts.contains(&ActionKind::Freeze) && !acts.contains(&ActionKind::Release) {
        let problem = "who takes freezes takes releases too: add release";
        return Some(SettingProblem::new("acts", problem));
    }
    if needs_freeze && !acts.contains(&ActionKind::Freeze) {
        let problem = "renew and deduct need freeze: add it, or leave them out";
        return Some(SettingProblem::new("acts", problem));
    }
    None
}
