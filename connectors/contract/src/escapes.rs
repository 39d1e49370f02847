//! Escapes of HTML, which counterparts leave in what is otherwise plain text.

use std::borrow::Cow;

/// Longest escape that is read, without `&` and `;`.
const LONGEST_ESCAPE: usize = 10;

/// Escapes of HTML that are known by name.
const ESCAPES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("middot", '·'),
    ("bull", '•'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
];

/// The text with its HTML escapes resolved, once; what is none stays.
pub(crate) fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let escape = after.split_once(';').filter(|(name, _)| name.len() <= LONGEST_ESCAPE);
        match escape.and_then(|(name, behind)| Some((character(name)?, behind))) {
            Some((character, behind)) => {
                plain.push(character);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return ESCAPES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_once_and_ampersands_left_in() {
        assert_eq!(without_escapes("A&amp;B &#183; &#xB7;&lt;"), "A&B · ·<");
        assert_eq!(
            without_escapes("A & B; R&D &unknown; &#0; &#xD800; &amp;amp;"),
            "A & B; R&D &unknown; &#0; &#xD800; &amp;"
        );
    }
}
