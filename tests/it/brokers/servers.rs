//! Real brokers of Debian's packages: private folders, private ports of loopback, ended with the test.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::tidy::root;
use crate::world::reserved_port;

/// Longest wait for a broker: RabbitMQ needs some ten seconds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A broker as a process group that can be killed and started again on the same folder.
pub struct Broker {
    pub port: u16,
    folder: TempDir,
    child: Option<Child>,
    command: Box<dyn Fn(&Path) -> Command + Send + Sync>,
    /// What a client says first, and what the server's first bytes must begin with.
    greeting: (&'static [u8], &'static [u8]),
    /// Port of the name server that RabbitMQ starts beside itself.
    names: Option<u16>,
}

impl Broker {
    fn new(
        port: u16,
        folder: TempDir,
        greeting: (&'static [u8], &'static [u8]),
        names: Option<u16>,
        command: impl Fn(&Path) -> Command + Send + Sync + 'static,
    ) -> Self {
        Self { port, folder, child: None, command: Box::new(command), greeting, names }
    }

    /// NATS; `more` is appended to its configuration, in which `FOLDER` stands for its folder.
    pub async fn nats(more: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), reserved_port());
        let shown = folder.path().display().to_string();
        let text = format!("listen: \"127.0.0.1:{port}\"\n{}\n", more.replace("FOLDER", &shown));
        std::fs::write(folder.path().join("nats.conf"), text).expect("a configuration");
        let mut broker = Self::new(port, folder, (b"", b"INFO"), None, |folder| {
            let mut command = Command::new("nats-server");
            command.arg("-c").arg(folder.join("nats.conf"));
            command
        });
        broker.start().await;
        broker
    }

    /// NATS with JetStream in its folder.
    pub async fn jetstream() -> Self {
        Self::nats(JETSTREAM).await
    }

    /// RabbitMQ; `more` is appended to its configuration. User and password are `guest`.
    pub async fn rabbitmq(more: &str) -> Self {
        Self::rabbitmq_with(more, "[].").await
    }

    /// The same with these plugins.
    pub async fn rabbitmq_with(more: &str, plugins: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), reserved_port());
        let (distribution, names) = (reserved_port(), reserved_port());
        let write =
            |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("a file");
        let shown = folder.path().display().to_string();
        let listeners = format!("listeners.tcp.1 = 127.0.0.1:{port}\n");
        write(
            "rabbitmq.conf",
            format!("{listeners}disk_free_limit.absolute = 1MB\n{}\n", more.replace("FOLDER", &shown)),
        );
        write("plugins", plugins.to_owned());
        let mut broker =
            Self::new(port, folder, (b"AMQP\0\0\x09\x01", b"\x01"), Some(names), move |folder| {
                let mut command = Command::new("/usr/lib/rabbitmq/bin/rabbitmq-server");
                let path = |name: &str| folder.join(name);
                command
                    .env("HOME", folder)
                    .env("RABBITMQ_NODENAME", format!("test{port}@localhost"))
                    .env("RABBITMQ_CONFIG_FILE", path("rabbitmq"))
                    .env("RABBITMQ_MNESIA_BASE", path("mnesia"))
                    .env("RABBITMQ_LOG_BASE", path("log"))
                    .env("RABBITMQ_ENABLED_PLUGINS_FILE", path("plugins"))
                    .env("RABBITMQ_DIST_PORT", distribution.to_string())
                    .env("ERL_EPMD_ADDRESS", "127.0.0.1")
                    .env("ERL_EPMD_PORT", names.to_string())
                    .env(
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "-kernel inet_dist_use_interface {127,0,0,1}",
                    );
                command
            });
        broker.start().await;
        broker
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        self.spawn();
        let started = Instant::now();
        while !self.answers().await {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().expect("a state"));
            assert!(ended.is_none(), "the broker ended with {ended:?}:\n{}", self.log());
            assert!(started.elapsed() < PATIENCE, "the broker never answered:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn spawn(&mut self) {
        let mut command = (self.command)(self.folder.path());
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("out"));
        let log = log.expect("a log");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log).process_group(0);
        self.child =
            Some(command.spawn().expect("the broker's package is installed: run ./tests/run, which does it"));
    }

    async fn answers(&self) -> bool {
        let (says, hears) = self.greeting;
        let greeted = async {
            let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
            socket.write_all(says).await.ok()?;
            let mut first = vec![0; hears.len()];
            socket.read_exact(&mut first).await.ok()?;
            Some(first == hears)
        };
        matches!(tokio::time::timeout(Duration::from_secs(2), greeted).await, Ok(Some(true)))
    }

    /// SIGKILL to the whole group.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
            let _ = child.wait();
        }
    }

    /// Stops it for a while, with every connection open: it answers nothing.
    pub fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.as_ref().expect("a broker").id());
        let sent = Command::new("kill").args([&format!("-{signal}"), "--", &group]).status().expect("kill");
        assert!(sent.success());
    }

    /// Has RabbitMQ's own program do something with it while it runs.
    pub async fn control(&self, arguments: &[&str]) {
        let mut command = Command::new("/usr/lib/rabbitmq/bin/rabbitmqctl");
        let server = (self.command)(self.folder.path());
        for (name, value) in server.get_envs() {
            if let Some(value) = value.filter(|_| name != "RABBITMQ_DIST_PORT") {
                command.env(name, value);
            }
        }
        command.args(arguments).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a task");
        let output = output.expect("rabbitmqctl runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("out")).unwrap_or_default()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
        // The name server stays while it thinks that the node lives: it learns of its end a moment later.
        for _ in 0..self.names.map_or(0, |_| 60) {
            let mut command = Command::new("epmd");
            command.args(["-port", &self.names.unwrap_or_default().to_string(), "-kill"]);
            let said = command.output().map(|output| output.stdout).unwrap_or_default();
            if String::from_utf8_lossy(&said).contains("Killed") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// JetStream in the server's folder.
pub const JETSTREAM: &str = "jetstream { store_dir: \"FOLDER/js\", max_mem: 64M, max_file: 1G }";

/// Runs the client that is not ours; gives the lines that it said.
pub async fn client(arguments: &[&str]) -> Vec<Value> {
    let python = root().join("target/brokers-venv/bin/python");
    assert!(python.is_file(), "{} is missing: run ./tests/run, which makes it", python.display());
    let mut command = Command::new(python);
    command.arg(root().join("tests/it/broker_client.py")).args(arguments);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("a task").expect("python runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}\n{failed}");
    said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// A file with a body, for the client.
pub fn body_file(folder: &Path, name: &str, body: &Value) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, body.to_string()).expect("a file");
    path
}
