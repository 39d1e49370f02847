//! 审批: proposed freezes with what is known of each account; one or many are decided at once.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

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
use super::words::Badge;
use crate::api::may;

/// Proposals on one page.
const ON_A_PAGE: &str = "30";
/// The part of a page's time in which decisions are taken; what became of them is shown in the rest.
const FOR_DECISIONS: f32 = 0.8;
/// The part of it in which the list is read behind decisions; the rest is for the page itself, so that no outcome is lost to a slow list.
const FOR_LIST: f32 = 0.95;

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
    /// Done, not done, or not known.
    state: Badge,
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
    /// Until when the list is read, where there are outcomes to show all the same.
    list_until: Option<Instant>,
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
    let (found, known, unread) = match in_time(decided.list_until, proposals(console, visitor, query)).await {
        Ok((found, known)) => (found, known, ""),
        // What was decided is shown, whether or not there is a list to go on with.
        Err(_) if !decided.outcomes.is_empty() => {
            let unread = lang
                .t("待审批列表暂时无法读取，请稍后刷新。", "The list cannot be read now; reload it later.");
            (Value::Null, BTreeMap::new(), unread)
        }
        Err(failure) => return Err(failure),
    };
    let measures = list_at(&found, "/measures");
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
        fault: if unread.is_empty() { decided.fault } else { unread },
        reason: decided.reason,
        chosen: decided.chosen,
        court: query.court.clone(),
        after,
    };
    Ok(html(status, &shown))
}

/// What is read, or that it was not in time.
async fn in_time<T>(
    until: Option<Instant>,
    read: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let Some(until) = until else { return read.await };
    timeout_at(until, read).await.unwrap_or_else(|_| Err(late()))
}

/// What was not done in its time.
fn late() -> Failure {
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "未在规定时间内完成 not finished in time")
}

