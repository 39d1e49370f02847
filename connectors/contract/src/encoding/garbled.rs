//! Text that was decoded wrongly on its way, once or several times, or that lost characters.
//!
//! What is told here is told without doubt: written back to the bytes that it came from, the text is Chinese. Rare characters are no sign
//! of anything: people and places bear them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{GB18030, GBK};

use super::decoding::{Decoded, decoded, is_chinese};
use super::latin::{bytes_of_latin, has_pieces_of_utf8};
use super::neighbours::is_read_by_a_neighbour;
use crate::script::{is_han, is_private};

/// Wrong decodings, one on the other, that are looked through.
const MOST_LAYERS: u32 = 3;
/// Characters of a text that are looked at; a long remark is garbled from its beginning, or not at all.
const MOST_CHARACTERS: usize = 400;
/// Words of a question, in which a question mark may be meant.
const QUESTIONS: &[char] = &['否', '吗', '呢', '么', '何', '谁', '哪'];

/// Names of characters as HTML writes them.
const ENTITIES: &[&str] = &["nbsp;", "amp;", "lt;", "gt;", "quot;", "apos;", "middot;", "ensp;", "emsp;"];

/// Whether a text is what no counterpart writes: decoded wrongly somewhere on its way, or with characters lost.
pub fn is_garbled(text: &str) -> bool {
    let text =
        text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
    if has_lost_characters(text) || is_escaped(text) || is_sealed_twice(text) {
        return true;
    }
    if text.is_ascii() {
        return false;
    }
    text.chars().any(is_never_written)
        || ["锟斤", "烫烫", "屯屯", "ï»¿", "ï¿½"].iter().any(|sign| text.contains(sign))
        || is_gbk_read_as_utf8(text)
        || is_decoded_wrongly(text, MOST_LAYERS)
        || is_utf8_in_pieces(text)
        || has_pieces_of_utf8(text)
        || is_read_by_a_neighbour(text)
}

/// Whether a text is Chinese once it is written back, through several wrong decodings at most. Of what lies between nothing else is a
/// sign: the bytes of right Chinese are letters of many alphabets, if one reads them as UTF-8.
fn is_decoded_wrongly(text: &str, layers: u32) -> bool {
    written_back(text)
        .iter()
        .any(|origin| is_chinese_text(origin) || (layers > 1 && is_decoded_wrongly(origin, layers - 1)))
}

