//! Sheets that people fill in, and that somebody makes to do harm.

use std::io::{Cursor, Read as _, Write as _};

use rust_xlsxwriter::Workbook;
use serde_json::json;
use zip::write::SimpleFileOptions;

use super::cells::{LARGEST, MOST_CELLS};
use super::*;

/// A workbook of these rows of texts.
fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).expect("written");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

const HEAD: &[&str] = &["姓名或名称*", "类型*", "在案身份*", "证件类型*", "证件号码*", "办案系统编号"];

#[test]
fn the_template_filled_in_is_read_and_empty_rows_do_not_count() {
    let template = template().expect("a template");
    let faults = read(&template).expect_err("it is empty").faults;
    assert_eq!(faults.len(), 1, "its headings are known: {faults:?}");
    let parties = read(&sheet(&[
        HEAD,
        &["测试丙某某", "自然人", "被执行人", "居民身份证", "110101190001010057", "B-7"],
        &["", "", "", "", "", ""],
        &["测试矿业有限公司", "organisation", "Guarantor", "统一社会信用代码", " 91000000MADEM00112 "],
    ]))
    .expect("parties");
    assert_eq!(parties.iter().map(|party| party.row).collect::<Vec<_>>(), [2, 4]);
    let second = json!({
        "reference": "row-4", "kind": "organisation", "name": "测试矿业有限公司", "role": "guarantor",
        "documents": [{ "kind": "uscc", "number": "91000000MADEM00112" }],
    });
    assert_eq!((&parties[0].body["reference"], &parties[1].body), (&json!("B-7"), &second));
}

#[test]
fn every_fault_is_told_with_its_row_and_column() {
    let faults = read(&sheet(&[
        HEAD,
        &["测试甲", "机器人", "被执行人", "居民身份证", "", ""],
        &["", "自然人", "路人", "居民身份证", "110101190001010057"],
    ]))
    .expect_err("faults")
    .faults;
    let told: Vec<(u32, &str)> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    assert_eq!(told, [(2, "类型"), (2, "证件号码"), (3, "姓名或名称"), (3, "在案身份")]);
    assert!(faults[0].shown(Lang::Zh).starts_with("当事人名单第 2 行“类型”列：应为其中之一"), "{faults:?}");
    let headless = read(&sheet(&[&["姓名", "类型"]])).expect_err("no headings").faults;
    assert!(headless.iter().all(|fault| fault.row == 1) && headless.len() == 4, "{headless:?}");
}

#[test]
fn a_liability_a_second_document_and_former_names_are_read_and_every_row_with_a_wrong_one_is_told() {
    let head = [HEAD, &["责任限额（元）", "另一证件类型", "另一证件号码", "曾用名"]].concat();
    let row = |liable: &'static str, kind: &'static str, number: &'static str| {
        vec![
            "测试甲",
            "自然人",
            "执行担保人",
            "居民身份证",
            "110101190001010057",
            "",
            liable,
            kind,
            number,
            "旧名",
        ]
    };
    let read_rows = |rows: &[Vec<&str>]| {
        let all: Vec<&[&str]> =
            std::iter::once(head.as_slice()).chain(rows.iter().map(Vec::as_slice)).collect();
        read(&sheet(&all))
    };
    let parties =
        read_rows(&[row("1,200.50 元", "中国护照", "E12345678"), row("", "", "")]).expect("parties");
    assert_eq!((parties[0].liable_up_to.as_str(), parties[1].liable_up_to.as_str()), ("1200.50", ""));
    let second = json!({ "kind": "passport", "number": "E12345678" });
    assert_eq!(parties[0].body["documents"][1], second);
    assert_eq!(parties[0].body["former_names"], json!(["旧名"]));
    assert_eq!(parties[1].body["documents"].as_array().map(Vec::len), Some(1));
    let wrong = [
        row("一百万", "", ""),
        row("0", "", ""),
        row("1.234", "", ""),
        row("5", "中国护照", ""),
        row("5", "", "E1"),
    ];
    let faults = read_rows(&wrong).expect_err("faults").faults;
    let told: Vec<(u32, &str)> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    let (liable, kind, number) = ("责任限额（元）", "另一证件类型", "另一证件号码");
    assert_eq!(told, [(2, liable), (3, liable), (4, liable), (5, number), (6, kind)]);
    assert!(place_of(&parties[0], "liable_up_to", Lang::Zh).contains(liable));
}

