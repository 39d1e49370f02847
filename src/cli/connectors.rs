mod write;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chakong_contract::connector::{Connector, Plugin, Read, ReadContent};
use chakong_contract::fault::FaultKind;
use chakong_contract::{Message, Settings};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Exit;
use super::output::line;
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
    /// What would the gateway understand of these bytes? Replies as JSON lines; exit code 65 where it understands nothing
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
        #[command(flatten)]
        how: write::How,
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
        Command::Write { with, orders, how } => write::run(&with, &orders, &how),
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
        line(format_args!(
            "{:16} {:8} {:24} {} {}",
            manifest.id,
            lines.join(","),
            acts.join(","),
            manifest.name_zh,
            manifest.name_en
        ))?;
    }
    Ok(())
}

fn show(name: &str) -> Outcome {
    let manifest = plugin(name)?.manifest;
    Ok(line(serde_json::to_string_pretty(&manifest).map_err(input)?)?)
}

/// The connector as the counterpart's file configures it, or with the examples of its settings: of all of them where
/// those that must be given are not enough.
fn configured(with: &With, all_examples: bool) -> Outcome<Arc<dyn Connector>> {
    let plugin = plugin(&with.name)?;
    let Some(path) = &with.counterpart else {
        let settings = match all_examples {
            true => Settings::of_all_examples(plugin.manifest.settings),
            false => Settings::of_examples(plugin.manifest.settings),
        };
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

/// The bytes of a file of bounded size.
fn bytes_of(path: &Path) -> Outcome<Vec<u8>> {
    let unreadable = |error| input(format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // A device has no end, and no length.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= LARGEST => Ok(bytes),
        _ => Err(input(format!("{}: larger than {LARGEST} bytes", path.display()))),
    }
}

/// Whether an entry was read, be it that the counterpart says in it that it failed.
fn is_understood(read: &Read) -> bool {
    !matches!(&read.content, ReadContent::Fault(fault) if fault.kind == FaultKind::Malformed)
}

fn read(with: &With, files: &[PathBuf]) -> Outcome {
    let connector = configured(with, false)?;
    let mut understood = false;
    for path in files {
        let bytes = bytes_of(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let reading = connector.read(&Message::new(name, bytes));
        understood |= reading.reads.iter().any(is_understood);
        for read in &reading.reads {
            line(serde_json::to_string(read).map_err(input)?)?;
        }
        for problem in &reading.problems {
            line(json!({ "problem": problem }))?;
        }
        for response in &reading.responses {
            let message = &response.message;
            line(json!({ "response": message.name, "bytes": message.bytes.len() }))?;
        }
    }
    if understood { Ok(()) } else { Err(input("nothing in it could be read as an answer")) }
}
