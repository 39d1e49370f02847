//! The form of an order.

use chakong_contract::{ActionKind, Fault, FaultKind, HttpRequest, Order};

use super::manifest::FormRegistry;
use super::wire::{self, field};
use crate::shared::request;

impl FormRegistry {
    /// The form of an order. The password is no part of what is shown or kept.
    pub(super) fn request(&self, order: &Order) -> Result<HttpRequest, Fault> {
        let unsupported = |why| Fault::new(FaultKind::Unsupported, "write the form", why);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let request = request::request(order)?;
        let created = order.created.wall().strftime("%Y/%m/%d %H:%M:%S").to_string();
        let message = wire::query(&created, &request, &request::papers(order), &request::cards(order));
        let data = wire::data(&message, self.leaves);
        let fields = [(field::DATA, data.as_str()), (field::USERNAME, self.account.as_str())];
        let body = serde_urlencoded::to_string(fields).map_err(|_| unsupported("it is no form"))?;
        let secret_fields = vec![(field::PASSWORD.to_owned(), self.password.clone())];
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        Ok(HttpRequest { secret_fields, ..HttpRequest::post(wire::PATH, content_type, body.into_bytes()) })
    }
}
