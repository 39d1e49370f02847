//! Orders about invented parties.

use chakong_contract::Order;
use serde_json::{Value, json};

fn order(number: &str, instruction: Value, documents: &[(&str, &str)]) -> Value {
    let documents: Vec<_> = documents
        .iter()
        .map(|(kind, title)| {
            json!({"kind": kind, "title": title, "number": "（2026）测0101执1号之一", "format": "pdf",
                   "content": "JVBERi0xLjQK"})
        })
        .collect();
    json!({
        "number": number,
        "created": "2026-01-05T09:00:00+08:00",
        "case": {
            "number": "（2026）测0101执1号",
            "court_name": "某某市测试区人民法院",
            "court_code": "9901",
            "officers": [{"name": "李测试", "work_certificate": "测法0000001",
                          "enforcement_certificate": "测执0000001", "phone": "010-00000000"}]
        },
        "party_kind": "person",
        "name": "张测试",
        "document": {"kind": "resident_id", "number": "110101190001010014"},
        "instruction": instruction,
        "documents": documents
    })
}

fn parsed(order: Value) -> Order {
    serde_json::from_value(order).expect("an order")
}

fn target(account: &str) -> Value {
    json!({"kind": "account", "number": account, "class": "借记卡", "branch": "测试银行某某支行",
           "branch_code": "999100000001"})
}

pub(crate) fn query(number: &str) -> Order {
    let notice = [("query_notice", "（2026）测0101执1号协助查询存款通知书")];
    parsed(order(number, json!({"action": "query"}), &notice))
}

pub(crate) fn query_of_company(number: &str) -> Order {
    let notice = [("query_notice", "（2026）测0101执1号协助查询存款通知书")];
    let mut order = order(number, json!({"action": "query"}), &notice);
    order["party_kind"] = json!("organisation");
    order["name"] = json!("测试置业有限公司");
    order["document"] = json!({"kind": "uscc", "number": "91000000MADEM00112"});
    parsed(order)
}

pub(crate) fn freeze(number: &str, account: &str, limit: &str) -> Order {
    let instruction = json!({
        "action": "freeze", "target": target(account), "limit": {"amount": limit, "currency": "CNY"},
        "from": "2026-01-05", "until": "2027-01-04"
    });
    let documents = [
        ("freeze_ruling", "（2026）测0101执1号之一执行裁定书"),
        ("freeze_notice", "（2026）测0101执1号协助冻结存款通知书"),
    ];
    parsed(order(number, instruction, &documents))
}

pub(crate) fn renew(number: &str, account: &str, limit: &str, original: &Order) -> Order {
    let instruction = json!({
        "action": "renew", "target": target(account), "limit": {"amount": limit, "currency": "CNY"},
        "from": "2027-01-05", "until": "2028-01-04",
        "original": {"number": original.number, "case_number": original.case.number}
    });
    let documents = [
        ("freeze_ruling", "（2026）测0101执1号之三执行裁定书"),
        ("freeze_notice", "（2026）测0101执1号协助继续冻结存款通知书"),
    ];
    parsed(order(number, instruction, &documents))
}

pub(crate) fn freeze_of_sub_account(number: &str, account: &str, sub_account: &str, limit: &str) -> Order {
    let mut order = serde_json::to_value(freeze(number, account, limit)).expect("JSON");
    order["instruction"]["target"]["sub_account"] = json!(sub_account);
    parsed(order)
}

pub(crate) fn release(number: &str, account: &str, amount: &str, original: &Order) -> Order {
    let instruction = json!({
        "action": "release", "target": target(account), "amount": {"amount": amount, "currency": "CNY"},
        "original": {"number": original.number, "case_number": original.case.number}
    });
    let documents = [
        ("release_ruling", "（2026）测0101执1号之二执行裁定书"),
        ("release_notice", "（2026）测0101执1号协助解除冻结存款通知书"),
    ];
    parsed(order(number, instruction, &documents))
}
