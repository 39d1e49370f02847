//! Papers, statistics, the search and a sheet of parties in a real browser.

use serde_json::json;

use super::{go, signed_in};
use crate::console::sheets::sheet;
use crate::console::{CASE, with_banks, with_proposals};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_finds_a_case_by_its_party_and_prints_a_paper_of_it() {
    let (setup, _) = with_proposals().await;
    let browser = signed_in(&setup, 1280, "officer").await;
    go(&browser, &setup, "/console/cases").await;
    browser.write("#party", "临汾测试矿业有限公司").await;
    browser.click("form[role=search] button").await;
    browser.until_shown("（2026）晋10执1号").await;
    browser.picture("cases-found-1280-zh").await;
    browser.click("a[href^=\"/console/papers/of/\"]").await;
    browser.until_shown("现可打印").await;
    browser.click("form.make button[value=html]").await;
    browser.until_shown("已生成").await;
    browser.picture("papers-made-1280-zh").await;
    browser.click(".notice a").await;
    browser.until_shown("打印编号").await;
    browser.picture("paper-1280-zh").await;
    // The paper has its own style: it is set for the printer.
    let table = browser
        .run("return getComputedStyle(document.querySelector('table')).borderCollapse", json!([]))
        .await;
    assert_eq!(table, json!("collapse"));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_chosen_by_period_and_group_and_their_bars_are_drawn() {
    let (setup, _) = with_proposals().await;
    let browser = signed_in(&setup, 1280, "officer").await;
    go(&browser, &setup, "/console/statistics").await;
    browser.until_shown("反馈及时情况").await;
    let width = browser
        .run("return document.querySelector('.chart rect.in-time').getBoundingClientRect().width", json!([]))
        .await;
    assert!(width.as_f64().is_some_and(|width| width > 100.0), "{width}");
    browser.click(".tabs a[href*=\"by=counterpart\"]").await;
    browser.until_shown("协助单位排名").await;
    browser.until_shown("名次").await;
    browser.choose("#action", "freeze").await;
    browser.click("form[role=search] button").await;
    browser.until_shown("没有查控申请").await;
    browser.picture("statistics-empty-1280-zh").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_uploads_a_sheet_of_parties_and_sees_what_it_would_come_to() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let browser = signed_in(&setup, 1280, "officer").await;
    go(&browser, &setup, "/console/new").await;
    let field = |name: &str| format!("[id=\"f-{name}\"]");
    for (name, text) in [
        ("case.number", "(2026)晋10执9号"),
        ("case.court_name", "临汾市测试中级人民法院"),
        ("case.court_code", "9910"),
        ("officer.0.name", "李测试"),
        ("officer.0.work_certificate", "测法0000001"),
        ("officer.0.enforcement_certificate", "测执0000001"),
    ] {
        browser.write(&field(name), text).await;
    }
    let files = tempfile::tempdir().expect("a folder");
    let parties: &[&str] = &[
        "临汾测试矿业有限公司",
        "法人或其他组织",
        "被执行人",
        "统一社会信用代码",
        "91000000MADEM00112",
        "a",
    ];
    let image = b"\xff\xd8\xff invented".to_vec();
    for (name, file, bytes) in [
        ("sheet", "parties.xlsx", sheet(&[parties])),
        ("paper.query_notice", "notice.pdf", b"%PDF-1.4 invented".to_vec()),
        ("officer.0.work_image", "work.jpg", image),
    ] {
        let path = files.path().join(file);
        std::fs::write(&path, bytes).expect("written");
        browser.write(&field(name), &path.display().to_string()).await;
    }
    browser.click(".buttons button[value=preview]").await;
    browser.until_shown("费用与余量").await;
    browser.until_shown("名单中的当事人（1）").await;
    browser.picture("preview-sheet-1280-zh").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_leads_to_its_documents_and_its_papers() {
    let (setup, _) = with_proposals().await;
    let browser = signed_in(&setup, 390, "officer").await;
    go(&browser, &setup, CASE).await;
    browser.until_shown("文书与回执").await;
    browser.picture("case-file-390-zh").await;
    browser.click(".inside a[href^=\"/console/papers/of/\"]").await;
    browser.until_shown("现可打印").await;
    assert!(!browser.overflows().await, "wider than a phone");
}
