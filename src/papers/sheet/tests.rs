use std::io::Read as _;

use super::super::kinds::tests::{all_answers, record, summary};
use super::super::{Cell, Table};
use super::{csv, workbook, workbook_of};

/// Texts that a spreadsheet would calculate.
const FORMULAS: [&str; 9] =
    ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "=HYPERLINK(\"http://x\",\"y\")", "＝1+1", "\r=1"];

fn hostile() -> Table {
    let mut table = Table::new("[x]:*?/\\'名", &[("法院", 50), ("数", 50)], "");
    table.rows = FORMULAS.iter().map(|text| vec![Cell::text(*text), Cell::Amount((-5).into())]).collect();
    table.rows.push(vec![Cell::text("测试,\"法院\""), Cell::number(Some(12.5))]);
    table
}

#[test]
fn no_field_is_a_formula_and_numbers_stay_numbers() {
    let text = csv(&hostile());
    let body = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    // Read again by a reader of its own: quotes are taken off, and doubled ones are one.
    let mut records: Vec<Vec<String>> = vec![vec![String::new()]];
    let (mut letters, mut quoted) = (body.chars().peekable(), false);
    while let Some(letter) = letters.next() {
        let fields = records.last_mut().expect("a record");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                fields.last_mut().expect("a field").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'));
                records.push(vec![String::new()]);
            }
            other => fields.last_mut().expect("a field").push(other),
        }
    }
    assert_eq!(records.len(), FORMULAS.len() + 3, "head, rows, and nothing behind the last end");
    for (formula, fields) in FORMULAS.iter().zip(&records[1..]) {
        assert_eq!(fields, &[format!("'{formula}"), "-5".to_owned()]);
    }
    assert_eq!(records[FORMULAS.len() + 1], ["测试,\"法院\"", "12.5"]);
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut text = String::new();
    book.by_name(name).expect(name).read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_workbook_holds_texts_and_numbers_and_no_formula() {
    let bytes = workbook(&[&hostile()]).expect("a workbook");
    let (sheet, strings) = (part(&bytes, "xl/worksheets/sheet1.xml"), part(&bytes, "xl/sharedStrings.xml"));
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    assert!(strings.contains("=1+1") && strings.contains("@SUM(A1)"), "{strings}");
    assert!(sheet.contains("<v>-5</v>") && sheet.contains("<v>12.5</v>"), "{sheet}");
}

#[test]
fn the_same_document_is_the_same_workbook_with_a_sheet_a_table() {
    let document = summary(&record(all_answers(), Vec::new()));
    let bytes = workbook_of(&document).expect("a workbook");
    assert_eq!(bytes, workbook_of(&document).expect("a workbook"));
    let book = part(&bytes, "xl/workbook.xml");
    assert_eq!(book.matches("<sheet ").count(), document.tables.len() + 1, "{book}");
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("6200998877665501"), "as text, with every digit");
}