/// A character that stands in no text of a bank: private or lost ones, control characters, half-width kana and Korean letters, which
/// the bytes of Chinese become where they are read as Japanese or Korean.
fn is_never_written(c: char) -> bool {
    is_private(c)
        || matches!(c, '\u{FFFD}' | '\u{80}'..='\u{9F}' | '\u{FF66}'..='\u{FF9D}' | '\u{AC00}'..='\u{D7A3}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// A system that lacks a character writes a question mark in its place; one alone may be meant, unless it stands inside a word.
fn has_lost_characters(text: &str) -> bool {
    ["??", "¿¿", "■■", "□□", "◇◇", "◆◆"].iter().any(|lost| text.contains(lost))
        || text.trim() == "?"
        || is_lost_inside_a_word(text)
}

fn is_lost_inside_a_word(text: &str) -> bool {
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let is_inside = before.is_some_and(is_han) && characters.peek().copied().is_some_and(is_han);
        if c == '?' && is_inside && !text.contains(QUESTIONS) {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Characters written for a reader that was never asked: `&#31038;`, `&nbsp;`, `\u793e`, `\xe7\xa4`, `%E7%A4%BE`, `=E7=A4=BE`, `=?GBK?B?yee?=`.
fn is_escaped(text: &str) -> bool {
    let hex = |text: &str, digits: usize| {
        text.get(..digits).is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let is_named = |rest: &str| ENTITIES.iter().any(|name| rest.starts_with(name));
    let entity = |rest: &str| {
        let digits = rest.trim_start_matches(['x', 'X']).trim_start_matches(|c: char| c.is_ascii_hexdigit());
        digits.len() < rest.len() && digits.starts_with(';')
    };
    // Bytes of text that is not ASCII: from 80 on, one behind the other.
    let high = |rest: &str| hex(rest, 2) && rest.starts_with(|c: char| !matches!(c, '0'..='7'));
    let quoted: Vec<&str> = text.split('=').skip(1).collect();
    let is_quoted = |pair: &[&str]| matches!(pair, [one, next] if one.len() == 2 && high(one) && high(next));
    text.split("&#").skip(1).any(entity)
        || text.split('&').skip(1).any(is_named)
        || (text.contains("=?") && text.contains("?="))
        || text.split("\\u").skip(1).any(|rest| hex(rest, 4))
        || text.split("\\x").skip(1).any(|rest| hex(rest, 2))
        || text.split('%').skip(1).filter(|rest| hex(rest, 2)).count() >= 2
        || quoted.windows(2).any(is_quoted)
}

/// Base64 of Chinese text: the value was sealed once more than it was opened.
fn is_sealed_twice(text: &str) -> bool {
    let text = text.trim();
    let has_both =
        text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase());
    if text.len() < 8 || !text.is_ascii() {
        return false;
    }
    match STANDARD.decode(text).map(|bytes| decoded(&bytes)) {
        Ok(Decoded::Utf8(text)) => is_chinese(&text),
        Ok(Decoded::Gb18030(decoded) | Decoded::Either { gb18030: decoded, .. }) => {
            // By chance a word has these bytes as well, but not of the common characters alone.
            (has_both || text.contains('=')) && decoded.chars().count() >= 2 && decoded.chars().all(is_common)
        }
        _ => false,
    }
}

/// A character of GB 2312, which holds the common ones alone.
fn is_common(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, had_unmappable) = GB18030.encode(c.encode_utf8(&mut buffer));
    !had_unmappable && matches!(*bytes, [0xB0..=0xF7, 0xA1..=0xFE])
}

/// What a text may have been before it was decoded wrongly: UTF-8 read as GB 18030, UTF-8 or GB 18030 read byte by byte (Latin-1 or
/// Windows-1252).
fn written_back(text: &str) -> Vec<String> {
    let mut origins = Vec::new();
    // A byte that was left over at the end became a question mark or was dropped.
    for bytes in gbk_bytes(text.trim_end_matches('?')) {
        origins.extend(whole_utf8(&bytes).map(str::to_owned));
    }
    if let Some(bytes) = bytes_of_latin(text) {
        match decoded(&bytes) {
            Decoded::Utf8(utf8) => origins.push(utf8),
            // Two accented letters are a word of another language as well.
            Decoded::Gb18030(gb18030) if is_several(&gb18030) => origins.push(gb18030),
            Decoded::Either { utf8, gb18030 } => {
                origins.push(utf8);
                origins.extend(Some(gb18030).filter(|text| is_several(text)));
            }
            _ => {}
        }
    }
    origins
}

/// The bytes that were read as GBK or GB 18030. The euro sign is a byte of its own in the one and two in the other.
fn gbk_bytes(text: &str) -> impl Iterator<Item = Vec<u8>> {
    [GB18030, GBK].into_iter().filter_map(|encoding| {
        let (bytes, _, had_unmappable) = encoding.encode(text);
        (!had_unmappable).then(|| bytes.into_owned())
    })
}

/// Two Chinese characters at least, and nearly all of them common: accented letters of another language become a rare one at times.
fn is_several(text: &str) -> bool {
    let han = text.chars().filter(|c| is_han(*c)).count();
    let common = text.chars().filter(|c| is_common(*c)).count();
    common >= 2 && common * 4 >= han * 3
}

/// UTF-8 but for a character that is cut off at the end.
fn whole_utf8(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(whole) => Some(whole),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

/// Chinese, perhaps with a byte order mark before it.
fn is_chinese_text(text: &str) -> bool {
    is_chinese(text.trim_start_matches('\u{FEFF}'))
}

/// GB 18030 of which every byte was taken for UTF-8: letters of two bytes from several alphabets, or marks without a letter. `通知` becomes
/// a Latin and a Hebrew accent.
fn is_gbk_read_as_utf8(text: &str) -> bool {
    let strange: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    if strange.iter().any(|c| !('\u{80}'..='\u{7FF}').contains(c)) {
        return false;
    }
    let alphabets: std::collections::BTreeSet<u8> = strange.iter().map(|c| alphabet(*c)).collect();
    let is_accent = |c: &char| matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}');
    if alphabets.len() < 2 && !strange.iter().any(is_accent) {
        return false;
    }
    let (gb18030, had_errors) = GB18030.decode_without_bom_handling(text.as_bytes());
    !had_errors && is_several(&gb18030) && is_chinese(&gb18030)
}

/// The alphabet of a letter of two bytes.
const fn alphabet(c: char) -> u8 {
    match c {
        '\u{80}'..='\u{24F}' => 0,
        '\u{250}'..='\u{36F}' => 1,
        '\u{370}'..='\u{3FF}' => 2,
        '\u{400}'..='\u{52F}' => 3,
        '\u{530}'..='\u{58F}' => 4,
        '\u{590}'..='\u{5FF}' => 5,
        '\u{600}'..='\u{6FF}' => 6,
        _ => 7,
    }
}

/// UTF-8 read as GBK by a system that wrote a question mark for bytes which are no character: the pieces between the question marks are
/// UTF-8 but for what is cut off beside them.
fn is_utf8_in_pieces(text: &str) -> bool {
    if !text.contains('?') || text.contains(QUESTIONS) {
        return false;
    }
    let pieces: Vec<&str> = text.split('?').collect();
    let last = pieces.len() - 1;
    let mut found = String::new();
    for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty()) {
        let read = gbk_bytes(piece).find_map(|bytes| {
            let is_cut_off = |byte: &&u8| (0x80..0xC0).contains(*byte);
            let cut = if at > 0 { bytes.iter().take(2).take_while(is_cut_off).count() } else { 0 };
            let rest = bytes.get(cut..)?;
            let read = if at < last { whole_utf8(rest) } else { std::str::from_utf8(rest).ok() };
            read.map(str::to_owned)
        });
        let Some(read) = read else { return false };
        found.push_str(&read);
    }
    is_several(&found) && is_chinese(&found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes of accounts that banks write, and exempt ones among them.
    const CLASSES: &[&str] = &[
        "社会保险基金账户",
        "住房公积金",
        "党费",
        "工会经费集中户",
        "财政零余额账户",
        "农民工工资专用账户",
        "个人结算账户",
        "定期一本通",
        "活期",
        "对公活期存款",
        "保证金账户",
        "银行卡（借记卡）",
        "军队特种预算存款",
        "粮棉油收购资金",
        "证券交易结算资金",
        "期货保证金",
        "国库单一账户",
        "养老金",
        "医保个人账户",
        "通知存款七天",
        "Ⅰ类户",
        "一般存款账户-人民币",
        "低保户补贴 专户",
    ];

    fn as_gbk(bytes: &[u8], lost: &str) -> String {
        GB18030.decode_without_bom_handling(bytes).0.replace('\u{FFFD}', lost)
    }

    fn as_latin(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    fn as_windows(bytes: &[u8]) -> String {
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    }

    fn without_controls(text: &str) -> String {
        text.chars().filter(|c| !c.is_control()).collect()
    }

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn every_class_is_known_in_every_wrong_decoding() {
        for class in CLASSES {
            assert!(!is_garbled(class), "{class}");
            let utf8 = class.as_bytes();
            let wrong = [
                ("UTF-8 as GBK", as_gbk(utf8, "\u{FFFD}")),
                ("UTF-8 as GBK, lost as ?", as_gbk(utf8, "?")),
                ("UTF-8 with a mark as GBK", as_gbk(format!("\u{FEFF}{class}").as_bytes(), "?")),
                ("UTF-8 as Latin-1", as_latin(utf8)),
                ("UTF-8 as Windows-1252", as_windows(utf8)),
                ("UTF-8 as Windows-1252 without what is none", without_controls(&as_windows(utf8))),
                ("GBK as Latin-1", as_latin(&gbk(class))),
                ("GBK as Windows-1252", as_windows(&gbk(class))),
                ("GBK as UTF-8", String::from_utf8_lossy(&gbk(class)).into_owned()),
                ("UTF-8 as GBK twice", as_gbk(as_gbk(utf8, "?").as_bytes(), "?")),
                ("UTF-8 as Latin-1 twice", as_latin(as_latin(utf8).as_bytes())),
                ("UTF-8 as Windows-1252 twice", as_windows(as_windows(utf8).as_bytes())),
                ("UTF-8 as Latin-1, then as GBK", as_gbk(as_latin(utf8).as_bytes(), "?")),
                ("GBK as Latin-1, then as GBK", as_gbk(as_latin(&gbk(class)).as_bytes(), "?")),
                ("GBK as Latin-1 twice", as_latin(as_latin(&gbk(class)).as_bytes())),
                ("UTF-8 in Base64", STANDARD.encode(utf8)),
                ("GBK in Base64", STANDARD.encode(gbk(class))),
            ];
            for (how, text) in wrong {
                // Two characters in GBK are too short to be told from a chance where brackets or Latin letters stand beside them.
                let is_plain = class.chars().all(is_common);
                assert!(is_garbled(&text) || (how == "GBK in Base64" && !is_plain), "{class} {how}: {text}");
            }
        }
    }

    #[test]
    fn what_is_written_rarely_is_written_all_the_same() {
        for text in [
            "䶮",
            "李䶮 保证金户",
            "王㛃",
            "𠮷田商贸",
            "喆淼焱垚",
            "犇骉羴猋",
            "龘靐齉",
            "欧阳靚靓",
            "囍囧槑",
            "儲蓄存款賬戶",
            "變化",
            "浙江涓滴",
            "阿卜杜·测试",
            "努尔艾力•买买提",
            "é",
            "Société Générale",
            "Łódź Żółw",
            "Düsseldorf Größe",
            "ПАО Сбербанк",
            "Αθήνα",
            "حساب",
            "普通预算存款(2)",
            "Ⅱ类户",
            "①基本户",
            "A股保证金",
            "Current Account",
            "SAVINGS1",
            "DemandDeposit",
            "是否销户?否",
            "正常?",
            "=1 =2",
            "x=AB y=CD",
            "〇二〇",
            "通知",
            "路鹿",
            "驴",
            "通知单",
        ] {
            assert!(!is_garbled(text), "{text}");
        }
    }

    #[test]
    fn characters_lost_or_escaped_are_told() {
        for text in [
            "社会保?基金",
            "\\xe7\\xa4\\xbe",
            "=E7=A4=BE",
            "ï»¿正常",
            "ï¿½ï¿½",
            "ﾕﾋｻｧ",
            "써퀭",
            "\u{368}\u{5AA}",
            "绀句?淇濋櫓",
            "公&nbsp;积金",
            "=?GBK?B?yee?=",
            "5pyq55+l",
        ] {
            assert!(is_garbled(text), "{text}");
        }
    }
}
