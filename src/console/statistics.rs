//! 统计: figures of a period with charts, the ranking of counterparts, and files of them.

mod chart;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::address::{segment, with_query};
use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html};
use super::printing::file as as_file;
use super::reading::{beijing, list, money, number, text};
use super::visitor::Visitor;
use super::words::{ACTION, GROUP, choices};
use crate::api::may;
use chart::{Chart, amounts, answers, found, held};

/// Groups on one page.
const ON_A_PAGE: usize = 40;
/// Groups in a chart.
const MOST_IN_A_CHART: usize = 20;

/// What is counted, and how it is shown.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct StatisticsQuery {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    /// A month that is picked, such as `2026-03`; it goes before the days.
    #[serde(default)]
    month: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    court: String,
    #[serde(default)]
    officer: String,
    #[serde(default)]
    counterpart: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    page: usize,
    #[serde(default)]
    format: String,
}

impl StatisticsQuery {
    /// The days of the month that was picked, up to today; as it is where none was, or it is none.
    fn of_its_month(mut self, today: Date) -> Self {
        let picked = std::mem::take(&mut self.month);
        if let Ok(first) = format!("{}-01", picked.trim()).parse::<Date>() {
            let last = first.last_of_month();
            let until = if first > today { last } else { last.min(today) };
            (self.from, self.until) = (first.to_string(), until.to_string());
        }
        self
    }

    /// Whether the groups have claims of their own: those of cases have. Of a counterpart or an action a claim is not, for each of several
    /// takes part in the same.
    fn has_claims(&self) -> bool {
        let is_of_cases = matches!(self.by.as_str(), "" | "month" | "court" | "officer");
        is_of_cases && self.counterpart.is_empty() && self.action.is_empty()
    }

    /// The counterpart by its code, where it was named by its name.
    fn by_code(self, console: &Console) -> Self {
        let counterpart = console.code_of(self.counterpart.trim()).unwrap_or(self.counterpart);
        Self { counterpart, ..self }
    }

    /// An address with this, and more.
    fn to(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = [
            ("from", self.from.as_str()),
            ("until", &self.until),
            ("by", &self.by),
            ("court", &self.court),
            ("officer", &self.officer),
            ("counterpart", &self.counterpart),
            ("action", &self.action),
        ];
        let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
        let own = own.into_iter().filter(|(name, _)| !replaced(name));
        with_query(path, &own.chain(more.iter().copied()).collect::<Vec<_>>())
    }
}

/// A group in the table.
struct GroupRow {
    rank: String,
    name: String,
    /// Where it is told alone; empty for nowhere.
    href: String,
    cells: Vec<String>,
    lapsed: u64,
}

