//! One order as a conversation: the list, page by page.

use std::sync::Arc;

use chakong_contract::asset::FoundAsset;
use chakong_contract::{Batch, Call, Dialogue, Fault, FaultKind, HttpResponse, Input, Order, Secret, Step};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::paging::{NextPage, PageRead};

use crate::description::Description;
use crate::manifest::MANIFEST;
use crate::{Declarative, read, write};

impl Call for Declarative {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?.clone();
        if !self.description.identities.contains(&order.document.kind()) {
            let why = "the description does not name this kind of identity document";
            return Err(Fault::new(FaultKind::Unsupported, "write a query", why));
        }
        Ok(Box::new(Conversation {
            order,
            description: Arc::clone(&self.description),
            authorization: self.authorization.clone(),
            page: Some(1),
            found: Vec::new(),
            gathered: Gathered::on(batch.made.date()),
        }))
    }
}

struct Conversation {
    order: Order,
    description: Arc<Description>,
    authorization: Option<(String, Secret)>,
    /// The page that was asked for last; nothing at the end.
    page: Option<u32>,
    found: Vec<FoundAsset>,
    gathered: Gathered,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input
            && let Err(fault) = self.on_response(&answer)
        {
            return Step::Failed(fault);
        }
        let Some(page) = self.page else {
            return self.gathered.done(&self.order.number, read::once(std::mem::take(&mut self.found)));
        };
        match write::ask(&self.description, &self.order, page, self.authorization.as_ref()) {
            Ok(request) => Step::Send(request),
            Err(fault) => Step::Failed(fault),
        }
    }
}

impl Conversation {
    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        let Some(page) = self.page.take() else { return Ok(()) };
        let read::Page { items, total } = read::page(&self.description, answer)?;
        let entries = items.len() as u64;
        self.found.extend(read::assets(&self.description, Some(&self.order), items, &mut self.gathered));
        let Some(paging) = &self.description.paging else { return Ok(()) };
        let (size, most_pages) = (paging.size, paging.most_pages);
        match (PageRead { page, size, entries, total, most_pages }).next() {
            NextPage::Page(next) => self.page = Some(next),
            NextPage::Whole => {}
            NextPage::Short(why) => self.gathered.lacks(read::ENTRIES, &why),
        }
        Ok(())
    }
}
