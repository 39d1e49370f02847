//! Parties from an Excel sheet: the template, and a sheet that was filled in, read within bounds; every fault with its row and column.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use chakong_contract::fold::folded;
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};
use serde_json::{Value, json};

use super::super::lang::Lang;
use super::super::words::{self, Word, choices};
use crate::api::MOST_PARTIES;

/// Largest file.
const LARGEST: usize = 2 << 20;
/// Most bytes that it may hold once it is unpacked.
const MOST_UNPACKED: u64 = 32 << 20;
/// Most parts of it.
const MOST_PARTS: usize = 200;
/// Most texts that it may say that it shares between cells: whoever reads it makes room for as many before it sees one.
const MOST_SHARED: u64 = 100_000;
/// Most cells that are looked at, also those that are passed over.
const MOST_CELLS: usize = 100_000;
/// Most parties: as many as one inquiry takes.
pub const MOST_ROWS: usize = MOST_PARTIES;
/// Columns that are looked at.
const MOST_COLUMNS: u32 = 50;
/// Longest text of a cell, in characters.
const LONGEST: usize = 300;
/// From here on a spreadsheet's number has lost digits.
const INEXACT: f64 = 1e15;

type Table = &'static [(&'static str, Word)];

/// A column: its field, its heading, whether it must be filled in, and the words that it takes.
struct Column {
    field: &'static str,
    zh: &'static str,
    en: &'static str,
    is_required: bool,
    words: Option<Table>,
}

const COLUMNS: [Column; 6] = [
    Column { field: "name", zh: "姓名或名称", en: "Name", is_required: true, words: None },
    Column { field: "kind", zh: "类型", en: "Kind", is_required: true, words: Some(words::PARTY_KIND) },
    Column {
        field: "role", zh: "在案身份", en: "Role", is_required: true, words: Some(words::PARTY_ROLE)
    },
    Column {
        field: "document",
        zh: "证件类型",
        en: "Document",
        is_required: true,
        words: Some(words::IDENTITY),
    },
    Column { field: "number", zh: "证件号码", en: "Number", is_required: true, words: None },
    Column { field: "reference", zh: "办案系统编号", en: "Reference", is_required: false, words: None },
];

/// A party of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetParty {
    /// Its row, from 1 as spreadsheets count.
    pub row: u32,
    /// Its name.
    pub name: String,
    /// As the request takes it.
    pub body: Value,
}

/// Where something is wrong in a sheet, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetFault {
    /// The row, from 1; 0 for the whole file.
    pub row: u32,
    /// Heading of the column; empty for the whole row.
    pub column: &'static str,
    /// What is wrong and what to do; Chinese first.
    pub detail: String,
}

impl SheetFault {
    fn new(row: u32, column: &'static str, detail: impl Into<String>) -> Self {
        Self { row, column, detail: detail.into() }
    }

    /// As people read it.
    pub fn shown(&self, lang: Lang) -> String {
        format!("{}{}", place(self.row, self.column, lang), self.detail)
    }
}

/// A place of a sheet in words.
fn place(row: u32, column: &str, lang: Lang) -> String {
    match (row, lang) {
        (0, Lang::Zh) => "当事人名单：".to_owned(),
        (0, Lang::En) => "Sheet of parties: ".to_owned(),
        (_, Lang::Zh) if column.is_empty() => format!("当事人名单第 {row} 行："),
        (_, Lang::Zh) => format!("当事人名单第 {row} 行“{column}”列："),
        (_, Lang::En) if column.is_empty() => format!("Sheet of parties, row {row}: "),
        (_, Lang::En) => format!("Sheet of parties, row {row}, column {column}: "),
    }
}

/// The place of a field of a party, where the endpoint finds something wrong.
pub fn place_of(party: &SheetParty, field: &str, lang: Lang) -> String {
    let field = if field == "documents" { "number" } else { field };
    let column = COLUMNS.iter().find(|column| column.field == field);
    place(party.row, column.map_or("", |column| lang.t(column.zh, column.en)), lang)
}