#[derive(Template)]
#[template(path = "statistics.html", config = "src/console/askama.toml")]
struct StatisticsPage {
    page: Frame,
    query: StatisticsQuery,
    tabs: Vec<(String, String, bool)>,
    periods: Vec<(String, String)>,
    month: String,
    actions: Vec<(String, String)>,
    fault: String,
    /// Counterparts to choose from.
    known: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    times: Vec<(&'static str, String)>,
    lapsed: u64,
    charts: Vec<Chart>,
    heads: Vec<&'static str>,
    rows: Vec<GroupRow>,
    total: Option<GroupRow>,
    is_ranked: bool,
    before: String,
    after: String,
    xlsx: String,
    csv: String,
}

/// `GET /console/statistics`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<StatisticsQuery>,
) -> Result<Response, Failure> {
    let (lang, today) = (visitor.lang, day_of(console.gateway().clock.now()));
    let query = query.of_its_month(today).by_code(&console);
    let unknown = console.unknown_counterpart(&query.counterpart, lang);
    let (answer, fault) = match console.get(&visitor, &query.to("/v1/statistics", &[])).await {
        Ok(answer) => (answer, Failure::default()),
        Err(failure) if failure.status == StatusCode::BAD_REQUEST => (Value::Null, failure),
        Err(failure) => return Err(failure),
    };
    let by = if query.by.is_empty() { "month".to_owned() } else { query.by.clone() };
    let groups = list(&answer, "/rows");
    let last = groups.len().div_ceil(ON_A_PAGE).max(1);
    let at = query.page.clamp(1, last);
    let link = |page: usize| query.to("/console/statistics", &[("page", &page.to_string())]);
    let here = "/console/statistics";
    let tab = |(code, word): (String, String)| {
        let is_current = code == by;
        (word, query.to(here, &[("by", &code)]), is_current)
    };
    // Terms end long after their inquiries: there may be lapses where nothing was accepted.
    let has_some =
        |total: &&Value| ["/inquiries", "/lapsed", "/renewed_in_time"].iter().any(|at| number(total, at) > 0);
    let total = answer.pointer("/total").filter(has_some);
    let shown_groups = &groups[..groups.len().min(MOST_IN_A_CHART)];
    let charts = match total {
        Some(_) if query.has_claims() => vec![answers(shown_groups, lang), amounts(shown_groups, lang)],
        Some(_) => vec![answers(shown_groups, lang), found(shown_groups, lang), held(shown_groups, lang)],
        None => Vec::new(),
    };
    let (from, until) = (or(text(&answer, "/from"), &query.from), or(text(&answer, "/until"), &query.until));
    let page = StatisticsPage {
        page: Frame::of(&visitor, lang.t("统计", "Statistics"), "statistics"),
        tabs: choices(GROUP, lang).into_iter().map(tab).collect(),
        periods: periods(today, (&from, &until), &query, lang),
        month: month_of(&from, &until).map(|first| first.strftime("%Y-%m").to_string()).unwrap_or_default(),
        actions: choices(ACTION, lang),
        fault: or(fault.detail, if total.is_none() { &unknown } else { "" }),
        known: console.counterparts(lang),
        facts: total.map(|total| facts(total, lang)).unwrap_or_default(),
        times: total.map(|total| times(total, lang)).unwrap_or_default(),
        lapsed: total.map_or(0, |total| number(total, "/lapsed")),
        charts: charts.into_iter().flatten().collect(),
        heads: heads(query.has_claims(), lang),
        rows: groups
            .iter()
            .skip((at - 1) * ON_A_PAGE)
            .take(ON_A_PAGE)
            .map(|group| {
                group_row(
                    group,
                    if by == "counterpart" && !visitor.may(may::WATCH) { "" } else { &by },
                    &query,
                    lang,
                )
            })
            .collect(),
        total: total.map(|total| group_row(total, "", &query, lang)),
        is_ranked: by == "counterpart",
        before: if at > 1 { link(at - 1) } else { String::new() },
        after: if at < last { link(at + 1) } else { String::new() },
        xlsx: query.to("/console/statistics/file", &[("format", "xlsx")]),
        csv: query.to("/console/statistics/file", &[("format", "csv")]),
        query: StatisticsQuery { from, until, by, ..query },
    };
    Ok(html(if fault.status == StatusCode::BAD_REQUEST { fault.status } else { StatusCode::OK }, &page))
}

/// `GET /console/statistics/file`: the same as a workbook, or as comma-separated values.
pub async fn file(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<StatisticsQuery>,
) -> Result<Response, Failure> {
    let query = query.of_its_month(day_of(console.gateway().clock.now())).by_code(&console);
    let format = if query.format == "csv" { "csv" } else { "xlsx" };
    Ok(as_file(console.fetch(&visitor, &query.to("/v1/statistics", &[("format", format)])).await?))
}

fn or(said: String, given: &str) -> String {
    if said.is_empty() { given.to_owned() } else { said }
}

fn day_of(now: Timestamp) -> Date {
    beijing(now).split(' ').next().and_then(|day| day.parse().ok()).unwrap_or_default()
}

/// The first day of the month that a period is, or is the beginning of; `None` where it is another period.
fn month_of(from: &str, until: &str) -> Option<Date> {
    let (from, until) = (from.parse::<Date>().ok()?, until.parse::<Date>().ok()?);
    let is_month = from == from.first_of_month() && until.first_of_month() == from;
    is_month.then_some(from)
}

