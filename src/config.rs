//! Configuration: files in, types that cannot be wrong out, and every problem at once, each with file, line and remedy.
//!
//! Nothing here touches the network. `config/reference.toml` documents every setting with its default.

mod approvals;
mod brokers;
mod counterpart;
mod court_accounts;
mod database;
mod folder;
mod holidays;
mod identity;
mod keys;
mod listener;
mod log_targets;
mod named_files;
mod other_property;
mod papers;
mod parcels;
mod postboxes;
mod progress;
mod proxies;
mod reader;
mod replicas;
mod retention;
mod server;
mod sign_in;
mod twice;
mod values;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chakong_contract::connector::Plugin;

pub use brokers::{
    BrokerAccess, BrokerLogin, IntakeConfig, IntakesConfig, NatsConfig, NatsIntake, NatsRelay, QueueConfig,
    RabbitConfig, RabbitIntake, RabbitRelay, RelayLimits, RelaysConfig, ServerAddress, StreamConfig,
};
pub use counterpart::{
    BreakerConfig, CallConfig, CalledAt, CounterpartConfig, DeskConfig, LimitsConfig, LineConfig,
    LineSection, Officers, ParcelConfig, PostboxConfig, RoutingConfig, SftpConfig, SftpLogin, Window,
    configurable_lines, read_counterpart,
};
pub use court_accounts::NamedAccount;
pub use database::{Database, database_at};
pub use folder::{Folder, counterpart_files, read_folder};
pub use identity::{CertificateConfig, ProviderConfig, is_loopback};
pub use keys::{ApiKey, Role, digest_of};
pub use listener::{ListenerConfig, PostboxServer};
pub use papers::PapersConfig;
pub use proxies::Proxies;
pub use reader::{Problem, Problems};
pub use replicas::ReplicasConfig;
pub use server::{LogConfig, LogFormat, ServerConfig, StoreConfig};
pub use watch::{FolderWatch, Look};

use crate::domain::TwoApprovers;
use crate::domain::abilities::OFFICER_ABOVE;
use crate::domain::people::{LookRules, SignInRules};
use crate::domain::progress::ProgressSettings;
use crate::domain::retention::Retention;
use crate::domain::rules::working_days::HolidayCalendar;
use reader::Document;

/// Largest configuration file that is read.
const LARGEST_FILE: u64 = 1 << 20;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it was read from.
    pub file: PathBuf,
    /// Name of this installation; the CloudEvents source.
    pub instance: String,
    /// HTTP.
    pub server: ServerConfig,
    /// What counterparts on postbox lines call; `None` without a postbox.
    pub postbox: Option<PostboxServer>,
    /// Store.
    pub store: StoreConfig,
    /// Holidays and moved working days: those that are built in, with the court's own over them.
    pub holidays: Arc<HolidayCalendar>,
    /// The court's own file of them, if there is one.
    pub holidays_file: Option<PathBuf>,
    /// How several processes share the work on one database.
    pub replicas: ReplicasConfig,
    /// How long what is kept of a case stays after it was closed.
    pub retention: Retention,
    /// What the parties of a case may be shown.
    pub progress: ProgressSettings,
    /// The program that makes PDF of papers.
    pub papers: PapersConfig,
    /// A property worth more than so many percent of what is still wanted is for an officer.
    pub officer_above: u32,
    /// Which freezes two persons approve.
    pub two_approvers: Arc<TwoApprovers>,
    /// Brokers that results are relayed to.
    pub relays: RelaysConfig,
    /// Brokers that inquiries are taken from.
    pub intakes: IntakesConfig,
    /// Logs.
    pub log: LogConfig,
    /// API keys.
    pub keys: Vec<ApiKey>,
    /// Rules of signing in.
    pub sign_in: SignInRules,
    /// The court's identity provider, by which persons sign in.
    pub provider: Option<ProviderConfig>,
    /// Client certificates by which persons sign in.
    pub certificate: Option<CertificateConfig>,
    /// Rules of looking.
    pub looks: LookRules,
    /// Accounts of the court that deducted money may go to.
    pub court_accounts: Vec<NamedAccount>,
    /// Folder with one file per counterpart.
    pub counterparts_directory: PathBuf,
    /// The counterparts.
    pub counterparts: Vec<CounterpartConfig>,
    /// Files of that folder that are not read although they look like counterparts', with the reason.
    pub ignored: Vec<(PathBuf, &'static str)>,
}

