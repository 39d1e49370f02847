//! `GET /openapi.json`: the OpenAPI 3.1 document, made from the handlers.

mod names;
mod portable;
mod variants;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::openapi::{Info, OpenApi, SecurityScheme, Tag};
use aide::transform::TransformOperation;
use axum::body::Bytes;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::{Extension, Router};
use serde_json::{Map, Value};

use super::Shared;
use super::access::{Caller, may};

/// Groups of endpoints, in the order of the document.
const TAGS: [(&str, &str); 14] = [
    ("inquiries", "查控申请: submit, watch, re-query, cancel"),
    ("cases", "案件: the chain of cases, its claim, its ledger, and what is about all of it"),
    ("papers", "文书打印件: what can be printed of a case, and prints by their numbers"),
    ("statistics", "统计: what became of the inquiries of a period"),
    ("tasks", "待办: what a person must do, and until when"),
    ("acts", "操作记录: who did what, and why"),
    ("orders", "协助指令: one request to one counterpart"),
    ("desk", "人工办理: orders that people carry along, and what they enter"),
    ("measures", "控制措施: the freeze ledger and its approvals"),
    ("results", "结果: the event log for named consumers (CloudEvents 1.0)"),
    ("connectors", "连接器: what the gateway can speak"),
    ("counterparts", "协助单位: health, pause, resume, probe"),
    ("people", "人员: who calls, persons, sessions, keys"),
    ("operations", "运维: health, metrics, this document"),
];

const ABOUT: &str = "查控网关 HTTP 接口 HTTP API of the query and control gateway. Every request but health carries \
    `Authorization: Bearer KEY` (or `X-API-Key: KEY`); `x-roles` of an operation names the roles of which the caller needs \
    one. A caller sees the cases of its courts; what belongs to others does not exist for it (404). Errors are problems (RFC 9457). Amounts are decimal text, dates are dates in Asia/Shanghai, instants are UTC.";

/// The document as it is served.
#[derive(Debug, Clone)]
pub(super) struct Document(Bytes);

impl Document {
    pub(super) fn new(document: &OpenApi) -> Self {
        Self(to_json(document).into())
    }
}

pub(super) fn to_json(document: &OpenApi) -> String {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    portable::make_portable(&mut value);
    value.to_string()
}

/// Makes the document and the router that it describes.
pub(super) fn document(routes: ApiRouter<Shared>) -> (Router<Shared>, OpenApi) {
    let info = Info {
        title: "Chakong 查控".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: Some(ABOUT.to_owned()),
        ..Info::default()
    };
    let tag = |(name, about): (&str, &str)| Tag {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        ..Tag::default()
    };
    let mut document = OpenApi { info, tags: TAGS.into_iter().map(tag).collect(), ..OpenApi::default() };
    let key = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("An API key of the gateway's configuration".to_owned()),
        extensions: Default::default(),
    };
    let router = routes.finish_api_with(&mut document, |api| api.security_scheme("key", key));
    (router, document)
}

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/openapi.json", get_with(show, docs))
}

async fn show(
    _: Caller<{ may::ANY }>,
    Extension(document): Extension<Document>,
) -> ([(HeaderName, &'static str); 1], Bytes) {
    ([(CONTENT_TYPE, "application/json")], document.0)
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("openapi")
        .tag("operations")
        .summary("This document 接口说明")
        .response_with::<200, axum::Json<Map<String, Value>>, _>(|response| {
            response.description("OpenAPI 3.1")
        })
}
