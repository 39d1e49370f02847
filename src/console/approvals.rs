//! 审批: proposed freezes with what is known of each account; one or many are decided at once.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acts::done_word;
use super::address::{segment, with_query};
use super::backend::Console;
use super::catalogue::FIRST_APPROVAL;
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::measures::MeasureRow;
use super::page::{Frame, html, topic};
use super::reading::{list as list_at, text};
use super::rights::KnownRights;
use super::visitor::Visitor;
use crate::api::may;

/// Proposals on one page.
const ON_A_PAGE: &str = "30";
/// Which proposals.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    before: String,
    #[serde(default)]
    court: String,
}

impl ListQuery {
    /// As it stands in an address.
    fn said(&self) -> [(&str, &str); 2] {
        [("court", &self.court), ("before", &self.before)]
    }
}

/// What the page reads.
pub fn path(query: &ListQuery) -> String {
    let wanted = [
        ("state", "proposed"),
        ("court", query.court.as_str()),
        ("cursor", &query.before),
        ("limit", ON_A_PAGE),
    ];
    with_query("/v1/measures", &wanted)
}

/// What became of one decision.
struct Outcome {
    href: String,
    id: String,
    is_done: bool,
    words: String,
}

#[derive(Template)]
#[template(path = "approvals.html", config = "src/console/askama.toml")]
struct ApprovalsPage {
    page: Frame,
    rows: Vec<MeasureRow>,
    outcomes: Vec<Outcome>,
    fault: &'static str,
    reason: String,
    chosen: Vec<String>,
    court: String,
    after: String,
}

/// `GET /console/approvals`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    shown(&console, &visitor, &query, Decided::default()).await
}

/// What was just decided, or why nothing was.
#[derive(Default)]
struct Decided {
    outcomes: Vec<Outcome>,
    fault: &'static str,
    reason: String,
    chosen: Vec<String>,
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    query: &ListQuery,
    decided: Decided,
) -> Result<Response, Failure> {
    if !visitor.may(may::CONTROL) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    let lang = visitor.lang;
    let found = console.get(visitor, &path(query)).await?;
    let measures = list_at(&found, "/measures");
    let known = rights_known(console, visitor, measures).await?;
    let row = |measure: &Value| {
        let row = MeasureRow::of(measure, lang);
        let Some(known) = known.get(&row.inquiry) else {
            let not_looked_up = lang.t(
                "未查（本日查看已达上限，或无权查看）",
                "not looked up (too much for today, or not yours to see)",
            );
            return MeasureRow { rights: vec![not_looked_up.to_owned()], ..row };
        };
        MeasureRow { rights: known.on(measure, lang), ..row }
    };
    let next = text(&found, "/next");
    let after = match next.is_empty() {
        true => String::new(),
        false => with_query("/console/approvals", &[("court", query.court.as_str()), ("before", &next)]),
    };
    let status = if decided.fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = ApprovalsPage {
        page: Frame::of(visitor, lang.t("审批", "Approvals"), "approvals")
            .live(&topic("approvals", &query.said())),
        rows: measures.iter().map(row).collect(),
        outcomes: decided.outcomes,
        fault: decided.fault,
        reason: decided.reason,
        chosen: decided.chosen,
        court: query.court.clone(),
        after,
    };
    Ok(html(status, &shown))
}

/// Others' rights on what is proposed, by inquiry. An inquiry that may not be looked at is left out: the others are shown all
/// the same.
async fn rights_known(
    console: &Console,
    visitor: &Visitor,
    measures: &[Value],
) -> Result<BTreeMap<String, KnownRights>, Failure> {
    let mut inquiries: Vec<String> = measures.iter().map(|measure| text(measure, "/inquiry")).collect();
    inquiries.sort_unstable();
    inquiries.dedup();
    let mut known = BTreeMap::new();
    for inquiry in inquiries {
        let found = match console.get(visitor, &format!("/v1/inquiries/{}/assets", segment(&inquiry))).await {
            Ok(found) => found,
            Err(failure)
                if failure.status.is_client_error() && failure.status != StatusCode::UNAUTHORIZED =>
            {
                continue;
            }
            Err(failure) => return Err(failure),
        };
        known.insert(inquiry, KnownRights::of(&found, visitor.lang));
    }
    Ok(known)
}

/// `POST /console/approvals`: decides those that were chosen, one after the other; each stands for itself.
pub async fn decide(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let verdict = posted.get("verdict").to_owned();
    let (chosen, reason) = (chosen(&posted), posted.get("reason").to_owned());
    let fault = match (chosen.is_empty(), reason.is_empty(), verdict.as_str()) {
        (true, ..) => lang.t("请至少选择一项。", "Choose at least one."),
        (_, true, _) => lang.t("请填写理由。", "Say why."),
        (_, _, "approve" | "reject") => "",
        _ => lang.t("请选择批准或驳回。", "Choose to approve or to reject."),
    };
    let mut decided = Decided { fault, reason, chosen, ..Decided::default() };
    if fault.is_empty() {
        for id in std::mem::take(&mut decided.chosen) {
            let body = body_of(&posted, &id, (&verdict, &decided.reason));
            decided.outcomes.push(decide_one(&console, &visitor, &verdict, (id, body)).await?);
        }
        decided.reason.clear();
    }
    let query = ListQuery { court: posted.get("court").to_owned(), ..ListQuery::default() };
    shown(&console, &visitor, &query, decided).await
}

fn chosen(posted: &Posted) -> Vec<String> {
    let mut chosen: Vec<String> = posted.all("id").filter(|id| !id.is_empty()).map(str::to_owned).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen.truncate(200);
    chosen
}

/// What the API is sent: an approval says what was on the page, so that nothing else is approved.
fn body_of(posted: &Posted, id: &str, (verdict, reason): (&str, &str)) -> Value {
    let mut body = json!({ "reason": reason });
    let seen = posted.get(&format!("seen-{id}"));
    if verdict == "approve" && !seen.is_empty() {
        body["seen"] = serde_json::from_str(seen).unwrap_or_else(|_| seen.into());
    }
    body
}

async fn decide_one(
    console: &Console,
    visitor: &Visitor,
    verdict: &str,
    (id, body): (String, Value),
) -> Result<Outcome, Failure> {
    let path = format!("/v1/measures/{}/{verdict}", segment(&id));
    let answered = console.send(visitor, (Method::POST, &path), &body, None).await;
    let href = format!("/console/measures/{}", segment(&id));
    match answered {
        Ok(answer) => {
            let words = done_words(done_word(verdict, &answer), visitor.lang).to_owned();
            Ok(Outcome { href, id, is_done: true, words })
        }
        Err(failure) if failure.status.is_client_error() && failure.status != StatusCode::UNAUTHORIZED => {
            let mut words = format!("{} {}", failure.kind, failure.detail);
            for (_, finding) in &failure.findings {
                words.push('；');
                words.push_str(finding);
            }
            Ok(Outcome { href, id, is_done: false, words })
        }
        Err(failure) => Err(failure),
    }
}

fn done_words(verdict: &str, lang: Lang) -> &'static str {
    match verdict {
        "approve" => lang.t("已批准", "approved"),
        "approved-first" => lang.t(FIRST_APPROVAL.0, FIRST_APPROVAL.1),
        _ => lang.t("已驳回", "rejected"),
    }
}
