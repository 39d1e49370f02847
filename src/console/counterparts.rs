//! 协助单位: every counterpart with its state and what is wrong, problems first; and one counterpart in full.

mod row;

use std::cmp::Reverse;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::acts::{ActForm, act_forms};
use super::address::{segment, with_query};
use super::backend::Console;
use super::currency;
use super::failure::Failure;
use super::page::{Frame, html};
use super::reading::{beijing, is_there, list as list_at, text};
use super::visitor::Visitor;
use super::words::{self, choices};
use crate::api::may;
use row::Row;

/// Counterparts on one page.
const ON_A_PAGE: usize = 50;

/// Which counterparts, and in which order.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    page: usize,
}

#[derive(Template)]
#[template(path = "counterparts.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Frame,
    rows: Vec<Row>,
    summary: Vec<(String, usize, &'static str, String)>,
    q: String,
    state: String,
    sort: String,
    states: Vec<(String, String)>,
    sorts: Vec<(String, String)>,
    total: usize,
    problems: Vec<String>,
    from: usize,
    to: usize,
    before: String,
    after: String,
}

/// `GET /console/counterparts`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let answer = console.get(&visitor, "/v1/counterparts").await?;
    let now = console.gateway().clock.now();
    let all: Vec<Row> =
        list_at(&answer, "/counterparts").iter().map(|one| Row::of(one, now, visitor.lang)).collect();
    let lang = visitor.lang;
    let count = |state: &str| all.iter().filter(|row| row.state_code == state).count();
    let summary = words::LANE.iter().map(|(code, _)| *code).filter(|code| count(code) > 0).map(|code| {
        let badge = words::badge(words::LANE, code, lang);
        (badge.text, count(code), badge.tone, with_query("/console/counterparts", &[("state", code)]))
    });
    let summary = summary.collect();
    let needle = query.q.trim().to_lowercase();
    let fits = |row: &Row| {
        (needle.is_empty() || row.searched.contains(&needle))
            && (query.state.is_empty()
                || row.state_code == query.state
                || query.state == "problems" && row.rank > 0)
    };
    let mut rows: Vec<Row> = all.into_iter().filter(fits).collect();
    sort(&mut rows, &query.sort);
    let total = rows.len();
    let last = total.div_ceil(ON_A_PAGE).max(1);
    let at = query.page.clamp(1, last);
    let rows: Vec<Row> = rows.into_iter().skip((at - 1) * ON_A_PAGE).take(ON_A_PAGE).collect();
    let link = |page: usize| {
        let page = page.to_string();
        let said = [("q", query.q.as_str()), ("state", &query.state), ("sort", &query.sort), ("page", &page)];
        with_query("/console/counterparts", &said)
    };
    let mut states = vec![("problems".to_owned(), lang.t("有问题的", "with problems").to_owned())];
    states.extend(choices(words::LANE, lang));
    let shown = ListPage {
        page: Frame::of(&visitor, lang.t("协助单位", "Counterparts"), "counterparts").live("counterparts"),
        from: (at - 1) * ON_A_PAGE + usize::from(total > 0),
        to: (at - 1) * ON_A_PAGE + rows.len(),
        rows,
        summary,
        states,
        sorts: sorts(lang),
        total,
        problems: text(&answer, "/problems").lines().map(str::to_owned).collect(),
        before: if at > 1 { link(at - 1) } else { String::new() },
        after: if at < last { link(at + 1) } else { String::new() },
        q: query.q,
        state: query.state,
        sort: query.sort,
    };
    Ok(html(StatusCode::OK, &shown))
}

fn sorts(lang: super::lang::Lang) -> Vec<(String, String)> {
    let sorts = [
        ("", "问题优先", "problems first"),
        ("name", "名称", "name"),
        ("waiting", "待发送", "waiting"),
        ("oldest", "最早未反馈", "oldest"),
        ("latency", "时延", "latency"),
        ("success", "成功率", "success"),
    ];
    sorts.iter().map(|(code, zh, en)| ((*code).to_owned(), lang.t(zh, en).to_owned())).collect()
}

