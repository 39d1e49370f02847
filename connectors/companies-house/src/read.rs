//! What is understood: bodies, what is not there, and one body on its own.

mod company;
mod lists;

use company::number;
pub(crate) use company::{company, matched};
pub(crate) use lists::add;

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::{Answer, Company, Fault, FaultKind, HttpResponse, Reply};
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::json;
use serde_json::Value;

use crate::wire::{Hit, List, NotFound, Page, Profile, window_end};

/// The words for the profile, where it is missing.
pub(crate) const PROFILE: &str = "公司登记信息 profile";
/// The words for a search, where some of it is missing.
pub(crate) const SEARCH: &str = "搜索结果 search result";

fn form(operation: &str) -> Fault {
    Fault::new(FaultKind::Malformed, operation, "the answer has another form")
}

/// The content of an answer; `None` where the register says that it has nothing there.
fn content(answer: &HttpResponse, operation: &str) -> Result<Option<Value>, Fault> {
    let not_found = || json::read::<NotFound>(&answer.body).ok();
    if answer.status == 404 && not_found().is_some_and(|body| body.is_the_registers()) {
        return Ok(None);
    }
    let body = answer.success(operation).map_err(|fault| match fault.retry_after {
        None if fault.kind == FaultKind::RateLimited => fault.retry_after(window_end(answer)),
        _ => fault,
    })?;
    json::read_with_nulls(body).map(Some).map_err(|_| form(operation))
}

/// A page of a list; `None` where there is no company of the number.
pub(crate) fn page(answer: &HttpResponse, operation: &str) -> Result<Option<Page>, Fault> {
    let Some(content) = content(answer, operation)? else { return Ok(None) };
    // Its entries are read one by one.
    let page: Page = serde_json::from_value(content).map_err(|_| form(operation))?;
    match page.is_list() {
        true => Ok(Some(page)),
        false => Err(Fault::new(FaultKind::Malformed, operation, "the answer is no list")),
    }
}

/// The profile; `None` where there is no company of the number.
pub(crate) fn profile(answer: &HttpResponse, operation: &str) -> Result<Option<Profile>, Fault> {
    let Some(content) = content(answer, operation)? else { return Ok(None) };
    let profile: Profile = json::of_value(content).map_err(|_| form(operation))?;
    match number(&profile) {
        Some(_) => Ok(Some(profile)),
        None => Err(Fault::new(FaultKind::Malformed, operation, "the profile has no number")),
    }
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let operation = "read a message";
    let not_found = json::read::<NotFound>(body).is_ok_and(|body| body.is_the_registers());
    if not_found {
        return Ok(Answer::of(Reply::Nothing));
    }
    let mut gathered = Gathered::default();
    let answer = HttpResponse::json(200, body);
    let found =
        |company| vec![FoundAsset { asset: Asset::Company(company), matched_by: MatchedBy::Unstated }];
    let Some(items) = page(&answer, operation).unwrap_or_default().map(|page| page.items.unwrap_or_default())
    else {
        let profile = profile(&answer, operation)?.unwrap_or_default();
        let company = company(&profile, &mut gathered);
        return Ok(gathered.answer(found(company)));
    };
    let first = items.iter().find(|item| item.is_object()).cloned().unwrap_or_default();
    let has = |key: &str| first.get(key).is_some();
    let list = match () {
        () if has("title") => None,
        () if has("natures_of_control") => Some(List::Control),
        () if has("persons_entitled") || has("charge_number") => Some(List::Charges),
        () if has("category") => Some(List::Filings),
        () if items.is_empty() => return Ok(Answer::of(Reply::Nothing)),
        () => return Err(Fault::new(FaultKind::Malformed, operation, "the list is not known")),
    };
    let Some(list) = list else {
        let hits: Vec<Hit> = gathered.entries(SEARCH, items);
        let named = |hit: Hit| Company {
            name: hit.title.text(),
            registration_number: hit.company_number.text(),
            ..Company::default()
        };
        gathered.lacks(PROFILE, "仅为搜索结果 search results only");
        return Ok(gathered.answer(hits.into_iter().map(named).flat_map(found).collect()));
    };
    let mut company = Company::default();
    add(&mut company, list, items, None, &mut gathered);
    gathered.lacks(PROFILE, "单页内容 one page only");
    Ok(gathered.answer(found(company)))
}
