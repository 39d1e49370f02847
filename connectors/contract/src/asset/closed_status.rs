//! The status of an account that is closed, in the words of banks.

use crate::denial;

/// Words of an account that is closed.
const CLOSED: &[&str] = &["销户", "已销", "清户", "注销", "关闭", "结清", "closed"];
/// Those that are said of other things as well, as a card or a service of an account, and what stands before them where it is the account.
const OF_MUCH: &[&str] = &["注销", "关闭", "结清", "closed"];
const OF_THE_ACCOUNT: &[&str] = &[
    "",
    "已",
    "账户",
    "账户已",
    "帐户",
    "帐户已",
    "户",
    "该账户已",
    "账号已",
    "account",
    "accountis",
    "销户",
];
/// What stands before and behind in English where it is not, not yet or not any more.
const DENIED: &[&str] = &["not", "un", "tobe", "cannotbe", "never"];
const TAKEN_BACK: &[&str] =
    &["pending", "requested", "failed", "rejected", "refused", "reversed", "cancelled", "canceled"];
/// What parts a text into what is said each for itself.
const PARTS: &[char] = &['(', ')', ',', ';', ':', '，', '；', '：', '。', '、', '/', '|'];

/// Whether a status says that the account is closed. The status is read as a whole: one that says both, or that it is on its way, kept from
/// coming, or taken back, says no such thing.
pub(super) fn says_closed(status: &str) -> bool {
    let folded = crate::name::folded(status);
    let mut is_closed = false;
    for part in folded.split(PARTS).filter(|part| !part.is_empty()) {
        let mut names_it = false;
        for word in CLOSED {
            for (at, _) in part.match_indices(word) {
                let (before, behind) =
                    (part.get(..at).unwrap_or_default(), part.get(at + word.len()..).unwrap_or_default());
                if takes_back(before, behind) {
                    return false;
                }
                names_it = true;
                is_closed |= !OF_MUCH.contains(word) || OF_THE_ACCOUNT.contains(&before);
            }
        }
        if !names_it && (denial::puts_off(part) || TAKEN_BACK.iter().any(|word| part.starts_with(word))) {
            return false;
        }
    }
    is_closed
}

fn takes_back(before: &str, behind: &str) -> bool {
    let behind = denial::said_behind(behind, CLOSED);
    denial::denies(before)
        || before.contains("撤销")
        || DENIED.iter().any(|not| before.ends_with(not))
        || denial::is_under_way(behind)
        || denial::is_undone(behind)
        || TAKEN_BACK.iter().any(|word| behind.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_a_whole() {
        for closed in [
            "已销户",
            "销户",
            "已 销户",
            "销户（2019年）",
            "账户已关闭",
            "已结清",
            "结清销户",
            "清户",
            "已注销",
            "CLOSED",
            "Account closed",
            "冻结后销户",
            "2-销户",
            "【已销户】",
            "结清",
            "关闭",
            "状态：注销",
            "已销户（柜面办结）",
            "正常销户",
        ] {
            assert!(says_closed(closed), "{closed}");
        }
        for open in [
            "",
            "正常",
            "未销户",
            "正常（未销户）",
            "待销户",
            "预销户",
            "销户中",
            "销户申请中",
            "不可销户",
            "久悬未销户",
            "申请注销",
            "正在注销",
            "冻结",
            "not closed",
            "是否销户：否",
            "未结清",
            "贷款未结清",
            "销户预约",
            "活动",
            "网银关闭",
            "非柜面已关闭",
            "U盾注销",
            "贷款结清",
            "部销",
        ] {
            assert!(!says_closed(open), "{open}");
        }
    }

    #[test]
    fn a_closing_that_is_forbidden_failed_or_was_taken_back_is_none() {
        for open in [
            "不允许销户",
            "不得销户",
            "不能销户",
            "无法销户",
            "限制销户",
            "未办理销户",
            "正在办理销户",
            "禁止销户",
            "暂停销户",
            "拒绝销户",
            "撤销销户",
            "取消销户",
            "销户冲正",
            "销户恢复",
            "销户已冲正",
            "销户（已冲正）",
            "销户（失败）",
            "销户未成功",
            "销户申请被驳回",
            "销户待复核",
            "已销户，后恢复",
            "销户撤回",
            "注销（审批中）",
            "not yet to be closed",
            "closed (reversed)",
            "Closed - pending",
        ] {
            assert!(!says_closed(open), "{open}");
        }
    }
}
