//! The description of a counterpart, as it is written.

mod fields;

pub(crate) use fields::{Field, FieldType, fields_of};

use std::collections::BTreeMap;

use chakong_contract::FaultKind;
use chakong_contract::asset::AssetKind;
use chakong_contract::party::IdentityKind;
use serde::Deserialize;

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

/// How to tell success, nothing and error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerForm {
    /// Where the code stands.
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) success: Vec<String>,
    #[serde(default)]
    pub(crate) nothing: Vec<String>,
    /// HTTP statuses that mean nothing, if the body is JSON.
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

impl Description {
    /// What cannot be seen from the form alone.
    pub(crate) fn check(&self) -> Result<(), String> {
        let pointers = [&self.answer.code, &self.matching.number, &self.matching.name].into_iter().flatten();
        let total = self.paging.as_ref().and_then(|paging| paging.total.as_ref());
        for pointer in pointers.chain(total).chain([&self.answer.items]) {
            is_pointer(pointer)?;
        }
        if !self.request.path.starts_with('/') || self.request.path.contains(['{', '?', '#', ' ']) {
            return Err("request.path begins with / and holds no template and no query".to_owned());
        }
        if self.answer.code.is_some() == self.answer.success.is_empty() {
            return Err("answer.code and answer.success belong together".to_owned());
        }
        if self.paging.as_ref().is_some_and(|paging| {
            !(1..=1_000).contains(&paging.size) || !(1..=100).contains(&paging.most_pages)
        }) {
            return Err("paging.size is 1 to 1000, paging.most_pages 1 to 100".to_owned());
        }
        let known =
            fields_of(self.asset.kind).ok_or_else(|| "asset.kind is account or vehicle".to_owned())?;
        self.asset.fields.iter().try_for_each(|(name, field)| {
            let known = known.iter().any(|(known, _)| known == name);
            if known { field.check() } else { Err("there is no such field".to_owned()) }
                .map_err(|why| format!("asset.fields.{name}: {why}"))
        })
    }
}

fn is_pointer(text: &str) -> Result<(), String> {
    if text.starts_with('/') { Ok(()) } else { Err(format!("`{text}` is no JSON pointer: it begins with /")) }
}
