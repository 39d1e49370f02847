//! A live table: one line per counterpart, what it was asked and how far that is.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use super::client::{Failed, Gateway};
use super::output::{self, Unsaid};

/// How often progress is asked for.
const LOOK: Duration = Duration::from_millis(150);
/// Nobody watches longer than this without a break.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Shows progress until the inquiry is no longer open. `names` are shown beside the counterparts' names.
pub(super) async fn follow(
    gateway: &Gateway,
    id: &str,
    names: &BTreeMap<String, String>,
) -> Result<(), Failed> {
    let mut table = Table::new(names);
    let started = tokio::time::Instant::now();
    loop {
        let certificate = gateway.get(&format!("/v1/inquiries/{id}/certificate")).await?;
        table.show(certificate["orders"].as_array().map(Vec::as_slice).unwrap_or_default())?;
        let inquiry = gateway.get(&format!("/v1/inquiries/{id}")).await?;
        if inquiry["state"] != "open" || started.elapsed() > LONGEST {
            table.finish();
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

struct Line {
    bar: ProgressBar,
    last: String,
}

struct Table<'a> {
    names: &'a BTreeMap<String, String>,
    bars: MultiProgress,
    lines: BTreeMap<String, Line>,
    live: bool,
}

impl<'a> Table<'a> {
    fn new(names: &'a BTreeMap<String, String>) -> Self {
        let live = std::io::stderr().is_terminal();
        Self { names, bars: MultiProgress::new(), lines: BTreeMap::new(), live }
    }

    fn show(&mut self, orders: &[Value]) -> Result<(), Unsaid> {
        let mut by_counterpart: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for order in orders {
            by_counterpart.entry(order["counterpart"].as_str().unwrap_or_default()).or_default().push(order);
        }
        for (counterpart, orders) in by_counterpart {
            let message = orders.iter().map(|order| word(order)).collect::<Vec<_>>().join("  ");
            let done = orders.iter().all(|order| !is_open(order));
            self.line(counterpart, &message, done)?;
        }
        Ok(())
    }

    fn line(&mut self, counterpart: &str, message: &str, done: bool) -> Result<(), Unsaid> {
        if !self.lines.contains_key(counterpart) {
            let bar = self.bars.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("{spinner:.cyan} {prefix:16} {elapsed:>4} {wide_msg}");
            bar.set_style(
                style.unwrap_or_else(|_| ProgressStyle::default_spinner()).tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏✔"),
            );
            bar.set_prefix(counterpart.to_owned());
            bar.enable_steady_tick(Duration::from_millis(90));
            self.lines.insert(counterpart.to_owned(), Line { bar, last: String::new() });
        }
        let name = self.names.get(counterpart).cloned().unwrap_or_default();
        let Some(line) = self.lines.get_mut(counterpart) else { return Ok(()) };
        if line.last == message {
            return Ok(());
        }
        message.clone_into(&mut line.last);
        if !self.live {
            output::line(format_args!("{counterpart:16} {name} {message}"))?;
        }
        let text = format!("{name}  {message}");
        match done {
            true => line.bar.finish_with_message(text),
            false => line.bar.set_message(text),
        }
        Ok(())
    }

    fn finish(&self) {
        for line in self.lines.values().filter(|line| !line.bar.is_finished()) {
            line.bar.finish();
        }
    }
}

fn is_open(order: &Value) -> bool {
    matches!(order["state"].as_str(), Some("queued" | "sending" | "awaiting"))
}

/// `查询 found`, `冻结 awaiting` …
fn word(order: &Value) -> String {
    let action = match order["action"].as_str().unwrap_or_default() {
        "query" => "查询",
        "freeze" => "冻结",
        "renew" => "续冻",
        "release" => "解除",
        "deduct" => "扣划",
        "transfer" => "转让",
        other => other,
    };
    let state = order["state"].as_str().unwrap_or_default();
    format!("{action} {}", order["outcome"].as_str().unwrap_or(state))
}
