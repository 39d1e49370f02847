//! Call-backs of the city registries (protocol sections 4 and 12.20), both ways.

use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Services of ours that the registry calls back.
pub(crate) mod service {
    /// The result of a case.
    pub(crate) const RESULT: &str = "jsdjbjjg";
    /// A receipt.
    pub(crate) const RECEIPT: &str = "accept_receipt_info";
    /// A case was deleted before it was registered; names nobody.
    pub(crate) const DELETED: &str = "updateCjywzt";
    /// The state of an application changed; names nobody.
    pub(crate) const CHANGED: &str = "wwztxg";
    /// The parameter of the last.
    pub(crate) const CHANGED_NUMBER: &str = "sqslbh";
    /// Where they are below our path; before those that name nobody stands a key.
    pub(crate) const PLACES: [&str; 4] =
        ["/jsdjbjjg", "/accept_receipt_info", "/*/updateCjywzt", "/*/wwztxg"];
}

/// Codes with which call-backs are answered.
pub(crate) mod returned {
    pub(crate) const OK: &str = "0000";
    pub(crate) const FAILED: &str = "1000";
    pub(crate) const WRONG_PASSWORD: &str = "2000";
    pub(crate) const WRONG_KEY: &str = "2010";
}

/// A call-back: of a result, of a receipt, or of a case that was deleted, by what stands in it.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CallBack {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) head: Option<Caller>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) data: Option<About>,
    /// The request whose case was deleted.
    #[serde(rename = "cxqqdh", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) deleted_request: Scalar,
}

/// Who calls back.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Caller {
    pub(crate) username: Scalar,
    pub(crate) password: Scalar,
    #[serde(rename = "regioncode")]
    pub(crate) division: Scalar,
}

/// Where the password stands in a call-back, to leave it out of what is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithSecret<'a> {
    #[serde(borrow)]
    pub(crate) head: Option<SecretHead<'a>>,
}

/// Its head.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SecretHead<'a> {
    #[serde(borrow)]
    pub(crate) password: Option<&'a RawValue>,
}

/// What a call-back is about: our request number, and a result or a receipt.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct About {
    #[serde(rename = "wwslbh")]
    pub(crate) request: Scalar,
    #[serde(rename = "ywxxList", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_empty")]
    pub(crate) results: Option<Vec<Registered>>,
    /// Title of the receipt.
    #[serde(rename = "wjmc", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) title: Scalar,
    /// Its extension.
    #[serde(rename = "wjlx", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) format: Scalar,
    /// Its content, Base64.
    #[serde(rename = "wsnr", skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
}

/// The result of a case for one unit.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Registered {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    /// The registry's number of what was registered.
    #[serde(rename = "ywh")]
    pub(crate) entered_number: Scalar,
    /// Remark.
    #[serde(rename = "bz")]
    pub(crate) remark: Scalar,
}

/// The answer to a call-back.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Returned {
    pub(crate) head: ReturnedHead,
}

/// Its head.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct ReturnedHead {
    #[serde(rename = "msg")]
    pub(crate) words: String,
    #[serde(rename = "returncode")]
    pub(crate) code: String,
}

/// Where a call-back says who calls.
pub(crate) const HEAD: &str = "head";
/// Name of the field with the registry's number of what was registered.
pub(crate) const ENTERED_NUMBER: &str = "ywh";
