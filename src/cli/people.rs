//! `chakong people`: persons by the command line, while the gateway does not run. The first security administrator is made here; the
//! others are kept by the security administrator in the console or the API.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::client::Failed;
use super::output::{complain, line};
use super::{ConfigArgument, Exit};
use crate::app::people::{Added, PeopleDesk, PeopleError};
use crate::app::plugins;
use crate::config;

/// What is done with persons.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a person; prints the initial password, which must be changed at the first sign-in
    Add(AddArguments),
    /// List everybody
    List(ListArguments),
    /// Keep a person from signing in; their sessions end
    Disable(OfPerson),
    /// Print a new initial password for a person; the second factor and the lock go
    Reset(OfPerson),
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// Name 姓名
    #[arg(long)]
    name: String,
    /// Staff number 工号, by which the person signs in
    #[arg(long)]
    number: String,
    /// What the person is there for: officer, approver, supervisor, operations, security_administrator, auditor
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// Code of a court whose cases the person sees; without it those of every court
    #[arg(long = "court", value_name = "CODE")]
    courts: Vec<String>,
    /// Telephone
    #[arg(long, default_value = "")]
    phone: String,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    config: ConfigArgument,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    config: ConfigArgument,
}

#[derive(Debug, Args)]
pub(super) struct OfPerson {
    /// Staff number 工号
    number: String,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    config: ConfigArgument,
}

/// Runs a command.
pub(super) async fn run(command: Command) -> ExitCode {
    match carry_out(command).await {
        Ok(()) => Exit::Ok.into(),
        Err(failed) => failed.report(),
    }
}

fn failed(error: PeopleError) -> Failed {
    let exit = match error {
        PeopleError::Nobody(_) | PeopleError::NoRole(_) | PeopleError::Refused(_) => Exit::Input,
        PeopleError::Held(_) | PeopleError::Store(_) => Exit::NotAsExpected,
    };
    Failed { exit, message: error.to_string() }
}

async fn carry_out(command: Command) -> Result<(), Failed> {
    let argument = match &command {
        Command::Add(arguments) => &arguments.config,
        Command::List(arguments) => &arguments.config,
        Command::Disable(of) | Command::Reset(of) => &of.config,
    };
    let config = config::load(&argument.config, &plugins()).map_err(|problems| {
        complain(problems);
        Failed { exit: Exit::Config, message: String::new() }
    })?;
    let desk = PeopleDesk::open(&config).await.map_err(failed)?;
    let done = on(&desk, command).await;
    desk.close().await;
    for said in done.map_err(failed)? {
        line(said)?;
    }
    Ok(())
}

/// Does it; gives what is to be said.
async fn on(desk: &PeopleDesk, command: Command) -> Result<Vec<String>, PeopleError> {
    Ok(match command {
        Command::Add(AddArguments { name, number, roles, courts, phone, reason, .. }) => {
            let initial = desk.add(Added { name, number, courts, roles, phone }, &reason).await?;
            vec![format!("初始密码 initial password: {initial}")]
        }
        Command::List(_) => {
            let one = |person: crate::app::people::Listed| {
                let state = if person.active { "在用 active" } else { "停用 disabled" };
                format!("{}\t{}\t{}\t{}\t{state}", person.number, person.name, person.roles, person.courts)
            };
            desk.list().await?.into_iter().map(one).collect()
        }
        Command::Disable(of) => {
            desk.disable(&of.number, &of.reason).await?;
            vec![format!("已停用 disabled: {}", of.number)]
        }
        Command::Reset(of) => {
            let initial = desk.reset(&of.number, &of.reason).await?;
            vec![format!("初始密码 initial password: {initial}")]
        }
    })
}
