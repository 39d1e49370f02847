//! Statistics as a table, for people and their spreadsheets.

use crate::domain::statistics::{Figures, GroupBy, Statistics};
use crate::papers::{Cell, Table};

/// A figure: its heading, and where it stands.
type Figure = (&'static str, fn(&Figures) -> Cell);

const FIGURES: [Figure; 27] = [
    ("案件数", |of| Cell::count(of.cases)),
    ("申请数", |of| Cell::count(of.inquiries)),
    ("当事人数", |of| Cell::count(of.parties)),
    ("请求数", |of| Cell::count(of.orders)),
    ("24小时内反馈", |of| Cell::count(of.answered_in_time)),
    ("超时反馈", |of| Cell::count(of.answered_late)),
    ("未反馈", |of| Cell::count(of.never_answered)),
    ("未能发出", |of| Cell::count(of.not_sent)),
    ("办理中", |of| Cell::count(of.pending)),
    ("已撤回", |of| Cell::count(of.withdrawn)),
    ("24小时反馈率%", |of| Cell::number(of.in_time_percent)),
    ("查询已反馈", |of| Cell::count(of.queries_answered)),
    ("查到财产", |of| Cell::count(of.hits)),
    ("命中率%", |of| Cell::number(of.hit_percent)),
    ("财产项数", |of| Cell::count(of.assets_found)),
    ("有执行标的案件", |of| Cell::count(of.claims)),
    ("足额控制案件", |of| Cell::count(of.claims_covered)),
    ("足额率%", |of| Cell::number(of.covered_percent)),
    ("执行标的（元）", |of| Cell::Amount(of.claimed.amount)),
    ("现控制（元）", |of| Cell::Amount(of.frozen.amount)),
    ("已扣划（元）", |of| Cell::Amount(of.deducted.amount)),
    ("立案至首次查询（天，中位数）", |of| Cell::number(of.days_to_first_query)),
    ("立案至首次控制（天，中位数）", |of| Cell::number(of.days_to_first_freeze)),
    ("受理至首次查询（小时，中位数）", |of| Cell::number(of.hours_to_first_query)),
    ("受理至首次控制（小时，中位数）", |of| Cell::number(of.hours_to_first_freeze)),
    ("按期续行", |of| Cell::count(of.renewed_in_time)),
    ("届满失效", |of| Cell::count(of.lapsed)),
];

/// The table of statistics, with all together as its last row.
pub(super) fn of(statistics: &Statistics) -> Table {
    let is_ranked = statistics.by == GroupBy::Counterpart;
    let caption = format!("查控统计 {} 至 {}", statistics.from, statistics.until);
    let mut columns = Vec::new();
    if is_ranked {
        columns.push(("排名", 6));
    }
    columns.push((statistics.by.chinese(), 20));
    columns.extend(FIGURES.iter().map(|(head, _)| (*head, 12)));
    let mut table = Table::new(caption, &columns, "");
    let mut add = |rank: Option<u32>, name: &str, figures: &Figures| {
        let rank = is_ranked.then(|| rank.map_or(Cell::Empty, |rank| Cell::count(rank.into())));
        let own = FIGURES.iter().map(|(_, figure)| figure(figures));
        table.rows.push(rank.into_iter().chain([Cell::text(name)]).chain(own).collect());
    };
    for row in &statistics.rows {
        add(row.rank, if row.name.is_empty() { "（未注明）" } else { &row.name }, &row.figures);
    }
    add(None, "合计", &statistics.total);
    table
}
