//! The composed examples of protocol section 12.9, and any text there and back.

use proptest::prelude::*;

use super::*;
use crate::wire::web_service::{
    ACCOUNT, ALREADY, BY_KEY, ConditionRow, EntryRow, FAIL, RESULT, ResultRow, SUCCESS,
};
use crate::wire::{AccountRow, CertificateRow, ControlRow, QueryRequestRow, ReceiptRow, SubAccountRow};

const CALLER: &str = "PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiID8+PHVzZXJtYXJrZXI+PGNvbmRpdGlvbiB1c2Vybm\
FtZT0iV1VnNU9UazVPVGs9IiBwYXNzd29yZD0iYm05MExXRXRjMlZqY21WMCI+PC9jb25kaXRpb24+PC91c2VybWFya2VyPg==";
const KEY: &str = "PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiID8+PHdzYmhpbmZvPjxjb25kaXRpb24gV1NCSD0iVjFNeU\
1ESTJNREV3TlRrNU1ERXdNVEF3TURBd01RPT0iPjwvY29uZGl0aW9uPjwvd3NiaGluZm8+";

#[test]
fn the_callers_of_the_examples_are_read() {
    let caller: ConditionRow = open_first(CALLER, ACCOUNT).expect("a caller");
    assert_eq!((caller.account.as_str(), caller.password.as_str()), ("YH999999", "not-a-secret"));
    let asked: ConditionRow = open_first(KEY, BY_KEY).expect("a key");
    assert_eq!(asked.document_key, "WS20260105990101000001");
    assert!(open_first::<ConditionRow>(KEY, ACCOUNT).is_err(), "another root is another question");
}

#[test]
fn lines_and_lacking_padding_are_tolerated() {
    let in_lines: String = CALLER
        .as_bytes()
        .chunks(76)
        .fold(String::new(), |text, line| text + std::str::from_utf8(line).expect("ASCII") + "\r\n");
    for text in [in_lines.as_str(), CALLER.trim_end_matches('=')] {
        let caller: ConditionRow = open_first(text, ACCOUNT).expect("a caller");
        assert_eq!(caller.account, "YH999999");
    }
    let spaced =
        "<htxxList><htxx BDHM=\"QTIyMDI2MDEwNTk5MDEw&#xD;\r\n MTEwMDAwMQ==\" XCHTYY=\"\"/></htxxList>";
    let Document::Returns(list) = open(&outer(spaced.as_bytes())).expect("opens").document else { panic!() };
    assert_eq!(list.rows[0].number, "A220260105990101100001");
}

#[test]
fn a_query_is_written_as_in_the_example() {
    let row = QueryRequestRow {
        number: "A220260105990101100001".into(),
        class: "YH".into(),
        nature: "1".into(),
        name: "张测试".into(),
        document_kind: "01".into(),
        document_number: "110101190001010014".into(),
        court_name: "某某市测试区人民法院".into(),
        ..QueryRequestRow::default()
    };
    let written = crate::wire::Generation::SecondPlus.of_query(row.clone());
    let sealed = seal(&[written], RareNames::Refused).expect("seals");
    let text = String::from_utf8(unsealed(&sealed).expect("Base64")).expect("text");
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <cxqqList><cxqq BDHM=\"QTIyMDI2MDEwNTk5MDEwMTEwMDAwMQ==\" LB=\"WUg=\" XZ=\"MQ==\" XM=\"1cWy4srU\" \
                 ZJLX=\"MDE=\" DSRZJHM=\"MTEwMTAxMTkwMDAxMDEwMDE0\" \
                 FYMC=\"xLPEs8rQsuLK1Mf4yMvD8beo1Lo=\"";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains(" CKKSSJ=\"\""), "blank stays blank");
    let Document::Queries(list) = open(&sealed).expect("opens").document else { panic!("queries") };
    assert_eq!(list.rows, [row]);
}

