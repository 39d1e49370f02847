//! Configuration: files in, types that cannot be wrong out, and every problem at once, each with file, line and remedy.
//!
//! Nothing here touches the network. `config/chakong.toml` documents every setting with its default.

mod counterpart;
mod court_accounts;
mod keys;
mod postboxes;
mod reader;
mod server;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chakong_contract::connector::Plugin;

pub use counterpart::{
    BreakerConfig, CallConfig, CalledAt, CounterpartConfig, LimitsConfig, LineConfig, Officers, ParcelConfig,
    PostboxConfig, RoutingConfig, SftpConfig, SftpLogin, Window, read_counterpart,
};
pub use court_accounts::NamedAccount;
pub use keys::{ApiKey, Role, digest_of};
pub use reader::{Problem, Problems};
pub use server::{LogConfig, LogFormat, ServerConfig, StoreConfig};

use reader::Document;

/// Largest configuration file that is read.
const LARGEST_FILE: u64 = 1 << 20;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name of this installation; the CloudEvents source.
    pub instance: String,
    /// HTTP.
    pub server: ServerConfig,
    /// Address that counterparts on postbox lines call; `None` without a postbox.
    pub postbox: Option<SocketAddr>,
    /// Store.
    pub store: StoreConfig,
    /// Logs.
    pub log: LogConfig,
    /// API keys.
    pub keys: Vec<ApiKey>,
    /// Accounts of the court that deducted money may go to.
    pub court_accounts: Vec<NamedAccount>,
    /// Folder with one file per counterpart.
    pub counterparts_directory: PathBuf,
    /// The counterparts.
    pub counterparts: Vec<CounterpartConfig>,
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
    let instance = root.text("instance").unwrap_or_else(|| "chakong".to_owned());
    let server = root.section("server", server::read_server).unwrap_or_default();
    let postbox = root.section("postbox", server::read_postbox);
    let store = root.section("store", |section| server::read_store(section, &base)).unwrap_or_default();
    let log = root.section("log", server::read_log).unwrap_or_default();
    let keys = root.sections("keys", keys::read_key).into_iter().flatten().collect::<Vec<_>>();
    keys::check_distinct(&keys, &mut root);
    let accounts = root.sections("court_accounts", court_accounts::read_account);
    let court_accounts = accounts.into_iter().flatten().collect::<Vec<_>>();
    court_accounts::check_distinct(&court_accounts, &mut root);
    let directory = root.text("counterparts").unwrap_or_else(|| "counterparts".to_owned());
    root.finish();
    let counterparts_directory = base.join(directory);
    let counterparts = read_folder(&counterparts_directory, plugins, postbox.is_some(), &mut problems);
    if problems.is_empty() {
        Ok(Config {
            instance,
            server,
            postbox,
            store,
            log,
            keys,
            court_accounts,
            counterparts_directory,
            counterparts,
        })
    } else {
        Err(problems)
    }
}

/// Reads every `*.toml` of the counterparts' folder, in the order of their names. Counterparts on postbox lines need that
/// the gateway `has_postbox`.
pub fn read_folder(
    folder: &Path,
    plugins: &[Plugin],
    has_postbox: bool,
    problems: &mut Problems,
) -> Vec<CounterpartConfig> {
    let mut counterparts = Vec::new();
    for path in counterpart_files(folder, problems) {
        let Some(text) = read_file(&path, problems) else { continue };
        if let Some(counterpart) = read_counterpart(&path, &text, plugins, problems) {
            counterparts.push(counterpart);
        }
    }
    postboxes::check(&counterparts, folder, has_postbox, problems);
    counterpart::check_routing(&counterparts, folder, problems);
    counterparts
}

/// The files of the counterparts' folder.
pub fn counterpart_files(folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            problems.add(
                folder,
                None,
                format!("the counterparts' folder cannot be read ({error}); create it"),
            );
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

/// Reads a file of bounded size as text.
pub fn read_file(path: &Path, problems: &mut Problems) -> Option<String> {
    let size = std::fs::metadata(path).map(|metadata| metadata.len());
    match size {
        Ok(size) if size > LARGEST_FILE => {
            problems.add(path, None, format!("the file has {size} bytes and may have {LARGEST_FILE}"));
            None
        }
        Ok(_) => std::fs::read_to_string(path)
            .map_err(|error| problems.add(path, None, format!("cannot be read: {error}")))
            .ok(),
        Err(error) => {
            problems.add(path, None, format!("cannot be read: {error}"));
            None
        }
    }
}
