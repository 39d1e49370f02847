//! Names of persons and organisations.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::script::{is_format, is_han};
use crate::signs::{is_dash, is_dot};
use crate::text::travels_as_text;

/// Longest name accepted, in characters. The 12-ministry notice of 2016 asks for at least 50.
pub const LONGEST_NAME: usize = 200;

/// A party's name, composed (NFC), without surrounding blanks and without characters that nobody sees, with the dot of a
/// transliterated name as U+00B7. A counterpart matches it character by character.
///
/// Rule: 12-ministry notice on names with a dot (2016): the dot is `·` (GB 18030 A1A4, U+00B7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartyName(String);

/// Why a text is not a name. Never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but blanks.
    #[error("姓名或名称不得为空 a name cannot be empty")]
    Empty,
    /// Longer than [`LONGEST_NAME`].
    #[error(
        "姓名或名称至多 {LONGEST_NAME} 个字，现为 {0} 个字 a name can have at most {LONGEST_NAME} characters and this one has {0}"
    )]
    TooLong(usize),
    /// A control character inside.
    #[error("姓名或名称的第 {0} 个字是控制字符 character {0} of the name is a control character")]
    Control(usize),
    /// U+FFFD or a noncharacter: what an earlier system put in place of a character that it could not read.
    #[error(
        "姓名或名称的第 {0} 个字在传输中丢失，请重新填写 character {0} of the name was lost on the way (U+FFFD); enter the name anew"
    )]
    Lost(usize),
}

impl PartyName {
    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a transliterated name with a dot.
    pub fn has_dot(&self) -> bool {
        self.0.contains('·')
    }
}

/// Whether a character stands for the dot of a name. A full stop of any width counts only between Han characters, so that `J. Smith`
/// and `A.B. Ltd` keep theirs.
fn is_dot_of_name(before: Option<char>, c: char, after: Option<char>) -> bool {
    let han = |c: Option<char>| c.is_some_and(is_han);
    match c {
        '.' | '．' | '。' | '｡' | '\u{2024}' | '\u{FE52}' => han(before) && han(after),
        other => is_dot(other),
    }
}

impl FromStr for PartyName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_outside = |c: char| c.is_whitespace() || is_format(c);
        let characters: Vec<char> = text.trim_matches(is_outside).nfc().filter(|c| !is_format(*c)).collect();
        if characters.is_empty() {
            return Err(NameError::Empty);
        }
        if characters.len() > LONGEST_NAME {
            return Err(NameError::TooLong(characters.len()));
        }
        if let Some(at) = characters.iter().position(|c| c.is_control()) {
            return Err(NameError::Control(at + 1));
        }
        let is_lost = |c: &char| *c == char::REPLACEMENT_CHARACTER || (u32::from(*c) & 0xFFFE) == 0xFFFE;
        if let Some(at) = characters.iter().position(is_lost) {
            return Err(NameError::Lost(at + 1));
        }
        let neighbour = |at: Option<usize>| at.and_then(|at| characters.get(at).copied());
        let name = characters
            .iter()
            .enumerate()
            .map(|(at, c)| {
                let dot = is_dot_of_name(neighbour(at.checked_sub(1)), *c, neighbour(Some(at + 1)));
                if dot { '·' } else { *c }
            })
            .collect();
        Ok(Self(name))
    }
}

/// Whether two names are the same but for what systems change on the way: blanks and invisible characters, the width of letters and
/// digits, the form of brackets and dots, the case of letters, and characters written as HTML escapes. For comparison only.
pub fn same_name(one: &str, other: &str) -> bool {
    one == other || folded(one) == folded(other)
}

/// A name for comparison.
pub fn folded(name: &str) -> String {
    let plain = crate::escapes::without_escapes(name);
    // Before compatibility forms are resolved: that of some signs is a blank and a mark above it.
    let one_sign = plain.chars().map(|c| match c {
        '‘' | '’' | '`' | '´' => '\'',
        c if is_dot(c) => '·',
        c if is_dash(c) => '-',
        c => c,
    });
    let characters: Vec<char> = one_sign.nfkc().filter(|c| !c.is_whitespace() && !is_format(*c)).collect();
    let neighbour = |at: Option<usize>| at.and_then(|at| characters.get(at).copied());
    let one_form = |(at, c): (usize, &char)| match *c {
        '[' | '{' | '【' | '〔' | '〖' | '〘' | '『' | '「' | '<' | '〈' | '《' => '(',
        ']' | '}' | '】' | '〕' | '〗' | '〙' | '』' | '」' | '>' | '〉' | '》' => ')',
        '“' | '”' => '"',
        c if is_dot_of_name(neighbour(at.checked_sub(1)), c, neighbour(Some(at + 1))) => '·',
        c => c,
    };
    characters.iter().enumerate().map(one_form).flat_map(char::to_lowercase).collect()
}

