//! The form of an inquiry as the body of the request, and which field a rule that is broken belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::DocumentKind;
use serde_json::{Map, Value, json};

use super::super::acts::{amount_of, listed_in};
use super::super::draft::{Draft, Upload};
use super::super::form::Posted;
use super::super::papers::{documents, field_of, format_of};
use super::sheet_party::SheetParty;

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

/// Fields of a party that are empty before somebody enters something.
const ENTERED: [&str; 5] = ["name", "number", "number2", "former_names", "liable_up_to"];

/// The rows of the form in which somebody entered a party; the first always counts, unless there is a sheet of parties.
fn rows_of_parties(draft: &Draft, parties: usize) -> Vec<usize> {
    let has_sheet = draft.uploads.iter().any(|upload| upload.field == SHEET);
    let is_filled = |row: &usize| {
        *row == 0 && !has_sheet || ENTERED.iter().any(|field| !of_party(draft, *row, field).is_empty())
    };
    (0..parties).filter(is_filled).collect()
}

/// The rows of the form in which somebody entered up to how much the party is liable.
fn rows_of_liabilities(draft: &Draft, parties: usize) -> Vec<usize> {
    let mut rows = rows_of_parties(draft, parties);
    rows.retain(|row| !of_party(draft, *row, "liable_up_to").is_empty());
    rows
}

fn of_party<'a>(draft: &'a Draft, row: usize, field: &str) -> &'a str {
    value_of(draft, &format!("party.{row}.{field}"))
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

/// What a party of the form is called in the request.
fn reference_of(draft: &Draft, row: usize) -> String {
    match of_party(draft, row, "reference") {
        "" => format!("party-{}", row + 1),
        reference => reference.to_owned(),
    }
}

/// A party of the request, by its fields in the form or in a sheet.
pub fn party_of(reference: &str, field: impl Fn(&str) -> String) -> Value {
    let mut documents = vec![json!({ "kind": field("document"), "number": field("number") })];
    let (kind, number) = (field("document2"), field("number2"));
    if !kind.is_empty() || !number.is_empty() {
        documents.push(json!({ "kind": kind, "number": number }));
    }
    let mut party = json!({
        "reference": reference,
        "kind": field("kind"),
        "name": field("name"),
        "role": field("role"),
        "documents": documents,
    });
    let former = field("former_names");
    // A comma of our keyboards, which names of foreign companies have, divides nothing.
    let former: Vec<&str> =
        former.split([';', '；', '、', '，']).map(str::trim).filter(|name| !name.is_empty()).collect();
    if !former.is_empty() {
        party["former_names"] = former.into();
    }
    party
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount_of(amount), "currency": "CNY" })
}

/// Up to how much parties of the form are liable, and behind them those of a sheet.
fn liabilities(draft: &Draft, parties: usize, sheet: &[SheetParty]) -> Vec<Value> {
    let rows = rows_of_liabilities(draft, parties).into_iter();
    let entered = rows.map(|row| {
        json!({ "party": reference_of(draft, row), "amount": yuan(of_party(draft, row, "liable_up_to")) })
    });
    let limited = sheet.iter().filter(|party| !party.liable_up_to.is_empty());
    let of_sheet =
        limited.map(|party| json!({ "party": party.body["reference"], "amount": yuan(&party.liable_up_to) }));
    entered.chain(of_sheet).collect()
}

/// What is wrong where a liability stands without a claim: it would be lost with the mandate.
pub fn without_claim(draft: &Draft, parties: usize, sheet: &[SheetParty]) -> Option<(String, String)> {
    let has_claim = !value_of(draft, "claim").is_empty();
    if has_claim || liabilities(draft, parties, sheet).is_empty() {
        return None;
    }
    let detail = "已载明责任限额，请填写执行标的；仅查询的，请将责任限额留空 a party is liable up to an amount: state the claim, or leave \
                  the liability empty where nothing is frozen";
    Some(("/mandate".to_owned(), detail.to_owned()))
}

fn mandate(draft: &Draft, liabilities: Vec<Value>) -> Option<Value> {
    let claim = value_of(draft, "claim");
    if claim.is_empty() {
        return None;
    }
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
    if !liabilities.is_empty() {
        mandate.insert("liable_up_to".to_owned(), Value::Array(liabilities));
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
    let counterparts = listed_in(text("counterparts"));
    let liabilities = liabilities(draft, parties, sheet);
    let entered = rows_of_parties(draft, parties).into_iter();
    let entered = entered
        .map(|row| party_of(&reference_of(draft, row), |field| of_party(draft, row, field).to_owned()));
    let parties: Vec<Value> = entered.chain(sheet.iter().map(|party| party.body.clone())).collect();
    let posted = Posted { fields: Vec::new(), uploads: draft.uploads.clone() };
    let mut body = json!({
        "case": case,
        "purpose": text("purpose"),
        "parties": parties,
        "search": { "assets": assets, "counterparts": counterparts },
        "documents": documents(&posted, PAPERS, text("paper_number")),
    });
    if let Some(mandate) = mandate(draft, liabilities) {
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
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let behind = |at: &str, before: Vec<usize>| at.parse::<usize>().ok()?.checked_sub(before.len());
    match steps.as_slice() {
        ["parties", at, rest @ ..] => {
            let party = sheet.get(behind(at, rows_of_parties(draft, parties))?)?;
            let field = match rest {
                ["documents", "1", "kind", ..] => "document2",
                ["documents", "1", ..] => "number2",
                [field, ..] => *field,
                [] => "",
            };
            Some((party, field))
        }
        ["mandate", "liable_up_to", at, ..] => {
            let at = behind(at, rows_of_liabilities(draft, parties))?;
            let party = sheet.iter().filter(|party| !party.liable_up_to.is_empty()).nth(at)?;
            Some((party, "liable_up_to"))
        }
        _ => None,
    }
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
        ["parties", at, "documents", rest @ ..] => {
            let field = if rest.get(1) == Some(&"kind") { "document" } else { "number" };
            let which = if rest.first() == Some(&"1") { "2" } else { "" };
            format!("party.{}.{field}{which}", row(at, rows_of_parties(draft, parties))?)
        }
        ["parties", at, field, ..] => format!("party.{}.{field}", row(at, rows_of_parties(draft, parties))?),
        ["parties", at] => format!("party.{}.name", row(at, rows_of_parties(draft, parties))?),
        ["documents", at, ..] => {
            let brought =
                |kind: &&DocumentKind| draft.uploads.iter().any(|one| one.field == field_of(**kind));
            field_of(*PAPERS.iter().filter(brought).nth(at.parse().ok()?)?)
        }
        ["search", field, ..] => (*field).to_owned(),
        ["mandate", "liable_up_to", at, ..] => {
            format!("party.{}.liable_up_to", row(at, rows_of_liabilities(draft, parties))?)
        }
        ["mandate", field, ..] => (*field).to_owned(),
        ["mandate"] => "claim".to_owned(),
        [field @ ("purpose" | "unverified_reason" | "deadline_hours"), ..] => (*field).to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
