use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::encumbrance::Encumbrance;
use super::equity_freeze::EquityFreeze;
use crate::date::Date;
use crate::id::{Lei, OrgCode, UnverifiedUscc, Uscc};
use crate::money::Money;

/// Facts of a company's registration 企业登记信息.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Company {
    /// Current name.
    pub name: String,
    /// Former names 曾用名.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<String>,
    /// Unified social credit code, when the source gave a valid one.
    pub code: Option<Uscc>,
    /// The code as the source tells it, where it has the right form and its check fails: some registers issued such codes.
    /// Nothing but this source says that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified_code: Option<UnverifiedUscc>,
    /// Organisation code, when the source gave a valid one.
    pub org_code: Option<OrgCode>,
    /// Legal entity identifier, when the source gave a valid one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lei: Option<Lei>,
    /// Under whose law it stands, in the source's words (`CN`, `US-DE`, `england-wales`); empty where not stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub jurisdiction: String,
    /// Registration number 注册号.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
    /// Status in our vocabulary; null when the source's word is not known.
    pub status: Option<CompanyStatus>,
    /// Status in the source's words.
    pub status_text: String,
    /// Legal representative 法定代表人.
    pub legal_representative: String,
    /// Company type in the source's words.
    pub company_type: String,
    /// Registered capital 注册资本.
    pub registered_capital: Option<Money>,
    /// Registered capital in the source's words.
    pub registered_capital_text: String,
    /// Paid-in capital 实收资本.
    pub paid_capital: Option<Money>,
    /// Established on.
    pub established: Option<Date>,
    /// Term from.
    pub term_from: Option<Date>,
    /// Term until; null for no end.
    pub term_until: Option<Date>,
    /// Registration authority 登记机关.
    pub authority: String,
    /// Registered address 住所.
    pub address: String,
    /// Scope of business 经营范围.
    pub scope: String,
    /// Shareholders 股东.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shareholders: Vec<Shareholder>,
    /// Change records 变更记录, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeRecord>,
    /// Branches 分支机构.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Branch>,
    /// Companies that consolidate this one, or why none is reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Parent>,
    /// Companies that this one consolidates in its accounts, where the source lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subsidiaries: Vec<Subsidiary>,
    /// Freezes of shares in this company 司法协助, those that have ended too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<EquityFreeze>,
    /// What stands: equity freezes that concern shares in this company, and charges on its property.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encumbrances: Vec<Encumbrance>,
}

impl Company {
    /// Everything by which it can be told from others, the strongest first: its numbers, or where it has none its name.
    pub(super) fn keys(&self) -> Vec<String> {
        let numbers = [
            self.code.as_ref().map(ToString::to_string),
            self.lei.as_ref().map(ToString::to_string),
            self.unverified_code.as_ref().map(ToString::to_string),
            self.register_key(),
        ];
        let keys: Vec<String> = numbers.into_iter().flatten().collect();
        if keys.is_empty() { vec![crate::name::folded(&self.name)] } else { keys }
    }

    /// Whether both state a number that has a check digit, and not the same.
    pub(super) fn is_another_than(&self, other: &Self) -> bool {
        self.code.as_ref().zip(other.code.as_ref()).is_some_and(|(one, other)| one != other)
            || self.lei.as_ref().zip(other.lei.as_ref()).is_some_and(|(one, other)| one != other)
    }

    /// Register and number, for comparison: the same company in two sources that write register and number in forms of
    /// their own. `None` where no number is stated.
    pub fn register_key(&self) -> Option<String> {
        super::register::key(&self.jurisdiction, &self.registration_number)
    }
}

/// Status of a company, one vocabulary for every source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompanyStatus {
    /// 存续、在业、开业
    Active,
    /// 注销
    Deregistered,
    /// 吊销，未注销
    Revoked,
    /// 吊销，已注销
    RevokedAndDeregistered,
    /// 撤销
    Cancelled,
    /// 迁出
    MovedOut,
    /// 停业、歇业
    Suspended,
    /// 清算
    Liquidating,
}

/// A branch 分支机构.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Branch {
    /// Name.
    pub name: String,
    /// Unified social credit code, when the source gave a valid one.
    pub code: Option<Uscc>,
    /// Registration number, where the source gives no valid code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
    /// Status in our vocabulary; null when not stated or not known.
    pub status: Option<CompanyStatus>,
    /// Status in the source's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_text: String,
    /// Who is responsible for it 负责人.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub responsible: String,
}

/// A company that consolidates another in its accounts, or why none is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parent {
    /// Which parent.
    pub level: ParentLevel,
    /// Name; empty when none is reported.
    pub name: String,
    /// Its legal entity identifier.
    pub lei: Option<Lei>,
    /// State of the relationship, or the reason why none is reported, in the source's words.
    pub words: String,
}

/// A company that another consolidates in its accounts: that one owns it, wholly or in part, in a way that the source does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subsidiary {
    /// Name.
    pub name: String,
    /// Its legal entity identifier, when the source gave a valid one.
    pub lei: Option<Lei>,
    /// Under whose law it stands, in the source's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub jurisdiction: String,
    /// Registration number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
}

/// Levels of parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParentLevel {
    /// The next one up.
    Direct,
    /// The last one up.
    Ultimate,
}

/// A shareholder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shareholder {
    /// Name.
    pub name: String,
    /// Whether it is a company; null when the source does not say.
    pub is_company: Option<bool>,
    /// Share in percent, as decimal text.
    pub percent: Option<String>,
    /// Subscribed capital 认缴.
    pub subscribed: Option<Money>,
    /// Paid capital 实缴.
    pub paid: Option<Money>,
    /// The number of a holder that is a company in its own register, where stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
    /// Kinds of control in the source's words, such as bands of shares, where it states no exact share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub control: Vec<String>,
}

/// A change of the registration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ChangeRecord {
    /// Date of the change.
    pub date: Option<Date>,
    /// What changed, in the source's words.
    pub item: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}
