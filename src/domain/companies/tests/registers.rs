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
