use chakong_contract::Scalar;
use serde::{Deserialize, Serialize};

/// Facts of a company: base info, and with fewer fields an entry of a search.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) id: Scalar,
    pub(crate) name: Scalar,
    /// Former names, parted by `;` or tab.
    pub(crate) history_names: Scalar,
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
    pub(crate) estiblish_time: Scalar,
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
    pub(crate) capital: Option<Vec<Contribution>>,
    pub(crate) capital_actl: Option<Vec<Contribution>>,
}

/// A contribution, subscribed or paid.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Contribution {
    pub(crate) amomon: Scalar,
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
    pub(crate) executed_person: Scalar,
    pub(crate) stock_executed_company: Scalar,
    pub(crate) equity_amount: Scalar,
    pub(crate) executive_court: Scalar,
    pub(crate) execute_notice_num: Scalar,
    /// Kind and state, parted by `|`.
    pub(crate) type_state: Scalar,
    pub(crate) publicity_date: Scalar,
}
