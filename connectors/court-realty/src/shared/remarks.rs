//! What a registry's remarks and reasons mean.

use chakong_contract::RefusalReason;
use chakong_contract::asset::Rank;

/// Words that say of a seizure which waited that it does no more.
const TAKES_EFFECT: &[&str] = &["转为查封", "转为正式查封", "转为预查封", "转为首封", "已生效"];
/// Words that deny them.
const NOT_YET: &[&str] = &["未转", "未生效", "尚未"];

/// Words that say that a control is entered in the register.
const ENTERED: &[&str] = &["登簿", "已登记", "登记完成", "已办结"];
/// Words that deny them.
const NOT_ENTERED: &[&str] = &["未登", "待登", "尚未", "未办结"];

/// Whether a remark says that a control is entered in the register.
pub(crate) fn is_entered(remark: &str) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| remark.contains(word));
    says(ENTERED) && !says(NOT_ENTERED)
}

/// The place that a remark speaks of: behind another, the first where it says that the seizure waits no more, none else.
pub(crate) fn rank_in(remark: &str) -> Option<Rank> {
    let says = |words: &[&str]| words.iter().any(|word| remark.contains(word));
    let place = match (says(TAKES_EFFECT) && !says(NOT_YET), remark.contains("轮候")) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => return None,
    };
    Some(Rank { place, derived: true })
}

/// Words that registries use for a reason (section 10.5), most telling first.
const WORDS: &[(RefusalReason, &[&str])] = &[
    (RefusalReason::OriginalUnknown, &["未查询到锁定", "无查封", "未找到查封", "原查封"]),
    (RefusalReason::TargetEnded, &["没有现势", "已注销", "已转移"]),
    (RefusalReason::IdentityMismatch, &["不一致", "不符", "不匹配"]),
    (RefusalReason::TargetUnknown, &["未查", "查无", "不存在"]),
    (RefusalReason::DocumentMissing, &["文书", "材料", "证件"]),
    (RefusalReason::CounterpartError, &["异常", "系统", "出错", "失败"]),
    (RefusalReason::Declined, &["不予受理", "删除", "请先办结", "正在办理", "已存在锁定"]),
];

/// The reason that a registry's words give.
pub(crate) fn reason(words: &str) -> RefusalReason {
    let known = WORDS.iter().find(|(_, known)| known.iter().any(|word| words.contains(word)));
    known.map_or(RefusalReason::Other, |(reason, _)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_tells_whether_a_seizure_waits() {
        let place = |remark: &str| rank_in(remark).map(|rank| rank.place);
        assert_eq!(place("轮候查封，查封顺序3，轮候第2位"), Some(2));
        assert_eq!(place("轮候查封已转为查封"), Some(1));
        assert_eq!(place("2026年1月5日转为正式查封"), Some(1));
        assert_eq!(place("轮候查封，尚未转为查封"), Some(2));
        assert_eq!((place(""), place("已登簿")), (None, None));
    }

    #[test]
    fn a_remark_tells_whether_a_control_is_entered_in_the_register() {
        for (remark, entered) in [
            ("已登簿", true),
            ("查封登记完成", true),
            ("", false),
            ("已受理，尚未登簿", false),
            ("待登簿", false),
        ] {
            assert_eq!(is_entered(remark), entered, "{remark}");
        }
    }
}
