use std::collections::BTreeMap;

use chakong_contract::asset::AssetKind;
use chakong_contract::money::Currency;
use rust_decimal::Decimal;
use serde::Deserialize;

/// Where a field's value comes from: a JSON pointer into the entry, or more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Field {
    At(String),
    Full(Full),
}

/// A field in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Full {
    /// JSON pointer into the entry.
    pub(crate) at: Option<String>,
    /// A text that is always the same.
    pub(crate) text: Option<String>,
    /// What codes mean; one that is not listed is kept and counted.
    pub(crate) codes: BTreeMap<String, String>,
    /// What an amount is multiplied with.
    pub(crate) factor: Option<Decimal>,
    /// Currency of an amount.
    pub(crate) currency: Option<Currency>,
}

impl Field {
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::At(at) => is_pointer(at),
            Self::Full(Full { at: Some(at), text: None, .. }) => is_pointer(at),
            Self::Full(Full { at: None, text: Some(_), .. }) => Ok(()),
            Self::Full(_) => Err("give either at or text".to_owned()),
        }
    }
}

/// Types of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldType {
    Text,
    Date,
    Money,
    Currency,
}

/// The fields of an asset that a description can fill; `None` for a kind that it cannot make.
pub(crate) const fn fields_of(kind: AssetKind) -> Option<&'static [(&'static str, FieldType)]> {
    use FieldType::{Date, Money, Text};
    match kind {
        AssetKind::Account => Some(&[
            ("institution", Text),
            ("institution_code", Text),
            ("number", Text),
            ("class", Text),
            ("status", Text),
            ("branch", Text),
            ("branch_code", Text),
            ("linked_account", Text),
            ("remark", Text),
            ("currency", FieldType::Currency),
            ("balance", Money),
            ("available", Money),
            ("opened", Date),
            ("closed", Date),
        ]),
        AssetKind::Vehicle => Some(&[
            ("plate", Text),
            ("vin", Text),
            ("model", Text),
            ("class", Text),
            ("owner", Text),
            ("status", Text),
            ("registry", Text),
            ("registered", Date),
        ]),
        AssetKind::Property | AssetKind::Equity | AssetKind::Company => None,
    }
}

pub(super) fn is_pointer(text: &str) -> Result<(), String> {
    if text.starts_with('/') { Ok(()) } else { Err(format!("`{text}` is no JSON pointer: it begins with /")) }
}
