//! One order as a conversation: who is it, then every list page by page, then the detail of each freeze that stands.

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::name::same_name;
use chakong_contract::{
    Batch, Call, Charges, Company, Dialogue, EquityStake, Fault, FaultKind, HttpResponse, Input, Order, Step,
};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::paging::{NextPage, PageRead};

use crate::manifest::{Checked, MANIFEST};
use crate::read::{self, Freeze};
use crate::wire::{Ask, Detail, Endpoint, History, PAGE_SIZE, Record};
use crate::{Tianyancha, write};

/// Details of freezes fetched for one company; each is a charged call.
const MOST_DETAILS: usize = 20;

impl Call for Tianyancha {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?.clone();
        let stage = if write::number_to_search(&order).is_some() { Stage::ByNumber } else { Stage::ByName };
        let settings = self.settings.clone();
        Ok(Box::new(Conversation {
            order,
            settings,
            stage,
            found: None,
            gathered: Gathered::on(batch.made.date()),
            details_left: MOST_DETAILS,
            charged: 0,
        }))
    }
}

/// Where the conversation stands: what was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    ByNumber,
    ByName,
    Base,
    /// A list and its page, from 1.
    List(Endpoint, u32),
    /// The detail of the freeze at this place.
    Detail(usize),
    End,
}

/// The company as far as it is known.
struct Found {
    /// What the vendor is asked with: its own id, else what the record gives.
    keyword: String,
    company: Company,
    matched_by: MatchedBy,
    stakes: Vec<EquityStake>,
    freezes: Vec<Freeze>,
}

struct Conversation {
    order: Order,
    settings: Checked,
    stage: Stage,
    found: Option<Found>,
    gathered: Gathered,
    details_left: usize,
    /// Answers that the vendor charges.
    charged: u64,
}

impl Dialogue for Conversation {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input {
            self.charged += u64::from(read::is_charged(&answer));
            if let Err(fault) = self.on_response(&answer) {
                return Step::Failed(fault);
            }
        }
        match self.ask() {
            Some(ask) => Step::Send(ask.to_http(&self.settings.token)),
            None => {
                let assets = self.assets();
                self.gathered.done(&self.order.number, assets)
            }
        }
    }

    fn charges(&self) -> Charges {
        Charges { requests: self.charged, references: Vec::new() }
    }
}

impl Conversation {
    fn ask(&self) -> Option<Ask> {
        let known = || self.found.as_ref().map(|found| found.keyword.clone());
        let (endpoint, keyword, page) = match self.stage {
            Stage::ByNumber => (Endpoint::Search, write::number_to_search(&self.order)?.to_owned(), 1),
            Stage::ByName => (Endpoint::Search, self.order.name.as_str().to_owned(), 1),
            Stage::Base => (Endpoint::Base, known()?, 1),
            Stage::List(endpoint, page) => (endpoint, known()?, page),
            Stage::Detail(at) => (Endpoint::Detail, self.found.as_ref()?.freezes.get(at)?.id.clone(), 1),
            Stage::End => return None,
        };
        Some(Ask { endpoint, keyword, page })
    }

    fn on_response(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        match self.stage {
            Stage::ByNumber | Stage::ByName => self.on_search(answer),
            Stage::Base => self.on_base(answer),
            Stage::List(Endpoint::History, _) => self.on_history(answer),
            Stage::List(endpoint, page) => self.on_list(endpoint, page, answer),
            Stage::Detail(at) => self.on_detail(at, answer),
            Stage::End => Ok(()),
        }
    }

