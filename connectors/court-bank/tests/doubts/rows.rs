//! Several rows of one account.

use super::*;

fn row_with(attributes: &[(&str, &str)], inside: &str) -> String {
    format!("{}>{inside}</zhxx>", row(attributes).trim_end_matches("/>"))
}

fn frozen(until: &str) -> String {
    format!(
        "<djxxList><djxx CSXH=\"1\" DJJG=\"示例市另一人民法院\" DJWH=\"（2026）示02执7号\" DJJE=\"70.00\" DJJZRQ=\"{until}\"/></djxxList>"
    )
}

#[test]
fn what_one_row_says_of_an_account_another_row_does_not_take_away() {
    let said = row_with(&[("BEIZ", "拆迁补偿款专户"), ("CCXH", "4")], &frozen("2027-03-01"));
    let silent = row(&[("KHZH", "4000 0200-11"), ("CCXH", "5")]);
    let further = row_with(&[("BEIZ", "见附件"), ("CCXH", "6")], &frozen("2027-04-01"));
    for rows in [[&said, &silent, &further], [&silent, &further, &said], [&further, &said, &silent]] {
        let (accounts, answer) = accounts(&rows.map(Clone::clone));
        let [one] = accounts.as_slice() else { panic!("one account: {accounts:?}") };
        let mut remarks: Vec<&str> = one.remark.lines().collect();
        remarks.sort_unstable();
        assert_eq!(remarks, ["拆迁补偿款专户", "见附件"]);
        assert_eq!(one.encumbrances.len(), 2);
        let mut places: Vec<u32> = one.place.into_iter().chain(one.more_places.clone()).collect();
        places.sort_unstable();
        assert_eq!((places, answer.reply.outcome()), (vec![4, 5, 6], "found"));
    }
    let unread = row(&[("CCXH", "2"), ("ZHMC", "备付"), ("BEIZ", "锟斤拷锟斤拷")]);
    for rows in [[row(&[]), unread.clone()], [unread.clone(), row(&[])]] {
        let (accounts, _) = accounts(&rows);
        assert!(accounts.len() == 1 && accounts[0].needs_an_officer(), "a doubt stays: {accounts:?}");
    }
}

#[test]
fn of_two_rows_that_list_the_same_right_it_stands_once_and_two_alike_are_two() {
    let twice =
        frozen("2027-03-01").replace("</djxxList>", "") + &frozen("2027-03-01").replace("<djxxList>", "");
    let (accounts, _) = accounts(&[
        row_with(&[], &frozen("2027-03-01")),
        row_with(&[("CCXH", "2")], &twice),
        row_with(&[("CCXH", "3")], &frozen("2027-03-01")),
    ]);
    assert_eq!((accounts.len(), accounts[0].encumbrances.len()), (1, 2));
}

#[test]
fn one_sub_account_is_not_of_two_classes() {
    let sub = |class: &str, currency: &str, remark: &str| {
        format!(
            "<glxxList><glxx GLXH=\"1\" GLZHLB=\"{class}\" GLZHHM=\"00-7\" BZ=\"{currency}\" YE=\"9\" KYYE=\"9\" BEIZ=\"{remark}\"/></glxxList>"
        )
    };
    let both = |one: &str, other: &str| {
        let inside = one.replace("</glxxList>", "") + &other.replace("<glxxList>", "");
        let in_one = accounts(&[row_with(&[], &inside)]).0.remove(0);
        let in_two = accounts(&[row_with(&[], one), row_with(&[("CCXH", "2")], other)]).0.remove(0);
        assert_eq!(doubts(&in_one), doubts(&in_two), "wherever they stand");
        (in_one.sub_accounts.len(), in_one.needs_an_officer())
    };
    let plain = sub("定期", "156", "");
    assert_eq!(both(&plain, &sub("住房公积金", "156", "")), (2, true));
    assert_eq!(both(&sub("住房公积金", "156", ""), &plain), (2, true));
    assert_eq!(both(&plain, &sub("定期", "156", "职工工资")), (2, true));
    assert_eq!(both(&plain, &sub("通知存款", "840", "")), (2, false), "another currency is another one");
    assert_eq!(both(&plain, &plain.replace("00-7", "007")), (1, false));
}

#[test]
fn products_without_a_number_say_nothing_against_the_money_of_their_account() {
    let product = |at: u32, name: &str| {
        format!(
            "<jrxx ZCXH=\"{at}\" ZCMC=\"{name}\" ZCLX=\"理财\" JRCPBH=\"\" BZ=\"156\" SE=\"10\" KYSE=\"10\"/>"
        )
    };
    let both = format!("<jrxxList>{}{}</jrxxList>", product(1, "示例稳健"), product(2, "示例进取"));
    let account = accounts(&[row_with(&[], &both)]).0.remove(0);
    assert_eq!((account.products.len(), doubts(&account)), (2, vec![]));
    assert!(!account.needs_an_officer() && account.available.is_some(), "its money may be frozen");
}

#[test]
fn a_garbled_text_that_decides_an_exemption_is_flagged_wherever_it_stands() {
    // 住房公积金 as UTF-8 read as Windows-1252, and with lost characters.
    let read_wrongly =
        encoding_rs::WINDOWS_1252.decode_without_bom_handling("住房公积金".as_bytes()).0.into_owned();
    for garbled in [read_wrongly.as_str(), "锟斤拷锟斤拷"] {
        let sub = format!(
            "<glxxList><glxx GLXH=\"1\" GLZHLB=\"定期\" GLZHHM=\"001\" BZ=\"156\" YE=\"9\" KYYE=\"9\" BEIZ=\"{garbled}\"/></glxxList>"
        );
        let product = format!(
            "<jrxxList><jrxx ZCXH=\"1\" ZCMC=\"{garbled}\" ZCLX=\"理财\" JRCPBH=\"JR07\" BZ=\"156\" SE=\"10\" KYSE=\"10\"/></jrxxList>"
        );
        for inside in [sub, product] {
            let account = accounts(&[row_with(&[], &inside)]).0.remove(0);
            assert_eq!(doubts(&account), [(DoubtAbout::Class, DoubtKind::Garbled)], "{inside}");
            assert!(account.needs_an_officer());
        }
    }
    let named = "<jrxxList><jrxx ZCXH=\"1\" ZCMC=\"Ésope 收益\" ZCLX=\"理财\" JRCPBH=\"JR07\" SE=\"10\" KYSE=\"10\"/></jrxxList>";
    assert!(!accounts(&[row_with(&[], named)]).0.remove(0).needs_an_officer(), "a name may be foreign");
}
