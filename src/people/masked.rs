//! Numbers of accounts and identity documents as they are shown to those whose role is not of the case: the last four characters behind
//! asterisks. Which roles see them whole, and where, is in [`super::matrix`].

use chakong_contract::RequestNumber;

use crate::domain::order_id_of;

/// Digits from which on a number in a text is taken for one of an account or of an identity document. Case numbers, days and amounts
/// below a hundred million have fewer.
const FEWEST_DIGITS: usize = 8;
/// Digits before a blank or dash that stands inside of a number; at least as many stand behind it.
const GROUP: std::ops::RangeInclusive<usize> = 3..=6;
/// Letters of a SHA-256 as text.
const DIGEST: usize = 64;

/// What stands for the part of a number that is not shown.
const HIDDEN: &str = "****";

/// The end of a number. Of a short one not even that. What is an end already stays as it is.
pub fn end_of(number: &str) -> String {
    let is_end = |rest: &str| rest.chars().count() <= 4 && rest.chars().all(char::is_alphanumeric);
    if number.strip_prefix(HIDDEN).is_some_and(is_end) {
        return number.to_owned();
    }
    let letters: Vec<char> = number.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let end = letters.len().checked_sub(4).filter(|hidden| *hidden >= 4).and_then(|from| letters.get(from..));
    format!("{HIDDEN}{}", end.unwrap_or_default().iter().collect::<String>())
}

/// A text in which each long number is shown by its end alone. Request numbers, amounts and digests stay.
pub fn without_numbers(text: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(begin) = rest.find(is_letter) {
        let (before, from) = rest.split_at(begin);
        shown.push_str(before);
        let (word, after) = from.split_at(length_of_word(from));
        if is_number(word) && !is_part_of_amount(&shown, word, after) {
            shown.push_str(&end_of(word));
        } else {
            shown.push_str(word);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// A letter or digit as numbers are made of, in half or full width.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || ('０'..='９').contains(&letter) || ('Ａ'..='Ｚ').contains(&letter)
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || ('０'..='９').contains(&letter)
}

fn group(text: &str) -> &str {
    let end = text.find(|letter: char| !is_letter(letter)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// How long the word is that a text begins with: letters and digits, with single blanks and dashes between short groups of digits.
fn length_of_word(text: &str) -> usize {
    let mut last = group(text);
    let mut length = last.len();
    let digits = |group: &str| if group.chars().all(is_digit) { group.chars().count() } else { 0 };
    while let Some(beyond) = text.get(length..).and_then(|rest| rest.strip_prefix([' ', '-'])) {
        let next = group(beyond);
        let is_amount = is_decimal(beyond.get(next.len()..).unwrap_or_default());
        if !GROUP.contains(&digits(last)) || digits(next) < *GROUP.start() || is_amount {
            break;
        }
        length += 1 + next.len();
        last = next;
    }
    length
}

/// Whether a text begins with a decimal point and a digit.
fn is_decimal(text: &str) -> bool {
    text.strip_prefix('.').is_some_and(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// Whether a word may be the number of an account or of a document.
fn is_number(word: &str) -> bool {
    let is_request = || word.parse::<RequestNumber>().is_ok_and(|number| order_id_of(&number).is_some());
    let is_digest = || word.len() == DIGEST && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    word.chars().filter(|letter| is_digit(*letter)).count() >= FEWEST_DIGITS && !is_request() && !is_digest()
}

/// Whether digits stand before or behind a decimal point.
fn is_part_of_amount(before: &str, word: &str, after: &str) -> bool {
    let is_fraction =
        before.strip_suffix('.').is_some_and(|whole| whole.ends_with(|letter: char| letter.is_ascii_digit()));
    word.bytes().all(|byte| byte.is_ascii_digit()) && (is_decimal(after) || is_fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_account_no_more_than_its_end_is_told() {
        assert_eq!(end_of("6222 0200 0000 0011-7"), "****0117");
        assert_eq!(end_of("62220011"), "****0011");
        assert_eq!(end_of("6220011"), "****", "its end would be most of it");
        assert_eq!(end_of(""), "****");
        assert_eq!(end_of("****00117"), "****", "that shows more than an end");
    }

    #[test]
    fn what_is_an_end_already_is_not_hidden_once_more() {
        for number in ["6222 0200 0000 0011-7", "6220011", ""] {
            assert_eq!(end_of(&end_of(number)), end_of(number), "{number}");
        }
    }

    #[test]
    fn in_a_text_long_numbers_are_hidden_in_any_spelling_and_nothing_else_is() {
        for (text, shown) in [
            ("账户6222020000000011117已冻结", "账户****1117已冻结"),
            ("6222 0200 0000 1234", "****1234"),
            ("6222020000001234 5000.00", "****1234 5000.00"),
            ("6222020000001234 2026-01-05", "****1234 2026-01-05"),
            ("6222-0200-0000-1234，余额", "****1234，余额"),
            ("身份证11010119000101001X号", "身份证****001X号"),
            ("护照E12345678", "护照****5678"),
            ("６２２２０２００００００１２３４", "****１２３４"),
            ("account|E999|6222020000001234", "account|E999|****1234"),
            ("CK20261125731904000000000007 62220200000012345", "CK20261125731904000000000007 ****2345"),
        ] {
            assert_eq!(without_numbers(text), shown);
        }
        for plain in [
            "",
            "（2026）测0203执7号",
            "2026-01-05 12:00",
            "自2026-01-05至2027-01-04",
            "33670000.00元",
            "-123456789.01",
            "0.123456789",
            "CK20261125000000000042",
            &"0123456789abcdef".repeat(4),
            "晋(2020)临汾市不动产权第0001234号",
        ] {
            assert_eq!(without_numbers(plain), plain);
        }
    }
}
