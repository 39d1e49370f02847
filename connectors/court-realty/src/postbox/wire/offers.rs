//! What a registry is given: requests that wait, and why it is given nothing; and how it asks (sections 2.4 to 2.10).

use super::names::{CARDS, PAPERS};
use crate::shared::wire::point_to_point::envelope::message;
use crate::shared::wire::point_to_point::request::{
    Property, Request, fields_of, fields_of_property, read_fields, read_property,
};
use crate::shared::wire::tree::Element;

/// Requests that wait.
pub(crate) fn offers(controls: bool, created: &str, requests: &[Request]) -> Element {
    let (list, item) = if controls { ("BDCKZQQLIST", "BDCKZQQ") } else { ("BDCCXQQLIST", "BDCCXQQ") };
    let request = |request: &Request| {
        let mut children = fields_of(request);
        if !request.properties.is_empty() {
            let one = |property: &Property| Element::with("BDCQL", fields_of_property(property));
            children.push(Element::with("BDCQLLIST", request.properties.iter().map(one).collect()));
        }
        Element::with(item, children)
    };
    message(created, Element::with(list, requests.iter().map(request).collect()))
}

/// Reads requests that wait, as the registry does.
pub(crate) fn read_offers(root: &Element) -> Vec<Request> {
    let Some(data) = root.child("Data") else { return Vec::new() };
    let lists = [("BDCCXQQLIST", "BDCCXQQ"), ("BDCKZQQLIST", "BDCKZQQ")];
    let items = lists.into_iter().filter_map(|(list, item)| Some((data.child(list)?, item)));
    items
        .flat_map(|(list, item)| {
            list.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(item))
        })
        .map(|element| Request {
            properties: element
                .all("BDCQLLIST")
                .flat_map(|list| list.all("BDCQL"))
                .map(read_property)
                .collect(),
            ..read_fields(element)
        })
        .collect()
}

/// An answer that gives nothing and says why; which one, by operation.
pub(crate) fn document_of(operation: &str, words: &str) -> Element {
    let root = match operation {
        PAPERS => "WSLIST",
        CARDS => "ZJLIST",
        _ => "Message",
    };
    Element { error: words.to_owned(), ..Element::with(root, Vec::new()) }
}

/// Who calls (section 2.4).
pub(crate) fn login(account: &str, password: &str) -> Element {
    let condition = vec![Element::leaf("USERNAME", account), Element::leaf("PASSWORD", password)];
    Element::with("USERMARKER", vec![Element::with("CONDITION", condition)])
}

/// Reads who calls: account and password.
pub(crate) fn read_login(root: &Element) -> Option<(String, String)> {
    let condition = root.child("CONDITION").filter(|_| root.name.eq_ignore_ascii_case("USERMARKER"))?;
    Some((condition.text_of("USERNAME"), condition.text_of("PASSWORD")))
}

/// Which request papers are asked for.
pub(crate) struct About(pub(crate) String);

/// The request that papers are asked for.
pub(crate) fn about(number: &str) -> Element {
    let condition = Element::with("CONDITION", vec![Element::leaf("CXQQDH", number)]);
    Element::with("CXQQDHINFO", vec![condition])
}

impl About {
    /// Reads which request papers are asked for.
    pub(crate) fn read(root: &Element) -> Option<Self> {
        root.child("CONDITION").map(|condition| Self(condition.text_of("CXQQDH")))
    }
}
