use std::path::Path;
use std::process::ExitCode;

use super::Exit;
use crate::app::{App, BuildError, plugins};
use crate::config;
use crate::lifecycle::{StopSignals, Tasks};
use crate::observe;

/// Runs the gateway until it is told to stop.
pub(super) async fn run(path: &Path) -> ExitCode {
    let config = match config::load(path, &plugins()) {
        Ok(config) => config,
        Err(problems) => return Exit::Config.with(&format!("\n{problems}")),
    };
    observe::init_tracing(&config.log);
    let signals = match StopSignals::install() {
        Ok(signals) => signals,
        Err(error) => return Exit::Internal.with(&format!("signals cannot be heard: {error}")),
    };
    let app = match App::build(config, Tasks::default()).await {
        Ok(app) => app,
        Err(error @ (BuildError::Locked(_) | BuildError::Listen { .. })) => {
            return Exit::Config.with(&error.to_string());
        }
        Err(error) => return Exit::Internal.with(&error.to_string()),
    };
    match app.address() {
        Ok(address) => tracing::info!(%address, "chakong is listening"),
        Err(error) => return Exit::Internal.with(&error.to_string()),
    }
    if app.run(signals.first()).await {
        Exit::Ok.into()
    } else {
        Exit::Internal.with("the gateway did not end cleanly; see the log")
    }
}
