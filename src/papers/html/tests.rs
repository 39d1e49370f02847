use super::super::kinds::tests::{all_answers, many_answers, record, summary};
use super::super::{Cell, Document, Table};
use super::page;

/// What a party, a bank or an officer might be called.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}&lt;";

fn hostile() -> Document {
    let text = || HOSTILE.to_owned();
    let mut table = Table::new(HOSTILE, &[("列", 100)], "");
    table.rows = vec![vec![Cell::text(HOSTILE)]];
    Document {
        court: text(),
        title: "财产查询反馈汇总表",
        case_number: text(),
        number: text(),
        addressee: text(),
        facts: vec![("项", text())],
        opening: vec![text()],
        tables: vec![table],
        closing: vec![text()],
        signatures: vec!["承办人"],
        sealed_on: text(),
        printed_at: text(),
        printed_by: text(),
    }
}

#[test]
fn whatever_somebody_is_called_is_text_on_the_page() {
    for documents in [vec![hostile()], vec![hostile(), hostile()]] {
        let page = page(&documents);
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        let shown = page.matches("alert(1)").count();
        assert_eq!(shown, 14 * documents.len(), "every place shows it: {page}");
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains("http://") && !page.contains("https://"), "nothing is loaded");
    }
}

#[test]
fn the_same_document_is_the_same_page_and_many_rows_stay_rows_of_one_table() {
    let record = record(many_answers(2000), Vec::new());
    let document = summary(&record);
    let page_of_many = page(std::slice::from_ref(&document));
    assert_eq!(page_of_many, page(std::slice::from_ref(&document)));
    assert_eq!(page_of_many.matches("无财产</td>").count(), 2000);
    assert!(page_of_many.len() < 2 << 20, "{} bytes", page_of_many.len());
    let two = page(&[summary(&super::super::kinds::tests::record(all_answers(), Vec::new())), document]);
    assert_eq!(two.matches("<article>").count(), 2);
}
