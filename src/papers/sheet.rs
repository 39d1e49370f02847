//! Tables as a workbook and as comma-separated values. Nothing that somebody else wrote becomes a formula: in a workbook it is written as
//! text, and in comma-separated values what could be read as a formula is quoted with an apostrophe.

use std::borrow::Cow;

use chakong_contract::fold::is_unseen;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Cell, Document, Table};

/// Longest text that a cell of a workbook takes, in characters.
const LONGEST_CELL: usize = 32_000;
/// Characters across an A4 page, by which widths of columns are given.
const PAGE_WIDTH: f64 = 110.0;

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct SheetError(#[from] XlsxError);

/// Writes the tables of a document as a workbook, one sheet each; what stands at the document's head is on the first.
///
/// # Errors
/// When a table is larger than a sheet can be.
pub fn workbook_of(document: &Document) -> Result<Vec<u8>, SheetError> {
    let facts = Table {
        rows: document.facts.iter().map(|(word, value)| vec![Cell::from(*word), Cell::text(value)]).collect(),
        ..Table::new(document.title, &[("项目", 30), ("内容", 70)], "")
    };
    let own = [
        ("法院", document.court.clone()),
        ("案号", document.case_number.clone()),
        ("打印编号", document.number.clone()),
        ("打印时间（北京时间）", document.printed_at.clone()),
        ("打印人", document.printed_by.clone()),
    ];
    let own = own.map(|(word, value)| vec![Cell::from(word), Cell::text(value)]);
    let facts = Table { rows: own.into_iter().chain(facts.rows).collect(), ..facts };
    let tables: Vec<&Table> = std::iter::once(&facts).chain(&document.tables).collect();
    workbook(&tables)
}

/// Writes tables as a workbook, one sheet each.
///
/// # Errors
/// When a table is larger than a sheet can be.
pub fn workbook(tables: &[&Table]) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    // The same tables make the same bytes, whenever they are written.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (at, table) in tables.iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(name_of(at, &table.caption))?;
        write_table(sheet, table)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A name that a sheet may have: at most 31 characters, without those that are not allowed.
fn name_of(at: usize, caption: &str) -> String {
    let allowed = |letter: &char| !"[]:*?/\\'".contains(*letter) && !letter.is_control();
    let caption: String = caption.chars().filter(allowed).take(24).collect();
    format!("{} {caption}", at + 1)
}

fn write_table(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_background_color("E6E6E6")
        .set_text_wrap();
    let text = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top).set_text_wrap();
    let amount = text.clone().set_num_format("#,##0.00");
    for (at, column) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, at, column.head, &head)?;
        sheet.set_column_width(at, (PAGE_WIDTH * f64::from(column.width) / 100.0).max(6.0))?;
    }
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // Amounts beyond what a workbook counts exactly stay text.
                Cell::Amount(money) => match money.to_f64().filter(|_| money.mantissa().abs() < 1 << 53) {
                    Some(number) => sheet.write_number_with_format(row, column, number, &amount)?,
                    None => sheet.write_string_with_format(row, column, money.to_string(), &text)?,
                },
                Cell::Number(number) => sheet.write_number_with_format(row, column, *number, &text)?,
                Cell::Text(words) | Cell::Figure(words) => {
                    let words: String = words.chars().take(LONGEST_CELL).collect();
                    sheet.write_string_with_format(row, column, words, &text)?
                }
                Cell::Empty => sheet.write_blank(row, column, &text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_paper_size(9);
    sheet.set_footer("&C第 &P 页 / 共 &N 页");
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Writes a table as comma-separated values in UTF-8, with the mark by which Excel knows it.
pub fn csv(table: &Table) -> String {
    let mut text = String::from("\u{feff}");
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    };
    line(&mut table.columns.iter().map(|column| field(column.head)));
    for row in &table.rows {
        line(&mut row.iter().map(|cell| match cell {
            Cell::Text(words) | Cell::Figure(words) => field(words),
            Cell::Amount(amount) => amount.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Empty => String::new(),
        }));
    }
    text
}

/// A text that no spreadsheet reads as a formula: what it would read as one begins with an apostrophe, which it does not show. Every CSV
/// that the gateway writes goes by this.
pub fn no_formula(text: &str) -> Cow<'_, str> {
    let seen = text.trim_start_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let is_formula = seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{text}").into() } else { text.into() }
}

/// A text as a field.
fn field(text: &str) -> String {
    let text = no_formula(text);
    match text.contains(['"', ',', '\r', '\n', '\t']) || text.trim() != text {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into_owned(),
    }
}

#[cfg(test)]
mod tests;
