//! Signs that stand for the same: every dash, and every dot between the parts of a name.

/// A hyphen, dash or minus sign of any kind, or a line that is drawn for one.
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2D7}'
            | '\u{58A}'
            | '\u{2010}'..='\u{2015}'
            | '\u{2043}'
            | '\u{207B}'
            | '\u{208B}'
            | '\u{2212}'
            | '\u{2500}'..='\u{2501}'
            | '\u{2796}'
            | '\u{2E3A}'..='\u{2E3B}'
            | '\u{FE31}'..='\u{FE32}'
            | '\u{FE58}'
            | '\u{FE63}'
            | '\u{FF0D}'
    )
}

/// A dot at middle height of any kind, as people and systems write it for the `·` (U+00B7) of a transliterated name. A full stop is none.
pub fn is_dot(c: char) -> bool {
    matches!(
        c,
        '\u{B7}'
            | '\u{2D9}'
            | '\u{387}'
            | '\u{1427}'
            | '\u{16EB}'
            | '\u{2022}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22C5}'
            | '\u{25CF}'
            | '\u{25E6}'
            | '\u{26AB}'
            | '\u{2981}'
            | '\u{2E31}'
            | '\u{2E33}'
            | '\u{30FB}'
            | '\u{318D}'
            | '\u{A78F}'
            | '\u{FF65}'
            | '\u{10101}'
    )
}
