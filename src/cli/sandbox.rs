use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use tokio::net::TcpListener;

use super::output::line;
use super::{ConfigArgument, Exit};
use crate::app::plugins;
use crate::clock::{Clock, SystemClock};
use crate::config;
use crate::lifecycle::{StopSignals, Tasks};
use crate::sandbox::{host, serve_books};

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArgument,
    /// Scripts of the simulated counterparts: a JSON object by counterpart name. Default: everybody owns something
    #[arg(long, value_name = "FILE")]
    scripts: Option<PathBuf>,
    /// Serve the books at http://ADDRESS/books: every control that a counterpart was asked for
    #[arg(long, value_name = "ADDRESS")]
    books: Option<SocketAddr>,
}

/// Plays the counterparts until it is told to stop.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let config = match config::load(&arguments.config.config, &plugins()) {
        Ok(config) => config,
        Err(problems) => return Exit::Config.with(&format!("\n{problems}")),
    };
    let scripts = match &arguments.scripts {
        Some(path) => match read(path) {
            Ok(scripts) => scripts,
            Err(message) => return Exit::Input.with(&message),
        },
        None => config.counterparts.iter().map(|each| (each.name.clone(), default_script())).collect(),
    };
    let signals = match StopSignals::install() {
        Ok(signals) => signals,
        Err(error) => return Exit::Internal.with(&format!("signals cannot be heard: {error}")),
    };
    let tasks = Tasks::default();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let hosted = match host(
        &config.counterparts,
        &scripts,
        config.postbox.as_ref().map(|postbox| postbox.listen),
        &tasks,
        &clock,
    )
    .await
    {
        Ok(hosted) => hosted,
        Err(error) => return Exit::Input.with(&error.to_string()),
    };
    if let Some(address) = arguments.books {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                // The system gives the port where 0 was asked for.
                if let Ok(address) = listener.local_addr() {
                    let _ = line(format_args!("the books are at http://{address}/books"));
                }
                tasks.spawn_service("books", serve_books(listener, hosted, tasks.clone()));
            }
            Err(error) => return Exit::Config.with(&format!("{address}: {error}")),
        }
    }
    // Whoever reads that may go away; the counterparts stay.
    let _ = line(format_args!("{} simulated counterparts are at work; Ctrl-C ends them", scripts.len()));
    tokio::select! {
        () = signals.first() => {}
        () = tasks.soft().cancelled() => {}
    }
    tasks.drain(Duration::from_secs(2)).await;
    if tasks.has_failed() { Exit::Internal.into() } else { Exit::Ok.into() }
}

/// Everybody owns something.
fn default_script() -> Value {
    serde_json::json!({ "everyone": {} })
}

fn read(path: &std::path::Path) -> Result<BTreeMap<String, Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
