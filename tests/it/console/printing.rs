//! Papers, statistics and the search of cases, without a browser.

use reqwest::StatusCode;
use serde_json::json;

use super::{Guest, with_banks, with_proposals};
use crate::process::{answered, until};
use crate::world::inquiry;

/// The address of the papers of the only case.
async fn papers_of_the_case(guest: &mut Guest) -> String {
    let cases = guest.get("/console/cases").await;
    let begin = "href=\"/console/papers/of/";
    let at = cases.text.find(begin).expect("a case with its papers") + begin.len();
    let id: String = cases.text[at..].chars().take_while(|c| *c != '"').collect();
    format!("/console/papers/of/{id}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paper_is_made_listed_with_its_digest_opened_and_comes_with_its_receipts() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let papers = papers_of_the_case(&mut guest).await;
    let page = guest.get(&papers).await;
    for shown in ["财产查询反馈汇总表", "查控措施清单", "临汾测试矿业有限公司", "尚未打印过"]
    {
        assert!(page.text.contains(shown), "{shown}:\n{}", page.text);
    }
    assert!(!page.text.contains("value=\"pdf\""), "no renderer is configured");
    let fields = [("kind", "measure_list"), ("party", ""), ("counterpart", ""), ("format", "html")];
    let made = guest.act(&papers, &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let next = made.location().to_owned();
    let list = guest.get(&next).await;
    let number = next.split("made=").nth(1).expect("a number").to_owned();
    assert!(list.text.contains("已生成") && list.text.contains(&number), "{}", list.text);
    let kept = setup.get(&format!("/v1/cases/{}/papers", papers.rsplit('/').next().expect("an id"))).await;
    let digest = kept["printed"][0]["sha256"].as_str().expect("a digest");
    assert!(list.text.contains(digest), "its digest stands beside it");
    let print = guest.get(&format!("/console/papers/{number}")).await;
    assert_eq!(print.header("content-type"), "text/html; charset=utf-8");
    let policy = print.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("style-src 'unsafe-inline'"),
        "{policy}"
    );
    assert!(print.text.contains("查控措施清单") && print.text.contains("9990000000000000011"));
    let bundle = guest.get(&format!("/console/papers/{number}/receipts")).await;
    assert_eq!(bundle.header("content-type"), "application/zip");
    assert!(bundle.text.starts_with("PK"));
    let refused = guest.act(&papers, &[("kind", "freeze_notice"), ("format", "html")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("id=\"fault\""), "{}", refused.text);
    let other = guest.get("/console/papers/DY20260105000000000000000009").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_form_of_a_paper_prints_one_paper_however_often_it_is_sent() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let papers = papers_of_the_case(&mut guest).await;
    let once = guest.get(&papers).await.field("once");
    let fields = [
        ("csrf", guest.csrf.clone()),
        ("once", once),
        ("kind", "measure_list".into()),
        ("format", "html".into()),
    ];
    let sent = (0..20).map(|_| guest.form(&papers, &fields).send());
    let answers = futures_util::future::join_all(sent).await.into_iter().map(|one| one.expect("an answer"));
    let led = |answer: reqwest::Response| answer.headers()["location"].to_str().expect("text").to_owned();
    let led: std::collections::BTreeSet<String> = answers.map(led).collect();
    assert_eq!(led.len(), 1, "all of them lead to one paper: {led:?}");
    let kept = format!("/v1/cases/{}/papers", papers.rsplit('/').next().expect("an id"));
    let printed = async || setup.get(&kept).await["printed"].as_array().map_or(0, Vec::len);
    assert_eq!(printed().await, 1);
    let once = guest.get(&papers).await.field("once");
    let again = guest.act(&papers, &[("once", &once), ("kind", "measure_list"), ("format", "html")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    assert_eq!(printed().await, 2, "the form of another look at the page");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_to_be_put_on_file_are_listed_with_their_clock_and_printed_together() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let empty = guest.get("/console/papers").await;
    assert!(empty.text.contains("没有应入卷的结果") && empty.text.contains("当日没有受理"), "{}", empty.text);
    let mut body = inquiry(Some("1000.00"), "propose");
    let today = setup.get("/v1/statistics").await["until"].as_str().expect("a day").to_owned();
    body["case"]["filed_on"] = json!(today);
    let id = setup.submit("one", &body).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let page = guest.get("/console/papers").await;
    let number = "（2026）晋10执1号";
    assert_eq!(
        page.text.matches(&format!("value=\"{number}\"")).count(),
        2,
        "by its clock and by its day:\n{}",
        page.text
    );
    assert!(page.text.contains("已入卷，办结"));
    let nothing = guest.act("/console/papers/batch", &[("format", "html")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text);
    let fields = [
        ("case", number),
        ("case", number),
        ("kind", "search_summary"),
        ("kind", "measure_list"),
        ("format", "html"),
    ];
    let batch = guest.act("/console/papers/batch", &fields).await;
    assert_eq!(batch.status, StatusCode::OK, "{}", batch.text);
    assert_eq!(batch.text.matches("<article>").count(), 2, "each paper of the case once");
    let found = guest.open("/console/papers?number=(2026)%E6%99%8B10%E6%89%A71%E5%8F%B7").await;
    assert!(found.text.contains("已签发") && found.text.contains("DY"), "{}", found.text);
    let unknown = guest.get("/console/papers?number=abc").await;
    assert!(unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.text.contains("案号无法识别"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_of_the_cases_says_why_once_and_prints_them_together() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "supervisor").await;
    let page = guest.get("/console/papers").await;
    assert!(page.text.contains("合并打印"), "{}", page.text);
    assert!(!page.text.contains("value=\"pdf\""), "no renderer is configured: {}", page.text);
    let number = "（2026）晋10执1号";
    let fields = [("case", number), ("kind", "search_summary"), ("kind", "measure_list"), ("format", "html")];
    let asked = guest.act("/console/papers/batch", &fields).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    assert!(
        asked.text.contains("action=\"/console/papers/batch\"") && asked.text.contains("id=\"reason\""),
        "there is a field for it: {}",
        asked.text
    );
    // What was chosen goes along.
    assert_eq!((asked.field("case"), asked.field("format")), (number.to_owned(), "html".to_owned()));
    for kind in ["search_summary", "measure_list"] {
        assert!(asked.text.contains(&format!("name=\"kind\" value=\"{kind}\"")), "{}", asked.text);
    }
    let silent = guest.act("/console/papers/batch", &[&fields[..], &[("reason", " ")][..]].concat()).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    assert!(silent.text.contains("id=\"reason-fault\""), "{}", silent.text);
    let given = [&fields[..], &[("reason", "案件评查")][..]].concat();
    let printed = guest.act("/console/papers/batch", &given).await;
    assert_eq!(printed.status, StatusCode::OK, "{}", printed.text);
    assert_eq!(printed.text.matches("<article>").count(), 2);
    let again = guest.act("/console/papers/batch", &fields).await;
    assert_eq!(again.status, StatusCode::OK, "it is asked once a session: {}", again.text);
    let mut auditor = Guest::signed_in(setup.port, "auditor").await;
    let looks = auditor.get("/console/audit/looks?kind=print").await;
    assert!(looks.text.contains("案件评查") && looks.text.contains(number), "{}", looks.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_shown_with_charts_and_come_as_excel_and_as_csv() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "approver").await;
    let page = guest.get("/console/statistics").await;
    for shown in
        ["24 小时内反馈率", "100.0%", "届满失效 0 件：达标", "立案至首次查询", "<svg", "class=\"in-time\""]
    {
        assert!(page.text.contains(shown), "{shown}:\n{}", page.text);
    }
    let ranked = guest.get("/console/statistics?by=counterpart").await;
    assert!(ranked.text.contains("名次") && ranked.text.contains("bank-2"), "{}", ranked.text);
    assert!(!ranked.text.contains("href=\"/console/counterparts/"), "the approver may not look at them");
    let bank = guest.get("/console/statistics?by=action&counterpart=bank-1").await;
    assert!(bank.text.contains(">查询</a>"), "{}", bank.text);
    let csv = guest.get("/console/statistics/file?format=csv&by=counterpart").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").contains("statistics.csv") && csv.text.contains("bank-1"));
    let book = guest.get("/console/statistics/file?format=xlsx").await;
    assert!(book.header("content-type").contains("spreadsheetml") && book.text.starts_with("PK"));
    let nothing = guest.get("/console/statistics?from=2020-01-01&until=2020-01-31").await;
    assert!(nothing.status == StatusCode::OK && nothing.text.contains("没有查控申请"), "{}", nothing.text);
    let wrong = guest.get("/console/statistics?from=2026-02-01&until=2026-01-01").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("无法统计"), "{}", wrong.text);
}

/// The address to which a search leads.
async fn searched(guest: &mut Guest, field: &str, value: &str) -> String {
    guest.get("/console/cases").await;
    let sent = guest.act("/console/cases", &[(field, value)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sent.location().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_found_by_its_party_its_officer_its_state_and_its_days() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let case = "（2026）晋10执1号";
    for (query, is_there) in [
        (("party", "临汾测试矿业有限公司"), true),
        (("party", "91000000madem00112"), true),
        (("party", "临汾测试"), false),
        (("state", "open"), true),
        (("state", "settled"), false),
        (("submitted_until", "2020-01-01"), false),
        (("court", "9999"), false),
    ] {
        let address = searched(&mut guest, query.0, query.1).await;
        assert!(!address.contains("party") && !address.contains("91000000"), "{address}");
        let page = guest.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{query:?}");
        assert_eq!(page.text.contains(&format!(">{case}</a>")), is_there, "{query:?}: {}", page.text);
        assert_eq!(page.text.contains("没有符合条件的案件"), !is_there, "{query:?}");
    }
    let found = searched(&mut guest, "party", "临汾测试矿业有限公司").await;
    let mut other = Guest::signed_in(setup.port, "approver").await;
    let unknown = other.get(&found).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "another session's");
    assert!(unknown.text.contains("该次查找已失效") && !unknown.text.contains(case), "{}", unknown.text);
    // A session that ended leads to the sign-in with nothing of whom was looked for.
    let away = Guest::new(setup.port).get(&found).await;
    assert!(away.location().starts_with("/console/sign-in?next="), "{}", away.location());
    // Whose role is not of the case says why first, and then sees what was looked for.
    let mut auditor = Guest::signed_in(setup.port, "auditor").await;
    let address = searched(&mut auditor, "party", "临汾测试矿业有限公司").await;
    let asked = auditor.get(&address).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    let next = asked.field("next");
    assert_eq!(next, address);
    auditor.act("/console/reason", &[("case", ""), ("next", &next), ("reason", "信访核查")]).await;
    let shown = auditor.get(&address).await;
    assert!(shown.text.contains(&format!(">{case}</a>")), "{}", shown.text);
    let nobody = searched(&mut guest, "party", " - ").await;
    let wrong = guest.get(&nobody).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("无法查找"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_shows_what_is_on_file_of_it() {
    let (setup, _) = with_proposals().await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    let page = guest.get(super::CASE).await;
    assert!(page.text.contains("文书与回执") && page.text.contains("/documents/"), "{}", page.text);
    let begin = page
        .text
        .find("href=\"/console/cases/")
        .and_then(|_| page.text.find("/documents/"))
        .expect("a document");
    let start = page.text[..begin].rfind("href=\"").expect("its address") + 6;
    let href: String = page.text[start..].chars().take_while(|c| *c != '"').collect();
    let document = guest.get(&href).await;
    assert_eq!(document.status, StatusCode::OK, "{href}");
    assert!(document.header("content-disposition").starts_with("attachment"));
    assert_eq!(guest.get(&href.replace("/documents/", "/documents/9")).await.status, StatusCode::NOT_FOUND);
}
