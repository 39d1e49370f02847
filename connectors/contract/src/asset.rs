//! The asset model 财产: what a counterpart says a party owns, the same whatever the source.

mod account;
mod company;
mod encumbrance;
mod equity;
mod property;

pub use account::{Account, Product, SubAccount, Transaction};
pub use company::{ChangeRecord, Company, CompanyStatus, Shareholder};
pub use encumbrance::{Encumbrance, EncumbranceKind, Rank};
pub use equity::EquityStake;
pub use property::{AreaUnit, CoOwnership, Holder, PropertyKind, RealProperty};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asset {
    /// 银行账户
    Account(Account),
    /// 不动产
    Property(RealProperty),
    /// 股权、其他投资权益
    Equity(EquityStake),
    /// 企业登记信息: facts about the company itself
    Company(Company),
}

/// Kinds of assets, for manifests and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented on Asset")]
pub enum AssetKind {
    Account,
    Property,
    Equity,
    Company,
}

impl Asset {
    /// The kind.
    pub const fn kind(&self) -> AssetKind {
        match self {
            Self::Account(_) => AssetKind::Account,
            Self::Property(_) => AssetKind::Property,
            Self::Equity(_) => AssetKind::Equity,
            Self::Company(_) => AssetKind::Company,
        }
    }

    /// What makes two reports the same asset: the same account reported over two lines is one asset with two sources.
    /// The text holds account and unit numbers: personal data, to be hashed before it is stored in an index.
    pub fn identity(&self) -> String {
        match self {
            Self::Account(account) => format!("account|{}|{}", account.institution_code, account.number),
            Self::Property(property) => property.identity(),
            Self::Equity(stake) => format!("equity|{}|{}", stake.company_key(), stake.holder),
            Self::Company(company) => format!("company|{}", company.key()),
        }
    }
}

/// How the counterpart matched the party. A name-only match is a candidate that no control may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// Name and document number agree.
    NameAndNumber,
    /// Only the document number agrees (the name differs in spelling or is former).
    Number,
    /// Only the name agrees.
    NameOnly,
    /// The counterpart does not say.
    Unstated,
}

/// An asset as found, with how the party was matched and values whose meaning is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundAsset {
    /// The asset.
    pub asset: Asset,
    /// How the party was matched.
    pub matched_by: MatchedBy,
}
