//! What is seized as a whole: real estate in a registry's books, and stakes in a regulator's, of which a part can be frozen.

use std::collections::BTreeMap;

use chakong_contract::asset::{FoundAsset, MatchedBy, PropertyKind};
use chakong_contract::{Asset, Date, EquityStake, Money, RealProperty};
use rust_decimal::Decimal;

/// A seizure in the books.
#[derive(Debug, Clone)]
pub struct Seizure {
    /// The number of our order.
    pub number: String,
    pub until: Date,
    /// How much of a stake's subscribed capital, in yuan.
    pub capital: Decimal,
}

/// A property, or a stake in a company, with the seizures on it.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    /// Which debtor's.
    pub owner: usize,
    /// A stake's subscribed capital; `None` for real estate.
    pub subscribed: Option<Decimal>,
    pub seizures: Vec<Seizure>,
}

impl Estate {
    pub fn of(&mut self, number: &str) -> Option<&mut Seizure> {
        self.seizures.iter_mut().find(|known| known.number == number)
    }
}

/// What a query finds of a debtor.
pub fn shown(registry: &str, owner: usize, estates: &BTreeMap<String, Estate>) -> Vec<FoundAsset> {
    let own = estates.iter().filter(|(_, estate)| estate.owner == owner);
    own.map(|(name, estate)| match estate.subscribed {
        Some(subscribed) => stake(name, subscribed),
        None => property(registry, name),
    })
    .collect()
}

fn stake(company: &str, subscribed: Decimal) -> FoundAsset {
    let stake = EquityStake {
        company: company.to_owned(),
        percent: Some("40".to_owned()),
        subscribed: Some(Money::yuan(subscribed)),
        ..EquityStake::default()
    };
    FoundAsset { asset: Asset::Equity(stake), matched_by: MatchedBy::Number }
}

fn property(registry: &str, certificate: &str) -> FoundAsset {
    let property = RealProperty {
        kind: PropertyKind::Building,
        unit_number: None,
        unit: None,
        unit_number_text: String::new(),
        certificates: vec![certificate.to_owned()],
        location: "某某市测试路1号".to_owned(),
        holders: Vec::new(),
        matched_number: None,
        area: None,
        area_unit: None,
        usage: "住宅".to_owned(),
        right_nature: String::new(),
        registered: None,
        registry: registry.to_owned(),
        business_number: String::new(),
        encumbrances: Vec::new(),
        remark: String::new(),
        unreliable: Vec::new(),
    };
    FoundAsset { asset: Asset::Property(property), matched_by: MatchedBy::Number }
}
