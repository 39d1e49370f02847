//! One file per counterpart: connector, line, limits, window, breaker, retry, settings.

mod line;
mod officers;
mod routing;
mod settings;
mod shares;
mod window;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::{Connector, Plugin};
use chakong_contract::manifest::Settings;

use rust_decimal::Decimal;

use super::named_files::{NamedFiles, Role};
use super::reader::{Document, Problems, Section};
use super::values::within;
use crate::domain::Shares;
use crate::domain::abilities::{Ability, CONTROL_DEADLINE};
use crate::domain::retry::RetryPolicy;

pub use line::{
    CallConfig, CalledAt, DeskConfig, LineConfig, LineSection, ParcelConfig, PostboxConfig, SftpConfig,
    SftpLogin, configurable_lines,
};
pub use officers::Officers;
pub use routing::RoutingConfig;
pub(super) use routing::check as check_routing;
pub(super) use settings::read_secret;
pub use window::Window;

/// Highest price of a request, in yuan.
const MOST_DEAR: u32 = 100_000;

/// A counterpart as configured, its connector built.
#[derive(Debug, Clone)]
pub struct CounterpartConfig {
    /// Name: the file's name without `.toml`.
    pub name: String,
    /// Chinese name for court staff.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The connector it uses.
    pub plugin: Plugin,
    /// The connector, built for these settings.
    pub connector: Arc<dyn Connector>,
    /// The settings it was built with.
    pub settings: Settings,
    /// Officers whom it has on file.
    pub officers: Officers,
    /// Line.
    pub line: LineConfig,
    /// Limits.
    pub limits: LimitsConfig,
    /// When it serves.
    pub window: Window,
    /// Breaker.
    pub breaker: BreakerConfig,
    /// Retry of queries.
    pub retry_query: RetryPolicy,
    /// Retry of controls.
    pub retry_control: RetryPolicy,
    /// How long it has for a control, from the order on.
    pub control_deadline: Duration,
    /// How old an answer to a query may be that is used again; zero for none.
    pub cache_age: Duration,
    /// Where its orders go when it cannot answer them, and what it controls for others.
    pub routing: RoutingConfig,
    /// Digest of what is asked and how it is understood: of the file and the texts that it names.
    pub fingerprint: u64,
    /// Digest of all of it, with secrets, keys and certificates: where it differs, the counterpart is taken up anew.
    pub version: u64,
}

impl CounterpartConfig {
    /// The retry policy for an order.
    pub const fn retry(&self, control: bool) -> &RetryPolicy {
        if control { &self.retry_control } else { &self.retry_query }
    }

    /// What it can be asked to do: what its connector declares and its settings allow.
    pub fn ability(&self) -> Ability {
        let manifest = &self.plugin.manifest;
        let able = manifest.capabilities.iter().filter(|able| self.connector.supports(able.action));
        Ability {
            actions: able.map(|able| (able.action, able.documents.to_vec())).collect(),
            idempotent: manifest.idempotent,
            controls_foreign: self.connector.controls_foreign_currency(),
            query: self.retry_query,
            control: self.retry_control,
            control_deadline: self.control_deadline,
            desk_days: self.line.desk().map(|desk| desk.days),
        }
    }
}

/// Section `[limits]`.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitsConfig {
    /// Requests per second, possibly a fraction; `None` for no limit.
    pub per_second: Option<f64>,
    /// Requests that may come at once after a pause.
    pub burst: u32,
    /// Requests at the same time.
    pub concurrency: u32,
    /// Requests per day (Asia/Shanghai); `None` for no limit.
    pub per_day: Option<u64>,
    /// Shares of courts in them; `None` where courts have none.
    pub shares: Option<Shares>,
    /// What a request costs, in yuan, for previews; `None` where it costs nothing or nobody said.
    pub price: Option<Decimal>,
    /// Most orders in one message; never more than the connector takes.
    pub batch: u32,
    /// How long a batch waits for more orders.
    pub batch_wait: Duration,
}

/// Section `[breaker]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerConfig {
    /// Faults of the counterpart in a row that open it.
    pub failures: u32,
    /// How long it stays open the first time; doubles while the probe fails.
    pub open: Duration,
    /// Longest time it stays open.
    pub longest: Duration,
}

/// Reads the file of one counterpart.
pub fn read_counterpart(
    path: &Path,
    text: &str,
    plugins: &[Plugin],
    problems: &mut Problems,
) -> Option<CounterpartConfig> {
    read(path, text, plugins, problems).0
}

