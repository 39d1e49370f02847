//! Bytes of Chinese text whose encoding is stated wrongly or not at all, and text that was decoded wrongly.

mod gbk;

pub use gbk::is_in_gbk;

use encoding_rs::GB18030;

/// How bytes can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// ASCII alone: the same in every encoding here.
    Ascii(String),
    /// UTF-8 for certain.
    Utf8(String),
    /// GB 18030, which holds all of GBK, for certain.
    Gb18030(String),
    /// Short text that both encodings can mean, such as the bytes of 通知, which are two letters in UTF-8 as well.
    Either {
        /// Read as UTF-8: letters of two bytes only.
        utf8: String,
        /// Read as GB 18030.
        gb18030: String,
    },
    /// Neither.
    Neither,
}

/// Reads bytes. GB 18030 accepts every UTF-8 text with an even number of Chinese characters, so that UTF-8 goes first: valid
/// UTF-8 with a character of three bytes is practically never meant as GB 18030.
pub fn decoded(bytes: &[u8]) -> Decoded {
    let utf8 = std::str::from_utf8(bytes).ok();
    if let Some(text) = utf8
        && (text.is_ascii() || text.chars().any(|c| c >= '\u{800}'))
    {
        let text = text.to_owned();
        return if text.is_ascii() { Decoded::Ascii(text) } else { Decoded::Utf8(text) };
    }
    let (gb18030, had_errors) = GB18030.decode_without_bom_handling(bytes);
    match (utf8.map(str::to_owned), had_errors) {
        (Some(utf8), false) => Decoded::Either { utf8, gb18030: gb18030.into_owned() },
        (Some(utf8), true) => Decoded::Utf8(utf8),
        (None, false) => Decoded::Gb18030(gb18030.into_owned()),
        (None, true) => Decoded::Neither,
    }
}

/// Whether a text is what no counterpart writes: decoded wrongly somewhere on its way, or with characters lost.
pub fn is_garbled(text: &str) -> bool {
    if has_lost_characters(text) || is_escaped(text) {
        return true;
    }
    if text.is_ascii() {
        return false;
    }
    text.chars().any(is_never_written)
        || text.contains("锟斤")
        || text.contains("烫烫")
        || text.contains("屯屯")
        || is_utf8_read_as_gb18030(text)
        || is_read_as_latin(text)
}

fn is_never_written(c: char) -> bool {
    crate::script::is_private(c)
        || matches!(c, '\u{FFFD}' | '\u{80}'..='\u{9F}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// A system that lacks a character writes a question mark in its place; one alone may be meant.
fn has_lost_characters(text: &str) -> bool {
    ["??", "¿¿", "■■", "□□", "◇◇", "◆◆"].iter().any(|lost| text.contains(lost)) || text.trim() == "?"
}

/// Characters written for a reader that was never asked: `&#31038;`, `\u793e`, `%E7%A4%BE`.
fn is_escaped(text: &str) -> bool {
    let hex = |text: &str, digits: usize| {
        text.get(..digits).is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let entity = |rest: &str| {
        let digits = rest.trim_start_matches(['x', 'X']).trim_start_matches(|c: char| c.is_ascii_hexdigit());
        digits.len() < rest.len() && digits.starts_with(';')
    };
    text.split("&#").skip(1).any(entity)
        || text.split("\\u").skip(1).any(|rest| hex(rest, 4))
        || text.split('%').skip(1).filter(|rest| hex(rest, 2)).count() >= 2
}

/// The text of UTF-8 bytes that were read as GB 18030, as 姝ｅ父 for 正常: written back, they are UTF-8 again. A byte that was
/// left over at the end became a question mark or was dropped.
fn is_utf8_read_as_gb18030(text: &str) -> bool {
    let (bytes, _, had_unmappable) = GB18030.encode(text.trim_end_matches('?'));
    if had_unmappable {
        return false;
    }
    let whole = match std::str::from_utf8(&bytes) {
        Ok(whole) => whole,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    is_chinese(whole)
}

/// The text of UTF-8 or GB 18030 bytes that were read byte by byte, as æ­£å¸¸ or Õý³£ for 正常.
fn is_read_as_latin(text: &str) -> bool {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let Some(bytes) = bytes else { return false };
    match decoded(&bytes) {
        Decoded::Utf8(text) => is_chinese(&text),
        // Two accented letters are a word of another language as well.
        Decoded::Gb18030(text) | Decoded::Either { gb18030: text, .. } => {
            text.chars().filter(|c| crate::script::is_han(*c)).count() >= 2 && is_chinese(&text)
        }
        _ => false,
    }
}

/// Chinese as banks write it: characters, their punctuation, full-width forms and ASCII.
fn is_chinese(text: &str) -> bool {
    let is_common = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let fits = |c: char| {
        is_common(c)
            || c.is_ascii()
            || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '·')
    };
    text.chars().any(is_common) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn mojibake(text: &str) -> String {
        GB18030.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn utf8_goes_first_and_what_both_can_mean_is_told() {
        assert_eq!(decoded("住房公积金账户".as_bytes()), Decoded::Utf8("住房公积金账户".into()));
        assert_eq!(decoded("冻结".as_bytes()), Decoded::Utf8("冻结".into()));
        assert_eq!(decoded(&gb("冻结")), Decoded::Gb18030("冻结".into()));
        assert_eq!(decoded(b"6229990001"), Decoded::Ascii("6229990001".into()));
        assert!(matches!(decoded(&gb("通知")), Decoded::Either { gb18030, .. } if gb18030 == "通知"));
        assert_eq!(decoded(&[0xFF, 0xFF, 0x30]), Decoded::Neither);
    }

    #[test]
    fn text_that_was_decoded_wrongly_is_known() {
        for right in ["工会经费集中户", "住房公积金", "党费账户", "冻结", "销户", "（2026）示0101执1号"]
        {
            assert!(!is_garbled(right), "{right}");
            assert!(is_garbled(&mojibake(right)), "{right} as GB 18030");
            let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
            assert!(is_garbled(&latin(right.as_bytes())), "{right} byte by byte");
            assert!(is_garbled(&latin(&gb(right))), "{right} of GB 18030 byte by byte");
            assert!(is_garbled(&String::from_utf8_lossy(&gb(right))), "{right} of GB 18030 as UTF-8");
        }
        for bad in [
            "????",
            "锟斤拷锟斤拷",
            "示例\u{E844}",
            "示例\u{FFFD}",
            "a\u{91}b",
            "??户",
            "?",
            "党费¿¿",
            "■■■",
            "&#20826;&#36153;",
            "&#x515A;户",
            "\\u515a\\u8d39",
            "%E5%85%9A%E8%B4%B9",
        ] {
            assert!(is_garbled(bad), "{bad}");
        }
        for good in [
            "",
            "A&B #1;",
            "年利率 3% 至 5%",
            "OK?",
            "CRÉDIT AGRICOLE",
            "Zürich",
            "é",
            "借记卡",
            "通知存款",
            "联通",
            "〇",
            "是否正常？",
            "努尔·测试",
        ] {
            assert!(!is_garbled(good), "{good}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_utf8_is_read_so(text in "[\u{4e00}-\u{9fa5}]{1,20}") {
            prop_assert_eq!(decoded(text.as_bytes()), Decoded::Utf8(text));
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..60), text in "\\PC{0,40}") {
            let _ = decoded(&bytes);
            let _ = is_garbled(&text);
        }
    }
}
