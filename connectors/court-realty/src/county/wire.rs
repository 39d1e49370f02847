//! The real-time query of a county (protocol sections 3.5, 12.17 and 12.18), both ways.

use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a county answers; its makers differ.
pub(crate) const PATHS: [&str; 2] =
    ["/realestate-exchange/rest/v1.0/sjpt/sscx", "/api/v1/bdc/realtime-query"];
/// Where the county asks whether a call is really ours, below our path; what follows is the token of the call.
pub(crate) const CREDENTIAL: &str = "/bdc/credential/";
/// The same as a place.
pub(crate) const PLACE: &str = "/bdc/credential/*";
/// The code of a token that the county could not have confirmed.
pub(crate) const NOT_CONFIRMED: &str = "2020";
/// The code of an empty condition, with which one maker's counties say the same.
pub(crate) const EMPTY: &str = "1001";

/// The query.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Call {
    pub(crate) head: Head,
    pub(crate) data: Vec<CountyQuery>,
}

/// Who asks, and the one-time token of the call.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Head {
    #[serde(rename = "cxjgbs")]
    pub(crate) asking_body: String,
    #[serde(rename = "openid")]
    pub(crate) token: String,
}

/// About whom; the certificate, unit number and location that could narrow it stay blank.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CountyQuery {
    /// Our request number.
    #[serde(rename = "cxsqdh")]
    pub(crate) application: String,
    /// Person or organisation.
    #[serde(rename = "xz")]
    pub(crate) nature: String,
    #[serde(rename = "xm")]
    pub(crate) name: String,
    #[serde(rename = "zjzl")]
    pub(crate) document_kind: String,
    #[serde(rename = "zjhm")]
    pub(crate) document_number: String,
    #[serde(rename = "bdcqzh")]
    pub(crate) certificate: String,
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: String,
    #[serde(rename = "zl")]
    pub(crate) location: String,
    /// Division that is searched; may be blank.
    #[serde(rename = "cxqy")]
    pub(crate) division: String,
    /// What is registered now.
    #[serde(rename = "cxfw")]
    pub(crate) scope: String,
    /// Key of the entry within the request.
    #[serde(rename = "wsbh")]
    pub(crate) document: String,
}

/// The answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CountyResponse {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) head: CountyResponseHead,
    pub(crate) data: Value,
}

/// Its head.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CountyResponseHead {
    #[serde(rename = "xzqdm")]
    pub(crate) division: Scalar,
    pub(crate) code: Scalar,
    pub(crate) msg: Scalar,
}

/// What a county is told about a token: `1` for one that is ours.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Confirmed {
    pub(crate) valid: String,
}
