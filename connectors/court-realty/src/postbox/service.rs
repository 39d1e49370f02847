//! What a registry calls, and what it is answered.

use chakong_contract::{
    CallKind, CallResult, Claim, Credentials, EntryResult, HttpResponse, InboundRequest, Order, ParsedCall,
    Postbox, RequestNumber, Secret,
};
use chakong_toolkit::soap::http::{self, SoapRequest};
use chakong_toolkit::soap::{Trouble, write_fault};

use super::feedback::{self, is_feed};
use super::manifest::PollingRegistry;
use super::wire::acknowledgement::{Entry, FAIL, SUCCESS, acknowledgement, refusal};
use super::wire::names::{CARDS, CONTROLS, FEED_QUERIES, PAPERS, QUERIES, SERVICE};
use super::wire::offers::{About, document_of, offers, read_login};
use crate::shared::request as written;
use crate::shared::wire::point_to_point::request::{Request, cards, papers};
use crate::shared::wire::tree::Element;

/// Longest name or password that a caller may give, in characters.
const LONGEST: usize = 200;
/// Why nothing is given: account or password are wrong.
const TURNED_AWAY: &str = "用户名或密码错误";
/// Why nothing is given or taken: there is no such request for this registry.
const UNKNOWN: &str = "控制单号不存在";
/// Why an entry is not taken: the same was handed in before.
const ALREADY: &str = "已经反馈";
/// Why nothing is taken: nothing of the feedback can be read.
const UNREADABLE: &str = "反馈内容无法读取";

/// Why a call is not taken: nobody is named.
const NOBODY: Trouble = Trouble::of_caller("the first argument does not name the caller");

impl Postbox for PollingRegistry {
    fn identify(&self, call: &InboundRequest, whole: bool) -> Result<Claim, HttpResponse> {
        match http::classify(call)? {
            SoapRequest::Description(_) => Ok(Claim::Nobody),
            SoapRequest::Call => self.identify_call(&call.body, whole).map_err(fault),
        }
    }

    fn parse(&self, call: &InboundRequest) -> Result<ParsedCall, HttpResponse> {
        match http::classify(call)? {
            SoapRequest::Description(address) => Ok(ParsedCall {
                account: String::new(),
                password: Secret::new(""),
                operation: address,
                kind: CallKind::Description,
            }),
            SoapRequest::Call => self.parse_call(&call.body).map_err(fault),
        }
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn redact(&self, call: &InboundRequest) -> Vec<u8> {
        // The first argument holds the password; what was handed in is the second.
        let read = std::str::from_utf8(&call.body).ok().and_then(|text| SERVICE.read_call(text).ok());
        let Some(read) = read else { return Vec::new() };
        let about = read.arguments.get(1).map_or("", String::as_str);
        format!("{}\n{about}", read.operation).into_bytes()
    }

    fn respond(&self, parsed: &ParsedCall, result: &CallResult) -> HttpResponse {
        if matches!((&parsed.kind, result), (CallKind::Description, CallResult::Description)) {
            let address = if self.public_url.is_empty() { &parsed.operation } else { &self.public_url };
            return http::xml(200, SERVICE.description(address));
        }
        let operation = parsed.operation.as_str();
        let document = match result {
            CallResult::TurnedAway => nothing(operation, TURNED_AWAY),
            CallResult::Orders(orders) => waiting(operation == CONTROLS, orders),
            CallResult::Order(None) => nothing(operation, UNKNOWN),
            CallResult::Order(Some(order)) if operation == PAPERS => {
                papers(order.number.as_str(), &written::papers(order))
            }
            CallResult::Order(Some(order)) => cards(order.number.as_str(), &written::cards(order)),
            CallResult::Entries(taken) => acknowledged(operation, taken),
            CallResult::Unavailable
            | CallResult::Description
            | CallResult::Admitted
            | CallResult::Token(_) => {
                return fault(Trouble::ours("the service cannot answer now; call again"));
            }
        };
        http::xml(200, SERVICE.write_answer(operation, &document.seal(self.leaves)))
    }
}

impl PollingRegistry {
    fn identify_call(&self, beginning: &[u8], whole: bool) -> Result<Claim, Trouble> {
        let beginning = String::from_utf8_lossy(beginning);
        let Some(first) = SERVICE.read_first(&beginning, whole)? else { return Ok(Claim::Later) };
        let (account, password) = self.caller_of(&first.argument)?;
        Ok(Claim::Caller(Credentials { account, password, operation: first.operation.to_owned() }))
    }

