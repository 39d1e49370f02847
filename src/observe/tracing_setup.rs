use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogConfig, LogFormat};

/// Libraries whose finer lines hold addresses with their query, in which data vendors are asked by name and number, what is said
/// over SSH, or what is written to a database.
const QUIET: [&str; 7] = ["reqwest", "hyper", "hyper_util", "rustls", "h2", "russh", "tokio_postgres"];
/// Libraries whose every line the relay that uses them says in its own words, once.
const SILENT: [&str; 2] = ["async_nats", "lapin"];

/// Sets the log up, on standard error. Whether this call did it: in one process only the first one counts.
pub fn init_tracing(config: &LogConfig) -> bool {
    let registry = tracing_subscriber::registry().with(filter_of(&config.filter));
    // A line that cannot be written, for nobody reads them any more, is lost; to say so there would end the task.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(true)
        .log_internal_errors(false);
    match config.format {
        LogFormat::Text => registry.with(lines.with_ansi(false)).try_init().is_ok(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init().is_ok(),
    }
}

/// The filter as configured, with the quiet libraries at `info` at the most.
fn filter_of(configured: &str) -> EnvFilter {
    let loud = |directive: &&str| {
        let target = directive.split(['=', '[', ':']).next().unwrap_or_default().trim();
        !QUIET.contains(&target) && !SILENT.contains(&target)
    };
    let kept: Vec<&str> = configured.split(',').filter(loud).collect();
    // A filter that is wrong was refused with the configuration.
    let filter = EnvFilter::try_new(kept.join(",")).unwrap_or_else(|_| EnvFilter::new("info"));
    let quiet = QUIET.iter().filter_map(|library| format!("{library}=info").parse().ok());
    let silent = SILENT.iter().filter_map(|library| format!("{library}=off").parse().ok());
    quiet.chain(silent).fold(filter, EnvFilter::add_directive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_log_addresses_stay_quiet() {
        for configured in ["trace", "debug,reqwest=trace", "reqwest::connect=debug,info", "hyper_util=trace"]
        {
            let filter = filter_of(configured).to_string();
            for library in QUIET {
                assert!(filter.contains(&format!("{library}=info")), "{configured}: {filter}");
            }
            for library in SILENT {
                assert!(filter.contains(&format!("{library}=off")), "{configured}: {filter}");
            }
            assert!(!filter.contains("reqwest=trace") && !filter.contains("connect=debug"), "{filter}");
        }
        assert!(filter_of("info,chakong=debug").to_string().contains("chakong=debug"));
    }

    #[test]
    fn setting_up_again_does_no_harm() {
        crate::api::tests::log::keep_lines();
        assert!(!init_tracing(&LogConfig::default()));
    }
}