    /// Takes the best match; looks by name when the number brought none, and ends when the name brings none either.
    fn on_search(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        let what = Endpoint::Search.what();
        let page = read::page(read::result(answer, Endpoint::Search)?, Endpoint::Search)?;
        let announced = page.total.integer().filter(|total| *total > 0);
        let items = page.entries();
        if let Some(total) = announced.filter(|_| items.is_empty()) {
            self.gathered.lacks(what, &format!("共{total}条，未给出 none of {total} entries is given"));
        }
        let records: Vec<Record> = self.gathered.entries(what, items);
        let ours = records.into_iter().filter_map(|record| {
            let matched_by = read::matched(&record, &self.order)?;
            Some((record, matched_by))
        });
        let mut ours: Vec<(Record, MatchedBy)> = ours.collect();
        ours.sort_by_key(|(_, by)| *by);
        let namesakes = ours.iter().filter(|(_, by)| *by == MatchedBy::NameOnly).count();
        self.stage = match (ours.into_iter().next(), self.stage) {
            (Some((record, by)), _) => {
                self.gathered.missing.clear();
                if by == MatchedBy::NameOnly && namesakes > 1 {
                    let why = format!("同名企业{namesakes}家，只查1家 {namesakes} of one name, 1 looked at");
                    self.gathered.lacks(what, &why);
                }
                self.take_record(&record, by);
                Stage::Base
            }
            (None, Stage::ByNumber) => Stage::ByName,
            (None, _) => Stage::End,
        };
        Ok(())
    }

    fn take_record(&mut self, record: &Record, matched_by: MatchedBy) {
        self.gathered.unknown.clear();
        let company = read::company(record, &mut self.gathered);
        let codes = [record.id.code(), record.credit_code.code()].map(Option::unwrap_or_default);
        let given = codes.into_iter().chain([company.name.clone()]);
        let keyword = given.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        self.found = Some(Found { keyword, company, matched_by, stakes: Vec::new(), freezes: Vec::new() });
    }

    /// Base info may show that a company found by its name bears another number: then it is not ours at all.
    fn on_base(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        self.stage = self.settings.lists.first().map_or(Stage::End, |first| Stage::List(*first, 1));
        let what = Endpoint::Base.what();
        let result = read::result(answer, Endpoint::Base);
        let Some(result) = self.gathered.permitted(what, result)? else { return Ok(()) };
        let Some(result) = result else {
            self.gathered.lacks(what, "无 none");
            return Ok(());
        };
        let record: Record = read::shaped(result, Endpoint::Base)?;
        let before = self.found.as_ref().map_or(MatchedBy::Unstated, |found| found.matched_by);
        match (read::matched(&record, &self.order), before) {
            (Some(now), before) => self.take_record(&record, now.min(before)),
            (None, MatchedBy::NameOnly) => {
                self.found = None;
                self.stage = Stage::End;
            }
            (None, _) => self.gathered.lacks(what, "与查询对象不符 about another company"),
        }
        Ok(())
    }

    /// What comes after a list: the details of freezes after theirs, else the next list.
    fn after(&mut self, endpoint: Endpoint) -> Stage {
        if endpoint == Endpoint::Judicial && self.settings.details {
            return self.detail_from(0);
        }
        self.list_after(endpoint)
    }

    fn list_after(&self, endpoint: Endpoint) -> Stage {
        let mut rest = self.settings.lists.iter().skip_while(|list| **list != endpoint);
        rest.nth(1).map_or(Stage::End, |next| Stage::List(*next, 1))
    }

    /// The next detail from a place on, while any may be asked.
    fn detail_from(&mut self, from: usize) -> Stage {
        let freezes = self.found.as_ref().map(|found| found.freezes.as_slice()).unwrap_or_default();
        let next = freezes.iter().enumerate().skip(from).find(|(_, freeze)| freeze.has_detail());
        match (next, self.details_left.checked_sub(1)) {
            (Some((at, _)), Some(left)) => {
                self.details_left = left;
                Stage::Detail(at)
            }
            (Some(_), None) => {
                let why = format!("只取前{MOST_DETAILS}条 only the first {MOST_DETAILS}");
                self.gathered.lacks(Endpoint::Detail.what(), &why);
                self.list_after(Endpoint::Judicial)
            }
            (None, _) => self.list_after(Endpoint::Judicial),
        }
    }

