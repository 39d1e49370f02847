//! What is understood: bodies, what is not there, and one body on its own.

mod company;
mod lists;

pub(crate) use company::{company, matched};
pub(crate) use lists::add;

use chakong_contract::asset::{Asset, FoundAsset, MatchedBy};
use chakong_contract::message::without_mark;
use chakong_contract::{Answer, Company, Fault, FaultKind, HttpResponse, Reply};
use chakong_toolkit::gathered::Gathered;
use serde::de::DeserializeOwned;

use crate::wire::{Hit, List, NotFound, Page, Profile, window_end};

/// The words for the profile, where it is missing.
pub(crate) const PROFILE: &str = "公司登记信息 profile";
/// The words for a search, where some of it is missing.
pub(crate) const SEARCH: &str = "搜索结果 search result";

/// The content of an answer; `None` where the register says that it has nothing there.
pub(crate) fn content<T: DeserializeOwned>(
    answer: &HttpResponse,
    operation: &str,
) -> Result<Option<T>, Fault> {
    let not_found = || serde_json::from_slice::<NotFound>(without_mark(&answer.body)).ok();
    if answer.status == 404 && not_found().is_some_and(|body| body.is_the_registers()) {
        return Ok(None);
    }
    let body = answer.success(operation).map_err(|fault| match fault.retry_after {
        None if fault.kind == FaultKind::RateLimited => fault.retry_after(window_end(answer)),
        _ => fault,
    })?;
    let malformed = |_| Fault::new(FaultKind::Malformed, operation, "the answer has another form");
    serde_json::from_slice(body).map(Some).map_err(malformed)
}

/// The profile; `None` where there is no company of the number.
pub(crate) fn profile(answer: &HttpResponse, operation: &str) -> Result<Option<Profile>, Fault> {
    let profile: Option<Profile> = content(answer, operation)?;
    match profile {
        Some(profile) if profile.company_number.is_blank() => {
            Err(Fault::new(FaultKind::Malformed, operation, "the profile has no number"))
        }
        profile => Ok(profile),
    }
}

/// What one body says on its own. It does not say who was asked about, so nothing is said of the match.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let operation = "read a message";
    let not_found =
        serde_json::from_slice::<NotFound>(without_mark(body)).is_ok_and(|body| body.is_the_registers());
    if not_found {
        return Ok(Answer::of(Reply::Nothing));
    }
    let mut gathered = Gathered::default();
    let answer = HttpResponse::json(200, body);
    let found =
        |company| vec![FoundAsset { asset: Asset::Company(company), matched_by: MatchedBy::Unstated }];
    let page: Option<Page> = content(&answer, operation).unwrap_or_default();
    let Some(page) = page else {
        let profile = profile(&answer, operation)?.unwrap_or_default();
        let company = company(&profile, &mut gathered);
        return Ok(gathered.answer(found(company)));
    };
    let first = page.items.first().cloned().unwrap_or_default();
    let has = |key: &str| first.get(key).is_some();
    let list = match () {
        () if has("title") => None,
        () if has("natures_of_control") => Some(List::Control),
        () if has("persons_entitled") || has("charge_number") => Some(List::Charges),
        () if has("category") => Some(List::Filings),
        () if page.items.is_empty() => return Ok(Answer::of(Reply::Nothing)),
        () => return Err(Fault::new(FaultKind::Malformed, operation, "the list is not known")),
    };
    let Some(list) = list else {
        let hits: Vec<Hit> = gathered.entries(SEARCH, page.items);
        let named = |hit: Hit| Company {
            name: hit.title.text(),
            registration_number: hit.company_number.text(),
            ..Company::default()
        };
        gathered.lacks(PROFILE, "仅为搜索结果 search results only");
        return Ok(gathered.answer(hits.into_iter().map(named).flat_map(found).collect()));
    };
    let mut company = Company::default();
    add(&mut company, list, page.items, &mut gathered);
    gathered.lacks(PROFILE, "单页内容 one page only");
    Ok(gathered.answer(found(company)))
}