/// The template: a sheet to be filled in, with lists to choose from, and one that says how.
///
/// # Errors
/// When it cannot be written.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (head, text) =
        (Format::new().set_bold().set_background_color("E6E6E6"), Format::new().set_num_format("@"));
    let sheet = book.add_worksheet();
    sheet.set_name("当事人")?;
    let last = u32::try_from(MOST_ROWS).unwrap_or(u32::MAX);
    for (at, column) in (0_u16..).zip(&COLUMNS) {
        let sign = if column.is_required { "*" } else { "" };
        sheet.write_string_with_format(0, at, format!("{}{sign}", column.zh), &head)?;
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width(at, 26)?;
        if let Some(table) = column.words {
            let words: Vec<String> = choices(table, Lang::Zh).into_iter().map(|(_, word)| word).collect();
            // A list that is written out may have 255 characters; a longer one stands on the second sheet alone.
            if words.iter().map(|word| word.chars().count() + 1).sum::<usize>() < 250 {
                let rule = DataValidation::new().allow_list_strings(&words)?;
                sheet.add_data_validation(1, at, last, at, &rule)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let help = book.add_worksheet();
    help.set_name("填写说明")?;
    help.set_column_width(0, 24)?;
    help.set_column_width(1, 90)?;
    for (row, column) in (0_u32..).zip(&COLUMNS) {
        let said = match (column.words, column.field) {
            (Some(table), _) => {
                let words: Vec<String> = choices(table, Lang::Zh).into_iter().map(|(_, word)| word).collect();
                words.join("、")
            }
            (None, "number") => "按文本填写；以数字格式填写的长号码会丢失位数。".to_owned(),
            (None, "reference") => "可不填。".to_owned(),
            _ => format!("每行一名当事人，最多 {MOST_ROWS} 行。"),
        };
        help.write_string_with_format(row, 0, column.zh, &head)?;
        help.write_string(row, 1, said)?;
    }
    book.save_to_buffer()
}

/// A sheet with something wrong in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultySheet {
    /// Everything that is wrong, in the order of the rows.
    pub faults: Vec<SheetFault>,
    /// The parties of rows in which nothing is.
    pub sound: Vec<SheetParty>,
}

/// The parties of a sheet that was filled in.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetParty>, FaultySheet> {
    let of_all = |faults| FaultySheet { faults, sound: Vec::new() };
    let rows = cells(bytes).map_err(|fault| of_all(vec![fault]))?;
    let mut faults = Vec::new();
    let places = headings(rows.get(&0), &mut faults);
    if !faults.is_empty() {
        return Err(of_all(faults));
    }
    let (mut parties, mut sound) = (0, Vec::new());
    for (at, cells) in rows.range(1..) {
        if parties >= MOST_ROWS {
            let detail =
                format!("最多 {MOST_ROWS} 名当事人，请分次提交 at most {MOST_ROWS} parties; split the sheet");
            faults.push(SheetFault::new(at + 1, "", detail));
            break;
        }
        let before = faults.len();
        let read = party(at + 1, cells, &places, &mut faults);
        parties += 1;
        if faults.len() == before {
            sound.push(read);
        }
    }
    if parties == 0 {
        faults.push(SheetFault::new(0, "", "没有当事人 there is no party in it"));
    }
    if faults.is_empty() { Ok(sound) } else { Err(FaultySheet { faults, sound }) }
}

/// A cell as text, or why it cannot be one.
type Cell = Result<String, &'static str>;

