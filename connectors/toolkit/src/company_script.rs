//! The script of a simulated business registry: its companies, misbehaviour, and companies that are made up for whoever is
//! asked about.

use chakong_contract::id::Uscc;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call_fault::CallFault;
use crate::script::{derived, part};

/// What the script of every simulated business registry holds. `C` is a company, `E` what is made up for anybody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "C: Deserialize<'de>, E: Deserialize<'de>"))]
pub struct CompanyScript<C, E> {
    /// Answers come after this long, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// Companies that are listed.
    #[serde(default = "Vec::new")]
    pub companies: Vec<C>,
    /// Companies that are not listed exist as well.
    #[serde(default = "none")]
    pub everyone: Option<E>,
    /// Misbehaviour.
    #[serde(default)]
    pub faults: Vec<CallFault>,
}

const KEYS: [&str; 4] = ["delay_ms", "companies", "everyone", "faults"];

fn none<T>() -> Option<T> {
    None
}

impl<C: DeserializeOwned, E: DeserializeOwned> CompanyScript<C, E> {
    /// Reads a script; the keys that only one registry has are read as `X`.
    ///
    /// # Errors
    /// When a key is unknown or has another form.
    pub fn read<X: DeserializeOwned>(script: &Value) -> Result<(Self, X), serde_json::Error> {
        part(script, &KEYS)
    }
}

/// The keys of a registry that has none of its own.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoMore {}

/// A Chinese company as vendors of registry data know it. Dates are `yyyy-MM-dd`; each vendor shows what it has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Company {
    /// Name.
    pub name: String,
    /// Credit code.
    pub code: String,
    /// Registration number.
    pub registration_number: String,
    /// Former names.
    pub former_names: Vec<String>,
    /// Legal representative.
    pub legal_representative: String,
    /// Status in the vendor's words.
    pub status: String,
    /// Registered capital in the vendor's words.
    pub capital: String,
    /// Paid-in capital in the vendor's words.
    pub paid_capital: String,
    /// Day of establishment.
    pub established: String,
    /// Last day of the term; none where empty.
    pub term_until: String,
    /// Registered address.
    pub address: String,
    /// Shareholders.
    pub shareholders: Vec<Shareholder>,
    /// Changes.
    pub changes: Vec<Change>,
    /// Judicial assistance.
    pub freezes: Vec<Freeze>,
    /// Stakes in other companies.
    pub investments: Vec<Investment>,
    /// Branches.
    pub branches: Vec<Branch>,
    /// Names of the past that only the history knows.
    pub history_names: Vec<String>,
    /// Registered capital of the past.
    pub history_capital: Vec<String>,
}

/// A shareholder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shareholder {
    /// Name.
    pub name: String,
    /// Whether it is a company.
    pub company: bool,
    /// Subscribed capital as the vendor writes it: `10万人民币`, or a bare number of 万元.
    #[serde(alias = "capital")]
    pub subscribed: String,
    /// Paid-in capital, likewise.
    pub paid: String,
    /// Share as the vendor writes it.
    pub percent: String,
}

/// A change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Day.
    pub date: String,
    /// What changed.
    pub item: String,
    /// How it was.
    pub before: String,
    /// How it is.
    pub after: String,
}

/// A branch.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branch {
    /// Name.
    pub name: String,
    /// Credit code or registration number.
    pub code: String,
    /// Status in the vendor's words.
    pub status: String,
    /// Who is responsible.
    pub responsible: String,
}

/// A stake in another company.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Investment {
    /// Name of the company.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// How much, a number.
    pub amount: String,
    /// What the number counts in.
    pub unit: String,
    /// Share as the vendor writes it.
    pub percent: String,
}

/// A row of judicial assistance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freeze {
    /// Whose shares.
    pub holder: String,
    /// Shares in which company; in this one by default.
    pub company: String,
    /// How much, in the vendor's words.
    pub amount: String,
    /// Executing court.
    pub court: String,
    /// Number of the notice.
    pub document: String,
    /// Number of the ruling.
    pub ruling: String,
    /// Matter; see [`Freeze::matter`].
    pub matter: String,
    /// `类型|状态`; a freeze that stands by default.
    pub state: String,
    /// First day of the term.
    pub from: String,
    /// Last day of the term.
    pub until: String,
    /// Day of publication.
    pub published: String,
    /// Day of the release; then it does not stand.
    pub released: String,
}

