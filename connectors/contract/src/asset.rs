//! The asset model 财产: what a counterpart says a party owns, the same whatever the source.

mod account;
mod closed_status;
mod company;
mod doubt;
mod encumbrance;
mod equity;
mod equity_freeze;
mod property;
mod register;
mod vehicle;

pub use account::{Account, Product, SubAccount, Transaction};
pub use company::{
    Branch, ChangeRecord, Company, CompanyStatus, Parent, ParentLevel, Shareholder, Subsidiary,
};
pub use doubt::{Doubt, DoubtAbout, DoubtKind};
pub use encumbrance::{Encumbrance, EncumbranceKind, Rank};
pub use equity::EquityStake;
pub use equity_freeze::{EquityFreeze, EquityFreezeState};
pub use property::{AreaUnit, CoOwnership, Holder, NumberForm, PropertyKind, RealProperty, UnreliableValue};
pub use register::registration_key;
pub use vehicle::Vehicle;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::folded_number;
use crate::money::Currency;
use crate::name::folded;

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
    /// 机动车
    Vehicle(Vehicle),
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
    Vehicle,
}

impl Asset {
    /// The kind.
    pub const fn kind(&self) -> AssetKind {
        match self {
            Self::Account(_) => AssetKind::Account,
            Self::Property(_) => AssetKind::Property,
            Self::Equity(_) => AssetKind::Equity,
            Self::Company(_) => AssetKind::Company,
            Self::Vehicle(_) => AssetKind::Vehicle,
        }
    }

    /// What makes two reports the same asset: the same account reported over two lines is one asset with two sources, and one number in
    /// two currencies is two. Two companies of one name are two where either states a number.
    /// The text holds account and unit numbers: personal data, to be hashed before it is stored in an index.
    pub fn identity(&self) -> String {
        self.identities().into_iter().next().unwrap_or_default()
    }

    /// Every text that can stand for the asset as [`Self::identity`] does, the strongest first: a company has a number in each
    /// register that knows it. See [`Self::is_another_than`].
    pub fn identities(&self) -> Vec<String> {
        vec![match self {
            Self::Account(account) => {
                let foreign = account.currency.filter(|currency| *currency != Currency::CNY);
                let foreign = foreign.map(|currency| format!("|{currency}")).unwrap_or_default();
                format!("account|{}|{}{foreign}", account.institution_code, folded_number(&account.number))
            }
            Self::Property(property) => property.identity(),
            Self::Equity(stake) => format!("equity|{}|{}", stake.company_key(), folded(&stake.holder)),
            Self::Company(company) => {
                return company.keys().into_iter().map(|key| format!("company|{key}")).collect();
            }
            Self::Vehicle(vehicle) => format!("vehicle|{}", vehicle.key()),
        }]
    }

    /// Whether two reports cannot be of one asset, though an identity of theirs is the same: companies with two codes.
    pub fn is_another_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Company(one), Self::Company(other)) => one.is_another_than(other),
            _ => false,
        }
    }
}

/// How the counterpart matched the party, closest first. A name-only match is a candidate that no control may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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

impl MatchedBy {
    /// The weaker of two matches of one asset. What rests on the name alone does so, whatever is not said beside it.
    pub fn or_weaker(self, other: Self) -> Self {
        let weakness = |of: Self| match of {
            Self::NameAndNumber => 0,
            Self::Number => 1,
            Self::Unstated => 2,
            Self::NameOnly => 3,
        };
        if weakness(other) > weakness(self) { other } else { self }
    }

    /// How a record matches the party: `same_number` is null where the record states no number that can be compared. `None`
    /// for a record that is not the party's: one with another number is another's, whatever its name.
    pub const fn of(same_number: Option<bool>, same_name: bool) -> Option<Self> {
        match (same_number, same_name) {
            (Some(true), true) => Some(Self::NameAndNumber),
            (Some(true), false) => Some(Self::Number),
            (None, true) => Some(Self::NameOnly),
            _ => None,
        }
    }
}

