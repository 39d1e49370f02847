//! The description of a counterpart, as it is written.

mod fields;

pub(crate) use fields::{Field, FieldType, Full, fields_of};

use self::fields::is_pointer;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chakong_contract::FaultKind;
use chakong_contract::asset::AssetKind;
use chakong_contract::encoding::{Decoded, decoded};
use chakong_contract::message::without_mark;
use chakong_contract::party::IdentityKind;
use serde::Deserialize;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::xml;

/// A counterpart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// Kinds of identity documents that it can be asked by.
    pub(crate) identities: Vec<IdentityKind>,
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) auth: Auth,
    pub(crate) paging: Option<Paging>,
    pub(crate) answer: AnswerForm,
    #[serde(default, rename = "match")]
    pub(crate) matching: Matching,
    pub(crate) asset: AssetForm,
}

/// What is sent: values of the query and the body are templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: chakong_contract::Method,
    /// Below the base address, without templates.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// JSON, each value of a template escaped and quoted.
    #[serde(default)]
    pub(crate) body: String,
}

/// How we prove who we are: by a header, never in the query.
#[derive(Debug, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Auth {
    #[default]
    None,
    Bearer,
    Basic {
        user: String,
    },
    Header {
        header: String,
    },
}

/// Pages count from 1; their number and size are parameters of the query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    pub(crate) parameter: String,
    #[serde(default)]
    pub(crate) size_parameter: String,
    pub(crate) size: u32,
    pub(crate) most_pages: u32,
    /// Where the number of all entries stands.
    #[serde(default)]
    pub(crate) total: Option<String>,
}

/// What answers are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Json,
    /// Read as `xml.rs` says, so that pointers lead through it as through JSON.
    Xml,
}

impl Format {
    /// A body as a value; `None` when it is not of this format.
    pub(crate) fn read(self, body: &[u8]) -> Option<Value> {
        match self {
            Self::Json => chakong_contract::weight::json(&as_utf8(body)).ok(),
            Self::Xml => xml::read(body),
        }
    }
}

/// JSON is UTF-8 (RFC 8259 section 8.1), and some services write it in GBK all the same.
fn as_utf8(body: &[u8]) -> Cow<'_, [u8]> {
    let body = without_mark(body);
    if std::str::from_utf8(body).is_ok() {
        return Cow::Borrowed(body);
    }
    match decoded(body) {
        Decoded::Gb18030(text) => Cow::Owned(text.into_bytes()),
        _ => Cow::Borrowed(body),
    }
}

/// How to tell success, nothing and error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerForm {
    #[serde(default)]
    pub(crate) format: Format,
    /// Where the code stands.
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) success: Vec<String>,
    #[serde(default)]
    pub(crate) nothing: Vec<String>,
    /// HTTP statuses that mean nothing, if the body is an object of the format.
    #[serde(default)]
    pub(crate) nothing_statuses: Vec<u16>,
    #[serde(default)]
    pub(crate) faults: BTreeMap<String, FaultKind>,
    /// Where the list stands.
    pub(crate) items: String,
}

/// Where an entry says whose it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Matching {
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
}

/// What an entry becomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetForm {
    pub(crate) kind: AssetKind,
    pub(crate) fields: BTreeMap<String, Field>,
}

/// What is wrong with a part of a description: its keys from the top, parted by dots, and why.
pub(crate) type Wrong = (String, String);

impl Description {
    /// What cannot be seen from the form alone, all of it.
    pub(crate) fn check(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut say = |at: &str, why: &str| wrong.push((at.to_owned(), why.to_owned()));
        let total = self.paging.as_ref().and_then(|paging| paging.total.as_ref());
        let pointers = [
            ("answer.code", self.answer.code.as_ref()),
            ("answer.items", Some(&self.answer.items)),
            ("paging.total", total),
            ("match.number", self.matching.number.as_ref()),
            ("match.name", self.matching.name.as_ref()),
        ];
        for (at, pointer) in pointers {
            if let Some(Err(why)) = pointer.map(|pointer| is_pointer(pointer)) {
                say(at, &why);
            }
        }
        if !self.request.path.starts_with('/') || self.request.path.contains(['{', '?', '#', ' ']) {
            say("request.path", "begins with / and holds no template and no query");
        }
        if self.answer.code.is_some() == self.answer.success.is_empty() {
            say("answer.success", "answer.code and answer.success belong together");
        }
        if let Some(paging) = &self.paging {
            if !(1..=1_000).contains(&paging.size) {
                say("paging.size", "is 1 to 1000");
            }
            if !(1..=100).contains(&paging.most_pages) {
                say("paging.most_pages", "is 1 to 100");
            }
        }
        let answer = [self.answer.code.as_ref(), Some(&self.answer.items), total];
        if self.answer.format == Format::Xml && !below_one_root(&answer) {
            say("answer.items", "of XML, code, items and total stand below one root: /root/…");
        }
        wrong.extend(self.check_fields());
        wrong
    }

    fn check_fields(&self) -> Vec<Wrong> {
        let Some(known) = fields_of(self.asset.kind) else {
            return vec![("asset.kind".to_owned(), "is account or vehicle".to_owned())];
        };
        let check = |(name, field): (&String, &Field)| {
            let is_known = known.iter().any(|(known, _)| known == name);
            let checked = if is_known { field.check() } else { Err("there is no such field".to_owned()) };
            checked.err().map(|why| (format!("asset.fields.{name}"), why))
        };
        self.asset.fields.iter().filter_map(check).collect()
    }
}

/// Whether pointers lead through the same first element, and on from it.
fn below_one_root(pointers: &[Option<&String>]) -> bool {
    let root = |pointer: &String| {
        let (root, rest) = pointer.strip_prefix('/')?.split_once('/')?;
        (!root.is_empty() && !rest.is_empty()).then(|| root.to_owned())
    };
    let mut roots = pointers.iter().copied().flatten().map(root);
    let first = roots.next().flatten();
    first.is_some() && roots.all(|other| other == first)
}

/// The line of a key in a description, from 1; that of the nearest table above it where the key is absent.
pub(crate) fn line_of(text: &str, path: &str) -> Option<usize> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut table = document.get_ref();
    let mut offset = None;
    for key in path.split('.') {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref().as_ref() == key) else {
            break;
        };
        offset = Some(name.span().start);
        match value.get_ref() {
            DeValue::Table(below) => table = below,
            _ => break,
        }
    }
    offset.map(|offset| line_at(text, offset))
}

/// The line of an offset, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
