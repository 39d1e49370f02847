//! `connectors write`: what orders look like on the wire, as a message, as its files, or as the answer to a call.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use chakong_contract::connector::{
    Batch, Connector, Found, Heard, Postbox, Speaks, Step, Taken, Visit, Want,
};
use chakong_contract::{HttpAnswer, HttpHeard, Message, Order};
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
    match connector.speaks() {
        Speaks::Call(call) => {
            let mut dialogue = call.open(&batch, None).map_err(input)?;
            match dialogue.next(Heard::Start) {
                Step::Send(request) => {
                    let bytes = request.to_bytes();
                    let text = String::from_utf8_lossy(&bytes);
                    Ok(line(text.trim_end_matches('\n'))?)
                }
                Step::Failed(fault) => Err(input(fault)),
                Step::Later { .. } | Step::Done(_) => Err(input("the connector asks nothing for this order")),
            }
        }
        Speaks::Postbox(_) => {
            Err(input("the counterpart fetches orders for itself: give the call that it makes with --answer"))
        }
        Speaks::Parcel(parcel) => {
            let files = parcel.write(&batch).map_err(input)?;
            files.iter().try_for_each(|file| match &how.into {
                Some(folder) if how.unpack => {
                    contents(file).iter().try_for_each(|(name, bytes)| put(folder, name, bytes))
                }
                Some(folder) => put(folder, &file.name, &file.bytes),
                None => show(file),
            })
        }
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
    let call = HttpHeard {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body,
    };
    let HttpAnswer { status, body, .. } = match postbox.hear(&call) {
        Ok(visit) => postbox.answer(&visit, &found(postbox, &visit, orders)),
        Err(refused) => refused,
    };
    Ok(line(format_args!("{status}\n{}", String::from_utf8_lossy(&body)))?)
}

/// What the gateway would find if these orders were on offer, and nothing had been handed in before.
fn found(postbox: &dyn Postbox, visit: &Visit, orders: &[Order]) -> Found {
    let one = |of: &dyn Fn(&Order) -> bool| {
        Found::Order(orders.iter().find(|order| of(order)).cloned().map(Box::new))
    };
    match &visit.want {
        Want::Description => Found::Description,
        Want::Admission => Found::Admitted,
        Want::Token(_) => Found::Token(false),
        Want::Orders { control } => {
            let wanted = orders.iter().filter(|order| order.instruction.kind().is_control() == *control);
            Found::Orders(wanted.cloned().collect())
        }
        Want::DocumentsByKey(key) => one(&|order| postbox.document_key(order).as_ref() == Some(key)),
        Want::Documents(number) | Want::Certificates(number) => one(&|order| order.number == *number),
        Want::HandIn(reading) => {
            let verdict = |read: &chakong_contract::Read| match &read.content {
                chakong_contract::connector::ReadContent::Fault(fault) => Taken::Unreadable(fault.clone()),
                chakong_contract::connector::ReadContent::Answer(_)
                | chakong_contract::connector::ReadContent::More(_)
                | chakong_contract::connector::ReadContent::Beside(_) => {
                    let known = orders.iter().any(|order| Some(&order.number) == read.number.as_ref());
                    if known { Taken::Accepted } else { Taken::Unknown }
                }
            };
            Found::Taken(reading.reads.iter().map(|read| (read.number.clone(), verdict(read))).collect())
        }
    }
}
