//! The command line: one command a file.

mod check;
mod client;
mod complaint;
mod connectors;
mod demo;
mod exit;
mod keys;
mod live;
mod output;
mod people;
mod requery;
mod results;
mod sandbox;
mod serve;
mod store;
mod submit;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use exit::Exit;

/// 查控: asks banks, real-estate registries and business registries what a judgment debtor owns, freezes what may be
/// frozen and never more, and returns the results to the case system.
#[derive(Debug, Parser)]
#[command(name = "chakong", version, about, after_help = exit::HELP, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show everything at work: simulated counterparts, the gateway, one enforcement case from intake to freezes
    Demo(demo::Arguments),
    /// Run the gateway
    Serve(serve::Arguments),
    /// Check a configuration: every problem at once, with file and line; the disk and the network only where asked to
    Check(check::Arguments),
    /// Submit an inquiry (a JSON file, or - for standard input)
    Submit(submit::Arguments),
    /// Follow an inquiry until it is complete
    Watch(submit::WatchArguments),
    /// Ask again what an inquiry asked
    Requery(requery::Arguments),
    /// Read results as JSON lines (CloudEvents)
    Results(results::Arguments),
    /// What the connectors can do and how they speak
    #[command(subcommand)]
    Connectors(connectors::Command),
    /// Look after the store: check, migrate, backup, restore, move
    #[command(subcommand)]
    Store(store::Command),
    /// API keys: make, list, revoke. The gateway does not run meanwhile
    #[command(subcommand)]
    Keys(keys::Command),
    /// Persons: add, list, change, disable, enable, reset, bind and revoke certificates. The gateway does not run meanwhile
    #[command(subcommand)]
    People(people::Command),
    /// Run simulated counterparts alone, at the other end of the lines of a configuration
    Sandbox(sandbox::Arguments),
}

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
struct ConfigArgument {
    /// The configuration file
    #[arg(long, env = "CHAKONG_CONFIG", default_value = "/etc/chakong/chakong.toml", value_name = "FILE")]
    config: PathBuf,
}

/// Where the gateway is and with which key.
#[derive(Debug, Clone, Args)]
struct ServerArgument {
    /// Address of the gateway's API
    #[arg(long, env = "CHAKONG_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: String,
    /// API key; better given by the environment than on the command line, where others can see it
    #[arg(long, env = "CHAKONG_KEY", hide_env_values = true, default_value = "", value_name = "KEY")]
    key: String,
}

/// Parses the command line, runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Exit::Internal.with(&format!("the runtime cannot be started: {error}")),
    };
    runtime.block_on(run(cli.command))
}

async fn run(command: Command) -> ExitCode {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Serve(arguments) => Box::pin(serve::run(arguments)).await,
        Command::Check(arguments) => check::run(arguments).await,
        Command::Submit(arguments) => submit::run(arguments).await,
        Command::Watch(arguments) => submit::watch(arguments).await,
        Command::Requery(arguments) => requery::run(arguments).await,
        Command::Results(arguments) => results::run(arguments).await,
        Command::Connectors(command) => connectors::run(command),
        Command::Store(command) => store::run(command).await,
        Command::Keys(command) => keys::run(command).await,
        Command::People(command) => people::run(command).await,
        Command::Sandbox(arguments) => sandbox::run(arguments).await,
    }
}
