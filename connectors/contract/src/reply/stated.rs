use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which property a counterpart says its answer is about, in its own spelling. Every part is absent where the wire does not say
/// it: absence is no contradiction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stated {
    /// Account number 开户账号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Number of a financial product 金融产品编号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Account that keeps the product 理财账号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wealth_account: Option<String>,
    /// Whether the account as such is controlled, and not money in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    /// Unit number of a real property 不动产单元号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_number: Option<String>,
    /// Certificate number of a real property 不动产权证号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The company whose shares are frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
}

impl Stated {
    /// Nothing is said.
    pub const NOTHING: Self = Self {
        account: None,
        product: None,
        wealth_account: None,
        whole: None,
        unit_number: None,
        certificate: None,
        company: None,
    };

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::NOTHING
    }
}
