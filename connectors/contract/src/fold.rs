//! Texts made comparable, whatever width, blanks and brackets they were typed with.

use unicode_normalization::UnicodeNormalization;

/// Letters and digits of a text in compatibility form (NFKC) and lower case: width, blanks, brackets and other punctuation
/// are gone. For comparison only.
pub fn folded(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn width_blanks_and_brackets_do_not_matter() {
        for text in
            ["工资（A1）专户", " 工资 (ａ１) 专户", "⼯资[A\u{200b}1]专\u{3000}户", "工资·A-1，专户。"]
        {
            assert_eq!(folded(text), "工资a1专户", "{text}");
        }
        assert_eq!(folded("（）—"), "");
    }
}