/// Cells by row and column, both from 0.
fn cells(bytes: &[u8]) -> Result<BTreeMap<u32, BTreeMap<u32, Cell>>, SheetFault> {
    check_size(bytes)?;
    let unreadable = |_| {
        let detail =
            "无法读取，请使用模板并另存为 .xlsx this is no .xlsx workbook that can be read; use the template";
        SheetFault::new(0, "", detail)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let first = book.sheet_names().first().cloned().unwrap_or_default();
    let mut reader = book.worksheet_cells_reader(&first).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, BTreeMap<u32, Cell>> = BTreeMap::new();
    let mut seen = 0;
    // Cell by cell: a sheet that names a far corner takes no room for what lies between.
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        seen += 1;
        if seen > MOST_CELLS {
            let detail = "单元格过多，请使用模板 it has too many cells; use the template";
            return Err(SheetFault::new(0, "", detail));
        }
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        // A cell without a text makes no row. One row beyond the most is kept, to be told.
        let is_empty = text.as_ref().is_ok_and(String::is_empty);
        let has_room = rows.len() <= MOST_ROWS + 1 || rows.contains_key(&row);
        if column < MOST_COLUMNS && !is_empty && has_room {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    Ok(rows)
}

/// A workbook is a package of compressed parts: it is unpacked once within bounds before anything is kept of it.
fn check_size(bytes: &[u8]) -> Result<(), SheetFault> {
    let fault = |detail: String| SheetFault::new(0, "", detail);
    if bytes.len() > LARGEST {
        let most = LARGEST >> 20;
        return Err(fault(format!("文件超过 {most} MB it is larger than {most} MB")));
    }
    let unreadable =
        || fault("不是 .xlsx 工作簿，请使用模板 this is no .xlsx workbook; use the template".to_owned());
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let too_much = || fault("工作簿解压后过大 the workbook is too large once it is unpacked".to_owned());
    if package.len() > MOST_PARTS {
        return Err(too_much());
    }
    let mut left = MOST_UNPACKED;
    for at in 0..package.len() {
        let part = package.by_index(at).map_err(|_| unreadable())?;
        let mut unpacked = Vec::new();
        part.take(left).read_to_end(&mut unpacked).map_err(|_| unreadable())?;
        left = left.saturating_sub(u64::try_from(unpacked.len()).unwrap_or(u64::MAX));
        if left == 0 || shared_by_its_word(&unpacked) > MOST_SHARED {
            return Err(too_much());
        }
    }
    Ok(())
}

/// How many texts a part says that it shares between cells (ECMA-376 part 1, 18.4.9, `uniqueCount`); 0 where it says nothing.
fn shared_by_its_word(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let said = memchr::memmem::find_iter(part, NAME).map(|at| {
        let rest = part.iter().skip(at + NAME.len());
        let digits =
            rest.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\''));
        let digits = digits.take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |all, digit| all.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    said.max().unwrap_or(0)
}

fn text_of(value: &DataRef<'_>) -> Cell {
    const TOO_LONG: &str = "过长 it is too long";
    // A text may be shared by every cell: it is measured before it is copied.
    let within = |text: &str| if text.len() > 4 * LONGEST { Err(TOO_LONG) } else { Ok(text.to_owned()) };
    let text = match value {
        DataRef::String(text) => within(text)?,
        DataRef::SharedString(text) => within(text)?,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < INEXACT => format!("{number:.0}"),
        DataRef::Float(_) => {
            return Err(
                "号码被存为数字，已丢失位数；请将该列设为文本后重新填写 it is kept as a number and has lost digits; make the column text",
            );
        }
        DataRef::Bool(_) | DataRef::Error(_) => return Err("不是文本 it is no text"),
        DataRef::Empty => String::new(),
        _ => return Err("是日期或时间；请按文本填写 it is a date or a time; enter text"),
    };
    let text = text.trim();
    if text.chars().count() > LONGEST { Err(TOO_LONG) } else { Ok(text.to_owned()) }
}

/// Where each column is, by its heading.
fn headings(row: Option<&BTreeMap<u32, Cell>>, faults: &mut Vec<SheetFault>) -> Vec<Option<u32>> {
    let fits = |cell: &Cell, column: &Column| {
        cell.as_ref().is_ok_and(|text| folded(text) == folded(column.zh) || folded(text) == folded(column.en))
    };
    let place = |column: &Column| {
        let mut known = row.into_iter().flatten();
        known.find(|(_, cell)| fits(cell, column)).map(|(at, _)| *at)
    };
    let places: Vec<Option<u32>> = COLUMNS.iter().map(place).collect();
    for (column, place) in COLUMNS.iter().zip(&places) {
        if column.is_required && place.is_none() {
            let detail = "第一行缺少该列标题，请使用模板 the first row has no such heading; use the template";
            faults.push(SheetFault::new(1, column.zh, detail));
        }
    }
    places
}

fn party(
    row: u32,
    cells: &BTreeMap<u32, Cell>,
    places: &[Option<u32>],
    faults: &mut Vec<SheetFault>,
) -> SheetParty {
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for (column, place) in COLUMNS.iter().zip(places) {
        let cell = place.and_then(|place| cells.get(&place)).cloned().unwrap_or(Ok(String::new()));
        let value = match (cell, column.words) {
            (Err(why), _) => Err(why.to_owned()),
            (Ok(text), _) if text.is_empty() && column.is_required => {
                Err("必须填写 it must be filled in".to_owned())
            }
            (Ok(text), Some(table)) => code_of(table, &text),
            (Ok(text), None) => Ok(text),
        };
        match value {
            Ok(value) => drop(values.insert(column.field, value)),
            Err(detail) => faults.push(SheetFault::new(row, column.zh, detail)),
        }
    }
    let value = |field: &str| values.get(field).cloned().unwrap_or_default();
    let reference = value("reference");
    let reference = if reference.is_empty() { format!("row-{row}") } else { reference };
    let body = json!({
        "reference": reference,
        "kind": value("kind"),
        "name": value("name"),
        "role": value("role"),
        "documents": [{ "kind": value("document"), "number": value("number") }],
    });
    SheetParty { row, name: value("name"), body }
}

/// The code of a word in either language, or of the code itself.
fn code_of(table: Table, entered: &str) -> Result<String, String> {
    let wanted = folded(entered);
    let fits = |(code, word): &&(&str, Word)| {
        [*code, word.pick(Lang::Zh), word.pick(Lang::En)].into_iter().any(|known| folded(known) == wanted)
    };
    match table.iter().find(fits) {
        Some((code, _)) => Ok((*code).to_owned()),
        None => {
            let words: Vec<String> = choices(table, Lang::Zh).into_iter().map(|(_, word)| word).collect();
            Err(format!("应为其中之一 must be one of：{}", words.join("、")))
        }
    }
}

#[cfg(test)]
mod tests;