fn sort(rows: &mut [Row], by: &str) {
    match by {
        "name" => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        "waiting" => rows.sort_by_key(|row| Reverse(row.waiting)),
        "oldest" => rows.sort_by_key(|row| row.oldest_at.unwrap_or(jiff::Timestamp::MAX)),
        "latency" => rows.sort_by(|a, b| b.latency_ms.total_cmp(&a.latency_ms)),
        "success" => rows.sort_by(|a, b| a.success_share.total_cmp(&b.success_share)),
        _ => rows.sort_by_key(|row| (Reverse(row.rank), Reverse(row.undetermined), Reverse(row.waiting))),
    }
}

#[derive(Template)]
#[template(path = "counterpart.html", config = "src/console/askama.toml")]
struct CounterpartPage {
    page: Frame,
    row: Row,
    facts: Vec<(&'static str, String)>,
    forms: Vec<ActForm>,
    orders: Vec<OrderLine>,
    troubles: Vec<Trouble>,
    charges: Vec<(String, String)>,
    shares: Vec<ShareRow>,
    messages: Vec<MessageRow>,
}

/// The share of a court in the day's quota.
struct ShareRow {
    court: String,
    per_day: String,
    left: String,
    is_used: bool,
}

fn share_row(share: &serde_json::Value, lang: super::lang::Lang) -> ShareRow {
    let court = text(share, "/court");
    let left = text(share, "/left");
    ShareRow {
        court: if court.is_empty() {
            lang.t("其他法院共用", "the other courts together").to_owned()
        } else {
            court
        },
        per_day: text(share, "/per_day"),
        is_used: left == "0",
        left,
    }
}

/// Messages that are shown.
const MOST_MESSAGES: &str = "20";

/// A message that travelled.
struct MessageRow {
    at: String,
    is_in: bool,
    name: String,
    repeats: String,
    /// Numbers of orders, each with its address and that of what the counterpart answered; empty addresses for those who may not look.
    orders: Vec<(String, String, String)>,
    more: u64,
}

/// An order that did not go well, with what can be done about it here.
struct Trouble {
    order: OrderLine,
    forms: Vec<ActForm>,
}

/// States of orders that did not go well, those that a person must decide first; orders of each that are shown.
const TROUBLES: [&str; 4] = ["undetermined", "failed", "overdue", "refused"];
const MOST_OF_EACH: &str = "10";

/// An order of the counterpart, where the visitor may see orders.
struct OrderLine {
    href: String,
    number: String,
    action: String,
    state: words::Badge,
    created: String,
    words: String,
}

/// `GET /console/counterparts/{name}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let path = format!("/v1/counterparts/{}", segment(&name));
    let view = console.get(&visitor, &path).await?;
    // Charges are every court's: whoever sees some courts alone sees none.
    let charged = match is_there(&view, "/orders") {
        true => console.get(&visitor, &format!("{path}/charges")).await?,
        false => serde_json::Value::Null,
    };
    let sent =
        console.get(&visitor, &with_query(&format!("{path}/messages"), &[("limit", MOST_MESSAGES)])).await?;
    let lang = visitor.lang;
    let row = Row::of(&view, console.gateway().clock.now(), lang);
    let mut orders = Vec::new();
    if visitor.may(may::READ) {
        let query = with_query("/v1/orders", &[("counterpart", &name), ("limit", "30")]);
        let found = console.get(&visitor, &query).await?;
        orders = list_at(&found, "/orders").iter().map(|order| order_line(order, lang)).collect();
    }
    let troubles = troubles(&console, &visitor, &name).await?;
    let slugs: &[&str] = if row.is_paused { &["resume", "probe"] } else { &["pause", "probe"] };
    let forms = match row.connector.is_empty() {
        true => Vec::new(),
        false => act_forms(&console, &visitor, slugs, &name, &super::address::without_lang(&visitor.here)),
    };
    let charges = list_at(&charged, "/days").iter().take(14);
    let shown = CounterpartPage {
        page: Frame::of(&visitor, row.label.clone(), "counterparts").live(&format!("counterpart:{name}")),
        facts: row.facts(lang),
        row,
        forms,
        orders,
        troubles,
        charges: charges.map(|day| (text(day, "/day"), text(day, "/requests"))).collect(),
        shares: list_at(&view, "/shares").iter().map(|share| share_row(share, lang)).collect(),
        messages: list_at(&sent, "/messages").iter().map(|one| message_row(one, &visitor)).collect(),
    };
    Ok(html(StatusCode::OK, &shown))
}

