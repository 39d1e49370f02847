//! The web service that the bank calls (protocol section 1b): calls to parsed calls, results to responses.

mod answer;

use chakong_contract::{
    CallKind, CallResult, Claim, Credentials, Fault, HttpResponse, InboundRequest, Order, ParsedCall,
    Postbox, RequestNumber, Secret,
};
use chakong_toolkit::soap::http::{self, SoapRequest};

use crate::manifest::Bank;
use crate::read;
use crate::wire::sealed;
use crate::wire::soap::{self, Operation, Trouble};
use crate::wire::web_service::{ACCOUNT, BY_KEY, BY_NUMBER, ConditionRow};
use crate::write;

/// Longest name, password or key that a caller may give, in characters.
const LONGEST: usize = 200;

impl Postbox for Bank {
    fn identify(&self, call: &InboundRequest, whole: bool) -> Result<Claim, HttpResponse> {
        match http::classify(call)? {
            SoapRequest::Description(_) => Ok(Claim::Nobody),
            SoapRequest::Call => identify_call(&call.body, whole).map_err(answer::fault),
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
            SoapRequest::Call => parse_call(self, &call.body).map_err(answer::fault),
        }
    }

    fn document_key(&self, order: &Order) -> Option<String> {
        (!order.instruction.kind().is_control()).then(|| write::document_key(&order.documents))
    }

    fn redact(&self, call: &InboundRequest) -> Vec<u8> {
        // The first argument holds the password; what was handed in is the second.
        let Ok(read) = soap::read_call(&call.body) else { return Vec::new() };
        let about = read.arguments.get(1).map_or("", String::as_str);
        format!("{}\n{about}", read.operation.name()).into_bytes()
    }

    fn respond(&self, parsed: &ParsedCall, result: &CallResult) -> HttpResponse {
        answer::respond(self, parsed, result)
    }
}

/// Whether the wire has words for an order, and over the web service also the characters.
pub(crate) fn check(bank: &Bank, order: &Order) -> Result<(), Fault> {
    let rare_names = bank.web_service.as_ref().map(|service| service.rare_names);
    if order.instruction.kind().is_control() {
        let row = write::control(order, bank.generation)?;
        rare_names.map_or(Ok(()), |rare| sealed::sealed(&row, rare).map(drop))
    } else {
        let row = write::query(order, String::new(), bank.generation)?;
        rare_names.map_or(Ok(()), |rare| sealed::sealed(&row, rare).map(drop))
    }
}

fn identify_call(beginning: &[u8], whole: bool) -> Result<Claim, Trouble> {
    let Some((operation, caller)) = soap::read_first(beginning, whole)? else { return Ok(Claim::Later) };
    let (account, password) = caller_of(&caller)?;
    Ok(Claim::Caller(Credentials { account, password, operation: operation.name().to_owned() }))
}

/// Name and password in the first argument.
fn caller_of(argument: &str) -> Result<(String, Secret), Trouble> {
    let caller: ConditionRow = sealed::open_first(argument, ACCOUNT)
        .map_err(|_| Trouble::of_caller("the first argument does not name the caller"))?;
    Ok((short(caller.account)?, Secret::new(short(caller.password)?)))
}

fn parse_call(bank: &Bank, body: &[u8]) -> Result<ParsedCall, Trouble> {
    let call = soap::read_call(body)?;
    let mut arguments = call.arguments.into_iter();
    let (caller, about) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let (account, password) = caller_of(&caller)?;
    let kind = match call.operation {
        Operation::QueryOrders => CallKind::Orders { control: false },
        Operation::ControlOrders => CallKind::Orders { control: true },
        Operation::QueryDocuments => CallKind::DocumentsByKey(key(&about)?),
        Operation::ControlDocuments | Operation::OldDocuments => CallKind::Documents(number(&about)?),
        Operation::Certificates => CallKind::Certificates(number(&about)?),
        Operation::FeedQueries
        | Operation::FeedTransactions
        | Operation::FeedControls
        | Operation::Return => CallKind::HandIn(read::read_fed(bank, &about)),
    };
    Ok(ParsedCall { account, password, operation: call.operation.name().to_owned(), kind })
}

fn key(about: &str) -> Result<String, Trouble> {
    let asked: ConditionRow = sealed::open_first(about, BY_KEY)
        .map_err(|_| Trouble::of_caller("the second argument does not name the key of documents"))?;
    short(asked.document_key.trim().to_owned())
}

fn number(about: &str) -> Result<RequestNumber, Trouble> {
    const NONE: Trouble = Trouble::of_caller("the second argument does not name a request");
    let asked: ConditionRow = sealed::open_first(about, BY_NUMBER).map_err(|_| NONE)?;
    asked.number.trim().parse().map_err(|_| NONE)
}

fn short(text: String) -> Result<String, Trouble> {
    match text.chars().count() > LONGEST {
        true => Err(Trouble::of_caller("a name, password or key is too long")),
        false => Ok(text),
    }
}
