//! The status of an account that is closed, in the words of banks.

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
/// Words before them that say that it is not, or not yet: `未销户`, `待销户`, `预销户`, `申请销户`, `是否销户`.
const NOT_YET: &[&str] = &[
    "未", "没有", "无", "不", "非", "待", "预", "拟", "申请", "正在", "可", "久悬", "是否", "否", "防",
    "禁止", "not", "un", "to be",
];
/// Words behind them that say so: `销户中`, `销户申请`, `结清前`.
const UNDER_WAY: &[&str] = &["中", "申请", "待", "处理", "受理", "前", "失败", "未", "预约", "撤销", "否"];

/// Whether a status says that the account is closed. The status is read as a whole: one that says both, or that it is on its way, says no
/// such thing.
pub(super) fn says_closed(status: &str) -> bool {
    let folded = crate::name::folded(status);
    let mut is_closed = false;
    for word in CLOSED {
        for (at, _) in folded.match_indices(word) {
            let (before, after) =
                (folded.get(..at).unwrap_or_default(), folded.get(at + word.len()..).unwrap_or_default());
            let denied = NOT_YET.iter().any(|not| before.ends_with(not))
                || UNDER_WAY.iter().any(|way| after.starts_with(way));
            if denied {
                return false;
            }
            let start = before.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |end| end + 1);
            let said_of = before.get(start..).unwrap_or(before);
            is_closed |= !OF_MUCH.contains(word) || OF_THE_ACCOUNT.contains(&said_of);
        }
    }
    is_closed
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
}
