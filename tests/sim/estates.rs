//! Real estate in a registry's books, which is seized as a whole.

use std::collections::BTreeMap;

use chakong_contract::asset::{FoundAsset, MatchedBy, PropertyKind};
use chakong_contract::{Asset, Date, RealProperty};

/// A property with the seizures on it: the number of the order, and the last day.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    /// Which debtor's.
    pub owner: usize,
    pub seizures: Vec<(String, Date)>,
}

impl Estate {
    pub fn of(&mut self, number: &str) -> Option<&mut (String, Date)> {
        self.seizures.iter_mut().find(|(known, _)| known == number)
    }
}

/// What a query finds of a debtor.
pub fn shown(registry: &str, owner: usize, estates: &BTreeMap<String, Estate>) -> Vec<FoundAsset> {
    let own = estates.iter().filter(|(_, estate)| estate.owner == owner);
    own.map(|(certificate, _)| property(registry, certificate)).collect()
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
