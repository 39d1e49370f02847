use super::super::super::catalogue::find;
use super::*;

#[test]
fn what_is_entered_stands_where_the_endpoint_wants_it() {
    let posted = |fields: &[(&str, &str)]| Posted {
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        uploads: Vec::new(),
    };
    let kind = find("claim-liability").expect("an act");
    let body = body_of(kind, "7~9", &posted(&[("amount", "1,000 元"), ("reason", "限额")]));
    let amount = json!({ "amount": "1000", "currency": "CNY" });
    let expected = json!({ "liable_up_to": [{ "party": "9", "amount": amount }], "reason": "限额" });
    assert_eq!(body, expected);
    let numbered =
        body_of(kind, "7~9", &posted(&[("paper_number", "（2026）晋10执1号"), ("reason", "限额")]));
    assert_eq!(numbered["reason"], "限额", "the documents' number is no part of the request by itself");
    let kind = find("pause").expect("an act");
    let body = body_of(kind, "bank", &posted(&[("until", "2026-12-01T08:30"), ("reason", "检修")]));
    assert_eq!(body, json!({ "until": "2026-12-01T00:30:00Z", "reason": "检修" }));
    let body = body_of(kind, "bank", &posted(&[("until", "周五"), ("reason", "检修")]));
    assert_eq!(body["until"], "周五", "the endpoint says what is wrong with it");
    let kind = find("approve").expect("an act");
    let body = body_of(kind, "7", &posted(&[("limit", "2,500"), ("limit_currency", "EUR"), ("rate", "7.8")]));
    let expected = json!({ "amount": "2500", "currency": "EUR" });
    assert_eq!((&body["limit"], &body["rate"]), (&expected, &json!("7.8")));
    let kind = find("resolve").expect("an act");
    let found =
        posted(&[("decision", "done"), ("held", "500"), ("held_currency", "USD"), ("reason", "函复")]);
    let expected =
        json!({ "decision": "done", "held": { "amount": "500", "currency": "USD" }, "reason": "函复" });
    assert_eq!(body_of(kind, "7", &found), expected);
    let kind = find("release-party").expect("an act");
    assert_eq!(endpoint(kind, "7~a/b"), "/v1/cases/7/parties/a%2Fb/release");
    let kind = find("requery-inquiry").expect("an act");
    let body = body_of(kind, "x", &posted(&[("counterparts", "bank-1，bank-2 bank-3"), ("reason", "再查")]));
    assert_eq!(body["counterparts"], json!(["bank-1", "bank-2 bank-3"]), "a name may have spaces");
    let kind = find("enter-measure").expect("an act");
    let entered = [
        ("target", r#"{"whole":true}"#),
        ("party", "3"),
        ("kind", "account"),
        ("number", "6200"),
        ("currency", "usd"),
        ("limit", "1,000"),
        ("until", "2027-01-31"),
        ("rank", "2"),
        ("reason", "补录"),
    ];
    let target = json!({ "kind": "account", "number": "6200", "whole": true });
    let expected = json!({
        "party": "3", "target": target, "limit": { "amount": "1000", "currency": "USD" }, "until": "2027-01-31",
        "rank": { "place": 2, "derived": false }, "reason": "补录", "counterpart": "", "original_number": "", "original_case": "",
    });
    assert_eq!(
        body_of(kind, "7~9", &posted(&entered)),
        expected,
        "what is not filled in is told before it is sent"
    );
    assert_eq!(endpoint(kind, "7~9"), "/v1/cases/7/measures");
}
