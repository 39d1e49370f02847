//! Words in two languages: the Chinese first, a space, then the English. Several may follow one another, and what both share stands once,
//! behind a colon: `缺文书 missing document: 冻结裁定书`.

use chakong_contract::script::is_han;

/// Where the Chinese goes on behind the English: English has other marks.
const MARKS: [char; 3] = ['；', '，', '。'];

/// The Chinese of a text. One that has one language stays as it is.
pub fn chinese(text: &str) -> String {
    let Some(parts) = split(text) else {
        return lead(text).map_or_else(|| text.to_owned(), |(_, rest)| chinese(rest));
    };
    let mut said = parts.chinese.to_owned();
    if parts.chinese.matches('（').count() > parts.chinese.matches('）').count() {
        said.push('）');
    }
    let rest = chinese(parts.rest);
    if !rest.is_empty() {
        said.push(if parts.mark == ':' { '：' } else { parts.mark });
        said.push_str(&rest);
    }
    said
}

/// The English of a text. One that has one language stays as it is.
pub fn english(text: &str) -> String {
    let Some(parts) = split(text) else {
        let told = |(lead, rest): (&str, &str)| format!("{lead}: {}", english(rest));
        return lead(text).map_or_else(|| text.to_owned(), told);
    };
    let rest = english(parts.rest);
    let mark = if matches!(parts.mark, ':' | '：') { ':' } else { ';' };
    if rest.is_empty() { parts.english.to_owned() } else { format!("{}{mark} {rest}", parts.english) }
}

/// Whether a text can only be one of ours in both languages: of what others say nothing is left out. The English half of a note begins with a
/// small letter and has no Chinese in it.
pub fn is_ours(text: &str) -> bool {
    split(text).is_some_and(|parts| {
        parts.english.starts_with(|c: char| c.is_ascii_lowercase())
            && !parts.english.contains(is_han)
            && parts.english.split_whitespace().count() > 2
    })
}

/// The Chinese of what may be a note of ours or a counterpart's words, which stay as they are.
pub fn chinese_of_words(words: &str) -> String {
    if is_ours(words) { chinese(words) } else { words.to_owned() }
}

/// English that leads to words in two languages, as that of a fault does, and those words.
fn lead(text: &str) -> Option<(&str, &str)> {
    let (lead, rest) = text.split_once(": ")?;
    (!lead.contains(is_han) && split(rest).is_some()).then_some((lead, rest))
}

/// The two halves of what a text begins with, and what follows them.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'t> {
    chinese: &'t str,
    english: &'t str,
    /// What stands between the halves and the rest.
    mark: char,
    rest: &'t str,
}

fn split(text: &str) -> Option<Parts<'_>> {
    let (chinese, tail) = text.char_indices().find_map(|(at, c)| {
        let end = match c {
            ' ' => at,
            '）' | '。' => at + c.len_utf8(),
            _ => return None,
        };
        let (head, tail) = (text.get(..end)?, text.get(end..)?);
        let tail = tail.trim_start_matches(' ');
        (ends_chinese(head) && is_chinese(head) && begins_english(tail)).then_some((head.trim(), tail))
    })?;
    let (end, mark) = end_of_english(tail);
    let rest = tail.get(end..).unwrap_or_default();
    let rest = rest.strip_prefix(mark).unwrap_or(rest).trim_start();
    let english = tail.get(..end).unwrap_or(tail).trim_end();
    Some(Parts { chinese, english: english.strip_suffix('）').unwrap_or(english), mark, rest })
}

/// Whether Chinese may end with what a text ends with: with its own characters, or with a number or capitals that it names.
fn ends_chinese(head: &str) -> bool {
    let last = head.chars().next_back();
    last.is_some_and(|c| !c.is_ascii() || c.is_ascii_uppercase() || c.is_ascii_digit() || c == ')')
}

/// Whether a text is Chinese, which may name codes and numbers, and has no English words.
fn is_chinese(text: &str) -> bool {
    text.chars().any(is_han) && !has_english_word(text)
}

/// Whether a word of English stands alone in a text.
fn has_english_word(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_end_matches([',', '.', ':', ';']);
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// Whether a sentence of English begins a text, perhaps with an amount.
fn begins_english(tail: &str) -> bool {
    let tail = without_amount(tail);
    let is_of_word = |c: char| c.is_ascii_alphabetic() || matches!(c, '\'' | '-');
    let end = tail.find(|c: char| !is_of_word(c)).unwrap_or(tail.len());
    let (word, after) = tail.split_at(end);
    let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && !word.chars().skip(1).any(|c| c.is_ascii_uppercase());
    let mut following = after.chars();
    is_word
        && match following.next() {
            Some(':' | '：') => true,
            Some(mark @ (' ' | '(' | ',' | ';')) => {
                let sentence = after.split(MARKS).next().unwrap_or_default();
                let next = following.next();
                next.is_some_and(|c| c.is_ascii() && (matches!(mark, ' ' | '(') || c == ' '))
                    && has_letters(sentence)
            }
            _ => false,
        }
}

/// Whether a word of two letters or more stands in a text.
fn has_letters(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_lowercase))
}

/// A text without the amount, and its currency, that it begins with.
fn without_amount(text: &str) -> &str {
    let Some((amount, rest)) = text.split_once(' ') else { return text };
    let is_amount = amount.starts_with(|c: char| c.is_ascii_digit())
        && amount.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'%'));
    if !is_amount {
        return text;
    }
    match rest.split_once(' ') {
        Some((currency, rest))
            if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            rest
        }
        _ => rest,
    }
}

