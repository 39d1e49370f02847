//! The query of the form dialect (protocol section 5, E): request, papers and certificates in one message, some fields under
//! other names. The page names the renamed fields and where documents hang; where their lists stand in the message, and
//! everything about the answer, is inferred.

use chakong_contract::Fault;

use crate::shared::wire::point_to_point::envelope::message_of;
use crate::shared::wire::point_to_point::request::{
    Card, Paper, Request, cards as carded, fields_of, papers as papered, read_fields,
};
use crate::shared::wire::point_to_point::results::{QueryResult, query_results};
use crate::shared::wire::tree::{Element, Leaves, decoded, encoded};

/// Where it is posted.
pub(crate) const PATH: &str = "/datashare/app/search/tccx";

/// The form's fields.
pub(crate) mod field {
    pub(crate) const DATA: &str = "data";
    pub(crate) const USERNAME: &str = "username";
    pub(crate) const PASSWORD: &str = "password";
}

/// Names here, and those of the point-to-point service.
const RENAMED: [(&str, &str); 3] = [("BDHM", "CXQQDH"), ("ZJLX", "ZJZL"), ("DSRZJHM", "ZJH")];
/// Names the legal documents of a request. Ours have the request's number: one request, one set of documents.
const DOCUMENTS: &str = "WSBH";

fn renamed(mut element: Element, from_here: bool) -> Element {
    for (here, there) in RENAMED {
        let (from, to) = if from_here { (here, there) } else { (there, here) };
        if element.name.eq_ignore_ascii_case(from) {
            element.name = to.to_owned();
        }
    }
    element.children = element.children.into_iter().map(|child| renamed(child, from_here)).collect();
    element
}

/// The message of a query.
pub(crate) fn query(created: &str, request: &Request, papers: &[Paper], cards: &[Card]) -> Element {
    let mut asked = fields_of(request);
    asked.push(Element::leaf(DOCUMENTS, &request.number));
    let mut documents = papered(&request.number, papers);
    for document in &mut documents.children {
        // The first leaf is the request's number: here documents hang on their own.
        if let Some(key) = document.children.first_mut() {
            *key = Element::leaf(DOCUMENTS, &request.number);
        }
    }
    let list = Element::with("BDCCXQQLIST", vec![Element::with("BDCCXQQ", asked)]);
    let whole = message_of(created, vec![list, documents, carded(&request.number, cards)]);
    renamed(whole, false)
}

/// Reads a query, as the registry does: who is asked about, and how many papers and certificates came with it.
pub(crate) fn read_query(root: &Element) -> Option<(Request, usize, usize)> {
    let root = renamed(root.clone(), true);
    let data = root.child("Data")?;
    let request = read_fields(data.below(&["BDCCXQQLIST", "BDCCXQQ"])?);
    let filled = |list: &str, item: &str, leaf: &str| {
        let items = data.child(list).into_iter().flat_map(|list| list.all(item));
        items.filter(|item| !item.text_of(leaf).is_empty()).count()
    };
    Some((request, filled("WSLIST", "WSINFO", "WSNR"), filled("ZJLIST", "ZJINFO", "GZZBM")))
}

/// Encodes for an address twice, as the registry's own client does.
fn twice(text: &str) -> String {
    let once: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    form_urlencoded::byte_serialize(once.as_bytes()).collect()
}

/// Decodes one such layer.
fn once(text: &str) -> Option<String> {
    let decoded: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    match decoded.as_slice() {
        // Plain text of a layer has neither `=` nor `&`, so that it is the name of one field.
        [(text, value)] if value.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// The field `data` of a message.
pub(crate) fn data(message: &Element, leaves: Leaves) -> String {
    encoded(&twice(&message.text_with(leaves)))
}

/// Reads the field `data`, as the registry does.
pub(crate) fn read_data(data: &str, leaves: Leaves) -> Option<Element> {
    let text = String::from_utf8(decoded(data)?).ok()?;
    let mut root = Element::parse(&once(&once(&text)?)?).ok()?;
    if leaves == Leaves::Sealed {
        root.open_leaves().ok()?;
    }
    Some(root)
}

/// What an answer says.
#[derive(Debug)]
pub(crate) enum Said {
    /// Results, as of the point-to-point service.
    Results(Vec<QueryResult>),
    /// The gateway in front of the registry turns the query away (section 2.11): code and words.
    TurnedAway(String, String),
    /// An error for the operator, which stands at the root.
    Error(String),
}

/// Opens an answer, whatever layers it has: XML as it is, in Base64, with address encoding, leaves sealed or in the clear.
///
/// # Errors
/// Malformed, when there is no XML below any of these layers.
pub(crate) fn read_answer(body: &str) -> Result<Said, Fault> {
    let mut root = renamed(opened(body)?, true);
    if is_sealed(&root) {
        root.open_leaves()?;
    }
    if root.name.eq_ignore_ascii_case("response") {
        return Ok(Said::TurnedAway(root.text_of("code"), root.text_of("message")));
    }
    if !root.error.is_empty() {
        return Ok(Said::Error(root.error));
    }
    Ok(Said::Results(query_results(&root)))
}

/// The XML below at most one layer of Base64 and two of address encoding, inside quotes or not.
fn opened(body: &str) -> Result<Element, Fault> {
    let bare = body.trim().trim_start_matches('\u{feff}').trim_matches('"');
    let is_xml = |text: &str| text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let mut text = bare.to_owned();
    if !is_xml(&text)
        && !text.contains('%')
        && let Some(inside) = decoded(&text).and_then(|bytes| String::from_utf8(bytes).ok())
    {
        text = inside;
    }
    for _ in 0..2 {
        if !is_xml(&text)
            && let Some(inside) = once(text.trim())
        {
            text = inside;
        }
    }
    Element::parse(text.trim())
}

/// Whether leaves are Base64. A code is told by its digits: sealed, it has other characters, and in the clear it does not open.
fn is_sealed(root: &Element) -> bool {
    let results = root.below(&["Data", "BDCFKLIST"]).and_then(|list| list.children.first());
    let number = |element: &Element| element.text_of("CXQQDH");
    let codes = [root.text_of("code"), results.map(|one| one.text_of("RESULT")).unwrap_or_default()];
    let known = codes.into_iter().find(|code| !code.is_empty()).or_else(|| results.map(number));
    let opens = |text: String| {
        let inside = decoded(&text).and_then(|bytes| String::from_utf8(bytes).ok())?;
        let is_code = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_alphanumeric());
        (is_code && !text.chars().all(|c| c.is_ascii_digit())).then_some(())
    };
    known.and_then(opens).is_some()
}

/// The envelope of a gateway that turns a query away.
pub(crate) fn turned_away(code: &str, words: &str) -> Element {
    let children =
        vec![Element::leaf("code", code), Element::leaf("resourceurl", ""), Element::leaf("message", words)];
    Element::with("response", children)
}

/// The document of a registry that failed, with its words.
pub(crate) fn failed(words: &str) -> Element {
    Element { error: words.to_owned(), ..Element::with("Message", Vec::new()) }
}
