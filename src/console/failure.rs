//! Why there is no page, or why something was not done.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::lang::Lang;
use super::reading::{list, text};
use crate::api::Problem;

/// The kind of a form that is not from a page of ours.
const FORGED: &str = "forged";

/// Why there is no page, or why something was not done.
#[derive(Debug, Clone, Default)]
pub struct Failure {
    /// Status.
    pub status: StatusCode,
    /// What happened.
    pub detail: String,
    /// The kind of problem in words, Chinese first, where the API named one.
    pub kind: String,
    /// Every rule that was broken: its place in the request, and what it is.
    pub findings: Vec<(String, String)>,
    /// The case for which a reason must be given first; empty for a list, `None` where none is wanted.
    pub reason_for: Option<String>,
    /// Whether what was asked for may have been done all the same.
    pub may_be_done: bool,
}

impl Failure {
    /// With a status and a sentence.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), ..Self::default() }
    }

    /// As a problem of the API says it.
    pub fn of_problem(status: StatusCode, problem: &Value) -> Self {
        let finding = |finding: &Value| (text(finding, "/pointer"), text(finding, "/detail"));
        Self {
            status,
            detail: text(problem, "/detail"),
            kind: text(problem, "/title"),
            findings: list(problem, "/findings").iter().map(finding).collect(),
            ..Self::default()
        }
    }

    /// A problem that happened on the way to an endpoint.
    pub fn of(problem: &Problem) -> Self {
        if problem.status().is_server_error() {
            tracing::error!(status = problem.status().as_u16(), causes = problem.causes(), "a page failed");
        }
        let body = problem.body("");
        Self { kind: body.title, ..Self::new(problem.status(), body.detail) }
    }

    /// The same in one language, where what the API says is in two.
    #[must_use]
    pub fn told_in(self, lang: Lang) -> Self {
        let findings = self.findings.iter().map(|(at, detail)| (at.clone(), lang.of_note(detail))).collect();
        Self { kind: lang.of_note(&self.kind), detail: lang.of_note(&self.detail), findings, ..self }
    }

    /// The password or the second factor is to be set first.
    pub fn something_first() -> Self {
        let detail = "请先修改密码或绑定动态口令 change the password or set the second factor up first";
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// There is no such page.
    pub fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, "")
    }

    /// The page is not asked for like this.
    pub fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "")
    }

    /// Nobody is signed in, or no longer.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "")
    }

    /// A form that is not from a page of ours, or of an earlier session.
    pub fn forged() -> Self {
        Self { kind: FORGED.to_owned(), ..Self::new(StatusCode::FORBIDDEN, "") }
    }

    /// Whether it is a form that is not from a page of ours.
    pub fn is_forged(&self) -> bool {
        self.kind == FORGED
    }

    /// The same of something that was sent to be done: where it failed on our side, nobody knows whether it was.
    #[must_use]
    pub fn of_act(self) -> Self {
        Self { may_be_done: self.status.is_server_error(), ..self }
    }

    /// Its title.
    pub fn title(&self, lang: Lang) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => lang.t("请重新登录", "Please sign in again"),
            StatusCode::FORBIDDEN if self.is_forged() => lang.t("表单已失效", "The form is no longer valid"),
            StatusCode::FORBIDDEN => lang.t("没有权限", "Not allowed"),
            StatusCode::NOT_FOUND => lang.t("没有找到", "Not found"),
            StatusCode::CONFLICT => lang.t("当前状态不允许", "Not possible now"),
            StatusCode::METHOD_NOT_ALLOWED => lang.t("不支持该操作", "Not possible like this"),
            StatusCode::PAYLOAD_TOO_LARGE => lang.t("文件过大", "Too large"),
            status if status.is_client_error() => lang.t("内容不符合规定", "Something is not right"),
            _ if self.may_be_done => lang.t("办理结果不明", "Not known whether it was done"),
            _ => lang.t("暂时无法办理", "Not possible at the moment"),
        }
    }

    /// What a person does about it.
    pub fn remedy(&self, lang: Lang) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => lang.t(
                "会话已结束。请登录后再办理。",
                "The session is over. Sign in and do it again.",
            ),
            StatusCode::FORBIDDEN if self.is_forged() => lang.t(
                "该表单不是从本系统页面提交的，或者您已重新登录。请返回上一页，刷新后再提交。",
                "The form was not sent from a page of this system, or you have signed in anew. Go back, reload the page, send it again.",
            ),
            StatusCode::FORBIDDEN if !self.detail.is_empty() => {
                lang.t("现在不能办理或者查看，原因如下。", "You cannot do or see this now:")
            }
            StatusCode::FORBIDDEN => lang.t(
                "您的角色不能办理此事。",
                "Your role does not allow this.",
            ),
            StatusCode::NOT_FOUND => lang.t(
                "没有这一页，或者没有这件事。请检查地址、案号或编号。",
                "There is no such page or thing. Check the address, the case number or the identifier.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => lang.t("请从页面上的按钮办理。", "Use the buttons of the page."),
            status if status.is_client_error() => lang.t(
                "请按下列说明更正后再提交。",
                "Correct what is listed below and send it again.",
            ),
            _ if self.may_be_done => lang.t(
                "可能已办理，请先核对：查看相关案件、措施或列表，确认未办理后再提交；如仍不行，请联系运维。",
                "It may have been done: look at the case, the measure or the list first, and send it again only where it was not; if it stays so, tell operations.",
            ),
            _ => lang.t(
                "什么都没有改变。请稍后再试；如仍不行，请联系运维。",
                "Nothing was changed. Try again later; if it stays so, tell operations.",
            ),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The door makes the page, which knows who asked and in which language.
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_api_says_in_two_languages_is_told_in_that_of_the_page() {
        let problem = json!({
            "title": "内容不符合规定 The content breaks a rule",
            "detail": "see findings",
            "findings": [{ "pointer": "/documents", "detail": "缺文书 missing document: 冻结裁定书" }],
        });
        let told = |lang| Failure::of_problem(StatusCode::UNPROCESSABLE_ENTITY, &problem).told_in(lang);
        let (zh, en) = (told(Lang::Zh), told(Lang::En));
        assert_eq!((zh.kind.as_str(), zh.findings[0].1.as_str()), ("内容不符合规定", "缺文书：冻结裁定书"));
        assert_eq!(
            (en.kind.as_str(), en.findings[0].0.as_str()),
            ("The content breaks a rule", "/documents")
        );
        assert_eq!(en.findings[0].1, "missing document: 冻结裁定书");
    }

    #[test]
    fn after_a_form_was_sent_a_failure_of_ours_never_says_that_nothing_was_changed() {
        for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE] {
            let (read, act) = (Failure::new(status, ""), Failure::new(status, "").of_act());
            for lang in [Lang::Zh, Lang::En] {
                let nothing = lang.t("什么都没有改变", "Nothing was changed");
                let perhaps = lang.t("可能已办理，请先核对", "It may have been done");
                assert!(read.remedy(lang).contains(nothing) && !read.remedy(lang).contains(perhaps));
                assert!(act.remedy(lang).contains(perhaps) && !act.remedy(lang).contains(nothing));
            }
        }
        let refused = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "").of_act();
        assert!(!refused.may_be_done, "what was refused was not done");
    }
}
