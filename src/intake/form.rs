//! Everything in a body that has not the form of an inquiry, at once: a mistyped number hides no other.

use std::collections::BTreeMap;

use chakong_contract::order::{CaseHead, LegalDocument};
use chakong_contract::{IdentityDocument, Party};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::wording::in_words;
use crate::domain::{Finding, Mandate, Purpose, Search, Submission};

/// Most findings about one body.
const MOST: usize = 200;

/// Reads a body.
///
/// # Errors
/// Every place whose form is wrong, each with its JSON pointer; at most 200.
pub(super) fn read(body: &[u8]) -> Result<Submission, Vec<Finding>> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read: Result<Submission, _> = serde_path_to_error::deserialize(&mut json);
    let submission = read.map_err(|error| {
        let pointer = pointer_of(error.path());
        all(body, Finding::new(pointer, in_words(error.inner())))
    })?;
    json.end().map_err(|error| vec![Finding::new("", in_words(&error))])?;
    Ok(submission)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
        serde_path_to_error::Segment::Map { key } => format!("{pointer}/{key}"),
        _ => pointer,
    })
}

/// The parts of a body as they stand in its text: nothing is built of what is only looked at.
#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    case: Option<&'a RawValue>,
    #[serde(borrow)]
    purpose: Option<&'a RawValue>,
    #[serde(borrow)]
    search: Option<&'a RawValue>,
    #[serde(borrow)]
    mandate: Option<&'a RawValue>,
    #[serde(borrow)]
    documents: Option<&'a RawValue>,
    #[serde(borrow)]
    parties: Option<&'a RawValue>,
}

/// What is wrong with each part by itself. What was found first stands there in any case.
fn all(body: &[u8], first: Finding) -> Vec<Finding> {
    let Ok(parts) = serde_json::from_slice::<Parts<'_>>(body) else { return vec![first] };
    let mut found = Findings(Vec::new());
    found.part::<CaseHead>(parts.case, "/case");
    found.part::<Purpose>(parts.purpose, "/purpose");
    found.part::<Search>(parts.search, "/search");
    found.part::<Mandate>(parts.mandate, "/mandate");
    found.each::<LegalDocument>(parts.documents, "/documents");
    for (at, party) in entries(parts.parties).into_iter().take(MOST).enumerate() {
        found.party(party, &format!("/parties/{at}"));
    }
    let is_told = found.0.iter().any(|one| {
        first.detail.starts_with(&one.detail) && first.pointer.starts_with(&one.pointer)
            || one.pointer == first.pointer
    });
    if !is_told {
        found.0.insert(0, first);
    }
    found.0.truncate(MOST);
    found.0
}

/// The entries of a list; none of anything else.
fn entries(list: Option<&RawValue>) -> Vec<&RawValue> {
    list.and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
}

/// An object without its documents, which are looked at one by one; and these.
fn apart(party: &RawValue) -> Option<(Box<RawValue>, Option<&RawValue>)> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(party.get()).ok()?;
    let documents = members.get("documents").copied();
    let none = RawValue::from_string("[]".to_owned()).ok()?;
    let rest = members.iter().map(|(name, value)| match name.as_str() {
        "documents" => (name, &*none),
        _ => (name, *value),
    });
    to_raw_value(&rest.collect::<BTreeMap<_, _>>()).ok().map(|rest| (rest, documents))
}

struct Findings(Vec<Finding>);

impl Findings {
    /// Looks at one part; one that is absent is told by the whole.
    fn part<T: DeserializeOwned>(&mut self, part: Option<&RawValue>, pointer: &str) {
        let Some(part) = part.filter(|_| self.0.len() < MOST) else { return };
        let mut json = serde_json::Deserializer::from_str(part.get());
        if let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut json) {
            let pointer = format!("{pointer}{}", pointer_of(error.path()));
            self.0.push(Finding::new(pointer, in_words(error.inner())));
        }
    }

    /// Looks at every entry of a list.
    fn each<T: DeserializeOwned>(&mut self, list: Option<&RawValue>, pointer: &str) {
        for (at, entry) in entries(list).into_iter().enumerate() {
            if self.0.len() >= MOST {
                return;
            }
            self.part::<T>(Some(entry), &format!("{pointer}/{at}"));
        }
    }

    /// Looks at a party: its documents first, and then at what else it says.
    fn party(&mut self, party: &RawValue, pointer: &str) {
        let before = self.0.len();
        let Some((rest, documents)) = apart(party) else { return self.part::<Party>(Some(party), pointer) };
        self.each::<IdentityDocument>(documents, &format!("{pointer}/documents"));
        match self.0.len() == before {
            true => self.part::<Party>(Some(party), pointer),
            false => self.part::<Party>(Some(&rest), pointer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_wrong_number_is_told_at_once_and_none_is_repeated() {
        let party = |name: &str, documents: Value| json!({ "reference": name, "kind": "organisation", "name": name, "role": "judgment_debtor", "documents": documents });
        let body = json!({
            "case": { "number": "执行案", "court_name": "a", "court_code": "b", "officers": [] },
            "purpose": "enforcement",
            "parties": [
                party("甲公司", json!([
                    { "kind": "uscc", "number": "91000000MADEM00113" },
                    { "kind": "org_code", "number": "MADEM001–1" },
                    { "kind": "org_code", "number": "MADEM001–2" },
                ])),
                party("乙\u{fffd}司", json!([{ "kind": "uscc", "number": "910A0000MADEM00112" }])),
                party("丙", json!([{ "kind": "resident_id", "number": "110101000001010018" }, 7])),
            ],
            "mandate": { "claim": 5 },
        });
        let text = body.to_string();
        let found = read(text.as_bytes()).expect_err("wrong");
        let pointers: Vec<&str> = found.iter().map(|one| one.pointer.as_str()).collect();
        for expected in [
            "/case/number",
            "/parties/0/documents/0",
            "/parties/0/documents/2",
            "/parties/1/documents/0",
            "/parties/1/name",
            "/parties/2/documents/0",
            "/parties/2/documents/1",
            "/mandate/claim",
        ] {
            assert!(pointers.iter().any(|one| one.starts_with(expected)), "{expected}: {pointers:?}");
        }
        assert_eq!(found.len(), 8, "{pointers:?}");
        let told = format!("{found:?}");
        assert!(!told.contains("MADEM") && !told.contains("110101"), "no number is repeated: {told}");
    }

    #[test]
    fn what_no_part_tells_stands_there_and_the_findings_are_bounded() {
        assert_eq!(read(b"{").expect_err("cut short").len(), 1);
        let absent = read(br#"{"parties":[]}"#).expect_err("no case");
        assert_eq!(absent.len(), 1);
        let wrong = json!({ "kind": "uscc", "number": "1" });
        let many = json!({ "parties": [{ "documents": vec![wrong; 5_000] }] }).to_string();
        assert_eq!(read(many.as_bytes()).expect_err("many").len(), MOST);
        let party =
            json!({ "reference": "x".repeat(2_000), "documents": vec![json!({ "kind": "uscc" }); 2] });
        let parties = json!({ "parties": vec![party; 5_000] }).to_string();
        assert_eq!(read(parties.as_bytes()).expect_err("many").len(), MOST);
        let twice = read(b"{} {}").expect_err("more than one");
        assert_eq!(twice.len(), 1);
    }
}
