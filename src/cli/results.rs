use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::client::{Failed, Gateway, part};
use super::output::line;
use super::{Exit, ServerArgument};

/// Arguments of `results`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name of the consumer, whose place in the log the gateway remembers
    #[arg(long, default_value = "cli")]
    consumer: String,
    /// Go on waiting for more instead of ending when there is nothing new
    #[arg(long)]
    follow: bool,
    /// Only look: do not acknowledge what was printed
    #[arg(long)]
    peek: bool,
    #[command(flatten)]
    server: ServerArgument,
}

/// Prints results as JSON lines and acknowledges them.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    match read(&arguments).await {
        Ok(()) => Exit::Ok.into(),
        Err(failed) => failed.report(),
    }
}

async fn read(arguments: &Arguments) -> Result<(), Failed> {
    let gateway = Gateway::new(&arguments.server)?;
    let wait = if arguments.follow { 30 } else { 0 };
    let mut after: Option<u64> = None;
    loop {
        let position = after.map(|seq| format!("&after={seq}")).unwrap_or_default();
        let consumer = part(&arguments.consumer);
        let path = format!("/v1/results?consumer={consumer}&limit=200&wait={wait}{position}");
        let page = gateway.get(&path).await?;
        let events = page["events"].as_array().cloned().ok_or_else(|| gateway.is_no_gateway())?;
        // What a reader that is gone did not see is not acknowledged.
        events.iter().try_for_each(line)?;
        let next = page["next"].as_u64();
        if !events.is_empty() && !arguments.peek {
            let body = json!({ "consumer": arguments.consumer, "seq": next });
            gateway.post("/v1/results/ack", &body).await?;
        }
        after = next.or(after);
        if events.is_empty() && !arguments.follow {
            return Ok(());
        }
    }
}
