//! The characters of GBK as banks' systems decode them, which is less than what encoders write.

use encoding_rs::GB18030;

/// Two-byte codes, first and last, that GB 18030 gives to characters and that the decoders of Java (`GBK`) and .NET (code page 936) read
/// as other characters or as private ones. Found by comparing both decoders over all two-byte codes.
const READ_OTHERWISE: &[(u16, u16)] = &[
    // The euro sign.
    (0xA2E3, 0xA2E3),
    // Punctuation for vertical text.
    (0xA6D9, 0xA6DF),
    (0xA6EC, 0xA6ED),
    (0xA6F3, 0xA6F3),
    // ⊕, ḿ, ǹ.
    (0xA892, 0xA892),
    (0xA8BC, 0xA8BC),
    (0xA8BF, 0xA8BF),
    // Ideographic description characters.
    (0xA989, 0xA995),
    // Radicals, and characters of extension A, such as 䜣.
    (0xFE50, 0xFEFE),
];

/// Whether a character travels in one or two bytes that every GBK decoder reads as the same character.
pub fn is_in_gbk(c: char) -> bool {
    if c.is_ascii() {
        return true;
    }
    if crate::script::is_private(c) {
        return false;
    }
    let mut text = [0; 4];
    let (bytes, _, had_unmappable) = GB18030.encode(c.encode_utf8(&mut text));
    let [first, second] = *bytes else { return false };
    let code = u16::from_be_bytes([first, second]);
    !had_unmappable && !READ_OTHERWISE.iter().any(|(from, to)| (*from..=*to).contains(&code))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_characters_are_those_that_java_and_dot_net_agree_about() {
        // Both decoders were run over every two-byte code: the characters on which both agree, in order of their code points, and
        // the digest of them as UTF-8.
        let all: String = ('\u{80}'..='\u{FFFF}').filter(|c| is_in_gbk(*c)).collect();
        assert_eq!(all.chars().count(), 21_790);
        let digest: String = Sha256::digest(&all).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "03ccd87dfd2b924bf56eb71c27e698196002db5eb878103cc32ca9c103332d61");
    }

    #[test]
    fn rare_names_are_told() {
        for c in ['䶮', '㭎', '䲟', '𠮷', '㐀', '€', '\u{E844}', 'ǹ', '⿰'] {
            assert!(!is_in_gbk(c), "{c}");
        }
        for c in ['王', '镕', '喆', '·', '（', 'é', '〇', '龥', '￥'] {
            assert!(is_in_gbk(c), "{c}");
        }
    }
}
