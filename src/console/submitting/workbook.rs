//! Parties from an Excel sheet: the template, and a sheet that was filled in, read within bounds; every fault with its row and column.

mod cells;

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::PlainDecimal;
use chakong_contract::fold::folded;
use rust_decimal::Decimal;
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};
use serde_json::Value;

use self::cells::{Cell, Unread, cells};
use super::super::acts::amount_of;
use super::super::lang::Lang;
use super::super::words::{self, Word, choices};
use super::body::party_of;
use super::sheet_party::SheetParty;
use crate::api::MOST_PARTIES;

/// Most parties: as many as one inquiry takes.
pub const MOST_ROWS: usize = MOST_PARTIES;

type Table = &'static [(&'static str, Word)];

/// What a column takes.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Text,
    /// One of these words, in either language, or its code.
    Words(Table),
    /// An amount in yuan, more than zero.
    Amount,
}

/// A column: its field, its heading, whether it must be filled in, and what it takes.
struct Column {
    field: &'static str,
    zh: &'static str,
    en: &'static str,
    is_required: bool,
    takes: Takes,
}

const fn needed(field: &'static str, zh: &'static str, en: &'static str, takes: Takes) -> Column {
    Column { field, zh, en, is_required: true, takes }
}

const fn free(field: &'static str, zh: &'static str, en: &'static str, takes: Takes) -> Column {
    Column { field, zh, en, is_required: false, takes }
}

const COLUMNS: [Column; 10] = [
    needed("name", "姓名或名称", "Name", Takes::Text),
    needed("kind", "类型", "Kind", Takes::Words(words::PARTY_KIND)),
    needed("role", "在案身份", "Role", Takes::Words(words::PARTY_ROLE)),
    needed("document", "证件类型", "Document", Takes::Words(words::IDENTITY)),
    needed("number", "证件号码", "Number", Takes::Text),
    free("reference", "办案系统编号", "Reference", Takes::Text),
    free("liable_up_to", "责任限额（元）", "Liable up to (yuan)", Takes::Amount),
    free("document2", "另一证件类型", "Second document", Takes::Words(words::IDENTITY)),
    free("number2", "另一证件号码", "Second number", Takes::Text),
    free("former_names", "曾用名", "Former names", Takes::Text),
];

impl Column {
    /// Its names, with the unit and without.
    fn names(&self) -> impl Iterator<Item = String> {
        let without_unit = |name: &str| folded(name.split(['（', '(']).next().unwrap_or_default());
        [self.zh, self.en].into_iter().flat_map(move |name| [folded(name), without_unit(name)])
    }

    /// Whether a heading is this column's, with its unit or without.
    fn is_headed(&self, heading: &str) -> bool {
        let heading = folded(heading);
        self.names().any(|name| name == heading)
    }

    /// Whether a heading looks like this column's and is none, such as that of an amount in another unit.
    fn is_mistaken(&self, heading: &str) -> bool {
        let heading = folded(heading);
        !self.is_headed(&heading) && self.names().any(|name| heading.starts_with(&name))
    }

    /// What the second sheet of the template says about it.
    fn help(&self) -> String {
        let said = match (self.takes, self.field) {
            (Takes::Words(table), _) => words_of(table).join("、"),
            (_, "number" | "number2") => "按文本填写；以数字格式填写的长号码会丢失位数。".to_owned(),
            (Takes::Amount, _) => {
                "仅在一定金额内承担责任的（如限额担保），填写该金额；空白为对全部标的承担责任。".to_owned()
            }
            (_, "former_names") => "多个以分号分隔。".to_owned(),
            (_, "reference") => String::new(),
            _ => format!("每行一名当事人，最多 {MOST_ROWS} 行。"),
        };
        if self.is_required { said } else { format!("可不填。{said}") }
    }
}

