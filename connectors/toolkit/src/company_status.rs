//! The status of a Chinese company as registries and vendors write it, read into one vocabulary.

use chakong_contract::asset::CompanyStatus;

/// Words for an end of a company, the worst first.
const DEREGISTERED: &str = "注销";
const REVOKED: &str = "吊销";
/// Words for other states, in the order in which they count: a text that holds a dead and an alive word is dead
/// (protocol section 3.4 of the business registries).
const OTHERS: &[(&[&str], CompanyStatus)] = &[
    (&["撤销"], CompanyStatus::Cancelled),
    (&["迁出", "迁往"], CompanyStatus::MovedOut),
    (&["清算"], CompanyStatus::Liquidating),
    (&["停业", "歇业"], CompanyStatus::Suspended),
    (&["存续", "在业", "开业", "在营", "在册", "正常", "仍注册"], CompanyStatus::Active),
];
/// What stands before a word that is denied, or that has not come yet.
const NOT_YET: &[&str] = &[
    "未",
    "未被",
    "未予",
    "非",
    "没有",
    "无",
    "不",
    "不予",
    "正在",
    "正在办理",
    "正在申请",
    "拟",
    "拟被",
    "申请",
    "已申请",
    "待",
    "将",
    "即将",
    "准备",
    "决议",
    "可",
    "预",
    "简易",
    "公告",
    "尚未",
    "停止",
    "终止",
    "中止",
    "撤回",
];
/// What follows a word that has not come yet.
const UNDER_WAY: &[&str] = &["中", "公告", "备案", "申请", "登记中", "程序中", "待", "审核", "受理", "办理"];

/// The status in our words; `None` for a text that is not known, as for one that says only what has not come yet (正在注销).
///
/// The text is read as a whole: a word that is denied (存续（未注销）) or under way (注销公告中) is not taken for the state.
pub fn read_company_status(text: &str) -> Option<CompanyStatus> {
    let has = |word: &str| parts(text).any(|part| states(part, word));
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

/// Whether a part states a word, and does not deny it or put it off.
fn states(part: &str, word: &str) -> bool {
    part.match_indices(word).any(|(at, found)| {
        let (before, behind) = (&part[..at], &part[at + found.len()..]);
        // A liquidation or a suspension is a state while it is under way.
        let lasts = matches!(word, "清算" | "停业" | "歇业" | "存续" | "在业" | "开业" | "在营" | "正常");
        let denied =
            NOT_YET.iter().any(|word| before.ends_with(word) && !(lasts && word.starts_with("正在")));
        let under_way = !lasts && UNDER_WAY.iter().any(|word| behind.starts_with(word));
        !denied && !under_way
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
        ] {
            assert_eq!(read_company_status(text), want, "{text}");
        }
    }
}