/// Reads and checks the configuration and the files it names.
///
/// # Errors
/// Every problem found.
pub fn load(path: &Path, plugins: &[Plugin]) -> Result<Config, Problems> {
    let mut problems = Problems::default();
    let Some(text) = read_file(path, &mut problems) else { return Err(problems) };
    let Some(document) = Document::parse(path, &text, &mut problems) else { return Err(problems) };
    let base = path.parent().unwrap_or(Path::new(".")).to_owned();
    let mut root = document.root(&mut problems);
    let instance = server::read_instance(&mut root);
    let server = root.section("server", server::read_server).unwrap_or_default();
    let postbox = root.section("postbox", server::read_postbox);
    let store = root.section("store", |section| server::read_store(section, &base)).unwrap_or_default();
    let replicas = root.section("replicas", replicas::read_replicas).unwrap_or_default();
    let retention = root.section("retention", retention::read_retention).unwrap_or_default();
    let papers = root.section("papers", |section| papers::read_papers(section, &base)).unwrap_or_default();
    let progress = root.section("progress", progress::read_progress).unwrap_or_default();
    let officer_above =
        root.section("other_property", other_property::read_officer_above).unwrap_or(OFFICER_ABOVE);
    let two_approvers = root.section("approvals", approvals::read_approvals).unwrap_or_default();
    let log = root.section("log", server::read_log).unwrap_or_default();
    let keys = keys::read_keys(&mut root);
    let mut files = named_files::NamedFiles::below(&base);
    let sign_in = root.section("sign_in", |section| sign_in::read_sign_in(section, &mut files));
    let sign_in::SignInConfig { rules: sign_in, provider, certificate } = sign_in.unwrap_or_default();
    let looks = root.section("looks", sign_in::read_looks).unwrap_or_default();
    let court_accounts = court_accounts::read_accounts(&mut root);
    let rules = (&two_approvers, &progress, &retention);
    court_accounts::check(&court_accounts, &keys, rules, &mut root);
    let (holidays_file, holidays) = holidays::read_holidays(&mut root, &base).unzip();
    let holidays = holidays.unwrap_or_else(|| HolidayCalendar::built_in().clone());
    let relays = root.section("relay", |section| brokers::read_relays(section, &mut files));
    let relays = relays.unwrap_or_default();
    let intakes = root.section("intake", |section| brokers::read_intakes(section, &mut files, &keys));
    let intakes = intakes.unwrap_or_default();
    brokers::check_apart(&relays, &intakes, &mut root);
    let directory = root.text("counterparts").unwrap_or_else(|| "counterparts".to_owned());
    root.finish();
    let counterparts_directory = base.join(directory);
    let Folder { counterparts, ignored, .. } =
        read_folder(&counterparts_directory, plugins, postbox.is_some(), &mut problems);
    if problems.is_empty() {
        Ok(Config {
            file: path.to_owned(),
            instance,
            server,
            postbox,
            store,
            holidays: Arc::new(holidays),
            holidays_file,
            replicas,
            retention,
            progress,
            papers,
            officer_above,
            two_approvers: Arc::new(two_approvers),
            relays,
            intakes,
            log,
            keys,
            sign_in,
            provider,
            certificate,
            looks,
            court_accounts,
            counterparts_directory,
            counterparts,
            ignored,
        })
    } else {
        Err(problems)
    }
}

/// Variables of the environment that name a proxy. None of them is used: a counterpart's file names its own.
pub fn unused_proxies() -> Vec<&'static str> {
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())).collect()
}

/// Reads a file of bounded size as text.
pub fn read_file(path: &Path, problems: &mut Problems) -> Option<String> {
    let read = named_files::read(path, LARGEST_FILE)
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is no text in UTF-8".to_owned()));
    read.map_err(|what| problems.add(path, None, format!("cannot be read: {what}"))).ok()
}
