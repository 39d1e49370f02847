//! `GET /console/cases/{id}`: a case on one page. What may be long is bounded, with the way to the rest.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::super::acts::{ActForm, act_forms};
use super::super::address::{segment, with_query, without_lang};
use super::super::backend::Console;
use super::super::bar::{Bar, bar};
use super::super::catalogue::find;
use super::super::claiming;
use super::super::entering;
use super::super::failure::Failure;
use super::super::found::{AssetRow, asset_row, by_party, each_once};
use super::super::inquiries::FanOut;
use super::super::lang::Lang;
use super::super::measures::MeasureRow;
use super::super::names;
use super::super::page::{Frame, html};
use super::super::reading::{is_there, list, money, text, time};
use super::super::tasks::{TaskRow, row as task_row};
use super::super::timeline::{
    Happening, by_day, of_acts, of_claim, of_controls, of_inquiries, of_orders, sorted,
};
use super::super::visitor::Visitor;
use super::super::waiting;
use super::super::words::{self, Badge, badge, word};
use super::claim::{change_line, claim_acts, claim_facts};
use super::file::{FileLine, NewsLine, certificate_of, compared, documents, news, receipts};
use super::waits;
use crate::api::may;

/// Inquiries whose answers are shown, the newest first.
const MOST_INQUIRIES: usize = 3;
/// Orders of one inquiry that are shown.
const MOST_ORDERS: usize = 12;
/// Measures on one page.
const MOST_MEASURES: usize = 30;
/// Assets on one page.
const MOST_ASSETS: usize = 30;
/// Tasks that are shown.
const MOST_TASKS: usize = 3;
/// Changes of the claim that are shown.
const MOST_CHANGES: usize = 30;
/// Happenings on one page.
const MOST_HAPPENINGS: usize = 60;

/// Which part of what is long.
#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    measures: usize,
    #[serde(default)]
    timeline: usize,
    #[serde(default)]
    assets: usize,
}

/// A case of the chain.
struct ChainLine {
    number: String,
    href: String,
    is_this: bool,
}

