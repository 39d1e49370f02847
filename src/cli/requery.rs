use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::client::{Failed, Gateway, part};
use super::output::line;
use super::{Exit, ServerArgument};

/// Arguments of `requery`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Identifier of the inquiry
    id: String,
    /// Why it is asked again; goes on record
    #[arg(long)]
    reason: String,
    /// Only these counterparts
    #[arg(long = "counterpart", value_name = "NAME")]
    counterparts: Vec<String>,
    #[command(flatten)]
    server: ServerArgument,
}

/// Asks again.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    match requery(&arguments).await {
        Ok(()) => Exit::Ok.into(),
        Err(failed) => failed.report(),
    }
}

async fn requery(arguments: &Arguments) -> Result<(), Failed> {
    let gateway = Gateway::new(&arguments.server)?;
    let mut body = json!({ "reason": arguments.reason });
    if !arguments.counterparts.is_empty() {
        body["counterparts"] = json!(arguments.counterparts);
    }
    let answer = gateway.post(&format!("/v1/inquiries/{}/requery", part(&arguments.id)), &body).await?;
    let orders = answer["orders"].as_array().ok_or_else(|| gateway.is_no_gateway())?;
    for order in orders {
        line(order.as_str().unwrap_or_default())?;
    }
    Ok(())
}
