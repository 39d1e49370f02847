//! Several daemons on one database, a sandbox, and a proxy before them for callers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::daemon::{KEY, Setup};
use crate::own_server::OwnServer;
use crate::world::{Played, reserved_port};

/// Longest that anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A connection or more that can be held still, as by a network that swallows everything.
pub struct Line {
    pub port: u16,
    is_still: Arc<AtomicBool>,
}

impl Line {
    /// Before a port of loopback.
    async fn before(target: u16) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let is_still = Arc::new(AtomicBool::new(false));
        let still = Arc::clone(&is_still);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let still = Arc::clone(&still);
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    let there = carry(near_in, far_out, Arc::clone(&still));
                    let back = carry(far_in, near_out, still);
                    tokio::join!(there, back);
                });
            }
        });
        Self { port, is_still }
    }

    /// Carries nothing from now on, or all of it again.
    pub fn hold(&self, is_still: bool) {
        self.is_still.store(is_still, Ordering::SeqCst);
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    is_still: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        while is_still.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if count == 0 || to.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
    // The other side hears that nothing more comes.
    let _ = to.shutdown().await;
}

/// One daemon.
pub struct Replica {
    pub name: String,
    pub port: u16,
    postbox: u16,
    pub config: PathBuf,
    log: PathBuf,
    child: Option<Child>,
    /// Its way to the database.
    pub line: Line,
}

impl Replica {
    pub fn spawn(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log).expect("a log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
        command.args(["serve", "--config"]).arg(&self.config);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().expect("the daemon starts"));
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().expect("a daemon").id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill").success());
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().expect("its end");
        }
    }

    /// SIGTERM, and its end; whether it ended whole.
    pub async fn ends(&mut self) -> bool {
        self.signal("-TERM");
        let mut child = self.child.take().expect("a daemon");
        let ended = tokio::task::spawn_blocking(move || child.wait().expect("its end").success());
        ended.await.expect("its end")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if let Some(child) = &self.child {
            // One that stands still does not end.
            let _ = Command::new("kill").args(["-CONT", &child.id().to_string()]).status();
        }
        self.kill();
    }
}

/// Several daemons on one database.
pub struct Fleet {
    pub setup: Setup,
    pub replicas: Vec<Replica>,
    _server: OwnServer,
    client: Client,
}

/// Ports that a proxy sends callers to, those that are ready.
type Targets = Arc<Mutex<Vec<u16>>>;

/// Sends each connection to the next target that takes it.
fn balance(listen: u16, targets: Targets) {
    tokio::spawn(async move {
        let listener = TcpListener::bind(("127.0.0.1", listen)).await.expect("the proxy's port");
        let turn = Arc::new(AtomicUsize::new(0));
        while let Ok((mut near, _)) = listener.accept().await {
            let (targets, turn) = (Arc::clone(&targets), Arc::clone(&turn));
            tokio::spawn(async move {
                let now = targets.lock().expect("the targets").clone();
                for _ in 0..now.len() {
                    let port = now[turn.fetch_add(1, Ordering::Relaxed) % now.len()];
                    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await {
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                            () = is_gone(&targets, port) => {}
                        }
                        return;
                    }
                }
            });
        }
    });
}