/// What is proposed, and others' rights on it.
async fn proposals(
    console: &Console,
    visitor: &Visitor,
    query: &ListQuery,
) -> Result<(Value, BTreeMap<String, KnownRights>), Failure> {
    let found = console.get(visitor, &path(query)).await?;
    let known = rights_known(console, visitor, list_at(&found, "/measures")).await?;
    Ok((found, known))
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
        let (now, whole) = (Instant::now(), console.gateway().server.request_timeout);
        let until = now + whole.mul_f32(FOR_DECISIONS);
        decided.list_until = Some(now + whole.mul_f32(FOR_LIST));
        let reason = std::mem::take(&mut decided.reason);
        let decide = async |id: String| {
            let body = body_of(&posted, &id, (&verdict, &reason));
            let path = format!("/v1/measures/{}/{verdict}", segment(&id));
            console.send(&visitor, (Method::POST, &path), &body, None).await
        };
        let told = one_by_one(std::mem::take(&mut decided.chosen), until, decide).await;
        let outcome = |(id, answered)| Outcome::of(&verdict, id, answered, lang);
        decided.outcomes = told.into_iter().map(outcome).collect();
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

/// Decides one after the other until it is time to show what became of them. Each stands for itself: what fails on the way, and may have been
/// done, takes nothing of the others away. `None` for what was not begun any more.
async fn one_by_one<F: Future<Output = Result<Value, Failure>>>(
    chosen: Vec<String>,
    until: Instant,
    decide: impl Fn(String) -> F,
) -> Vec<(String, Option<Result<Value, Failure>>)> {
    let mut told = Vec::with_capacity(chosen.len());
    for id in chosen {
        let answered = match Instant::now() < until {
            true => Some(timeout_at(until, decide(id.clone())).await.unwrap_or_else(|_| Err(late()))),
            false => None,
        };
        told.push((id, answered));
    }
    told
}

impl Outcome {
    /// Of a decision, as the endpoint answered it; `None` where it was not asked.
    fn of(verdict: &str, id: String, answered: Option<Result<Value, Failure>>, lang: Lang) -> Self {
        let not_done = || Badge { tone: "bad", text: lang.t("未办理", "not done").to_owned() };
        let (state, words) = match answered {
            Some(Ok(answer)) => {
                let state = Badge { tone: "good", text: lang.t("成功", "done").to_owned() };
                (state, done_words(done_word(verdict, &answer), lang).to_owned())
            }
            Some(Err(failure)) => {
                let failure = failure.of_act().told_in(lang);
                let mut words = format!("{} {}", failure.kind, failure.detail).trim().to_owned();
                for (_, finding) in &failure.findings {
                    words.push('；');
                    words.push_str(finding);
                }
                match failure.may_be_done {
                    false => (not_done(), words),
                    true => {
                        let text = lang.t("可能已办理，请先核对", "may be done: look first").to_owned();
                        (Badge { tone: "warn", text }, words)
                    }
                }
            }
            None => {
                let words =
                    lang.t("时间已到，尚未提交，请重新审批", "no time was left to send it; do it again");
                (not_done(), words.to_owned())
            }
        };
        Self { href: format!("/console/measures/{}", segment(&id)), id, state, words }
    }
}

fn done_words(verdict: &str, lang: Lang) -> &'static str {
    match verdict {
        "approve" => lang.t("已批准", "approved"),
        "approved-first" => lang.t(FIRST_APPROVAL.0, FIRST_APPROVAL.1),
        _ => lang.t("已驳回", "rejected"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn badges(told: Vec<(String, Option<Result<Value, Failure>>)>) -> Vec<(String, &'static str, String)> {
        let outcomes = told.into_iter().map(|(id, answered)| Outcome::of("approve", id, answered, Lang::Zh));
        outcomes.map(|one| (one.id, one.state.tone, format!("{}：{}", one.state.text, one.words))).collect()
    }

    #[tokio::test]
    async fn a_failure_on_the_second_of_three_approvals_loses_no_outcome_and_says_that_it_may_be_done() {
        let answer = async |id: String| match id.as_str() {
            "2" => Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, "the store's disk failed")),
            "4" => Err(Failure::new(StatusCode::CONFLICT, "changed")),
            _ => Ok(json!({ "state": "asked" })),
        };
        let chosen = ["1", "2", "3", "4"].map(str::to_owned).to_vec();
        let until = Instant::now() + Duration::from_secs(60);
        let shown = badges(one_by_one(chosen, until, answer).await);
        let tones: Vec<(&str, &str)> = shown.iter().map(|(id, tone, _)| (id.as_str(), *tone)).collect();
        assert_eq!(tones, [("1", "good"), ("2", "warn"), ("3", "good"), ("4", "bad")]);
        assert!(
            shown[1].2.starts_with("可能已办理，请先核对：") && shown[1].2.contains("disk"),
            "{}",
            shown[1].2
        );
        assert!(!shown[1].2.contains("未办理"), "{}", shown[1].2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_ends_in_time_and_what_is_behind_it_is_told_as_not_sent() {
        let answer = async |id: String| {
            if id == "2" {
                std::future::pending::<()>().await;
            }
            Ok(json!({ "state": "asked" }))
        };
        let chosen = ["1", "2", "3"].map(str::to_owned).to_vec();
        let until = Instant::now() + Duration::from_secs(24);
        let tones: Vec<&str> =
            badges(one_by_one(chosen, until, answer).await).into_iter().map(|(_, tone, _)| tone).collect();
        assert_eq!(tones, ["good", "warn", "bad"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_hangs_is_given_up_where_there_are_outcomes_to_show() {
        let began = Instant::now();
        let hangs = std::future::pending::<Result<(), Failure>>();
        let given_up = in_time(Some(began + Duration::from_secs(28)), hangs).await;
        assert_eq!(given_up.map_err(|failure| failure.status), Err(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(began.elapsed(), Duration::from_secs(28), "before the page is");
        assert_eq!(
            FOR_LIST.clamp(FOR_DECISIONS, 1.0),
            FOR_LIST,
            "behind the decisions, and within the page's time"
        );
        let read = in_time(None, async { Ok::<_, Failure>(7) }).await;
        assert_eq!(read.map_err(|failure| failure.status), Ok(7), "a list alone has the page's own time");
    }
}
