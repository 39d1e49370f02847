//! Messages of the provincial platform's line (protocol section 3), both ways: JSON in one form field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Answered;

/// Paths below the platform's base, by what they are for.
pub(crate) mod path {
    pub(crate) const TOKEN: &str = "/bdc/token";
    pub(crate) const APPLICATIONS: &str = "/bdc/query/receive/apply";
    pub(crate) const RECEIVED: &str = "/bdc/query/commit/apply";
    pub(crate) const PAPERS: &str = "/bdc/query/receive/doc";
    pub(crate) const RESULTS: &str = "/bdc/query/commit/result";
    pub(crate) const ALL: [&str; 5] = [TOKEN, APPLICATIONS, RECEIVED, PAPERS, RESULTS];
}

/// The form field that holds the JSON.
pub(crate) const FIELD: &str = "gxData";

/// Codes of section 11.10.
pub(crate) mod code {
    pub(crate) const OK: &str = "0000";
    /// The results were fed back before.
    pub(crate) const ALREADY: &str = "1003";
    /// User name or password is wrong.
    pub(crate) const WRONG_PASSWORD: &str = "2001";
    /// The token is wrong: the caller fetches a new one and repeats.
    pub(crate) const WRONG_TOKEN: &str = "2002";
    /// The result does not keep to the rules.
    pub(crate) const IRREGULAR: &str = "2005";
    /// There is no such application.
    pub(crate) const UNKNOWN: &str = "2006";
    /// The service cannot answer now.
    pub(crate) const LATER: &str = "2011";
}

/// Head and data of a call.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Call {
    pub(crate) head: CallHead,
    pub(crate) data: Value,
}

/// Who calls.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CallHead {
    pub(crate) xzqdm: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) token: String,
}

/// Who wants a token.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// Head of an answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) code: String,
    pub(crate) msg: String,
    /// The application that an acknowledgement is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sqdh: String,
}

/// An answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

/// An application: one order.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Application {
    pub(crate) cxsqdh: String,
    pub(crate) cxjgbs: String,
    pub(crate) cxywlb: String,
    pub(crate) cxfw: String,
    pub(crate) cxywcs: Vec<Person>,
}

/// Who is asked about. Results are keyed by the document number, so each application holds one person.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    pub(crate) qlrmc: String,
    pub(crate) qlrzjh: String,
    pub(crate) qlrzjlx: String,
    pub(crate) wsbh: String,
}

/// Which application something is about.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct About {
    pub(crate) cxsqdh: String,
    pub(crate) wsbh: String,
}

/// Legal documents of an application.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Papers {
    pub(crate) cxsqdh: String,
    pub(crate) wsbh: String,
    pub(crate) cxjg: Vec<Paper>,
}

/// A legal document.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Paper {
    pub(crate) xh: String,
    pub(crate) wjmc: String,
    pub(crate) wjlx: String,
    /// Base64.
    pub(crate) wsnr: String,
}

/// Results of an application.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Results {
    pub(crate) cxsqdh: String,
    pub(crate) cxsqjg: Vec<Result>,
}

/// What is registered for one person; the lists have the names of [`Answered`] in lower case without their ending.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Result {
    pub(crate) wsbh: String,
    #[serde(flatten)]
    pub(crate) lists: serde_json::Map<String, Value>,
}

/// Names of the lists, here and as the city registries have them.
const LISTS: &[&str] =
    &["tdsyq", "jsydsyq", "fdcq", "hysyq", "gjzwsyq", "lq", "nydsyq", "dyaq", "ygdj", "cfdj", "yydj"];

impl Result {
    /// What is registered. A list that is none is told by the reading of the whole.
    ///
    /// # Errors
    /// When a list is no list.
    pub(crate) fn answered(self) -> std::result::Result<Answered, serde_json::Error> {
        let known = self.lists.into_iter().filter(|(name, _)| LISTS.contains(&name.as_str()));
        let lists = known.map(|(name, list)| (format!("{name}List"), list)).collect();
        // By way of text: the lists' entries stay texts until each is read by itself.
        serde_json::from_str(&Value::Object(lists).to_string())
    }

    /// The result for a person.
    pub(crate) fn of(wsbh: &str, answered: &Answered) -> Self {
        let lists = match serde_json::to_value(answered) {
            Ok(Value::Object(lists)) => lists,
            _ => serde_json::Map::new(),
        };
        // Every list is there, empty where there is nothing (section 12.15).
        let empty = |name: &&str| ((*name).to_owned(), Value::Array(Vec::new()));
        let mut named: serde_json::Map<String, Value> = LISTS.iter().map(empty).collect();
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_null()) {
            // The sister lines have another name for objections.
            let name = name.trim_end_matches("List");
            let name = if name == "yyxx" { "yydj" } else { name };
            if LISTS.contains(&name) {
                named.insert(name.to_owned(), list);
            }
        }
        Self { wsbh: wsbh.to_owned(), lists: named }
    }
}