/// Resolves when a target has not been ready for so long that nothing more comes from it, as a proxy sees it.
async fn is_gone(targets: &Targets, port: u16) {
    let mut last = Instant::now();
    while last.elapsed() < Duration::from_millis(2500) {
        if targets.lock().expect("the targets").contains(&port) {
            last = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Looks who is ready, as a proxy does.
fn look_who_is_ready(all: Vec<(u16, u16)>, api: Targets, postbox: Targets) {
    let client = Client::builder().no_proxy().timeout(Duration::from_millis(500)).build().expect("a client");
    tokio::spawn(async move {
        loop {
            let mut ready = Vec::new();
            for (port, box_port) in &all {
                let asked = client.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
                if asked.is_ok_and(|answer| answer.status().is_success()) {
                    ready.push((*port, *box_port));
                }
            }
            *api.lock().expect("the targets") = ready.iter().map(|one| one.0).collect();
            *postbox.lock().expect("the targets") = ready.iter().map(|one| one.1).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}

impl Fleet {
    /// So many daemons, none of them started; `more` is added to the section `[server]` of each.
    pub async fn new(played: &[Played], count: usize, more: &str) -> Self {
        Self::with(played, count, more, "").await
    }

    /// The same with tables of their own in the configuration of each.
    pub async fn with(played: &[Played], count: usize, more: &str, tables: &str) -> Self {
        let server = OwnServer::start();
        let postbox = reserved_port();
        let setup =
            Setup::new(played, None, &format!("[postbox]\nlisten = \"127.0.0.1:{postbox}\"\n{tables}"));
        let database = server.port();
        let mut replicas = Vec::new();
        for number in 0..count {
            let line = Line::before(database).await;
            replicas.push(Self::replica(&setup, number, postbox, line, more));
        }
        let (api, boxes) = (Targets::default(), Targets::default());
        let all = replicas.iter().map(|one| (one.port, one.postbox)).collect();
        look_who_is_ready(all, Arc::clone(&api), Arc::clone(&boxes));
        balance(setup.port, api);
        balance(postbox, boxes);
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        Self { setup, replicas, _server: server, client }
    }

    fn replica(setup: &Setup, number: usize, postbox: u16, line: Line, more: &str) -> Replica {
        let (name, folder) = (format!("r{number}"), setup.folder.path());
        let (port, own_postbox) = (reserved_port(), reserved_port());
        let text = std::fs::read_to_string(setup.config()).expect("the configuration");
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("url = ")).collect();
        let url = format!("url = \"postgres://postgres@127.0.0.1:{}/postgres\"", line.port);
        let text = kept
            .join("\n")
            .replace(&format!("127.0.0.1:{}", setup.port), &format!("127.0.0.1:{port}"))
            .replace(&format!("127.0.0.1:{postbox}"), &format!("127.0.0.1:{own_postbox}"))
            .replace(
                "[server]",
                &format!("[replicas]\nlease = \"2s\"\nhold = \"1s\"\n[server]\nreplica = \"{name}\"\n{more}"),
            )
            .replace("[store]", &format!("[store]\n{url}"))
            .replace("/data\"", &format!("/data-{name}\""))
            .replace("filter = \"warn\"", "filter = \"info\"");
        let config = folder.join(format!("{name}.toml"));
        std::fs::write(&config, text).expect("a configuration");
        let log = folder.join(format!("{name}.log"));
        Replica { name, port, postbox: own_postbox, config, log, child: None, line }
    }

    /// Every daemon finds its counterparts in another folder beside the configuration than the sandbox does.
    pub fn counterparts_in(&self, folder: &str) {
        for replica in &self.replicas {
            let text = std::fs::read_to_string(&replica.config).expect("a configuration");
            let text = format!("counterparts = \"{folder}\"\n{text}");
            std::fs::write(&replica.config, text).expect("a configuration");
        }
    }

    /// Starts the sandbox and every daemon, and waits until all of them are ready.
    pub async fn start(&mut self) {
        self.setup.start_sandbox().await;
        for at in 0..self.replicas.len() {
            self.replicas[at].spawn();
            self.until_ready(at).await;
        }
    }

    pub async fn until_ready(&self, at: usize) {
        let replica = &self.replicas[at];
        let url = format!("http://127.0.0.1:{}/readyz", replica.port);
        let ready =
            async || self.client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success());
        let deadline = Instant::now() + PATIENCE;
        while !ready().await {
            assert!(Instant::now() < deadline, "{} is never ready:\n{}", replica.name, replica.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What one daemon answers; `None` where it does not.
    pub async fn ask(&self, at: usize, path: &str) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}{path}", self.replicas[at].port);
        let answer = self.client.get(url).bearer_auth(KEY).send().await.ok()?;
        answer.json().await.ok()
    }

    /// For which counterparts each daemon works, as one of them sees it.
    pub async fn spread(&self, at: usize) -> Vec<(String, Option<String>)> {
        let view = self.ask(at, "/v1/counterparts").await.unwrap_or_default();
        let all = view["counterparts"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        all.iter().map(|one| (text(&one["name"]).expect("a name"), text(&one["replica"]))).collect()
    }

    /// Which daemon works for the first counterpart, as one of them sees it. On a busy machine a lease may have run out, and is taken again.
    pub async fn holder(&self, at: usize) -> usize {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some((_, Some(name))) = self.spread(at).await.into_iter().next() {
                return name[1..].parse().expect("a number");
            }
            assert!(Instant::now() < deadline, "nobody works for it:\n{}", self.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the spread is as it should be, as a daemon sees it.
    pub async fn until_spread(
        &self,
        at: usize,
        what: &str,
        is: impl Fn(&[(String, Option<String>)]) -> bool,
    ) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.spread(at).await;
            if !now.is_empty() && is(&now) {
                return;
            }
            assert!(Instant::now() < deadline, "it never came to this: {what}: {now:?}\n{}", self.logs());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn logs(&self) -> String {
        self.replicas.iter().map(|one| format!("== {}\n{}", one.name, one.log())).collect()
    }
}
