//! What a look is about: the case, and marks of its parties.

use crate::api::Shared;
use crate::domain::people::Courts;
use crate::domain::{Case, ChainId, found_by};
use crate::people::sight;
use crate::store::{Reads, Stored, order_by_number};

/// Most persons of a case of which a look keeps marks.
const MOST_MARKS: usize = 50;

/// What is looked at, as far as it belongs to a case.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) case_number: String,
    pub(super) court: String,
    /// Its chain; `None` for a list of no case.
    pub(super) chain: Option<ChainId>,
    /// Words of whom it is about, of which marks are kept.
    pub(super) about: Vec<String>,
}

impl Subject {
    /// A list of no case, by what is asked for: that may name a person, so that it is kept as a keyed hash.
    pub(super) fn of_list(gateway: &Shared, asked: &str, about: Vec<String>) -> Self {
        let mark = hex::encode(gateway.store.keyed_hash(asked.as_bytes()).get(..8).unwrap_or_default());
        Self {
            name: format!("list {mark}"),
            case_number: String::new(),
            court: String::new(),
            chain: None,
            about,
        }
    }

    pub(super) fn of_case(case: Case) -> Self {
        Self {
            name: case.id.to_string(),
            case_number: case.number.as_str().to_owned(),
            court: case.court_code,
            chain: Some(case.chain),
            about: Vec::new(),
        }
    }
}

/// Marks of the persons that a look is about: of what was looked for, and of the numbers of the parties of its case.
pub(super) async fn marks_of(gateway: &Shared, subject: &Subject) -> Stored<Vec<String>> {
    let mut words = subject.about.clone();
    if let Some(chain) = subject.chain {
        let parties = gateway.store.read(move |reads| reads.parties_of(chain)).await?;
        let numbers = parties.iter().flat_map(|party| &party.documents);
        words.extend(numbers.filter_map(|document| found_by::of_party(document.number())).take(MOST_MARKS));
    }
    let mark =
        |word: &String| hex::encode(gateway.store.keyed_hash(word.as_bytes()).get(..8).unwrap_or_default());
    Ok(words.iter().map(mark).collect())
}

/// What is looked at, where the caller sees it.
pub(super) fn subject_of(
    reads: &mut dyn Reads,
    courts: &Courts,
    route: &str,
    name: String,
) -> Stored<Option<Subject>> {
    if route.starts_with("/v1/cases/") {
        return Ok(sight::named_case(reads, courts, &name)?.map(Subject::of_case));
    }
    if route.starts_with("/v1/papers/") {
        return match sight::print(reads, courts, &name)? {
            Some((print, _)) => {
                Ok(reads.case(print.case)?.map(|case| Subject { name, ..Subject::of_case(case) }))
            }
            None => Ok(None),
        };
    }
    let inquiry = if route.starts_with("/v1/inquiries/") {
        match name.parse() {
            Ok(uid) => sight::inquiry(reads, courts, uid)?,
            Err(_) => None,
        }
    } else if route.starts_with("/v1/orders/") || route.starts_with("/v1/desk/") {
        let found = match name.parse() {
            Ok(number) => order_by_number(reads, &number)?,
            Err(_) => None,
        };
        match sight::order(reads, courts, found)? {
            Some(order) => reads.inquiry(order.inquiry)?,
            None => None,
        }
    } else {
        let measure = match name.parse() {
            Ok(row) => sight::measure(reads, courts, crate::domain::MeasureId::new(row))?,
            Err(_) => None,
        };
        match measure {
            Some(measure) => reads.inquiry(measure.inquiry)?,
            None => None,
        }
    };
    Ok(inquiry.map(|inquiry| Subject {
        name,
        case_number: inquiry.case_number,
        court: inquiry.court,
        chain: Some(inquiry.chain),
        about: Vec::new(),
    }))
}