/// The same with the files that it names, which are known also where something is wrong.
pub(super) fn read(
    path: &Path,
    text: &str,
    plugins: &[Plugin],
    problems: &mut Problems,
) -> (Option<CounterpartConfig>, Vec<PathBuf>) {
    let mut files = NamedFiles::below(path.parent().unwrap_or(Path::new(".")));
    let counterpart = read_noting(path, text, plugins, &mut files, problems);
    (counterpart, files.paths())
}

fn read_noting(
    path: &Path,
    text: &str,
    plugins: &[Plugin],
    files: &mut NamedFiles,
    problems: &mut Problems,
) -> Option<CounterpartConfig> {
    let before = problems.0.len();
    let document = Document::parse(path, text, problems)?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
    let mut root = document.root(problems);
    check_name(&name, &mut root);
    let name_zh = root.text("name_zh").unwrap_or_else(|| name.clone());
    let name_en = root.text("name_en").unwrap_or_else(|| name.clone());
    let plugin = read_plugin(&mut root, plugins);
    let line = match root.has("line") {
        true => root.section("line", |section| line::read_line(section, files, plugin.as_ref())).flatten(),
        false => {
            root.problem(
                "line",
                format_args!("is missing: add a [line] table with kind = {}", line::words_of_lines()),
            );
            None
        }
    };
    let control_deadline = read_control_deadline(&mut root);
    let officers = officers::read_officers(&mut root, plugin.as_ref());
    let limits = root
        .section("limits", |section| read_limits(section, plugin.as_ref()))
        .unwrap_or_else(default_limits);
    let window = root.section("window", window::read_window).unwrap_or_default();
    let breaker = root.section("breaker", read_breaker).unwrap_or_else(default_breaker);
    let (retry_query, retry_control) = root.section("retry", read_retries).unwrap_or_default();
    let (cache_age, routing) = routing::read(&mut root, line.as_ref());
    let built = match &plugin {
        Some(plugin) => settings::build(&mut root, files, plugin),
        None => {
            let _ = root.section("settings", |section| section.entries().len());
            None
        }
    };
    shares::check(limits.shares.as_ref(), line.as_ref(), &mut root);
    if let (Some(line), Some((_, connector))) = (&line, &built) {
        check_called(line, connector.as_ref(), &mut root);
    }
    root.finish();
    let (settings, connector) = built?;
    let (plugin, line) = (plugin?, line?);
    (problems.0.len() == before).then(|| CounterpartConfig {
        name,
        name_zh,
        name_en,
        plugin,
        connector,
        settings,
        officers,
        line,
        limits,
        window,
        breaker,
        retry_query,
        retry_control,
        control_deadline,
        cache_age,
        routing,
        fingerprint: files.digest(text, &[Role::Meaning]),
        version: files.digest(text, &[Role::Meaning, Role::Credential]),
    })
}

/// Where the counterpart calls, its connector understands calls.
fn check_called(line: &LineConfig, connector: &dyn Connector, root: &mut Section<'_>) {
    if line.called_at().is_none() || connector.postbox().is_some() {
        return;
    }
    let what = if line.call().is_some() {
        "[line.callbacks] needs a connector that understands them, with the account and the password"
    } else {
        "a postbox line needs the account and the password"
    };
    root.problem("settings", format_args!("{what} that the counterpart calls with"));
}

