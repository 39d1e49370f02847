//! `chakong people`: persons by the command line, while the gateway does not run. The first security administrator is made here; the
//! others are kept by the security administrator in the console or the API.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::client::Failed;
use super::output::{complain, line};
use super::{ConfigArgument, Exit};
use crate::app::people::{Added, Changed, Listed, PeopleDesk, PeopleError};
use crate::app::plugins;
use crate::config;

/// What is done with persons.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a person; prints the initial password, which must be changed at the first sign-in
    Add(AddArguments),
    /// List everybody
    List(ListArguments),
    /// Change name, telephone, roles or courts of a person; their sessions end where they may less than before
    Change(ChangeArguments),
    /// Keep a person from signing in; their sessions end
    Disable(OfPerson),
    /// Let a person who was disabled sign in again
    Enable(OfPerson),
    /// Print a new initial password for a person; the second factor and the lock go, sessions end, keys are revoked
    Reset(OfPerson),
    /// Bind a client certificate to a person, who signs in by it from then on
    BindCertificate(BindArguments),
    /// Revoke a client certificate of a person; their sessions end
    RevokeCertificate(RevokeArguments),
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
    /// Give no password: the person signs in by the identity provider or by a certificate alone
    #[arg(long)]
    without_password: bool,
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
pub(super) struct ChangeArguments {
    #[command(flatten)]
    of: OfPerson,
    /// Name 姓名
    #[arg(long)]
    name: Option<String>,
    /// What the person is there for; replaces every role of theirs
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Code of a court whose cases the person sees; replaces every court of theirs; * for every court
    #[arg(long = "court", value_name = "CODE")]
    courts: Vec<String>,
    /// Telephone
    #[arg(long)]
    phone: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct BindArguments {
    #[command(flatten)]
    of: OfPerson,
    /// File with the certificate as PEM
    #[arg(long, value_name = "FILE")]
    certificate: std::path::PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    #[command(flatten)]
    of: OfPerson,
    /// SHA-256 of the certificate in hexadecimal, as `list` shows it
    #[arg(long)]
    fingerprint: String,
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
        PeopleError::Nobody(_) | PeopleError::NoRole(_) | PeopleError::File(..) | PeopleError::Refused(_) => {
            Exit::Input
        }
        PeopleError::Held(_) | PeopleError::Store(_) => Exit::NotAsExpected,
    };
    Failed { exit, message: error.to_string() }
}

async fn carry_out(command: Command) -> Result<(), Failed> {
    let argument = match &command {
        Command::Add(arguments) => &arguments.config,
        Command::List(arguments) => &arguments.config,
        Command::Change(arguments) => &arguments.of.config,
        Command::BindCertificate(arguments) => &arguments.of.config,
        Command::RevokeCertificate(arguments) => &arguments.of.config,
        Command::Disable(of) | Command::Enable(of) | Command::Reset(of) => &of.config,
    };
    let desk = open(argument).await?;
    let done = on(&desk, command).await;
    desk.close().await;
    tell(done)
}

/// Opens the store that is configured.
pub(super) async fn open(argument: &ConfigArgument) -> Result<PeopleDesk, Failed> {
    let config = config::load(&argument.config, &plugins()).map_err(|problems| {
        complain(problems);
        Failed { exit: Exit::Config, message: String::new() }
    })?;
    PeopleDesk::open(&config).await.map_err(failed)
}

/// Says what is to be said.
pub(super) fn tell(done: Result<Vec<String>, PeopleError>) -> Result<(), Failed> {
    for said in done.map_err(failed)? {
        line(said)?;
    }
    Ok(())
}

/// Does it; gives what is to be said.
async fn on(desk: &PeopleDesk, command: Command) -> Result<Vec<String>, PeopleError> {
    let to = |active| Changed { active: Some(active), ..Changed::default() };
    Ok(match command {
        Command::Add(arguments) => add(desk, arguments).await?,
        Command::List(_) => desk.list().await?.iter().flat_map(listed).collect(),
        Command::Change(ChangeArguments { of, name, roles, courts, phone }) => {
            let changed = Changed { name, courts, roles, phone, active: None };
            desk.change(&of.number, changed, &of.reason).await?;
            vec![format!("已变更 changed: {}", of.number)]
        }
        Command::Disable(of) => {
            desk.change(&of.number, to(false), &of.reason).await?;
            vec![format!("已停用 disabled: {}", of.number)]
        }
        Command::Enable(of) => {
            desk.change(&of.number, to(true), &of.reason).await?;
            vec![format!("已启用 enabled: {}", of.number)]
        }
        Command::Reset(of) => {
            let initial = desk.reset(&of.number, &of.reason).await?;
            vec![format!("初始密码 initial password: {initial}")]
        }
        Command::BindCertificate(BindArguments { of, certificate }) => {
            let fingerprint = desk.bind_certificate(&of.number, &certificate, &of.reason).await?;
            vec![format!("已绑定 bound: {} {fingerprint}", of.number)]
        }
        Command::RevokeCertificate(RevokeArguments { of, fingerprint }) => {
            desk.revoke_certificate(&of.number, &fingerprint, &of.reason).await?;
            vec![format!("已撤销 revoked: {} {fingerprint}", of.number)]
        }
    })
}

async fn add(desk: &PeopleDesk, arguments: AddArguments) -> Result<Vec<String>, PeopleError> {
    let AddArguments { name, number, roles, courts, phone, without_password, reason, .. } = arguments;
    let added = Added { name, number: number.clone(), courts, roles, phone };
    if without_password {
        desk.add_without_password(added, &reason).await?;
        return Ok(vec![format!("已新增，无密码 added, without a password: {number}")]);
    }
    let initial = desk.add(added, &reason).await?;
    Ok(vec![format!("初始密码 initial password: {initial}")])
}

/// A person, and a line for each certificate.
fn listed(person: &Listed) -> Vec<String> {
    let state = if person.active { "在用 active" } else { "停用 disabled" };
    let Listed { number, name, roles, courts, certificates, .. } = person;
    let mut lines = vec![format!("{number}\t{name}\t{roles}\t{courts}\t{state}")];
    lines.extend(certificates.iter().map(|one| format!("\t{one}")));
    lines
}
