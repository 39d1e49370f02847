use chakong_contract::{Asset, Currency, Money};
use serde_json::{Value, json};

use super::*;

const FIELDS: NumberFields = NumberFields { account: "a", sub_account: "s", product: "p" };

fn account(more: &Value) -> Account {
    let mut row = json!({
        "kind": "account", "institution": "示例银行", "institution_code": "E1", "number": "4000-77", "class": "结算户",
        "status": "正常", "branch": "", "branch_code": "", "currency": "CNY",
        "balance": { "amount": "50", "currency": "CNY" }, "available": { "amount": "50", "currency": "CNY" },
        "opened": null, "closed": null,
    });
    for (key, value) in more.as_object().expect("fields") {
        row[key] = value.clone();
    }
    match serde_json::from_value(row).expect("an account") {
        Asset::Account(account) => account,
        other => panic!("{other:?}"),
    }
}

fn of(rows: &[Value]) -> (Vec<Account>, Vec<bool>) {
    let mut accounts = Accounts::new(FIELDS);
    let contradicts = rows.iter().map(|row| accounts.take(account(row)).contradicts).collect();
    (accounts.into_all(), contradicts)
}

#[test]
fn rows_about_one_account_are_one_with_all_that_any_of_them_says() {
    let rows = [
        json!({ "place": 1, "remark": "见附件" }),
        json!({ "place": 2, "number": "400077", "branch": "示例支行", "opened": "2019-02-03" }),
        json!({ "place": 3, "remark": "工资户", "linked_account": "9" }),
        json!({ "place": 4, "remark": "见附件" }),
    ];
    let (all, contradicts) = of(&rows);
    let [one] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((one.remark.as_str(), one.branch.as_str()), ("见附件\n工资户", "示例支行"));
    assert_eq!((one.place, one.more_places.as_slice()), (Some(1), [2, 3, 4].as_slice()));
    assert!(one.opened.is_some() && one.linked_account == "9" && one.doubts.is_empty());
    assert_eq!(contradicts, [false; 4]);
}

#[test]
fn a_number_that_is_partly_hidden_or_missing_is_compared_with_nothing() {
    for number in ["4000**77", "4000XX77", "", " - "] {
        let (all, contradicts) =
            of(&[json!({ "number": number }), json!({ "number": number, "status": "冻结" })]);
        assert_eq!((all.len(), contradicts), (2, vec![false, false]), "{number}");
    }
}

#[test]
fn of_rows_that_contradict_each_other_each_is_in_doubt_and_another_currency_or_bank_is_another_account() {
    let dollars = json!({ "amount": "7", "currency": "USD" });
    for (other, is_contradiction) in [
        (json!({ "class": "保证金" }), true),
        (json!({ "status": "久悬" }), true),
        (json!({ "closed": "2024-05-05" }), true),
        (json!({ "available": null }), true),
        (json!({ "currency": "USD", "balance": dollars, "available": dollars }), false),
        (json!({ "institution_code": "E2", "class": "保证金" }), false),
    ] {
        let (all, contradicts) = of(&[json!({}), other.clone(), json!({})]);
        assert_eq!((all.len(), contradicts), (2, vec![false, is_contradiction, false]), "{other}");
        assert!(all.iter().all(|one| one.needs_an_officer() == is_contradiction), "{other}");
    }
}

#[test]
fn what_is_held_through_an_account_is_listed_once_whichever_row_lists_it() {
    let sub = |number: &str, class: &str, amount: u32, currency: Currency| SubAccount {
        number: number.to_owned(),
        class: class.to_owned(),
        balance: Some(Money { amount: amount.into(), currency: Some(currency) }),
        available: None,
        remark: String::new(),
    };
    let dollars = Currency::from_wire("USD").expect("dollars");
    for (other, listed, doubts) in [
        (sub("001", "定期", 5, Currency::CNY), 1, 0),
        (sub("0-01", "定期", 5, Currency::CNY), 1, 0),
        (sub("001", "定期", 6, Currency::CNY), 2, 1),
        (sub("001", "通知", 5, Currency::CNY), 2, 1),
        (sub("001", "通知", 5, dollars), 2, 0),
        (sub("002", "通知", 6, Currency::CNY), 2, 0),
    ] {
        let mut rows = [account(&json!({})), account(&json!({}))];
        rows[0].sub_accounts.push(sub("001", "定期", 5, Currency::CNY));
        rows[1].sub_accounts.push(other.clone());
        let one = joined(rows.to_vec(), FIELDS).expect("an account");
        assert_eq!((one.sub_accounts.len(), one.doubts.len()), (listed, doubts), "{other:?}");
    }
}

#[test]
fn what_has_no_number_is_compared_with_nothing() {
    let product = |number: &str, name: &str| -> Product {
        let product = json!({
            "number": number, "name": name, "class": "", "manager": "", "unit": "份", "quantity": "10", "controllable": "10",
            "unit_price": null, "redemption_account": "", "sale": "", "region": "", "wealth_account": "",
        });
        serde_json::from_value(product).expect("a product")
    };
    let sub = |number: &str, class: &str| -> SubAccount {
        let sub = json!({ "number": number, "class": class, "balance": null, "available": null });
        serde_json::from_value(sub).expect("a sub-account")
    };
    for number in ["", " - ", "JR**07", "77××88"] {
        for other in ["示例稳健理财", "示例进取理财"] {
            let mut row = account(&json!({}));
            row.products = vec![product(number, "示例稳健理财"), product(number, other)];
            row.sub_accounts = vec![sub(number, "定期"), sub(number, "通知")];
            let one = joined(vec![row], FIELDS).expect("an account");
            assert_eq!((one.products.len(), one.sub_accounts.len()), (2, 2), "{number:?} {other}");
            assert_eq!((one.doubts.len(), one.needs_an_officer()), (0, false), "{number:?} {other}");
        }
    }
}

#[test]
fn many_rows_about_one_account_cost_no_more_than_their_number() {
    const ROWS: usize = 20_000;
    let mut accounts = Accounts::new(FIELDS);
    for at in 0..ROWS {
        let row = json!({ "sub_accounts": [{ "number": at.to_string(), "class": "", "balance": null, "available": null }] });
        accounts.take(account(&row));
    }
    let all = accounts.into_all();
    assert_eq!((all.len(), all[0].sub_accounts.len()), (1, ROWS));
}
