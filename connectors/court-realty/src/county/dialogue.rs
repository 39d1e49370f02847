//! One query as a conversation.

use chakong_contract::connector::Read;
use chakong_contract::{
    Batch, Call, Date, Dialogue, Fault, FaultKind, HttpRequest, HttpResponse, Input, RequestNumber, Step,
};

use super::manifest::{County, MANIFEST};
use super::read::{extract, malformed};
use super::wire;
use crate::shared::read::{Extract, Subject, answer};
use crate::shared::wire::results::Results;

impl Call for County {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?;
        let token = batch.token.as_ref().ok_or_else(|| {
            let detail = "the county asks back whether a call is ours: its file needs [line.callbacks]";
            Fault::new(FaultKind::Misconfigured, "write a query", detail)
        })?;
        let head = wire::Head { asking_body: self.asking.clone(), token: token.expose().to_owned() };
        let call = wire::Call { head, data: self.asked(order)? };
        let request = HttpRequest::post_json(self.path, serde_json::to_vec(&call).unwrap_or_default());
        let (number, subject, day) = (order.number.clone(), Subject::of(order), batch.made.date());
        Ok(Box::new(Conversation { county: self.clone(), number, subject, day, request: Some(request) }))
    }
}

struct Conversation {
    county: County,
    number: RequestNumber,
    subject: Subject,
    /// The day on which it is asked.
    day: Date,
    /// Not yet sent.
    request: Option<HttpRequest>,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        match (input, self.request.take()) {
            (Input::Response(answer), _) => match self.on_response(&answer) {
                Ok(read) => Step::Done(vec![read]),
                Err(fault) => Step::Failed(fault),
            },
            (Input::Start, Some(request)) => Step::Send(request),
            (Input::Start, None) => Step::Failed(malformed("the conversation was begun twice")),
        }
    }
}

impl Conversation {
    fn on_response(&self, response: &HttpResponse) -> Result<Read, Fault> {
        let extract = match self.county.results(response)? {
            None => Extract::of_day(self.day),
            Some(results) => {
                let is_ours = |result: &Results| result.application.as_text() == self.number.as_str();
                let ours: Vec<Results> = results.into_iter().filter(is_ours).collect();
                if ours.is_empty() {
                    return Err(malformed("the answer says nothing about the request"));
                }
                extract(ours, Extract::of_day(self.day))?
            }
        };
        let answer = answer(extract, Some(&self.subject), self.county.amounts, Vec::new());
        Ok(Read::answer(self.number.clone(), answer))
    }
}
