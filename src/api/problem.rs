//! Errors as RFC 9457 problems. What went wrong inside stays inside; it is logged once, where the answer leaves.

use std::sync::Arc;

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs, SchemaObject, StatusCode as StatusDocs};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Finding;
use crate::domain::decide::Rejected;
use crate::engine::InputError;
use crate::intake::IntakeError;
use crate::store::StoreError;

/// Media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What kind of problem; the last part of its `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the titles say it")]
pub enum ProblemKind {
    Unauthenticated,
    Forbidden,
    ReasonWanted,
    NotFound,
    MethodNotAllowed,
    MalformedBody,
    MalformedRequest,
    Invalid,
    KeyReused,
    NotNow,
    ClaimCovered,
    NotAllowed,
    TooLarge,
    NotJson,
    Overloaded,
    TimedOut,
    StoreFull,
    StoreUnusable,
    Unavailable,
    NotReady,
    Internal,
}

impl ProblemKind {
    /// Status, slug and title.
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "unauthenticated", "没有有效的密钥 No valid API key")
            }
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "没有权限 Not allowed for this key"),
            Self::ReasonWanted => {
                (StatusCode::FORBIDDEN, "reason-wanted", "请说明查看理由 A reason is wanted")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "不存在 Not found"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "不支持该方法 Method not allowed")
            }
            Self::MalformedBody => {
                (StatusCode::BAD_REQUEST, "malformed-body", "请求内容无法读取 The body cannot be read")
            }
            Self::MalformedRequest => {
                (StatusCode::BAD_REQUEST, "malformed-request", "请求参数有误 A parameter or header is wrong")
            }
            Self::Invalid => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "内容不符合规定 The content breaks a rule")
            }
            Self::KeyReused => (
                StatusCode::CONFLICT,
                "key-reused",
                "幂等键已用于另一申请 Idempotency-Key used for another inquiry",
            ),
            Self::NotNow => (StatusCode::CONFLICT, "not-now", "当前状态不允许 The present state forbids it"),
            Self::ClaimCovered => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "claim-covered",
                "超出标的余额 More than the claim leaves open",
            ),
            Self::NotAllowed => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-allowed",
                "依法或缺文书不得办理 A rule of law or a missing paper forbids it",
            ),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "请求内容过大 The body is too large")
            }
            Self::NotJson => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "只接受JSON Only JSON is accepted")
            }
            Self::Overloaded => {
                (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "请求过多 Too many requests at once")
            }
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "timed-out", "处理超时 Not finished in time"),
            Self::StoreFull => {
                (StatusCode::SERVICE_UNAVAILABLE, "store-full", "存储空间不足 The disk is nearly full")
            }
            Self::StoreUnusable => {
                (StatusCode::SERVICE_UNAVAILABLE, "store-unusable", "存储不可用 The store cannot be used")
            }
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "正在停止服务 Shutting down")
            }
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not-ready", "尚未就绪 Not ready"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "内部错误 Internal error"),
        }
    }

    /// Seconds after which trying again makes sense.
    const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Overloaded | Self::TimedOut | Self::Unavailable => Some(2),
            Self::NotReady => Some(5),
            Self::StoreUnusable => Some(10),
            Self::StoreFull => Some(60),
            _ => None,
        }
    }
}

/// A problem on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    findings: Vec<Finding>,
    cause: Option<StoreError>,
}

