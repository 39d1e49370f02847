//! One order on the desk: what is asked, the notice, the form of the answer, the second person's check.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::acts::{ActForm, FormField, act_forms};
use super::super::address::{segment, without_lang};
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::form::Posted;
use super::super::found::property_of;
use super::super::lang::Lang;
use super::super::measures::download;
use super::super::page::{Frame, html};
use super::super::reading::{bytes, is_there, list, money, number, text, time};
use super::super::visitor::Visitor;
use super::super::words::{self, Badge, badge, word};
use super::sheet::{Entries, Shown, place_of, shown};
use super::taken_in::{TakenIn, taken_in};
use crate::api::may;

/// Which form is shown.
#[derive(Debug, Default, Deserialize)]
pub struct ItemQuery {
    #[serde(default)]
    outcome: String,
}

/// What stands in the form beside what the API says: what was entered, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Entered {
    /// What was entered; `None` where nothing was in this session.
    pub(super) entries: Option<Entries>,
    /// Names the draft that keeps the scan.
    pub(super) draft: String,
    /// File name of a scan that was chosen before.
    pub(super) scan: String,
    /// What is wrong.
    pub(super) failure: Failure,
}

/// A scan that waits to be checked.
struct Scan {
    href: String,
    title: String,
    size: String,
}

#[derive(Template)]
#[template(path = "desk_item.html", config = "src/console/askama.toml")]
struct ItemPage {
    page: Frame,
    here: String,
    order_href: String,
    inquiry_href: String,
    state: Badge,
    order_state: Badge,
    is_late: bool,
    is_withdrawn: bool,
    facts: Vec<(&'static str, String)>,
    sent_back: String,
    notice: String,
    /// The answer that was taken in.
    taken_in: Option<TakenIn>,
    /// Whether an answer that was taken in is being corrected.
    is_correction: bool,
    forms: Vec<ActForm>,
    form: Option<Shown>,
    scan_field: FormField,
    draft: String,
    faults: Vec<String>,
    scan: Option<Scan>,
    entered: Vec<(String, Vec<(String, String)>)>,
    version: String,
    may_check: bool,
}

/// `GET /console/desk/{number}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
    Query(query): Query<ItemQuery>,
) -> Result<Response, Failure> {
    let view = view_of(&console, &visitor, &given).await?;
    let entries = (!query.outcome.is_empty()).then(|| {
        let kept = view.pointer("/entered").map(Entries::kept).filter(|kept| kept.outcome == query.outcome);
        kept.unwrap_or_else(|| Entries::of(&query.outcome))
    });
    page(&console, &visitor, &view, Entered { entries, ..Entered::default() }).await
}

/// The order as the API shows it.
pub(super) async fn view_of(console: &Console, visitor: &Visitor, given: &str) -> Result<Value, Failure> {
    console.get(visitor, &format!("/v1/desk/{}", segment(given))).await
}

