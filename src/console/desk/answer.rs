//! `POST /console/desk/{number}`: the form of an answer comes in; rows are added and removed, or the API takes it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::address::segment;
use super::super::backend::Console;
use super::super::draft::{Draft, Upload};
use super::super::failure::Failure;
use super::super::form::Posted;
use super::super::visitor::Visitor;
use super::item::{Entered, done, page, view_of};
use super::sheet::Entries;
use crate::people::cookie::new_token;

/// Most bytes that are kept for people who are filling in a form.
const MOST_KEPT: usize = 256 << 20;

/// `POST /console/desk/{number}`
pub async fn enter(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let view = view_of(&console, &visitor, &given).await?;
    let mut entries = Entries::posted(&posted.fields);
    let (draft, scan) = scan_of(&console, &visitor, &posted);
    let name = scan.as_ref().map(|upload| upload.name.clone()).unwrap_or_default();
    let step = posted.get("step");
    if let Some(kind) = step.strip_prefix("add:") {
        entries.add_row(kind);
    } else if let Some(at) = step.strip_prefix("remove:") {
        entries.remove_row(at.parse().unwrap_or(usize::MAX));
    } else {
        let mut body =
            json!({ "form": entries.filled(view.pointer("/sheet").unwrap_or(&serde_json::Value::Null)) });
        if let Some(upload) = &scan {
            body["scan"] = json!({ "title": upload.name, "content": STANDARD.encode(&upload.bytes) });
        }
        let path = format!("/v1/desk/{}/answer", segment(&given));
        let failure = match console.send(&visitor, (Method::POST, &path), &body, None).await {
            Ok(answer) => {
                console.kept().keep_draft(visitor.session, None, console.now());
                return Ok(Redirect::to(&done(&given, &answer)).into_response());
            }
            Err(failure) => failure,
        };
        use StatusCode as S;
        if !matches!(
            failure.status,
            S::BAD_REQUEST | S::CONFLICT | S::UNPROCESSABLE_ENTITY | S::PAYLOAD_TOO_LARGE
        ) {
            return Err(failure);
        }
        let entered = Entered { entries: Some(entries), draft, scan: name, failure };
        return page(&console, &visitor, &view, entered).await;
    }
    let failure = Failure { status: StatusCode::OK, ..Failure::default() };
    page(&console, &visitor, &view, Entered { entries: Some(entries), draft, scan: name, failure }).await
}

/// The scan that came in, or was chosen before; it is kept, for a browser does not send a file again by itself. With the name of the draft.
fn scan_of(console: &Console, visitor: &Visitor, posted: &Posted) -> (String, Option<Upload>) {
    let given = posted.get("draft");
    if let Some(upload) = posted.upload("scan") {
        let id = new_token();
        let draft = Draft { id: id.clone(), fields: Vec::new(), uploads: vec![upload.clone()] };
        let has_room =
            console.kept().bytes_of_drafts(console.now()).saturating_add(draft.size()) <= MOST_KEPT;
        if has_room {
            console.kept().keep_draft(visitor.session, Some(Arc::new(draft)), console.now());
        }
        return (if has_room { id } else { String::new() }, Some(upload.clone()));
    }
    let before = console.kept().draft(visitor.session, given);
    let upload = before.and_then(|draft| draft.uploads.iter().find(|upload| upload.field == "scan").cloned());
    (given.to_owned(), upload)
}
