//! Envelopes there and back, and hostile ones.

use proptest::prelude::*;

use chakong_toolkit::soap::ENVELOPE;

use super::*;

const NAMESPACE: &str = SERVICE.namespace;

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{ENVELOPE}\" xmlns:q=\"{NAMESPACE}\"><s:Header/><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn parsed(body: &str) -> Result<Call, Trouble> {
    read_call(envelope(body).as_bytes())
}

#[test]
fn every_call_and_answer_is_read_as_it_was_written() {
    for operation in &OPERATIONS {
        let arguments: Vec<String> =
            ["QQ==", "Qg=="].map(str::to_owned).into_iter().take(operation.arguments()).collect();
        let call = read_call(&write_call(*operation, &arguments)).expect("a call");
        assert_eq!((call.operation, call.arguments), (*operation, arguments));
        assert_eq!(read_answer(&write_answer(*operation, "Qw=="), *operation).as_deref(), Ok("Qw=="));
        assert!(read_answer(&write_fault(Trouble::ours("busy")), *operation).is_err());
    }
}

#[test]
fn arguments_count_by_position_whatever_they_are_named() {
    let spellings = [
        "<q:cxwsInfo><arg0>QQ==</arg0><arg1>Qg==</arg1></q:cxwsInfo>",
        "<q:cxwsInfo><q:in0>QQ==</q:in0><q:in1>Qg==</q:in1></q:cxwsInfo>",
        "<cxwsInfo xmlns=\"http://syyh.service.webService.ckw.tdh/\"><a>QQ==</a><b>Qg==</b><c>more</c></cxwsInfo>",
        "<q:cxwsInfo><arg0><![CDATA[QQ==]]></arg0>\n <!-- c --><arg1>Q&#103;==</arg1></q:cxwsInfo>",
        "<q:CXWSINFO><arg0>Q<!-- split -->Q==</arg0><arg1>Qg&#61;=</arg1></q:CXWSINFO>",
    ];
    for body in spellings.iter().enumerate().filter(|(at, _)| *at != 3).map(|(_, body)| body) {
        let call = parsed(body).unwrap_or_else(|trouble| panic!("{body}: {}", trouble.words));
        assert_eq!(call.arguments, ["QQ==", "Qg=="], "{body}");
    }
    assert!(parsed(spellings[3]).is_err(), "letters need no references: that is no Base64 of any tool kit");
    let in_lines = parsed("<q:getXzcxList><arg0>QQ&#xD;\r\n==</arg0></q:getXzcxList>").expect("a call");
    assert_eq!(in_lines.arguments[0].split_whitespace().collect::<String>(), "QQ==");
}

#[test]
fn what_is_no_call_is_answered_with_the_right_fault() {
    let client = |body: &str| parsed(body).expect_err(body).code;
    assert_eq!(client(""), "Client");
    assert_eq!(client("<q:getXzcxList/>"), "Client");
    assert_eq!(client("<q:cxwsInfo><arg0>QQ==</arg0></q:cxwsInfo>"), "Client");
    assert_eq!(client("<q:dropTables><arg0/></q:dropTables>"), "Client");
    assert_eq!(
        client("<q:getXzcxList><arg0/></q:getXzcxList><q:getXzcxList><arg0/></q:getXzcxList>"),
        "Client"
    );
    let trouble =
        parsed("<x:getXzcxList xmlns:x=\"urn:other\"><arg0/></x:getXzcxList>").expect_err("namespace");
    assert!(trouble.words.contains("namespace"));
    assert!(parsed("<getXzcxList><arg0/></getXzcxList>").expect_err("namespace").words.contains("namespace"));
    let twelve = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>";
    assert_eq!(read_call(twelve.as_bytes()).expect_err("1.2").code, "VersionMismatch");
    for text in [
        "",
        "{}",
        "<",
        "<a/>",
        "<Envelope><Body><getXzcxList/></Body></Envelope>",
        "\u{0}",
        "<html><br></html>",
    ] {
        assert_eq!(read_call(text.as_bytes()).expect_err(text).code, "Client", "{text}");
    }
}

#[test]
fn hostile_envelopes_are_refused_within_limits() {
    let laughs = format!(
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">]>{}",
        envelope("<q:getXzcxList><arg0>&b;</arg0></q:getXzcxList>")
    );
    let undefined = envelope("<q:getXzcxList><arg0>&b;</arg0></q:getXzcxList>");
    let deep = envelope(&format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000)));
    let wide = envelope(&format!("<q:getXzcxList>{}</q:getXzcxList>", "<a/>".repeat(50_000)));
    let flood: String = (0..100_000).map(|at| format!(" a{at}=\"\"")).collect();
    let attributes = envelope(&format!("<q:getXzcxList{flood}><arg0/></q:getXzcxList>"));
    let two_roots = envelope("<q:getXzcxList><arg0/></q:getXzcxList>").repeat(2);
    let two_bodies = envelope("<q:getXzcxList><arg0/></q:getXzcxList></s:Body><s:Body>");
    let cut = envelope("<q:getXzcxList><arg0/></q:getXzcxList>").replace("</s:Envelope>", "");
    for text in [laughs, undefined, deep, wide, attributes, two_roots, two_bodies, cut] {
        assert!(read_call(text.as_bytes()).is_err(), "{}", text.get(..200).unwrap_or(&text));
    }
    let huge = vec![b' '; (64 << 20) + 1];
    assert!(read_call(&huge).expect_err("huge").words.contains("too large"));
}

#[test]
fn a_header_of_a_tool_kit_is_passed_over() {
    let text = envelope("<q:getXzcxList><arg0>QQ==</arg0></q:getXzcxList>").replace(
        "<s:Header/>",
        "<s:Header><Security><UsernameToken><Username>x</Username></UsernameToken></Security></s:Header>",
    );
    assert_eq!(read_call(text.as_bytes()).expect("a call").arguments, ["QQ=="]);
}

#[test]
fn a_call_that_was_cut_is_never_read_as_if_it_were_whole() {
    let bytes = write_call(Operation::FeedQueries, &["QQ==".to_owned(), "Qg==".to_owned()]);
    for length in 0..bytes.len() {
        assert!(read_call(&bytes[..length]).is_err(), "cut at {length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", inside in "[<>/a-z\"= &;!?-]{0,120}") {
        let _ = read_call(text.as_bytes());
        let _ = parsed(&inside);
        let _ = parsed(&format!("<q:getXzcxList><arg0>{inside}</arg0></q:getXzcxList>"));
        let _ = read_answer(envelope(&inside).as_bytes(), Operation::QueryOrders);
    }
}
