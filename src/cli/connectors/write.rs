//! `connectors write`: what orders look like on the wire, as a message, as its files, or as the answer to a call.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use chakong_contract::connector::{
    Batch, Call, CallKind, CallResult, Connector, EntryResult, Input, ParsedCall, Postbox, Step,
};
use chakong_contract::{HttpResponse, InboundRequest, Message, Order};
use clap::Args;

use super::super::output::line;
use super::{LARGEST, Outcome, With, bytes_of, configured, input};

/// In which form.
#[derive(Debug, Args)]
pub(in crate::cli) struct How {
    /// Folder to write the message's files into, instead of showing them
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Write what is inside packages, file by file, instead of the packages
    #[arg(long, requires = "into")]
    unpack: bool,
    /// Show the answer to this call (the body of a request to the postbox) with these orders on offer. Passwords are not
    /// compared
    #[arg(long, value_name = "FILE", conflicts_with_all = ["into", "unpack"])]
    answer: Option<PathBuf>,
}

pub(super) fn run(with: &With, path: &Path, how: &How) -> Outcome {
    let connector = configured(with, how.answer.is_some())?;
    let orders = orders_of(path)?;
    if let Some(call) = &how.answer {
        return answer(&*connector, &orders, bytes_of(call)?);
    }
    let Some(first) = orders.first() else { return Err(input("there is no order in the file")) };
    let number = format!("{}{:022}", first.created.date().strftime("%Y%m%d"), 1);
    // What is shown is never sent, so that its token is nobody's.
    let token = Some(chakong_contract::Secret::new("0".repeat(32)));
    let batch = Batch { number, made: first.created, orders: orders.clone(), token };
    if let Some(call) = connector.call() {
        return show_request(call, &batch);
    }
    let Some(parcel) = connector.parcel() else {
        return Err(input(
            "the counterpart fetches orders for itself: give the call that it makes with --answer",
        ));
    };
    let files = parcel.write(&batch).map_err(input)?;
    files.iter().try_for_each(|file| match &how.into {
        Some(folder) if how.unpack => {
            contents(file).iter().try_for_each(|(name, bytes)| put(folder, name, bytes))
        }
        Some(folder) => put(folder, &file.name, &file.bytes),
        None => show(file),
    })
}

/// The first request of the conversation about a batch.
fn show_request(call: &dyn Call, batch: &Batch) -> Outcome {
    let mut dialogue = call.open(batch, None).map_err(input)?;
    match dialogue.next(Input::Start) {
        Step::Send(request) => {
            let bytes = request.to_bytes();
            let text = String::from_utf8_lossy(&bytes);
            Ok(line(text.trim_end_matches('\n'))?)
        }
        Step::Failed(fault) => Err(input(fault)),
        Step::Later { .. } | Step::Done(_) => Err(input("the connector asks nothing for this order")),
    }
}

fn orders_of(path: &Path) -> Outcome<Vec<Order>> {
    let bytes = bytes_of(path)?;
    serde_json::from_slice::<Vec<Order>>(&bytes)
        .or_else(|_| serde_json::from_slice::<Order>(&bytes).map(|order| vec![order]))
        .map_err(|error| input(format!("{}: not an order: {error}", path.display())))
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Outcome {
    let target = folder.join(name);
    std::fs::write(&target, bytes).map_err(|error| input(format!("{}: {error}", target.display())))?;
    Ok(line(target.display())?)
}

/// What is inside a package of ours; nothing of a file that is none.
fn contents(file: &Message) -> Vec<(String, Vec<u8>)> {
    let Ok(mut package) = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes[..])) else {
        return Vec::new();
    };
    let mut contents = Vec::new();
    for at in 0..package.len() {
        let Ok(entry) = package.by_index(at) else { continue };
        let name = entry.name().map(|name| name.into_owned()).unwrap_or_default();
        let mut bytes = Vec::new();
        if entry.take(LARGEST).read_to_end(&mut bytes).is_ok() {
            contents.push((name, bytes));
        }
    }
    contents
}

/// A package as text: its entries with their content.
fn show(file: &Message) -> Outcome {
    line(format_args!("{} ({} bytes)", file.name, file.bytes.len()))?;
    for (name, bytes) in contents(file) {
        line(format_args!("\n{name}\n{}", String::from_utf8_lossy(&bytes)))?;
    }
    Ok(())
}

fn answer(connector: &dyn Connector, orders: &[Order], body: Vec<u8>) -> Outcome {
    let postbox =
        connector.postbox().ok_or_else(|| input("the connector has no postbox with these settings"))?;
    let call = InboundRequest {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body,
    };
    let HttpResponse { status, body, .. } = match postbox.parse(&call) {
        Ok(parsed) => postbox.respond(&parsed, &result(postbox, &parsed, orders)),
        Err(refused) => refused,
    };
    Ok(line(format_args!("{status}\n{}", String::from_utf8_lossy(&body)))?)
}

/// What the gateway would find if these orders were on offer, and nothing had been handed in before.
fn result(postbox: &dyn Postbox, parsed: &ParsedCall, orders: &[Order]) -> CallResult {
    let one = |of: &dyn Fn(&Order) -> bool| {
        CallResult::Order(orders.iter().find(|order| of(order)).cloned().map(Box::new))
    };
    match &parsed.kind {
        CallKind::Description => CallResult::Description,
        CallKind::Admission => CallResult::Admitted,
        CallKind::Token(_) => CallResult::Token(false),
        CallKind::Orders { control } => {
            let wanted = orders.iter().filter(|order| order.instruction.kind().is_control() == *control);
            CallResult::Orders(wanted.cloned().collect())
        }
        CallKind::DocumentsByKey(key) => one(&|order| postbox.document_key(order).as_ref() == Some(key)),
        CallKind::Documents(number) | CallKind::Certificates(number) => one(&|order| order.number == *number),
        CallKind::HandIn(reading) => {
            let verdict = |read: &chakong_contract::Read| match &read.content {
                chakong_contract::connector::ReadContent::Fault(fault) => {
                    EntryResult::Unreadable(fault.clone())
                }
                chakong_contract::connector::ReadContent::Answer(_)
                | chakong_contract::connector::ReadContent::Continuation(_)
                | chakong_contract::connector::ReadContent::Attachment(_) => {
                    let known = orders.iter().any(|order| Some(&order.number) == read.number.as_ref());
                    if known { EntryResult::Accepted } else { EntryResult::Unknown }
                }
            };
            CallResult::Entries(
                reading.reads.iter().map(|read| (read.number.clone(), verdict(read))).collect(),
            )
        }
    }
}
