//! Who holds what, as a script says it.

use chakong_toolkit::script::derived;
use serde::Deserialize;

/// A holder. A person listed under the old 15-digit number is found by that number only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) properties: Vec<Property>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Property {
    /// `building` by default; `land_use`, `land_ownership`, `sea`, `structure`, `forest`, `farmland`.
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) certificate: String,
    pub(crate) location: String,
    pub(crate) area: String,
    /// Code or text.
    pub(crate) usage: String,
    pub(crate) share: String,
    /// Code or text of the form of co-ownership; sole by default.
    pub(crate) co_ownership: String,
    pub(crate) co_holders: Vec<CoHolder>,
    /// There is no title yet, only burdens: a home that is not built.
    pub(crate) untitled: bool,
    pub(crate) registered: String,
    pub(crate) mortgages: Vec<Mortgage>,
    pub(crate) seizures: Vec<Seizure>,
    pub(crate) objections: Vec<Objection>,
    pub(crate) prenotices: Vec<Prenotice>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CoHolder {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) share: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mortgage {
    pub(crate) mortgagee: String,
    /// In yuan; written in the registry's unit.
    pub(crate) amount: u64,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) certificate: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seizure {
    /// The registry's number; may be none.
    pub(crate) id: String,
    pub(crate) authority: String,
    pub(crate) document: String,
    /// Code or text: 1 查封, 2 轮候查封, 3 预查封, 4 轮候预查封, 5 续封.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) registered: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Objection {
    pub(crate) by: String,
    pub(crate) matter: String,
    pub(crate) registered: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Prenotice {
    /// Code or text: 1 预售商品房买卖 …
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) obligor: String,
    pub(crate) certificate: String,
    pub(crate) registered: String,
}

/// Anybody not listed holds something as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Everyone {
    pub(crate) properties: u32,
    pub(crate) mortgaged: bool,
    pub(crate) seized: bool,
}

/// Digits of the old identity number, under which nobody is made up: the same person would own twice.
pub(super) const OLD_NUMBER: usize = 15;

impl Everyone {
    /// What the party of a number owns, derived from it, the same each time.
    pub(crate) fn properties_of(&self, number: &str) -> Option<Vec<Property>> {
        if number.len() == OLD_NUMBER {
            return None;
        }
        let hash = derived(number);
        Some((1..=u64::from(self.properties.min(1_000))).map(|at| self.property(hash, at)).collect())
    }

    fn property(&self, hash: u64, at: u64) -> Property {
        let (building, serial) = (hash % 10_000, hash / 10_000 % 10_000_000);
        let mortgage = Mortgage {
            mortgagee: "示例银行股份有限公司".to_owned(),
            amount: 100_000 + hash % 1_000 * 1_000,
            from: "2020/01/01".to_owned(),
            until: "2040/01/01".to_owned(),
            certificate: format!("示(2020)示例市不动产证明第{serial:07}号"),
        };
        let seizure = Seizure {
            id: String::new(),
            authority: "示例市另区人民法院".to_owned(),
            document: "（2024）示0102执7号".to_owned(),
            kind: "1".to_owned(),
            from: "2024/03/01".to_owned(),
            until: "2027/02/28".to_owned(),
            registered: "2024/03/01".to_owned(),
        };
        Property {
            unit: format!("000000001002GB{:05}F{building:04}{at:04}", hash / 7 % 100_000),
            certificate: format!("示(2020)示例市不动产权第{:07}号", (serial + at) % 10_000_000),
            location: format!("示例市示例区示例路{building}号{at}室"),
            area: format!("{}.50", 40 + hash % 100),
            usage: "11".to_owned(),
            registered: "2020/01/01".to_owned(),
            mortgages: if self.mortgaged { vec![mortgage] } else { Vec::new() },
            seizures: if self.seized { vec![seizure] } else { Vec::new() },
            ..Property::default()
        }
    }
}
