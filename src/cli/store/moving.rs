use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::{failed, read};
use crate::app::upkeep::{Moved, Report, StorePlace, move_offline};
use crate::cli::client::{Failed, Gateway};
use crate::cli::output::line;
use crate::cli::{ConfigArgument, Exit, ServerArgument};
use crate::config::database_at;

/// Time between two looks whether a gateway has moved its store.
const LOOK: Duration = Duration::from_millis(500);

/// After so many looks in a row that reached nobody the gateway counts as gone.
const MOST_UNREACHED: u32 = 60;

/// Arguments of `store move`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Where the store is: sqlite:FOLDER or postgres://USER@HOST/DATABASE; [store] directory of the configuration where it is not said
    #[arg(long, value_name = "STORE", conflicts_with = "live")]
    from: Option<String>,
    /// Where it goes, an empty database or folder; [store] url of the configuration where it is not said
    #[arg(long, value_name = "STORE", conflicts_with = "live")]
    to: Option<String>,
    /// File with the password of the database in --from or --to
    #[arg(long, value_name = "FILE")]
    password_file: Option<String>,
    /// PEM file with the authorities that sign the server's certificate, of the database in --from or --to
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
    /// Have the running gateway move its store to the database that its configuration file names now. Nothing is sent, and everybody is
    /// told to come again, until that is done
    #[arg(long, requires = "reason")]
    live: bool,
    /// Why, for the audit
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    config: ConfigArgument,
    #[command(flatten)]
    server: ServerArgument,
}

/// Moves the store.
pub(super) async fn run(arguments: &Arguments) -> Result<Exit, Failed> {
    match &arguments.reason {
        Some(reason) if arguments.live => live(&Gateway::new(&arguments.server)?, reason).await,
        _ => offline(arguments),
    }
}

fn offline(arguments: &Arguments) -> Result<Exit, Failed> {
    let config = match (&arguments.from, &arguments.to) {
        (Some(_), Some(_)) => None,
        _ => Some(read(&arguments.config)?),
    };
    let place = |given: &Option<String>, fallback: Option<StorePlace>| match given {
        Some(text) => place(text, arguments),
        None => fallback
            .ok_or_else(|| input("the configuration has no [store] url; say where the store goes with --to")),
    };
    let folder = config.as_ref().map(|config| StorePlace::Folder(config.store.directory.clone()));
    let database = config.as_ref().map(StorePlace::of);
    let database = database.filter(|place| matches!(place, StorePlace::Database(_)));
    let (from, to) = (place(&arguments.from, folder)?, place(&arguments.to, database)?);
    let Report { from, to, moved } = move_offline(&from, &to).map_err(failed)?;
    match moved {
        Moved::Now(tables) => {
            for (table, sum) in &tables {
                line(format_args!("  {table:18} {:>10}  {}", sum.rows, hex::encode(sum.sha256)))?;
            }
            line(format_args!("{} tables copied and compared", tables.len()))?;
        }
        Moved::Finished => line("it had been copied and compared before; now it is finished")?,
        Moved::Before => line("it had been moved before")?,
    }
    line(format_args!("the store is {to} now, and {from} is refused; let [store] lead there"))?;
    Ok(Exit::Ok)
}

fn input(message: &str) -> Failed {
    Failed { exit: Exit::Input, message: message.to_owned() }
}

/// A store as the command line has it.
fn place(text: &str, arguments: &Arguments) -> Result<StorePlace, Failed> {
    if let Some(folder) = text.strip_prefix("sqlite:").filter(|folder| !folder.is_empty()) {
        return Ok(StorePlace::Folder(PathBuf::from(folder)));
    }
    if !text.starts_with("postgres") {
        return Err(input("a store is sqlite:FOLDER or postgres://USER@HOST/DATABASE"));
    }
    let database = database_at(text, arguments.password_file.as_deref(), arguments.ca_file.as_deref());
    let database = database.map_err(|what| input(&format!("the address of the database {what}")))?;
    Ok(StorePlace::Database(Box::new(database)))
}

/// Asks for the move and waits for its end.
async fn live(gateway: &Gateway, reason: &str) -> Result<Exit, Failed> {
    let before = gateway.get("/v1/store").await?;
    let begun = gateway.post("/v1/store/move", &json!({ "reason": reason })).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let to = text(&begun["to"]);
    line(format_args!("moving {} to {to}", text(&begun["from"])))?;
    let mut unreached = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let store = match gateway.get("/v1/store").await {
            Ok(store) => store,
            // Connections end with the gateway on the old store.
            Err(error) if error.exit == Exit::Unreachable && unreached < MOST_UNREACHED => {
                unreached += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        unreached = 0;
        let last = &store["last_move"];
        if *last == before["last_move"] {
            continue;
        }
        return match last["failure"].as_str() {
            None => {
                line(format_args!("the store is {} now", text(&store["place"])))?;
                Ok(Exit::Ok)
            }
            Some(why) => {
                let message = format!("the store was not moved: {why}");
                Err(Failed { exit: Exit::NotAsExpected, message })
            }
        };
    }
}
