//! Several rows of one account in a form.

use super::*;

#[test]
fn a_second_row_of_an_account_number_is_a_second_currency_a_second_right_or_a_mistake() {
    let desk = desk("account,security");
    let dollars = [ACCOUNT, &[("number", "4000 0200 11"), ("currency", "USD"), ("available", "70")]].concat();
    let held = [
        ("account", "4000020011"),
        ("number", "000000"),
        ("name", "示例股份"),
        ("quantity", "3"),
        ("unit", "股"),
    ];
    let rows = [("account", ACCOUNT), ("account", dollars.as_slice()), ("security", held.as_slice())];
    let reply = read(&*desk, &query(), &found(&rows)).expect("both stand");
    let accounts: Vec<_> = reply.assets().iter().map(|one| &one.asset).collect();
    let [Asset::Account(yuan_account), Asset::Account(other)] = accounts.as_slice() else {
        panic!("{accounts:?}")
    };
    assert_eq!(yuan_account.available, Some(yuan("1000")));
    assert_eq!(other.available.map(|money| money.amount), Some(70.into()));
    assert_eq!((yuan_account.products.len(), other.products.len()), (1, 0), "a security stands once");

    let right =
        [ACCOUNT, &[("right_holder", "示例市第三人民法院"), ("right_amount", "60"), ("remark", "工资户")]]
            .concat();
    let rows: &[(&str, &[(&str, &str)])] = &[("account", ACCOUNT), ("account", &right)];
    let reply = read(&*desk, &query(), &found(rows)).expect("a row has room for one right");
    let [one] = reply.assets() else { panic!("one account: {reply:?}") };
    let Asset::Account(one) = &one.asset else { panic!("an account") };
    assert_eq!((one.encumbrances.len(), one.remark.as_str()), (2, "工资户"));

    for other in [("available", "999.99"), ("class", "定期"), ("status", "冻结")] {
        let row = [ACCOUNT, &[other]].concat();
        let rows: &[(&str, &[(&str, &str)])] =
            &[("account", ACCOUNT), ("security", &held), ("account", &row)];
        assert_eq!(
            read(&*desk, &query(), &found(rows)),
            Err(vec!["/rows/2/fields/number".to_owned()]),
            "{other:?}"
        );
    }
}
