//! One order as a conversation: one request and its answer; what is under review is looked up later.

use std::time::Duration;

use chakong_contract::connector::Read;
use chakong_contract::message::Method;
use chakong_contract::{
    Answer, Batch, Call, Date, Dialogue, Fault, FaultKind, HttpRequest, HttpResponse, Input, Order, Secret,
    Step,
};

use crate::manifest::{JsonLine, ParameterLine};
use crate::wire::{Operation, Request};
use crate::{read, write};

impl Call for JsonLine {
    fn open(&self, batch: &Batch, ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = write::only(batch)?.clone();
        let (operation, request) = match ticket {
            None => write::request(&order)?,
            Some(ticket) => {
                let request = Request { number: ticket.to_owned(), ..Request::default() };
                (Operation::Result, request)
            }
        };
        let (token, look_again) = (self.token.clone(), self.look_again);
        let asked = batch.made.date();
        Ok(Box::new(Conversation { order, asked, operation, request, token, look_again }))
    }
}

struct Conversation {
    order: Order,
    asked: Date,
    operation: Operation,
    request: Request,
    token: Secret,
    look_again: u32,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        let answer = match input {
            Input::Start => return Step::Send(self.request.to_http(self.operation, &self.token)),
            Input::Response(answer) => answer,
        };
        match read::understand(&answer, &self.order, self.operation, self.asked) {
            Ok(Some(answer)) => Step::Done(vec![Read::answer(self.order.number.clone(), answer)]),
            Ok(None) => Step::Later {
                ticket: self.order.number.to_string(),
                after: Duration::from_secs(u64::from(self.look_again)),
            },
            Err(fault) => Step::Failed(fault),
        }
    }
}

impl Call for ParameterLine {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = write::only(batch)?.clone();
        let body = write::parameters(&order, batch.made.date())?;
        let request = HttpRequest {
            method: Method::Post,
            headers: vec![(
                "content-type".to_owned(),
                "application/x-www-form-urlencoded; charset=GBK".to_owned(),
            )],
            body,
            ..HttpRequest::get(self.path.clone())
        };
        Ok(Box::new(Exchange { order, request: Some(request) }))
    }
}

struct Exchange {
    order: Order,
    /// Not yet sent.
    request: Option<HttpRequest>,
}

impl Dialogue for Exchange {
    fn next(&mut self, input: Input) -> Step {
        if let Some(request) = self.request.take() {
            return Step::Send(request);
        }
        let answered = |answer: &HttpResponse| -> Result<Answer, Fault> {
            let operation = write::operation(&self.order.instruction)?;
            read::understand_parameters(answer.success(operation.name())?, Some(&self.order))
        };
        match input {
            Input::Response(answer) => match answered(&answer) {
                Ok(answer) => Step::Done(vec![Read::answer(self.order.number.clone(), answer)]),
                Err(fault) => Step::Failed(fault),
            },
            Input::Start => {
                Step::Failed(Fault::new(FaultKind::Malformed, "hold the conversation", "it began twice"))
            }
        }
    }
}
