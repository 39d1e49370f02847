//! The words of prints, of the list of cases and of statistics.

use super::{Table, Word};

/// Papers that are printed.
pub const PRINT: Table = &[
    ("search_summary", Word::new("财产查询反馈汇总表", "summary of the search", "off")),
    ("measure_list", Word::new("查控措施清单", "list of measures", "off")),
    ("renewal_reminder", Word::new("续行冻结提醒", "measures to renew", "warn")),
    ("assistance_notice", Word::new("协助通知", "notice to a counterpart", "off")),
    ("answer_reminder", Word::new("限时反馈催办函", "reminder to a counterpart", "warn")),
    ("excess_release_list", Word::new("超额解除清单", "excess to release", "bad")),
    ("freeze_notice", Word::new("冻结告知书", "notice to the debtor", "off")),
];

/// Forms of what is printed.
pub const FORMAT: Table = &[
    ("html", Word::new("网页（打印）", "page for the printer", "off")),
    ("pdf", Word::new("PDF", "PDF", "off")),
    ("xlsx", Word::new("Excel", "Excel", "off")),
];

/// How cases stand.
pub const CASE_STATE: Table = &[
    ("open", Word::new("执行中", "open", "busy")),
    ("settled", Word::new("已清结", "settled", "good")),
    ("withdrawn", Word::new("已撤回", "withdrawn", "off")),
    ("query_only", Word::new("仅查询", "queries only", "off")),
];

/// By what figures are grouped.
pub const GROUP: Table = &[
    ("month", Word::new("按月", "by month", "off")),
    ("court", Word::new("按法院", "by court", "off")),
    ("officer", Word::new("按承办人", "by officer", "off")),
    ("counterpart", Word::new("协助单位排名", "ranking of counterparts", "off")),
    ("action", Word::new("按事项", "by action", "off")),
];

/// Kinds of real estate.
pub const PROPERTY: Table = &[
    ("building", Word::new("房地产权", "building", "off")),
    ("land_use", Word::new("建设用地、宅基地使用权", "use of land", "off")),
    ("land_ownership", Word::new("土地所有权", "ownership of land", "off")),
    ("under_construction", Word::new("在建建筑物", "under construction", "off")),
    ("structure", Word::new("构筑物", "structure", "off")),
    ("farmland", Word::new("农用地使用权", "farmland", "off")),
    ("forest", Word::new("林权", "forest", "off")),
    ("sea", Word::new("海域、海岛使用权", "sea", "off")),
    ("other", Word::new("其他", "other", "off")),
];
