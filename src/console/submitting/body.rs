//! The form of an inquiry as the body of the request, and which field a rule that is broken belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::DocumentKind;
use serde_json::{Map, Value, json};

use super::super::acts::{amount_of, names_in};
use super::super::draft::{Draft, Upload};
use super::super::form::Posted;
use super::super::papers::{documents, field_of, format_of};
use super::workbook::SheetParty;

/// Documents that an inquiry may bring.
pub const PAPERS: &[DocumentKind] = &[
    DocumentKind::QueryNotice,
    DocumentKind::FreezeRuling,
    DocumentKind::FreezeNotice,
    DocumentKind::ReleaseRuling,
    DocumentKind::ReleaseNotice,
    DocumentKind::PreservationApplication,
    DocumentKind::PreservationRuling,
    DocumentKind::AddingRuling,
    DocumentKind::Guarantee,
    DocumentKind::PerformanceNotice,
    DocumentKind::ThirdPartyRuling,
    DocumentKind::CommonPropertyRuling,
    DocumentKind::PartitionPaper,
];

/// The field of the sheet of parties.
pub const SHEET: &str = "sheet";

/// Most parties in the form; more come in a sheet.
pub const MOST_PARTIES: usize = 20;
/// Officers in the form.
pub const OFFICERS: usize = 2;

fn value_of<'a>(draft: &'a Draft, name: &str) -> &'a str {
    draft.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

/// The rows of the form in which somebody entered a party; the first always counts, unless there is a sheet of parties.
fn rows_of_parties(draft: &Draft, parties: usize) -> Vec<usize> {
    let has_sheet = draft.uploads.iter().any(|upload| upload.field == SHEET);
    let is_filled = |row: &usize| {
        *row == 0 && !has_sheet
            || ["name", "number"]
                .iter()
                .any(|field| !value_of(draft, &format!("party.{row}.{field}")).is_empty())
    };
    (0..parties).filter(is_filled).collect()
}

fn rows_of_officers(draft: &Draft) -> Vec<usize> {
    (0..OFFICERS)
        .filter(|row| *row == 0 || !value_of(draft, &format!("officer.{row}.name")).is_empty())
        .collect()
}

/// Puts a text where one was entered.
fn put(into: &mut Map<String, Value>, key: &str, value: &str) {
    if !value.is_empty() {
        into.insert(key.to_owned(), Value::String(value.to_owned()));
    }
}

fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| Value::String(text.to_owned()), Value::from)
}

fn image(draft: &Draft, field: &str) -> Option<Value> {
    let upload: &Upload = draft.uploads.iter().find(|upload| upload.field == field)?;
    let extension = upload.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(json!({ "format": format_of(&upload.bytes, extension), "content": STANDARD.encode(&upload.bytes) }))
}

fn officer(draft: &Draft, row: usize) -> Value {
    let field = |name: &str| value_of(draft, &format!("officer.{row}.{name}"));
    let mut officer = Map::new();
    for required in ["name", "work_certificate", "enforcement_certificate", "phone"] {
        officer.insert(required.to_owned(), Value::String(field(required).to_owned()));
    }
    for name in ["work_image", "enforcement_image"] {
        if let Some(image) = image(draft, &format!("officer.{row}.{name}")) {
            officer.insert(name.to_owned(), image);
        }
    }
    Value::Object(officer)
}

fn party(draft: &Draft, row: usize) -> Value {
    let field = |name: &str| value_of(draft, &format!("party.{row}.{name}")).to_owned();
    let reference = field("reference");
    let reference = if reference.is_empty() { format!("party-{}", row + 1) } else { reference };
    json!({
        "reference": reference,
        "kind": field("kind"),
        "name": field("name"),
        "role": field("role"),
        "documents": [{ "kind": field("document"), "number": field("number") }],
    })
}

fn mandate(draft: &Draft) -> Option<Value> {
    let claim = value_of(draft, "claim");
    if claim.is_empty() {
        return None;
    }
    let yuan = |amount: &str| json!({ "amount": amount_of(amount), "currency": "CNY" });
    let mut mandate = Map::new();
    mandate.insert("claim".to_owned(), yuan(claim));
    for name in ["mode", "prefer", "other_property", "uncovered"] {
        put(&mut mandate, name, value_of(draft, name));
    }
    let (days, costs) = (value_of(draft, "term_days"), value_of(draft, "living_costs"));
    if !days.is_empty() {
        mandate.insert("term_days".to_owned(), number(days));
    }
    if !costs.is_empty() {
        mandate.insert("living_costs".to_owned(), yuan(costs));
    }
    Some(Value::Object(mandate))
}

