use proptest::prelude::*;

use super::*;
use crate::wire::{FreezeRow, ProductRow, RightRow, SubAccountRow, TransactionRow, writable};

/// Any text that can travel.
fn any_text() -> impl Strategy<Value = String> {
    "\\PC{0,12}".prop_map(|text| writable(&text).into_owned())
}

/// A row with any text in every attribute.
fn filled<T: Row + std::fmt::Debug>() -> impl Strategy<Value = T> {
    prop::collection::vec(any_text(), T::ATTRIBUTES.len()).prop_map(|values| {
        let mut row = T::default();
        for (at, value) in values.into_iter().enumerate() {
            *row.attribute(at).expect("the table has a place for every attribute") = value;
        }
        row
    })
}

fn account_rows() -> impl Strategy<Value = Vec<AccountRow>> {
    let few = 0..3_usize;
    let lists = (
        prop::collection::vec(filled::<ProductRow>(), few.clone()),
        prop::collection::vec(filled::<FreezeRow>(), few.clone()),
        prop::collection::vec(filled::<TransactionRow>(), few.clone()),
        prop::collection::vec(filled::<RightRow>(), few.clone()),
        prop::collection::vec(filled::<SubAccountRow>(), few.clone()),
    );
    let row = (filled::<AccountRow>(), lists).prop_map(|(row, lists)| AccountRow {
        products: lists.0,
        freezes: lists.1,
        transactions: lists.2,
        rights: lists.3,
        sub_accounts: lists.4,
        ..row
    });
    prop::collection::vec(row, few)
}

/// The two ends of a wire: what is written is what is read.
macro_rules! travels {
    ($rows:expr, $document:path) => {{
        let rows = $rows;
        let bytes = write(&rows).expect("any text can travel");
        let Ok($document(list)) = read(&bytes) else { panic!("not read as it was written") };
        prop_assert_eq!(list.rows, rows);
        prop_assert!(list.unknown.is_empty());
    }};
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn accounts_travel(rows in account_rows()) {
        travels!(rows, Document::Accounts);
    }

    #[test]
    fn controls_and_requests_travel(
        control in filled::<ControlRow>(), request in filled::<ControlRequestRow>(),
        query in filled::<QueryRequestRow>(), document in filled::<DocumentRow>(),
        certificate in filled::<CertificateRow>(), receipt in filled::<ReceiptRow>(),
        returned in filled::<ReturnRow>(), freeze in filled::<FreezeRow>(),
    ) {
        travels!(vec![ControlRow { freezes: vec![freeze], ..control }], Document::Controls);
        travels!(vec![request], Document::ControlRequests);
        travels!(vec![query], Document::Queries);
        travels!(vec![document], Document::Documents);
        travels!(vec![certificate], Document::Certificates);
        travels!(vec![receipt], Document::Receipts);
        travels!(vec![returned], Document::Returns);
    }

    #[test]
    fn random_text_is_survived(text in "\\PC{0,200}", tail in "[<>/a-z\"= &;!?-]{0,120}") {
        let _ = read(text.as_bytes());
        let _ = read(format!("<zhxxList><zhxx BDHM=\"1\" {tail}").as_bytes());
    }
}

fn two_rows() -> Vec<u8> {
    let row = |number: &str| AccountRow { number: number.into(), ..AccountRow::default() };
    write(&[row("A1"), row("A2")]).expect("writes")
}

#[test]
fn a_file_that_was_cut_is_never_read_as_if_it_were_whole() {
    let bytes = two_rows();
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn blanks_and_comments_after_the_root_are_nothing() {
    let text = String::from_utf8(two_rows()).expect("text");
    for tail in ["\r\n \n", "<!-- made by a bank -->", "\n<!-- a -->\n"] {
        assert!(read(format!("{text}{tail}").as_bytes()).is_ok(), "{tail:?}");
    }
    for tail in ["x", "<a/>", "</zhxxList>", "&amp;", "<![CDATA[x]]>"] {
        assert!(read(format!("{text}{tail}").as_bytes()).is_err(), "{tail:?}");
    }
}

#[test]
fn deep_nesting_is_refused_or_skipped_without_harm() {
    let deep = format!("<zhxxList>{}{}</zhxxList>", "<zhxx>".repeat(50_000), "</zhxx>".repeat(50_000));
    let _ = read(deep.as_bytes());
    let lists = "<zhxx><djxxList><djxx>".repeat(50_000);
    let _ = read(format!("<zhxxList>{lists}").as_bytes());
}

#[test]
fn utf16_and_gb18030_are_decoded() {
    let text = "<?xml version=\"1.0\"?><htxxList><htxx BDHM=\"A1\" XCHTYY=\"𠮷审核\"/></htxxList>";
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let gb = GB18030.encode(text).0.into_owned();
    for bytes in [utf16, gb] {
        let Ok(Document::Returns(list)) = read(&bytes) else { panic!("not read") };
        assert_eq!(list.rows[0].reason, "𠮷审核");
    }
}

#[test]
fn a_flood_of_attributes_is_refused_at_once() {
    let flood: String = (0..400_000).map(|at| format!(" a{at}=\"\"")).collect();
    let text = format!("<zhxxList><zhxx{flood}/></zhxxList>");
    assert!(read(text.as_bytes()).expect_err("refused").detail.contains("too many attributes"));
    let quoted = "<zhxxList><!-- don't --><zhxx BDHM='A>1' KHZH=\"it's\"/></zhxxList>";
    let Ok(Document::Accounts(list)) = read(quoted.as_bytes()) else { panic!("not read") };
    assert_eq!((list.rows[0].number.as_str(), list.rows[0].account.as_str()), ("A>1", "it's"));
}

#[test]
fn a_declared_single_byte_encoding_is_not_believed() {
    let text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><htxxList><htxx XCHTYY=\"审核\"/></htxxList>";
    let Ok(Document::Returns(list)) = read(text.as_bytes()) else { panic!("not read") };
    assert_eq!(list.rows[0].reason, "审核");
}

#[test]
fn utf8_under_a_prolog_that_says_gbk_is_utf8() {
    for encoding in ["GBK", "gb2312", "GB18030"] {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\"?><zhxxList><zhxx CCLB=\"工会经费账户\"/></zhxxList>"
        );
        let Ok(Document::Accounts(list)) = read(text.as_bytes()) else { panic!("accounts") };
        assert_eq!(list.rows[0].class, "工会经费账户", "{encoding}");
        let gbk = GB18030.encode(&text).0;
        let Ok(Document::Accounts(list)) = read(&gbk) else { panic!("accounts") };
        assert_eq!(list.rows[0].class, "工会经费账户", "{encoding}");
    }
}