/// A problem as it is sent (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemBody {
    /// `urn:chakong:problem:` and what kind it is; stable.
    pub r#type: String,
    /// The kind in words, Chinese first.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// Every rule that was broken, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub findings: Vec<Finding>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), findings: Vec::new(), cause: None }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemKind::NotFound, format!("没有此项内容 there is no such {what}"))
    }

    /// Rules that were broken.
    pub fn invalid(findings: Vec<Finding>) -> Self {
        let detail = format!(
            "有 {count} 处不符合规定 {count} rule(s) are broken; see `findings`",
            count = findings.len()
        );
        Self { findings, ..Self::new(ProblemKind::Invalid, detail) }
    }

    /// A body that cannot be read, with the place.
    pub fn malformed_body(pointer: String, detail: String) -> Self {
        let findings = vec![Finding { pointer, detail: detail.clone() }];
        Self { findings, ..Self::new(ProblemKind::MalformedBody, detail) }
    }

    /// A status that ends in a problem, for the OpenAPI document.
    pub fn documented(
        context: &mut GenContext,
        operation: &mut Operation,
        status: u16,
        about: &str,
    ) -> (Option<StatusDocs>, ResponseDocs) {
        let docs = Self::operation_response(context, operation).unwrap_or_default();
        (Some(StatusDocs::Code(status)), ResponseDocs { description: about.to_owned(), ..docs })
    }

    /// Its status.
    pub const fn status(&self) -> StatusCode {
        self.kind.parts().0
    }

    /// The chain of causes, for the log.
    pub fn causes(&self) -> String {
        let mut text = self.detail.clone();
        let mut next: Option<&dyn std::error::Error> = self.cause.as_ref().map(|cause| cause as _);
        while let Some(error) = next {
            text.push_str(": ");
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }

    /// The problem as it is sent; it names the path it is about.
    pub fn body(&self, instance: &str) -> ProblemBody {
        let (status, slug, title) = self.kind.parts();
        ProblemBody {
            r#type: format!("urn:chakong:problem:{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            findings: self.findings.clone(),
        }
    }

    /// The response, which names the path it is about.
    pub fn respond(&self, instance: &str) -> Response {
        let bytes = serde_json::to_vec(&self.body(instance)).unwrap_or_default();
        let mut response = (self.status(), bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.kind.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == ProblemKind::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"chakong\""));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The outermost layer writes it again with the path, and logs it.
        let mut response = self.respond("");
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (kind, detail) = match &error {
            StoreError::Full => {
                (ProblemKind::StoreFull, "未予保存，请稍后再试 nothing was kept; try again later".to_owned())
            }
            StoreError::Closed => (
                ProblemKind::Unavailable,
                "正在停止服务，请稍后再试 the gateway is shutting down; try again".to_owned(),
            ),
            StoreError::Again | StoreError::LeaseLost => {
                (ProblemKind::Unavailable, "未予保存，请重试 nothing was kept; try again".to_owned())
            }
            StoreError::Failed { ailment, .. } => {
                let what = ailment.words();
                (ProblemKind::StoreUnusable, format!("nothing was kept, for {what}; try again later"))
            }
            StoreError::Unreadable { .. }
            | StoreError::Missing(_)
            | StoreError::Backup(_)
            | StoreError::MovedAway { .. }
            | StoreError::Arriving { .. } => {
                let detail = "所需内容无法读取，原因见运行日志 something that this needs cannot be read in the store; operations find the cause in its log";
                (ProblemKind::StoreUnusable, detail.to_owned())
            }
            StoreError::Conflict(_) => {
                let detail =
                    "系统出错，原因见运行日志 the gateway failed; operations find the cause in its log";
                (ProblemKind::Internal, detail.to_owned())
            }
        };
        Self { cause: Some(error), ..Self::new(kind, detail) }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::NotASubmission(findings) => {
                let detail = findings.first().map(|first| first.detail.clone()).unwrap_or_default();
                Self { findings, ..Self::new(ProblemKind::MalformedBody, detail) }
            }
            IntakeError::Findings(findings) => Self::invalid(findings),
            IntakeError::KeyReused => Self::new(ProblemKind::KeyReused, error.to_string()),
            IntakeError::NoSpace => Self::new(ProblemKind::StoreFull, error.to_string()),
            IntakeError::Store(error) => error.into(),
        }
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected {
            Rejected::Findings(findings) => return Self::invalid(findings),
            Rejected::Unknown(_) => ProblemKind::NotFound,
            Rejected::NotNow(_) => ProblemKind::NotNow,
            Rejected::NoRoom { .. } => ProblemKind::ClaimCovered,
            Rejected::NotAllowed(_) => ProblemKind::NotAllowed,
            Rejected::Forbidden(_) => ProblemKind::Forbidden,
            Rejected::Defect(_) => ProblemKind::Internal,
        };
        Self::new(kind, rejected.to_string())
    }
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Rejected(rejected) => rejected.into(),
            InputError::Store(error) => error.into(),
            InputError::KeyReused => Self::new(ProblemKind::KeyReused, error.to_string()),
        }
    }
}

impl OperationOutput for Problem {
    type Inner = ProblemBody;

    fn operation_response(context: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let json_schema = context.schema.subschema_for::<ProblemBody>();
        let schema = Some(SchemaObject { json_schema, example: None, external_docs: None });
        let mut docs = ResponseDocs { description: "A problem (RFC 9457)".into(), ..ResponseDocs::default() };
        docs.content.insert(PROBLEM_JSON.to_owned(), MediaType { schema, ..MediaType::default() });
        Some(docs)
    }
}
