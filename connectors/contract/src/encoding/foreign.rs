//! Letters that stand in no word of a Chinese institution's own vocabulary.

use crate::script::{is_format, is_han};

/// Whether a text holds letters or signs in which no Chinese bank names its kinds of accounts: of another alphabet, or what such letters
/// became on their way. Names of persons and firms may rightly hold them.
pub fn is_foreign(text: &str) -> bool {
    text.chars().any(|c| !is_usual(c))
}

fn is_usual(c: char) -> bool {
    let is_known = c.is_ascii() || is_han(c) || is_format(c) || c.is_whitespace();
    // Marks that GB 2312 has, general punctuation, signs and numbers in circles, Chinese punctuation, full width.
    is_known
        || matches!(c, '§' | '°' | '±' | '·' | '×' | '÷' | 'Α'..='Ω' | 'α'..='ω')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{20A0}'..='\u{20C0}' | '\u{2100}'..='\u{2BFF}')
        || matches!(c, '\u{3000}'..='\u{303F}' | '\u{30FB}' | '\u{3200}'..='\u{33FF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF01}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFE6}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_banks_are_told_from_letters_of_another_alphabet() {
        for class in [
            "社会保险基金账户",
            "Ⅱ类户",
            "①基本户",
            "（借记卡）",
            "Ａ股保证金",
            "定期—三年",
            "7天通知存款·个人",
            "α1号",
            "㈠类",
            "",
            "账户\u{200b}",
            "𠮷田专户",
            "￥结算户",
            "Current Account",
        ] {
            assert!(!is_foreign(class), "{class}");
        }
        for class in ["зарплата", "ÃÂ¤", "¤¤¤¤", "ᄀᄁ", "حساب", "Société", "社é保", "アカウント", "բանկ"]
        {
            assert!(is_foreign(class), "{class}");
        }
    }
}
