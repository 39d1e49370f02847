//! One order as a conversation: who is it, then every list page by page.

use std::collections::VecDeque;

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::name::same_name;
use chakong_contract::{
    Batch, Call, Company, Date, Dialogue, Fault, FaultKind, HttpResponse, Input, Order, Step,
};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::paging::{NextPage, PageRead};
use serde_json::Value;

use crate::manifest::{Checked, MANIFEST};
use crate::wire::{Ask, BEYOND, Hit, List, PAGE_SIZE, Page, REMAIN, window_end};
use crate::{CompaniesHouse, read, write};

/// Companies of one name that are looked at.
const MOST_COMPANIES: usize = 5;

impl Call for CompaniesHouse {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?.clone();
        let first = match write::company_number(order.document.number()) {
            Some(number) => Ask::Profile { number },
            None => Ask::Search { name: order.name.as_str().to_owned(), page: 1, size: PAGE_SIZE },
        };
        let (settings, asked, day) = (self.settings.clone(), Some(first), batch.made.date());
        let (numbers, found, gathered) = (VecDeque::new(), Vec::new(), Gathered::on(day));
        Ok(Box::new(Conversation { order, day, settings, asked, numbers, found, gathered }))
    }
}

struct Conversation {
    order: Order,
    /// The day on which it is asked.
    day: Date,
    settings: Checked,
    /// What was asked last; nothing at the end.
    asked: Option<Ask>,
    /// Numbers whose profile is still to be looked at.
    numbers: VecDeque<String>,
    found: Vec<(Company, MatchedBy)>,
    gathered: Gathered,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        let answer = match input {
            Input::Response(answer) => Some(answer),
            Input::Start => None,
        };
        if let Some(Err(fault)) = answer.as_ref().map(|answer| self.on_response(answer)) {
            return Step::Failed(fault);
        }
        match &self.asked {
            Some(ask) => match answer.as_ref().and_then(|answer| spent(answer, ask)) {
                Some(fault) => Step::Failed(fault),
                None => Step::Send(ask.to_http(&self.settings.authorization)),
            },
            None => {
                let found = std::mem::take(&mut self.found).into_iter();
                let assets = found
                    .map(|(company, matched_by)| FoundAsset { asset: Asset::Company(company), matched_by });
                self.gathered.done(&self.order.number, assets.collect())
            }
        }
    }
}

/// The register said that nothing remains in this window, and there is more to ask.
fn spent(answer: &HttpResponse, next: &Ask) -> Option<Fault> {
    let remains = answer.header(REMAIN)?.trim();
    (remains == "0").then(|| {
        let why = "no request remains in this window";
        Fault::new(FaultKind::RateLimited, next.operation(), why).retry_after(window_end(answer))
    })
}

