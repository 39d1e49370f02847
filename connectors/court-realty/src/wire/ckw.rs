//! Messages of the point-to-point service `IpConvertDataAll` (protocol section 2), both ways: requests, papers, results,
//! acknowledgements.

mod feedback;
pub(crate) mod form;
mod known;
mod request;

pub(crate) use feedback::{Control, ControlResult, QueryResult, control_results, query_results, receipts};
pub(crate) use feedback::{control_feedback, query_feedback, texts};
pub(crate) use request::{
    About, Card, Measure, Paper, Property, Request, about, cards, document_of, login, offers, papers,
    read_cards, read_login, read_offers, read_papers,
};

use chakong_contract::soap::{Operation, Service};

use super::tree::Element;

/// The service.
pub(crate) const SERVICE: Service = Service {
    name: "IpConvertDataAllService",
    interface: "IpConvertDataAll",
    namespace: "http://ip.service.webService.ckw.tdh/",
    operations: &[
        Operation { name: QUERIES, arguments: 1 },
        Operation { name: FEED_QUERIES, arguments: 2 },
        Operation { name: CONTROLS, arguments: 1 },
        Operation { name: FEED_CONTROLS, arguments: 2 },
        Operation { name: FEED_RECEIPTS, arguments: 2 },
        Operation { name: PAPERS, arguments: 2 },
        Operation { name: CARDS, arguments: 2 },
    ],
};

/// Fetches queries that wait.
pub(crate) const QUERIES: &str = "cxBdcQL";
/// Hands in results of queries.
pub(crate) const FEED_QUERIES: &str = "feedBdcQL";
/// Fetches controls that wait.
pub(crate) const CONTROLS: &str = "kzBdcQL";
/// Hands in results of controls.
pub(crate) const FEED_CONTROLS: &str = "feedkzBdcQL";
/// Hands in receipts of controls.
pub(crate) const FEED_RECEIPTS: &str = "feedkzhzBdcQL";
/// Fetches the legal documents of a request.
pub(crate) const PAPERS: &str = "kzwsInfo";
/// Fetches the officers' certificates of a request.
pub(crate) const CARDS: &str = "zjInfo";

/// Code of success, in heads and results.
pub(crate) const OK: &str = "0000";
/// The field with the registry's number of a seizure, where several units have the same.
pub(crate) const DOUBTFUL_NUMBER: &str = "CFYWH";
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

/// A message with its head (section 2.5).
fn message(created: &str, data: Element) -> Element {
    message_of(created, vec![data])
}

fn message_of(created: &str, data: Vec<Element>) -> Element {
    let head = vec![
        Element::leaf("CREATETIME", created),
        Element::leaf("DIGITALSIGN", ""),
        Element::leaf("RESPONSECODE", OK),
        Element::leaf("RESPONSEINFO", ""),
    ];
    Element::with("Message", vec![Element::with("Head", head), Element::with("Data", data)])
}