/// The body of the request, with the parties of the form and behind them those of a sheet.
pub fn body_of(draft: &Draft, parties: usize, sheet: &[SheetParty]) -> Value {
    let text = |name: &str| value_of(draft, name);
    let mut case = Map::new();
    for (key, name) in
        [("number", "case.number"), ("court_name", "case.court_name"), ("court_code", "case.court_code")]
    {
        case.insert(key.to_owned(), Value::String(text(name).to_owned()));
    }
    put(&mut case, "continues", text("case.continues"));
    put(&mut case, "filed_on", text("case.filed_on"));
    let officers = rows_of_officers(draft).into_iter().map(|row| officer(draft, row)).collect();
    case.insert("officers".to_owned(), Value::Array(officers));
    let assets: Vec<&str> =
        draft.fields.iter().filter(|(name, _)| name == "assets").map(|(_, value)| value.trim()).collect();
    let counterparts = names_in(text("counterparts"));
    let entered = rows_of_parties(draft, parties).into_iter().map(|row| party(draft, row));
    let parties: Vec<Value> = entered.chain(sheet.iter().map(|party| party.body.clone())).collect();
    let posted = Posted { fields: Vec::new(), uploads: draft.uploads.clone() };
    let mut body = json!({
        "case": case,
        "purpose": text("purpose"),
        "parties": parties,
        "search": { "assets": assets, "counterparts": counterparts },
        "documents": documents(&posted, PAPERS, text("paper_number")),
    });
    if let Some(mandate) = mandate(draft) {
        body["mandate"] = mandate;
    }
    if !text("unverified_reason").is_empty() {
        body["unverified_reason"] = Value::String(text("unverified_reason").to_owned());
    }
    if !text("deadline_hours").is_empty() {
        body["deadline_hours"] = number(text("deadline_hours"));
    }
    body
}

/// The party of a sheet, and its field, that a place of the request stands for; `None` where it is none of them.
pub fn sheet_place_of<'s, 'p>(
    pointer: &'p str,
    draft: &Draft,
    parties: usize,
    sheet: &'s [SheetParty],
) -> Option<(&'s SheetParty, &'p str)> {
    let mut steps = pointer.strip_prefix("/parties/")?.split('/');
    let at: usize = steps.next()?.parse().ok()?;
    let party = sheet.get(at.checked_sub(rows_of_parties(draft, parties).len())?)?;
    Some((party, steps.next().unwrap_or_default()))
}

/// The field of the form that a place of the request stands for; `None` where it is none of them.
pub fn place_of(pointer: &str, draft: &Draft, parties: usize) -> Option<String> {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let row = |at: &str, rows: Vec<usize>| at.parse::<usize>().ok().and_then(|at| rows.get(at).copied());
    Some(match steps.as_slice() {
        ["case", "officers", at, field, ..] => {
            format!("officer.{}.{field}", row(at, rows_of_officers(draft))?)
        }
        ["case", "officers", ..] => "officer.0.name".to_owned(),
        ["case", field, ..] => format!("case.{field}"),
        ["parties", at, "documents", _, "kind", ..] => {
            format!("party.{}.document", row(at, rows_of_parties(draft, parties))?)
        }
        ["parties", at, "documents", ..] => {
            format!("party.{}.number", row(at, rows_of_parties(draft, parties))?)
        }
        ["parties", at, field, ..] => format!("party.{}.{field}", row(at, rows_of_parties(draft, parties))?),
        ["parties", at] => format!("party.{}.name", row(at, rows_of_parties(draft, parties))?),
        ["documents", at, ..] => {
            let brought =
                |kind: &&DocumentKind| draft.uploads.iter().any(|one| one.field == field_of(**kind));
            field_of(*PAPERS.iter().filter(brought).nth(at.parse().ok()?)?)
        }
        ["search", field, ..] => (*field).to_owned(),
        ["mandate", field, ..] => (*field).to_owned(),
        ["mandate"] => "claim".to_owned(),
        [field @ ("purpose" | "unverified_reason" | "deadline_hours"), ..] => (*field).to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
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
        let party =
            |row: u32, name: &str| SheetParty { row, name: name.to_owned(), body: json!({ "name": name }) };
        let sheet = [party(2, "丙"), party(5, "丁")];
        let body = body_of(&draft, 2, &sheet);
        let names: Vec<&str> = body["parties"]
            .as_array()
            .expect("parties")
            .iter()
            .filter_map(|one| one["name"].as_str())
            .collect();
        assert_eq!(names, ["乙", "丙", "丁"], "the first row is empty, and there is a sheet");
        let found = sheet_place_of("/parties/2/documents/0", &draft, 2, &sheet);
        assert_eq!(found.map(|(party, field)| (party.row, field)), Some((5, "documents")));
        assert_eq!(sheet_place_of("/parties/0/name", &draft, 2, &sheet), None);
        assert_eq!(sheet_place_of("/parties/3/name", &draft, 2, &sheet), None);
        assert_eq!(place_of("/parties/0/name", &draft, 2), Some("party.1.name".to_owned()));
    }
}