impl Conversation {
    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        let Some(ask) = self.asked.take() else { return Ok(()) };
        let operation = ask.operation();
        match ask {
            Ask::Profile { number } => self.on_profile(number, answer, operation),
            Ask::Search { .. } if answer.status == BEYOND => {
                self.asked = self.end_search(false);
                Ok(())
            }
            Ask::Search { name, page, size } => {
                let read = read::page(answer, operation)?.unwrap_or_default();
                let (next, size) = self.next_page(&read, page, size, read::SEARCH);
                self.take_hits(read.items.unwrap_or_default());
                self.asked = match next {
                    Some(page) if self.numbers.len() <= MOST_COMPANIES => {
                        Some(Ask::Search { name, page, size })
                    }
                    _ => self.end_search(next.is_some()),
                };
                Ok(())
            }
            Ask::List { number, list, .. } if answer.status == BEYOND => {
                // It was asked because more entries were announced.
                self.gathered.lacks(list.what(), "登记机关不再给出后续页 the register gives no further page");
                self.asked = self.next_list(number, Some(list));
                Ok(())
            }
            Ask::List { number, list, page, size } => {
                let read = self.gathered.permitted(list.what(), read::page(answer, operation))?;
                let read = read.flatten().unwrap_or_default();
                let (next, size) = self.next_page(&read, page, size, list.what());
                if let Some((company, _)) = self.found.last_mut() {
                    read::add(
                        company,
                        list,
                        read.items.unwrap_or_default(),
                        Some(self.day),
                        &mut self.gathered,
                    );
                }
                self.asked = match next {
                    Some(page) => Some(Ask::List { number, list, page, size }),
                    None => self.next_list(number, Some(list)),
                };
                Ok(())
            }
        }
    }

    /// Keeps the numbers of the companies that bear exactly the name, each once. The register lists by a rank of its own: companies of
    /// one name need not stand together, so that every page within bounds is looked at.
    fn take_hits(&mut self, items: Vec<Value>) {
        let hits: Vec<Hit> = self.gathered.entries(read::SEARCH, items);
        let named = hits.iter().filter(|hit| same_name(&hit.title.text(), self.order.name.as_str()));
        // A number becomes part of a path: only one of the register's form is taken.
        for number in named.filter_map(|hit| write::company_number(&hit.company_number.text())) {
            if !self.numbers.contains(&number) {
                self.numbers.push_back(number);
            }
        }
    }

    /// Ends the search: the first companies of the name are looked at, and it is told where there are more.
    fn end_search(&mut self, has_more: bool) -> Option<Ask> {
        let many = self.numbers.len();
        if many > MOST_COMPANIES {
            self.numbers.truncate(MOST_COMPANIES);
            let more = if has_more { "以上 or more" } else { "" };
            let why = format!(
                "同名企业{many}家{more}，只查{MOST_COMPANIES}家 {many} of one name, {MOST_COMPANIES} looked at"
            );
            self.gathered.lacks(read::SEARCH, &why);
        }
        self.next_profile()
    }

    fn on_profile(&mut self, number: String, answer: &HttpResponse, operation: &str) -> Result<(), Fault> {
        let profile = read::profile(answer, operation)?;
        let matched_by = profile.as_ref().and_then(|profile| read::matched(profile, &self.order));
        self.asked = match (profile, matched_by) {
            (Some(profile), Some(matched_by)) => {
                let company = read::company(&profile, &mut self.gathered);
                self.found.push((company, matched_by));
                self.next_list(number, None)
            }
            (Some(_), None) if self.found.is_empty() && self.numbers.is_empty() => {
                self.gathered.lacks(read::PROFILE, "与查询对象不符 about another company");
                None
            }
            _ => self.next_profile(),
        };
        Ok(())
    }

    /// The next page, and the size that the register really gives.
    fn next_page(&mut self, read: &Page, page: u32, size: u32, what: &str) -> (Option<u32>, u32) {
        let given = read.items_per_page.integer().and_then(|given| u32::try_from(given).ok());
        let size = given.filter(|given| (1..=size).contains(given)).unwrap_or(size);
        let total = [&read.total_results, &read.total_count].into_iter().find_map(|total| total.integer());
        let total = total.and_then(|total| u64::try_from(total).ok());
        let entries = read.items.as_ref().map_or(0, Vec::len) as u64;
        match (PageRead { page, size, entries, total, most_pages: self.settings.max_pages }).next() {
            NextPage::Page(next) => (Some(next), size),
            NextPage::Whole => (None, size),
            NextPage::Short(why) => {
                self.gathered.lacks(what, &why);
                (None, size)
            }
        }
    }

    fn next_list(&mut self, number: String, after: Option<List>) -> Option<Ask> {
        let lists = &self.settings.lists;
        let from =
            after.and_then(|after| lists.iter().position(|list| *list == after)).map_or(0, |at| at + 1);
        match lists.get(from) {
            Some(list) => Some(Ask::List { number, list: *list, page: 1, size: PAGE_SIZE }),
            None => self.next_profile(),
        }
    }

    fn next_profile(&mut self) -> Option<Ask> {
        self.numbers.pop_front().map(|number| Ask::Profile { number })
    }
}
