use std::path::Path;
use std::process::ExitCode;

use super::Exit;
use crate::app::plugins;
use crate::config;

/// Checks a configuration and everything it names.
pub(super) fn run(path: &Path) -> ExitCode {
    match config::load(path, &plugins()) {
        Ok(config) => {
            let count = config.counterparts.len();
            println!("{}: right; {count} counterparts, {} API keys", path.display(), config.keys.len());
            for counterpart in &config.counterparts {
                let line = counterpart.line.kind().word();
                println!(
                    "  {:24} {:16} {:8} {}",
                    counterpart.name, counterpart.plugin.manifest.id, line, counterpart.name_zh
                );
            }
            Exit::Ok.into()
        }
        Err(problems) => {
            eprintln!("{problems}");
            Exit::Config.into()
        }
    }
}
