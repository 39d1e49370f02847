//! Why a measure is released 解除事由 (查扣冻规定 art. 28 and the rules it points to), and what follows for the claim.
//!
//! A reason that ends the debt *closes the room*: what was released is looked for nowhere else. A reason that frees a wrong or
//! an exempt property *opens it again*. `other` closes it: freezing anew needs a decision, and doing nothing harms nobody
//! who has paid.

use std::fmt;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The reason of a release. What each means in Chinese, its legal reference and its effect stand in
/// `release_reasons.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// 案外人财产
    ThirdPartyProperty,
    /// 申请执行人撤回执行申请
    ApplicationWithdrawn,
    /// 申请执行人放弃债权
    ClaimWaived,
    /// 流拍或变卖不成，且不接受抵债
    Unsold,
    /// 债务已经清偿
    DebtPaid,
    /// 被执行人提供担保，且申请执行人同意解除
    SecurityGiven,
    /// 达成执行和解
    Settled,
    /// 终结执行、执行依据被撤销或驳回执行申请
    EnforcementEnded,
    /// 受理破产申请
    BankruptcyAccepted,
    /// 解除财产保全
    PreservationEnded,
    /// 误控非被执行人: another person of the same name or number
    WrongPerson,
    /// 豁免财产
    ExemptProperty,
    /// 超标的额
    Excess,
    /// 置换为其他财产
    Replaced,
    /// 其他情形
    Other,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    reason: ReleaseReason,
    word: String,
    basis: String,
    closes_room: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    reason: Vec<Row>,
}

const TEXT: &str = include_str!("release_reasons.toml");

/// Empty where the file is broken, which [`check_data`] tells and a test excludes.
static DATA: LazyLock<Data> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What is wrong with the file.
pub(super) fn check_data() -> Result<(), String> {
    toml::from_str::<Data>(TEXT).map(|_| ()).map_err(|error| error.to_string())
}

impl ReleaseReason {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::ThirdPartyProperty,
        Self::ApplicationWithdrawn,
        Self::ClaimWaived,
        Self::Unsold,
        Self::DebtPaid,
        Self::SecurityGiven,
        Self::Settled,
        Self::EnforcementEnded,
        Self::BankruptcyAccepted,
        Self::PreservationEnded,
        Self::WrongPerson,
        Self::ExemptProperty,
        Self::Excess,
        Self::Replaced,
        Self::Other,
    ];

    fn row(self) -> Option<&'static Row> {
        DATA.reason.iter().find(|row| row.reason == self)
    }

    /// The Chinese word.
    pub fn chinese(self) -> &'static str {
        self.row().map_or("", |row| &row.word)
    }

    /// Legal reference.
    pub fn basis(self) -> &'static str {
        self.row().map_or("", |row| &row.basis)
    }

    /// The Chinese word and the legal reference, as people of any case may read them.
    pub fn in_words(self) -> String {
        format!("{}（{}）", self.chinese(), self.basis())
    }

    /// The reason whose Chinese word a text begins with.
    pub fn named_by(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|reason| !reason.chinese().is_empty() && text.starts_with(reason.chinese()))
    }

    /// Whether the debt ends with the release, so that nothing is frozen instead.
    pub fn closes_room(self) -> bool {
        // A test proves that each reason has a row; without one nothing new would be frozen.
        self.row().is_none_or(|row| row.closes_room)
    }
}

impl fmt::Display for ReleaseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.chinese())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_has_each_reason_once() {
        let data: Data = toml::from_str(TEXT).expect("release_reasons.toml");
        assert_eq!(data.reason.len(), ReleaseReason::ALL.len());
        for reason in ReleaseReason::ALL {
            assert_eq!(data.reason.iter().filter(|row| row.reason == reason).count(), 1, "{reason:?}");
            assert!(!reason.chinese().is_empty() && !reason.basis().is_empty(), "{reason:?}");
        }
    }

    #[test]
    fn the_end_of_the_debt_closes_the_room_and_a_wrong_property_opens_it() {
        use ReleaseReason as R;
        for reason in [R::DebtPaid, R::Settled, R::ApplicationWithdrawn, R::ClaimWaived, R::SecurityGiven] {
            assert!(reason.closes_room(), "{reason}");
        }
        for reason in [R::EnforcementEnded, R::BankruptcyAccepted, R::PreservationEnded, R::Other] {
            assert!(reason.closes_room(), "{reason}");
        }
        for reason in
            [R::ThirdPartyProperty, R::ExemptProperty, R::WrongPerson, R::Excess, R::Unsold, R::Replaced]
        {
            assert!(!reason.closes_room(), "{reason}");
        }
    }

    #[test]
    fn reasons_travel_as_words() {
        let word = |reason| serde_json::to_string(&reason).expect("a word");
        assert_eq!(word(ReleaseReason::DebtPaid), "\"debt_paid\"");
        assert_eq!(word(ReleaseReason::ThirdPartyProperty), "\"third_party_property\"");
        assert!(serde_json::from_str::<ReleaseReason>("\"because\"").is_err());
        assert_eq!(ReleaseReason::DebtPaid.to_string(), "债务已经清偿");
    }
}
