//! Whether a text is one that a bank writes, or what a wrong character set made of it.

use std::sync::LazyLock;

use chakong_contract::placeholder::is_placeholder;

/// The 6763 characters of GB/T 2312-1980: what nearly every text about an account consists of.
static COMMON: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut all: Vec<char> = include_str!("gb2312.txt").chars().filter(|c| !c.is_whitespace()).collect();
    all.sort_unstable();
    all
});

/// What decoders leave of lost characters.
const LEFTOVERS: [&str; 4] = ["锟斤", "斤拷", "烫烫烫", "屯屯屯"];
/// Signs of Windows-1252 that a bank's Chinese text holds at most one at a time.
const SIGNS: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/// Whether all three texts can be read. Names of people hold rare characters, also in private use, so of the holder only
/// lost characters and runs of foreign ones count.
pub(super) fn is_legible(class: &str, remark: &str, holder: &str) -> bool {
    [class, remark].iter().all(|text| {
        let text = narrow(text);
        has_no_losses(&text) && has_no_private_use(&text) && is_common(&text)
    }) && has_no_losses(&narrow(holder))
        && is_worded(&narrow(class))
}

/// Whether a class is words. A Chinese bank names a class in Chinese; codes of its own, entities, escapes, Base64 and placeholders are no
/// class that was understood. A bank may leave it blank.
fn is_worded(class: &str) -> bool {
    let is_chinese = |c| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}');
    class.is_empty() || class.chars().any(is_chinese) && !is_placeholder(class)
}

/// Without blanks, and with full-width forms of ASCII in half width.
fn narrow(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect()
}

fn has_no_losses(text: &str) -> bool {
    !text.contains(char::REPLACEMENT_CHARACTER)
        && !text.contains("??")
        && !text.contains("¿¿")
        && !text.chars().any(char::is_control)
        && !LEFTOVERS.iter().any(|word| text.contains(word))
        && !has_run(text, is_foreign, 2)
        && !has_run(text, |c| is_foreign(c) || is_western(c), 3)
}

/// Letters and signs that bytes of Chinese text become in a western character set.
fn is_western(c: char) -> bool {
    ('\u{A1}'..='\u{24F}').contains(&c) || SIGNS.contains(c)
}

/// Greek, Cyrillic, Korean, half-width kana and box drawing: what bytes of Chinese text become in other character sets.
fn is_foreign(c: char) -> bool {
    matches!(
        c,
        '\u{370}'..='\u{52F}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF61}'..='\u{FF9F}' | '\u{2500}'..='\u{25FF}'
    )
}

/// Whether so many characters of a kind stand together, at least two of them more than signs.
fn has_run(text: &str, of: impl Fn(char) -> bool, length: usize) -> bool {
    let more = |c: &char| is_foreign(*c) || ('\u{C0}'..='\u{24F}').contains(c);
    text.split(|c| !of(c)).any(|run| run.chars().count() >= length && run.chars().filter(more).count() >= 2)
}

fn has_no_private_use(text: &str) -> bool {
    !text.chars().any(|c| {
        matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}')
    })
}

/// Whether the text keeps to common characters. One rare character among others is a name; one alone, or several among few, are UTF-8
/// or GBK read as something else. Kana stand in no text of a bank, but here and there in a name.
fn is_common(text: &str) -> bool {
    let letters = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}'));
    let (all, rare) = letters.fold((0usize, 0usize), |(all, rare), c| {
        (all + 1, rare + usize::from(COMMON.binary_search(&c).is_err()))
    });
    rare == 0 || rare < all && (rare < 2 || rare * 4 < all)
}
