use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{ConfigArgument, Exit};
use crate::app::{App, Opening, plugins};
use crate::config;
use crate::lifecycle::{StopSignals, Tasks};
use crate::observe;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArgument,
    /// The store was restored from a backup, or lost and made anew: go on with new numbers, and put every control that was under way
    /// before an officer. For one start
    #[arg(long)]
    restored: bool,
}

/// Runs the gateway until it is told to stop.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let config = match config::load(&arguments.config.config, &plugins()) {
        Ok(config) => config,
        Err(problems) => return Exit::Config.with(&format!("\n{problems}")),
    };
    observe::init_tracing(&config.log);
    for name in &config.log.unknown_targets {
        tracing::warn!(
            name,
            "`log.filter` names no part of the program by this; nothing is logged otherwise for it"
        );
    }
    for name in config::unused_proxies() {
        tracing::info!(name, "the environment's proxy is not used; a counterpart's `line.proxy` is");
    }
    // Heard from now on, so that it ends nobody; what it asks for is done where the counterparts' files are watched.
    let hangups = signal(SignalKind::hangup());
    let signals = match StopSignals::install() {
        Ok(signals) => signals,
        Err(error) => return Exit::Internal.with(&format!("signals cannot be heard: {error}")),
    };
    let opening = if arguments.restored { Opening::Restored } else { Opening::Used };
    let app = match App::build(config, opening, Tasks::default()).await {
        Ok(app) => app,
        Err(error) if error.is_by_configuration() => return Exit::Config.with(&error.to_string()),
        Err(error) => return Exit::Internal.with(&error.to_string()),
    };
    match app.address() {
        Ok(address) => tracing::info!(%address, "chakong is listening"),
        Err(error) => return Exit::Internal.with(&error.to_string()),
    }
    if let Ok(Some(address)) = app.postbox_address() {
        tracing::info!(%address, "the postbox is listening");
    }
    let ended = app.run(signals.first()).await;
    drop(hangups);
    if ended { Exit::Ok.into() } else { Exit::Internal.with("the gateway did not end cleanly; see the log") }
}
