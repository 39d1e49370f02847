//! One query as a conversation.

use chakong_contract::connector::Read;
use chakong_contract::{Batch, Call, Date, Dialogue, Fault, HttpRequest, Input, Order, Step};

use super::manifest::{FormRegistry, MANIFEST};
use super::read::malformed;

impl Call for FormRegistry {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?;
        let request = self.request(order)?;
        Ok(Box::new(Conversation {
            registry: self.clone(),
            order: order.clone(),
            day: batch.made.date(),
            request: Some(request),
        }))
    }
}

struct Conversation {
    registry: FormRegistry,
    order: Order,
    /// The day on which it is asked.
    day: Date,
    request: Option<HttpRequest>,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Some(request) = self.request.take() {
            return Step::Send(request);
        }
        let Input::Response(response) = input else {
            return Step::Failed(malformed("the query was sent and no response came"));
        };
        match self.registry.read_response(&response, &self.order, self.day) {
            Ok(answer) => Step::Done(vec![Read::answer(self.order.number.clone(), answer)]),
            Err(fault) => Step::Failed(fault),
        }
    }
}
