//! The simulated register: the same paths and forms, companies by script, its window, misbehaviour by script.

mod records;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, Moment, Secret, Settings};
use chakong_toolkit::call_fault::{self, CallFaults};
use chakong_toolkit::company_script::CompanyScript;
use chakong_toolkit::paging::page_of;
use serde_json::{Value, json};

use self::script::{Company, Everyone, Limits};
use crate::wire::{self, Ask, BEYOND, List, NotFound, Page, REMAIN, RESET};

/// Length of a window, in seconds.
const WINDOW: i64 = 300;

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (script, Limits { search_limit, window_limit }) = CompanyScript::read(script)?;
    let faults = CallFaults::new(script.faults.clone());
    let authorization = settings.secret("api_key").map(wire::basic);
    Ok(Box::new(Register {
        script,
        search_limit,
        window_limit,
        faults,
        authorization,
        window: None,
        books: Books::default(),
    }))
}

/// The simulated register.
#[derive(Debug)]
struct Register {
    script: CompanyScript<Company, Everyone>,
    /// Entries after which a search answers 416.
    search_limit: Option<u64>,
    /// Requests of a window.
    window_limit: Option<u32>,
    faults: CallFaults,
    /// What the header must say; anything is taken when the counterpart has no key.
    authorization: Option<Secret>,
    /// End of the window in Unix seconds, and requests in it.
    window: Option<(i64, u32)>,
    books: Books,
}

impl Sandbox for Register {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Register {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        self.books.queries = self.books.queries.saturating_add(1);
        let window = self.count(now);
        let (status, body) = match window {
            Some((_, None)) => (429, Value::Null),
            _ => self.answer(request),
        };
        let mut answer = HttpResponse::json(status, serde_json::to_vec(&body).unwrap_or_default());
        if let Some((end, remain)) = window {
            answer.headers.push((REMAIN.to_owned(), remain.unwrap_or(0).to_string()));
            answer.headers.push((RESET.to_owned(), end.to_string()));
        }
        call_fault::serve(fault.as_ref(), Duration::from_millis(self.script.delay_ms), answer)
    }
}

impl Register {
    /// Counts a request: the end of the window and what remains, nothing when the limit was reached before.
    fn count(&mut self, now: Moment) -> Option<(i64, Option<u32>)> {
        let limit = self.window_limit?;
        let now = now.unix_seconds();
        let (end, used) = self.window.filter(|(end, _)| now < *end).unwrap_or((now + WINDOW, 0));
        let remain = limit.checked_sub(used.saturating_add(1));
        self.window = Some((end, used.saturating_add(1)));
        Some((end, remain))
    }

    fn answer(&self, request: &InboundRequest) -> (u16, Value) {
        let given = request.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value);
        if self.authorization.as_ref().is_some_and(|right| given.is_none_or(|given| given != right.expose()))
        {
            return (401, json!({ "error": "Invalid Authorization", "type": "ch:service" }));
        }
        let ask = Ask::from_request(request);
        if let (Some(Ask::Search { page, size, .. }), Some(limit)) = (&ask, self.search_limit)
            && u64::from(page.saturating_sub(1)) * u64::from(*size) >= limit
        {
            return (BEYOND, json!({ "errors": [{ "error": "start-index-out-of-range" }] }));
        }
        let body = ask.and_then(|ask| match ask {
            Ask::Profile { number } => self.company(&number).map(|company| records::profile(&company)),
            Ask::Search { page, size, .. } => {
                // In the order of the script: the register ranks by rules of its own, and parts companies of one name.
                let hits = self.script.companies.iter();
                Some(paged(hits.map(records::hit).collect(), page, size, false))
            }
            Ask::List { number, list, page, size } => {
                let items = records::items(&self.company(&number)?, list);
                // A company without charges has no list of them.
                let there = !items.is_empty() || list != List::Charges;
                there.then(|| paged(items, page, size, list != List::Control))
            }
        });
        match body {
            Some(body) => (200, body),
            None => {
                let message = "404 NOT_FOUND \"Resource not found for company profile\"".into();
                (404, json!(NotFound { message, ..NotFound::default() }))
            }
        }
    }

    fn company(&self, number: &str) -> Option<Company> {
        let listed = self.script.companies.iter().find(|company| company.number == number).cloned();
        listed.or_else(|| self.script.everyone.as_ref()?.company(number))
    }
}

fn paged(items: Vec<Value>, page: u32, size: u32, counts: bool) -> Value {
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let (results, count) = if counts { (None, Some(total)) } else { (Some(total), None) };
    json!(Page {
        items: Some(page_of(items, page, size)),
        total_results: results.map(Into::into).unwrap_or_default(),
        total_count: count.map(Into::into).unwrap_or_default(),
        items_per_page: i64::from(size).into(),
    })
}
