//! Messages of the provincial platform's line (protocol section 3), both ways: JSON in one form field.

use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// Where a call says who calls.
pub(crate) const HEAD: &str = "head";
/// Where a call says what it is about.
pub(crate) const DATA: &str = "data";

/// Head and data of a call.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Call {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) head: CallHead,
    pub(crate) data: Value,
}

/// Who calls.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CallHead {
    #[serde(rename = "xzqdm")]
    pub(crate) division: Scalar,
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) token: Scalar,
}

/// Who wants a token.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Login {
    pub(crate) username: Scalar,
    pub(crate) password: Scalar,
}

/// What is searched: real estate.
pub(crate) const BUSINESS: &str = "bdc";

/// Applications that were received.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Received {
    #[serde(rename = "cxsqdhs")]
    pub(crate) applications: Vec<String>,
}

/// An application: one order.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Application {
    #[serde(rename = "cxsqdh")]
    pub(crate) number: String,
    #[serde(rename = "cxjgbs")]
    pub(crate) asking_body: String,
    #[serde(rename = "cxywlb")]
    pub(crate) business: String,
    #[serde(rename = "cxfw")]
    pub(crate) scope: String,
    #[serde(rename = "cxywcs")]
    pub(crate) persons: Vec<Person>,
}

/// Who is asked about. Results are keyed by the document number, so each application holds one person.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    #[serde(rename = "qlrmc")]
    pub(crate) name: String,
    #[serde(rename = "qlrzjh")]
    pub(crate) document_number: String,
    #[serde(rename = "qlrzjlx")]
    pub(crate) document_kind: String,
    #[serde(rename = "wsbh")]
    pub(crate) document: String,
}

/// Which application something is about.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct About {
    #[serde(rename = "cxsqdh")]
    pub(crate) application: Scalar,
    #[serde(rename = "wsbh")]
    pub(crate) document: Scalar,
}

/// Legal documents of an application.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Papers {
    #[serde(rename = "cxsqdh")]
    pub(crate) application: String,
    #[serde(rename = "wsbh")]
    pub(crate) document: String,
    #[serde(rename = "cxjg")]
    pub(crate) papers: Vec<Paper>,
}

/// A legal document.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Paper {
    #[serde(rename = "xh")]
    pub(crate) serial: String,
    #[serde(rename = "wjmc")]
    pub(crate) title: String,
    #[serde(rename = "wjlx")]
    pub(crate) format: String,
    /// Base64.
    #[serde(rename = "wsnr")]
    pub(crate) content: String,
}
