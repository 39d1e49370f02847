use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Facts of a company: base info, and with fewer fields an entry of a search.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    /// Former names, parted by `;` or tab; in a list, where an interface has one.
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) history_names: Option<Vec<Scalar>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) history_name_list: Option<Vec<Scalar>>,
    pub(crate) credit_code: Scalar,
    /// Nine characters without hyphen.
    pub(crate) org_number: Scalar,
    pub(crate) reg_number: Scalar,
    pub(crate) legal_person_name: Scalar,
    pub(crate) reg_status: Scalar,
    pub(crate) reg_capital: Scalar,
    pub(crate) actual_capital: Scalar,
    /// The vendor spells it so; text in a search, milliseconds in base info.
    #[serde(rename = "estiblishTime")]
    pub(crate) established: Scalar,
    pub(crate) from_time: Scalar,
    pub(crate) to_time: Scalar,
    pub(crate) company_org_type: Scalar,
    pub(crate) reg_institute: Scalar,
    pub(crate) reg_location: Scalar,
    pub(crate) business_scope: Scalar,
}

/// A shareholder.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Holder {
    pub(crate) name: Scalar,
    /// 1 company, 2 person, 3 other.
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) capital: Option<Vec<Contribution>>,
    #[serde(rename = "capitalActl")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) paid: Option<Vec<Contribution>>,
}

/// A contribution, subscribed or paid.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Contribution {
    #[serde(rename = "amomon")]
    pub(crate) amount: Scalar,
    pub(crate) percent: Scalar,
}

/// A change record; the date is a text here.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Change {
    pub(crate) change_item: Scalar,
    pub(crate) content_before: Scalar,
    pub(crate) content_after: Scalar,
    pub(crate) change_time: Scalar,
}

/// A row of judicial assistance: an equity freeze or a forced change of shareholder.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Judicial {
    /// What the detail is asked by.
    #[serde(rename = "assId")]
    pub(crate) assistance_id: Scalar,
    pub(crate) executed_person: Scalar,
    pub(crate) stock_executed_company: Scalar,
    pub(crate) equity_amount: Scalar,
    pub(crate) executive_court: Scalar,
    pub(crate) execute_notice_num: Scalar,
    /// Kind and state, parted by `|`.
    pub(crate) type_state: Scalar,
    pub(crate) publicity_date: Scalar,
}

/// The detail of judicial assistance: the parts that do not apply are null.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Detail {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) frozen: Option<DetailPart>,
    /// Renewal 续行.
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) keep_frozen: Option<DetailPart>,
    /// It says that the freeze ended, if it says anything.
    pub(crate) remove_frozen: Value,
    pub(crate) invalidation_frozen: Value,
    pub(crate) shareholder_change: Value,
}

/// One part of the detail, as far as it is used. The vendor misspells the day of publication.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DetailPart {
    pub(crate) implementation_matters: Scalar,
    pub(crate) execute_order_num: Scalar,
    pub(crate) from_date: Scalar,
    pub(crate) to_date: Scalar,
    #[serde(rename = "publicityAate")]
    pub(crate) published: Scalar,
}

/// A stake that the company holds in another.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Investment {
    pub(crate) name: Scalar,
    pub(crate) credit_code: Scalar,
    pub(crate) percent: Scalar,
    /// A number; its unit is the text beside it.
    pub(crate) amount: Scalar,
    pub(crate) amount_suffix: Scalar,
}

/// Past registry data.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct History {
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) history_name_list: Option<Vec<OldValue>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) reg_capital_list: Option<Vec<OldValue>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) past_legal_person_list: Option<Vec<OldValue>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) location_list: Option<Vec<OldValue>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) type_list: Option<Vec<OldValue>>,
}

/// A value that was once registered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct OldValue {
    pub(crate) name: Scalar,
    pub(crate) time: Scalar,
}