/// The page of an order.
///
/// # Errors
/// When the answer that was taken in cannot be read.
pub(super) async fn page(
    console: &Console,
    visitor: &Visitor,
    view: &Value,
    entered: Entered,
) -> Result<Response, Failure> {
    let (lang, number) = (visitor.lang, text(view, "/number"));
    let here = format!("/console/desk/{}", segment(&number));
    let state = text(view, "/state");
    let is_own = text(view, "/progress/taken/by") == visitor.identity.name;
    let waits = state == "to_check";
    let writes = state == "taken" && is_own && visitor.may(may::DESK);
    let mut slugs: Vec<&str> = Vec::new();
    match state.as_str() {
        "taken" if is_own => {}
        "to_check" => {}
        "taken" => slugs.push("desk-take-over"),
        "done" => slugs.push("desk-correct"),
        _ => slugs.push("desk-take"),
    }
    let taken_in = taken_in(console, visitor, view).await?;
    if writes {
        slugs.push("desk-notice");
    }
    let status = entered.failure.status;
    let kept = view.pointer("/entered").filter(|entered| !entered.is_null());
    let entries = entered.entries.or_else(|| kept.map(Entries::kept)).unwrap_or_default();
    let nothing = Value::Null;
    let sheet = view.pointer("/sheet").unwrap_or(&nothing);
    let mut form = writes.then(|| shown(sheet, &entries, lang));
    let mut scan_field = scan_field(view, &entered.scan, lang);
    let faults = tell(&entered.failure, form.as_mut(), &mut scan_field);
    let notice = text(view, "/progress/notice/number");
    let next = without_lang(&visitor.here);
    let shown = ItemPage {
        page: Frame::of(visitor, format!("{} {number}", lang.t("人工办理", "Desk")), "desk")
            .live(&format!("desk:{number}")),
        order_href: format!("/console/orders/{}", segment(&number)),
        inquiry_href: format!("/console/inquiries/{}", segment(&text(view, "/inquiry"))),
        state: badge(words::DESK, &state, lang),
        order_state: badge(words::ORDER, &text(view, "/order_state"), lang),
        is_late: text(view, "/overdue") == "true",
        is_withdrawn: text(view, "/withdrawn") == "true",
        facts: facts(view, lang),
        sent_back: sent_back(view),
        notice: if notice.is_empty() { notice } else { format!("{here}/notice") },
        is_correction: taken_in.is_some() && state != "done",
        taken_in,
        forms: act_forms(console, visitor, &slugs, &number, &next),
        form,
        scan_field,
        draft: entered.draft,
        faults,
        scan: scan_of(view, &here),
        entered: kept.filter(|_| waits).map(|kept| said(sheet, kept, lang)).unwrap_or_default(),
        version: text(view, "/version"),
        may_check: waits
            && visitor.may(may::DESK)
            && text(view, "/progress/entered/by") != visitor.identity.name,
        here,
    };
    Ok(html(status, &shown))
}

fn scan_field(view: &Value, chosen: &str, lang: Lang) -> FormField {
    let kept = if chosen.is_empty() { text(view, "/scan/title") } else { chosen.to_owned() };
    FormField {
        name: "scan".to_owned(),
        label: lang
            .t(
                "回执扫描件（PDF、OFD、PNG、JPEG，5 MiB 以内）",
                "Scan of the paper (PDF, OFD, PNG, JPEG, up to 5 MiB)",
            )
            .to_owned(),
        kind: "file",
        is_required: kept.is_empty(),
        value: kept,
        ..FormField::default()
    }
}

/// Tells what is wrong beside the fields; gives what belongs to none.
fn tell(failure: &Failure, form: Option<&mut Shown>, scan: &mut FormField) -> Vec<String> {
    let mut faults = Vec::new();
    if failure.findings.is_empty() && failure.status != StatusCode::OK {
        faults.push(format!("{} {}", failure.kind, failure.detail).trim().to_owned());
    }
    let mut fields: Vec<&mut FormField> = vec![scan];
    fields.extend(
        form.into_iter().flat_map(|form| form.parts.iter_mut()).flat_map(|part| part.fields.iter_mut()),
    );
    for (pointer, detail) in &failure.findings {
        let name = place_of(pointer);
        match fields.iter_mut().find(|field| Some(&field.name) == name.as_ref()) {
            Some(field) if field.fault.is_empty() => field.fault.clone_from(detail),
            Some(field) => field.fault = format!("{}；{detail}", field.fault),
            None => faults.push(detail.clone()),
        }
    }
    faults
}

fn sent_back(view: &Value) -> String {
    match text(view, "/progress/sent_back/reason") {
        reason if reason.is_empty() => reason,
        reason => {
            format!(
                "{reason}（{} {}）",
                text(view, "/progress/sent_back/by"),
                time(view, "/progress/sent_back/at")
            )
        }
    }
}

fn scan_of(view: &Value, here: &str) -> Option<Scan> {
    is_there(view, "/scan").then(|| Scan {
        href: format!("{here}/scan"),
        title: text(view, "/scan/title"),
        size: bytes(number(view, "/scan/size")),
    })
}

