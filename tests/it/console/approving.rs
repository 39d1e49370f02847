//! An approval is of what was looked at, wherever in the console it is made.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CASE, Guest, answered, banks, inquiry, measures, started, until, with_banks};

/// The pages on which a proposed freeze is approved one by one.
fn pages_of(measure: &str) -> [String; 4] {
    [
        "/console/tasks".to_owned(),
        CASE.to_owned(),
        format!("/console/measures/{measure}"),
        format!("/console/acts/approve/{measure}"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_approved_in_the_console_is_what_was_looked_at_on_every_page() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let id = setup.submit("one", &inquiry(Some("500.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let measure = measures(&setup).await.remove(0);
    let approve = format!("/console/acts/approve/{measure}");
    let mut approver = Guest::signed_in(setup.port, "approver").await;
    let expected = json!({ "state": "proposed", "limit": { "amount": "500.00", "currency": "CNY" }, "exemption": "free" });
    let mut seen = String::new();
    for path in pages_of(&measure) {
        let page = approver.get(&path).await;
        seen = page.seen();
        assert_eq!(serde_json::from_str::<Value>(&seen).expect("JSON"), expected, "{path}");
        if path != format!("/console/measures/{measure}") {
            for said in ["一般存款账户", "可否执行", "500.00"] {
                assert!(page.text.contains(said), "{path}: {said}: {}", page.text);
            }
        }
        assert!(!page.text.contains("name=\"listed_state_shares\""), "an account is no stake: {path}");
    }
    let blind = approver.act(&approve, &[("reason", "准予冻结")]).await;
    assert_eq!(blind.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", blind.text);
    assert!(blind.text.contains("审批须以所见为准"), "{}", blind.text);
    // It was looked at; then the claim is lowered, and less is proposed.
    let cases = setup.get("/v1/cases").await;
    let case = cases["cases"][0]["id"].as_str().expect("an identifier");
    let mut other = Guest::signed_in(setup.port, "both").await;
    other.get("/console/tasks").await;
    let paper: (&str, &str, &[u8]) = ("paper.claim_paper", "收款凭证.pdf", b"%PDF-1.4 invented");
    let lower = format!("/console/acts/claim-lower/{case}");
    let lowered = other.upload(&lower, &[("amount", "400"), ("reason", "部分履行")], &[paper]).await;
    assert_eq!(lowered.status, StatusCode::SEE_OTHER, "{}", lowered.text);
    let stale = approver.act(&approve, &[("reason", "准予冻结"), ("seen", &seen)]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    assert!(stale.text.contains("已变更"), "{}", stale.text);
    let stays = setup.get(&format!("/v1/measures/{measure}")).await;
    assert_eq!((&stays["state"], &stays["limit"]["amount"]), (&json!("proposed"), &json!("400.00")));
    let done = approver.approve(&measure, &[("reason", "准予冻结")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    until(&setup, &id, "it is frozen", |view| view["coverage"]["held"]["amount"] == json!("400.00")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interest_that_is_sent_again_from_the_same_page_is_added_once() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let id = setup.submit("one", &inquiry(Some("500.00"), "propose")).await;
    until(&setup, &id, "both banks answer", |view| answered(view, 2)).await;
    let cases = setup.get("/v1/cases").await;
    let case = cases["cases"][0]["id"].as_str().expect("an identifier");
    let mut guest = Guest::signed_in(setup.port, "both").await;
    let act = format!("/console/acts/claim-interest/{case}");
    let form = guest.get(&act).await;
    assert!(form.text.contains("执行标的") && form.text.contains("500.00"), "{}", form.text);
    let seen = form.seen();
    let of_case = guest.get(CASE).await;
    assert!(of_case.text.contains(&seen.replace('"', "&#34;")), "its forms say the same: {}", of_case.text);
    let fields = [("amount", "50"), ("reason", "迟延履行"), ("seen", seen.as_str())];
    let paper: (&str, &str, &[u8]) = ("paper.claim_paper", "计算表.pdf", b"%PDF-1.4 invented");
    let done = guest.upload(&act, &fields, &[paper]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = guest.upload(&act, &fields, &[paper]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    for said in ["可能此前的提交已生效", "550.00", "value=\"50\""] {
        assert!(again.text.contains(said), "{said}: {}", again.text);
    }
    assert_ne!(again.seen(), seen, "it is shown with the claim of now");
    let claim = setup.get(&format!("/v1/cases/{case}/claim")).await;
    assert_eq!(claim["claim"]["amount"]["amount"], "550.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deduction_that_is_sent_again_from_the_same_page_is_taken_once() {
    let account =
        "[[court_accounts]]\nname = \"main\"\nholder = \"测试法院\"\nnumber = \"99\"\nbank = \"测试银行\"\n";
    let setup = started(&banks(&[("9990000000000000011", "600.00")], &[]), account).await;
    let id = setup.submit("one", &inquiry(Some("600.00"), "auto")).await;
    until(&setup, &id, "it is frozen", |view| view["coverage"]["held"]["amount"] == json!("600.00")).await;
    let measure = measures(&setup).await.remove(0);
    let mut guest = Guest::signed_in(setup.port, "approver").await;
    let act = format!("/console/acts/deduct/{measure}");
    let form = guest.get(&act).await;
    assert!(form.text.contains("实际控制"), "what is held stands above the form: {}", form.text);
    let seen = form.seen();
    let stands = serde_json::from_str::<Value>(&seen).expect("JSON");
    assert_eq!((&stands["state"], &stands["held"]["amount"]), (&json!("in_force"), &json!("600.00")));
    let fields =
        [("amount", "200"), ("court_account", "main"), ("reason", "划拨案款"), ("seen", seen.as_str())];
    let papers: [(&str, &str, &[u8]); 2] = [
        ("paper.deduct_ruling", "扣划裁定书.pdf", b"%PDF-1.4 invented"),
        ("paper.deduct_notice", "扣划通知书.pdf", b"%PDF-1.4 invented"),
    ];
    let done = guest.upload(&act, &fields, &papers).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    until(&setup, &id, "it is taken", |view| view["coverage"]["deducted"]["amount"] == json!("200.00")).await;
    let again = guest.upload(&act, &fields, &papers).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    for said in ["可能此前的提交已生效", "400.00"] {
        assert!(again.text.contains(said), "{said}: {}", again.text);
    }
    let stays = setup.get(&format!("/v1/measures/{measure}")).await;
    assert_eq!((&stays["state"], &stays["deducted"]["amount"]), (&json!("in_force"), &json!("200.00")));
}
