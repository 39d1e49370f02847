//! 新建查控: the form of an inquiry, a preview of whom it would ask, and sending it. The checks are the API's.

mod body;
mod sections;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::address::segment;
use super::backend::Console;
use super::draft::Draft;
use super::failure::Failure;
use super::form::Posted;
use super::page::{Frame, html};
use super::reading::{bytes, list, text};
use super::session::random_text;
use super::visitor::Visitor;
use super::words::{self, word};
use crate::api::may;
use body::{MOST_PARTIES, body_of, place_of};
use sections::{Section, sections};

/// Most bytes that are kept for people who are filling in the form.
const MOST_KEPT: usize = 256 << 20;

#[derive(Template)]
#[template(path = "new.html", config = "src/console/askama.toml")]
struct NewPage {
    page: Frame,
    sections: Vec<Section>,
    draft: String,
    parties: usize,
    may_have_more: bool,
    faults: Vec<String>,
    count: usize,
}

/// `GET /console/new`
pub async fn form(State(_): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    if !visitor.may(may::SUBMIT) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let draft = Draft { id: random_text(), fields: Vec::new(), uploads: Vec::new() };
    Ok(shown(&visitor, &draft, 1, &Failure::default()))
}

fn shown(visitor: &Visitor, draft: &Draft, parties: usize, failure: &Failure) -> Response {
    let mut sections = sections(draft, parties, visitor.lang);
    let mut faults = Vec::new();
    if failure.findings.is_empty() && failure.status != StatusCode::OK {
        faults.push(format!("{} {}", failure.kind, failure.detail).trim().to_owned());
    }
    for (pointer, detail) in &failure.findings {
        let name = place_of(pointer, draft, parties);
        let mut fields = sections.iter_mut().flat_map(|section| section.fields.iter_mut());
        match fields.find(|field| Some(&field.name) == name.as_ref()) {
            Some(field) if field.fault.is_empty() => field.fault.clone_from(detail),
            Some(field) => field.fault = format!("{}；{detail}", field.fault),
            None => faults.push(match pointer.is_empty() {
                true => detail.clone(),
                false => format!("{detail}（{pointer}）"),
            }),
        }
    }
    let status = if failure.status == StatusCode::OK { StatusCode::OK } else { failure.status };
    let page = NewPage {
        page: Frame::of(visitor, visitor.lang.t("新建查控", "New inquiry"), "new"),
        sections,
        draft: draft.id.clone(),
        parties,
        may_have_more: parties < MOST_PARTIES,
        faults,
        count: failure.findings.len(),
    };
    html(status, &page)
}

#[derive(Template)]
#[template(path = "preview.html", config = "src/console/askama.toml")]
struct PreviewPage {
    page: Frame,
    draft: String,
    parties: usize,
    case_number: String,
    facts: Vec<(String, String)>,
    papers: Vec<(String, String, String)>,
    orders: Vec<(String, String, String, String)>,
    more: usize,
    total: usize,
    not_asked: Vec<(String, String, String)>,
    more_not_asked: usize,
}

/// Orders, and those who are not asked, that a preview shows.
const MOST_SHOWN: usize = 100;

/// `POST /console/new`: shows whom it would ask, or what is wrong.
pub async fn preview(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let parties = posted.get("parties").parse::<usize>().unwrap_or(1).clamp(1, MOST_PARTIES);
    let draft = Arc::new(merged(&console, &visitor, posted));
    if console.sessions().bytes_of_drafts().saturating_add(draft.size()) > MOST_KEPT {
        return Err(Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "同时填写的表单过多，请稍后再试 too much is being filled in",
        ));
    }
    console.sessions().keep_draft(&visitor.token, Some(Arc::clone(&draft)));
    match posted_step(&draft) {
        "more" => return Ok(shown(&visitor, &draft, (parties + 1).min(MOST_PARTIES), &Failure::default())),
        "edit" => return Ok(shown(&visitor, &draft, parties, &Failure::default())),
        _ => {}
    }
    let body = body_of(&draft, parties);
    match console.send(&visitor, (Method::POST, "/v1/inquiries/preview"), &body, None).await {
        Ok(previewed) => Ok(previewed_page(&visitor, &draft, parties, &previewed)),
        Err(failure) if is_for_the_form(failure.status) => Ok(shown(&visitor, &draft, parties, &failure)),
        Err(failure) => Err(failure),
    }
}

