//! The provincial platform's line (protocol section 3): we are the platform's side that hands applications out and takes
//! results. Queries only.

mod fed;
mod service;
mod visitor;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{
    ActionKind, Connector, Fault, FaultKind, LineKind, Manifest, Message, Order, Plugin, Postbox, Reading,
    Speaks,
};

use crate::manifest::{AMOUNT_UNIT, ASKING_BODY, IDENTITIES, QUERIES, amounts, asking_body};
use crate::wire::platform::{Application, Person};
use crate::wire::{AmountUnit, certificate_code};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: MANIFEST, build, sandbox: visitor::build }
}

const MANIFEST: Manifest = Manifest {
    id: "court-realty-platform",
    name_zh: "不动产登记机构（省级平台）",
    name_en: "Real-estate registries by the provincial platform",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Postbox],
    // More in one answer are refused (section 11.10, code 2007).
    largest_batch: 10,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        Setting {
            key: "account",
            kind: SettingKind::Text,
            required: true,
            help: "User name with which the county's centre asks for its token.",
            example: "county-990101",
        },
        Setting {
            key: "password",
            kind: SettingKind::Secret,
            required: true,
            help: "Password of that user.",
            example: "not-a-secret",
        },
        ASKING_BODY,
    ],
};

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    if settings.text("account").trim().is_empty() {
        problems.push(SettingProblem::new("account", "the name with which the centre calls is missing"));
    }
    fitting(settings.needed_secret("password"), &mut problems);
    match amounts {
        Some(amounts) if problems.is_empty() => {
            Ok(Arc::new(Platform { amounts, asking: asking_body(settings) }))
        }
        _ => Err(problems),
    }
}

/// The platform's side for one county.
#[derive(Debug, Clone)]
struct Platform {
    amounts: AmountUnit,
    /// Who is said to ask, section 11.11.
    asking: String,
}

impl Connector for Platform {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Postbox(self)
    }

    fn read(&self, message: &Message) -> Reading {
        fed::message(self, &message.bytes)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn can_express(&self, order: &Order) -> Result<(), Fault> {
        self.application(order).map(drop)
    }
}

impl Platform {
    /// The application of an order. Its number stands for the documents' as well: results are keyed by that.
    fn application(&self, order: &Order) -> Result<Application, Fault> {
        let unsupported = |detail| Fault::new(FaultKind::Unsupported, "write the application", detail);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let kind = certificate_code(&order.document)
            .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
        let number = order.number.to_string();
        let person = Person {
            qlrmc: order.name.to_string(),
            qlrzjh: order.document.number().to_owned(),
            qlrzjlx: kind.to_owned(),
            wsbh: number.clone(),
        };
        Ok(Application {
            cxsqdh: number,
            cxjgbs: self.asking.clone(),
            cxywlb: "bdc".to_owned(),
            cxfw: "1".to_owned(),
            cxywcs: vec![person],
        })
    }
}

/// A token: what the caller proved itself with, so that no list of tokens is kept. It is as secret as the password.
fn token_of(account: &str, password: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{account}\n{password}"))
}

/// Account and password of a token.
fn open_token(token: &str) -> Option<(String, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once('\n').map(|(account, password)| (account.to_owned(), password.to_owned()))
}