fn facts(view: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let nothing = Value::Null;
    let instruction = view.pointer("/instruction").unwrap_or(&nothing);
    let (property, class) = property_of(&instruction.pointer("/target").cloned().unwrap_or_default());
    let amount = ["/limit", "/amount"].map(|at| money(instruction, at)).concat();
    let term = [text(instruction, "/from"), text(instruction, "/until")];
    let term = if term.iter().all(String::is_empty) { String::new() } else { term.join(" – ") };
    let mark = |at: &str| {
        let by = text(view, &format!("{at}/by"));
        if by.is_empty() { by } else { format!("{by} {}", time(view, &format!("{at}/at"))) }
    };
    let all = [
        ("协助单位", "Counterpart", text(view, "/counterpart_name")),
        ("事项", "Action", word(words::ACTION, &text(view, "/action"), lang)),
        ("案号", "Case", text(view, "/case_number")),
        ("当事人", "Party", text(view, "/party")),
        ("证件", "Document", text(view, "/document")),
        ("财产", "Property", format!("{property} {class}").trim().to_owned()),
        ("金额", "Amount", amount),
        ("期限", "Term", term),
        ("办理期限", "Due", time(view, "/deadline")),
        ("领取", "Taken", mark("/progress/taken")),
        ("协助通知", "Notice", text(view, "/progress/notice/number")),
        ("录入", "Entered", mark("/progress/entered")),
        ("复核", "Checked", mark("/progress/checked")),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

/// What was entered, in words, for the second person.
fn said(sheet: &Value, kept: &Value, lang: Lang) -> Vec<(String, Vec<(String, String)>)> {
    let form = shown(sheet, &Entries::kept(kept), lang);
    let outcome =
        form.outcomes.iter().find(|(_, _, is_chosen)| *is_chosen).map(|(_, label, _)| label.clone());
    let rows = list(kept, "/rows").len();
    let parts = form.parts.into_iter().filter(|part| part.kind.is_empty() || part.at < rows);
    parts
        .map(|part| {
            let value = |field: FormField| {
                let chosen = field.choices.iter().find(|(word, _)| *word == field.value);
                let value = chosen.map_or(field.value.clone(), |(_, label)| label.clone());
                (field.label, value)
            };
            let title = if part.title.is_empty() { outcome.clone().unwrap_or_default() } else { part.title };
            let fields = part.fields.into_iter().map(value).filter(|(_, value)| !value.is_empty());
            (title, fields.collect())
        })
        .collect()
}

/// `GET /console/desk/{number}/notice`: the notice that was printed last, for the browser's printer.
pub async fn notice(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
) -> Result<Response, Failure> {
    let view = view_of(&console, &visitor, &given).await?;
    let print = text(&view, "/progress/notice/number");
    if print.is_empty() {
        return Err(Failure::nothing_here());
    }
    let raw = console.fetch(&visitor, &format!("/v1/papers/{}", segment(&print))).await?;
    // The page brings its own policy, which lets it load and run nothing.
    let wanted = ["content-type", "content-disposition", "content-security-policy"];
    let headers: Vec<_> =
        wanted.into_iter().filter_map(|name| Some((name, raw.headers.get(name)?.clone()))).collect();
    let mut response = raw.bytes.into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// `GET /console/desk/{number}/scan`: the scan of an answer that was entered.
pub async fn scan(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
) -> Result<Response, Failure> {
    let view = view_of(&console, &visitor, &given).await?;
    let raw = console.fetch(&visitor, &format!("/v1/desk/{}/scan", segment(&given))).await?;
    Ok(download(raw.bytes, &format!("scan-{}.{}", text(&view, "/number"), text(&view, "/scan/format"))))
}

/// `POST /console/desk/{number}/check`: the second person agrees, or sends the answer back.
pub async fn check(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let agrees = posted.get("step") == "agree";
    let mut body = json!({ "agree": agrees, "version": posted.get("version").parse::<u32>().unwrap_or(0) });
    if !agrees {
        body["reason"] = posted.get("reason").into();
    }
    let path = format!("/v1/desk/{}/check", segment(&given));
    let failure = match console.send(&visitor, (Method::POST, &path), &body, None).await {
        Ok(answer) => return Ok(Redirect::to(&done(&given, &answer)).into_response()),
        Err(failure) => failure,
    };
    match failure.status {
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN => {
            let view = view_of(&console, &visitor, &given).await?;
            page(&console, &visitor, &view, Entered { failure, ..Entered::default() }).await
        }
        _ => Err(failure),
    }
}

/// The page that says what became of an answer.
pub(super) fn done(number: &str, answer: &Value) -> String {
    let what = match text(answer, "/outcome").as_str() {
        "to_check" => "desk-to-check",
        "sent_back" => "desk-sent-back",
        "does_not_fit" => "desk-unfit",
        "repeated" => "desk-repeated",
        _ => "desk-done",
    };
    format!("/console/desk/{}?done={what}", segment(number))
}
