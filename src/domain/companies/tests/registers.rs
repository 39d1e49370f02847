//! Which reports of several registers are about one company.

use super::*;

#[test]
fn one_company_in_two_registers_is_one_whatever_they_call_the_country() {
    let in_register = |number: &str, jurisdiction: &str| Company {
        registration_number: number.to_owned(),
        jurisdiction: jurisdiction.to_owned(),
        ..named("EXAMPLE TRADING LIMITED", None)
    };
    let count = |companies: [Company; 2]| {
        let [one, other] = companies;
        merge(&[report(1, "gleif", one), report(2, "companies-house", other)]).len()
    };
    assert_eq!(count([in_register("SC123456", "GB"), in_register("SC123456", "scotland")]), 1);
    assert_eq!(count([in_register("7654321", "GB-EAW"), in_register("07654321", "england-wales")]), 1);
    assert_eq!(count([in_register("HRB 1234", "DE"), in_register("HRB-1234", "de")]), 1);
    assert_eq!(
        count([in_register("07654321", "GB"), in_register("07654322", "england-wales")]),
        2,
        "two of one name"
    );
    assert_eq!(count([in_register("1234567", "US-DE"), in_register("1234567", "GB")]), 2);
    let with = |lei: &str| Company { lei: lei.parse().ok(), ..in_register("07654321", "GB") };
    assert_eq!(
        count([with("9999EXAMPLE000000123"), with("9999EXAMPLE000000220")]),
        2,
        "two funds of one number"
    );
    assert_eq!(count([with("9999EXAMPLE000000123"), in_register("7654321", "england-wales")]), 1);
}

#[test]
fn a_code_that_fails_its_check_joins_and_is_shown_apart() {
    let told = |name: &str| Company {
        unverified_code: Some("91000000MADEM00114".parse().expect("a code of the right form")),
        ..named(name, None)
    };
    let merged = merge(&[
        report(1, "tianyancha", told("示例甲有限公司")),
        report(2, "qichacha", told("示例乙有限公司")),
    ]);
    let [company] = merged.as_slice() else { panic!("{merged:?}") };
    assert_eq!((company.codes.len(), company.unverified_codes.len(), company.names.len()), (0, 1, 2));
}

#[test]
fn a_registration_number_of_two_codes_joins_nobody_and_a_wrong_organisation_code_is_shown() {
    let with = |code: Option<&str>, org: Option<&str>| Company {
        registration_number: "000000000000017".to_owned(),
        org_code: org.map(|org| org.parse().expect("an organisation code")),
        ..named("示例甲有限公司", code)
    };
    let two = [report(1, "a", with(Some(CODES[0]), None)), report(2, "b", with(Some(CODES[1]), None))];
    assert_eq!(merge(&two).len(), 2);
    let one = [report(1, "a", with(Some(CODES[0]), None)), report(2, "b", with(None, None))];
    assert_eq!(merge(&one).len(), 1);
    let wrong = [report(1, "a", with(Some(CODES[0]), Some(ORG_CODES[1])))];
    assert_eq!(fields(&merge(&wrong)[0]), ["codes/org_codes"]);
}

#[test]
fn two_holders_of_one_name_with_two_numbers_are_two_and_their_numbers_are_shown() {
    let holding = |number: &str, band: &str| Shareholder {
        registration_number: number.to_owned(),
        is_company: Some(true),
        control: vec![band.to_owned()],
        ..holder("Example Holdings Limited", "50")
    };
    let with = |shareholders: Vec<Shareholder>| Company {
        shareholders,
        ..named("示例甲有限公司", Some(CODES[0]))
    };
    let numbers = |reports: &[Report]| -> Vec<Vec<String>> {
        let merged = merge(reports);
        let [company] = merged.as_slice() else { panic!("{merged:?}") };
        let of = |holder: &super::super::KnownHolder| {
            holder.registration_numbers.iter().map(|number| number.value.clone()).collect()
        };
        company.shareholders.iter().map(of).collect()
    };
    let two = with(vec![holding("07654321", "25-to-50"), holding("SC123456", "50-to-75")]);
    assert_eq!(numbers(&[report(1, "a", two.clone())]), [["07654321"], ["SC123456"]]);
    let one = with(vec![holding("7654321", "25-to-50")]);
    assert_eq!(
        numbers(&[report(1, "a", one), report(2, "b", with(vec![holding("07654321", "x")]))]),
        [["07654321"]]
    );
    // Who has no number is the only one of the name, or nobody knows which.
    let unnumbered = with(vec![holding("", "y")]);
    let alone = [report(1, "a", with(vec![holding("SC-123456", "z")])), report(2, "b", unnumbered.clone())];
    assert_eq!(numbers(&alone), [["SC-123456"]]);
    let third = numbers(&[report(1, "a", two.clone()), report(2, "b", unnumbered.clone())]);
    assert_eq!(third, [vec![], vec!["07654321".to_owned()], vec!["SC123456".to_owned()]]);
    // Two sources with another number each differ; one without a number does not.
    let other = with(vec![holding("SC999999", "25-to-50")]);
    let differ = |one: Company, other: Company| {
        let merged = merge(&[report(1, "a", one), report(2, "b", other)]);
        merged[0].contradictions.iter().any(|one| one.field == "shareholders")
    };
    assert!(differ(with(vec![holding("SC123456", "z")]), other.clone()));
    assert!(!differ(with(vec![holding("SC123456", "z")]), unnumbered));
    assert!(!differ(with(vec![holding("SC123456", "z")]), with(vec![holding("sc 123456", "z")])));
}
