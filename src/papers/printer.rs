//! The printer: another program, such as Chromium, makes PDF of a page. It has a folder of its own for each page, which goes with it; so long,
//! so much memory and so many at once, and no longer.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::config::PapersConfig;

/// Largest PDF.
const LARGEST: u64 = 64 << 20;
/// How often it is looked how much memory the program takes.
const LOOK: Duration = Duration::from_millis(250);
/// Bytes of a page of memory, as the kernel counts them.
const MEMORY_PAGE: u64 = 4096;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// No program is configured.
    #[error(
        "没有配置PDF打印程序，请改用html格式由浏览器打印 no renderer is configured in [papers]; ask for html and print it in the browser"
    )]
    NotConfigured,
    /// It did not come to an end.
    #[error(
        "PDF打印超时，请稍后再试 the renderer was not done within {0} seconds; try again, or ask for html"
    )]
    TooLong(u64),
    /// It took too much memory.
    #[error(
        "PDF打印占用内存过多 the renderer took more than {0} MiB; ask for html, or raise [papers] most_memory_mib"
    )]
    TooMuchMemory(u64),
    /// It could not be started, or did not do its work.
    #[error("PDF打印失败 the renderer {0}")]
    Failed(String),
}

/// Makes PDF.
#[derive(Debug)]
pub struct Printer {
    config: PapersConfig,
    folder: PathBuf,
    places: Semaphore,
}

impl Printer {
    /// A printer that works in folders below one.
    pub fn new(config: PapersConfig, folder: PathBuf) -> Self {
        let places = Semaphore::new(usize::try_from(config.at_once.max(1)).unwrap_or(1));
        Self { config, folder, places }
    }

    /// Whether there is a program that makes PDF.
    pub const fn is_configured(&self) -> bool {
        self.config.renderer.is_some()
    }

    /// Longest time for one PDF.
    pub const fn time_limit(&self) -> Duration {
        self.config.time_limit
    }

    /// Makes a PDF of a page.
    ///
    /// # Errors
    /// See [`PrinterError`]. Nothing of the page is left behind.
    pub async fn pdf(&self, page: &str) -> Result<Vec<u8>, PrinterError> {
        let Some(renderer) = &self.config.renderer else { return Err(PrinterError::NotConfigured) };
        let seconds = self.config.time_limit.as_secs();
        let made = timeout(self.config.time_limit, async {
            let _place = self.places.acquire().await.map_err(|_| failed("is shut down"))?;
            self.make(renderer, page).await
        });
        made.await.unwrap_or(Err(PrinterError::TooLong(seconds)))
    }

    async fn make(&self, renderer: &Path, page: &str) -> Result<Vec<u8>, PrinterError> {
        let broken = |error: std::io::Error| failed(format!("has no folder to work in: {error}"));
        std::fs::create_dir_all(&self.folder).map_err(broken)?;
        let folder = tempfile::Builder::new().prefix("print-").tempdir_in(&self.folder).map_err(broken)?;
        let (input, output) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
        tokio::fs::write(&input, page).await.map_err(broken)?;
        let profile = folder.path().join("profile");
        std::fs::create_dir(&profile).map_err(broken)?;
        let filled = |argument: &String| {
            let url = format!("file://{}", input.display());
            argument
                .replace("{input}", &url)
                .replace("{output}", &output.display().to_string())
                .replace("{folder}", &profile.display().to_string())
        };
        let mut command = Command::new(renderer);
        // It is given no secret of ours, and writes nowhere else.
        command.env_clear().env("HOME", &profile).env("TMPDIR", folder.path()).env("LANG", "C.UTF-8");
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("TZ", "Asia/Shanghai");
        command.args(self.config.arguments.iter().map(filled)).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let running = Running::begin(command.process_group(0).kill_on_drop(true))?;
        running.end(self.config.most_memory_mib).await?;
        read_pdf(&output).await
    }
}

fn failed(what: impl Into<String>) -> PrinterError {
    PrinterError::Failed(what.into())
}

async fn read_pdf(output: &Path) -> Result<Vec<u8>, PrinterError> {
    let size = tokio::fs::metadata(output).await.map_err(|_| failed("made no PDF"))?.len();
    if size > LARGEST {
        return Err(failed(format!("made a PDF of {size} bytes, more than {LARGEST}")));
    }
    let bytes = tokio::fs::read(output)
        .await
        .map_err(|error| failed(format!("left a PDF that cannot be read: {error}")))?;
    if bytes.starts_with(b"%PDF-") { Ok(bytes) } else { Err(failed("made something else than PDF")) }
}

/// A program that runs, and all that it started: they end with it.
struct Running {
    child: Child,
    group: Option<rustix::process::Pid>,
}

impl Running {
    fn begin(command: &mut Command) -> Result<Self, PrinterError> {
        let child = command.spawn().map_err(|error| failed(format!("could not be started: {error}")))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        Ok(Self { child, group })
    }

    /// Waits for its end, and sees to it that it does not take too much.
    async fn end(mut self, most_memory_mib: u64) -> Result<(), PrinterError> {
        loop {
            match timeout(LOOK, self.child.wait()).await {
                Ok(Ok(status)) if status.success() => return Ok(()),
                Ok(Ok(status)) => return Err(failed(format!("ended with {status}"))),
                Ok(Err(error)) => return Err(failed(format!("was lost: {error}"))),
                Err(_) => {
                    let taken = self.group.map_or(0, memory_of_group);
                    if taken > most_memory_mib << 20 {
                        return Err(PrinterError::TooMuchMemory(most_memory_mib));
                    }
                }
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Those that ended before are gone; nobody else has the group's number while one of them is not.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// Bytes of memory that the processes of a group have for themselves.
fn memory_of_group(group: rustix::process::Pid) -> u64 {
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let group = group.as_raw_nonzero().get().to_string();
    let of = |process: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
        // The name stands in brackets and may hold anything; behind it: state, parent, group.
        let is_ours = stat.rsplit_once(')')?.1.split_whitespace().nth(2)? == group;
        let statm = is_ours.then(|| std::fs::read_to_string(process.path().join("statm")).ok()).flatten()?;
        let mut pages = statm.split_whitespace().skip(1).map_while(|pages| pages.parse::<u64>().ok());
        let (resident, shared) = (pages.next()?, pages.next()?);
        Some(resident.saturating_sub(shared) * MEMORY_PAGE)
    };
    processes.flatten().filter_map(of).sum()
}

#[cfg(test)]
mod tests;
