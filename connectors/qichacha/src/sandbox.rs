//! The simulated vendor: the same paths and forms, its clock, companies by script, misbehaviour by script.

mod records;
mod script;

use std::time::Duration;

use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, Moment, Settings};
use chakong_toolkit::call_fault::{self, CallFaultKind, CallFaults};
use chakong_toolkit::company_script::{Company, CompanyScript, Everyone};
use chakong_toolkit::paging::page_of;
use serde_json::{Value, json};

use self::script::Clock;
use crate::wire::{Account, Ask, Endpoint, Envelope, PAGE_SIZE, Paging};

/// Seconds by which the time of a token may differ from now, unless the script says otherwise.
const CLOCK_WINDOW: u64 = 300;

pub(crate) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (script, clock) = CompanyScript::read(script)?;
    let faults = CallFaults::new(script.faults.clone());
    let secret = settings.secret("secret_key").cloned();
    let account = secret.map(|secret| Account { key: settings.text("app_key").trim().to_owned(), secret });
    Ok(Box::new(Vendor { script, clock, faults, account, books: Books::default() }))
}

/// The simulated vendor.
#[derive(Debug)]
struct Vendor {
    script: CompanyScript<Company, Everyone>,
    clock: Clock,
    faults: CallFaults,
    /// Who may ask; anybody when the counterpart has no secret.
    account: Option<Account>,
    /// Every counted call is a query.
    books: Books,
}

impl Sandbox for Vendor {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Vendor {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let mut envelope = match scripted {
            Some(fault) => error(fault.code.unwrap_or(199)),
            None => self.answer(request, now),
        };
        envelope.order_number = format!("SIM{:027}", self.books.queries).into();
        let body = serde_json::to_vec(&envelope).unwrap_or_default();
        let delay = Duration::from_millis(self.script.delay_ms);
        call_fault::serve(fault.as_ref(), delay, HttpResponse::json(200, body))
    }
}

fn error(status: i64) -> Envelope {
    let message = match status {
        201 => "【有效请求】查询无结果",
        101 => "【无效请求】KEY无效或者还未生效",
        115 => "【无效请求】身份验证错误或者已过期",
        202 => "【有效请求】查询参数错误",
        _ => "【无效请求】系统未知错误",
    };
    Envelope { status: status.to_string().into(), message: message.into(), ..Envelope::default() }
}

fn success(result: Value) -> Envelope {
    let message = "【有效请求】查询成功".into();
    Envelope { status: "200".to_owned().into(), message, result, ..Envelope::default() }
}

impl Vendor {
    /// The status with which a request is turned away; nothing when it may ask.
    fn refusal(&self, request: &InboundRequest, now: Moment) -> Option<i64> {
        let account = self.account.as_ref()?;
        let header = |wanted: &str| {
            request.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        if request.parameter("key") != Some(account.key.as_str()) {
            return Some(101);
        }
        let timespan = header("timespan").unwrap_or_default();
        let window = self.clock.clock_window_s.unwrap_or(CLOCK_WINDOW);
        let in_time = timespan.parse::<i64>().is_ok_and(|time| time.abs_diff(now.unix_seconds()) <= window);
        let right = header("token") == Some(account.token(timespan).expose());
        (!in_time || !right).then_some(115)
    }

    fn answer(&mut self, request: &InboundRequest, now: Moment) -> Envelope {
        if let Some(status) = self.refusal(request, now) {
            return error(status);
        }
        let Some(ask) = Ask::from_request(request) else { return error(202) };
        self.books.queries = self.books.queries.saturating_add(1);
        match (self.company(&ask.keyword), ask.endpoint) {
            (None, _) => error(201),
            (Some(company), Endpoint::Basic) => success(records::base(&company, false)),
            (Some(company), Endpoint::Pack) => success(records::base(&company, true)),
            (Some(company), Endpoint::Partners) => paged(records::partners(&company), &ask),
            (Some(company), Endpoint::Branches) => paged(records::branches(&company), &ask),
            (Some(company), Endpoint::Judicial) => {
                let rows = records::freezes(&company);
                if rows.is_empty() { error(201) } else { success(json!(rows)) }
            }
        }
    }

    /// The company meant by a keyword: code, registration number or whole name, else one of `everyone`.
    fn company(&self, keyword: &str) -> Option<Company> {
        let listed = self.script.companies.iter().find(|company| company.is_meant_by(keyword)).cloned();
        listed.or_else(|| self.script.everyone.as_ref()?.company(keyword))
    }
}

fn paged(items: Vec<Value>, ask: &Ask) -> Envelope {
    if items.is_empty() {
        return error(201);
    }
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let shown = page_of(items, ask.page, PAGE_SIZE);
    let paging = Paging {
        page_size: i64::from(PAGE_SIZE).into(),
        page_index: i64::from(ask.page).into(),
        total_records: total.into(),
    };
    Envelope { paging: json!(paging), ..success(json!(shown)) }
}