    fn on_list(&mut self, endpoint: Endpoint, page: u32, answer: &HttpResponse) -> Result<(), Fault> {
        let what = endpoint.what();
        let Some(result) = self.gathered.permitted(what, read::result(answer, endpoint))? else {
            self.stage = self.after(endpoint);
            return Ok(());
        };
        let list = read::page(result, endpoint)?;
        let read = PageRead {
            page,
            size: PAGE_SIZE,
            entries: list.items.as_ref().map_or(0, |items| items.len() as u64),
            total: list.total.integer().and_then(|total| u64::try_from(total).ok()),
            most_pages: self.settings.max_pages,
        };
        self.keep(endpoint, list.entries());
        self.stage = match read.next() {
            NextPage::Page(next) => Stage::List(endpoint, next),
            NextPage::Whole => self.after(endpoint),
            NextPage::Short(why) => {
                self.gathered.lacks(what, &why);
                self.after(endpoint)
            }
        };
        Ok(())
    }

    /// Puts the entries of a page into the company.
    fn keep(&mut self, endpoint: Endpoint, items: Vec<serde_json::Value>) {
        let (Some(found), gathered) = (&mut self.found, &mut self.gathered) else { return };
        let (company, what) = (&mut found.company, endpoint.what());
        match endpoint {
            Endpoint::Holders => {
                let holders = gathered.entries(what, items);
                company.shareholders.extend(read::shareholders(holders, gathered));
            }
            Endpoint::Changes => {
                let changes = gathered.entries(what, items);
                read::add_changes(&mut company.changes, read::changes(changes, gathered));
            }
            Endpoint::Investments => {
                let investments = gathered.entries(what, items);
                found.stakes.extend(read::stakes(&company.name, investments, gathered));
            }
            Endpoint::Branches => {
                let branches = gathered.entries(what, items);
                company.branches.extend(read::branches(branches, gathered));
            }
            _ => {
                let rows = gathered.entries(what, items);
                found.freezes.extend(read::freezes(rows, gathered));
            }
        }
    }

    fn on_history(&mut self, answer: &HttpResponse) -> Result<(), Fault> {
        self.stage = self.after(Endpoint::History);
        let result = read::result(answer, Endpoint::History);
        let result = self.gathered.permitted(Endpoint::History.what(), result)?.flatten();
        let (Some(result), Some(found)) = (result, &mut self.found) else { return Ok(()) };
        let history: History = read::shaped(result, Endpoint::History)?;
        read::add_history(&mut found.company, history, &mut self.gathered);
        Ok(())
    }

    fn on_detail(&mut self, at: usize, answer: &HttpResponse) -> Result<(), Fault> {
        let result = read::result(answer, Endpoint::Detail);
        let Some(result) = self.gathered.permitted(Endpoint::Detail.what(), result)? else {
            // What is not permitted once is not permitted for the others either.
            self.stage = self.list_after(Endpoint::Judicial);
            return Ok(());
        };
        let freeze = self.found.as_mut().and_then(|found| found.freezes.get_mut(at));
        if let (Some(result), Some(freeze)) = (result, freeze) {
            let detail: Detail = read::shaped(result, Endpoint::Detail)?;
            if !read::add_detail(freeze, &detail, &mut self.gathered) {
                let why = "the detail of judicial assistance holds none of its parts";
                return Err(Fault::new(FaultKind::Malformed, Endpoint::Detail.operation(), why));
            }
        }
        self.stage = self.detail_from(at + 1);
        Ok(())
    }

    fn assets(&mut self) -> Vec<FoundAsset> {
        let Some(mut found) = self.found.take() else { return Vec::new() };
        for freeze in found.freezes.iter().map(|freeze| freeze.record.freeze()) {
            let ours = same_name(&freeze.debtor, &found.company.name);
            let of = |stake: &&mut EquityStake| ours && same_name(&stake.company, &freeze.company);
            if let Some(burden) = freeze.encumbrance() {
                if let Some(stake) = found.stakes.iter_mut().find(of) {
                    stake.encumbrances.push(burden.clone());
                }
                found.company.encumbrances.push(burden);
            }
            found.company.freezes.push(freeze);
        }
        let assets = std::iter::once(Asset::Company(found.company))
            .chain(found.stakes.into_iter().map(Asset::Equity))
            .map(|asset| FoundAsset { asset, matched_by: found.matched_by });
        assets.collect()
    }
}