#[test]
fn an_amount_that_a_spreadsheet_keeps_as_a_number_is_an_amount_under_its_heading_with_its_unit_or_without() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let head = [HEAD, &["责任限额"]].concat();
    for (column, head) in (0_u16..).zip(head) {
        page.write_string(0, column, head).expect("written");
    }
    for (column, cell) in
        (0_u16..).zip(["测试甲", "自然人", "执行担保人", "居民身份证", "110101190001010057"])
    {
        page.write_string(1, column, cell).expect("written");
    }
    page.write_number(1, 6, 800_000.5).expect("written");
    let parties = read(&book.save_to_buffer().expect("a workbook")).expect("a party");
    assert_eq!(parties[0].liable_up_to, "800000.5");
    let in_ten_thousands: &[&str] = &[HEAD, &["责任限额（万元）"]].concat();
    let row: &[&str] = &["测试甲", "自然人", "执行担保人", "居民身份证", "110101190001010057", "", "80"];
    let faults = read(&sheet(&[in_ten_thousands, row])).expect_err("another unit").faults;
    let told: Vec<(u32, &str)> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    assert_eq!(told, [(1, "责任限额（元）")], "it is told and not left out");
}

#[test]
fn a_column_under_a_heading_that_is_none_of_the_templates_is_told_and_never_dropped() {
    let row: &[&str] = &["测试甲", "自然人", "执行担保人", "居民身份证", "110101190001010057", "", "100000"];
    for heading in ["担保限额（元）", "", "办案系统编号"] {
        let head = [HEAD, &[heading]].concat();
        let faulty = read(&sheet(&[&head, row])).expect_err("the amount would be lost");
        assert_eq!((faulty.faults.len(), faulty.sound.len()), (1, 0), "{heading}: {faulty:?}");
        let told = faulty.faults[0].shown(Lang::Zh);
        assert!(told.contains("第 1 行") && told.contains(&format!("第 7 列标题“{heading}”")), "{told}");
        // Nothing is lost where nothing is filled in.
        assert_eq!(read(&sheet(&[&head, &row[..6]])).expect("a party").len(), 1, "{heading}");
    }
}

#[test]
fn a_long_number_that_a_spreadsheet_cut_is_told_and_never_taken() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (column, head) in (0_u16..).zip(HEAD) {
        page.write_string(0, column, *head).expect("written");
    }
    for (column, cell) in (0_u16..).zip(["测试甲", "自然人", "被执行人", "居民身份证"]) {
        page.write_string(1, column, cell).expect("written");
    }
    page.write_number(1, 4, 110_101_190_001_010_057.0).expect("written");
    let faults = read(&book.save_to_buffer().expect("a workbook")).expect_err("digits are lost").faults;
    assert_eq!((faults.len(), faults[0].row, faults[0].column), (1, 2, "证件号码"));
    assert!(faults[0].detail.contains("丢失位数"));
}

