//! The status of a Chinese company as registries and vendors write it, read into one vocabulary.

use chakong_contract::asset::CompanyStatus;
use chakong_contract::denial::{self, UNDER_WAY_BEFORE};

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
    (ALIVE, CompanyStatus::Active),
];
/// States in which a company is alive.
const ALIVE: &[&str] = &["存续", "在业", "开业", "在营", "在册", "正常", "仍注册"];
/// States that last while they are under way.
const LASTING: &[&str] = &["清算", "停业", "歇业"];
/// What stands behind a state that lasted and is over.
const OVER: &[&str] = &["结束", "完结", "完成", "期满", "届满", "解除", "终结"];
/// What stands beside a word that is no longer so.
const TAKEN_BACK: &[&str] = &["恢复", "撤回", "曾", "原"];

/// The status in our words; `None` for a text that is not known, as for one that says only what has not come yet (正在注销).
///
/// The text is read as a whole: a word that is denied (存续（未注销）), under way (注销公告中), that failed (注销被驳回) or is over
/// (歇业已终止) is not taken for the state.
pub fn read_company_status(text: &str) -> Option<CompanyStatus> {
    // 注销（公告中）: a part of its own puts off what the others say.
    let is_put_off =
        parts(text).any(|part| !states().any(|word| part.contains(word)) && denial::puts_off(part));
    let has = |word: &str| {
        !(is_put_off && !ALIVE.contains(&word) && !LASTING.contains(&word))
            && parts(text).any(|part| says(part, word))
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

/// Every word for a state.
fn states() -> impl Iterator<Item = &'static str> {
    OTHERS.iter().flat_map(|(words, _)| words.iter()).chain(&[DEREGISTERED, REVOKED]).copied()
}

/// The parts of a text, each of which states one thing.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| c.is_whitespace() || "（）()【】[]，,、；;/|。.：:".contains(c);
    text.split(parts).filter(|part| !part.is_empty())
}

/// Whether a part states a word, and does not deny it, put it off or take it back. What is not clear states nothing: the text is kept
/// beside.
fn says(part: &str, word: &str) -> bool {
    // 撤销注销, 吊销已撤销, 撤销清算: one undoes the other.
    let mut undone = [DEREGISTERED, REVOKED].iter().chain(LASTING);
    if part.contains(CANCELLED) && undone.any(|other| part.contains(other)) {
        return false;
    }
    let all: Vec<&str> = states().collect();
    part.match_indices(word).any(|(at, found)| {
        let (before, behind) = (&part[..at], denial::said_behind(&part[at + found.len()..], &all));
        let beside = |words: &[&str]| words.iter().any(|word| before.contains(word) || behind.contains(word));
        if ALIVE.contains(&word) {
            return !denial::denies(&before.replace(UNDER_WAY_BEFORE, ""));
        }
        if LASTING.contains(&word) {
            let is_over = denial::is_undone(behind)
                || OVER.iter().any(|over| behind.contains(over))
                || ["曾", "原"].iter().any(|past| before.contains(past));
            return !(denial::denies(&before.replace(UNDER_WAY_BEFORE, "")) || is_over);
        }
        !(denial::denies(before)
            || denial::is_under_way(behind)
            || denial::is_undone(behind)
            || beside(TAKEN_BACK))
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
            ("存续（注销失败）", Some(CompanyStatus::Active)),
            ("存续（注销驳回）", Some(CompanyStatus::Active)),
            ("开业（注销申请被驳回）", Some(CompanyStatus::Active)),
            ("在业，注销不予受理", Some(CompanyStatus::Active)),
            ("存续（注销有异议）", Some(CompanyStatus::Active)),
            ("存续（限制注销）", Some(CompanyStatus::Active)),
            ("注销未通过", None),
            ("注销终止", None),
            ("注销未完成", None),
            ("注销（被驳回）", None),
            ("注销（异议期）", None),
            ("撤销登记（已中止）", None),
            ("迁出失败", None),
            ("存续（迁出中止）", Some(CompanyStatus::Active)),
            ("存续（吊销听证中）", Some(CompanyStatus::Active)),
            ("存续（歇业已终止）", Some(CompanyStatus::Active)),
            ("存续（停业已恢复）", Some(CompanyStatus::Active)),
            ("存续（清算已撤回）", Some(CompanyStatus::Active)),
            ("在营（曾歇业）", Some(CompanyStatus::Active)),
            ("开业（撤销清算）", Some(CompanyStatus::Active)),
            ("歇业期满", None),
            ("存续（歇业）", Some(CompanyStatus::Suspended)),
            ("恢复清算", Some(CompanyStatus::Liquidating)),
            ("清算中", Some(CompanyStatus::Liquidating)),
            ("注销（经营期限届满终止）", Some(CompanyStatus::Deregistered)),
            ("吊销（未年检）", Some(CompanyStatus::Revoked)),
            ("吊销并已注销", Some(CompanyStatus::RevokedAndDeregistered)),
        ] {
            assert_eq!(read_company_status(text), want, "{text}");
        }
    }
}