#[test]
fn a_document_travels_in_two_layers_within_the_outer_one() {
    let content = "JVBERi0xLjQgY29tcG9zZWQgc2FtcGxlLCBub3QgYSByZWFsIGRvY3VtZW50Cg==";
    let row = DocumentRow { content: content.into(), ..DocumentRow::default() };
    let row = sealed(&row, RareNames::Refused).expect("seals");
    assert_eq!(
        row.content,
        "SlZCRVJpMHhMalFnWTI5dGNHOXpaV1FnYzJGdGNHeGxMQ0J1YjNRZ1lTQnlaV0ZzSUdSdlkzVnRaVzUwQ2c9PQ=="
    );
    let text = unsealed(&with_blank_key(&[row]).expect("writes")).expect("Base64");
    assert!(String::from_utf8(text).expect("text").contains("<wsinfo WSBH=\"\" XH=\"\""));
}

#[test]
fn results_are_read_and_written_as_in_the_examples() {
    let taken = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><result><cxjglist>\
                 <jg bdhm=\"QTIyMDI2MDEwNTk5MDEwMTEwMDAwMQ==\" result=\"c3VjY2Vzcw==\" msg=\"\"/></cxjglist></result>";
    let result: ResultRow = open_as(&outer(taken.as_bytes()), RESULT).expect("a result");
    let [entry] = result.fed.as_slice() else { panic!("one entry") };
    assert_eq!((entry.number.as_str(), entry.outcome.as_str()), ("A220260105990101100001", SUCCESS));
    let written = unsealed(&seal_as(RESULT, &result).expect("writes")).expect("Base64");
    assert_eq!(String::from_utf8(written).expect("text").replace("?>\n", "?>"), taken);

    let returned = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><result errMsg=\"\"><htjglist>\
                    <jg bdhm=\"QTIyMDI2MDEwNTk5MDEwMTEwMDAwMg==\" result=\"ZmFpbA==\" msg=\"yv2+3b/i0uyzow==\"/>\
                    </htjglist></result>";
    let result: ResultRow = open_as(&outer(returned.as_bytes()), RESULT).expect("a result");
    let [entry] = result.returned.as_slice() else { panic!("one entry") };
    assert_eq!((entry.outcome.as_str(), entry.words.as_str()), (FAIL, "数据库异常"));

    let refused: ResultRow = open_as(&refusal(RESULT, true, ALREADY), RESULT).expect("a result");
    assert_eq!((refused.error.as_str(), refused.error_of_return.as_str()), ("", ALREADY));
}

#[test]
fn a_value_that_is_not_sealed_breaks_its_row_only() {
    let text = "<zhxxList><zhxx BDHM=\"QTE=\" YE=\"***\"/><zhxx BDHM=\"QTI=\" YE=\"MS4wMA==\"/>\
                <zhxx BDHM=\"*\"/><zhxx BDHM=\"QTM=\" XXX=\"***\"/></zhxxList>";
    let opened = open(&outer(text.as_bytes())).expect("opens");
    let Document::Accounts(list) = opened.document else { panic!("accounts") };
    let numbers: Vec<_> = list.rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers, ["A2", "A3"], "what is in no table breaks nothing");
    assert_eq!(opened.broken, ["A1", ""]);
    assert_eq!(list.rows[1].unknown, [("XXX".to_owned(), "***".to_owned())]);
}

/// The first account of a document whose values are sealed as they are given.
fn account_of(values: &[(&str, &[u8])]) -> AccountRow {
    let attributes: String =
        values.iter().map(|(name, bytes)| format!(" {name}=\"{}\"", BASE64.encode(bytes))).collect();
    let text = format!("<zhxxList><zhxx{attributes}/></zhxxList>");
    let Document::Accounts(list) = open(&outer(text.as_bytes())).expect("opens").document else { panic!() };
    list.rows.into_iter().next().expect("a row")
}

#[test]
fn utf8_in_a_value_is_read_whatever_its_length() {
    for text in ["冻结", "回执号", "住房公积金专户", "工会经费账户（示例）", "张"] {
        let row = account_of(&[("CCLB", text.as_bytes()), ("ZHZT", b"1")]);
        assert_eq!(row.class, text);
    }
}

#[test]
fn gbk_is_read_as_before() {
    for text in ["冻结", "回执号", "通知", "联通", "镕", "通知存款"] {
        let row = account_of(&[("CCLB", &GB18030.encode(text).0)]);
        assert_eq!(row.class, text);
    }
}

