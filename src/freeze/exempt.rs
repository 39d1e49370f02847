use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether an account may be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Free to be frozen and deducted.
    Free,
    /// May be frozen, not deducted.
    FreezeOnly,
    /// No measure at all; only an officer may override, with a reason.
    NoMeasure,
}

/// Exemption of an account, with the legal reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exemption {
    /// Level.
    pub level: Level,
    /// Legal reference; empty for a free account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
}

/// Words in an account's class, with the level and the rule. The bank's class text is the main signal.
const RULES: &[(&str, Level, &str)] = &[
    ("农民工工资", Level::NoMeasure, "《保障农民工工资支付条例》第三十三条"),
    ("工资保证金", Level::NoMeasure, "《保障农民工工资支付条例》第三十三条"),
    ("社会保险基金", Level::NoMeasure, "法〔2000〕19号"),
    ("社保基金", Level::NoMeasure, "法〔2000〕19号"),
    ("工会经费", Level::NoMeasure, "法复〔1997〕6号"),
    ("党费", Level::NoMeasure, "法〔2005〕209号"),
    ("信托", Level::NoMeasure, "《信托法》第十七条"),
    ("客户交易结算资金", Level::NoMeasure, "《证券法》第一百三十一条"),
    ("期货保证金", Level::NoMeasure, "《期货和衍生品法》第四十三条"),
    ("财政零余额", Level::NoMeasure, "财政国库资金"),
    ("国库", Level::NoMeasure, "财政国库资金"),
    (
        "信用证保证金",
        Level::FreezeOnly,
        "最高人民法院关于人民法院能否对信用证开证保证金采取冻结和扣划措施问题的规定",
    ),
    (
        "开证保证金",
        Level::FreezeOnly,
        "最高人民法院关于人民法院能否对信用证开证保证金采取冻结和扣划措施问题的规定",
    ),
    ("承兑", Level::FreezeOnly, "法发〔2000〕21号"),
    ("预售资金", Level::FreezeOnly, "法〔2022〕12号"),
];

/// The exemption that an account's class (and the bank's remark) imply.
pub fn exemption(class: &str, remark: &str) -> Exemption {
    let hit = RULES.iter().find(|(word, ..)| class.contains(word) || remark.contains(word));
    let (level, basis) = hit.map_or((Level::Free, ""), |(_, level, basis)| (*level, *basis));
    Exemption { level, basis: basis.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wage_accounts_are_untouchable_and_margins_only_frozen() {
        assert_eq!(exemption("农民工工资专用账户", "").level, Level::NoMeasure);
        assert_eq!(exemption("保证金户", "银行承兑汇票保证金").level, Level::FreezeOnly);
        assert_eq!(exemption("借记卡", "").level, Level::Free);
        assert!(!exemption("农民工工资专用账户", "").basis.is_empty());
    }
}
