use chakong_contract::id::Uscc;
use chakong_contract::sandbox::CallFault;
use serde::Deserialize;

/// The script of the simulated vendor. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    pub(super) delay_ms: u64,
    pub(super) companies: Vec<Company>,
    pub(super) everyone: Option<Everyone>,
    /// Seconds by which the time of a token may differ from now, either way; 300 by default.
    pub(super) clock_window_s: Option<u64>,
    pub(super) faults: Vec<CallFault>,
}

/// A company. Dates are `yyyy-MM-dd`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) registration_number: String,
    pub(super) former_names: Vec<String>,
    pub(super) legal_representative: String,
    pub(super) status: String,
    pub(super) capital: String,
    pub(super) established: String,
    pub(super) shareholders: Vec<Shareholder>,
    pub(super) changes: Vec<Change>,
    pub(super) branches: Vec<Branch>,
    pub(super) freezes: Vec<Freeze>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Shareholder {
    pub(super) name: String,
    pub(super) company: bool,
    /// In 万元, a bare number.
    pub(super) subscribed: String,
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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Branch {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) responsible: String,
}

/// A row of judicial assistance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Freeze {
    pub(super) holder: String,
    /// Shares in which company; in this one by default.
    pub(super) company: String,
    pub(super) amount: String,
    pub(super) court: String,
    pub(super) document: String,
    pub(super) ruling: String,
    /// `公示冻结股权、其他投资权益` by default.
    pub(super) matter: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) published: String,
    /// Day of the release; then the row has the detail of a release.
    pub(super) released: String,
}

/// Any company not listed exists as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) shareholders: u32,
}

impl Company {
    pub(super) fn is_meant_by(&self, keyword: &str) -> bool {
        [&self.code, &self.registration_number, &self.name].into_iter().any(|known| known == keyword)
    }
}

impl Everyone {
    /// The company of a valid credit code, the same each time; `None` for a keyword that is no code.
    pub(super) fn company(&self, keyword: &str) -> Option<Company> {
        let code: Uscc = keyword.parse().ok()?;
        let shareholder = |at: u32| Shareholder {
            name: format!("示例股东{at}"),
            subscribed: (at * 10).to_string(),
            ..Shareholder::default()
        };
        Some(Company {
            name: format!("示例{}有限公司", code.as_str().get(8..)?),
            code: code.to_string(),
            status: "存续".to_owned(),
            capital: "1000万元人民币".to_owned(),
            established: "2015-03-18".to_owned(),
            shareholders: (1..=self.shareholders.min(1_000)).map(shareholder).collect(),
            ..Company::default()
        })
    }
}
