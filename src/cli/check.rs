mod connect;
mod paths;

use std::path::PathBuf;
use std::process::ExitCode;

use chakong_contract::Moment;
use clap::Args;

use super::output::{Unsaid, complain, line};
use super::{ConfigArgument, Exit};
use crate::app::plugins;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, Config};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArgument,
    /// Look at the disk too: whether every folder is there or can be made, can be written, and has room. Run it as the user
    /// that the gateway runs as
    #[arg(long)]
    paths: bool,
    /// Connect to every counterpart that is called or keeps files on a server, as a probe does: no order is sent.
    /// And to every broker, as a start does: streams, exchanges and queues are made or checked as configured
    #[arg(long)]
    connect: bool,
}

/// What is wrong, with the exit code that says how.
type Wrong = (Exit, String);

/// Checks a configuration and everything it names.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let path: PathBuf = arguments.config.config.clone();
    let config = match config::load(&path, &plugins()) {
        Ok(config) => config,
        Err(problems) => {
            complain(problems);
            return Exit::Config.into();
        }
    };
    let said = list(&path, &config);
    if let Err(unsaid) = said {
        return unsaid.into();
    }
    let mut wrong: Vec<Wrong> = Vec::new();
    if arguments.paths {
        wrong.extend(paths::check(&config));
    }
    if arguments.connect {
        match connect::check(&config).await {
            Ok(unreached) => wrong.extend(unreached),
            Err(unsaid) => return unsaid.into(),
        }
    }
    wrong.iter().for_each(|(_, what)| complain(what));
    // What a person must mend counts for more than what may pass.
    let worst = wrong.iter().map(|(exit, _)| *exit).max_by_key(|exit| *exit == Exit::Config);
    worst.unwrap_or(Exit::Ok).into()
}

fn list(path: &std::path::Path, config: &Config) -> Result<(), Unsaid> {
    let count = config.counterparts.len();
    line(format_args!("{}: right; {count} counterparts, {} API keys", path.display(), config.keys.len()))?;
    for counterpart in &config.counterparts {
        let kind = counterpart.line.kind().word();
        let id = counterpart.plugin.manifest.id;
        line(format_args!("  {:24} {id:16} {kind:8} {}", counterpart.name, counterpart.name_zh))?;
        if let Some(parcel) = counterpart.line.parcel().filter(|parcel| parcel.sftp.is_none()) {
            let (outgoing, incoming) = (parcel.outgoing.display(), parcel.incoming.display());
            line(format_args!("  {:24} outgoing {outgoing}, incoming {incoming}", ""))?;
        }
    }
    let holidays = config.holidays.years().map(|year| year.to_string()).collect::<Vec<_>>().join(", ");
    line(format_args!("  holidays are known of: {holidays}"))?;
    for year in config.holidays.missing(Moment::from_timestamp(SystemClock.now()).date()) {
        line(format_args!(
            "  holidays are not known of {year}: weekdays are counted; name a file by `holidays`"
        ))?;
    }
    for name in &config.log.unknown_targets {
        line(format_args!(
            "  log.filter: no part of the program is called {name}; as in \"info,chakong::lanes=debug\""
        ))?;
    }
    for name in config::unused_proxies() {
        line(format_args!("  not used: {name} of the environment; a counterpart's `line.proxy` is"))?;
    }
    for (file, why) in &config.ignored {
        line(format_args!("  not read: {}: {why}", file.display()))?;
    }
    Ok(())
}