#[test]
fn more_parties_than_are_taken_are_told_and_a_far_corner_costs_nothing() {
    let row: &[&str] = &["测试甲", "自然人", "被执行人", "居民身份证", "110101190001010057"];
    let mut rows = vec![HEAD];
    rows.extend(std::iter::repeat_n(row, MOST_ROWS));
    assert_eq!(read(&sheet(&rows)).expect("parties").len(), MOST_ROWS);
    let blank: &[&str] = &[" ", "", "", "", ""];
    let spread = [vec![HEAD], vec![blank; 2 * MOST_ROWS], vec![row]].concat();
    assert_eq!(read(&sheet(&spread)).expect("a party").len(), 1, "empty rows are no parties and hide none");
    rows.push(row);
    let faults = read(&sheet(&rows)).expect_err("one too many").faults;
    assert_eq!(faults.last().map(|fault| fault.row), Some(u32::try_from(MOST_ROWS).expect("small") + 2));
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (column, head) in (0_u16..).zip(HEAD) {
        page.write_string(0, column, *head).expect("written");
    }
    page.write_string(1_048_575, 16_383, "x").expect("written");
    let faults = read(&book.save_to_buffer().expect("a workbook")).expect_err("no party").faults;
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn every_faulty_row_is_told_and_the_sound_ones_are_read_all_the_same() {
    let sound: &[&str] = &["测试甲", "自然人", "被执行人", "居民身份证", "110101190001010057"];
    let wrong: &[&str] = &["", "什么", "什么", "什么", ""];
    let rows = [vec![HEAD], vec![wrong; MOST_ROWS - 1], vec![sound]].concat();
    let faulty = read(&sheet(&rows)).expect_err("faults");
    let told: std::collections::BTreeSet<u32> = faulty.faults.iter().map(|fault| fault.row).collect();
    let last = u32::try_from(MOST_ROWS).expect("small");
    assert_eq!(told.into_iter().collect::<Vec<_>>(), (2..=last).collect::<Vec<_>>());
    assert_eq!(faulty.sound.iter().map(|party| party.row).collect::<Vec<_>>(), [last + 1]);
    assert_eq!(crate::api::MOST_PARTIES, MOST_ROWS, "what the template promises is taken");
}

#[test]
fn what_is_no_workbook_and_what_grows_when_it_is_unpacked_is_refused() {
    for bytes in [&b""[..], b"PK\x03\x04", b"%PDF-1.4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
        let faults = read(bytes).expect_err("no workbook").faults;
        assert!(faults[0].detail.contains("xlsx"), "{faults:?}");
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).expect("begun");
    let block = vec![b' '; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&block).expect("written");
    }
    let bomb = zip.finish().expect("a package").into_inner();
    assert!(bomb.len() < LARGEST, "{} bytes", bomb.len());
    assert!(read(&bomb).expect_err("a bomb").faults[0].detail.contains("解压后过大"));
    assert!(read(&vec![0; LARGEST + 1]).expect_err("too large").faults[0].detail.contains("MB"));
    let mut cut = sheet(&[HEAD]);
    cut.truncate(cut.len() / 2);
    assert!(read(&cut).is_err());
}

/// The same workbook with another text for one of its parts.
fn with_part(book: &[u8], name: &str, text: &str) -> Vec<u8> {
    let mut package = zip::ZipArchive::new(Cursor::new(book)).expect("a package");
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..package.len() {
        let mut part = package.by_index(at).expect("a part");
        let (own, mut bytes) = (part.name().expect("a name").into_owned(), Vec::new());
        part.read_to_end(&mut bytes).expect("its bytes");
        made.start_file(own.as_str(), SimpleFileOptions::default()).expect("begun");
        made.write_all(if own == name { text.as_bytes() } else { &bytes }).expect("written");
    }
    made.finish().expect("a package").into_inner()
}

#[test]
fn a_workbook_that_claims_to_share_more_texts_than_there_is_memory_for_is_refused() {
    let book = sheet(&[HEAD]);
    for said in ["uniqueCount=\"10000000000000\"", "count='1' uniqueCount = '18446744073709551615'"] {
        let text =
            format!("<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" {said}></sst>");
        let faults = read(&with_part(&book, "xl/sharedStrings.xml", &text)).expect_err("refused").faults;
        assert!(faults[0].detail.contains("过大"), "{faults:?}");
    }
}

#[test]
fn cells_without_end_that_share_one_long_text_are_given_up_and_never_copied() {
    let text = format!("<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>", "x".repeat(8 << 20));
    let cells = "<c r=\"A1\" t=\"s\"><v>0</v></c>".repeat(MOST_CELLS + 1);
    let rows = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\">{cells}</row></sheetData></worksheet>"
    );
    let book = with_part(&sheet(&[HEAD]), "xl/sharedStrings.xml", &text);
    let faults = read(&with_part(&book, "xl/worksheets/sheet1.xml", &rows)).expect_err("refused").faults;
    assert!(faults[0].detail.contains("单元格过多"), "{faults:?}");
}
