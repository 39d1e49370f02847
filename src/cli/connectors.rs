use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chakong_contract::connector::{Batch, Connector, Heard, Plugin, Speaks, Step};
use chakong_contract::{Message, Order, Settings};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Exit;
use crate::app::plugins;
use crate::config::{Problems, read_counterpart, read_file};

/// Largest file that `read` takes.
const LARGEST: u64 = 512 << 20;

/// Commands of `connectors`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the connectors
    List,
    /// Show what a connector declares: what it can do, which documents that needs, its settings
    Show {
        /// Name of the connector
        name: String,
    },
    /// What would the gateway understand of these bytes? Replies as JSON lines
    Read {
        #[command(flatten)]
        with: With,
        /// Files as they came from the counterpart
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// The exact message that these orders would travel in
    Write {
        #[command(flatten)]
        with: With,
        /// One order, or an array of orders that go out together, as JSON
        orders: PathBuf,
        /// Folder to write the message's files into, instead of showing it
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
}

/// The connector and its settings.
#[derive(Debug, Args)]
pub(super) struct With {
    /// Name of the connector
    name: String,
    /// A counterpart's file, for its settings; without it, settings that must be given have invented values
    #[arg(long, value_name = "FILE")]
    counterpart: Option<PathBuf>,
}

/// Runs one of them.
pub(super) fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::List => list(),
        Command::Show { name } => show(&name),
        Command::Read { with, files } => read(&with, &files),
        Command::Write { with, orders, into } => write(&with, &orders, into.as_deref()),
    };
    match outcome {
        Ok(()) => Exit::Ok.into(),
        Err((exit, message)) => exit.with(&message),
    }
}

type Outcome<T = ()> = Result<T, (Exit, String)>;

fn input(message: impl std::fmt::Display) -> (Exit, String) {
    (Exit::Input, message.to_string())
}

fn plugin(name: &str) -> Outcome<Plugin> {
    let all = plugins();
    let known: Vec<&str> = all.iter().map(|plugin| plugin.manifest.id).collect();
    let unknown = || input(format!("`{name}` is not a connector; known: {}", known.join(", ")));
    all.iter().find(|plugin| plugin.manifest.id == name).cloned().ok_or_else(unknown)
}

fn list() -> Outcome {
    for plugin in plugins() {
        let manifest = plugin.manifest;
        let acts: Vec<String> = manifest.capabilities.iter().map(|able| able.action.to_string()).collect();
        let lines: Vec<&str> = manifest.lines.iter().map(|line| line.word()).collect();
        println!(
            "{:16} {:8} {:24} {} {}",
            manifest.id,
            lines.join(","),
            acts.join(","),
            manifest.name_zh,
            manifest.name_en
        );
    }
    Ok(())
}

fn show(name: &str) -> Outcome {
    let manifest = plugin(name)?.manifest;
    println!("{}", serde_json::to_string_pretty(&manifest).map_err(input)?);
    Ok(())
}

/// The connector as the counterpart's file configures it, or with the examples of its settings.
fn configured(with: &With) -> Outcome<Arc<dyn Connector>> {
    let plugin = plugin(&with.name)?;
    let Some(path) = &with.counterpart else {
        let settings = Settings::of_examples(plugin.manifest.settings);
        return (plugin.build)(&settings).map_err(|problems| input(format!("{problems:?}")));
    };
    let mut problems = Problems::default();
    let text = read_file(path, &mut problems).unwrap_or_default();
    let config = read_counterpart(path, &text, std::slice::from_ref(&plugin), &mut problems);
    match config.filter(|_| problems.is_empty()) {
        Some(config) => Ok(config.connector),
        None => Err((Exit::Config, format!("\n{problems}"))),
    }
}

fn read(with: &With, files: &[PathBuf]) -> Outcome {
    let connector = configured(with)?;
    for path in files {
        let size =
            std::fs::metadata(path).map_err(|error| input(format!("{}: {error}", path.display())))?.len();
        if size > LARGEST {
            return Err(input(format!("{}: larger than {LARGEST} bytes", path.display())));
        }
        let bytes = std::fs::read(path).map_err(|error| input(format!("{}: {error}", path.display())))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let reading = connector.read(&Message::new(name, bytes));
        for read in &reading.reads {
            println!("{}", serde_json::to_string(read).map_err(input)?);
        }
        for problem in &reading.problems {
            println!("{}", json!({ "problem": problem }));
        }
        for response in &reading.responses {
            println!("{}", json!({ "response": response.name, "bytes": response.bytes.len() }));
        }
    }
    Ok(())
}

fn write(with: &With, path: &std::path::Path, into: Option<&std::path::Path>) -> Outcome {
    let connector = configured(with)?;
    let text =
        std::fs::read_to_string(path).map_err(|error| input(format!("{}: {error}", path.display())))?;
    let orders: Vec<Order> = serde_json::from_str::<Vec<Order>>(&text)
        .or_else(|_| serde_json::from_str::<Order>(&text).map(|order| vec![order]))
        .map_err(|error| input(format!("{}: not an order: {error}", path.display())))?;
    let Some(first) = orders.first() else { return Err(input("there is no order in the file")) };
    let batch = Batch {
        number: format!("{}{:022}", first.created.date().strftime("%Y%m%d"), 1),
        made: first.created,
        orders: orders.clone(),
    };
    match connector.speaks() {
        Speaks::Call(call) => {
            let mut dialogue = call.open(&batch, None).map_err(input)?;
            match dialogue.next(Heard::Start) {
                Step::Send(request) => {
                    print!("{}", String::from_utf8_lossy(&request.to_bytes()));
                    Ok(())
                }
                Step::Failed(fault) => Err(input(fault)),
                Step::Later { .. } | Step::Done(_) => Err(input("the connector asks nothing for this order")),
            }
        }
        Speaks::Postbox(_) => Err(input("the counterpart fetches orders for itself; try `chakong sandbox`")),
        Speaks::Parcel(parcel) => {
            for file in parcel.write(&batch).map_err(input)? {
                match into {
                    Some(folder) => {
                        let target = folder.join(&file.name);
                        std::fs::write(&target, &file.bytes)
                            .map_err(|error| input(format!("{}: {error}", target.display())))?;
                        println!("{}", target.display());
                    }
                    None => show_file(&file),
                }
            }
            Ok(())
        }
    }
}

/// A package as text: its entries with their content.
fn show_file(file: &Message) {
    println!("{} ({} bytes)", file.name, file.bytes.len());
    let Ok(mut package) = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes[..])) else { return };
    for at in 0..package.len() {
        let Ok(mut entry) = package.by_index(at) else { continue };
        let name = entry.name().map(|name| name.into_owned()).unwrap_or_default();
        let mut text = String::new();
        if std::io::Read::read_to_string(&mut entry, &mut text).is_ok() {
            println!("\n{name}\n{text}");
        }
    }
}
