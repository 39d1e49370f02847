//! The cells of a workbook, read within bounds: of its size once it is unpacked, and of what is looked at.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

use super::{MOST_ROWS, SheetFault};

/// Largest file.
pub const LARGEST: usize = 2 << 20;
/// Most bytes that it may hold once it is unpacked.
const MOST_UNPACKED: u64 = 32 << 20;
/// Most parts of it.
const MOST_PARTS: usize = 200;
/// Most texts that it may say that it shares between cells: whoever reads it makes room for as many before it sees one.
const MOST_SHARED: u64 = 100_000;
/// Most cells that are looked at, also those that are passed over.
pub const MOST_CELLS: usize = 100_000;
/// Columns that are looked at.
const MOST_COLUMNS: u32 = 50;
/// Longest text of a cell, in characters.
const LONGEST: usize = 300;
/// What is said of a number that a spreadsheet keeps as one.
const LOST_DIGITS: &str = "号码被存为数字，已丢失位数；请将该列设为文本后重新填写 it is kept as a number and has lost digits; make the column text";
/// From here on a spreadsheet's number has lost digits.
const INEXACT: f64 = 1e15;

/// Why a cell is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is kept as a number with a fraction: the number, which is a text where an amount is wanted.
    Fraction(String),
    /// Something else.
    Other(&'static str),
}

impl Unread {
    /// What is wrong with it, where a text is wanted.
    pub fn detail(&self) -> &'static str {
        match self {
            Self::Fraction(_) => LOST_DIGITS,
            Self::Other(detail) => detail,
        }
    }
}

/// A cell as text, or why it is none.
pub type Cell = Result<String, Unread>;

/// Cells of the first sheet by row and column, both from 0.
///
/// # Errors
/// When it cannot be read within bounds.
pub fn cells(bytes: &[u8]) -> Result<BTreeMap<u32, BTreeMap<u32, Cell>>, SheetFault> {
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
    const TOO_LONG: Unread = Unread::Other("过长 it is too long");
    // A text may be shared by every cell: it is measured before it is copied.
    let within = |text: &str| if text.len() > 4 * LONGEST { Err(TOO_LONG) } else { Ok(text.to_owned()) };
    let text = match value {
        DataRef::String(text) => within(text)?,
        DataRef::SharedString(text) => within(text)?,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < INEXACT => format!("{number:.0}"),
        DataRef::Float(number) if number.fract() != 0.0 => return Err(Unread::Fraction(number.to_string())),
        DataRef::Float(_) => return Err(Unread::Other(LOST_DIGITS)),
        DataRef::Bool(_) | DataRef::Error(_) => return Err(Unread::Other("不是文本 it is no text")),
        DataRef::Empty => String::new(),
        _ => return Err(Unread::Other("是日期或时间；请按文本填写 it is a date or a time; enter text")),
    };
    let text = text.trim();
    if text.chars().count() > LONGEST { Err(TOO_LONG) } else { Ok(text.to_owned()) }
}
