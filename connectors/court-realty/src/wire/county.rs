//! The real-time query of a county (protocol sections 3.5, 12.17 and 12.18), both ways.

use chakong_contract::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a county answers; its makers differ.
pub(crate) const PATHS: [&str; 2] =
    ["/realestate-exchange/rest/v1.0/sjpt/sscx", "/api/v1/bdc/realtime-query"];
/// Where the county asks whether a call is really ours, below our path; what follows is the token of the call.
pub(crate) const CREDENTIAL: &str = "/bdc/credential/";
/// The code of a token that the county could not have confirmed.
pub(crate) const NOT_CONFIRMED: &str = "2020";
/// The code of an empty condition, with which one maker's counties say the same.
pub(crate) const EMPTY: &str = "1001";

/// The query.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Call {
    pub(crate) head: Head,
    pub(crate) data: Vec<Asked>,
}

/// Who asks, and the one-time token of the call.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) cxjgbs: String,
    pub(crate) openid: String,
}

/// About whom; the certificate, unit number and location that could narrow it stay blank.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Our request number.
    pub(crate) cxsqdh: String,
    /// Person or organisation.
    pub(crate) xz: String,
    pub(crate) xm: String,
    pub(crate) zjzl: String,
    pub(crate) zjhm: String,
    pub(crate) bdcqzh: String,
    pub(crate) bdcdyh: String,
    pub(crate) zl: String,
    /// Division that is searched; may be blank.
    pub(crate) cxqy: String,
    /// What is registered now.
    pub(crate) cxfw: String,
    /// Key of the entry within the request.
    pub(crate) wsbh: String,
}

/// The answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Answer {
    pub(crate) head: AnswerHead,
    pub(crate) data: Value,
}

/// Its head.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct AnswerHead {
    pub(crate) xzqdm: Scalar,
    pub(crate) code: Scalar,
    pub(crate) msg: Scalar,
}

/// What a county is told about a token: `1` for one that is ours.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Confirmed {
    pub(crate) valid: String,
}
