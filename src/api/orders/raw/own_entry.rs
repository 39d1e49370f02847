//! An order's own entry of a message about several: the largest XML element that names the order and none of the others.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Digits of the shortest request number.
const SHORTEST: usize = 20;

/// Request numbers as they stand in a text: `CK` and digits.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("CK").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let digits = rest.bytes().skip(2).take_while(u8::is_ascii_digit).count();
        rest.get(..2 + digits).filter(|_| digits >= SHORTEST)
    })
}

/// Whether a text names orders beside the known ones.
pub(super) fn names_others(text: &str, known: &BTreeSet<&str>) -> bool {
    numbers(text).any(|number| !known.contains(number))
}

/// The largest element of a message that names an order and no other. `None` where the message is no XML, or does not name each of its
/// orders, so that nobody can tell which part is whose.
pub(super) fn own_entry<'t>(text: &'t str, own: &str, others: &[&str]) -> Option<&'t str> {
    let named: BTreeSet<&str> = numbers(text).collect();
    if !others.iter().all(|other| named.contains(other)) {
        return None;
    }
    let known = BTreeSet::from([own]);
    let is_own = |part: &&str| numbers(part).any(|number| number == own) && !names_others(part, &known);
    let own_parts = elements(text)?.into_iter().filter_map(|(from, to)| text.get(from..to)).filter(is_own);
    own_parts.max_by_key(|part| part.len())
}

/// Where each element begins and ends; `None` where the text is no well-formed XML.
fn elements(text: &str) -> Option<Vec<(usize, usize)>> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let after = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(_) => open.push(before),
            Event::Empty(_) => found.push((before, after)),
            Event::End(_) => found.push((open.pop()?, after)),
            Event::Eof => return open.is_empty().then_some(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "CK20260105000000000001";
    const OTHER: &str = "CK20260105000000000002";

    fn package() -> String {
        format!(
            "<?xml version=\"1.0\"?><R><head>bank</head><E><N>{OWN}</N><A>6200 甲</A></E><E><N>{OTHER}</N><A>6300 乙</A></E></R>"
        )
    }

    #[test]
    fn the_own_entry_is_shown_with_all_that_belongs_to_it_and_nothing_of_the_others() {
        let text = package();
        let entry = own_entry(&text, OWN, &[OTHER]).expect("an entry");
        assert_eq!(entry, format!("<E><N>{OWN}</N><A>6200 甲</A></E>"));
        assert!(own_entry(&text, OTHER, &[OWN]).expect("an entry").contains("6300 乙"));
    }

    #[test]
    fn nothing_is_shown_where_nobody_can_tell_whose_a_part_is() {
        let without = package().replace(OTHER, "9");
        assert_eq!(own_entry(&without, OWN, &[OTHER]), None, "another is not named");
        assert_eq!(own_entry("{\"n\": \"CK20260105000000000001\"}", OWN, &[]), None, "no XML");
        assert_eq!(own_entry(&package().replace("</R>", ""), OWN, &[OTHER]), None, "broken");
        let flat = format!("<R><N>{OWN}</N><N>{OTHER}</N><A>6300 乙</A></R>");
        assert_eq!(own_entry(&flat, OWN, &[OTHER]), Some(format!("<N>{OWN}</N>").as_str()));
        let attributes = format!("<R><E n=\"{OWN}\"/><E n=\"{OTHER}\">乙</E></R>");
        assert_eq!(own_entry(&attributes, OWN, &[OTHER]), Some(format!("<E n=\"{OWN}\"/>").as_str()));
    }

    #[test]
    fn a_number_that_nobody_knows_is_anothers() {
        let known = BTreeSet::from([OWN]);
        assert!(names_others(&package(), &known));
        assert!(!names_others(&format!("{OWN} CK7 CK"), &known));
        assert!(names_others(&format!("{OWN}00000"), &known), "a longer number is another");
    }
}
