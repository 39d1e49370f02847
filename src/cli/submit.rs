use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::client::{Failed, Gateway, part};
use super::output::line;
use super::{Exit, ServerArgument, live, tables};

/// Largest inquiry that is sent, in bytes; the gateway takes less by default.
const LARGEST: u64 = 256 << 20;

/// Arguments of `submit`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The inquiry as JSON; - reads standard input
    file: PathBuf,
    /// Wait until every order came to an end and show what was found
    #[arg(long)]
    wait: bool,
    /// Idempotency key; by default the digest of the file, so that the same file is never submitted twice
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    server: ServerArgument,
}

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(super) struct WatchArguments {
    /// Identifier of the inquiry
    id: String,
    #[command(flatten)]
    server: ServerArgument,
}

/// Submits a file.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    match submit(&arguments).await {
        Ok(exit) => exit.into(),
        Err(failed) => failed.report(),
    }
}

async fn submit(arguments: &Arguments) -> Result<Exit, Failed> {
    let body = read(&arguments.file).map_err(|error| Failed {
        exit: Exit::Input,
        message: format!("{}: {error}", arguments.file.display()),
    })?;
    let digest = || hex::encode(Sha256::digest(&body));
    let key = arguments.idempotency_key.clone().unwrap_or_else(digest);
    let gateway = Gateway::new(&arguments.server)?;
    let inquiry = gateway.submit(&key, body).await?;
    let id = inquiry["id"].as_str().ok_or_else(|| gateway.is_no_gateway())?.to_owned();
    line(&id)?;
    if arguments.wait { follow(&gateway, &id).await } else { Ok(Exit::Ok) }
}

/// The file, or standard input, of bounded size: a device has no end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let source: Box<dyn std::io::Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    let mut body = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut body)?;
    if u64::try_from(body.len()).is_ok_and(|bytes| bytes > LARGEST) {
        return Err(std::io::Error::other(format!("larger than {LARGEST} bytes, which no inquiry is")));
    }
    Ok(body)
}

/// Follows an inquiry.
pub(super) async fn watch(arguments: WatchArguments) -> ExitCode {
    let outcome = async {
        let gateway = Gateway::new(&arguments.server)?;
        follow(&gateway, &part(&arguments.id)).await
    };
    match outcome.await {
        Ok(exit) => exit.into(),
        Err(failed) => failed.report(),
    }
}

/// Shows progress until the inquiry is complete, then what was found.
async fn follow(gateway: &Gateway, id: &str) -> Result<Exit, Failed> {
    live::follow(gateway, id, &std::collections::BTreeMap::new()).await?;
    let report = tables::report(gateway, id).await?;
    line(report)?;
    let certificate = gateway.get(&format!("/v1/inquiries/{id}/certificate")).await?;
    Ok(if tables::is_complete(&certificate) { Exit::Ok } else { Exit::NotAsExpected })
}
