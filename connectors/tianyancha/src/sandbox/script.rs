use chakong_contract::sandbox::CallFault;
use serde::Deserialize;

/// The script of the simulated vendor. `README.md` shows one in full.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct Script {
    pub(super) delay_ms: u64,
    pub(super) companies: Vec<Company>,
    pub(super) everyone: Option<Everyone>,
    pub(super) faults: Vec<CallFault>,
}

/// A company.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Company {
    pub(super) name: String,
    /// Credit code.
    pub(super) code: String,
    pub(super) registration_number: String,
    pub(super) former_names: Vec<String>,
    pub(super) legal_representative: String,
    pub(super) status: String,
    pub(super) capital: String,
    pub(super) paid_capital: String,
    /// Dates are `yyyy-MM-dd`.
    pub(super) established: String,
    pub(super) term_until: String,
    pub(super) address: String,
    pub(super) shareholders: Vec<Shareholder>,
    pub(super) changes: Vec<Change>,
    pub(super) freezes: Vec<Freeze>,
    pub(super) investments: Vec<Investment>,
    pub(super) branches: Vec<Branch>,
    /// Names of the past that only the history knows.
    pub(super) history_names: Vec<String>,
    /// Registered capital of the past.
    pub(super) history_capital: Vec<String>,
}

/// A stake in another company.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Investment {
    pub(super) name: String,
    pub(super) code: String,
    /// A number.
    pub(super) amount: String,
    /// `万人民币` by default.
    pub(super) unit: String,
    pub(super) percent: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Branch {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) responsible: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Shareholder {
    pub(super) name: String,
    pub(super) company: bool,
    pub(super) capital: String,
    pub(super) paid: String,
    pub(super) percent: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Change {
    pub(super) date: String,
    pub(super) item: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A row of judicial assistance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Freeze {
    /// Whose shares.
    pub(super) holder: String,
    /// Shares in which company; in this one by default.
    pub(super) company: String,
    pub(super) amount: String,
    pub(super) court: String,
    pub(super) document: String,
    /// `股权冻结|冻结` by default.
    pub(super) state: String,
    pub(super) published: String,
    /// The rest stands only in the detail.
    pub(super) from: String,
    pub(super) until: String,
    pub(super) ruling: String,
    /// `公示冻结股权、其他投资权益` by default.
    pub(super) matter: String,
}

/// Any company not listed exists as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) shareholders: u32,
    pub(super) changes: u32,
}

impl Company {
    pub(super) fn is_meant_by(&self, keyword: &str) -> bool {
        [&self.code, &self.registration_number, &self.name].into_iter().any(|known| known == keyword)
    }
}

impl Everyone {
    /// The company of a valid credit code, the same each time; `None` for a keyword that is no code.
    pub(super) fn company(&self, keyword: &str) -> Option<Company> {
        let code: chakong_contract::id::Uscc = keyword.parse().ok()?;
        let hash = code.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let tail = code.as_str().get(8..)?.to_owned();
        let shareholder = |at: u32| Shareholder {
            name: format!("示例股东{at}"),
            capital: format!("{}万人民币", u64::from(at) * 10 + hash % 10),
            ..Shareholder::default()
        };
        let change = |at: u32| Change {
            date: format!("20{:02}-01-{:02}", at % 25, at % 28 + 1),
            item: "地址变更".to_owned(),
            before: format!("示例路{at}号"),
            after: format!("示例路{}号", at + 1),
        };
        Some(Company {
            name: format!("示例{tail}有限公司"),
            code: code.as_str().to_owned(),
            status: "存续".to_owned(),
            capital: format!("{}万人民币", 100 + hash % 900),
            established: format!("20{:02}-03-18", hash % 25),
            shareholders: (1..=self.shareholders.min(1_000)).map(shareholder).collect(),
            changes: (1..=self.changes.min(1_000)).map(change).collect(),
            ..Company::default()
        })
    }
}
