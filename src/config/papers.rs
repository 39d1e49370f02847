//! Section `[papers]`: the program that makes PDF of papers, and what it may take.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::reader::Section;
use super::values::within;

/// Longest time that may be given for one PDF.
const LONGEST: Duration = Duration::from_secs(600);

/// Arguments with which Chromium makes a PDF of a page, without a profile of anybody's and without a network.
const CHROMIUM: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-pdf-header-footer",
    "--user-data-dir={folder}",
    "--print-to-pdf={output}",
    "{input}",
];

/// Section `[papers]`: which program makes PDF, and what it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PapersConfig {
    /// The program; `None` where there is none.
    pub renderer: Option<PathBuf>,
    /// Its arguments: `{input}` stands for the page, `{output}` for the PDF, `{folder}` for an empty folder.
    pub arguments: Vec<String>,
    /// Longest time for one PDF.
    pub time_limit: Duration,
    /// PDFs that are made at once.
    pub at_once: u32,
    /// Most memory that one may take, in MiB.
    pub most_memory_mib: u64,
}

impl Default for PapersConfig {
    fn default() -> Self {
        Self {
            renderer: None,
            arguments: CHROMIUM.map(str::to_owned).into(),
            time_limit: Duration::from_secs(60),
            at_once: 1,
            most_memory_mib: 2048,
        }
    }
}

pub(super) fn read_papers(section: &mut Section<'_>, base: &Path) -> PapersConfig {
    let default = PapersConfig::default();
    let renderer = section.text("renderer").map(|path| base.join(path));
    if let Some(path) = renderer.as_ref().filter(|path| !path.is_file()) {
        let path = path.display();
        section.problem("renderer", format_args!("{path} is no file; install it, or take the setting out"));
    }
    let arguments = section.or("arguments", default.arguments);
    for needed in ["{input}", "{output}"] {
        if !arguments.iter().any(|one| one.contains(needed)) {
            section.problem("arguments", format_args!("must say where `{needed}` stands"));
        }
    }
    let time_limit = section.or("time_limit", default.time_limit);
    if let Err(message) = within(time_limit, Duration::from_secs(1), LONGEST) {
        section.problem("time_limit", message);
    }
    let at_once = section.or("at_once", default.at_once);
    if let Err(message) = within(at_once, 1, 16) {
        section.problem("at_once", message);
    }
    let most_memory_mib = section.or("most_memory_mib", default.most_memory_mib);
    if let Err(message) = within(most_memory_mib, 64, 65_536) {
        section.problem("most_memory_mib", message);
    }
    PapersConfig { renderer, arguments, time_limit, at_once, most_memory_mib }
}