/// An asset as found, with how the party was matched and values whose meaning is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundAsset {
    /// The asset.
    pub asset: Asset,
    /// How the party was matched.
    pub matched_by: MatchedBy,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An asset of a kind with every optional field absent.
    fn bare(kind: AssetKind) -> Asset {
        let text = match kind {
            AssetKind::Account => {
                r#"{"kind":"account","institution":"","institution_code":"","number":"1","class":"","status":"",
                    "branch":"","branch_code":"","currency":null,"balance":null,"available":null,"opened":null,"closed":null}"#
            }
            AssetKind::Property => {
                r#"{"kind":"property","property_kind":"building","unit_number":null,"certificates":[],"location":"",
                    "holders":[],"area":null,"area_unit":null,"usage":"","right_nature":"","registered":null,"registry":""}"#
            }
            AssetKind::Equity => {
                r#"{"kind":"equity","holder":"","company":"","company_code":null,"percent":null,"subscribed":null,
                    "paid":null,"since":null}"#
            }
            AssetKind::Vehicle => r#"{"kind":"vehicle","plate":"","registered":null}"#,
            AssetKind::Company => {
                r#"{"kind":"company","name":"","code":null,"org_code":null,"status":null,"status_text":"",
                    "legal_representative":"","company_type":"","registered_capital":null,"registered_capital_text":"",
                    "paid_capital":null,"established":null,"term_from":null,"term_until":null,"authority":"","address":"",
                    "scope":""}"#
            }
        };
        serde_json::from_str(text).expect("an asset")
    }

    #[test]
    fn another_number_is_another_party_and_the_closest_match_is_the_least() {
        assert_eq!(MatchedBy::of(Some(false), true), None);
        assert_eq!(MatchedBy::of(None, false), None);
        assert_eq!(MatchedBy::of(None, true), Some(MatchedBy::NameOnly));
        assert!(MatchedBy::NameAndNumber < MatchedBy::Number && MatchedBy::Number < MatchedBy::NameOnly);
    }

    #[test]
    fn two_companies_of_one_name_are_two_and_one_in_two_registers_is_one() {
        let company = |number: &str, jurisdiction: &str| {
            let (name, number) = ("EXAMPLE TRADING LIMITED".to_owned(), number.to_owned());
            let jurisdiction = jurisdiction.to_owned();
            Asset::Company(Company { name, registration_number: number, jurisdiction, ..Company::default() })
        };
        let same = |one: &Asset, other: &Asset| one.identity() == other.identity();
        assert!(!same(&company("07000001", "england-wales"), &company("07000002", "england-wales")));
        assert!(same(&company("07000001", "england-wales"), &company("7000001", "GB")));
        assert!(same(&company("SC-123456", "GB-SCT"), &company("SC123456", "scotland")));
        assert!(!same(&company("07000001", "US-DE"), &company("07000001", "US-NV")));
        assert!(same(&company("", ""), &company("", "")));
        let told = |code: &str| match company("07000001", "GB") {
            Asset::Company(one) => Asset::Company(Company { lei: code.parse().ok(), ..one }),
            other => other,
        };
        let (one, other) = (told("9999EXAMPLE000000123"), told("9999EXAMPLE000000220"));
        let in_register = company("7000001", "england-wales").identity();
        assert!(one.identities().contains(&in_register), "one company in two registers");
        assert!(one.is_another_than(&other) && !one.is_another_than(&company("07000001", "GB")));
        let stake = |number: &str| {
            let (company, registration_number) = ("示例甲公司".to_owned(), number.to_owned());
            Asset::Equity(EquityStake { company, registration_number, ..EquityStake::default() })
        };
        assert!(!same(&stake("000000000000017"), &stake("000000000000025")));
    }

    #[test]
    fn an_account_that_is_said_to_be_closed_and_has_money_needs_an_officer() {
        let yuan = |amount: i64| Some(crate::money::Money::yuan(amount.into()));
        let with = |status: &str, available: Option<i64>, balance: i64| match bare(AssetKind::Account) {
            Asset::Account(account) => Account {
                status: status.to_owned(),
                available: available.and_then(yuan),
                balance: yuan(balance),
                ..account
            },
            other => panic!("{other:?}"),
        };
        assert!(with("已销户", Some(1), 1).needs_an_officer());
        assert!(with("结清", None, 7).needs_an_officer(), "what is available is not stated");
        assert!(!with("已销户", Some(0), 7).needs_an_officer());
        assert!(
            !with("不得销户", Some(1), 1).needs_an_officer() && !with("正常", Some(1), 1).needs_an_officer()
        );
        let sub = SubAccount {
            number: "1".to_owned(),
            class: String::new(),
            balance: None,
            available: yuan(3),
            remark: String::new(),
        };
        let below = Account { sub_accounts: vec![sub], ..with("销户", Some(0), 0) };
        assert!(below.needs_an_officer(), "money of a sub-account");
    }

    #[test]
    fn an_account_in_two_spellings_is_one() {
        let account = |number: &str| match bare(AssetKind::Account) {
            Asset::Account(account) => Asset::Account(Account { number: number.to_owned(), ..account }),
            other => other,
        };
        assert_eq!(account("4000-0200 11").identity(), account("4000020011").identity());
        assert_ne!(account("4000020011").identity(), account("4000020012").identity());
        let in_dollars = |number: &str| match account(number) {
            Asset::Account(account) => Asset::Account(Account { currency: "USD".parse().ok(), ..account }),
            other => other,
        };
        assert_ne!(
            account("4000020011").identity(),
            in_dollars("4000020011").identity(),
            "money of two kinds"
        );
        assert_eq!(in_dollars("4000 020011").identity(), in_dollars("4000020011").identity());
    }

    #[test]
    fn every_kind_comes_back_from_json_as_it_was() {
        for kind in [
            AssetKind::Account,
            AssetKind::Property,
            AssetKind::Equity,
            AssetKind::Company,
            AssetKind::Vehicle,
        ] {
            let asset = bare(kind);
            assert_eq!(asset.kind(), kind);
            let text = serde_json::to_string(&asset).expect("serialises");
            assert_eq!(serde_json::from_str::<Asset>(&text).expect(&text), asset);
        }
    }
}
