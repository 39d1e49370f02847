//! Texts made comparable, whatever width, blanks and brackets they were typed with.

use unicode_normalization::UnicodeNormalization;

use crate::script::is_format;

/// Letters and digits of a text in compatibility form (NFKC) and lower case: width, blanks, brackets and other punctuation
/// are gone. For comparison only.
pub fn folded(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name as people tell it from others: in compatibility form (NFKC) and lower case, without characters that nobody sees and blanks at
/// its ends; blanks inside count as one. For comparison only.
pub fn folded_name(name: &str) -> String {
    let seen = name.nfkc().filter(|c| !is_unseen(*c) || c.is_whitespace());
    let lower: String = seen.flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A character that nobody sees, or a blank that is not the usual one.
pub fn is_unseen(c: char) -> bool {
    c.is_control() || is_format(c) || c == '\u{2800}' || (c.is_whitespace() && c != ' ')
}

#[cfg(test)]
mod tests {
    use super::{folded, folded_name, is_unseen};

    #[test]
    fn width_blanks_and_brackets_do_not_matter() {
        for text in
            ["工资（A1）专户", " 工资 (ａ１) 专户", "⼯资[A\u{200b}1]专\u{3000}户", "工资·A-1，专户。"]
        {
            assert_eq!(folded(text), "工资a1专户", "{text}");
        }
        assert_eq!(folded("（）—"), "");
    }

    #[test]
    fn names_that_look_alike_are_one_and_what_nobody_sees_is_told() {
        for name in
            ["sup B", " SUP  b ", "ｓｕｐ\u{3000}Ｂ", "s\u{200b}up\u{a0}B\u{2060}", "\u{feff}Sup\u{ad} B"]
        {
            assert_eq!(folded_name(name), "sup b", "{name:?}");
        }
        assert_ne!(folded_name("sup-B"), folded_name("supB"));
        for unseen in ['\u{200b}', '\u{202e}', '\u{2028}', '\u{3000}', '\u{a0}', '\u{2800}', '\u{3164}', '\t']
        {
            assert!(is_unseen(unseen), "{unseen:?}");
        }
        assert!(!"sup B-1_张".contains(is_unseen));
    }
}
