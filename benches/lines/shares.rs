//! Who used how much of the processors, and what was asked of the database.

use std::time::Duration;

use super::daemon::processor_time;

/// Processor time of those who take part in a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shares {
    pub daemons: Duration,
    pub sandbox: Duration,
    pub database: Duration,
    pub client: Duration,
}

impl Shares {
    /// Up to now; of the database every process of this machine that has its name.
    pub fn now(daemons: Duration, sandbox: Duration) -> Self {
        let client = processor_time(std::process::id()).unwrap_or_default();
        Self { daemons, sandbox, database: all_named("postgres"), client }
    }

    /// What was used since, an order.
    pub fn told(&self, since: &Self, orders: usize) -> String {
        let each = |now: Duration, before: Duration| {
            now.saturating_sub(before) / u32::try_from(orders.max(1)).expect("few orders")
        };
        let database = each(self.database, since.database);
        let database = if database.is_zero() { String::new() } else { format!(", database {database:.0?}") };
        format!(
            "daemon {:.0?}{database}, sandbox {:.0?}, client {:.0?} of processor time an order",
            each(self.daemons, since.daemons),
            each(self.sandbox, since.sandbox),
            each(self.client, since.client)
        )
    }
}

fn all_named(name: &str) -> Duration {
    let entries = std::fs::read_dir("/proc").expect("processes").flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_named = |pid: &u32| {
        std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    numbers.filter(is_named).filter_map(processor_time).sum()
}

/// What was asked of the database up to now, from the metrics of a daemon: statements, round trips, commits, inputs. Nothing where it has
/// none.
pub async fn asked(port: u16, key: &str) -> Option<[f64; 4]> {
    let metrics = reqwest::Client::builder().no_proxy().build().expect("a client");
    let metrics = metrics.get(format!("http://127.0.0.1:{port}/metrics")).bearer_auth(key).send().await;
    let text = metrics.expect("metrics").text().await.expect("a text");
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("chakong_store_{name}_total ")))?;
        line.rsplit_once(' ')?.1.parse().ok()
    };
    Some([value("statements")?, value("round_trips")?, value("commits")?, value("inputs")?])
}

/// What was asked since, in words.
pub fn told(now: &[f64; 4], since: &[f64; 4], orders: f64) -> String {
    let [statements, trips, commits, inputs] =
        [now[0] - since[0], now[1] - since[1], now[2] - since[2], now[3] - since[3]];
    format!(
        "{:.2} statements, {:.2} round trips an order; {commits:.0} commits of {:.1} inputs",
        statements / orders,
        trips / orders,
        inputs / commits.max(1.0)
    )
}
