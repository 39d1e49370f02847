//! What the connector declares.

use chakong_contract::asset::AssetKind;
use chakong_contract::id::BankCode;
use chakong_contract::manifest::SettingKind;
use chakong_contract::{
    ActionKind, Capability, DocumentKind, LineKind, Manifest, Setting, SettingProblem, Settings,
};

use crate::wire::code;

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
            action: ActionKind::Release,
            documents: &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice],
        },
    ],
    identities: code::IDENTITIES,
    lines: &[LineKind::Parcel],
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
    ],
};

/// The bank, as configured.
#[derive(Debug, Clone)]
pub(crate) struct Bank {
    /// Its code.
    pub(crate) code: BankCode,
    /// Its name; may be empty.
    pub(crate) name: String,
    /// Who is named in failure receipts.
    pub(crate) contact_name: String,
    /// Telephone of that person.
    pub(crate) contact_phone: String,
}

impl Bank {
    /// Reads the settings.
    pub(crate) fn configured(settings: &Settings) -> Result<Self, Vec<SettingProblem>> {
        let code = settings.text("bank_code").parse().map_err(|error| {
            let problem = format!("{error}; ask the court's exchange administrator for the bank's 银行代码");
            vec![SettingProblem { key: "bank_code".to_owned(), problem }]
        })?;
        Ok(Self {
            code,
            name: settings.text("bank_name").to_owned(),
            contact_name: settings.text("contact_name").to_owned(),
            contact_phone: settings.text("contact_phone").to_owned(),
        })
    }
}
