//! Numbers of ours in the names of files.

use chakong::domain::{IdKind, OrderId, ROWS_PER_EPOCH, number_of, numbers_in_name};

fn found(name: &str) -> Vec<(IdKind, i64)> {
    numbers_in_name(name).into_iter().map(|number| (number.kind, number.row)).collect()
}

#[test]
fn numbers_are_found_in_names_of_files_and_others_are_not() {
    let row = 4_711 * ROWS_PER_EPOCH + 93;
    let batch = format!("20270415{row:022}");
    let number = number_of(OrderId::new(row), "2027-04-15T03:00:00Z".parse().expect("an instant"));
    let ours = (IdKind::Batch, row);
    assert_eq!(found(&format!("CXQQB0001H1100000001{batch}.zip")), [ours], "a bank's code may end in digits");
    assert_eq!(found(&format!("cxfkB0001H1100000001{batch}000000000007.ZIP")), [ours], "a counter behind it");
    let both = [ours, (IdKind::Order, row)];
    assert_eq!(found(&format!("KZFKB0001H1100000001{batch}00{number}.zip")), both);
    assert_eq!(found(&format!("{number}000000000001.zip")), [(IdKind::Order, row)]);
    assert_eq!(found("CK20270415000000000042.xml"), [(IdKind::Order, 42)], "one of the first edition");
    assert_eq!(numbers_in_name(&batch)[0].epoch(), 4_711);
    for strange in [
        "",
        "readme.txt",
        "汉字20270415.zip",
        "202704150000004711000000000093",
        "20271315000000471100000000009300",
        "CK2027041500000000004.xml",
        "99999999999999999999999999999999999999999999",
    ] {
        let numbers = found(strange);
        let is_known = strange.starts_with("2027041500");
        assert_eq!(numbers.len(), usize::from(is_known), "{strange}: {numbers:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_name_panics(name: String) {
        numbers_in_name(&name);
    }
}
