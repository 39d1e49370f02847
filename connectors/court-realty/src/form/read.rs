//! What the registry answers.

use chakong_contract::{Answer, Date, Fault, FaultKind, HttpResponse, Order, Refusal, RefusalReason, Reply};
use chakong_toolkit::Scalar;

use super::manifest::FormRegistry;
use super::wire::{self, Said};
use crate::shared::read::{Extract, Subject, answer};
use crate::shared::wire::point_to_point::results::QueryResult;
use crate::shared::wire::{Meaning, meaning};

/// What is done, for faults; no personal data.
const OPERATION: &str = "query by form";

pub(super) fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, why)
}

impl FormRegistry {
    pub(super) fn read_response(
        &self,
        response: &HttpResponse,
        order: &Order,
        day: Date,
    ) -> Result<Answer, Fault> {
        let results = match said(response.success(OPERATION)?)? {
            Ok(results) => results,
            Err(refused) => return Ok(refused),
        };
        let is_its =
            |result: &QueryResult| result.number.is_empty() || result.number == order.number.as_str();
        let mut its = results.into_iter().filter(is_its);
        let result = its.next().ok_or_else(|| malformed("it holds no result for the query"))?;
        if its.next().is_some() {
            return Err(malformed("it holds several results for one query"));
        }
        self.answer(result, Some(&Subject::of(order)), Some(day))
    }

    /// A result as an answer, given on a day.
    pub(super) fn answer(
        &self,
        result: QueryResult,
        asked: Option<&Subject>,
        day: Option<Date>,
    ) -> Result<Answer, Fault> {
        match meaning(&result.code, &Scalar::from(result.message.as_str()), &Scalar::Null) {
            Meaning::Nothing => Ok(Answer::of(Reply::Nothing)),
            Meaning::Success => {
                let of_request = || Extract::of_request(&result.number);
                let mut extract = day.map_or_else(of_request, Extract::of_day);
                extract.add(result.answered);
                let mut answer = answer(extract, asked, self.amounts, Vec::new());
                answer.unknown.extend(result.unknown);
                Ok(answer)
            }
            // The registry's words may repeat names and numbers.
            Meaning::Fault(kind, why) => Err(coded(Fault::new(kind, OPERATION, why), &result.code)),
        }
    }
}

/// The results of a body, or the refusal that it is.
pub(super) fn said(body: &[u8]) -> Result<Result<Vec<QueryResult>, Answer>, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("the answer is not UTF-8"))?;
    match wire::read_answer(text)? {
        Said::Results(results) => Ok(Ok(results)),
        Said::TurnedAway(code, words) => {
            let words = if words.is_empty() { format!("登记机构前置返回 {code}") } else { words };
            Ok(Err(Answer::of(Reply::Refused(Refusal { reason: RefusalReason::Other, words }))))
        }
        Said::Error(words) => match meaning("0", &words.into(), &Scalar::Null) {
            Meaning::Fault(kind, why) => Err(Fault::new(kind, OPERATION, why)),
            Meaning::Success | Meaning::Nothing => Ok(Err(Answer::of(Reply::Nothing))),
        },
    }
}

/// Longest code that a fault repeats.
const LONGEST_CODE: usize = 12;

fn coded(fault: Fault, code: &str) -> Fault {
    let short = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if short { fault.status(code) } else { fault }
}
