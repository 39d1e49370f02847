//! One order as a conversation: who is it, then the parents of each record.

use std::collections::VecDeque;

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy, Parent, ParentLevel};
use chakong_contract::{Batch, Call, Company, Dialogue, Fault, HttpResponse, Input, Order, Step};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::paging::{NextPage, PageRead};

use crate::manifest::{Checked, List, MANIFEST};
use crate::wire::{About, Ask, PAGE_SIZE, Related, Resource, Subject};
use crate::{Gleif, read, write};

/// Records kept of one search: of one name there may be several, in several countries.
const MOST_RECORDS: usize = 20;
const PARENTS: &str = "母公司 parents";
const CHILDREN: &str = "子公司 subsidiaries";

impl Call for Gleif {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?.clone();
        let mut searches: VecDeque<Ask> = write::searches(&order).into();
        let asked = searches.pop_front().map(|ask| (ask, 0));
        let settings = self.settings.clone();
        let (found, gathered) = (Vec::new(), Gathered::on(batch.made.date()));
        Ok(Box::new(Conversation {
            order,
            settings,
            asked,
            searches,
            about: VecDeque::new(),
            found,
            gathered,
        }))
    }
}

struct Conversation {
    order: Order,
    settings: Checked,
    /// What was asked last, and the place of the record that it is about.
    asked: Option<(Ask, usize)>,
    /// Searches still to be made while nothing is found.
    searches: VecDeque<Ask>,
    /// What is still to be asked about the records found.
    about: VecDeque<(Ask, usize)>,
    found: Vec<(Company, MatchedBy)>,
    gathered: Gathered,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input
            && let Err(fault) = self.on_response(&answer)
        {
            return Step::Failed(fault);
        }
        match &self.asked {
            Some((ask, _)) => Step::Send(ask.to_http()),
            None => {
                let found = std::mem::take(&mut self.found).into_iter();
                let assets = found
                    .map(|(company, matched_by)| FoundAsset { asset: Asset::Company(company), matched_by });
                self.gathered.done(&self.order.number, assets.collect())
            }
        }
    }
}

