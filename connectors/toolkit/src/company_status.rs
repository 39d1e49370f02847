//! The status of a Chinese company as registries and vendors write it, read into one vocabulary.

use chakong_contract::asset::CompanyStatus;

/// Words for an end of a company, the worst first.
const DEREGISTERED: &str = "注销";
const REVOKED: &str = "吊销";
const CANCELLED: &str = "撤销";
/// Words for other states, in the order in which they count: a text that holds a dead and an alive word is dead
/// (protocol section 3.4 of the business registries).
const OTHERS: &[(&[&str], CompanyStatus)] = &[
    (&[CANCELLED], CompanyStatus::Cancelled),
    (&["迁出", "迁往"], CompanyStatus::MovedOut),
    (&["清算"], CompanyStatus::Liquidating),
    (&["停业", "歇业"], CompanyStatus::Suspended),
    (&["存续", "在业", "开业", "在营", "在册", "正常", "仍注册"], CompanyStatus::Active),
];
/// What stands before a word that is denied, or that has not come yet.
const NOT_YET: &[&str] = &[
    "未", "非", "没有", "无", "不", "正在", "拟", "申请", "待", "将", "准备", "决议", "可", "预", "简易",
    "公告", "停止", "终止", "中止", "撤回",
];
/// What stands beside a word that is no longer so.
const TAKEN_BACK: &[&str] = &["恢复", "撤回", "曾", "原"];
/// What follows a word that has not come yet.
const UNDER_WAY: &[&str] = &["中", "公告", "备案", "申请", "待", "审核", "受理", "办理"];
/// What stands in brackets of its own beside a word that has not come yet.
const PUT_OFF: &[&str] = &["公告", "备案", "申请", "审核", "受理", "办理", "程序", "进行中"];

/// The status in our words; `None` for a text that is not known, as for one that says only what has not come yet (正在注销).
///
/// The text is read as a whole: a word that is denied (存续（未注销）) or under way (注销公告中) is not taken for the state.
pub fn read_company_status(text: &str) -> Option<CompanyStatus> {
    // 注销（公告中）: a part of its own puts off what the others say.
    let is_put_off = parts(text).any(|part| {
        let words = OTHERS.iter().flat_map(|(words, _)| words.iter()).chain(&[DEREGISTERED, REVOKED]);
        let names_a_state = words.into_iter().any(|word| part.contains(word));
        !names_a_state && PUT_OFF.iter().any(|word| part.contains(word))
    });
    let has = |word: &str| {
        let is_end = word == DEREGISTERED || word == REVOKED;
        !(is_end && is_put_off) && parts(text).any(|part| states(part, word))
    };
    if has(REVOKED) {
        let deregistered = has(DEREGISTERED);
        return Some(if deregistered {
            CompanyStatus::RevokedAndDeregistered
        } else {
            CompanyStatus::Revoked
        });
    }
    if has(DEREGISTERED) {
        return Some(CompanyStatus::Deregistered);
    }
    OTHERS.iter().find(|(words, _)| words.iter().any(|word| has(word))).map(|(_, status)| *status)
}

/// The parts of a text, each of which states one thing.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| c.is_whitespace() || "（）()【】[]，,、；;/|。.：:".contains(c);
    text.split(parts).filter(|part| !part.is_empty())
}

/// Whether a part states a word, and does not deny it, put it off or take it back. What is not clear states nothing: the text is kept
/// beside.
fn states(part: &str, word: &str) -> bool {
    // 撤销注销, 吊销已撤销: one undoes the other.
    if part.contains(CANCELLED) && [DEREGISTERED, REVOKED].iter().any(|end| part.contains(end)) {
        return false;
    }
    part.match_indices(word).any(|(at, found)| {
        let (before, behind) = (&part[..at], &part[at + found.len()..]);
        // A liquidation or a suspension is a state while it is under way.
        let lasts = matches!(word, "清算" | "停业" | "歇业" | "存续" | "在业" | "开业" | "在营" | "正常");
        let denies = |denial: &str| before.contains(denial) && !(lasts && denial.starts_with("正在"));
        let is_denied = NOT_YET.iter().any(|denial| denies(denial));
        let is_under_way = !lasts && UNDER_WAY.iter().any(|word| behind.contains(word));
        let is_taken_back =
            !lasts && TAKEN_BACK.iter().any(|word| before.contains(word) || behind.contains(word));
        !(is_denied || is_under_way || is_taken_back)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_every_source_are_one_vocabulary() {
        for (text, want) in [
            ("存续（在营、开业、在册）", Some(CompanyStatus::Active)),
            ("仍注册", Some(CompanyStatus::Active)),
            ("吊销，未注销", Some(CompanyStatus::Revoked)),
            ("吊销未注销", Some(CompanyStatus::Revoked)),
            ("吊销（未注销）", Some(CompanyStatus::Revoked)),
            ("吊销", Some(CompanyStatus::Revoked)),
            ("吊销企业", Some(CompanyStatus::Revoked)),
            ("吊销,已注销", Some(CompanyStatus::RevokedAndDeregistered)),
            ("吊销后注销", Some(CompanyStatus::RevokedAndDeregistered)),
            ("注销企业", Some(CompanyStatus::Deregistered)),
            ("已注销", Some(CompanyStatus::Deregistered)),
            ("注销登记", Some(CompanyStatus::Deregistered)),
            ("存续 已注销", Some(CompanyStatus::Deregistered)),
            ("撤销登记", Some(CompanyStatus::Cancelled)),
            ("迁往外省市", Some(CompanyStatus::MovedOut)),
            ("存续，清算中", Some(CompanyStatus::Liquidating)),
            ("正在清算", Some(CompanyStatus::Liquidating)),
            ("开业（注销已撤回）", Some(CompanyStatus::Active)),
            ("存续（吊销已撤回）", Some(CompanyStatus::Active)),
            ("设立中", None),
            ("", None),
        ] {
            assert_eq!(read_company_status(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_denied_or_under_way_is_not_the_state() {
        for (text, want) in [
            ("存续（未注销）", Some(CompanyStatus::Active)),
            ("在业(尚未注销)", Some(CompanyStatus::Active)),
            ("开业，未吊销", Some(CompanyStatus::Active)),
            ("存续（正在注销）", Some(CompanyStatus::Active)),
            ("在业（简易注销公告中）", Some(CompanyStatus::Active)),
            ("正常（拟吊销）", Some(CompanyStatus::Active)),
            ("存续（拟迁出）", Some(CompanyStatus::Active)),
            ("正在注销", None),
            ("正在办理注销登记", None),
            ("注销中", None),
            ("拟注销", None),
            ("注销公告", None),
            ("申请注销", None),
            ("未注销", None),
            ("不正常", None),
            ("非正常户", None),
            ("停止营业", None),
            ("未被依法注销", None),
            ("开业（注销登记审核中）", Some(CompanyStatus::Active)),
            ("注销（公告中）", None),
            ("吊销，清算中", Some(CompanyStatus::Revoked)),
            ("注销（备案）", None),
            ("撤销注销", None),
            ("注销已撤销", None),
            ("吊销已恢复", None),
            ("恢复存续", Some(CompanyStatus::Active)),
            ("存续，曾被吊销", Some(CompanyStatus::Active)),
            ("不再存续", None),
            ("注销（简易注销）", Some(CompanyStatus::Deregistered)),
            ("强制注销", Some(CompanyStatus::Deregistered)),
        ] {
            assert_eq!(read_company_status(text), want, "{text}");
        }
    }
}
