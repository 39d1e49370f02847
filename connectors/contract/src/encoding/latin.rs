//! Text that was read byte by byte, as Latin-1 or Windows-1252.

use encoding_rs::WINDOWS_1252;

use crate::script::is_han;

/// The bytes of a text that was read byte by byte; `None` where it holds a character that no byte becomes.
pub(super) fn bytes_of_latin(text: &str) -> Option<Vec<u8>> {
    let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    latin.or_else(|| {
        let (bytes, _, had_unmappable) = WINDOWS_1252.encode(text);
        (!had_unmappable).then(|| bytes.into_owned())
    })
}

/// Whether a text holds pieces of UTF-8 that was read byte by byte: the three characters that a Chinese one becomes. What lies between may
/// have been lost, as systems drop the bytes that are no character; where each character lost one, two of three are left of several.
pub(super) fn has_pieces_of_utf8(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let is_cut = |two: &&[char]| matches!(two, [first, second] if is_lead(*first) && is_sign(*second));
    characters.windows(3).any(is_of_chinese) || characters.windows(2).filter(is_cut).count() >= 3
}

fn is_lead(c: char) -> bool {
    matches!(c, 'ä'..='é')
}

/// A character that follows no letter in any language.
fn is_sign(c: char) -> bool {
    matches!(c, '¡'..='¶' | '¸'..='¿' | '€' | '‚' | '„' | '†' | '‡' | 'ˆ' | '‰' | '‹' | '›' | '˜' | '™')
}

/// Whether three characters are the bytes of a Chinese one.
fn is_of_chinese(three: &[char]) -> bool {
    let text: String = three.iter().collect();
    let bytes = bytes_of_latin(&text).unwrap_or_default();
    std::str::from_utf8(&bytes).is_ok_and(|read| read.chars().all(is_han))
        && bytes.len() == 3
        && !text.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_utf8_are_told_from_accented_letters() {
        for text in ["ç¤¾ä¼šä¿é™©åŸºé‡‘", "社ä¼š保险", "å…¬ç§¯é‡‘", "ä½æˆ¿å…¬ç§¯é‡‘"]
        {
            assert!(has_pieces_of_utf8(text), "{text}");
        }
        for text in [
            "Société Générale",
            "«été»",
            "Größe",
            "æøå ÆØÅ",
            "naïve café…",
            "Łódź",
            "社会保险",
            "A·B",
            "",
            "Crédit Agricole d’Épargne",
            "ä",
            "déjà vu",
            "Ångström",
        ] {
            assert!(!has_pieces_of_utf8(text), "{text}");
        }
    }
}
