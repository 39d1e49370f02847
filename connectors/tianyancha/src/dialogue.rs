//! One order as a conversation: who is it, then every list page by page.

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::connector::Read;
use chakong_contract::reply::UnknownValue;
use chakong_contract::{
    Answer, Batch, Call, Company, Dialogue, Fault, Heard, HttpAnswer, Order, Reply, Secret, Step,
};

use crate::read::{self, Match, Taken};
use crate::wire::{Ask, Endpoint, PAGE_SIZE, Record};
use crate::{Tianyancha, write};

impl Call for Tianyancha {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = write::only_query(batch)?.clone();
        let stage = if write::number_to_search(&order).is_some() { Stage::ByNumber } else { Stage::ByName };
        Ok(Box::new(Conversation {
            order,
            token: self.token.clone(),
            max_pages: self.max_pages,
            stage,
            found: None,
            unknown: Vec::new(),
            missing: Vec::new(),
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
    End,
}

/// The company as far as it is known.
struct Found {
    /// What the vendor is asked with: its own id, else what the record gives.
    keyword: String,
    company: Company,
    matched_by: MatchedBy,
}

struct Conversation {
    order: Order,
    token: Secret,
    max_pages: u32,
    stage: Stage,
    found: Option<Found>,
    unknown: Vec<UnknownValue>,
    missing: Vec<String>,
}

impl Dialogue for Conversation {
    fn next(&mut self, heard: Heard) -> Step {
        if let Heard::Answer(answer) = heard
            && let Err(fault) = self.hear(&answer)
        {
            return Step::Failed(fault);
        }
        match self.ask() {
            Some(ask) => Step::Send(ask.to_http(&self.token)),
            None => Step::Done(vec![Read::answer(self.order.number.clone(), self.answer())]),
        }
    }
}

/// How close a match is; less is closer.
const fn closeness(matched_by: MatchedBy) -> u8 {
    match matched_by {
        MatchedBy::NameAndNumber => 0,
        MatchedBy::Number => 1,
        MatchedBy::NameOnly => 2,
        MatchedBy::Unstated => 3,
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
            Stage::End => return None,
        };
        Some(Ask { endpoint, keyword, page })
    }

    fn hear(&mut self, answer: &HttpAnswer) -> Result<(), Fault> {
        match self.stage {
            Stage::ByNumber | Stage::ByName => self.hear_search(answer),
            Stage::Base => self.hear_base(answer),
            Stage::List(endpoint, page) => self.hear_list(endpoint, page, answer),
            Stage::End => Ok(()),
        }
    }

    /// Takes the best match; looks by name when the number brought none, and ends when the name brings none either.
    fn hear_search(&mut self, answer: &HttpAnswer) -> Result<(), Fault> {
        let page = read::page(read::result(answer, Endpoint::Search)?, Endpoint::Search)?;
        let records: Taken<Record> = read::entries(page);
        if records.unreadable > 0 {
            self.missing.push("搜索结果无法识别 the search result cannot be read".to_owned());
        }
        let ours =
            records.entries.into_iter().filter_map(|record| match read::matched(&record, &self.order) {
                Match::Ours(by) => Some((record, by)),
                Match::Not => None,
            });
        let best = ours.min_by_key(|(_, by)| closeness(*by));
        self.stage = match (best, self.stage) {
            (Some((record, by)), _) => {
                self.missing.clear();
                self.take_record(&record, by);
                Stage::Base
            }
            (None, Stage::ByNumber) => Stage::ByName,
            (None, _) => Stage::End,
        };
        Ok(())
    }

    fn take_record(&mut self, record: &Record, matched_by: MatchedBy) {
        let (company, unknown) = read::company(record);
        let given = [record.id.text(), record.credit_code.text(), company.name.clone()];
        let keyword = given.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        self.unknown = unknown;
        self.found = Some(Found { keyword, company, matched_by });
    }

    /// Base info may show that a company found by its name bears another number: then it is not ours at all.
    fn hear_base(&mut self, answer: &HttpAnswer) -> Result<(), Fault> {
        self.stage = Stage::List(Endpoint::Holders, 1);
        let what = "企业基本信息 base info";
        let Some(result) = self.permitted(what, read::result(answer, Endpoint::Base))? else { return Ok(()) };
        let Some(result) = result else {
            self.missing.push(format!("{what}：无 none"));
            return Ok(());
        };
        let malformed =
            |_| Fault::new(chakong_contract::FaultKind::Malformed, Endpoint::Base.operation(), "no company");
        let record: Record = serde_json::from_value(result).map_err(malformed)?;
        let before = self.found.as_ref().map_or(MatchedBy::Unstated, |found| found.matched_by);
        match (read::matched(&record, &self.order), before) {
            (Match::Ours(now), before) => {
                self.take_record(&record, if closeness(now) < closeness(before) { now } else { before });
            }
            (Match::Not, MatchedBy::NameOnly) => {
                self.found = None;
                self.stage = Stage::End;
            }
            (Match::Not, _) => self.missing.push(format!("{what}：与查询对象不符 about another company")),
        }
        Ok(())
    }

    fn hear_list(&mut self, endpoint: Endpoint, page: u32, answer: &HttpAnswer) -> Result<(), Fault> {
        let (what, next) = match endpoint {
            Endpoint::Holders => ("股东 shareholders", Stage::List(Endpoint::Changes, 1)),
            Endpoint::Changes => ("变更记录 changes", Stage::List(Endpoint::Judicial, 1)),
            _ => ("司法协助 judicial assistance", Stage::End),
        };
        self.stage = next;
        let Some(result) = self.permitted(what, read::result(answer, endpoint))? else { return Ok(()) };
        let list = read::page(result, endpoint)?;
        let stated = list.total.integer().and_then(|total| u64::try_from(total).ok());
        let entries = list.items.as_ref().map_or(0, |items| items.len() as u64);
        let before = u64::from(page - 1) * u64::from(PAGE_SIZE);
        let so_far = before + u64::from(PAGE_SIZE);
        // Without a total a full page may have a next one.
        let total =
            stated.unwrap_or(if entries >= u64::from(PAGE_SIZE) { so_far + 1 } else { before + entries });
        let unreadable = self.keep(endpoint, list);
        if unreadable > 0 {
            self.missing.push(format!("{what}：{unreadable}条无法识别 {unreadable} entries cannot be read"));
        }
        if entries == 0 && total > before {
            self.missing
                .push(format!("{what}：共{total}条，第{page}页为空 page {page} of {total} entries is empty"));
        } else if total > so_far && page < self.max_pages {
            self.stage = Stage::List(endpoint, page + 1);
        } else if total > so_far {
            let of = stated.map_or("?".to_owned(), |total| total.to_string());
            self.missing.push(format!("{what}：共{of}条，只取前{so_far}条 only the first {so_far} of {of}"));
        }
        Ok(())
    }

    /// Puts the entries of a page into the company; gives how many could not be read.
    fn keep(&mut self, endpoint: Endpoint, page: crate::wire::Page) -> usize {
        let Some(found) = &mut self.found else { return 0 };
        let company = &mut found.company;
        let (unknown, unreadable) = match endpoint {
            Endpoint::Holders => {
                let taken = read::shareholders(read::entries(page));
                company.shareholders.extend(taken.entries);
                (taken.unknown, taken.unreadable)
            }
            Endpoint::Changes => {
                let taken = read::changes(read::entries(page));
                let new: Vec<_> =
                    taken.entries.into_iter().filter(|change| !company.changes.contains(change)).collect();
                company.changes.extend(new);
                (taken.unknown, taken.unreadable)
            }
            _ => {
                let taken = read::encumbrances(read::entries(page));
                company.encumbrances.extend(taken.entries);
                (taken.unknown, taken.unreadable)
            }
        };
        self.unknown.extend(unknown);
        unreadable
    }

    /// A fault that may pass fails the attempt, so that the gateway tries again; one that will not makes the reply partial.
    fn permitted<T>(&mut self, what: &str, read: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.kind.retry_can_help() => Err(fault),
            Err(fault) => {
                let status = fault.status.as_deref().unwrap_or("-");
                self.missing.push(format!("{what}：未能取得（{status}） not available, {}", fault.detail));
                Ok(None)
            }
        }
    }

    fn answer(&mut self) -> Answer {
        let assets: Vec<FoundAsset> = std::mem::take(&mut self.found)
            .map(|found| FoundAsset { asset: Asset::Company(found.company), matched_by: found.matched_by })
            .into_iter()
            .collect();
        let missing = std::mem::take(&mut self.missing);
        let reply = match (assets.is_empty(), missing.is_empty()) {
            (true, true) => Reply::Nothing,
            (false, true) => Reply::Found { assets },
            (_, false) => Reply::Partial { assets, missing },
        };
        Answer { unknown: std::mem::take(&mut self.unknown), ..Answer::of(reply) }
    }
}
