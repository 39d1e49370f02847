//! Looks, and what stands out in them, as tables for spreadsheets.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::super::Shared;
use super::super::access::{Caller, may};
use super::super::extract::QueryParams;
use super::super::problem::Problem;
use super::list::{AlarmsQuery, LooksQuery, MOST_EXPORTED, find, of_day};
use crate::domain::people::Look;
use crate::papers::sheet::no_formula;

/// A table, and the name of its file.
pub(super) struct Csv {
    name: &'static str,
    text: String,
}

impl Csv {
    /// With its first line, behind the mark by which spreadsheets know UTF-8.
    fn new(name: &'static str, head: &[&str]) -> Self {
        Self { name, text: format!("\u{feff}{}\r\n", head.join(",")) }
    }

    fn add<const CELLS: usize>(&mut self, cells: [String; CELLS]) {
        self.text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        self.text.push_str("\r\n");
    }
}

/// A cell (RFC 4180). What a spreadsheet would take for a formula is kept from being one.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", no_formula(cell).replace('"', "\"\""))
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let headers =
            [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
        (headers, self.text).into_response()
    }
}

impl OperationOutput for Csv {
    type Inner = String;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        docs.content.insert("text/csv".to_owned(), MediaType::default());
        Some(docs)
    }
}

pub(super) async fn looks(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<LooksQuery>,
) -> Result<Csv, Problem> {
    let (filter, case) = query.filter(&caller, MOST_EXPORTED + 1);
    let mut found = gateway.store.read(move |reads| find(reads, filter, case.as_deref())).await?;
    let is_cut = found.looks.len() > MOST_EXPORTED;
    found.looks.truncate(MOST_EXPORTED);
    let last = found.looks.last().filter(|_| is_cut).map(|(row, _)| *row);
    let mut table = Csv::new(
        "looks.csv",
        &[
            "时间 at",
            "人员 actor",
            "内容 kind",
            "对象 subject",
            "案号 case",
            "法院 court",
            "理由 reason",
            "非工作时间 out of hours",
            "条数 records",
            "被查看人标记 about",
            "行号 row",
        ],
    );
    found.looks.into_iter().for_each(|(row, look)| table.add(cells(row, look)));
    if let Some(row) = last.or(found.behind) {
        let mut end = [const { String::new() }; 11];
        end[0] = format!("未完，以 before={row} 继续导出 not all of them: go on with before={row}");
        table.add(end);
    }
    Ok(table)
}

fn cells(row: i64, look: Look) -> [String; 11] {
    [
        look.at.to_string(),
        look.actor,
        look.kind.word().to_owned(),
        look.subject,
        look.case_number,
        look.court,
        look.reason,
        if look.out_of_hours { "是 yes" } else { "" }.to_owned(),
        look.shown.to_string(),
        look.about.join(" "),
        row.to_string(),
    ]
}

pub(super) fn looks_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("exportLooks")
        .tag("people")
        .summary("Looks as CSV 导出查看留痕")
        .description(
            "At most 10,000, the newest first, each with its row. Where there are more, the last line says so and by which `before` to \
             go on. `limit` is not used.",
        )
        .response_with::<200, Csv, _>(|response| response.description("CSV in UTF-8"))
}

pub(super) async fn alarms(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<AlarmsQuery>,
) -> Result<Csv, Problem> {
    let list = of_day(&gateway, &caller, &query).await?;
    let mut table = Csv::new(
        "alarms.csv",
        &["预警 kind", "人员 actor", "次数或条数 count", "案号 case", "最早 first", "最近 last"],
    );
    for alarm in list.alarms {
        let (first, last) = (alarm.first_at.to_string(), alarm.last_at.to_string());
        let kind = alarm.kind.word().to_owned();
        table.add([kind, alarm.actor, alarm.count.to_string(), alarm.case_number, first, last]);
    }
    if list.incomplete {
        let mut end = [const { String::new() }; 6];
        end[0] = format!(
            "当日查看记录超过{MOST_EXPORTED}条，仅分析最近的 only the latest {MOST_EXPORTED} looks were searched"
        );
        table.add(end);
    }
    Ok(table)
}

pub(super) fn alarms_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("exportLookAlarms")
        .tag("people")
        .summary("What stands out in a day's looks, as CSV 导出查看预警")
        .description("The same as `/v1/looks/alarms`.")
        .response_with::<200, Csv, _>(|response| response.description("CSV in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_spreadsheet_would_take_for_a_formula_is_none() {
        for formula in
            ["=1+1", " =1+1", "\u{200b}=1+1", "＝1+1", "＋86", "－1", "＠SUM(A1)", "\t1", "@x", "-1"]
        {
            assert!(quoted(formula).starts_with("\"'"), "{formula:?}");
        }
        assert_eq!(quoted("信访\"核查\""), "\"信访\"\"核查\"\"\"");
    }
}
