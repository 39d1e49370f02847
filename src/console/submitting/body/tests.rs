//! What was entered, as the request takes it, and where what is wrong with it is told.

use super::*;

fn draft(fields: &[(&str, &str)]) -> Draft {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Draft { id: "1".into(), fields, uploads: Vec::new() }
}

#[test]
fn a_rule_that_is_broken_is_told_beside_the_row_in_which_it_was_entered() {
    let draft = draft(&[("party.0.name", "甲"), ("party.2.name", "丙"), ("party.2.number", "1")]);
    let body = body_of(&draft, 3, &[]);
    assert_eq!(body["parties"].as_array().map(Vec::len), Some(2), "an empty row is no party");
    assert_eq!(body["parties"][1]["reference"], "party-3");
    let place = |pointer: &str| place_of(pointer, &draft, 3);
    assert_eq!(place("/parties/1/documents/0"), Some("party.2.number".to_owned()));
    assert_eq!(place("/parties/0/name"), Some("party.0.name".to_owned()));
    assert_eq!(place("/case/number"), Some("case.number".to_owned()));
    assert_eq!(place("/case/officers/0/phone"), Some("officer.0.phone".to_owned()));
    assert_eq!(place("/mandate/claim/amount"), Some("claim".to_owned()));
    assert_eq!(place("/parties/7/name"), None);
}

#[test]
fn without_an_amount_nothing_is_frozen_and_amounts_are_taken_as_people_write_them() {
    assert!(body_of(&draft(&[]), 1, &[]).get("mandate").is_none());
    let body = body_of(&draft(&[("claim", "33,670,000.00 元"), ("mode", "propose")]), 1, &[]);
    assert_eq!(body["mandate"]["claim"]["amount"], "33670000.00");
}

#[test]
fn parties_of_a_sheet_stand_behind_those_of_the_form_and_are_found_again_by_their_place() {
    let mut draft = draft(&[("party.1.name", "乙"), ("party.1.number", "1")]);
    draft.uploads.push(Upload {
        field: SHEET.to_owned(),
        name: "a.xlsx".to_owned(),
        bytes: Default::default(),
    });
    let party = |row: u32, name: &str| SheetParty {
        row,
        name: name.to_owned(),
        body: json!({ "name": name }),
        ..SheetParty::default()
    };
    let sheet = [party(2, "丙"), party(5, "丁")];
    let body = body_of(&draft, 2, &sheet);
    let names: Vec<&str> =
        body["parties"].as_array().expect("parties").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["乙", "丙", "丁"], "the first row is empty, and there is a sheet");
    let found = sheet_place_of("/parties/2/documents/0", &draft, 2, &sheet);
    assert_eq!(found.map(|(party, field)| (party.row, field)), Some((5, "documents")));
    assert_eq!(sheet_place_of("/parties/0/name", &draft, 2, &sheet), None);
    assert_eq!(sheet_place_of("/parties/3/name", &draft, 2, &sheet), None);
    assert_eq!(place_of("/parties/0/name", &draft, 2), Some("party.1.name".to_owned()));
}

#[test]
fn a_guarantor_is_liable_up_to_what_was_entered_and_second_documents_and_former_names_are_kept() {
    let entered = draft(&[
        ("claim", "5,000,000"),
        ("party.0.name", "甲公司"),
        ("party.1.name", "乙"),
        ("party.1.number", "1"),
        ("party.1.reference", "B-2"),
        ("party.1.liable_up_to", "800,000.50 元"),
        ("party.1.document2", "passport"),
        ("party.1.number2", "E12345678"),
        ("party.1.former_names", "旧名甲； ABC Co., Ltd.、旧名丙"),
    ]);
    let sheet = [
        SheetParty { row: 2, body: json!({ "reference": "row-2" }), ..SheetParty::default() },
        SheetParty {
            row: 3,
            liable_up_to: "70".to_owned(),
            body: json!({ "reference": "row-3" }),
            ..SheetParty::default()
        },
    ];
    let body = body_of(&entered, 2, &sheet);
    let liable = |party: &str, amount: &str| json!({ "party": party, "amount": { "amount": amount, "currency": "CNY" } });
    assert_eq!(body["mandate"]["liable_up_to"], json!([liable("B-2", "800000.50"), liable("row-3", "70")]));
    let second = json!({ "kind": "passport", "number": "E12345678" });
    assert_eq!(body["parties"][1]["documents"][1], second);
    assert_eq!(body["parties"][1]["former_names"], json!(["旧名甲", "ABC Co., Ltd.", "旧名丙"]));
    assert_eq!(body["parties"][0]["documents"].as_array().map(Vec::len), Some(1));
    let place = |pointer: &str| place_of(pointer, &entered, 2).unwrap_or_default();
    assert_eq!(place("/mandate/liable_up_to/0/amount/amount"), "party.1.liable_up_to");
    assert_eq!(place("/parties/1/documents/1"), "party.1.number2");
    assert_eq!(place("/parties/1/documents/1/kind"), "party.1.document2");
    assert_eq!(place("/parties/1/former_names/2"), "party.1.former_names");
    let of_sheet = |pointer: &str| {
        sheet_place_of(pointer, &entered, 2, &sheet).map(|(party, field)| (party.row, field.to_owned()))
    };
    assert_eq!(of_sheet("/mandate/liable_up_to/0/amount"), None);
    assert_eq!(of_sheet("/mandate/liable_up_to/1/amount"), Some((3, "liable_up_to".to_owned())));
    assert_eq!(of_sheet("/parties/2/documents/1"), Some((2, "number2".to_owned())));
}

#[test]
fn a_liability_without_a_claim_is_told_and_never_dropped() {
    let entered = draft(&[("party.0.name", "甲"), ("party.0.liable_up_to", "100")]);
    let (pointer, _) = without_claim(&entered, 1, &[]).expect("it is told");
    assert_eq!(place_of(&pointer, &entered, 1), Some("claim".to_owned()));
    let limited = SheetParty { liable_up_to: "5".to_owned(), ..SheetParty::default() };
    assert!(without_claim(&draft(&[]), 1, &[limited]).is_some());
    assert!(without_claim(&draft(&[("party.0.name", "甲")]), 1, &[]).is_none());
    let only = draft(&[("party.1.liable_up_to", "100"), ("claim", "500")]);
    assert_eq!(body_of(&only, 2, &[])["parties"].as_array().map(Vec::len), Some(2), "no row is lost");
}
