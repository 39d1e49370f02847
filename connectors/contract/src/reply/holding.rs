use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stated::Stated;
use crate::asset::{Doubt, Encumbrance, Rank};
use crate::date::Date;
use crate::money::Money;

/// What stands at the counterpart after a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// Limit of the measure 冻结限额.
    pub limit: Option<Money>,
    /// What is really held 实际控制金额; never assumed from the limit. Zero where a property is controlled as a whole.
    pub held: Money,
    /// Units of a product or shares that are really held 实际控制数量, as decimal text, where it is said in units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// The part of the limit that no money covers 超额控制金额.
    pub uncovered: Option<Money>,
    /// Balance after the measure.
    pub balance: Option<Money>,
    /// Available balance after the measure.
    pub available: Option<Money>,
    /// First day of the measure as registered.
    pub from: Option<Date>,
    /// Last day of the measure as registered.
    pub until: Option<Date>,
    /// Place in the queue.
    pub rank: Option<Rank>,
    /// The counterpart does not say how much is held, released or deducted; `held` is zero then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unstated: bool,
    /// The counterpart took the order and has not carried it out: the measure has no effect yet (查扣冻规定 art. 7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted_only: bool,
    /// The counterpart's own number of the measure, to name it by later: a registry's 查封业务号, a regulator's record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// Earlier freezes and rights of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Encumbrance>,
    /// Which property the counterpart says this is about, in its spelling. See [`misfits`](super::misfits).
    #[serde(default, skip_serializing_if = "Stated::is_empty")]
    pub stated: Stated,
    /// What of this was not understood: nothing of it is booked before a person has looked at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The counterpart's remark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Holding {
    /// So much is held, and nothing more is said.
    pub const fn of(held: Money) -> Self {
        Self {
            limit: None,
            held,
            units: None,
            uncovered: None,
            balance: None,
            available: None,
            from: None,
            until: None,
            rank: None,
            unstated: false,
            accepted_only: false,
            reference: String::new(),
            earlier: Vec::new(),
            stated: Stated::NOTHING,
            doubts: Vec::new(),
            words: String::new(),
        }
    }
}
