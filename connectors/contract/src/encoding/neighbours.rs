//! Chinese that was read by the encoding of a neighbour: GBK as Big5 or EUC-JP, Big5 as GBK. What comes out are Chinese characters too,
//! rare ones in no order, so that only the words that come back show it.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK};

/// Words of banks and registers, in both ways of writing. By chance none of them comes back.
const WORDS: &[&str] = &[
    "账户",
    "帐户",
    "账号",
    "存款",
    "储蓄",
    "活期",
    "定期",
    "结算",
    "专户",
    "专用",
    "基本",
    "一般",
    "临时",
    "保证金",
    "公积金",
    "社保",
    "保险",
    "医保",
    "基金",
    "理财",
    "借记",
    "贷记",
    "信用",
    "工资",
    "养老",
    "财政",
    "党费",
    "工会",
    "民工",
    "银行",
    "支行",
    "分行",
    "公司",
    "有限",
    "住房",
    "退休",
    "救济",
    "正常",
    "冻结",
    "销户",
    "帳戶",
    "帳號",
    "儲蓄",
    "結算",
    "專戶",
    "專用",
    "保證金",
    "公積金",
    "保險",
    "借記",
    "薪資",
    "養老",
    "財政",
    "銀行",
    "住宅",
    "凍結",
];

/// Which encoding a text was written in and which it was read by.
const MISTAKEN: [(&Encoding, &Encoding); 4] = [(GBK, BIG5), (GBK, EUC_JP), (GBK, EUC_KR), (BIG5, GBK)];

/// Whether a text has words of a bank once it is written back to the bytes that a neighbour's encoding was given, and none before.
pub(super) fn is_read_by_a_neighbour(text: &str) -> bool {
    !has_words(text) && MISTAKEN.iter().any(|(written, read)| has_words(&read_rightly(text, read, written)))
}

fn has_words(text: &str) -> bool {
    WORDS.iter().any(|word| text.contains(word))
}

/// The text as it was written; empty where it cannot have been.
fn read_rightly(text: &str, read: &'static Encoding, written: &'static Encoding) -> String {
    let (bytes, _, had_unmappable) = read.encode(text);
    if had_unmappable {
        return String::new();
    }
    // A character at the end may have lost a byte.
    let (origin, _) = written.decode_without_bom_handling(&bytes);
    origin.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_a_neighbour_read_are_known() {
        let classes = [
            "社会保险基金账户",
            "住房公积金专户",
            "借记卡活期",
            "党费账户",
            "财政零余额账户",
            "农民工工资专户",
            "一般存款账户",
        ];
        let mut tried = 0;
        for class in classes {
            for (written, read) in MISTAKEN.iter().filter(|(written, _)| *written == GBK) {
                let (bytes, ..) = written.encode(class);
                let (misread, had_errors) = read.decode_without_bom_handling(&bytes);
                // What was lost on the way shows by itself.
                if !had_errors {
                    assert!(super::super::is_garbled(&misread), "{class} as {misread}");
                    tried += 1;
                }
            }
            assert!(!is_read_by_a_neighbour(class), "{class}");
        }
        assert!(tried >= 7, "{tried}");
        let (bytes, ..) = BIG5.encode("社會保險基金帳戶");
        let (misread, had_errors) = GBK.decode_without_bom_handling(&bytes);
        assert!(had_errors || is_read_by_a_neighbour(&misread), "{misread}");
    }

    #[test]
    fn rare_characters_are_no_sign() {
        for text in ["陳大文", "龔書綿", "悵惘玸", "喆垚", "株式会社東京", "김철수", "嬲", "藥局", "囍囍"]
        {
            assert!(!is_read_by_a_neighbour(text), "{text}");
        }
    }
}
