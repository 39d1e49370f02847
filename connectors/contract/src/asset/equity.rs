use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::company::CompanyStatus;
use super::encumbrance::Encumbrance;
use super::equity_freeze::EquityFreeze;
use crate::date::Date;
use crate::id::{UnverifiedUscc, Uscc};
use crate::money::Money;

/// A stake in a company 股权、其他投资权益.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EquityStake {
    /// Who holds it.
    pub holder: String,
    /// The company's name.
    pub company: String,
    /// The company's code, when the source gave a valid one.
    pub company_code: Option<Uscc>,
    /// The company's code as the source tells it, where it has the right form and its check fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified_company_code: Option<UnverifiedUscc>,
    /// The company's registration number 注册号, where it has no valid code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
    /// The company's status in our vocabulary; null when not stated or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CompanyStatus>,
    /// The company's status in the source's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_text: String,
    /// Share of the capital in percent, as decimal text.
    pub percent: Option<String>,
    /// Number of shares, as decimal text, where it is counted in shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<String>,
    /// Subscribed capital 认缴.
    pub subscribed: Option<Money>,
    /// Paid capital 实缴.
    pub paid: Option<Money>,
    /// As of.
    pub since: Option<Date>,
    /// Freezes of the stake as the public record has them, those that have ended too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<EquityFreeze>,
    /// Freezes and pledges that stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encumbrances: Vec<Encumbrance>,
}

impl EquityStake {
    pub(super) fn company_key(&self) -> String {
        let code = self.company_code.as_ref().map(ToString::to_string);
        let code = code.or_else(|| self.unverified_company_code.as_ref().map(ToString::to_string));
        let number = || super::register::key("", &self.registration_number);
        code.or_else(number).unwrap_or_else(|| crate::name::folded(&self.company))
    }
}