#[test]
fn what_both_encodings_can_mean_is_read_as_the_rest_of_the_document() {
    let (gbk, utf8) = (GB18030.encode("通知").0, "é·".as_bytes());
    let row = account_of(&[("CCLB", &gbk), ("ZHZT", &GB18030.encode("正常").0)]);
    assert_eq!((row.class.as_str(), row.status.as_str()), ("通知", "正常"));
    let row = account_of(&[("KHWD", utf8), ("ZHZT", "正常".as_bytes()), ("XXX", utf8)]);
    assert_eq!((row.branch.as_str(), row.status.as_str()), ("é·", "正常"));
    assert_eq!(row.unknown, [("XXX".to_owned(), "é·".to_owned())]);
    let row = account_of(&[("CCLB", &gbk), ("ZHZT", "正常".as_bytes()), ("KHWD", &GB18030.encode("支行").0)]);
    assert_eq!(row.class, "通知", "where both were seen, the protocol's encoding holds");
    assert_eq!(account_of(&[("CCLB", &gbk)]).class, "通知");
}

#[test]
fn characters_outside_gbk_are_refused_or_travel_in_four_bytes() {
    let row = QueryRequestRow { name: "𠮷测试".into(), ..QueryRequestRow::default() };
    assert_eq!(sealed(&row, RareNames::Refused).expect_err("refused").kind, FaultKind::Unsupported);
    // GB 18030 has two bytes for it, which a decoder of GBK reads as another character.
    let short = QueryRequestRow { name: "王䶮".into(), ..QueryRequestRow::default() };
    assert_eq!(sealed(&short, RareNames::Refused).expect_err("refused").kind, FaultKind::Unsupported);
    let text = seal(std::slice::from_ref(&row), RareNames::Gb18030).expect("seals");
    let Document::Queries(list) = open(&text).expect("opens").document else { panic!("queries") };
    assert_eq!(list.rows, [row]);
}

/// A row with any text in every attribute.
fn filled<T: Row + std::fmt::Debug>() -> impl Strategy<Value = T> {
    prop::collection::vec("\\PC{0,12}", T::ATTRIBUTES.len()).prop_map(|values| {
        let mut row = T::default();
        for (at, value) in values.into_iter().enumerate() {
            *row.attribute(at).expect("a place") = writable(&value).into_owned();
        }
        row
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_sealed_is_opened(
        account in filled::<AccountRow>(), sub in filled::<SubAccountRow>(),
        certificate in filled::<CertificateRow>(), entry in filled::<EntryRow>(),
    ) {
        let account = AccountRow { sub_accounts: vec![sub], ..account };
        let text = seal(std::slice::from_ref(&account), RareNames::Gb18030).expect("any text can travel");
        let Document::Accounts(list) = open(&text).expect("opens").document else { panic!("accounts") };
        prop_assert_eq!(list.rows, [account]);
        let text = seal(std::slice::from_ref(&certificate), RareNames::Gb18030).expect("any text can travel");
        let Document::Certificates(list) = open(&text).expect("opens").document else { panic!("certificates") };
        prop_assert_eq!(list.rows, [certificate]);
        let result = ResultRow { fed: vec![entry], ..ResultRow::default() };
        let text = seal_as(RESULT, &result).expect("any text can travel");
        prop_assert_eq!(open_as::<ResultRow>(&text, RESULT).expect("opens"), result);
    }

    #[test]
    fn results_and_receipts_travel_in_one_list(
        control in filled::<ControlRow>(), receipt in filled::<ReceiptRow>(),
    ) {
        let list = crate::wire::ControlList { rows: vec![control], receipts: vec![receipt], unknown: Vec::new() };
        let bytes = xml::write_as(ControlRow::LIST, &list).expect("any text can travel");
        let Ok(Document::Controls(read)) = xml::read(&bytes) else { panic!("controls") };
        prop_assert_eq!(read, list);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", inside in "[<>/a-z\"= &;!?-]{0,120}") {
        let _ = open(&text);
        let _ = open(&outer(inside.as_bytes()));
        let _ = open_first::<ConditionRow>(&outer(inside.as_bytes()), ACCOUNT);
    }
}
