//! The simulated vendor: the same paths and forms, companies by script, misbehaviour by script.

mod records;

use std::collections::BTreeMap;
use std::time::Duration;

use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, Moment, Secret, Settings};
use chakong_toolkit::call_fault::{self, CallFaultKind, CallFaults};
use chakong_toolkit::company_script::{Company, CompanyScript, Everyone, NoMore};
use chakong_toolkit::paging::page_of;
use serde_json::{Value, json};

use self::records::Vendor;
use crate::wire::{Ask, Endpoint, Envelope, PAGE_SIZE, Page};

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (script, NoMore {}) = CompanyScript::<Company, Everyone>::read(script)?;
    let companies = script.companies.into_iter().zip(1..).map(|(company, id)| (id, company)).collect();
    Ok(Box::new(Tianyan {
        token: settings.secret("token").cloned(),
        delay: Duration::from_millis(script.delay_ms),
        faults: CallFaults::new(script.faults),
        companies,
        everyone: script.everyone,
        books: Books::default(),
    }))
}

/// The simulated vendor.
#[derive(Debug)]
struct Tianyan {
    /// What the header must say; anything is taken when the counterpart has no token.
    token: Option<Secret>,
    delay: Duration,
    faults: CallFaults,
    /// By the vendor's own id.
    companies: BTreeMap<i64, Company>,
    everyone: Option<Everyone>,
    /// Every charged call counts as a query.
    books: Books,
}

impl Sandbox for Tianyan {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Tianyan {
    fn serve(&mut self, request: &InboundRequest, _now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let body = match scripted {
            Some(fault) => error(fault.code.unwrap_or(300_001)),
            None => self.answer(request),
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        call_fault::serve(fault.as_ref(), self.delay, HttpResponse::json(200, body))
    }
}

fn error(code: i64) -> Envelope {
    let reason = match code {
        300_000 => "无数据",
        300_008 => "缺少必要参数",
        300_009 => "账号信息有误",
        300_010 => "URL不存在",
        _ => "请求失败",
    };
    Envelope { error_code: code.into(), reason: reason.into(), result: Value::Null }
}

impl Tianyan {
    fn answer(&mut self, request: &InboundRequest) -> Envelope {
        let token = request.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value);
        if self.token.as_ref().is_some_and(|right| token.is_none_or(|token| token != right.expose())) {
            return error(300_009);
        }
        let Some(ask) = Ask::from_request(request) else {
            return error(if request.query.is_empty() { 300_008 } else { 300_010 });
        };
        self.books.queries = self.books.queries.saturating_add(1);
        if ask.endpoint == Endpoint::Detail {
            return self.detail(&ask.keyword).map_or_else(|| error(300_000), success);
        }
        match self.vendor(&ask.keyword) {
            Some(vendor) => paged(&vendor, &ask),
            None => error(300_000),
        }
    }

    fn detail(&self, assistance_id: &str) -> Option<Value> {
        let (key, at) = assistance_id.split_once(':')?;
        self.vendor(key)?.detail(at.parse().ok()?)
    }

    /// The company meant by a keyword: id, code, registration number or whole name, else one of `everyone`, which has no id
    /// and is asked for by its code throughout.
    fn vendor(&self, keyword: &str) -> Option<Vendor> {
        let by_id = keyword.parse().ok().and_then(|id: i64| self.companies.get_key_value(&id));
        let listed =
            by_id.or_else(|| self.companies.iter().find(|(_, company)| company.is_meant_by(keyword)));
        match listed {
            Some((id, company)) => Some(Vendor::new(Some(*id), company.clone())),
            None => {
                let mut company = self.everyone.as_ref()?.company(keyword)?;
                // This vendor writes amounts with their unit.
                company.shareholders.iter_mut().for_each(|one| one.subscribed.push_str("万人民币"));
                Some(Vendor::new(None, company))
            }
        }
    }
}

fn success(result: Value) -> Envelope {
    Envelope { error_code: 0.into(), reason: "ok".into(), result }
}

fn paged(vendor: &Vendor, ask: &Ask) -> Envelope {
    let items = match ask.endpoint {
        Endpoint::Base => return success(vendor.base()),
        Endpoint::Search => vec![vendor.search()],
        Endpoint::Holders => vendor.holders(),
        Endpoint::Changes => vendor.changes(),
        Endpoint::Judicial => vendor.judicial(),
        Endpoint::Investments => vendor.investments(),
        Endpoint::Branches => vendor.branches(),
        Endpoint::History => return vendor.history().map_or_else(|| error(300_000), success),
        Endpoint::Detail => Vec::new(),
    };
    if items.is_empty() {
        return error(300_000);
    }
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let shown = page_of(items, ask.page, PAGE_SIZE);
    success(json!(Page { total: total.into(), items: Some(shown) }))
}
