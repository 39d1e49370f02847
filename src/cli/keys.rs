//! API keys 密钥 by the command line. The gateway does not run meanwhile.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::client::Failed;
use super::people::{open, tell};
use super::{ConfigArgument, Exit};
use crate::app::people::{ListedKey, MadeKey, PeopleDesk, PeopleError};

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a key of a system or of a person; prints its secret, which is kept nowhere
    Make(MakeArguments),
    /// List the keys of the store; those of the configuration are not among them
    List(ListArguments),
    /// Revoke a key, for good
    Revoke(RevokeArguments),
}

#[derive(Debug, Args)]
pub(super) struct MakeArguments {
    /// Its name; of a system's key the name in audit lines
    #[arg(long)]
    name: String,
    /// Staff number 工号 of the person to whom it belongs; without it the key is a system's
    #[arg(long, value_name = "NUMBER")]
    person: Option<String>,
    /// What it may do: of a system's key `case_system` or a role but `approver`, of a person's key roles of the person
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// Code of a court whose cases it sees; without it those of every court, or of its person
    #[arg(long = "court", value_name = "CODE")]
    courts: Vec<String>,
    /// The consumer of results as which alone it reads and acknowledges
    #[arg(long)]
    consumer: Option<String>,
    /// Last day, such as 2027-12-31; without it the key has no end
    #[arg(long, value_name = "DAY")]
    until: Option<jiff::civil::Date>,
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
pub(super) struct RevokeArguments {
    /// Its name
    name: String,
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

async fn carry_out(command: Command) -> Result<(), Failed> {
    let argument = match &command {
        Command::Make(arguments) => &arguments.config,
        Command::List(arguments) => &arguments.config,
        Command::Revoke(arguments) => &arguments.config,
    };
    let desk = open(argument).await?;
    let done = on(&desk, command).await;
    desk.close().await;
    tell(done)
}

/// Does it; gives what is to be said.
async fn on(desk: &PeopleDesk, command: Command) -> Result<Vec<String>, PeopleError> {
    Ok(match command {
        Command::Make(MakeArguments { name, person, roles, courts, consumer, until, reason, .. }) => {
            let made = MadeKey { name, number: person, roles, courts, consumer, until };
            vec![format!("密钥（只显示这一次） key, shown once: {}", desk.make_key(made, &reason).await?)]
        }
        Command::List(_) => desk.list_keys().await?.iter().map(listed).collect(),
        Command::Revoke(RevokeArguments { name, reason, .. }) => {
            desk.revoke_key(&name, &reason).await?;
            vec![format!("已吊销 revoked: {name}")]
        }
    })
}

fn listed(key: &ListedKey) -> String {
    let state = if key.is_valid { "有效 valid" } else { "无效 over" };
    let ListedKey { name, number, roles, courts, consumer, until, .. } = key;
    format!("{name}\t{number}\t{roles}\t{courts}\t{consumer}\t{until}\t{state}")
}