/// Periods that are asked for most: the months before and after the one that is shown, this and last month, and this year.
fn periods(
    today: Date,
    (from, until): (&str, &str),
    query: &StatisticsQuery,
    lang: Lang,
) -> Vec<(String, String)> {
    let link = |from: Date, until: Date| {
        query.to("/console/statistics", &[("from", &from.to_string()), ("until", &until.to_string())])
    };
    let month = |first: Date| link(first, first.last_of_month().min(today));
    let mut all = Vec::new();
    if let Some(shown) = month_of(from, until) {
        let before = shown.checked_sub(Span::new().months(1)).ok();
        let after = shown.checked_add(Span::new().months(1)).ok().filter(|after| *after <= today);
        let name = |day: Date| day.strftime("%Y-%m").to_string();
        all.extend(
            before.map(|first| {
                (format!("‹ {} {}", lang.t("上一月", "month before"), name(first)), month(first))
            }),
        );
        all.extend(
            after.map(|first| {
                (format!("{} {} ›", lang.t("下一月", "month after"), name(first)), month(first))
            }),
        );
    }
    let last = today.first_of_month().checked_sub(Span::new().months(1)).unwrap_or(today);
    all.push((lang.t("本月", "this month").to_owned(), month(today.first_of_month())));
    all.push((lang.t("上月", "last month").to_owned(), month(last)));
    all.push((lang.t("今年", "this year").to_owned(), link(today.first_of_year(), today)));
    all
}

/// A share, or the words for there being none.
fn share(figures: &Value, name: &str) -> String {
    let value = text(figures, &format!("/{name}"));
    if value.is_empty() { "—".to_owned() } else { format!("{value}%") }
}

fn facts(total: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let count = |name: &str| text(total, &format!("/{name}"));
    let of = |part: &str, of: &str| format!("{} / {}", count(part), count(of));
    vec![
        (lang.t("案件", "Cases"), count("cases")),
        (lang.t("查控申请", "Inquiries"), count("inquiries")),
        (lang.t("当事人", "Parties"), count("parties")),
        (lang.t("请求", "Orders"), count("orders")),
        (lang.t("24 小时内反馈率", "Answered within 24 h"), share(total, "in_time_percent")),
        (lang.t("超时反馈", "Answered later"), count("answered_late")),
        (lang.t("未反馈", "Never answered"), count("never_answered")),
        (lang.t("未能发出", "Could not be sent"), count("not_sent")),
        (lang.t("命中率", "Hit rate"), share(total, "hit_percent")),
        (lang.t("查到财产（项）", "Assets found"), count("assets_found")),
        (lang.t("足额控制案件", "Claims covered"), of("claims_covered", "claims")),
        (lang.t("足额率", "Share covered"), share(total, "covered_percent")),
        (lang.t("执行标的（元）", "Claimed (yuan)"), money(total, "/claimed")),
        (lang.t("现控制（元）", "Held now (yuan)"), money(total, "/frozen")),
        (lang.t("已扣划（元）", "Deducted (yuan)"), money(total, "/deducted")),
        (lang.t("按期续行", "Renewed in time"), count("renewed_in_time")),
    ]
}

fn times(total: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let of = |name: &str, zh: &'static str, en: &'static str| match text(total, &format!("/{name}")) {
        none if none.is_empty() => lang.t("尚无", "none yet").to_owned(),
        value => format!("{value} {}", lang.t(zh, en)),
    };
    vec![
        (lang.t("立案至首次查询", "Filing to first query"), of("days_to_first_query", "天", "days")),
        (lang.t("立案至首次控制", "Filing to first freeze"), of("days_to_first_freeze", "天", "days")),
        (lang.t("受理至首次查询", "Acceptance to first query"), of("hours_to_first_query", "小时", "h")),
        (lang.t("受理至首次控制", "Acceptance to first freeze"), of("hours_to_first_freeze", "小时", "h")),
    ]
}

