//! What takes a state back in a text that names it: 未注销, 正在销户, 注销失败, 销户（已冲正）. The statuses of accounts and of companies are
//! read by the same words.

/// What stands before a state that is not so, or that is kept from coming: 不允许销户, 限制注销, 未办理销户.
const NOT: &[&str] = &[
    "未", "没有", "无", "不", "非", "否", "防", "禁", "限制", "拒绝", "停止", "终止", "中止", "撤回", "取消",
    "暂缓", "暂停", "延期", "推迟", "阻止", "难以",
];
/// What stands before a state that has not come yet.
const AHEAD: &[&str] =
    &[UNDER_WAY_BEFORE, "拟", "申请", "待", "将", "准备", "决议", "可", "预", "公告", "简易", "久悬", "计划"];
/// What stands before a state that has not come yet, and before one that lasts while it is under way.
pub const UNDER_WAY_BEFORE: &str = "正在";
/// What begins behind a state that has not come.
const NOT_BEHIND: &[&str] = &["未", "不", "否", "前", "没有", "无效", "尚未", "并未", "被拒"];
/// What stands behind a state that has not come yet.
const UNDER_WAY: &[&str] = &[
    "中", "申请", "待", "处理", "受理", "预约", "公告", "备案", "审核", "审批", "办理", "听证", "告知",
    "程序",
];
/// What stands behind a state that failed to come, or that was undone.
const UNDONE: &[&str] = &[
    "失败",
    "驳回",
    "未通过",
    "不予",
    "不成功",
    "终止",
    "中止",
    "异议",
    "撤回",
    "撤销",
    "冲正",
    "恢复",
    "取消",
    "退回",
    "作废",
    "拒绝",
    "被拒",
    "暂停",
    "暂缓",
    "未成功",
    "未完成",
    "未核准",
    "未批准",
    "未获",
    "未予",
    "无效",
];
/// What stands in brackets of its own beside a state that has not come yet.
const PUT_OFF: &[&str] = &["公告", "备案", "申请", "审核", "审批", "受理", "办理", "程序", "进行中"];
/// What may stand before [`UNDONE`] where that is all that a part of a text says.
const LEADS: &[&str] = &["已被", "已", "被", "经", "现", "申请", "登记", "业务", "后", "但", "有", "存在"];

/// Whether the words before a state say that it is not so, or not yet.
pub fn denies(before: &str) -> bool {
    NOT.iter().chain(AHEAD).any(|denial| before.contains(denial))
}

/// Whether the words behind a state say that it has not come yet.
pub fn is_under_way(behind: &str) -> bool {
    UNDER_WAY.iter().any(|word| behind.contains(word))
        || NOT_BEHIND.iter().any(|denial| behind.starts_with(denial))
}

/// Whether the words behind a state say that it failed to come, or that it was undone.
pub fn is_undone(behind: &str) -> bool {
    UNDONE.iter().any(|word| behind.contains(word))
}

/// Whether a part of a text that names no state puts off, or undoes, what stands beside it: 注销（公告中）, 注销（被驳回）.
pub fn puts_off(part: &str) -> bool {
    let said = LEADS.iter().find_map(|lead| part.strip_prefix(lead)).unwrap_or(part);
    PUT_OFF.iter().any(|word| part.contains(word)) || UNDONE.iter().any(|word| said.starts_with(word))
}

/// The words behind a state that are said of it: up to the next of some states, without what is said of that one, as 未 in 吊销未注销.
pub fn said_behind<'a>(behind: &'a str, states: &[&str]) -> &'a str {
    let Some(next) = states.iter().filter_map(|state| behind.find(state)).min() else { return behind };
    let mut said = behind.get(..next).unwrap_or_default();
    while let Some(rest) =
        NOT.iter().chain(AHEAD).chain(&["已", "尚", "被"]).find_map(|word| said.strip_suffix(word))
    {
        said = rest;
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_state_may_take_it_back() {
        for before in ["未", "不得", "不允许", "无法", "限制", "未办理", "正在", "拟", "尚未申请", "暂停"]
        {
            assert!(denies(before), "{before}");
        }
        for before in ["", "已", "强制", "依法", "企业"] {
            assert!(!denies(before), "{before}");
        }
        for behind in ["中", "未完成", "前", "登记审核", "公告期"] {
            assert!(is_under_way(behind), "{behind}");
        }
        for behind in ["失败", "申请被驳回", "已冲正", "后恢复", "登记未通过", "有异议"]
        {
            assert!(is_undone(behind), "{behind}");
        }
        for behind in ["", "企业", "登记", "完毕"] {
            assert!(!is_under_way(behind) && !is_undone(behind), "{behind}");
        }
    }

    #[test]
    fn a_part_of_its_own_puts_off_what_stands_beside_it() {
        for part in ["公告中", "失败", "被驳回", "已撤回", "申请未通过", "有异议", "审批"]
        {
            assert!(puts_off(part), "{part}");
        }
        for part in ["未年检", "2019年", "经营期限届满终止", "因合并", ""] {
            assert!(!puts_off(part), "{part}");
        }
    }

    #[test]
    fn what_is_said_of_the_next_state_is_not_said_of_this_one() {
        let states = ["注销", "吊销"];
        for (behind, want) in
            [("未注销", ""), ("后尚未注销", "后"), ("失败", "失败"), ("后已注销", "后"), ("", "")]
        {
            assert_eq!(said_behind(behind, &states), want, "{behind}");
        }
    }
}
