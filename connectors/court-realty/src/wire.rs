//! What travels: the query, the envelope and the records, each serialised both ways. The only place with the registry's
//! names. Protocol sections 2.7, 3.4, 4 and 11.

mod amount;
pub(crate) mod city;
pub(crate) mod ckw;
mod code;
pub(crate) mod county;
pub(crate) mod platform;
mod records;
mod table;
pub(crate) mod tree;
mod words;

pub(crate) use amount::{Amount, AmountUnit, read_money};
pub(crate) use code::{Meaning, is_success, meaning, says_nothing};
pub(crate) use records::{Answered, HolderRow, Mortgage, Objection, Prenotice, Right, Seizure};
pub(crate) use table::{CERTIFICATE_PERSONS, area_unit, certificate_code, co_ownership, seizure_kind};
pub(crate) use words::{
    building_nature, building_use, land_nature, mortgage_form, prenotice_kind, right_state,
};

use chakong_contract::{HttpRequest, Scalar};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Query of everything registered now for a holder.
pub(crate) const PATH: &str = "/realestate-exchange/rest/v1.0/interface/fy_qlrbdcqlxx";

/// Rights in force.
pub(crate) const IN_FORCE: &str = "1";

/// The query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Query {
    /// Name of the holder.
    pub(crate) qlrmc: String,
    /// Number of the document.
    pub(crate) zjh: String,
    /// Kind of the document.
    pub(crate) zjzl: String,
    /// States of rights that are wanted, parted by commas.
    pub(crate) qszt: String,
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