/// Orders of a counterpart that did not go well: asked again or resolved from here by those who may; for those who see no cases with
/// nothing of these, and queries are sent again from here.
async fn troubles(console: &Console, visitor: &Visitor, name: &str) -> Result<Vec<Trouble>, Failure> {
    let mut troubles = Vec::new();
    let next = super::address::without_lang(&visitor.here);
    if !visitor.may(may::READ) {
        let found = console.get(visitor, &format!("/v1/counterparts/{}/faults", segment(name))).await?;
        for order in list_at(&found, "/faults") {
            let subject = format!("{name}~{}", text(order, "/number"));
            let is_offered = text(order, "/may_be_sent_again") == "true";
            let slugs: &[&str] = if is_offered { &["send-again"] } else { &[] };
            let forms = act_forms(console, visitor, slugs, &subject, &next);
            troubles.push(Trouble { order: faulty_line(order, visitor.lang), forms });
        }
        return Ok(troubles);
    }
    for state in TROUBLES {
        let query =
            with_query("/v1/orders", &[("counterpart", name), ("state", state), ("limit", MOST_OF_EACH)]);
        let found = console.get(visitor, &query).await?;
        for order in list_at(&found, "/orders") {
            let is_query = text(order, "/instruction/action") == "query";
            let slugs: &[&str] = if is_query { &["requery"] } else { &["resolve"] };
            let mut forms = act_forms(console, visitor, slugs, &text(order, "/number"), &next);
            let currency = currency::of_order(order);
            forms.iter_mut().for_each(|form| currency::fit(form, &currency, visitor.lang));
            troubles.push(Trouble { order: order_line(order, visitor.lang), forms });
        }
    }
    Ok(troubles)
}

fn message_row(message: &serde_json::Value, visitor: &Visitor) -> MessageRow {
    let is_in = text(message, "/direction") == "in";
    let numbers = list_at(message, "/orders").iter().filter_map(serde_json::Value::as_str);
    let order = |number: &str| {
        let at = format!("/console/orders/{}", segment(number));
        let content = if is_in && visitor.may(may::RAW) { format!("{at}/raw") } else { String::new() };
        (number.to_owned(), if visitor.may(may::READ) { at } else { String::new() }, content)
    };
    let orders: Vec<_> = numbers.map(order).collect();
    let shown = u64::try_from(orders.len()).unwrap_or(u64::MAX);
    let repeats = text(message, "/repeats");
    MessageRow {
        at: super::reading::time(message, "/at"),
        is_in,
        name: text(message, "/name"),
        repeats: if repeats == "0" { String::new() } else { repeats },
        more: super::reading::number(message, "/orders_total").saturating_sub(shown),
        orders,
    }
}

/// An order of which nothing but what went wrong is known.
fn faulty_line(order: &serde_json::Value, lang: super::lang::Lang) -> OrderLine {
    OrderLine {
        href: String::new(),
        number: text(order, "/number"),
        action: words::word(words::ACTION, &text(order, "/action"), lang),
        state: words::badge(words::ORDER, &text(order, "/state"), lang),
        created: super::reading::time(order, "/created_at"),
        words: text(order, "/fault"),
    }
}

fn order_line(order: &serde_json::Value, lang: super::lang::Lang) -> OrderLine {
    let number = text(order, "/number");
    OrderLine {
        href: format!("/console/orders/{}", segment(&number)),
        action: words::word(words::ACTION, &text(order, "/instruction/action"), lang),
        state: words::badge(words::ORDER, &text(order, "/state"), lang),
        created: super::reading::instant(order, "/created_at").map(beijing).unwrap_or_default(),
        words: lang.of_note(&text(order, "/fault/detail")),
        number,
    }
}
