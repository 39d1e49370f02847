//! One order as a conversation: one query, and one more with the old number; or a control.

use std::collections::VecDeque;

use chakong_contract::connector::Read;
use chakong_contract::{Batch, Call, Dialogue, Fault, HttpResponse, Input, RequestNumber, Step};

use super::control::dialogue::Control;
use super::manifest::Registry;
use super::wire::query::Query;
use super::{read, write};
use crate::shared::read::{Extract, Subject, answer};
use crate::shared::wire::AmountUnit;

impl Call for Registry {
    fn open(&self, batch: &Batch, ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = write::only(batch)?;
        if order.instruction.kind().is_control() {
            return Ok(Box::new(Control::open(order, self.workflows()?, batch.made, ticket)?));
        }
        let queries = write::queries(order, !self.matches_old_numbers)?;
        Ok(Box::new(Conversation {
            number: order.number.clone(),
            asked: Subject::of(order),
            amounts: self.amounts,
            queries: queries.into(),
            answered: 0,
            extract: Extract::of_day(batch.made.date()),
            missing: Vec::new(),
        }))
    }
}

struct Conversation {
    number: RequestNumber,
    asked: Subject,
    amounts: AmountUnit,
    /// Not yet asked.
    queries: VecDeque<Query>,
    answered: usize,
    extract: Extract,
    missing: Vec<String>,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input
            && let Err(fault) = self.on_response(&answer)
        {
            return Step::Failed(fault);
        }
        match self.queries.pop_front() {
            Some(query) => Step::Send(query.to_http()),
            None => {
                let extract = std::mem::take(&mut self.extract);
                let missing = std::mem::take(&mut self.missing);
                let answer = answer(extract, Some(&self.asked), self.amounts, missing);
                Step::Done(vec![Read::answer(self.number.clone(), answer)])
            }
        }
    }
}

impl Conversation {
    /// A fault of the first query fails the attempt. One of the second does so only if it may pass; else the reply is partial.
    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        match read::answered(answer) {
            Ok(answered) => answered.into_iter().for_each(|answered| self.extract.add(answered)),
            Err(fault) if self.answered == 0 || fault.kind.retry_can_help() => return Err(fault),
            Err(fault) => {
                let status = fault.status.as_deref().unwrap_or("-");
                self.missing.push(format!(
                    "以15位身份证号码的查询未成功（{status}） the query by the 15-digit number failed: {}",
                    fault.detail
                ));
            }
        }
        self.answered += 1;
        Ok(())
    }
}
