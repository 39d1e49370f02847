use super::super::tree::Element;

/// Code of success, in heads and results.
pub(crate) const OK: &str = "0000";

/// A message with its head (section 2.5).
pub(crate) fn message(created: &str, data: Element) -> Element {
    message_of(created, vec![data])
}

/// A message with several parts in its data.
pub(crate) fn message_of(created: &str, data: Vec<Element>) -> Element {
    let head = vec![
        Element::leaf("CREATETIME", created),
        Element::leaf("DIGITALSIGN", ""),
        Element::leaf("RESPONSECODE", OK),
        Element::leaf("RESPONSEINFO", ""),
    ];
    Element::with("Message", vec![Element::with("Head", head), Element::with("Data", data)])
}
