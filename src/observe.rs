//! Placeholder until the branch lands.

/// Logs to standard error.
pub fn init_tracing(config: &crate::config::LogConfig) {
    let _ = tracing_subscriber::fmt().with_env_filter(&config.filter).with_writer(std::io::stderr).try_init();
}
