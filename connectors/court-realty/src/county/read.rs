//! What a county answers.

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{Fault, FaultKind, HttpResponse, RequestNumber};
use chakong_toolkit::json;
use serde_json::Value;

use super::manifest::County;
use super::wire::{self, EMPTY, NOT_CONFIRMED};
use crate::shared::read::{Extract, answer};
use crate::shared::wire::results::Results;
use crate::shared::wire::{Meaning, meaning};

/// What is done, for faults; no personal data.
const OPERATION: &str = "query a county";

pub(super) fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, detail)
}

impl County {
    /// What an answer holds, one entry a request; `None` where the county says that it has nothing.
    pub(super) fn results(&self, answer: &HttpResponse) -> Result<Option<Vec<Results>>, Fault> {
        let body = answer.success(OPERATION)?;
        let answer: wire::CountyResponse =
            json::read(body).map_err(|_| malformed("the answer is not the county's JSON"))?;
        let code = answer.head.code.text();
        // No condition of ours is empty. Each attempt has a token of its own, so that another may be confirmed.
        if code == NOT_CONFIRMED || code == EMPTY {
            let detail = "the county could not have the call confirmed at our address";
            return Err(Fault::new(FaultKind::Transient, OPERATION, detail).status(code));
        }
        match meaning(&code, &answer.head.msg, &chakong_toolkit::Scalar::Null) {
            Meaning::Success => entries(answer.data).map(Some),
            Meaning::Nothing => Ok(None),
            Meaning::Fault(kind, why) => {
                let fault = Fault::new(kind, OPERATION, why);
                let short = (1..=12).contains(&code.len()) && code.is_ascii();
                Err(if short { fault.status(code) } else { fault })
            }
        }
    }

    /// Reads of an answer on its own: who was asked about is not known, so a match is not stated.
    pub(super) fn lone(&self, results: Vec<Results>) -> Vec<Read> {
        let one = |result: Results| {
            let request = result.application.text();
            let number: Option<RequestNumber> =
                result.application.code().and_then(|number| number.parse().ok());
            let content = match extract([result], Extract::of_request(&request)) {
                Ok(extract) => ReadContent::Answer(Box::new(answer(extract, None, self.amounts, Vec::new()))),
                Err(fault) => ReadContent::Fault(fault),
            };
            Read { number, content }
        };
        results.into_iter().map(one).collect()
    }
}

fn entries(data: Value) -> Result<Vec<Results>, Fault> {
    let entries = chakong_toolkit::list::entries(data).into_iter().map(serde_json::from_value);
    entries.collect::<Result<_, _>>().map_err(|_| malformed("an entry is no result"))
}

/// Puts results into an extract of their day.
pub(super) fn extract(
    results: impl IntoIterator<Item = Results>,
    mut extract: Extract,
) -> Result<Extract, Fault> {
    for result in results.into_iter().flat_map(|results| results.results) {
        extract.add(result.answered().map_err(|_| malformed("a list of the result is no list"))?);
    }
    Ok(extract)
}