/// The Chinese words of a table.
fn words_of(table: Table) -> Vec<String> {
    choices(table, Lang::Zh).into_iter().map(|(_, word)| word).collect()
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
        if let Takes::Words(table) = column.takes {
            let words = words_of(table);
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
        help.write_string_with_format(row, 0, column.zh, &head)?;
        help.write_string(row, 1, column.help())?;
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
    faults.extend(unknown_columns(&rows, &places));
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

/// Where each column is, by its heading.
fn headings(row: Option<&BTreeMap<u32, Cell>>, faults: &mut Vec<SheetFault>) -> Vec<Option<u32>> {
    let place = |column: &Column| {
        let mut known = row.into_iter().flatten();
        let found = known.find(|(_, cell)| cell.as_ref().is_ok_and(|text| column.is_headed(text)));
        found.map(|(at, _)| *at)
    };
    let places: Vec<Option<u32>> = COLUMNS.iter().map(place).collect();
    // An amount in another unit would be left out, and the party be liable for the whole claim.
    for column in COLUMNS.iter().filter(|column| matches!(column.takes, Takes::Amount)) {
        let mut known = row.into_iter().flat_map(BTreeMap::values).filter_map(|cell| cell.as_ref().ok());
        if known.any(|heading| column.is_mistaken(heading)) {
            let detail = "标题与模板不一致，请改为“责任限额（元）”并以元填写 the heading is another than in the template: use it, and enter yuan";
            faults.push(SheetFault::new(1, column.zh, detail));
        }
    }
    for (column, place) in COLUMNS.iter().zip(&places) {
        if column.is_required && place.is_none() {
            let detail = "第一行缺少该列标题，请使用模板 the first row has no such heading; use the template";
            faults.push(SheetFault::new(1, column.zh, detail));
        }
    }
    places
}

/// Columns in which something is filled in and that are none of the template's: whatever stands there would be lost.
fn unknown_columns(rows: &BTreeMap<u32, BTreeMap<u32, Cell>>, places: &[Option<u32>]) -> Vec<SheetFault> {
    let filled: BTreeSet<u32> = rows.range(1..).flat_map(|(_, cells)| cells.keys().copied()).collect();
    let unknown = filled.into_iter().filter(|at| !places.contains(&Some(*at)));
    let fault = |at: u32| {
        let heading = rows.get(&0).and_then(|heads| heads.get(&at)).and_then(|head| head.as_ref().ok());
        let heading = heading.map_or("", String::as_str);
        // An amount in another unit is told by its column.
        if COLUMNS.iter().any(|column| matches!(column.takes, Takes::Amount) && column.is_mistaken(heading)) {
            return None;
        }
        let detail = format!(
            "第 {} 列标题“{heading}”不是模板中的列，或与另一列重复，其内容不会被采用；请改用模板中的标题，或删除该列 column {} is none of \
             the template's, or is there twice: use the template's heading, or take the column out",
            at + 1,
            at + 1
        );
        Some(SheetFault::new(1, "", detail))
    };
    unknown.filter_map(fault).collect()
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
        match value_of(column, cell) {
            Ok(value) => drop(values.insert(column.field, value)),
            Err(detail) => faults.push(SheetFault::new(row, column.zh, detail)),
        }
    }
    faults.extend(half_a_document(row, &values));
    let value = |field: &str| values.get(field).cloned().unwrap_or_default();
    let reference = value("reference");
    let reference = if reference.is_empty() { format!("row-{row}") } else { reference };
    let (name, liable_up_to) = (value("name"), value("liable_up_to"));
    SheetParty { row, name, liable_up_to, body: party_of(&reference, value) }
}

/// What a cell says under its column, or what is wrong with it.
fn value_of(column: &Column, cell: Cell) -> Result<String, String> {
    let text = match (cell, column.takes) {
        (Ok(text), _) | (Err(Unread::Fraction(text)), Takes::Amount) => text,
        (Err(unread), _) => return Err(unread.detail().to_owned()),
    };
    match column.takes {
        _ if text.is_empty() && column.is_required => Err("必须填写 it must be filled in".to_owned()),
        _ if text.is_empty() => Ok(text),
        Takes::Words(table) => code_of(table, &text),
        Takes::Amount => amount(&text),
        Takes::Text => Ok(text),
    }
}

/// What is wrong where one half of a second document is filled in.
fn half_a_document(row: u32, values: &BTreeMap<&str, String>) -> Option<SheetFault> {
    let (kind, number) = (values.get("document2")?, values.get("number2")?);
    let empty = match (kind.is_empty(), number.is_empty()) {
        (true, false) => "document2",
        (false, true) => "number2",
        _ => return None,
    };
    let column = COLUMNS.iter().find(|column| column.field == empty)?;
    let detail = "证件类型与号码须同时填写 kind and number of a document go together";
    Some(SheetFault::new(row, column.zh, detail))
}

/// An amount as decimal text.
fn amount(entered: &str) -> Result<String, String> {
    let amount = amount_of(entered);
    let read = serde_json::from_value::<PlainDecimal>(Value::String(amount.clone()));
    match read.is_ok_and(|PlainDecimal(read)| read > Decimal::ZERO && read.scale() <= 2) {
        true => Ok(amount),
        false => Err("应为大于零、至多两位小数的金额（元） it must be an amount in yuan of more than zero, with at most two decimals".to_owned()),
    }
}

/// The code of a word in either language, or of the code itself.
fn code_of(table: Table, entered: &str) -> Result<String, String> {
    let wanted = folded(entered);
    let fits = |(code, word): &&(&str, Word)| {
        [*code, word.pick(Lang::Zh), word.pick(Lang::En)].into_iter().any(|known| folded(known) == wanted)
    };
    match table.iter().find(fits) {
        Some((code, _)) => Ok((*code).to_owned()),
        None => Err(format!("应为其中之一 must be one of：{}", words_of(table).join("、"))),
    }
}

#[cfg(test)]
mod tests;
