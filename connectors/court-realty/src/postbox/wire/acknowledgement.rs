//! What a registry is told about its feedback (section 2.11), both ways.

use crate::shared::wire::tree::Element;

/// An entry was taken.
pub(crate) const SUCCESS: &str = "success";
/// An entry was not taken.
pub(crate) const FAIL: &str = "fail";

/// What became of one entry of a feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: String,
    pub(crate) outcome: String,
    pub(crate) words: String,
}

/// The acknowledgement of a feedback (section 2.11); `controls` has a list of its own name.
pub(crate) fn acknowledgement(controls: bool, entries: &[Entry]) -> Element {
    let entry = |entry: &Entry| {
        Element::with(
            "JG",
            vec![
                Element::leaf("CXQQDH", &entry.number),
                Element::leaf("RESULT", &entry.outcome),
                Element::leaf("MSG", &entry.words),
            ],
        )
    };
    let list = if controls { "KZJGLIST" } else { "CXJGLIST" };
    Element::with("RESULTLIST", vec![Element::with(list, entries.iter().map(entry).collect())])
}

/// The acknowledgement that takes nothing and says why.
pub(crate) fn refusal(words: &str) -> Element {
    Element::with("RESULTLIST", vec![Element::leaf("errMsg", words)])
}

/// Reads an acknowledgement.
pub(crate) fn read_acknowledgement(root: &Element) -> Vec<Entry> {
    let lists = ["CXJGLIST", "KZJGLIST"].into_iter().filter_map(|name| root.child(name));
    lists
        .flat_map(|list| list.all("JG"))
        .map(|entry| Entry {
            number: entry.text_of("CXQQDH"),
            outcome: entry.text_of("RESULT"),
            words: entry.text_of("MSG"),
        })
        .collect()
}
