use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// What the script of this register holds beside the companies. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    /// Entries after which a search answers 416; without it there is no end but that of the list.
    pub(super) search_limit: Option<u64>,
    /// Requests of a window of five minutes; without it there is no limit.
    pub(super) window_limit: Option<u32>,
}

/// A company.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Company {
    pub(super) number: String,
    pub(super) name: String,
    pub(super) previous_names: Vec<String>,
    /// `active` by default.
    pub(super) status: String,
    pub(super) status_detail: String,
    pub(super) created: String,
    pub(super) ceased: String,
    pub(super) address: String,
    pub(super) control: Vec<Controller>,
    pub(super) charges: Vec<Charge>,
    pub(super) filings: Vec<Filing>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Controller {
    pub(super) name: String,
    pub(super) company: bool,
    pub(super) natures: Vec<String>,
    /// Number of a company in its own register.
    pub(super) registration: String,
    pub(super) ceased: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Charge {
    pub(super) code: String,
    pub(super) holder: String,
    /// `outstanding` by default.
    pub(super) status: String,
    pub(super) created: String,
    pub(super) words: String,
    /// Over everything that the company has.
    pub(super) floating: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Filing {
    pub(super) date: String,
    pub(super) category: String,
    pub(super) description: String,
    pub(super) values: BTreeMap<String, Value>,
}

/// Any number of the register's form exists as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) filings: u32,
}

impl Everyone {
    /// The company of a number, the same each time.
    pub(super) fn company(&self, number: &str) -> Option<Company> {
        let number = crate::write::company_number(number)?;
        let filing = |at: u32| Filing {
            date: format!("20{:02}-01-{:02}", at % 25, at % 28 + 1),
            category: "confirmation-statement".to_owned(),
            ..Filing::default()
        };
        Some(Company {
            name: format!("EXAMPLE {number} LIMITED"),
            created: "2001-02-03".to_owned(),
            filings: (1..=self.filings.min(1_000)).map(filing).collect(),
            number,
            ..Company::default()
        })
    }
}