/// Where the English ends, and with which mark: where Chinese goes on, or where a colon leads to what both halves share.
fn end_of_english(tail: &str) -> (usize, char) {
    let ends = |(at, c): (usize, char)| {
        let rest = tail.get(at + c.len_utf8()..).unwrap_or_default();
        let leads = c == '：' || c == ':' && rest.starts_with(' ');
        (MARKS.contains(&c) || leads && is_shared(rest.trim_start())).then_some((at, c))
    };
    tail.char_indices().find_map(ends).unwrap_or((tail.len(), ' '))
}

/// Whether what stands behind a colon is for both languages: Chinese, or a code or number.
fn is_shared(rest: &str) -> bool {
    let begin = rest.find(is_han).unwrap_or(rest.len());
    !rest.is_empty() && !has_english_word(rest.get(..begin).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_taken_alone_whatever_codes_and_amounts_the_chinese_names() {
        for (text, zh, en) in [
            ("账户已销户 the account is closed", "账户已销户", "the account is closed"),
            (
                "缺文书 missing document: 冻结裁定书、协助冻结通知书",
                "缺文书：冻结裁定书、协助冻结通知书",
                "missing document: 冻结裁定书、协助冻结通知书",
            ),
            ("豁免财产 exempt: 养老金账户", "豁免财产：养老金账户", "exempt: 养老金账户"),
            (
                "备用，仅在bank-1无法答复时查询 asked only when bank-1 cannot answer",
                "备用，仅在bank-1无法答复时查询",
                "asked only when bank-1 cannot answer",
            ),
            (
                "备用，仅在示例第一银行无法答复时查询 asked only when 示例第一银行 cannot answer",
                "备用，仅在示例第一银行无法答复时查询",
                "asked only when 示例第一银行 cannot answer",
            ),
            (
                "冻结限额高于请求 the limit is higher than was ordered；期限已届满 the term is over",
                "冻结限额高于请求；期限已届满",
                "the limit is higher than was ordered; the term is over",
            ),
            (
                "应保留生活必需费用（民诉法第254条）the costs of living stay (民诉法 art. 254)，5.00 元须解除 5.00 yuan must be released: 缺文书 missing document: 解除裁定书",
                "应保留生活必需费用（民诉法第254条），5.00 元须解除：缺文书：解除裁定书",
                "the costs of living stay (民诉法 art. 254); 5.00 yuan must be released: missing document: 解除裁定书",
            ),
            (
                "2027-01-05 届满，逾期自动解除，须及时续行 the measure ends on 2027-01-05: renew it before (民诉法解释 art. 485)",
                "2027-01-05 届满，逾期自动解除，须及时续行",
                "the measure ends on 2027-01-05: renew it before (民诉法解释 art. 485)",
            ),
            (
                "币种与该措施不符，应为 USD the measure is in USD: state the amount in it",
                "币种与该措施不符，应为 USD",
                "the measure is in USD: state the amount in it",
            ),
            (
                "查控目的应为 enforcement（执行）或 preservation（保全） the purpose must be one of these two",
                "查控目的应为 enforcement（执行）或 preservation（保全）",
                "the purpose must be one of these two",
            ),
            ("（本院锁定已解除 our lock was lifted）", "（本院锁定已解除）", "our lock was lifted"),
            ("不支持该方法 Method not allowed", "不支持该方法", "Method not allowed"),
            (
                "有 3 处不符合规定 3 rule(s) are broken; see `findings`",
                "有 3 处不符合规定",
                "3 rule(s) are broken; see `findings`",
            ),
            ("已停用 disabled: 1001", "已停用：1001", "disabled: 1001"),
            (
                "failed to send the order: 该单位已暂停 the counterpart is paused (transient)",
                "该单位已暂停",
                "failed to send the order: the counterpart is paused (transient)",
            ),
        ] {
            assert_eq!((chinese(text).as_str(), english(text).as_str()), (zh, en));
        }
    }

    #[test]
    fn a_text_of_one_language_stays_as_it_is() {
        for text in [
            "",
            "证件不符",
            "账户 ABC 已冻结",
            "与 bank 的线路不通",
            "the account is closed",
            "after 号 only 之一 and the like can stand",
            "1 to 10 officers (法释〔2013〕20号 art. 2)",
            "测试公司 Acme",
            "请先提交载明 case.continues 的查控申请",
        ] {
            assert_eq!((chinese(text), english(text)), (text.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn what_a_counterpart_says_is_told_from_a_note_of_ours() {
        for text in
            ["账户已销户 the account is closed", "请求尚未发出，已撤回 it had not left and was withdrawn"]
        {
            assert!(is_ours(text), "{text}");
        }
        for text in [
            "查无此人 Zhang San 的账户",
            "户名为 Acme Trading 有限公司，证件不符",
            "户名应为 John Smith",
            "户名应为 wang wu",
            "不予办理",
            "not found",
        ] {
            assert!(!is_ours(text), "{text}");
        }
    }

    #[test]
    fn words_of_the_program_that_stand_in_papers_and_on_pages_have_both_halves() {
        let notes = [crate::domain::abilities::Cannot::NotConfigured("bank-1".to_owned())];
        for note in notes.map(|note| note.to_string()) {
            assert_eq!(chinese(&note), "该单位未配置");
            assert_eq!(english(&note), "the counterpart bank-1 is not configured");
        }
    }
}
