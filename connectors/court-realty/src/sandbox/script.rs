use chakong_contract::sandbox::CallFault;
use serde::Deserialize;

use crate::wire::Query;

/// The script of the simulated registry. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    pub(super) delay_ms: u64,
    pub(super) holders: Vec<Holder>,
    pub(super) everyone: Option<Everyone>,
    /// As registries do whose answer has no rows of holders.
    pub(super) without_holder_rows: bool,
    pub(super) faults: Vec<CallFault>,
}

/// A holder. A person listed under the old 15-digit number is found by that number only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Property {
    /// `building` by default; `land_use`, `land_ownership`, `sea`, `structure`, `forest`, `farmland`.
    pub(super) kind: String,
    pub(super) unit: String,
    pub(super) certificate: String,
    pub(super) location: String,
    pub(super) area: String,
    /// Code or text.
    pub(super) usage: String,
    pub(super) share: String,
    /// Code or text of the form of co-ownership; sole by default.
    pub(super) co_ownership: String,
    pub(super) co_holders: Vec<CoHolder>,
    pub(super) registered: String,
    pub(super) mortgages: Vec<Mortgage>,
    pub(super) seizures: Vec<Seizure>,
    pub(super) objections: Vec<Objection>,
    pub(super) prenotices: Vec<Prenotice>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CoHolder {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) share: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Mortgage {
    pub(super) mortgagee: String,
    /// In yuan; written in the registry's unit.
    pub(super) amount: u64,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) certificate: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Seizure {
    pub(super) authority: String,
    pub(super) document: String,
    /// Code or text: 1 查封, 2 轮候查封, 3 预查封, 4 轮候预查封, 5 续封.
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) registered: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Objection {
    pub(super) by: String,
    pub(super) matter: String,
    pub(super) registered: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Prenotice {
    /// Code or text: 1 预售商品房买卖 …
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) obligor: String,
    pub(super) certificate: String,
    pub(super) registered: String,
}

/// Anybody not listed holds something as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) properties: u32,
    pub(super) mortgaged: bool,
    pub(super) seized: bool,
}

/// Digits of the old identity number, under which nobody is made up: the same person would own twice.
const OLD_NUMBER: usize = 15;

impl Everyone {
    /// What the party owns, derived from its number, the same each time.
    pub(super) fn holder(&self, query: &Query) -> Option<Holder> {
        if query.zjh.len() == OLD_NUMBER {
            return None;
        }
        let hash = query.zjh.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let properties =
            (1..=u64::from(self.properties.min(1_000))).map(|at| self.property(hash, at)).collect();
        Some(Holder { name: query.qlrmc.clone(), number: query.zjh.clone(), properties })
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
