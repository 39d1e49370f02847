//! 新建查控: the form of an inquiry, a preview of whom it would ask, and sending it. The checks are the API's.

mod body;
mod load;
mod preview;
mod sections;
mod sheet_party;
mod workbook;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::address::segment;
use super::backend::Console;
use super::draft::{Draft, Upload};
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::measures::download;
use super::page::{Frame, html};
use super::reading::text;
use super::visitor::Visitor;
use crate::api::may;
use crate::people::cookie::new_token;
use body::{MOST_PARTIES, SHEET, body_of, place_of, sheet_place_of, without_claim};
use preview::preview_page;
use sections::{Section, sections};
use sheet_party::SheetParty;

/// Places that say no more than what is wrong there does.
const OF_THE_WHOLE: [&str; 5] = [SHEET, "/documents", "/mandate", "/search", "/parties"];
/// Most bytes that one form may bring.
const MOST_OF_ONE: usize = 32 << 20;
/// Sheets that are read at once: each may take a moment and some memory.
static READING: Semaphore = Semaphore::const_new(2);
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
    /// How much is wrong in all, and how much of it is told beside its fields alone.
    count: usize,
    beside: usize,
}

/// `GET /console/new`
pub async fn form(State(_): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    if !visitor.may(may::SUBMIT) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    // It gets its identifier when something of it is kept.
    let draft = Draft { id: String::new(), fields: Vec::new(), uploads: Vec::new() };
    Ok(shown(&visitor, &draft, 1, &[], &Failure::default()))
}

