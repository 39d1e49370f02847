use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};

/// Base data, and with the full pack its lists.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Record {
    pub(crate) name: Scalar,
    /// Registration number.
    pub(crate) no: Scalar,
    pub(crate) credit_code: Scalar,
    /// With a hyphen.
    pub(crate) org_no: Scalar,
    #[serde(rename = "BelongOrg")]
    pub(crate) registry: Scalar,
    #[serde(rename = "OperName")]
    pub(crate) responsible: Scalar,
    pub(crate) start_date: Scalar,
    pub(crate) status: Scalar,
    #[serde(rename = "RegistCapi")]
    pub(crate) registered_capital: Scalar,
    #[serde(rename = "RecCap")]
    pub(crate) paid_capital: Scalar,
    #[serde(rename = "EconKind")]
    pub(crate) kind: Scalar,
    pub(crate) address: Scalar,
    pub(crate) scope: Scalar,
    pub(crate) term_start: Scalar,
    pub(crate) term_end: Scalar,
    /// The older pack misspells the end of the term.
    #[serde(rename = "TeamEnd")]
    pub(crate) misspelt_term_end: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) original_name: Option<Vec<OriginalName>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) partners: Option<Vec<serde_json::Value>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) branches: Option<Vec<serde_json::Value>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) change_records: Option<Vec<serde_json::Value>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct OriginalName {
    pub(crate) name: Scalar,
}

/// A shareholder. Amounts are bare numbers in 万元.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Partner {
    pub(crate) stock_name: Scalar,
    #[serde(default)]
    pub(crate) stock_type: Scalar,
    #[serde(default)]
    pub(crate) stock_percent: Scalar,
    #[serde(rename = "ShouldCapi", default)]
    pub(crate) subscribed: Scalar,
    #[serde(rename = "RealCapi", default)]
    pub(crate) paid: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Branch {
    pub(crate) name: Scalar,
    /// The credit code where there is one, else the registration number.
    #[serde(default)]
    pub(crate) reg_no: Scalar,
    #[serde(default)]
    pub(crate) credit_code: Scalar,
    #[serde(rename = "OperName", default)]
    pub(crate) responsible: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Change {
    pub(crate) project_name: Scalar,
    pub(crate) before_content: Scalar,
    pub(crate) after_content: Scalar,
    pub(crate) change_date: Scalar,
}

/// A row of judicial assistance. One of the three details is normally there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Judicial {
    #[serde(default)]
    pub(crate) executed_by: Scalar,
    #[serde(default)]
    pub(crate) equity_amount: Scalar,
    #[serde(default)]
    pub(crate) enforcement_court: Scalar,
    #[serde(default)]
    pub(crate) execution_notice_num: Scalar,
    /// Kind and state, parted by `|`.
    pub(crate) status: Scalar,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) equity_freeze_detail: Option<FreezeDetail>,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) equity_un_freeze_detail: Option<UnfreezeDetail>,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) judicial_partners_change_detail: Option<ShareholderDetail>,
}

/// The term in days is nominal and not used: the two dates are the truth.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct FreezeDetail {
    pub(crate) company_name: Scalar,
    pub(crate) execution_matters: Scalar,
    pub(crate) execution_verdict_num: Scalar,
    pub(crate) freeze_start_date: Scalar,
    pub(crate) freeze_end_date: Scalar,
    pub(crate) public_date: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct UnfreezeDetail {
    pub(crate) un_freeze_date: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ShareholderDetail {
    pub(crate) assignee: Scalar,
}
