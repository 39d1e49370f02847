//! The court–bank parcels as a bank writes and reads them, from the published facts about the protocol alone: nothing here
//! comes from the connector.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// An element with its attributes.
#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

impl Element {
    pub fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// What a request is about: an account of somebody, or somebody's accounts.
#[derive(Debug, Clone)]
pub struct Request {
    /// Number of the request.
    pub number: String,
    /// Name and document of who is searched.
    pub person: String,
    /// The case.
    pub case: String,
    /// Accounts with what is to be done; empty for a query.
    pub accounts: Vec<Element>,
}

/// Every element of a document, in its order.
fn elements(xml: &[u8]) -> Vec<Element> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("the court writes XML") {
            Event::Eof => return found,
            Event::Start(tag) | Event::Empty(tag) => {
                let attribute = |one: quick_xml::events::attributes::Attribute<'_>| {
                    let value = one.normalized_value(XmlVersion::Implicit1_0).expect("a value").into_owned();
                    (one.key.as_ref().to_owned(), value)
                };
                let attributes = tag.attributes().map(|one| attribute(one.expect("an attribute"))).collect();
                let name = tag.name().as_ref().to_owned();
                found.push(Element { name, attributes });
            }
            _ => {}
        }
    }
}

/// The elements of every file of a package whose name begins so.
pub fn unpacked(package: &[u8], begins: &str) -> Vec<Element> {
    let mut archive = ZipArchive::new(Cursor::new(package)).expect("the court writes whole packages");
    let mut found = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        if file.name().expect("a name").starts_with(begins) {
            let mut text = Vec::new();
            file.read_to_end(&mut text).expect("its content");
            found.extend(elements(&text));
        }
    }
    found
}

/// The requests of a package.
pub fn requests(package: &[u8]) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    for element in unpacked(package, "QA") {
        match element.name.as_str() {
            "cxqq" | "kzqq" => requests.push(Request {
                number: element.get("BDHM").to_owned(),
                person: element.get("DSRZJHM").to_owned(),
                case: element.get("AH").to_owned(),
                accounts: Vec::new(),
            }),
            "kzzh" => requests.last_mut().expect("its request").accounts.push(element),
            _ => {}
        }
    }
    requests
}

/// An element of a feedback.
fn row(name: &str, attributes: &[(&str, &str)]) -> String {
    let attributes = attributes.iter().map(|(name, value)| {
        assert!(!value.contains(['"', '<', '&']), "these banks write plain values");
        format!(" {name}=\"{value}\"")
    });
    format!("<{name}{}/>", attributes.collect::<String>())
}

fn document(root: &str, rows: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>{rows}</{root}>")
}

/// A found account: number, balance, and what of it is free. `None` where the bank keeps none.
pub fn account_row(request: &str, account: Option<(&str, &str, &str)>) -> String {
    let Some((number, balance, free)) = account else {
        return row(
            "zhxx",
            &[("BDHM", request), ("CCXH", "1"), ("KHZH", "查无开户信息"), ("FKSJ", "2026/01/05 10:12:31")],
        );
    };
    let attributes = [
        ("BDHM", request),
        ("CCXH", "1"),
        ("KHZH", number),
        ("CCLB", "借记卡"),
        ("ZHZT", "正常"),
        ("KHWD", "测试支行"),
        ("KHWDDM", "999100000001"),
        ("BZ", "156"),
        ("YE", balance),
        ("KYYE", free),
        ("FKSJ", "2026/01/05 10:12:30"),
    ];
    row("zhxx", &attributes)
}

/// What became of a control of an account.
#[derive(Debug, Clone)]
pub struct Done {
    pub account: String,
    /// First and last day, as they were ordered.
    pub term: (String, String),
    /// The limit, and what is held, released or taken; `None` where nothing was done.
    pub amounts: Option<(String, String)>,
}

/// The row of a control's feedback.
pub fn control_row(request: &str, entry: &str, done: &Done) -> String {
    let begins = [("BDHM", request), ("CCXH", entry), ("KHZH", done.account.as_str()), ("KZNR", "1")];
    let ends: Vec<(&str, &str)> = match &done.amounts {
        None => vec![("KZZT", "2"), ("WNKZYY", "客户经理不同意")],
        Some((limit, held)) => vec![
            ("KZZT", "1"),
            ("CSKSRQ", done.term.0.as_str()),
            ("CSJSRQ", done.term.1.as_str()),
            ("DJXE", limit),
            ("SKJE", held),
        ],
    };
    row("kzxx", &[begins.as_slice(), &ends].concat())
}

/// A package with these files.
pub fn packed(files: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a file");
        writer.write_all(text.as_bytes()).expect("its content");
    }
    writer.finish().expect("a package").into_inner()
}

/// The feedback of a query package: its name and its bytes.
pub fn query_feedback(bank: &str, batch: &str, rows: &str) -> (String, Vec<u8>) {
    let file = (format!("QR{bank}{batch}000000000001.xml"), document("zhxxList", rows));
    (format!("CXFK{bank}{batch}.zip"), packed(&[file]))
}

/// The feedback of one control: the result, and the bank's receipt with it.
pub fn control_feedback(bank: &str, batch: &str, request: &str, rows: &str) -> (String, Vec<u8>) {
    let name = format!("{bank}{batch}{request:0>30}");
    // An invented document, its Base64 and the MD5 of its bytes.
    let receipt = row(
        "hzxx",
        &[
            ("BDHM", request),
            ("WJMC", "协助执行通知书（回执）"),
            ("WJLX", "pdf"),
            ("WSLB", "回执"),
            ("WSNR", "JVBERi0xLjQgY29tcG9zZWQgc2FtcGxlLCBub3QgYSByZWFsIGRvY3VtZW50Cg=="),
            ("MD5", "5679b83c38520a2fb21785c0075fb31d"),
        ],
    );
    let files = [
        (format!("QR{name}.xml"), document("kzxxList", rows)),
        (format!("QRI{name}.xml"), document("hzxxList", &receipt)),
    ];
    (format!("KZFK{name}.zip"), packed(&files))
}
