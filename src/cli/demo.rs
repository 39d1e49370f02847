//! Everything at work: simulated counterparts on loopback, the gateway on a fresh store, one enforcement case.

mod desk;
mod people;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::client::{Failed, Gateway};
use super::output::{complain, line};
use super::{Exit, ServerArgument, live, tables};
use crate::app::{App, Opening, plugins};
use crate::clock::{Clock, SystemClock};
use crate::config;
use crate::lifecycle::{StopSignals, Tasks};
use crate::observe;
use crate::sandbox::host_on;
use people::Person;
use world::World;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Exit when the case is complete: 0 if all went as the scenario expects, 1 if not
    #[arg(long)]
    once: bool,
    /// Folder for configuration and store; by default a new one below the temporary folder, deleted at the end
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Runs the demonstration.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    match Box::pin(demonstrate(&arguments)).await {
        Ok(exit) => exit.into(),
        Err(failed) => failed.report(),
    }
}

fn failed(exit: Exit) -> impl Fn(String) -> Failed {
    move |message| Failed { exit, message }
}

async fn demonstrate(arguments: &Arguments) -> Result<Exit, Failed> {
    let started = tokio::time::Instant::now();
    let internal = failed(Exit::Internal);
    let world = World::read().map_err(&internal)?;
    let kept = arguments.folder.clone();
    let temporary = kept.is_none().then(world::temporary_folder).transpose().map_err(&internal)?;
    let folder = kept.or_else(|| temporary.clone()).unwrap_or_default();
    // Its configuration names files below it, which are looked for from the configuration's own folder.
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let outcome = Box::pin(play(&world, &folder, arguments.once, started)).await;
    if let Some(folder) = temporary
        && let Err(error) = std::fs::remove_dir_all(&folder)
    {
        complain(format_args!("chakong: {} could not be deleted: {error}", folder.display()));
    }
    outcome
}

async fn play(
    world: &World,
    folder: &std::path::Path,
    once: bool,
    started: tokio::time::Instant,
) -> Result<Exit, Failed> {
    let internal = failed(Exit::Internal);
    let listeners = world.listen().await.map_err(&internal)?;
    let key = world.write(folder, &listeners).map_err(&internal)?;
    desk::write(&folder.join("counterparts")).map_err(&internal)?;
    let config = config::load(&folder.join("chakong.toml"), &plugins())
        .map_err(|problems| internal(format!("the demonstration's configuration is wrong:\n{problems}")))?;
    observe::init_tracing(&config.log);
    let persons = people::make_ready(&config).await.map_err(&internal)?;
    let (sandboxes, tasks) = (Tasks::default(), Tasks::default());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let scripts = world.scripts();
    let counterparts = config.counterparts.clone();
    let app = App::build(config, Opening::Used, tasks.clone())
        .await
        .map_err(|error| internal(error.to_string()))?;
    let address = app.address().map_err(|error| internal(error.to_string()))?;
    let postbox = app.postbox_address().map_err(|error| internal(error.to_string()))?;
    let hosted = host_on(listeners, &counterparts, &scripts, postbox, &sandboxes, &clock);
    hosted.await.map_err(|error| internal(error.to_string()))?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (ends, ended) = tokio::sync::oneshot::channel();
    Tasks::default().spawn_job("gateway", async move {
        let clean = app.run(async { drop(stopped.await) }).await;
        let _ = ends.send(clean);
    });
    let server = ServerArgument { url: format!("http://{address}"), key };
    let signals = StopSignals::install().map_err(|error| internal(error.to_string()))?;
    // The gateway takes SIGHUP for a word about its files; here it means that the terminal was closed.
    let mut hangups = signal(SignalKind::hangup()).map_err(|error| internal(error.to_string()))?;
    let signalled = async move {
        tokio::select! {
            () = signals.first() => {}
            _ = hangups.recv() => {}
        }
    };
    tokio::pin!(signalled);
    let mut watched = tokio::select! {
        watched = watch_case(world, &server, (folder, started), once) => watched,
        () = &mut signalled => Err(failed(Exit::NotAsExpected)("interrupted".into())),
    };
    if watched.is_ok() && !once {
        match invite(&server, &persons) {
            Ok(()) => signalled.await,
            Err(failed) => watched = Err(failed),
        }
    }
    drop(stop);
    let clean = ended.await.unwrap_or(false);
    sandboxes.drain(Duration::from_secs(2)).await;
    match watched {
        Ok(_) if !clean => Err(internal("the gateway did not end cleanly".into())),
        other => other,
    }
}

fn invite(server: &ServerArgument, persons: &[Person]) -> Result<(), Failed> {
    let ServerArgument { url, key } = server;
    line(format_args!("\n工作台 The console: {url}/console"))?;
    desk::invite(url)?;
    for person in persons {
        let Person { role, name, number, password, .. } = person;
        line(format_args!("  {role} {name}: 工号 staff number {number}, 密码 password {password}"))?;
    }
    line(format_args!("\nThe API is at {url} (key {key}); Ctrl-C ends the demonstration."))?;
    Ok(line(format_args!("\n  curl -H 'Authorization: Bearer {key}' {url}/v1/counterparts"))?)
}

/// Submits the case, shows it happen and compares the outcome with what the scenario expects.
async fn watch_case(
    world: &World,
    server: &ServerArgument,
    (folder, started): (&std::path::Path, tokio::time::Instant),
    once: bool,
) -> Result<Exit, Failed> {
    let gateway = Gateway::new(server)?;
    let names = world.names();
    line(format_args!(
        "临汾 · 一案查控 Linfen, one case: {} counterparts, store in {}",
        names.len(),
        folder.display()
    ))?;
    let inquiry = gateway.submit("demo-1", desk::without_desk(names.keys())?).await?;
    let id = inquiry["id"].as_str().unwrap_or_default().to_owned();
    live::follow(&gateway, &id, &names).await?;
    line(format_args!("\n{}", tables::report(&gateway, &id).await?))?;
    line(format_args!("\n用时 took {:.1} s", started.elapsed().as_secs_f64()))?;
    let mut differences = world.compare(&gateway, &id).await?;
    let carried = desk::submit(&gateway).await?;
    if once {
        differences.append(&mut desk::play(&gateway, &carried).await?);
    }
    if differences.is_empty() {
        line("As the scenario expects.")?;
        return Ok(Exit::Ok);
    }
    line(format_args!("Not as the scenario expects:\n  {}", differences.join("\n  ")))?;
    Ok(Exit::NotAsExpected)
}
