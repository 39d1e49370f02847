//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, DocumentKind, Fault, FaultKind, LineKind, Manifest};

use super::wire::{USUAL_OPERATOR, bean};
use chakong_toolkit::settings;

use crate::shared::settings::{AMOUNT_UNIT, IDENTITIES, MATCHES_OLD_NUMBERS, amounts};
use crate::shared::wire::AmountUnit;

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "court-realty",
    name_zh: "不动产登记机构（法院专线）",
    name_en: "Court line to real-estate registries",
    assets: &[AssetKind::Property],
    capabilities: &[
        Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] },
        Capability { action: ActionKind::Freeze, documents: FREEZE },
        Capability { action: ActionKind::Renew, documents: FREEZE },
        Capability { action: ActionKind::Release, documents: RELEASE },
    ],
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    // Nowhere does the interface promise that a request number makes one case only.
    idempotent: false,
    settings: &[
        AMOUNT_UNIT,
        MATCHES_OLD_NUMBERS,
        text(
            "workflow_seize",
            "Id of the registry's workflow 查封; with the other two, controls are sent.",
            "CF-EXAMPLE",
        ),
        text("workflow_renew", "Id of the registry's workflow 续封.", "XF-EXAMPLE"),
        text("workflow_release", "Id of the registry's workflow 解封.", "JF-EXAMPLE"),
        Setting {
            key: "case_service",
            kind: SettingKind::Choice(&[bean::CASE, bean::CASE_NEW]),
            required: false,
            help: "The registry's service that creates cases.",
            example: bean::CASE,
        },
        text(
            "case_operator",
            "Who is said to take cases in 受理人, as the registry knows it; fyxt by default.",
            USUAL_OPERATOR,
        ),
        settings::account(false, "User name with which the registry calls back.", "city-990101"),
        settings::password(false, "Password of that user."),
        Setting {
            key: "callback_key",
            kind: SettingKind::Secret,
            required: false,
            help: "Part of the address at which call-backs come whose messages name nobody: letters, digits, - and _, 16 or more.",
            example: "not-a-secret-key",
        },
    ],
};

const FREEZE: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const RELEASE: &[DocumentKind] = &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

const fn text(key: &'static str, help: &'static str, example: &'static str) -> Setting {
    Setting { key, kind: SettingKind::Text, required: false, help, example }
}

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    /// What a bare amount counts in.
    pub(crate) amounts: AmountUnit,
    /// The registry itself matches the old 15-digit number.
    pub(crate) matches_old_numbers: bool,
    /// How it is told of controls, if it takes them.
    pub(crate) workflows: Option<Workflows>,
    /// Whether it is given what it needs to call back.
    pub(crate) calls_back: bool,
}

/// What a registry that takes controls is told with them.
#[derive(Debug, Clone)]
pub(crate) struct Workflows {
    pub(crate) seize: String,
    pub(crate) renew: String,
    pub(crate) release: String,
    /// The service that creates cases.
    pub(crate) bean: &'static str,
    /// Who is said to take a case in.
    pub(crate) operator: String,
}

impl Registry {
    /// How the registry is told of controls.
    ///
    /// # Errors
    /// Unsupported, where the settings name no workflows.
    pub(crate) fn workflows(&self) -> Result<&Workflows, Fault> {
        self.workflows.as_ref().ok_or_else(|| {
            let detail =
                "未配置该登记机构的查封、续封、解封流程 the settings name no workflows of this registry";
            Fault::new(FaultKind::Unsupported, "write the control", detail)
        })
    }
}

pub(crate) fn check(settings: &Settings) -> Result<Registry, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    let workflows = fitting(workflows(settings), &mut problems).flatten();
    let calls_back = fitting(calls_back(settings), &mut problems).unwrap_or_default();
    match amounts {
        Some(amounts) if problems.is_empty() => {
            let matches_old_numbers = settings.boolean("matches_old_numbers");
            Ok(Registry { amounts, matches_old_numbers, workflows, calls_back })
        }
        _ => Err(problems),
    }
}

/// How the registry is told of controls; `None` where it takes none.
fn workflows(settings: &Settings) -> Result<Option<Workflows>, SettingProblem> {
    let given = |key: &str| Some(settings.text(key).trim().to_owned()).filter(|text| !text.is_empty());
    let keys = ["workflow_seize", "workflow_renew", "workflow_release"];
    match keys.map(given) {
        [None, None, None] => Ok(None),
        [Some(seize), Some(renew), Some(release)] => {
            let bean =
                if settings.text("case_service") == bean::CASE_NEW { bean::CASE_NEW } else { bean::CASE };
            let operator = given("case_operator").unwrap_or_else(|| USUAL_OPERATOR.to_owned());
            Ok(Some(Workflows { seize, renew, release, bean, operator }))
        }
        some => {
            let missing =
                keys.iter().zip(&some).find(|(_, id)| id.is_none()).map_or("workflow_seize", |(key, _)| key);
            Err(SettingProblem::new(
                missing,
                "give the ids of all three workflows, or of none: who seizes must be able to release",
            ))
        }
    }
}

/// Shortest key in an address.
const SHORTEST_KEY: usize = 16;

/// Whether the registry can call back.
fn calls_back(settings: &Settings) -> Result<bool, SettingProblem> {
    let problem = "the registry calls back with a name and a password: give both, or neither";
    let calls_back = settings::has_credentials(settings, problem)?;
    if let Some(key) = settings.secret("callback_key") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if key.expose().len() < SHORTEST_KEY || !key.expose().bytes().all(plain) {
            let problem = "must have 16 or more letters, digits, - and _, for it stands in an address";
            return Err(SettingProblem::new("callback_key", problem));
        }
    }
    Ok(calls_back)
}