fn check_name(name: &str, root: &mut Section<'_>) {
    if !is_name(name) {
        let what = "the file's name must be 1 to 64 lower-case letters, digits and hyphens, e.g. `icbc.toml`";
        root.problem("name", what);
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn read_control_deadline(root: &mut Section<'_>) -> Duration {
    const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
    let deadline = root.or("control_deadline", CONTROL_DEADLINE);
    if !(Duration::from_secs(60)..=LONGEST).contains(&deadline) {
        root.problem("control_deadline", "must lie between \"1m\" and \"366d\"");
    }
    deadline
}

fn read_plugin(root: &mut Section<'_>, plugins: &[Plugin]) -> Option<Plugin> {
    let known = || plugins.iter().map(|plugin| plugin.manifest.id).collect::<Vec<_>>().join(", ");
    let id: String = root.required("connector", &format!("one of {}", known()))?;
    let plugin = plugins.iter().find(|plugin| plugin.manifest.id == id).cloned();
    if plugin.is_none() {
        root.problem("connector", format_args!("`{id}` is not a connector; known: {}", known()));
    }
    plugin
}

const fn default_limits() -> LimitsConfig {
    LimitsConfig {
        per_second: None,
        burst: 1,
        concurrency: 4,
        per_day: None,
        shares: None,
        price: None,
        batch: u32::MAX,
        batch_wait: Duration::from_millis(5),
    }
}

fn read_limits(section: &mut Section<'_>, plugin: Option<&Plugin>) -> LimitsConfig {
    let default = default_limits();
    let bounded = |section: &mut Section<'_>, key, default: u32, high: u32| {
        let value = section.or(key, default);
        match within(value, 1, high) {
            Ok(value) => value,
            Err(message) => {
                section.problem(key, message);
                default
            }
        }
    };
    let per_second: Option<f64> = section.value("per_second");
    let per_minute: Option<f64> = section.value("per_minute");
    if per_second.is_some() && per_minute.is_some() {
        section.problem("per_minute", "stands beside `per_second`; give one of them");
    }
    let rate = per_second.or(per_minute.map(|rate| rate / 60.0));
    if rate.is_some_and(|rate| !(0.0001..=100_000.0).contains(&rate)) {
        section
            .problem(if per_second.is_some() { "per_second" } else { "per_minute" }, "is not a usable rate");
    }
    let batch_wait = section.or("batch_wait", default.batch_wait);
    if batch_wait > Duration::from_secs(600) {
        section.problem("batch_wait", "may be at most \"10m\"");
    }
    let batch = bounded(section, "batch", u32::MAX, u32::MAX);
    if let Some(manifest) = plugin.map(|plugin| &plugin.manifest)
        && section.has("batch")
        && batch > manifest.largest_batch
    {
        let (id, most) = (manifest.id, manifest.largest_batch);
        section.problem("batch", format_args!("connector {id} takes at most {most} orders in one message"));
    }
    let per_day = section.value("per_day");
    LimitsConfig {
        per_second: rate,
        burst: bounded(section, "burst", 1, 100_000),
        concurrency: bounded(section, "concurrency", default.concurrency, 1024),
        per_day,
        shares: shares::read_shares(section, per_day),
        price: read_price(section),
        batch,
        batch_wait,
    }
}

/// A price is an amount of yuan: not negative, and no more than anybody asks for one request.
fn read_price(section: &mut Section<'_>) -> Option<Decimal> {
    let text: String = section.value("price")?;
    let price = text
        .parse::<Decimal>()
        .ok()
        .filter(|price| (Decimal::ZERO..=Decimal::from(MOST_DEAR)).contains(price));
    if price.is_none() {
        section.problem(
            "price",
            format_args!("must be an amount in yuan from \"0\" to \"{MOST_DEAR}\", such as \"0.30\""),
        );
    }
    price
}

const fn default_breaker() -> BreakerConfig {
    BreakerConfig { failures: 5, open: Duration::from_secs(30), longest: Duration::from_secs(600) }
}

fn read_breaker(section: &mut Section<'_>) -> BreakerConfig {
    let default = default_breaker();
    let failures = section.or("failures", default.failures);
    if failures == 0 {
        section.problem("failures", "must be at least 1");
    }
    BreakerConfig {
        failures: failures.max(1),
        open: section.or("open", default.open),
        longest: section.or("longest", default.longest),
    }
}

fn read_retries(section: &mut Section<'_>) -> (RetryPolicy, RetryPolicy) {
    let query = section.section("query", read_retry).unwrap_or_default();
    let control = section.section("control", read_retry).unwrap_or_default();
    (query, control)
}

fn read_retry(section: &mut Section<'_>) -> RetryPolicy {
    let default = RetryPolicy::default();
    let policy = RetryPolicy {
        initial: section.or("initial", default.initial),
        longest: section.or("longest", default.longest),
        multiplier: section.or("multiplier", default.multiplier),
        jitter: section.or("jitter", default.jitter),
        attempts: section.or("attempts", default.attempts),
    };
    if policy.longest < policy.initial {
        section.problem("longest", "is shorter than `initial`");
    }
    if !(1.0..=100.0).contains(&policy.multiplier) {
        section.problem("multiplier", "must lie between 1 and 100");
    }
    if !(0.0..=1.0).contains(&policy.jitter) {
        section.problem("jitter", "must lie between 0 and 1");
    }
    if policy.attempts == 0 {
        section.problem("attempts", "must be at least 1");
    }
    policy
}
