//! Parties of an inquiry from an Excel sheet.

use reqwest::StatusCode;
use rust_xlsxwriter::Workbook;
use serde_json::json;

use super::pages::{FILES, filled_in};
use super::{Guest, with_banks};

const HEAD: &[&str] = &["姓名或名称", "类型", "在案身份", "证件类型", "证件号码", "办案系统编号"];

/// A workbook of rows under the usual headings.
pub fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    workbook_of(&std::iter::once(HEAD).chain(rows.iter().copied()).collect::<Vec<_>>())
}

/// A workbook of rows.
fn workbook_of(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            page.write_string(row, column, *cell).expect("written");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parties_come_from_a_sheet_and_what_is_wrong_is_told_by_row_and_column() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let template = guest.get("/console/new/template.xlsx").await;
    assert!(template.status == StatusCode::OK && template.text.starts_with("PK"));
    assert!(template.header("content-disposition").contains("parties.xlsx"));
    let with_sheet = |bytes: Vec<u8>| -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let files = FILES.iter().map(|(field, name, bytes)| (*field, *name, bytes.to_vec()));
        files.chain([("sheet", "名单.xlsx", bytes)]).collect()
    };
    let draft = guest.get("/console/new").await.field("draft");
    let mut fields = filled_in(&draft, "500");
    fields.retain(|(name, _)| !name.starts_with("party."));
    let send = async |guest: &mut Guest, fields: &[(&str, &str)], files: Vec<(&str, &str, Vec<u8>)>| {
        let files: Vec<(&str, &str, &[u8])> =
            files.iter().map(|(field, name, bytes)| (*field, *name, bytes.as_slice())).collect();
        guest.upload("/console/new", fields, &files).await
    };
    let bad: &[&str] = &["测试甲", "机器人", "被执行人", "居民身份证", "", "a"];
    let told = send(&mut guest, &fields, with_sheet(sheet(&[bad]))).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for place in ["当事人名单第 2 行“类型”列", "当事人名单第 2 行“证件号码”列"]
    {
        assert!(told.text.contains(place), "{place}:\n{}", told.text);
    }
    let none = send(&mut guest, &fields, with_sheet(b"no workbook".to_vec())).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text.contains("不是 .xlsx 工作簿"));
    // What only the endpoint knows to be wrong is told with its row and column, too.
    let company: &[&str] = &[
        "临汾测试矿业有限公司",
        "法人或其他组织",
        "被执行人",
        "统一社会信用代码",
        "91000000MADEM00112",
        "a",
    ];
    let typo: &[&str] =
        &["测试贸易有限公司", "法人或其他组织", "被执行人", "统一社会信用代码", "91000000MADEM00113", "b"];
    let told = send(&mut guest, &fields, with_sheet(sheet(&[company, typo]))).await;
    assert!(told.text.contains("当事人名单第 3 行“证件号码”列"), "{}", told.text);
    let person: &[&str] = &["测试丙某某", "自然人", "被执行人", "居民身份证", "110101190001010057", "c"];
    let preview = send(&mut guest, &fields, with_sheet(sheet(&[company, person]))).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    for shown in ["尚未发送", "名单中的当事人（2）", "测试丙某某", "费用与余量", "不限"]
    {
        assert!(preview.text.contains(shown), "{shown}:\n{}", preview.text);
    }
    let sent = guest.send_previewed(&preview).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let cases = setup.get("/v1/cases").await;
    let id = cases["cases"][0]["id"].as_str().expect("an identifier");
    let case = setup.get(&format!("/v1/cases/{id}")).await;
    let names: Vec<&str> =
        case["parties"].as_array().expect("parties").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(json!(names), json!(["临汾测试矿业有限公司", "测试丙某某"]));
}

/// The form with a guarantor behind the debtor, who is liable up to an amount.
fn with_guarantor<'a>(draft: &'a str, claim: &'a str, liable_up_to: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = filled_in(draft, claim);
    fields.retain(|(name, _)| *name != "parties");
    fields.extend([
        ("parties", "2"),
        ("party.1.name", "测试丙某某"),
        ("party.1.kind", "person"),
        ("party.1.role", "guarantor"),
        ("party.1.document", "resident_id"),
        ("party.1.number", "110101190001010057"),
        ("party.1.document2", "passport"),
        ("party.1.number2", "E12345678"),
        ("party.1.former_names", "测试旧名"),
        ("party.1.liable_up_to", liable_up_to),
    ]);
    fields
}

/// The form with the files of a guarantor's inquiry, and perhaps a sheet.
async fn sent(guest: &mut Guest, fields: &[(&str, &str)], sheet: Option<&[u8]>) -> super::guest::Page {
    let mut files = FILES.to_vec();
    files.push(("paper.guarantee", "担保.pdf", b"%PDF-1.4 invented"));
    files.extend(sheet.map(|bytes| ("sheet", "名单.xlsx", bytes)));
    guest.upload("/console/new", fields, &files).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guarantor_is_liable_up_to_what_the_form_and_the_sheet_say() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let draft = guest.get("/console/new").await.field("draft");
    let told = sent(&mut guest, &with_guarantor(&draft, "500", "不多"), None).await;
    assert!(told.text.contains("id=\"f-party.1.liable_up_to-fault\""), "{}", told.text);
    let told = sent(&mut guest, &with_guarantor(&draft, "", "100"), None).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    assert!(told.text.contains("请填写执行标的"), "nothing that was entered is dropped:\n{}", told.text);
    let head = [HEAD, &["责任限额（元）"]].concat();
    let row = ["测试丁某某", "自然人", "执行担保人", "居民身份证", "110101190001010065", "d", "70"];
    let preview =
        sent(&mut guest, &with_guarantor(&draft, "500", "1,00.00"), Some(&workbook_of(&[&head, &row]))).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    for shown in ["责任限额（元） 100.00", "另一证件 中国护照", "曾用名 测试旧名", "测试丁某某 70"]
    {
        assert!(preview.text.contains(shown), "{shown}:\n{}", preview.text);
    }
    let done = guest.send_previewed(&preview).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let cases = setup.get("/v1/cases").await;
    let case = setup.get(&format!("/v1/cases/{}", cases["cases"][0]["id"].as_str().expect("an id"))).await;
    let liable: Vec<&serde_json::Value> = case["parties"]
        .as_array()
        .expect("parties")
        .iter()
        .map(|party| &party["liable_up_to"]["amount"])
        .collect();
    assert_eq!(json!(liable), json!([null, "100.00", "70"]), "{case}");
}
