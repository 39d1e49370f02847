//! What the connector declares.

use chakong_contract::asset::AssetKind;
use chakong_contract::id::BankCode;
use chakong_contract::manifest::SettingKind;
use chakong_contract::{
    ActionKind, Capability, DocumentKind, LineKind, Manifest, Setting, SettingProblem, Settings,
};
use chakong_toolkit::settings;

use crate::wire::sealed::RareNames;
use crate::wire::{Generation, code};

/// The declaration.
pub(crate) const MANIFEST: Manifest = Manifest {
    id: "court-bank",
    name_zh: "总对总银行查控",
    name_en: "Court-bank network query and control",
    assets: &[AssetKind::Account],
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
    identities: code::IDENTITIES,
    lines: &[LineKind::Parcel, LineKind::Postbox],
    largest_batch: 200,
    // Banks drop a request number that they have seen, and do not fetch a package of the same name twice (section 1a).
    idempotent: true,
    settings: &[
        Setting {
            key: "bank_code",
            kind: SettingKind::Text,
            required: true,
            help: "银行代码 of the bank, 17 characters; it stands in every file name",
            example: "E999H110000000001",
        },
        Setting {
            key: "bank_name",
            kind: SettingKind::Text,
            required: false,
            help: "name of the bank as court staff read it on accounts",
            example: "示例银行",
        },
        Setting {
            key: "generation",
            kind: SettingKind::Choice(&["1", "2", "2+"]),
            required: false,
            help: "generation of the wire that is written: 1 (queries only), 2, or 2+ with the data of products; all are read",
            example: "2+",
        },
        Setting {
            key: "contact_name",
            kind: SettingKind::Text,
            required: false,
            help: "who is named in the receipt for feedback that could not be read",
            example: "李测试",
        },
        Setting {
            key: "contact_phone",
            kind: SettingKind::Text,
            required: false,
            help: "telephone of that person",
            example: "010-00000000",
        },
        settings::account(
            false,
            "user name with which the bank calls the web service; required for a postbox line",
            "YH000001",
        ),
        settings::password(false, "password of that user; required for a postbox line"),
        Setting {
            key: "rare_names",
            kind: SettingKind::Choice(&["refuse", "gb18030"]),
            required: false,
            help: "on a postbox line, names with characters outside GBK: refuse the order, or send them in GB 18030",
            example: "refuse",
        },
        settings::public_url(
            "address of the web service as the bank reaches it, for its WSDL; else the address it was asked at",
            "https://ckw.example.cn/postbox/bank",
        ),
    ],
};

/// The bank, as configured.
#[derive(Debug, Clone)]
pub(crate) struct Bank {
    /// Its code.
    pub(crate) code: BankCode,
    /// Its name; may be empty.
    pub(crate) name: String,
    /// The generation that is written.
    pub(crate) generation: Generation,
    /// Who is named in failure receipts.
    pub(crate) contact_name: String,
    /// Telephone of that person.
    pub(crate) contact_phone: String,
    /// The web service, where the bank uses it.
    pub(crate) web_service: Option<WebServiceSettings>,
}

/// The web service for one bank, as configured. Who calls is compared by the gateway.
#[derive(Debug, Clone)]
pub(crate) struct WebServiceSettings {
    /// What becomes of characters outside GBK.
    pub(crate) rare_names: RareNames,
    /// Address as the bank reaches it; may be empty.
    pub(crate) public_url: String,
}

impl WebServiceSettings {
    /// Reads the settings: account and password go together, and without either there is no postbox.
    fn configured(settings: &Settings) -> Result<Option<Self>, SettingProblem> {
        let problem = "a postbox line needs `account` and `password`; give both, or neither";
        let calls = settings::has_credentials(settings, problem)?;
        Ok(calls.then(|| Self {
            rare_names: match settings.text("rare_names") {
                "gb18030" => RareNames::Gb18030,
                _ => RareNames::Refused,
            },
            public_url: settings.text("public_url").trim().to_owned(),
        }))
    }
}

impl Bank {
    /// Reads the settings.
    pub(crate) fn configured(settings: &Settings) -> Result<Self, Vec<SettingProblem>> {
        let code = settings.text("bank_code").parse().map_err(|error| {
            let problem = format!("{error}; ask the court's exchange administrator for the bank's 银行代码");
            SettingProblem::new("bank_code", problem)
        });
        let (code, web_service) = match (code, WebServiceSettings::configured(settings)) {
            (Ok(code), Ok(web_service)) => (code, web_service),
            (code, service) => return Err(code.err().into_iter().chain(service.err()).collect()),
        };
        Ok(Self {
            code,
            web_service,
            name: settings.text("bank_name").to_owned(),
            generation: Generation::named(settings.text("generation")),
            contact_name: settings.text("contact_name").to_owned(),
            contact_phone: settings.text("contact_phone").to_owned(),
        })
    }
}
