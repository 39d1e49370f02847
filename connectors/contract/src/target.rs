//! What a control is about: the property, named as the counterpart named it in its answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asset::{AssetKind, PropertyKind};
use crate::id::{UnitNumber, Uscc, folded_number};
use crate::money::Money;
use crate::name::folded;

/// The property a control is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// Money in a bank account or in one of its sub-accounts, or the account as such.
    Account {
        /// Account number 开户账号.
        number: String,
        /// Sub-account 子账号, exactly as fed back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_account: Option<String>,
        /// Account class 账户类别 in the bank's words.
        #[serde(default)]
        class: String,
        /// Branch name 开户网点.
        #[serde(default)]
        branch: String,
        /// Branch code 开户网点代码.
        #[serde(default)]
        branch_code: String,
        /// The account as such 账户, so that nothing leaves it, and not an amount in it 账户下的资金.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        whole: bool,
    },
    /// A financial product 非存款类金融资产 that is held through an account.
    Product {
        /// Account number 开户账号.
        account: String,
        /// Product number 金融产品编号.
        number: String,
        /// Name 金融资产名称.
        #[serde(default)]
        name: String,
        /// Type 金融资产类型 in the bank's words.
        #[serde(default)]
        class: String,
        /// Unit of measure 计量单位, e.g. 份.
        #[serde(default)]
        unit: String,
        /// How many units are controlled, as decimal text; absent where the amount says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantity: Option<String>,
        /// How it is sold 产品销售种类 in the bank's words: 直销, 代销.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        sale: String,
        /// Region of the bank 地区号.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        region: String,
        /// Account that keeps the product 理财账号.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        wealth_account: String,
        /// Account that redemptions are paid to 资金回款账户.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        redemption_account: String,
    },
    /// A real property 不动产: always as a whole, without an amount.
    Property {
        /// What it is.
        property_kind: PropertyKind,
        /// Unit number 不动产单元号, when the registry sent a valid one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit_number: Option<UnitNumber>,
        /// Certificate number 不动产权证号.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        certificate: String,
        /// Location 坐落.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        location: String,
        /// The registry's business number of the right 业务号.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        business_number: String,
    },
    /// The party's stake in a company 股权、其他投资权益, by amount, share or number of shares.
    Equity {
        /// The company's name.
        company: String,
        /// The company's unified social credit code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        company_code: Option<Uscc>,
        /// The company's registration number 注册号, where it has no valid code.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        registration_number: String,
        /// Subscribed capital that is controlled 认缴出资额.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscribed: Option<Money>,
        /// Share of the capital in percent, as decimal text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        percent: Option<String>,
        /// Number of shares, as decimal text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shares: Option<String>,
    },
}

impl Target {
    /// The kind of asset it is. A product belongs to its account.
    pub const fn asset_kind(&self) -> AssetKind {
        match self {
            Self::Account { .. } | Self::Product { .. } => AssetKind::Account,
            Self::Property { .. } => AssetKind::Property,
            Self::Equity { .. } => AssetKind::Equity,
        }
    }

    /// Longest term of a measure, in days: deposits one year (民诉法解释 art. 485), everything else here three years
    /// (real estate and other rights, same article).
    pub const fn longest_term_days(&self) -> u16 {
        match self {
            Self::Account { .. } => 365,
            Self::Product { .. } | Self::Property { .. } | Self::Equity { .. } => 1095,
        }
    }

    /// What makes two lines of the ledger about the same property of one institution: only one of them may be asked. Blanks,
    /// dashes and brackets make no other property. The text holds account and unit numbers: personal data.
    pub fn identity(&self) -> String {
        match self {
            Self::Account { number, sub_account, .. } => {
                let sub_account = sub_account.as_deref().unwrap_or_default();
                format!("account|{}|{}", folded_number(number), folded_number(sub_account))
            }
            Self::Product { account, number, wealth_account, .. } => {
                let (account, number) = (folded_number(account), folded_number(number));
                format!("product|{account}|{number}|{}", folded_number(wealth_account))
            }
            Self::Property { unit_number: Some(unit), .. } => format!("property|{unit}"),
            Self::Property { certificate, location, .. } => {
                format!("property|{}|{}", folded(certificate), folded(location))
            }
            Self::Equity { company_code: Some(code), .. } => format!("equity|{code}"),
            Self::Equity { company, registration_number, .. } => {
                format!("equity|{}|{}", folded_number(registration_number), folded(company))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_an_older_version_is_read_and_written_back_without_new_fields() {
        let text = r#"{"kind":"account","number":"1","class":"","branch":"","branch_code":""}"#;
        let target: Target = serde_json::from_str(text).expect("a target");
        assert_eq!(serde_json::to_string(&target).expect("serialises"), text);
        assert_eq!(target.asset_kind(), AssetKind::Account);
    }

    #[test]
    fn spellings_of_numbers_make_no_other_property() {
        let account = |number: &str, sub: Option<&str>| Target::Account {
            number: number.to_owned(),
            sub_account: sub.map(str::to_owned),
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        };
        let same = |one: &Target, other: &Target| one.identity() == other.identity();
        assert!(same(&account("4000-0200 11", None), &account("4000020011", None)));
        assert!(same(&account("4000020011", Some("00 003")), &account("4000020011", Some("00003"))));
        assert!(!same(&account("4000020011", Some("00003")), &account("4000020011", None)));
        assert!(!same(&account("4000020011", None), &account("4000020012", None)));
    }

    #[test]
    fn the_same_unit_is_the_same_property_whatever_the_certificate() {
        let property = |certificate: &str| Target::Property {
            property_kind: PropertyKind::Building,
            unit_number: "000000001002GB00123F00010008".parse().ok(),
            certificate: certificate.to_owned(),
            location: String::new(),
            business_number: String::new(),
        };
        let unit: Option<UnitNumber> = "000000001002GB00123F00010008".parse().ok();
        assert_eq!(property("a").identity() == property("b").identity(), unit.is_some());
        assert!(unit.is_some(), "the example must be a valid unit number");
    }
}
