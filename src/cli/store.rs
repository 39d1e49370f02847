//! `chakong store`: what operations do with the store beside running the gateway.

mod moving;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::client::Failed;
use super::output::{complain, line};
use super::{ConfigArgument, Exit};
use crate::app::plugins;
use crate::app::upkeep::{self, UpkeepError};
use crate::config::{self, Config};

/// What is done with the store.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look the store through: schema, rows, damage. Changes nothing; the gateway may run
    Check(CheckArguments),
    /// Bring the schema up to date without starting the gateway, which does it too
    Migrate(OnlyConfig),
    /// Copy the store into one file as of now; the gateway may run
    Backup(BackupArguments),
    /// Put a copy in the place of the store. The gateway then starts with `serve --restored`
    Restore(RestoreArguments),
    /// Move the store to a database, or back; verified table by table. While the gateway is stopped, or with --live by itself
    Move(moving::Arguments),
}

#[derive(Debug, Args)]
pub(super) struct OnlyConfig {
    #[command(flatten)]
    config: ConfigArgument,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    config: ConfigArgument,
    /// Compare every index with its table and every reference with what it names; takes longer
    #[arg(long)]
    thorough: bool,
}

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// File to be made; it must not be there
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArgument,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// A file that `chakong store backup` made
    file: PathBuf,
    /// Replace a store that is there; it is kept beside the new one
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    config: ConfigArgument,
}

/// Runs a command.
pub(super) async fn run(command: Command) -> ExitCode {
    let done = match command {
        Command::Move(arguments) => moving::run(&arguments).await,
        Command::Check(arguments) => check(&arguments),
        Command::Migrate(arguments) => migrate(&arguments.config),
        Command::Backup(arguments) => backup(&arguments),
        Command::Restore(arguments) => restore(&arguments),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failed) => failed.report(),
    }
}

fn read(argument: &ConfigArgument) -> Result<Config, Failed> {
    config::load(&argument.config, &plugins()).map_err(|problems| {
        complain(problems);
        Failed { exit: Exit::Config, message: String::new() }
    })
}

fn failed(error: UpkeepError) -> Failed {
    Failed { exit: Exit::NotAsExpected, message: error.to_string() }
}

fn check(arguments: &CheckArguments) -> Result<Exit, Failed> {
    let config = read(&arguments.config)?;
    let look = upkeep::look(&config, arguments.thorough).map_err(failed)?;
    let schema = look.schema;
    line(format_args!("{}: {} bytes", upkeep::StorePlace::of(&config).shown(), look.bytes))?;
    line(format_args!("  schema {} of {}", schema.applied, schema.known))?;
    for (table, rows) in &look.rows {
        line(format_args!("  {table:14} {rows}"))?;
    }
    let standing = &look.standing;
    if let Some(at) = &standing.backup {
        line(format_args!(
            "  a backup that was made at {at}; the gateway starts on it with `serve --restored`"
        ))?;
    }
    if let Some(mark) = &standing.moved {
        line(format_args!("  moved to {} at {}, which is in charge", mark.place, mark.at))?;
    }
    if let Some(mark) = &standing.arriving {
        line(format_args!("  a move from {}, which is in charge, was begun and not finished", mark.place))?;
    }
    if let Some(mark) = &standing.arrived {
        line(format_args!("  moved here from {} at {}", mark.place, mark.at))?;
    }
    for finding in &look.findings {
        complain(format_args!("chakong: damaged: {finding}"));
    }
    if !schema.is_known() {
        complain(format_args!("chakong: {}", schema.refusal()));
        return Ok(Exit::NotAsExpected);
    }
    Ok(if look.findings.is_empty() { Exit::Ok } else { Exit::NotAsExpected })
}

fn migrate(argument: &ConfigArgument) -> Result<Exit, Failed> {
    let config = read(argument)?;
    let migrated = upkeep::migrate(&config).map_err(failed)?;
    match migrated.now - migrated.before {
        0 => line(format_args!("schema {} already", migrated.now))?,
        _ => line(format_args!("schema {}, it was {}", migrated.now, migrated.before))?,
    }
    Ok(Exit::Ok)
}

fn backup(arguments: &BackupArguments) -> Result<Exit, Failed> {
    let config = read(&arguments.config)?;
    let bytes = upkeep::backup(&config, &arguments.file).map_err(failed)?;
    line(format_args!("{}: {bytes} bytes", arguments.file.display()))?;
    Ok(Exit::Ok)
}

fn restore(arguments: &RestoreArguments) -> Result<Exit, Failed> {
    let config = read(&arguments.config)?;
    let aside = upkeep::restore(&config, &arguments.file, arguments.replace).map_err(failed)?;
    if let Some(aside) = aside {
        line(format_args!("the store that was there is {}", aside.display()))?;
    }
    line("restored; start the gateway once with `chakong serve --restored`")?;
    Ok(Exit::Ok)
}