impl Conversation {
    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        match self.asked.take() {
            Some((ask @ Ask::Records { .. }, _)) => self.on_records(&ask, answer),
            Some((Ask::About { lei, about }, at)) => self.on_about(lei, about, at, answer),
            Some((Ask::Children { lei, page }, at)) => self.on_children(lei, page, at, answer),
            None => Ok(()),
        }
    }

    fn on_records(&mut self, ask: &Ask, answer: &HttpResponse) -> Result<(), Fault> {
        let Ask::Records { filter, value, page } = ask else { return Ok(()) };
        let records = read::records(answer, ask.operation())?;
        let size = PAGE_SIZE;
        let most_pages = self.settings.max_pages;
        let entries = records.items.len() as u64;
        let next = PageRead { page: *page, size, entries, total: records.total, most_pages }.next();
        let records: Vec<Resource<Subject>> = self.gathered.entries(read::RECORDS, records.items);
        for record in records {
            self.take(&record);
        }
        let next = match next {
            NextPage::Page(next) => Some(Ask::Records { filter: *filter, value: value.clone(), page: next }),
            NextPage::Whole => None,
            NextPage::Short(why) => {
                self.gathered.lacks(read::RECORDS, &why);
                None
            }
        };
        self.asked = match next {
            Some(next) => Some((next, 0)),
            None if self.found.is_empty() => self.searches.pop_front().map(|ask| (ask, 0)),
            None => self.about.pop_front(),
        };
        Ok(())
    }

    /// Keeps a record that is the party's, and notes what else is to be asked about it.
    fn take(&mut self, record: &Resource<Subject>) {
        let Some(matched_by) = read::matched(&record.attributes, &self.order) else { return };
        if self.found.len() >= MOST_RECORDS {
            let why = format!("只取前{MOST_RECORDS}条 only the first {MOST_RECORDS}");
            if !self.gathered.missing.iter().any(|told| told.ends_with(&why)) {
                self.gathered.lacks(read::RECORDS, &why);
            }
            return;
        }
        let company = read::company(&record.attributes, &mut self.gathered);
        let at = self.found.len();
        if let Some(lei) = &company.lei {
            let related = &record.relationships;
            self.note(&lei.to_string(), ParentLevel::Direct, related.direct_parent.as_ref(), at);
            self.note(&lei.to_string(), ParentLevel::Ultimate, related.ultimate_parent.as_ref(), at);
            if self.settings.lists.contains(&List::Children) {
                self.about.push_back((Ask::Children { lei: lei.to_string(), page: 1 }, at));
            }
        }
        self.found.push((company, matched_by));
    }

    fn note(&mut self, lei: &str, level: ParentLevel, related: Option<&Related>, at: usize) {
        let Some(links) = related.map(|related| &related.links) else { return };
        let wants = |list| self.settings.lists.contains(&list);
        let leads = |link: &Option<Scalar>| link.as_ref().is_some_and(|link| link.code().is_some());
        let asks = [
            (leads(&links.lei_record) && wants(List::Parents), About::Parent(level)),
            (leads(&links.relationship_record) && wants(List::Relationships), About::Relationship(level)),
            (leads(&links.reporting_exception) && wants(List::Parents), About::Exception(level)),
        ];
        let asks = asks.into_iter().filter(|(wanted, _)| *wanted);
        self.about.extend(asks.map(|(_, about)| (Ask::About { lei: lei.to_owned(), about }, at)));
    }

    fn on_about(&mut self, lei: String, about: About, at: usize, answer: &HttpResponse) -> Result<(), Fault> {
        self.asked = self.about.pop_front();
        let operation = Ask::About { lei, about }.operation();
        let read = match about {
            About::Parent(level) => read::parent(answer, level, operation),
            About::Relationship(level) => read::relationship(answer, level, operation),
            About::Exception(level) => read::exception(answer, level, operation),
        };
        let Some(parent) = self.gathered.permitted(PARENTS, read)? else { return Ok(()) };
        if let Some((company, _)) = self.found.get_mut(at) {
            add_parent(company, parent);
        }
        Ok(())
    }
}

impl Conversation {
    fn on_children(&mut self, lei: String, page: u32, at: usize, answer: &HttpResponse) -> Result<(), Fault> {
        let read = read::records(answer, Ask::Children { lei: lei.clone(), page }.operation());
        // The register has no such page for an entity without any.
        let read = if answer.status == 404 { Ok(read::Records::default()) } else { read };
        let records = self.gathered.permitted(CHILDREN, read)?.unwrap_or_default();
        let (size, entries) = (PAGE_SIZE, records.items.len() as u64);
        let most_pages = self.settings.max_pages;
        let next = PageRead { page, size, entries, total: records.total, most_pages }.next();
        let children: Vec<Resource<Subject>> = self.gathered.entries(CHILDREN, records.items);
        if let Some((company, _)) = self.found.get_mut(at) {
            company.subsidiaries.extend(children.iter().map(|child| read::subsidiary(&child.attributes)));
        }
        self.asked = match next {
            NextPage::Page(next) => Some((Ask::Children { lei, page: next }, at)),
            NextPage::Whole => self.about.pop_front(),
            NextPage::Short(why) => {
                self.gathered.lacks(CHILDREN, &why);
                self.about.pop_front()
            }
        };
        Ok(())
    }
}

/// Adds a parent, or what is newly known of one.
fn add_parent(company: &mut Company, new: Parent) {
    let known = company.parents.iter_mut().find(|known| known.level == new.level && known.lei == new.lei);
    match known {
        Some(known) if known.words.is_empty() => known.words = new.words,
        Some(_) => {}
        None => company.parents.push(new),
    }
}
