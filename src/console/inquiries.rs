//! An inquiry 查控申请: whom it asked, who answered how and since when, what was found, its certificate.

mod fan_out;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::acts::{ActForm, act_forms};
use super::address::{segment, with_query, without_lang};
use super::backend::Console;
use super::failure::Failure;
use super::found::{AssetRow, asset_row, by_party};
use super::names;
use super::page::{Frame, html};
use super::reading::{list, number, text, time};
use super::visitor::Visitor;
use super::waiting;
use super::words::{self, Badge, badge};

pub use fan_out::{Asked, FanOut};

/// Orders on one page.
const ON_A_PAGE: usize = 100;
/// Assets on one page.
const MOST_ASSETS: usize = 60;

/// Which orders.
#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: usize,
    #[serde(default)]
    assets: usize,
}

#[derive(Template)]
#[template(path = "inquiry.html", config = "src/console/askama.toml")]
struct InquiryPage {
    page: Frame,
    facts: Vec<(&'static str, String)>,
    state: Badge,
    triage: Badge,
    case_href: String,
    case_number: String,
    fan: FanOut,
    rows: Vec<Asked>,
    chosen: String,
    states: Vec<(String, String)>,
    total: usize,
    after: String,
    before: String,
    assets: Vec<(String, Vec<AssetRow>)>,
    more_assets: usize,
    /// Where the next of them stand.
    assets_after: String,
    certificates: Vec<(u64, String)>,
    forms: Vec<ActForm>,
}

/// `GET /console/inquiries/{id}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Failure> {
    let path = format!("/v1/inquiries/{}", segment(&id));
    let inquiry = console.get(&visitor, &path).await?;
    let certificate = console.get(&visitor, &format!("{path}/certificate")).await?;
    let found = console.get(&visitor, &format!("{path}/assets")).await?;
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let orders = console.get(&visitor, &format!("{path}/orders?limit=500")).await?;
    let mut fan = FanOut::of(&certificate, now, lang);
    fan.name_parties(&names::of_references(&orders));
    fan.say_why(&waiting::why(&console, &visitor, fan.waiting()).await);
    let fits = |row: &&Asked| query.state.is_empty() || row.state_code == query.state;
    let all: Vec<Asked> = fan.rows.iter().filter(fits).cloned().collect();
    let total = all.len();
    let last = total.div_ceil(ON_A_PAGE).max(1);
    let at = query.page.clamp(1, last);
    let here = format!("/console/inquiries/{}", segment(&id));
    let link = |page: usize| with_query(&here, &[("state", &query.state), ("page", &page.to_string())]);
    let assets = list(&found, "/assets");
    let skipped = query.assets.saturating_mul(MOST_ASSETS);
    let rows = assets.iter().skip(skipped).take(MOST_ASSETS).map(|asset| asset_row(asset, lang)).collect();
    let state_code = text(&inquiry, "/state");
    let case_number = text(&inquiry, "/case_number");
    let issued = 1..=number(&inquiry, "/certificates");
    let forms = match state_code.as_str() {
        "cancelled" => Vec::new(),
        _ => act_forms(&console, &visitor, &["requery-inquiry", "cancel"], &id, &without_lang(&visitor.here)),
    };
    let shown = InquiryPage {
        page: Frame::of(&visitor, format!("{} {case_number}", lang.t("查控申请", "Inquiry")), "cases")
            .live(&format!("inquiry:{id}")),
        facts: [
            ("提交", "Submitted", time(&inquiry, "/created_at")),
            ("提交人", "By", text(&inquiry, "/submitted_by")),
            ("反馈期限", "Deadline", time(&inquiry, "/deadline")),
            ("未完结请求", "Open orders", text(&inquiry, "/open_orders")),
        ]
        .map(|(zh, en, value)| (lang.t(zh, en), value))
        .to_vec(),
        state: badge(words::INQUIRY, &state_code, lang),
        triage: badge(words::TRIAGE, &text(&certificate, "/triage"), lang),
        case_href: format!("/console/cases/{}", segment(&case_number)),
        case_number,
        rows: all.into_iter().skip((at - 1) * ON_A_PAGE).take(ON_A_PAGE).collect(),
        states: words::choices(words::ORDER, lang),
        chosen: query.state.clone(),
        total,
        before: if at > 1 { link(at - 1) } else { String::new() },
        after: if at < last { link(at + 1) } else { String::new() },
        assets: by_party(rows),
        more_assets: assets.len().saturating_sub(skipped.saturating_add(MOST_ASSETS)),
        assets_after: with_query(&here, &[("assets", &query.assets.saturating_add(1).to_string())]),
        certificates: issued
            .map(|at| (at, format!("/console/inquiries/{}/certificates/{at}", segment(&id))))
            .collect(),
        forms,
        fan,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// `GET /console/inquiries/{id}/certificates/{number}`: the document as it was issued, to be kept.
pub async fn certificate(
    State(console): State<Console>,
    visitor: Visitor,
    Path((id, at)): Path<(String, u32)>,
) -> Result<Response, Failure> {
    let path = format!("/v1/inquiries/{}/certificates/{at}", segment(&id));
    let raw = console.fetch(&visitor, &path).await?;
    let name = format!("attachment; filename=\"certificate-{at}.json\"");
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, raw.bytes).into_response())
}