impl fmt::Display for PartyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    PartyName,
    "PartyName",
    "Name of a person or organisation; dots as U+00B7, composed Unicode",
    None
);

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        text.parse::<PartyName>().expect(text).to_string()
    }

    #[test]
    fn every_dot_becomes_u00b7() {
        for dot in ["·", "•", "‧", "・", "･", "．", ".", "。", "˙", "⸱", "⸳", "∙", "ㆍ", "\u{2024}", "｡"]
        {
            assert_eq!(name(&format!("阿卜杜{dot}测试")), "阿卜杜·测试");
        }
        assert_eq!(name("A.B. Trading Ltd."), "A.B. Trading Ltd.");
    }

    #[test]
    fn decomposed_unicode_is_composed() {
        assert_eq!(name("Cafe\u{301} Testing"), "Café Testing");
    }

    #[test]
    fn blanks_brackets_and_case_do_not_part_names() {
        assert!(same_name("示例（集团）有限公司", " 示例(集团) 有限公司"));
        assert!(same_name("Example Trading LTD", "EXAMPLE TRADING ltd"));
        assert!(!same_name("示例甲有限公司", "示例乙有限公司"));
    }

    #[test]
    fn width_dots_brackets_and_escapes_do_not_part_names() {
        for (one, other) in [
            ("示例ＡＢＣ１（集团）有限公司", "示例ABC1(集团)有限公司"),
            ("示例〔集团〕有限公司", "示例【集团】有限公司"),
            ("示例﹝集团﹞有限公司", "示例（集团）有限公司"),
            ("努尔•测试", "努尔·测试"),
            ("努尔˙测试", "努尔·测试"),
            ("努尔⸱测试", "努尔・测试"),
            ("努尔ꞏ测试", "努尔˙测试"),
            ("努尔﹒测试", "努尔．测试"),
            ("O´Example plc", "O'Example plc"),
            ("Example―Sons Ltd", "EXAMPLE-SONS ltd"),
            ("示例──公司", "示例——公司"),
            ("努尔&middot;测试", "努尔．测试"),
            ("Example &amp; Sons Ltd", "EXAMPLE & SONS LTD"),
            ("示例&#65288;集团&#xff09;公司", "示例(集团)公司"),
            ("O&#39;Example plc", "O’Example PLC"),
            ("示例\u{200b}公司\u{feff}", "示例公司"),
            ("示例&nbsp;公司", "示例　公司"),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        for (one, other) in [("示例·公司", "示例公司"), ("A.B. Ltd", "AB Ltd"), ("示例一公司", "示例二公司")]
        {
            assert!(!same_name(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_nobody_sees_is_dropped_and_what_was_lost_is_refused() {
        for hidden in [
            "\u{200b}",
            "\u{feff}",
            "\u{202d}",
            "\u{202c}",
            "\u{fe0f}",
            "\u{2060}",
            "\u{ad}",
            "\u{e0101}",
            "\u{3164}",
        ] {
            assert_eq!(name(&format!("{hidden}王{hidden}测试{hidden} ")), "王测试", "{hidden:?}");
        }
        assert_eq!("\u{200b}".parse::<PartyName>(), Err(NameError::Empty));
        assert_eq!("王\u{fffd}试".parse::<PartyName>(), Err(NameError::Lost(2)));
        assert_eq!("王\u{ffff}试".parse::<PartyName>(), Err(NameError::Lost(2)));
        assert!(serde_json::from_str::<PartyName>(r#""王\ud842试""#).is_err(), "half a character");
    }

    #[test]
    fn long_names_are_names() {
        assert_eq!(name(&"阿".repeat(60)).chars().count(), 60);
        assert_eq!("  ".parse::<PartyName>(), Err(NameError::Empty));
        assert_eq!("阿".repeat(201).parse::<PartyName>(), Err(NameError::TooLong(201)));
        assert_eq!("a\u{7}b".parse::<PartyName>(), Err(NameError::Control(2)));
    }
}
