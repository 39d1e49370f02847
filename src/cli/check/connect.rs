//! `check --connect`: every counterpart that can be reached from here, as a probe reaches it; and every broker, as a start does.

use chakong_contract::Fault;
use chakong_contract::fault::FaultKind;
use futures_util::stream::{self, StreamExt as _};

use super::Wrong;
use crate::app::{delivery_of, probed_brokers};
use crate::cli::Exit;
use crate::cli::output::{Unsaid, line};
use crate::config::{Config, CounterpartConfig};
use crate::relay::Probed;

/// Counterparts that are probed at once.
const AT_ONCE: usize = 16;

/// Says of each whether it is reached; gives those that are not.
pub(super) async fn check(config: &Config) -> Result<Vec<Wrong>, Unsaid> {
    let mut wrong = Vec::new();
    let mut probes = stream::iter(&config.counterparts)
        .map(|counterpart| async { (&counterpart.name, probe(counterpart).await) })
        .buffered(AT_ONCE);
    while let Some((name, probed)) = probes.next().await {
        match probed {
            Ok(Some(how)) => line(format_args!("  {name:24} reached: {how}"))?,
            Ok(None) => line(format_args!("  {name:24} is not called from here"))?,
            Err(fault) => {
                let is_a_persons = matches!(fault.kind, FaultKind::Misconfigured | FaultKind::Unauthorised);
                let exit = if is_a_persons { Exit::Config } else { Exit::Unreachable };
                wrong.push((exit, format!("{name}: {fault}")));
            }
        }
    }
    for Probed { section, servers, outcome } in probed_brokers(config).await {
        match outcome {
            Ok(()) => line(format_args!("  {section:24} reached: {servers}"))?,
            Err(failure) => {
                let exit = if failure.kind.is_a_persons() { Exit::Config } else { Exit::Unreachable };
                wrong.push((exit, format!("[{section}]: {failure}")));
            }
        }
    }
    Ok(wrong)
}

async fn probe(counterpart: &CounterpartConfig) -> Result<Option<String>, Fault> {
    let line = delivery_of(counterpart)?;
    if !line.is_remote() {
        return Ok(None);
    }
    line.probe().await.map(|reached| Some(reached.how))
}
