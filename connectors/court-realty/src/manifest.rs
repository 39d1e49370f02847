//! What the connector declares, and its settings checked.

use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, DocumentKind, IdentityKind, LineKind, Manifest};

use crate::Registry;
use crate::control::Workflows;
use crate::wire::AmountUnit;
use crate::wire::city::bean;

/// Identity documents that registries match.
pub(crate) const IDENTITIES: &[IdentityKind] = &[
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
];

/// What a bare amount counts in.
pub(crate) const AMOUNT_UNIT: Setting = Setting {
    key: "amount_unit",
    kind: SettingKind::Choice(&["yuan", "ten_thousand_yuan"]),
    required: true,
    help: "What a bare amount of this registry counts in: 元 (yuan) or 万元 (ten_thousand_yuan).",
    example: "yuan",
};

/// Whether the old number of a person is matched by itself.
pub(crate) const MATCHES_OLD_NUMBERS: Setting = Setting {
    key: "matches_old_numbers",
    kind: SettingKind::Boolean,
    required: false,
    help: "The registry itself also matches the old 15-digit identity number; if not, it is asked by that as well.",
    example: "false",
};

/// Who is said to ask, on the provincial platform's lines (section 11.11).
pub(crate) const ASKING_BODY: Setting = Setting {
    key: "asking_body",
    kind: SettingKind::Choice(&["court", "supremecourt"]),
    required: false,
    help: "Who is said to ask: the province's high court (court, the default) or the Supreme Court.",
    example: "court",
};

/// Who is said to ask.
pub(crate) fn asking_body(settings: &Settings) -> String {
    let stated = Some(settings.text("asking_body")).filter(|body| !body.is_empty());
    stated.unwrap_or("court").to_owned()
}

/// What a line that only queries can do.
pub(crate) const QUERIES: &[Capability] =
    &[Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] }];

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
            "fyxt",
        ),
        text("account", "User name with which the registry calls back.", "city-990101"),
        Setting {
            key: "password",
            kind: SettingKind::Secret,
            required: false,
            help: "Password of that user.",
            example: "not-a-secret",
        },
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
            let operator = given("case_operator").unwrap_or_else(|| "fyxt".to_owned());
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
    let name = settings.text("account").trim();
    let password = settings.secret("password").is_some_and(|secret| !secret.expose().trim().is_empty());
    if name.is_empty() == password {
        let problem = "the registry calls back with a name and a password: give both, or neither";
        return Err(SettingProblem::new(if password { "account" } else { "password" }, problem));
    }
    if let Some(key) = settings.secret("callback_key") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if key.expose().len() < SHORTEST_KEY || !key.expose().bytes().all(plain) {
            let problem = "must have 16 or more letters, digits, - and _, for it stands in an address";
            return Err(SettingProblem::new("callback_key", problem));
        }
    }
    Ok(password)
}

/// What a bare amount counts in.
pub(crate) fn amounts(settings: &Settings) -> Result<AmountUnit, SettingProblem> {
    match settings.text("amount_unit") {
        "yuan" => Ok(AmountUnit::Yuan),
        "ten_thousand_yuan" => Ok(AmountUnit::TenThousandYuan),
        _ => {
            let problem = "say what a bare amount of this registry counts in: yuan or ten_thousand_yuan";
            Err(SettingProblem::new("amount_unit", problem))
        }
    }
}