/// Companies that are not listed exist as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Everyone {
    /// How many shareholders each has, at most 1000.
    pub shareholders: u32,
    /// How many changes each has, at most 1000.
    pub changes: u32,
}

/// Most entries of a list that are made up.
const MOST_ENTRIES: u32 = 1_000;

impl Company {
    /// Whether it is asked about by this text: its code, its registration number or its whole name.
    pub fn is_meant_by(&self, keyword: &str) -> bool {
        [&self.code, &self.registration_number, &self.name].into_iter().any(|known| known == keyword)
    }
}

impl Freeze {
    /// The matter; `公示冻结股权、其他投资权益` where the script states none.
    pub fn matter(&self) -> &str {
        if self.matter.is_empty() { "公示冻结股权、其他投资权益" } else { &self.matter }
    }

    /// The company whose shares are meant: this one where the script names no other.
    pub fn company_or<'a>(&'a self, this: &'a str) -> &'a str {
        if self.company.is_empty() { this } else { &self.company }
    }
}

impl Everyone {
    /// The company of a valid credit code, the same each time; `None` for a keyword that is no code. Capital that shareholders
    /// subscribed is a bare number of 万元.
    pub fn company(&self, keyword: &str) -> Option<Company> {
        let code: Uscc = keyword.parse().ok()?;
        let number = derived(code.as_str());
        let shareholder = |at: u32| Shareholder {
            name: format!("示例股东{at}"),
            subscribed: (u64::from(at) * 10 + number % 10).to_string(),
            ..Shareholder::default()
        };
        let change = |at: u32| Change {
            date: format!("20{:02}-01-{:02}", at % 25, at % 28 + 1),
            item: "地址变更".to_owned(),
            before: format!("示例路{at}号"),
            after: format!("示例路{}号", at + 1),
        };
        Some(Company {
            name: format!("示例{}有限公司", code.as_str().get(8..)?),
            code: code.to_string(),
            status: "存续".to_owned(),
            capital: format!("{}万人民币", 100 + number % 900),
            established: format!("20{:02}-03-18", number % 25),
            shareholders: (1..=self.shareholders.min(MOST_ENTRIES)).map(shareholder).collect(),
            changes: (1..=self.changes.min(MOST_ENTRIES)).map(change).collect(),
            ..Company::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CODE: &str = "91110000100000024M";

    #[test]
    fn anybody_with_a_code_has_the_same_company_each_time_and_nobody_else_has_one() {
        let everyone = Everyone { shareholders: 3, changes: 2 };
        let code = (0..36)
            .filter_map(|check| char::from_digit(check, 36))
            .map(|check| format!("{}{}", &CODE[..17], check.to_ascii_uppercase()))
            .find(|code| code.parse::<Uscc>().is_ok())
            .expect("a code");
        let company = everyone.company(&code).expect("a company");
        assert!(
            company.is_meant_by(&code) && company.is_meant_by(&company.name) && !company.is_meant_by("x")
        );
        assert_eq!((company.shareholders.len(), company.changes.len()), (3, 2));
        let again = everyone.company(&code).expect("a company");
        assert_eq!((again.capital, again.established), (company.capital, company.established));
        assert!(everyone.company("示例有限公司").is_none());
    }

    #[test]
    fn a_script_is_read_with_the_keys_of_its_registry_and_without_others() {
        #[derive(Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[derive(Default)]
        struct Own {
            window: u32,
        }
        type Script = CompanyScript<Company, Everyone>;
        let (script, own) = Script::read::<Own>(&json!({
            "delay_ms": 5, "window": 7, "companies": [{ "name": "甲", "shareholders": [{ "capital": "1万" }] }],
        }))
        .expect("a script");
        assert_eq!((script.delay_ms, own.window, script.everyone.is_none()), (5, 7, true));
        assert_eq!(script.companies[0].shareholders[0].subscribed, "1万");
        assert!(Script::read::<NoMore>(&json!({ "window": 7 })).is_err());
        assert!(Script::read::<NoMore>(&json!({ "companies": [{ "nam": "甲" }] })).is_err());
    }
}
