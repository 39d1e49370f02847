//! What is asked, from an order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::{Original, Target};
use chakong_contract::{
    Batch, Date, DocumentKind, Fault, FaultKind, IdentityDocument, Instruction, LegalDocument, Money, Order,
};
use jiff::Unit;

use crate::wire::{self, Document, Operation, Request, parameters};

/// Longest term in years (民诉法解释 art. 485).
const LONGEST_YEARS: i64 = 3;

fn unsupported(why: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, "write an order", why)
}

/// The one order of a batch.
pub(crate) fn only(batch: &Batch) -> Result<&Order, Fault> {
    match batch.orders.as_slice() {
        [order] => Ok(order),
        _ => Err(unsupported("a batch for this connector holds exactly one order")),
    }
}

/// What an order is.
pub(crate) fn operation(instruction: &Instruction) -> Result<Operation, Fault> {
    Ok(match instruction {
        Instruction::Query { .. } => Operation::Query,
        Instruction::Freeze { .. } => Operation::Freeze,
        Instruction::Renew { .. } => Operation::Renew,
        Instruction::Release { .. } => Operation::Release,
        Instruction::Transfer { .. } => Operation::Transfer,
        Instruction::Deduct { .. } => return Err(unsupported("nothing can be deducted from a stake")),
    })
}

/// The request of the JSON line.
pub(crate) fn request(order: &Order) -> Result<(Operation, Request), Fault> {
    let operation = operation(&order.instruction)?;
    let mut request = head(order, operation)?;
    request.documents = order.documents.iter().map(document).collect();
    match &order.instruction {
        Instruction::Query { .. } | Instruction::Deduct { .. } => {}
        Instruction::Freeze { target, limit, from, until } => {
            add_target(&mut request, target, *limit)?;
            add_term(&mut request, *from, *until)?;
        }
        Instruction::Renew { target, limit, from, until, original } => {
            add_target(&mut request, target, *limit)?;
            add_term(&mut request, *from, *until)?;
            add_original(&mut request, original);
        }
        Instruction::Release { target, amount, original } => {
            add_target(&mut request, target, *amount)?;
            add_original(&mut request, original);
        }
        Instruction::Transfer { target, to } => {
            add_target(&mut request, target, None)?;
            to.name.as_str().clone_into(&mut request.transferee);
            wire::certificate(&to.document).unwrap_or_default().clone_into(&mut request.transferee_kind);
            to.document.number().clone_into(&mut request.transferee_number);
        }
    }
    Ok((operation, request))
}

/// The parameter string of an order, on a day.
pub(crate) fn parameters(order: &Order, day: Date) -> Result<Vec<u8>, Fault> {
    let (operation, request) = request(order)?;
    match operation {
        Operation::Query | Operation::Result => return Err(unsupported("the parameter string has no query")),
        Operation::Renew | Operation::Release if request.record.is_empty() => {
            return Err(unsupported("the authority's number of the earlier freeze is needed and not known"));
        }
        _ => {}
    }
    if !request.shares.is_empty() && request.amount.is_empty() && request.percent.is_empty() {
        return Err(unsupported("the parameter string has an amount and a ratio, and no number of shares"));
    }
    parameters::encode(operation, &request, &day.to_string())
        .ok_or_else(|| unsupported("a value holds characters outside GBK"))
}

/// Debtor, court, documents' numbers and officer.
fn head(order: &Order, operation: Operation) -> Result<Request, Fault> {
    let number = |kind| {
        let found = order.legal_document(kind);
        let number = found.map(|document| document.number.trim()).filter(|number| !number.is_empty());
        number.unwrap_or(order.case.number.as_str()).to_owned()
    };
    let (ruling, notice) = match operation {
        Operation::Query | Operation::Result => (None, DocumentKind::QueryNotice),
        Operation::Freeze | Operation::Renew => {
            (Some(DocumentKind::FreezeRuling), DocumentKind::FreezeNotice)
        }
        Operation::Release => (Some(DocumentKind::ReleaseRuling), DocumentKind::ReleaseNotice),
        Operation::Transfer => (Some(DocumentKind::TransferRuling), DocumentKind::TransferNotice),
    };
    let officer = order.case.officers.first();
    let mut request = Request {
        number: order.number.to_string(),
        matter: operation.matter().to_owned(),
        debtor: order.name.to_string(),
        debtor_kind: wire::party_kind(order.party_kind).to_owned(),
        court: order.case.court_name.clone(),
        ruling: ruling.map(number).unwrap_or_default(),
        notice: number(notice),
        officer: officer.map(|officer| officer.name.to_string()).unwrap_or_default(),
        officer_phone: officer.map(|officer| officer.phone.clone()).unwrap_or_default(),
        ..Request::default()
    };
    add_identity(&mut request, &order.document)?;
    Ok(request)
}

fn add_identity(request: &mut Request, document: &IdentityDocument) -> Result<(), Fault> {
    let number = document.number().to_owned();
    match (wire::certificate(document), wire::licence(document)) {
        (Some(code), _) => (request.certificate_kind, request.certificate_number) = (code.to_owned(), number),
        (None, Some(code)) => (request.licence_kind, request.licence_number) = (code.to_owned(), number),
        (None, None) => {
            return Err(unsupported("the authority does not know this kind of identity document"));
        }
    }
    Ok(())
}

/// The stake and how much of it: an amount of money if one is ordered, else what the target states (法释〔2021〕20号 art. 5:
/// by ratio or quantity where the value cannot be fixed).
fn add_target(request: &mut Request, target: &Target, limit: Option<Money>) -> Result<(), Fault> {
    let Target::Equity { company, company_code, registration_number, subscribed, percent, shares } = target
    else {
        return Err(unsupported("this authority controls stakes in companies only"));
    };
    company.clone_into(&mut request.company);
    request.company_code = company_code.as_ref().map(ToString::to_string).unwrap_or_default();
    registration_number.clone_into(&mut request.registration_number);
    if let Some(amount) = limit.or(*subscribed) {
        (request.amount, request.currency) = wire::write_amount(amount);
        if request.amount == "0.0000" {
            return Err(unsupported("the amount is smaller than one unit of the currency"));
        }
    }
    if limit.is_none() {
        request.percent = percent.clone().unwrap_or_default();
        request.shares = shares.clone().unwrap_or_default();
    }
    if [&request.amount, &request.percent, &request.shares].into_iter().all(String::is_empty) {
        return Err(unsupported("neither an amount nor a ratio nor a number of shares is ordered"));
    }
    Ok(())
}

fn add_term(request: &mut Request, from: Date, until: Date) -> Result<(), Fault> {
    if until < from {
        return Err(unsupported("the term ends before it begins"));
    }
    let longest = from.saturating_add(jiff::Span::new().years(LONGEST_YEARS));
    if until > longest {
        return Err(unsupported("the term is longer than three years (民诉法解释 art. 485)"));
    }
    let days = from.until((Unit::Day, until)).map(|span| span.get_days()).unwrap_or_default();
    request.from = from.to_string();
    request.until = until.to_string();
    request.days = days.to_string();
    Ok(())
}

fn add_original(request: &mut Request, original: &Original) {
    original.reference.clone_into(&mut request.record);
    request.original = original.number.to_string();
}

fn document(document: &LegalDocument) -> Document {
    Document {
        title: document.title.clone(),
        number: document.number.clone(),
        format: document.format.clone(),
        content: STANDARD.encode(&document.content),
    }
}