    /// Name and password in the first argument.
    fn caller_of(&self, argument: &str) -> Result<(String, Secret), Trouble> {
        let caller = Element::open(argument, self.leaves).map_err(|_| NOBODY)?;
        let (account, password) = read_login(&caller).ok_or(NOBODY)?;
        if account.chars().count() > LONGEST || password.chars().count() > LONGEST {
            return Err(Trouble::of_caller("a name or password is too long"));
        }
        Ok((account, Secret::new(password)))
    }

    fn parse_call(&self, body: &[u8]) -> Result<ParsedCall, Trouble> {
        const NO_REQUEST: Trouble = Trouble::of_caller("the second argument does not name a request");
        let text = std::str::from_utf8(body).map_err(|_| Trouble::of_caller("the message is not UTF-8"))?;
        let call = SERVICE.read_call(text)?;
        let argument = |at: usize| call.arguments.get(at).map(String::as_str).unwrap_or_default();
        let (account, password) = self.caller_of(argument(0))?;
        let number = || -> Result<RequestNumber, Trouble> {
            let about = Element::open(argument(1), self.leaves).map_err(|_| NO_REQUEST)?;
            let about = About::read(&about).ok_or(NO_REQUEST)?;
            about.0.parse().map_err(|_| NO_REQUEST)
        };
        let kind = match call.operation {
            QUERIES => CallKind::Orders { control: false },
            CONTROLS => CallKind::Orders { control: true },
            PAPERS => CallKind::Documents(number()?),
            CARDS => CallKind::Certificates(number()?),
            feed => CallKind::HandIn(feedback::read(self, feed, argument(1))),
        };
        Ok(ParsedCall { account, password, operation: call.operation.to_owned(), kind })
    }
}

/// A fault; SOAP 1.1 over HTTP has status 500 for every one (section 6.2).
fn fault(trouble: Trouble) -> HttpResponse {
    http::xml(500, write_fault(trouble))
}

fn nothing(operation: &str, words: &str) -> Element {
    if is_feed(operation) { refusal(words) } else { document_of(operation, words) }
}

/// The orders that wait. One that cannot be expressed, which planning refuses, does not keep the others.
fn waiting(controls: bool, orders: &[Order]) -> Element {
    let requests: Vec<Request> = orders.iter().filter_map(|order| written::request(order).ok()).collect();
    let created = orders.iter().map(|order| order.created).max();
    let created = created.map(|at| at.wall().strftime("%Y/%m/%d %H:%M:%S").to_string());
    offers(controls, &created.unwrap_or_default(), &requests)
}

fn acknowledged(operation: &str, taken: &[(Option<RequestNumber>, EntryResult)]) -> Element {
    let entry = |(number, taken): &(Option<RequestNumber>, EntryResult)| {
        let (outcome, words) = match taken {
            EntryResult::Accepted => (SUCCESS, String::new()),
            EntryResult::Duplicate => (FAIL, ALREADY.to_owned()),
            EntryResult::Unknown => (FAIL, UNKNOWN.to_owned()),
            EntryResult::Unreadable(fault) => (FAIL, format!("{UNREADABLE}：{}", fault.detail)),
        };
        let number = number.as_ref().map(ToString::to_string).unwrap_or_default();
        Entry { number, outcome: outcome.to_owned(), words }
    };
    let entries: Vec<Entry> = taken.iter().map(entry).collect();
    match entries.is_empty() {
        true => refusal(UNREADABLE),
        false => acknowledgement(operation != FEED_QUERIES, &entries),
    }
}