fn heads(has_claims: bool, lang: Lang) -> Vec<&'static str> {
    let of_claims = (lang.t("足额率", "Covered"), lang.t("查到财产（项）", "Assets found"));
    vec![
        lang.t("案件", "Cases"),
        lang.t("请求", "Orders"),
        lang.t("24 小时内", "In 24 h"),
        lang.t("超时", "Later"),
        lang.t("未反馈", "Never"),
        lang.t("反馈率", "Rate"),
        lang.t("命中率", "Hits"),
        if has_claims { of_claims.0 } else { of_claims.1 },
        lang.t("现控制（元）", "Held (yuan)"),
        lang.t("首次查询（天）", "To query (days)"),
        lang.t("首次控制（天）", "To freeze (days)"),
    ]
}

fn group_row(group: &Value, by: &str, query: &StatisticsQuery, lang: Lang) -> GroupRow {
    let (key, name) = (text(group, "/key"), text(group, "/name"));
    let at = |field: &str| {
        let value = text(group, &format!("/{field}"));
        if value.is_empty() { "—".to_owned() } else { value }
    };
    let href = match by {
        "counterpart" => format!("/console/counterparts/{}", segment(&key)),
        "court" | "officer" | "action" if !key.is_empty() => {
            query.to("/console/statistics", &[(by, &key), ("by", "month")])
        }
        _ => String::new(),
    };
    GroupRow {
        rank: text(group, "/rank"),
        name: if name.is_empty() { lang.t("（未注明）", "(not stated)").to_owned() } else { name },
        href,
        cells: vec![
            at("cases"),
            at("orders"),
            at("answered_in_time"),
            at("answered_late"),
            at("never_answered"),
            share(group, "in_time_percent"),
            share(group, "hit_percent"),
            if query.has_claims() { share(group, "covered_percent") } else { at("assets_found") },
            money(group, "/frozen"),
            at("days_to_first_query"),
            at("days_to_first_freeze"),
        ],
        lapsed: number(group, "/lapsed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_month_that_is_picked_is_its_days_up_to_today() {
        let picked = |month: &str| {
            let query = StatisticsQuery { month: month.to_owned(), ..StatisticsQuery::default() };
            let query = query.of_its_month(day("2026-03-10"));
            (query.from, query.until)
        };
        assert_eq!(picked("2026-02"), ("2026-02-01".to_owned(), "2026-02-28".to_owned()));
        assert_eq!(picked("2026-03"), ("2026-03-01".to_owned(), "2026-03-10".to_owned()));
        assert_eq!(picked("2026-13"), (String::new(), String::new()), "no month");
    }

    #[test]
    fn the_months_before_and_after_the_one_that_is_shown_are_a_step_away_and_none_in_the_future() {
        let of = |from: &str, until: &str| {
            let all = periods(day("2026-03-10"), (from, until), &StatisticsQuery::default(), Lang::En);
            all.into_iter().map(|(word, href)| format!("{word} {href}")).collect::<Vec<_>>()
        };
        let january = of("2026-01-01", "2026-01-31");
        assert!(january[0].contains("2025-12") && january[0].contains("until=2025-12-31"), "{january:?}");
        assert!(january[1].contains("2026-02") && january[1].contains("until=2026-02-28"), "{january:?}");
        let march = of("2026-03-01", "2026-03-10");
        assert!(march[0].contains("2026-02") && march[1].starts_with("this month"), "{march:?}");
        assert!(of("2026-01-05", "2026-02-09")[0].starts_with("this month"), "no month has a month before");
    }
    #[test]
    fn claims_are_told_of_groups_of_cases_and_of_no_counterpart_or_action() {
        let of = |by: &str, counterpart: &str, action: &str| {
            let [by, counterpart, action] = [by, counterpart, action].map(str::to_owned);
            StatisticsQuery { by, counterpart, action, ..StatisticsQuery::default() }.has_claims()
        };
        assert!(["", "month", "court", "officer"].iter().all(|by| of(by, "", "")));
        assert!(!["counterpart", "action"].iter().any(|by| of(by, "", "")));
        assert!(!of("month", "bank-1", "") && !of("court", "", "freeze"), "narrowed to one of several");
    }
}
