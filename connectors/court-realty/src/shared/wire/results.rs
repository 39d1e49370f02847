//! Answers and results as the platform and the counties have them (protocol sections 3 and 3.5), both ways.

use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::records::Answered;

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

/// PlatformHead of an answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct PlatformHead {
    pub(crate) code: String,
    pub(crate) msg: String,
    /// The application that an acknowledgement is about.
    #[serde(rename = "sqdh", skip_serializing_if = "String::is_empty")]
    pub(crate) application: String,
}

/// An answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct PlatformResponse {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) head: PlatformHead,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

/// Results of an application.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Results {
    #[serde(rename = "cxsqdh")]
    pub(crate) application: Scalar,
    #[serde(rename = "cxsqjg")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_default")]
    pub(crate) results: Vec<PersonResult>,
}

/// What is registered for one person; the lists have the names of [`Answered`] in lower case without their ending.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct PersonResult {
    #[serde(rename = "wsbh")]
    pub(crate) document: Scalar,
    #[serde(flatten)]
    pub(crate) lists: serde_json::Map<String, Value>,
}

/// Names of the lists, here and as the city registries have them.
const LISTS: &[&str] =
    &["tdsyq", "jsydsyq", "fdcq", "hysyq", "gjzwsyq", "lq", "nydsyq", "dyaq", "ygdj", "cfdj", "yydj"];

impl PersonResult {
    /// What is registered. A list that is none is told by the reading of the whole.
    ///
    /// # Errors
    /// When a list is no list.
    pub(crate) fn answered(self) -> Result<Answered, serde_json::Error> {
        let known = self.lists.into_iter().filter(|(name, _)| LISTS.contains(&name.as_str()));
        let lists = known.map(|(name, list)| (format!("{name}List"), list)).collect();
        // By way of text: the lists' entries stay texts until each is read by itself.
        serde_json::from_str(&Value::Object(lists).to_string())
    }

    /// The result for a person.
    pub(crate) fn of(document: &str, answered: &Answered) -> Self {
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
        Self { document: document.into(), lists: named }
    }
}