/// A party.
struct PartyLine {
    reference: String,
    name: String,
    kind: String,
    role: String,
    liable: String,
    /// Acts on the party alone, with the address of each form.
    acts: Vec<(&'static str, String)>,
}

/// An inquiry with those whom it asked.
struct InquiryPart {
    href: String,
    state: Badge,
    triage: Badge,
    by: String,
    at: String,
    /// Number, address and SHA-256 of the newest certificate that was issued.
    certificate: Option<(String, String, String)>,
    fan: FanOut,
    more: usize,
}

#[derive(Template)]
#[template(path = "case.html", config = "src/console/askama.toml")]
struct CasePage {
    page: Frame,
    number: String,
    court: String,
    chain: Vec<ChainLine>,
    parties: Vec<PartyLine>,
    claim: Vec<(&'static str, String)>,
    claim_state: Option<Badge>,
    bar: Option<Bar>,
    history: Vec<(String, String, String, String, String)>,
    forms: Vec<ActForm>,
    /// Where a measure is entered that stands; empty for those who may not.
    enter_href: String,
    inquiries: Vec<InquiryPart>,
    older: Vec<(String, String)>,
    /// How many inquiries are older than those whose assets and happenings are shown.
    older_count: usize,
    /// Cases of the chain with more acts than are shown, each with where all of them are.
    acts_cut: Vec<(String, String)>,
    assets: Vec<(String, Vec<AssetRow>)>,
    assets_left: usize,
    assets_more: String,
    measures: Vec<MeasureRow>,
    measures_total: usize,
    measures_more: String,
    tasks: Vec<TaskRow>,
    tasks_more: usize,
    tasks_href: String,
    happenings: Vec<(String, Vec<Happening>)>,
    happenings_more: String,
    papers_href: String,
    documents: Vec<FileLine>,
    documents_more: usize,
    receipts: Vec<FileLine>,
    news: Vec<NewsLine>,
}

/// What the inquiries of a case tell.
#[derive(Default)]
struct Told {
    parts: Vec<InquiryPart>,
    older: Vec<(String, String)>,
    assets: Vec<AssetRow>,
    happenings: Vec<Happening>,
    news: Vec<NewsLine>,
}

/// `GET /console/cases/{id}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Failure> {
    let path = format!("/v1/cases/{}", segment(&id));
    let case = console.get(&visitor, &path).await?;
    let history = console.get(&visitor, &format!("{path}/claim")).await?;
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let mut told = of_its_inquiries(&console, &visitor, &case).await?;
    told.happenings.extend(of_claim(&history, lang));
    told.happenings.extend(of_inquiries(&case, lang));
    let acts_cut = acts_of_chain(&console, &visitor, &case, &mut told.happenings).await?;
    let row_id = text(&case, "/id");
    let here = format!("/console/cases/{row_id}");
    let (happenings, happenings_more) = part(sorted(told.happenings), query.timeline, MOST_HAPPENINGS);
    let rows = measure_rows(&case, lang);
    let measures_total = rows.len();
    let (measures, measures_more) = part(rows, query.measures, MOST_MEASURES);
    let assets = each_once(told.assets);
    let assets_total = assets.len();
    let (assets, assets_more) = part(assets, query.assets, MOST_ASSETS);
    let link = |name: &str, next: Option<usize>, anchor: &str| {
        next.map(|next| format!("{here}?{name}={next}#{anchor}")).unwrap_or_default()
    };
    let (documents, documents_more) = documents(&console, &visitor, &row_id).await?;
    let history_rows = list(&history, "/history").iter().rev().take(MOST_CHANGES);
    let tasks = list(&case, "/tasks");
    let next = without_lang(&visitor.here);
    let task_rows = tasks.iter().take(MOST_TASKS).map(|task| task_row(&console, &visitor, task, now, &next));
    let mut forms = act_forms(&console, &visitor, claim_acts(&case), &row_id, &next);
    claiming::fill(&mut forms, &case);
    let number = text(&case, "/number");
    let shown = CasePage {
        page: Frame::of(&visitor, number.clone(), "cases").live(&format!("case:{row_id}")),
        court: text(&case, "/court_name"),
        chain: list(&case, "/chain").iter().map(|one| chain_line(one, &row_id)).collect(),
        parties: list(&case, "/parties").iter().map(|party| party_line(party, &visitor, &row_id)).collect(),
        claim: claim_facts(&case, lang),
        claim_state: is_there(&case, "/claim")
            .then(|| badge(words::CLAIM, &text(&case, "/claim/state"), lang)),
        bar: bar(case.pointer("/coverage").unwrap_or(&Value::Null), lang),
        history: history_rows.map(|change| change_line(change, lang)).collect(),
        forms,
        enter_href: if visitor.may(may::CONTROL) { entering::href(&row_id, "") } else { String::new() },
        inquiries: told.parts,
        older_count: told.older.len(),
        older: told.older,
        acts_cut,
        assets: by_party(assets),
        assets_left: assets_total.saturating_sub(query.assets.saturating_add(1).saturating_mul(MOST_ASSETS)),
        assets_more: link("assets", assets_more, "assets"),
        measures,
        measures_total,
        measures_more: link("measures", measures_more, "ledger"),
        tasks: task_rows.collect(),
        tasks_more: tasks.len().saturating_sub(MOST_TASKS),
        tasks_href: with_query("/console/tasks", &[("case_number", &number)]),
        happenings: by_day(happenings),
        happenings_more: link("timeline", happenings_more, "timeline"),
        papers_href: format!("/console/papers/of/{}", segment(&row_id)),
        documents,
        documents_more,
        receipts: receipts(&case, lang),
        news: told.news,
        number,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// Adds what people did about the cases of the chain. Gives the cases with more than that, each with where all of it is.
async fn acts_of_chain(
    console: &Console,
    visitor: &Visitor,
    case: &Value,
    happenings: &mut Vec<Happening>,
) -> Result<Vec<(String, String)>, Failure> {
    let mut cut = Vec::new();
    for number in list(case, "/chain").iter().map(|case| text(case, "/number")) {
        let acts = with_query("/v1/acts", &[("subject", &number), ("limit", "200")]);
        let acts = console.get(visitor, &acts).await?;
        if !text(&acts, "/next").is_empty() {
            cut.push((with_query("/console/audit", &[("subject", &number)]), number));
        }
        happenings.extend(of_acts(&acts, visitor.lang));
    }
    Ok(cut)
}

/// The lines of the ledger, what stands first.
fn measure_rows(case: &Value, lang: Lang) -> Vec<MeasureRow> {
    let row = |measure: &Value| {
        let row = MeasureRow::of(measure, lang);
        let note = format!("{} {}", waits::why(measure, case, lang), row.note).trim().to_owned();
        MeasureRow { note, ..row }
    };
    let mut rows: Vec<MeasureRow> = list(case, "/measures").iter().map(row).collect();
    rows.sort_by_key(|row| rank_of(&row.state_code));
    rows
}

/// A part of what is long, and which part comes next.
fn part<T>(all: Vec<T>, at: usize, most: usize) -> (Vec<T>, Option<usize>) {
    let begin = at.saturating_mul(most);
    let next = (all.len() > begin.saturating_add(most)).then_some(at + 1);
    (all.into_iter().skip(begin).take(most).collect(), next)
}

/// What tells how the orders of a case stand, of those that its page shows: the certificates of its newest inquiries as of now.
pub fn certificates_shown(case: &Value) -> Vec<String> {
    let newest = list(case, "/inquiries").iter().rev().take(MOST_INQUIRIES);
    newest.map(|inquiry| format!("/v1/inquiries/{}/certificate", segment(&text(inquiry, "/id")))).collect()
}

async fn of_its_inquiries(console: &Console, visitor: &Visitor, case: &Value) -> Result<Told, Failure> {
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let mut told = Told::default();
    let (names, mut certificates) = (names::parties_of(case), Vec::new());
    for (at, inquiry) in list(case, "/inquiries").iter().rev().enumerate() {
        let id = text(inquiry, "/id");
        let href = format!("/console/inquiries/{}", segment(&id));
        if at >= MOST_INQUIRIES {
            told.older.push((time(inquiry, "/created_at"), href));
            continue;
        }
        let path = format!("/v1/inquiries/{}", segment(&id));
        let certificate = console.get(visitor, &format!("{path}/certificate")).await?;
        let found = console.get(visitor, &format!("{path}/assets")).await?;
        let acts = console.get(visitor, &format!("{path}/acts")).await?;
        told.assets.extend(list(&found, "/assets").iter().map(|asset| asset_row(asset, lang)));
        told.happenings.extend(of_acts(&acts, lang));
        let controls = of_controls(&controls_of(console, visitor, &path, &certificate).await?, lang);
        told.happenings.extend(of_orders(&certificate, (&controls, &names), lang));
        let triage = badge(words::TRIAGE, &text(&certificate, "/triage"), lang);
        let mut fan = FanOut::of(&certificate, now, lang);
        certificates.push(certificate);
        fan.name_parties(&names);
        let more = fan.rows.len().saturating_sub(MOST_ORDERS);
        fan.rows.truncate(MOST_ORDERS);
        fan.say_why(&waiting::why(console, visitor, fan.waiting()).await);
        told.parts.push(InquiryPart {
            href,
            state: badge(words::INQUIRY, &text(inquiry, "/state"), lang),
            triage,
            by: text(inquiry, "/submitted_by"),
            at: time(inquiry, "/created_at"),
            certificate: certificate_of(inquiry),
            fan,
            more,
        });
    }
    told.news = news(console, visitor, compared(case, &certificates)).await?;
    Ok(told)
}

/// The orders of an inquiry with what they are about, where it has controls; a query is about its party.
async fn controls_of(
    console: &Console,
    visitor: &Visitor,
    path: &str,
    certificate: &Value,
) -> Result<Value, Failure> {
    match list(certificate, "/orders").iter().any(|line| text(line, "/action") != "query") {
        true => console.get(visitor, &format!("{path}/orders?limit=2000")).await,
        false => Ok(Value::Null),
    }
}

/// What stands first in the ledger: what a person must decide, then what holds, then the rest.
fn rank_of(state: &str) -> u8 {
    match state {
        "proposed" => 0,
        "in_force" | "releasing" | "renewing" | "deducting" | "transferring" => 1,
        "waiting" | "accepted" => 2,
        "asked" => 3,
        "lapsed" => 4,
        "candidate" => 6,
        "skipped" | "refused" => 7,
        _ => 5,
    }
}

fn chain_line(case: &Value, this: &str) -> ChainLine {
    let id = text(case, "/id");
    ChainLine {
        number: text(case, "/number"),
        href: format!("/console/cases/{}", segment(&id)),
        is_this: id == this,
    }
}

fn party_line(party: &Value, visitor: &Visitor, case: &str) -> PartyLine {
    let lang = visitor.lang;
    let id = segment(&text(party, "/id"));
    let is_freed = party.pointer("/is_freed").and_then(Value::as_bool).unwrap_or_default();
    let last = if is_freed { "reinstate-party" } else { "release-party" };
    let acts = ["claim-liability", last].into_iter().filter_map(find);
    let acts = acts.filter(|kind| visitor.may(kind.may));
    let role = word(words::PARTY_ROLE, &text(party, "/role"), lang);
    let freed = if is_freed { lang.t("（已解除）", " (freed)") } else { "" };
    PartyLine {
        reference: text(party, "/reference"),
        name: text(party, "/name"),
        kind: word(words::PARTY_KIND, &text(party, "/kind"), lang),
        role: format!("{role}{freed}"),
        liable: money(party, "/liable_up_to"),
        acts: acts
            .map(|kind| (lang.t(kind.zh, kind.en), format!("/console/acts/{}/{case}~{id}", kind.slug)))
            .collect(),
    }
}
