//! The query of everything registered for a holder (protocol section 4), both ways.

use chakong_contract::HttpRequest;
use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::shared::wire::Answered;

/// Query of everything registered now for a holder.
pub(crate) const PATH: &str = "/realestate-exchange/rest/v1.0/interface/fy_qlrbdcqlxx";

/// Rights in force.
pub(crate) const IN_FORCE: &str = "1";

/// The query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Query {
    /// Name of the holder.
    #[serde(rename = "qlrmc")]
    pub(crate) name: String,
    /// Number of the document.
    #[serde(rename = "zjh")]
    pub(crate) number: String,
    /// Kind of the document.
    #[serde(rename = "zjzl")]
    pub(crate) document_kind: String,
    /// States of rights that are wanted, parted by commas.
    #[serde(rename = "qszt")]
    pub(crate) states: String,
}

impl Query {
    pub(crate) fn to_http(&self) -> HttpRequest {
        HttpRequest::post_json(PATH, serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The usual answer, read in one go; whatever else comes is an [`Envelope`].
#[derive(Debug, Deserialize)]
pub(crate) struct Usual {
    pub(crate) code: Scalar,
    pub(crate) data: Answered,
}

/// What every answer comes in.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Envelope<'a> {
    pub(crate) code: Scalar,
    pub(crate) message: Scalar,
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
    /// Only in the error page of the registry's own server, which comes with HTTP status 200 as well.
    #[serde(skip_serializing)]
    pub(crate) status: Scalar,
}
