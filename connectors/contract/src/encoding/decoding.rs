//! How bytes of Chinese text can be read.

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

/// Chinese as banks write it: characters, their punctuation, full-width forms and ASCII.
pub(super) fn is_chinese(text: &str) -> bool {
    let is_common = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let fits = |c: char| {
        is_common(c)
            || c.is_ascii()
            // Roman and circled numbers stand in classes of accounts.
            || matches!(c, '\u{2160}'..='\u{217F}' | '\u{2460}'..='\u{249B}')
            || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '·')
    };
    text.chars().any(is_common) && text.chars().all(fits)
}
