//! Bytes of Chinese text whose encoding is stated wrongly or not at all, and text that was decoded wrongly.

mod decoding;
mod foreign;
mod garbled;
mod gbk;
mod latin;
mod neighbours;

pub use decoding::{Decoded, decoded};
pub use foreign::is_foreign;
pub use garbled::is_garbled;
pub use gbk::is_in_gbk;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use encoding_rs::GB18030;

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
