//! A PostgreSQL server that a test may kill: its own, in a folder of its own.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::daemon::Setup;
use crate::tls::Certificates;
use crate::world::reserved_port;

/// The server.
pub struct OwnServer {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    /// Further options of its command line.
    options: String,
}

/// Where the server's programs are; Debian keeps them beside the path.
fn programs() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> = debian.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    found.sort();
    found
        .into_iter()
        .rfind(|bin| bin.join("initdb").exists())
        .expect("PostgreSQL: tests/postgres installs it")
}

/// The server refuses to run as root.
pub fn as_its_user(program: &Path) -> Command {
    let is_root = rustix::process::geteuid().is_root();
    let mut command = if is_root { Command::new("runuser") } else { Command::new(program) };
    if is_root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl OwnServer {
    /// Makes a server and starts it.
    pub fn start() -> Self {
        let own = Self::made();
        own.again();
        own
    }

    /// One whose disk is slow: a commit takes a tenth of a second, in which the server cannot be made to give it up.
    pub fn slow_to_commit() -> Self {
        let mut own = Self::made();
        own.options = " -c fsync=on -c commit_delay=100000 -c commit_siblings=0".to_owned();
        own.again();
        own
    }

    /// One that speaks with nobody but over an encrypted connection, and shows a certificate for 127.0.0.1 of this authority.
    pub fn encrypted(certificates: &Certificates) -> Self {
        let mut own = Self::made();
        certificates.signed("database", "IP:127.0.0.1", 30);
        let (certificate, key) = (own.folder.path().join("own.pem"), own.data().join("own.key"));
        std::fs::copy(certificates.path("database.pem"), &certificate).expect("the certificate");
        // The key is its owner's alone.
        let bytes = std::fs::read(certificates.path("database.key")).expect("the key");
        let written = as_its_user(Path::new("/usr/bin/tee")).arg(&key).stdin(Stdio::piped()).spawn();
        let mut tee = written.expect("tee");
        std::io::Write::write_all(&mut tee.stdin.take().expect("its input"), &bytes).expect("the key");
        assert!(tee.wait().expect("tee").success());
        assert!(
            as_its_user(Path::new("/usr/bin/chmod")).arg("600").arg(&key).status().expect("chmod").success()
        );
        std::fs::write(own.data().join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n")
            .expect("who may connect");
        own.options = format!(
            " -c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
            certificate.display(),
            key.display()
        );
        own.again();
        own
    }

    /// A standby that follows a server. From then on that one acknowledges nothing that the standby does not have.
    pub async fn standby_of(primary: &Self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("its rights");
        let own = Self { folder, programs: programs(), port: reserved_port(), options: String::new() };
        let copied = as_its_user(&own.programs.join("pg_basebackup"))
            .current_dir(own.folder.path())
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
                "-p",
            ])
            .arg(primary.port.to_string())
            .arg("-D")
            .arg(own.data())
            .status();
        assert!(copied.expect("pg_basebackup").success());
        tokio::task::block_in_place(|| own.again());
        primary.administer("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()").await;
        own
    }

    /// Makes the server of a standby.
    pub fn promote(&self) {
        let promoted = as_its_user(&self.programs.join("pg_ctl"))
            .current_dir(self.folder.path())
            .args(["-w", "-s", "-D"])
            .arg(self.data())
            .arg("promote")
            .status();
        assert!(promoted.expect("pg_ctl").success());
    }

    fn made() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("its rights");
        let own = Self { folder, programs: programs(), port: reserved_port(), options: String::new() };
        let made = as_its_user(&own.programs.join("initdb"))
            .current_dir(own.folder.path())
            .args(["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
            .arg(own.data())
            .status();
        assert!(made.expect("initdb").success());
        own
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it, behind a start that was killed too.
    pub fn again(&self) {
        // What a killed process wrote is the system's to keep: the disk need not be waited for.
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={}{}",
            self.port,
            self.folder.path().display(),
            self.options
        );
        // What a killed server leaves may be in its way for a moment.
        for _ in 0..50 {
            let started = as_its_user(&self.programs.join("pg_ctl"))
                .current_dir(self.folder.path())
                .args(["-w", "-s", "-l"])
                .arg(self.folder.path().join("log"))
                .arg("-D")
                .arg(self.data())
                .args(["-o", &options, "start"])
                .status();
            if started.expect("pg_ctl").success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the server does not start:\n{log}");
    }

    /// SIGKILL to the server and to its sessions, which would go on for a moment.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("a running server");
        let pid = pid.lines().next().expect("its number");
        let sessions = children_of(pid);
        assert!(Command::new("kill").args(["-9", pid]).status().expect("kill").success());
        // Some may have ended by themselves.
        let _ = Command::new("kill").arg("-9").args(sessions).output().expect("kill");
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The line of `[store]` that leads here.
    pub fn url(&self) -> String {
        format!("url = \"postgres://postgres@127.0.0.1:{}/postgres\"", self.port)
    }

    /// Runs a statement in its first database.
    pub async fn administer(&self, sql: &str) {
        for one in sql.split("; ") {
            self.session("postgres").await.batch_execute(one).await.expect("a statement");
        }
    }

    /// A number that a statement finds in a database.
    pub async fn number_in(&self, database: &str, sql: &str) -> i64 {
        self.session(database).await.query_one(sql, &[]).await.expect("a number").get(0)
    }

    /// A session of our own in a database.
    pub async fn session(&self, database: &str) -> tokio_postgres::Client {
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a session");
        tokio::spawn(connection);
        client
    }

    /// Has a daemon keep its store here.
    pub fn serve(&self, setup: &Setup) {
        keep_in(setup, &self.url());
    }
}

/// Has a daemon keep its store in the folder.
pub fn without_url(setup: &Setup) {
    keep_in(setup, "");
}

/// Has a daemon keep its store where these lines of `[store]` lead.
pub fn keep_in(setup: &Setup, lines: &str) {
    let text = std::fs::read_to_string(setup.config()).expect("the configuration");
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("url = ")).collect();
    let config = kept.join("\n").replace("[store]", &format!("[store]\n{lines}"));
    std::fs::write(setup.config(), config).expect("the configuration");
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let stopped = as_its_user(&self.programs.join("pg_ctl"))
            .current_dir("/")
            .args(["-s", "-m", "immediate", "-D"])
            .arg(self.data())
            .arg("stop")
            .status();
        drop(stopped);
    }
}

/// The processes that a process has started, as `/proc` has them: the parent is the second word behind the name in brackets.
fn children_of(pid: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").expect("processes").filter_map(Result::ok);
    let numbers = all.filter_map(|entry| entry.file_name().into_string().ok());
    let is_child = |number: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.split_whitespace().nth(1) == Some(pid))
    };
    numbers.filter(|number| number.bytes().all(|b| b.is_ascii_digit())).filter(is_child).collect()
}