fn shown(
    visitor: &Visitor,
    draft: &Draft,
    parties: usize,
    sheet: &[SheetParty],
    failure: &Failure,
) -> Response {
    let failure = failure.clone().told_in(visitor.lang);
    let mut sections = sections(draft, parties, visitor.lang);
    let mut faults = Vec::new();
    if failure.findings.is_empty() && failure.status != StatusCode::OK {
        faults.push(format!("{} {}", failure.kind, failure.detail).trim().to_owned());
    }
    for (pointer, detail) in &failure.findings {
        if let Some((party, field)) = sheet_place_of(pointer, draft, parties, sheet) {
            faults.push(format!("{}{detail}", workbook::place_of(party, field, visitor.lang)));
            continue;
        }
        let name = place_of(pointer, draft, parties);
        let mut fields = sections.iter_mut().flat_map(|section| section.fields.iter_mut());
        match fields.find(|field| Some(&field.name) == name.as_ref()) {
            Some(field) if field.fault.is_empty() => field.fault.clone_from(detail),
            Some(field) => field.fault = format!("{}；{detail}", field.fault),
            None => faults.push(match pointer.is_empty() || OF_THE_WHOLE.contains(&pointer.as_str()) {
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
        beside: failure.findings.len().saturating_sub(faults.len()),
        faults,
        count: failure.findings.len(),
    };
    html(status, &page)
}

/// `POST /console/new`: shows whom it would ask, or what is wrong.
pub async fn preview(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    if !visitor.may(may::SUBMIT) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let parties = posted.get("parties").parse::<usize>().unwrap_or(1).clamp(1, MOST_PARTIES);
    let (draft, is_gone) = merged(&console, &visitor, posted);
    let draft = Arc::new(draft);
    let now = console.now();
    if draft.size() > MOST_OF_ONE {
        let detail = "文件合计过大，请减少附件 the files are too large together; bring fewer";
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    if console.kept().bytes_of_drafts(now).saturating_add(draft.size()) > MOST_KEPT {
        return Err(Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "同时填写的表单过多，请稍后再试 too much is being filled in",
        ));
    }
    console.kept().keep_draft(visitor.session, Some(Arc::clone(&draft)), now);
    if is_gone {
        return Ok(shown(&visitor, &draft, parties, &[], &gone()));
    }
    match posted_step(&draft) {
        "more" => {
            let parties = (parties + 1).min(MOST_PARTIES);
            return Ok(shown(&visitor, &draft, parties, &[], &Failure::default()));
        }
        "edit" => return Ok(shown(&visitor, &draft, parties, &[], &Failure::default())),
        _ => {}
    }
    let (sheet, wrong) = sheet_of(&draft, parties, visitor.lang).await?;
    let mut body = body_of(&draft, parties, &sheet);
    console.by_codes(&mut body);
    let asked = Asked { draft: &draft, parties, sheet: &sheet, has_changed: false };
    previewed(&console, &visitor, &asked, (&body, wrong)).await
}

/// What is previewed.
struct Asked<'a> {
    draft: &'a Draft,
    parties: usize,
    sheet: &'a [SheetParty],
    /// Whether something else was previewed before.
    has_changed: bool,
}

/// The preview of a body, or the form with what is wrong.
async fn previewed(
    console: &Console,
    visitor: &Visitor,
    asked: &Asked<'_>,
    (body, wrong): (&Value, Vec<(String, String)>),
) -> Result<Response, Failure> {
    let again = |failure: &Failure| shown(visitor, asked.draft, asked.parties, asked.sheet, failure);
    match console.send(visitor, (Method::POST, "/v1/inquiries/preview"), body, None).await {
        Ok(previewed) if wrong.is_empty() => Ok(preview_page(visitor, asked, (body, &previewed))),
        Ok(_) => Ok(again(&with_sheet(wrong, Failure::default()))),
        Err(failure) if is_for_the_form(failure.status) => Ok(again(&with_sheet(wrong, failure))),
        Err(failure) => Err(failure),
    }
}

/// The digest by which it is known whether what is sent is what was previewed.
fn digest_of(body: &Value) -> String {
    hex::encode(Sha256::digest(body.to_string()))
}

/// What is wrong with a sheet, and behind it what the endpoint finds wrong with everything else: all is told at once.
fn with_sheet(mut wrong: Vec<(String, String)>, failure: Failure) -> Failure {
    if wrong.is_empty() {
        return failure;
    }
    if failure.findings.is_empty() && failure.status != StatusCode::OK {
        wrong.push((String::new(), format!("{} {}", failure.kind, failure.detail).trim().to_owned()));
    }
    // How many parties there are is not known while some cannot be read.
    wrong.extend(failure.findings.into_iter().filter(|(pointer, _)| pointer != "/parties"));
    Failure { findings: wrong, ..Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "") }
}

/// The parties of the sheet that was chosen, and everything that is wrong before the endpoint is asked: with the other rows, and with
/// what would be lost on the way.
async fn sheet_of(
    draft: &Draft,
    parties: usize,
    lang: Lang,
) -> Result<(Vec<SheetParty>, Vec<(String, String)>), Failure> {
    let (sheet, mut wrong) = read_sheet(draft, lang).await?;
    wrong.extend(without_claim(draft, parties, &sheet));
    Ok((sheet, wrong))
}

async fn read_sheet(draft: &Draft, lang: Lang) -> Result<(Vec<SheetParty>, Vec<(String, String)>), Failure> {
    let Some(upload) = draft.uploads.iter().find(|upload| upload.field == SHEET) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let failed = || Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the sheet could not be read");
    let _place = READING.acquire().await.map_err(|_| failed())?;
    let bytes = upload.bytes.clone();
    let read = tokio::task::spawn_blocking(move || workbook::read(&bytes)).await.map_err(|_| failed())?;
    Ok(read.map_or_else(
        |faulty| {
            let told = faulty.faults.iter().map(|fault| (SHEET.to_owned(), fault.shown(lang)));
            (faulty.sound, told.collect())
        },
        |parties| (parties, Vec::new()),
    ))
}

/// `GET /console/new/template.xlsx`: a sheet of parties to be filled in.
pub async fn template(State(_): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    if !visitor.may(may::SUBMIT) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let failed = |error: rust_xlsxwriter::XlsxError| {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    };
    Ok(download(workbook::template().map_err(failed)?.into(), "parties.xlsx"))
}

fn is_for_the_form(status: StatusCode) -> bool {
    use StatusCode as S;
    matches!(status, S::BAD_REQUEST | S::CONFLICT | S::UNPROCESSABLE_ENTITY | S::PAYLOAD_TOO_LARGE)
}

fn posted_step(draft: &Draft) -> &str {
    draft.fields.iter().find(|(name, _)| name == "step").map_or("", |(_, value)| value)
}

/// Why a draft cannot be gone on with.
fn gone() -> Failure {
    let detail = "草稿已不在：草稿只保存在接收它的那台服务器上，服务重启、久未操作或改由另一台服务器受理后不再保留。请核对已填内容，\
                  重新选择文件后再预览 the draft is gone: only the server that took it keeps it, and not after a restart or a long rest. \
                  Check what is filled in, choose the files again";
    Failure::new(StatusCode::CONFLICT, detail)
}

/// What came in, with the files that were chosen before and not replaced now; and whether what was kept before is gone.
fn merged(console: &Console, visitor: &Visitor, posted: Posted) -> (Draft, bool) {
    let id = posted.get("draft").to_owned();
    let before = console.kept().draft(visitor.session, &id);
    let Posted { fields, mut uploads } = posted;
    let Some(before) = before else {
        let is_gone = !id.is_empty();
        return (Draft { id: new_token(), fields, uploads }, is_gone);
    };
    let is_off = |upload: &Upload| {
        upload.field == SHEET && fields.iter().any(|(name, value)| name == "sheet_off" && value == "yes")
    };
    for upload in &before.uploads {
        if !is_off(upload) && !uploads.iter().any(|new| new.field == upload.field) {
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
    let fields = fields.into_iter().filter(|(name, _)| name != "sheet_off").collect();
    (Draft { id, fields, uploads }, false)
}

/// `POST /console/new/send`: submits what was previewed; once, however often it is sent. What became another since, as in another window,
/// is shown anew.
pub async fn send(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let draft = console.kept().draft(visitor.session, posted.get("draft")).ok_or_else(gone)?;
    let parties = draft.fields.iter().find(|(name, _)| name == "parties");
    let parties =
        parties.and_then(|(_, count)| count.parse::<usize>().ok()).unwrap_or(1).clamp(1, MOST_PARTIES);
    let (sheet, wrong) = sheet_of(&draft, parties, visitor.lang).await?;
    if !wrong.is_empty() {
        return Ok(shown(&visitor, &draft, parties, &sheet, &with_sheet(wrong, Failure::default())));
    }
    let mut body = body_of(&draft, parties, &sheet);
    console.by_codes(&mut body);
    if digest_of(&body) != posted.get("previewed") {
        let asked = Asked { draft: &draft, parties, sheet: &sheet, has_changed: true };
        return previewed(&console, &visitor, &asked, (&body, Vec::new())).await;
    }
    match console.send(&visitor, (Method::POST, "/v1/inquiries"), &body, Some(&draft.id)).await {
        Ok(inquiry) => {
            console.kept().keep_draft(visitor.session, None, console.now());
            let href = format!("/console/inquiries/{}", segment(&text(&inquiry, "/id")));
            Ok(Redirect::to(&href).into_response())
        }
        Err(failure) if is_for_the_form(failure.status) => {
            Ok(shown(&visitor, &draft, parties, &sheet, &failure))
        }
        Err(failure) => Err(failure),
    }
}
