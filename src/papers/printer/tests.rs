use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::super::html::page;
use super::super::kinds::tests::{all_answers, many_answers, record, summary};
use super::*;

/// Debian's Chromium, which the tests need, as they need pdftotext.
const CHROMIUM: &str = "/usr/bin/chromium";

fn chromium(folder: &Path) -> Printer {
    assert!(Path::new(CHROMIUM).is_file(), "the tests print with {CHROMIUM}; install Debian's chromium");
    let config = PapersConfig {
        renderer: Some(CHROMIUM.into()),
        time_limit: Duration::from_secs(300),
        ..PapersConfig::default()
    };
    Printer::new(config, folder.to_owned())
}

fn script(folder: &Path, text: &str) -> PapersConfig {
    let path = folder.join("renderer");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    PapersConfig {
        renderer: Some(path),
        arguments: vec!["{input}".into(), "{output}".into()],
        ..PapersConfig::default()
    }
}

/// The text of a PDF, page by page.
fn pages(folder: &Path, pdf: &[u8]) -> Vec<String> {
    let path = folder.join("read.pdf");
    std::fs::write(&path, pdf).expect("a file");
    // Where somebody wants to look at the pages.
    if let Some(kept) = std::env::var_os("CHAKONG_KEEP_PDF") {
        let name = format!(
            "{}.pdf",
            hex::encode(
                &sha2::Digest::finalize(sha2::Digest::chain_update(
                    <sha2::Sha256 as sha2::Digest>::new(),
                    pdf
                ))[..4]
            )
        );
        std::fs::copy(&path, Path::new(&kept).join(name)).expect("a copy");
    }
    let text = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&path).arg("-").output();
    let text = text.expect("pdftotext, of Debian's poppler-utils");
    assert!(text.status.success(), "{text:?}");
    let text = String::from_utf8(text.stdout).expect("text");
    text.split('\u{c}').map(str::to_owned).filter(|page| !page.trim().is_empty()).collect()
}

fn tight(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[tokio::test]
async fn chromium_prints_two_thousand_rows_with_page_numbers_and_a_head_on_every_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = summary(&record(many_answers(2000), Vec::new()));
    let pdf = chromium(folder.path()).pdf(&page(&[document])).await.expect("a PDF");
    let pages = pages(folder.path(), &pdf);
    let count = pages.len();
    assert!(count > 20, "{count} pages");
    for (at, page) in (1..).zip(&pages) {
        let text = tight(page);
        assert!(text.contains(&format!("第{at}页/共{count}页")), "page {at}: {page}");
        assert!(text.contains("DY20260303000001000000000007"), "page {at}: {page}");
        if (2..count - 1).contains(&at) {
            assert!(text.contains("协助单位") && text.contains("请求单号"), "page {at} has no head: {page}");
        }
    }
    let all = tight(&pages.concat());
    assert_eq!(all.matches("无财产").count(), 2001, "every row and their sum");
    assert!(all.contains("财产查询反馈汇总表") && all.contains("临汾市测试中级人民法院"), "Chinese text");
}

#[tokio::test]
async fn two_papers_of_a_batch_begin_on_sheets_of_their_own_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let work = folder.path().join("work");
    let documents =
        [summary(&record(all_answers(), Vec::new())), summary(&record(all_answers(), Vec::new()))];
    let pdf = chromium(&work).pdf(&page(&documents)).await.expect("a PDF");
    let pages = pages(folder.path(), &pdf);
    let begins = pages.iter().filter(|page| tight(page).contains("财产查询反馈汇总表")).count();
    assert_eq!(begins, 2, "{pages:?}");
    let title = |page: &String| tight(page).contains("财产查询反馈汇总表");
    assert!(pages.len().is_multiple_of(2) && title(&pages[0]) && title(&pages[pages.len() / 2]), "{pages:?}");
    assert_eq!(std::fs::read_dir(&work).expect("the folder").count(), 0);
}

#[tokio::test]
async fn without_a_renderer_or_with_a_broken_one_there_is_a_clear_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = Printer::new(PapersConfig::default(), folder.path().to_owned());
    let told = none.pdf("x").await.expect_err("nothing prints").to_string();
    assert!(told.starts_with("没有配置PDF打印程序"), "{told}");
    for (text, expected) in
        [("exit 3", "ended with"), ("exit 0", "made no PDF"), ("echo page > $2", "something else than PDF")]
    {
        let config = script(folder.path(), text);
        let failed =
            Printer::new(config, folder.path().join("work")).pdf("x").await.expect_err(text).to_string();
        assert!(failed.contains(expected), "{text}: {failed}");
    }
    let gone = PapersConfig { renderer: Some(folder.path().join("nobody")), ..PapersConfig::default() };
    let failed = Printer::new(gone, folder.path().join("work")).pdf("x").await.expect_err("no program");
    assert!(failed.to_string().contains("could not be started"), "{failed}");
}

#[tokio::test]
async fn what_takes_too_long_or_too_much_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    // A child of the program writes down who it is, and sleeps.
    let mark = folder.path().join("child");
    let text = format!("sleep 600 & echo $! > {}; wait", mark.display());
    let config = PapersConfig { time_limit: Duration::from_secs(2), ..script(folder.path(), &text) };
    let printer = Printer::new(config, folder.path().join("work"));
    let failed = printer.pdf("x").await.expect_err("it never ends");
    assert!(matches!(failed, PrinterError::TooLong(2)), "{failed}");
    let child = std::fs::read_to_string(&mark).expect("the child").trim().to_owned();
    let is_alive = || {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    while is_alive() {
        tokio::task::yield_now().await;
    }
    // Sixty-four MiB and more of its own.
    let text = "exec awk 'BEGIN { for (i = 0; i < 40000000; i++) a[i] = i; while (1) ; }'";
    let config = PapersConfig {
        most_memory_mib: 64,
        time_limit: Duration::from_secs(120),
        ..script(folder.path(), text)
    };
    let failed =
        Printer::new(config, folder.path().join("work")).pdf("x").await.expect_err("it takes too much");
    assert!(matches!(failed, PrinterError::TooMuchMemory(64)), "{failed}");
    assert_eq!(std::fs::read_dir(folder.path().join("work")).expect("the folder").count(), 0);
}