fn is_for_the_form(status: StatusCode) -> bool {
    use StatusCode as S;
    matches!(status, S::BAD_REQUEST | S::CONFLICT | S::UNPROCESSABLE_ENTITY | S::PAYLOAD_TOO_LARGE)
}

fn posted_step(draft: &Draft) -> &str {
    draft.fields.iter().find(|(name, _)| name == "step").map_or("", |(_, value)| value)
}

/// What came in, with the files that were chosen before and not replaced now.
fn merged(console: &Console, visitor: &Visitor, posted: Posted) -> Draft {
    let id = posted.get("draft").to_owned();
    let before = console.sessions().draft(&visitor.token, &id);
    let Posted { fields, mut uploads } = posted;
    let Some(before) = before else { return Draft { id: random_text(), fields, uploads } };
    for upload in &before.uploads {
        if !uploads.iter().any(|new| new.field == upload.field) {
            uploads.push(upload.clone());
        }
    }
    // A button that only goes back to the form sends nothing of it.
    let fields = match fields.iter().any(|(name, _)| name == "case.number") {
        true => fields,
        false => {
            let kept = before.fields.iter().filter(|(name, _)| name != "step" && name != "parties");
            fields.into_iter().chain(kept.cloned()).collect()
        }
    };
    Draft { id, fields, uploads }
}

fn previewed_page(visitor: &Visitor, draft: &Draft, parties: usize, previewed: &Value) -> Response {
    let lang = visitor.lang;
    let (orders, not_asked) = (list(previewed, "/orders"), list(previewed, "/not_asked"));
    let order = |order: &Value| {
        (
            text(order, "/counterpart"),
            text(order, "/party"),
            word(words::IDENTITY, &text(order, "/document"), lang),
            word(words::ACTION, &text(order, "/action"), lang),
        )
    };
    let not = |line: &Value| (text(line, "/counterpart"), text(line, "/party"), text(line, "/reason"));
    let papers = draft.uploads.iter().map(|upload| {
        (
            sections::label_of(&upload.field, lang),
            upload.name.clone(),
            bytes(upload.bytes.len().try_into().unwrap_or(0)),
        )
    });
    let page = PreviewPage {
        page: Frame::of(visitor, lang.t("预览", "Preview"), "new"),
        draft: draft.id.clone(),
        parties,
        case_number: text(previewed, "/case_number"),
        facts: sections::summary(draft, lang),
        papers: papers.collect(),
        orders: orders.iter().take(MOST_SHOWN).map(order).collect(),
        more: orders.len().saturating_sub(MOST_SHOWN),
        total: orders.len(),
        not_asked: not_asked.iter().take(MOST_SHOWN).map(not).collect(),
        more_not_asked: not_asked.len().saturating_sub(MOST_SHOWN),
    };
    html(StatusCode::OK, &page)
}

/// `POST /console/new/send`: submits what was previewed; once, however often it is sent.
pub async fn send(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let gone = || {
        Failure::new(StatusCode::CONFLICT, "草稿已不在，请重新填写 the draft is gone; fill the form in again")
    };
    let draft = console.sessions().draft(&visitor.token, posted.get("draft")).ok_or_else(gone)?;
    let parties = draft.fields.iter().find(|(name, _)| name == "parties");
    let parties =
        parties.and_then(|(_, count)| count.parse::<usize>().ok()).unwrap_or(1).clamp(1, MOST_PARTIES);
    let body = body_of(&draft, parties);
    match console.send(&visitor, (Method::POST, "/v1/inquiries"), &body, Some(&draft.id)).await {
        Ok(inquiry) => {
            console.sessions().keep_draft(&visitor.token, None);
            let href = format!("/console/inquiries/{}", segment(&text(&inquiry, "/id")));
            Ok(Redirect::to(&href).into_response())
        }
        Err(failure) if is_for_the_form(failure.status) => Ok(shown(&visitor, &draft, parties, &failure)),
        Err(failure) => Err(failure),
    }
}
