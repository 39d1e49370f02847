//! One order as a conversation: who is it, then the lists that base data did not bring along.

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::{
    Batch, Call, Charges, Company, Date, Dialogue, Fault, HttpResponse, Input, Order, Step,
};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::paging::{NextPage, PageRead};

use crate::manifest::{Checked, List, MANIFEST};
use crate::wire::{Ask, Endpoint, PAGE_SIZE};
use crate::{Qichacha, read};

impl Call for Qichacha {
    /// The time in the token is that of the batch, which the gateway makes as it sends: a connector has no clock.
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?.clone();
        let settings = self.settings.clone();
        let wants = |list| settings.lists.contains(&list);
        let base = if wants(List::Changes) { Endpoint::Pack } else { Endpoint::Basic };
        let lists = [
            (Endpoint::Partners, base == Endpoint::Basic && wants(List::Shareholders)),
            (Endpoint::Branches, base == Endpoint::Basic && wants(List::Branches)),
            (Endpoint::Judicial, wants(List::Judicial)),
        ];
        let lists = lists.into_iter().filter(|(_, wanted)| *wanted).map(|(list, _)| list).collect();
        let number = read::number_to_ask(&order);
        let keyword = number.unwrap_or(order.name.as_str()).to_owned();
        let by_name = number.is_none();
        Ok(Box::new(Conversation {
            timespan: batch.made.unix_seconds().to_string(),
            asked: Some(Ask { endpoint: base, keyword, page: 1 }),
            order,
            day: batch.made.date(),
            settings,
            by_name,
            lists,
            found: None,
            gathered: Gathered::on(batch.made.date()),
            charges: Charges::default(),
        }))
    }
}

struct Conversation {
    order: Order,
    /// The day on which it is asked.
    day: Date,
    settings: Checked,
    timespan: String,
    /// What was asked last; nothing at the end.
    asked: Option<Ask>,
    /// Whether the name has been asked for.
    by_name: bool,
    /// Lists to be fetched, in order.
    lists: Vec<Endpoint>,
    found: Option<(Company, MatchedBy)>,
    gathered: Gathered,
    charges: Charges,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input {
            read::count_charge(&answer, &mut self.charges);
            if let Err(fault) = self.on_response(&answer) {
                return Step::Failed(fault);
            }
        }
        match &self.asked {
            Some(ask) => Step::Send(ask.to_http(&self.settings.account, &self.timespan)),
            None => {
                let found = self.found.take();
                let assets = found
                    .map(|(company, matched_by)| FoundAsset { asset: Asset::Company(company), matched_by });
                self.gathered.done(&self.order.number, assets.into_iter().collect())
            }
        }
    }

    fn charges(&self) -> Charges {
        self.charges.clone()
    }
}

impl Conversation {
    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        match self.asked.take() {
            Some(ask) if matches!(ask.endpoint, Endpoint::Basic | Endpoint::Pack) => {
                self.on_base(&ask, answer)
            }
            Some(ask) => self.on_list(ask, answer),
            None => Ok(()),
        }
    }

    /// Keeps base data that are the party's; asks for the name when the number brought none.
    fn on_base(&mut self, ask: &Ask, answer: &HttpResponse) -> Result<(), Fault> {
        let found = read::found(answer, ask.endpoint)?;
        let record = found.result.map(|result| read::record(result, ask.endpoint)).transpose()?;
        let ours = record.and_then(|record| {
            let matched_by = read::matched(&record, &self.order)?;
            Some((record, matched_by))
        });
        self.asked = match ours {
            Some((record, matched_by)) => {
                let mut company = read::company(&record, &mut self.gathered);
                let keyword = record.credit_code.code_of(18).unwrap_or_else(|| company.name.clone());
                if ask.endpoint == Endpoint::Pack {
                    read::add_pack(&mut company, record, &mut self.gathered);
                }
                self.found = Some((company, matched_by));
                self.lists.first().map(|list| Ask { endpoint: *list, keyword, page: 1 })
            }
            None if self.by_name => None,
            None => {
                self.by_name = true;
                let keyword = self.order.name.as_str().to_owned();
                Some(Ask { endpoint: ask.endpoint, keyword, page: 1 })
            }
        };
        Ok(())
    }

    fn on_list(&mut self, ask: Ask, answer: &HttpResponse) -> Result<(), Fault> {
        let (endpoint, what) = (ask.endpoint, ask.endpoint.what());
        let Some(found) = self.gathered.permitted(what, read::found(answer, endpoint))? else {
            self.asked = self.list_after(ask);
            return Ok(());
        };
        let items = read::items(found.result);
        let entries = items.len() as u64;
        let (page, most_pages) = (ask.page, self.settings.max_pages);
        let next = PageRead { page, size: PAGE_SIZE, entries, total: found.total, most_pages }.next();
        if let Some((company, _)) = &mut self.found {
            match endpoint {
                Endpoint::Partners => read::add_shareholders(company, items, &mut self.gathered),
                Endpoint::Branches => read::add_branches(company, items, &mut self.gathered),
                _ => read::add_freezes(company, items, Some(self.day), &mut self.gathered),
            }
        }
        self.asked = match next {
            // Judicial assistance comes whole.
            _ if endpoint == Endpoint::Judicial => self.list_after(ask),
            NextPage::Page(page) => Some(Ask { page, ..ask }),
            NextPage::Whole => self.list_after(ask),
            NextPage::Short(why) => {
                self.gathered.lacks(what, &why);
                self.list_after(ask)
            }
        };
        Ok(())
    }

    fn list_after(&self, ask: Ask) -> Option<Ask> {
        let mut rest = self.lists.iter().skip_while(|list| **list != ask.endpoint);
        rest.nth(1).map(|list| Ask { endpoint: *list, page: 1, ..ask })
    }
}
