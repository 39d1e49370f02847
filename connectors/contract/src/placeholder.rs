//! Texts that stand where a counterpart has no value.

mod sentence;

use crate::signs::{is_dash, is_dot};

/// What counterparts write for "nothing", folded: upper case, half width, no blanks. Each stands alone in its field.
const PLACEHOLDERS: &[&str] = &[
    "NULL",
    "(NULL)",
    "<NULL>",
    "[NULL]",
    "NIL",
    "NONE",
    "UNDEFINED",
    "N/A",
    "NA",
    "#N/A",
    "UNKNOWN",
    "NOTAVAILABLE",
    "NOTAPPLICABLE",
    "没有",
    "暂无",
    "暂无数据",
    "暂无信息",
    "暂缺",
    "无",
    "无数据",
    "无信息",
    "空",
    "未知",
    "不详",
    "未公开",
    "暂未公开",
    "未公示",
    "暂未公示",
    "未披露",
    "暂未披露",
    "未填",
    "待补充",
    "未填写",
    "未填报",
    "未提供",
    "未登记",
    "待定",
    "不适用",
];

/// Longest placeholder, in characters.
const LONGEST: usize = 40;

/// Whether a text stands for "no value": `null`, `暂无`, `/`, `--`, and sentences made of such words alone, as `无统一社会信用代码` or
/// `N/A (none)`. For numbers, codes, dates and amounts; a name or a remark may rightly be such a word.
pub fn is_placeholder(text: &str) -> bool {
    // No such word has a digit, and most values have one.
    if text.bytes().any(|byte| byte.is_ascii_digit()) || text.chars().count() > LONGEST {
        return false;
    }
    let folded = crate::id::error::clean(text);
    let is_stroke = |c: char| "/\\_.*~、。".contains(c) || is_dash(c) || is_dot(c);
    !folded.is_empty()
        && (folded.chars().all(is_stroke)
            || PLACEHOLDERS.contains(&folded.as_str())
            || sentence::says_nothing(text))
}

/// Whether a text is what a program writes for a value that it does not have. Nobody means it, whatever the field.
pub fn is_null(text: &str) -> bool {
    let folded = crate::id::error::clean(text);
    matches!(folded.as_str(), "NULL" | "(NULL)" | "<NULL>" | "[NULL]" | "UNDEFINED")
}

/// Whether part of a number was hidden, as in `6229****0019`: it can be shown, and be compared with nothing.
pub fn is_masked(text: &str) -> bool {
    ["**", "＊＊", "●●", "××"].iter().any(|mask| text.contains(mask))
}

/// Whether part of an account number, or of the number of what is held through an account, was hidden: beside what [`is_masked`] finds, by a
/// single asterisk or dot among digits, or by letters as in `6229XXXX0019` and `xxxxxx0019`. A code may rightly hold such letters.
pub fn is_masked_number(text: &str) -> bool {
    if is_masked(text) {
        return true;
    }
    let number: Vec<char> = crate::id::number::folded_number(text).chars().collect();
    let has_digit = number.iter().any(char::is_ascii_digit);
    has_digit && (number.iter().copied().any(is_mask) || has_crosses(&number))
}

/// What stands for a hidden digit, and in no number of an account.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | '∗' | '✱' | '×' | '✕' | '#' | '…' | '■' | '□' | '○' | '◎') || is_dot(c)
}

/// Whether a run of X stands in place of digits: two between digits, or three at either end of them.
fn has_crosses(number: &[char]) -> bool {
    let is_digit = |at: Option<usize>| at.and_then(|at| number.get(at)).is_some_and(char::is_ascii_digit);
    let mut begin = 0_usize;
    for run in number.split(|c| *c != 'X') {
        let (before, end) = (begin.checked_sub(1), begin + run.len());
        let is_at_an_end = begin == 0 || end == number.len();
        let hides = match is_at_an_end {
            true => run.len() >= 3 && (is_digit(before) || is_digit(Some(end))),
            false => run.len() >= 2 && is_digit(before) && is_digit(Some(end)),
        };
        if hides {
            return true;
        }
        begin = end + 1;
    }
    false
}

/// A code or number as stated; `None` where a placeholder, nothing but zeros or a number that is partly hidden stands in its place.
pub fn stated_code(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_zero = text.chars().all(|c| c == '0');
    (!text.is_empty() && !is_zero && !is_placeholder(text) && !is_masked(text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing_is_no_code() {
        for text in [
            "",
            " ",
            "暂无",
            " 无 ",
            "null",
            "Null",
            "（null）",
            "N/A",
            "-",
            "——",
            "/",
            "***",
            "000000",
            "不详",
            "Not applicable",
            "未披露",
            "９１００＊＊＊＊０１１２",
            "9100**12",
            "示A●●●01",
            "暂无代码",
            "无统一社会信用代码",
            "未提供",
            "N/A (none)",
            "无组织机构代码证",
            "该企业暂无统一社会信用代码",
            "统一社会信用代码：无",
            "暂无（未公示）",
            "尚未取得",
            "未查询到相关信息",
            "查无此号码",
            "系统无数据",
            "无/null",
            "注册号未知",
            "数据缺失",
            "待核实",
            "not provided",
            "No code",
            "no credit code available",
            "<none>",
            "unknown / not stated",
        ] {
            assert_eq!(stated_code(text), None, "{text}");
        }
        for text in [
            "MADEM001-1",
            "0001",
            "无锡",
            "NL123",
            "*1",
            "NO123",
            "No",
            "无为",
            "空港",
            "示例工商注字001号",
            "未央",
            "京房权证示字第1号",
            "无123",
            "NONE1",
            "Nonesuch",
            "代码",
            "统一社会信用代码",
            "ID",
            "无限",
            "NANA",
        ] {
            assert_eq!(stated_code(text), Some(text), "{text}");
        }
    }

    #[test]
    fn a_number_of_which_a_part_is_hidden_is_none_whatever_hides_it() {
        for text in [
            "6222XXXX4471",
            "6222xxxx4471",
            "6222 xxxx xxxx 4471",
            "６２２２ＸＸＸＸ４４７１",
            "6222-XX-4471",
            "6222*4471",
            "622200447*",
            "*4471",
            "6222＊4471",
            "6222●4471",
            "6222•••4471",
            "6222××4471",
            "6222########4471",
            "XXXX4471",
            "62220000XXXX",
            "***",
        ] {
            assert!(is_masked_number(text), "{text}");
        }
        for text in [
            "6222000000004471",
            "GJXX4471",
            "NRA-4471",
            "XX4471",
            "11010119000101001X",
            "4471X0002",
            "EXXON",
            "",
            "XXXX",
        ] {
            assert!(!is_masked_number(text), "{text}");
        }
        for code in ["91000000MADEXX0112", "1XX2", "*1"] {
            assert_eq!(stated_code(code), Some(code), "a code may hold them");
        }
    }

    #[test]
    fn a_word_of_a_program_is_told_from_a_word_of_a_person() {
        assert!(is_null("null") && is_null(" (NULL) ") && is_null("undefined"));
        assert!(!is_null("无") && !is_null("-") && !is_null("nullable") && !is_null(""));
    }
}
