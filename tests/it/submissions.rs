//! What tests submit: invented cases, parties, documents, and the customers of simulated banks.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

/// Base64 of a small invented document.
pub fn document(kind: &str) -> Value {
    let content = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("%PDF-1.7 invented {kind}"),
    );
    json!({ "kind": kind, "title": format!("（2026）晋10执1号 {kind}"), "number": "（2026）晋10执1号", "format": "pdf", "content": content })
}

/// An inquiry about one company with a mandate over `claim` yuan.
pub fn inquiry(claim: Option<&str>, mode: &str) -> Value {
    let image = json!({ "format": "jpg", "content": "/9j/4CBpbnZlbnRlZA==" });
    let mut body = json!({
        "case": {
            "number": "(2026)晋10执1号", "court_name": "临汾市测试中级人民法院", "court_code": "9910",
            "officers": [{ "name": "李测试", "work_certificate": "测法0000001", "enforcement_certificate": "测执0000001", "work_image": image }],
        },
        "purpose": "enforcement",
        "parties": [company()],
        "documents": [
            document("query_notice"), document("freeze_ruling"), document("freeze_notice"),
            document("release_ruling"), document("release_notice"),
        ],
    });
    if let Some(claim) = claim {
        body["mandate"] = json!({ "claim": { "amount": claim, "currency": "CNY" }, "mode": mode });
    }
    body
}

/// The same about a case of its own each time: inquiries of one case share its claim and its ledger.
#[allow(dead_code, reason = "used by the benchmarks, which share this file")]
pub fn of_another_case(mut body: Value) -> Value {
    static CASES: AtomicU32 = AtomicU32::new(1000);
    let number = CASES.fetch_add(1, Ordering::Relaxed);
    body["case"]["number"] = json!(format!("(2026)晋10执{number}号"));
    body
}

/// The invented debtor.
pub fn company() -> Value {
    json!({
        "reference": "debtor-1", "kind": "organisation", "name": "临汾测试矿业有限公司", "role": "judgment_debtor",
        "documents": [{ "kind": "uscc", "number": "91000000MADEM00112" }],
    })
}

/// An invented company of its own for each number: an organisation code out of it (GB 11714), and the unified code around
/// that (GB 32100).
pub fn numbered_company(number: u32) -> Value {
    let digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let value = |c: char| u32::try_from(digits.find(c).expect("a character of the code")).expect("small");
    // In the organisation code a letter counts from 10 in the whole alphabet.
    let own = |c: char| c.to_digit(36).expect("a letter or digit");
    let body = format!("MAT{number:05}");
    let sum: u32 = body.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, weight)| own(c) * weight).sum();
    let check = match 11 - sum % 11 {
        11 => '0',
        10 => 'X',
        digit => char::from_digit(digit, 10).expect("a digit"),
    };
    let code = format!("91000000{body}{check}");
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: u32 = code.chars().zip(weights).map(|(c, weight)| value(c) * weight).sum();
    let last =
        digits.chars().nth(usize::try_from((31 - sum % 31) % 31).expect("small")).expect("a character");
    json!({
        "reference": format!("debtor-{number}"), "kind": "organisation", "name": format!("临汾测试{number}号矿业有限公司"),
        "role": "judgment_debtor", "documents": [{ "kind": "uscc", "number": format!("{code}{last}") }],
    })
}

/// A customer of a simulated bank: the invented debtor with accounts of these balances.
pub fn customer(accounts: &[(&str, &str)]) -> Value {
    let accounts: Vec<Value> = accounts
        .iter()
        .map(|(number, balance)| json!({ "number": number, "balance": balance, "class": "一般存款账户" }))
        .collect();
    json!({
        "name": "临汾测试矿业有限公司", "document": { "kind": "uscc", "number": "91000000MADEM00112" }, "accounts": accounts,
    })
}
