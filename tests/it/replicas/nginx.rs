//! The proxy's file as it is shipped, before two replicas: nginx keeps connections to them, and never asks whether they are ready.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::fleet::{Fleet, PATIENCE};
use crate::daemon::KEY;
use crate::tidy::root;
use crate::tls::Certificates;
use crate::world::{inquiry, of_another_case, realty, reserved_port};

/// Callers at the same time.
const CALLERS: usize = 6;

/// nginx, which ends with the test.
struct Nginx {
    port: u16,
    postbox: u16,
    folder: TempDir,
    child: Child,
}

impl Nginx {
    /// Before two replicas, with the shipped file; ports and folders are the test's.
    async fn before(ports: &[u16]) -> Self {
        let certificates = Certificates::new();
        certificates.signed("server", "DNS:chakong.court.example", 30);
        let (folder, port, postbox) =
            (tempfile::tempdir().expect("a folder"), reserved_port(), reserved_port());
        let path = |name: &str| certificates.path(name).display().to_string();
        let here = folder.path().display();
        let text =
            std::fs::read_to_string(root().join("config/deploy/nginx.conf")).expect("the proxy's file");
        let text = text
            .replace("/etc/nginx/tls/server.pem", &path("server.pem"))
            .replace("/etc/nginx/tls/server.key", &path("server.key"))
            .replace("/etc/nginx/tls/counterparts-ca.pem", &path("authority.pem"))
            .replace("/var/log/nginx/access.log", &format!("{here}/access.log"))
            .replace("172.28.50.11:8080", &format!("127.0.0.1:{}", ports[0]))
            .replace("172.28.50.12:8080", &format!("127.0.0.1:{}", ports[1]))
            .replace("172.28.50.11:", "127.0.0.1:")
            .replace("172.28.50.12:", "127.0.0.2:")
            .replace("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl"))
            .replace("listen 8443 ssl", &format!("listen 127.0.0.1:{postbox} ssl"));
        let file = folder.path().join("nginx.conf");
        let own = format!("pid {here}/pid;\nerror_log {here}/error.log;\ndaemon off;\n");
        std::fs::write(&file, own + &text).expect("a copy");
        let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(nginx);
        command.arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("nginx: ./tests/run installs it");
        let own = Self { port, postbox, folder, child };
        let started = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "nginx never listens: {}", own.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Keys and certificates were read.
        own
    }

    fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        let access = read("access.log");
        let bad: Vec<&str> = access.lines().filter(|line| !line.contains(" 201 ")).collect();
        format!("{}\n{}", read("error.log"), bad.join("\n"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it when it is told to, and not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A replica that reads every request whole, and says nothing, or OK.
struct Stub {
    port: u16,
    /// Methods and paths of what was read.
    read: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Stub {
    async fn begin(answer: &'static [u8]) -> Self {
        Self::that(answer, false).await
    }

    /// One that keeps its connections open behind what it says, or closes them.
    async fn that(answer: &'static [u8], stays: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let (port, read) =
            (listener.local_addr().expect("an address").port(), Arc::<Mutex<Vec<_>>>::default());
        let seen = Arc::clone(&read);
        let task = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                if let Some(request) = whole(&mut stream).await {
                    seen.lock().expect("the requests").push(request);
                    let _ = stream.get_mut().write_all(answer).await;
                    open.extend(Some(stream).filter(|_| stays));
                }
            }
        });
        Self { port, read, task }
    }

    fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.read.lock().expect("the requests"))
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Method and path of a request that was read to its end.
async fn whole(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut first, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|count| *count > 0)?;
        if let Some((_, value)) =
            line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            length = value.trim().parse().ok()?;
        }
        match line.trim_end() {
            "" => break,
            line => drop(first.get_or_insert_with(|| line.trim_end_matches(" HTTP/1.1").to_owned())),
        }
    }
    stream.read_exact(&mut vec![0; length]).await.ok()?;
    first
}

fn client() -> Client {
    let client = Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).timeout(PATIENCE);
    client.build().expect("a client")
}

/// Sends something with a body through the proxy.
async fn sent(nginx: &Nginx, method: &Method, path: &str) -> StatusCode {
    let request = client().request(method.clone(), format!("https://127.0.0.1:{}{path}", nginx.port));
    request.json(&json!({ "amount": 1 })).send().await.expect("an answer").status()
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The replica that reads a request whole and ends without an answer may have done what it asks for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_sends_nothing_twice_that_changes_something() {
    let (one, other) = (Stub::begin(b"").await, Stub::begin(b"").await);
    let nginx = Nginx::before(&[one.port, other.port]).await;
    for path in ["/v1/cases/1/claim", "/console/cases/1"] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::POST] {
            // Who was silent just before is left out for a moment.
            let (started, mut read) = (Instant::now(), Vec::new());
            while read.is_empty() {
                assert!(started.elapsed() < PATIENCE, "{method} {path} never comes: {}", nginx.log());
                assert_eq!(sent(&nginx, &method, path).await, StatusCode::BAD_GATEWAY, "{}", nginx.log());
                read = [one.read(), other.read()].concat();
            }
            assert_eq!(read, [format!("{method} {path}")], "{}", nginx.log());
        }
        assert_eq!(sent(&nginx, &Method::GET, path).await, StatusCode::BAD_GATEWAY);
        assert_eq!(
            [one.read(), other.read()].concat().len(),
            2,
            "what changes nothing goes to the other one"
        );
    }
}

/// Nobody listens in the place of one of the two: nothing reached it, whatever it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_gives_what_did_not_reach_a_replica_to_another_once() {
    let (gone, there) = (reserved_port(), Stub::begin(OK).await);
    let nginx = Nginx::before(&[gone, there.port]).await;
    for turn in 0..12 {
        for method in [Method::PUT, Method::DELETE, Method::POST, Method::GET] {
            let status = sent(&nginx, &method, "/v1/cases/1/claim").await;
            assert_eq!(status, StatusCode::OK, "{turn} {method}: {}", nginx.log());
            assert_eq!(there.read(), [format!("{method} /v1/cases/1/claim")]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_passes_no_metrics_on_and_nobody_to_the_postbox_without_a_certificate() {
    let (one, other) = (Stub::begin(OK).await, Stub::begin(OK).await);
    let nginx = Nginx::before(&[one.port, other.port]).await;
    let asked = async |port: u16, path: &str| {
        client().get(format!("https://127.0.0.1:{port}{path}")).send().await.expect("an answer").status()
    };
    assert_eq!(asked(nginx.port, "/readyz").await, StatusCode::OK);
    assert_eq!([one.read(), other.read()].concat(), ["GET /readyz"]);
    assert_eq!(asked(nginx.port, "/metrics").await, StatusCode::NOT_FOUND);
    assert_eq!(asked(nginx.postbox, "/").await, StatusCode::BAD_REQUEST, "{}", nginx.log());
    assert_eq!([one.read(), other.read()].concat().len(), 0, "no replica hears of it");
}

/// Begins an answer that goes on.
const STREAM: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 1\ndata: {}\n\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_passes_an_event_on_while_the_stream_is_open() {
    let replica = Stub::that(STREAM, true).await;
    let nginx = Nginx::before(&[replica.port, replica.port]).await;
    let url = format!("https://127.0.0.1:{}/v1/results/stream?consumer=case-system", nginx.port);
    let mut answer = client().get(url).send().await.expect("an answer");
    let first = answer.chunk().await.unwrap_or_else(|error| panic!("{error}: {}", nginx.log()));
    assert_eq!(first.as_deref(), Some(&b"id: 1\ndata: {}\n\n"[..]), "{}", nginx.log());
}

/// Submits over and over; how many were accepted, and what was answered otherwise.
async fn submits(
    port: u16,
    caller: usize,
    is_over: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
) -> Vec<String> {
    let client = client();
    let mut refused = Vec::new();
    let mut number = 0;
    while !is_over.load(Ordering::Relaxed) {
        number += 1;
        let request = client
            .post(format!("https://127.0.0.1:{port}/v1/inquiries"))
            .bearer_auth(KEY)
            .header("idempotency-key", format!("{caller}-{number}"))
            .json(&of_another_case(inquiry(None, "auto")));
        match request.send().await {
            Ok(answer) if answer.status() == StatusCode::CREATED => {
                accepted.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => refused.push(format!("{caller}-{number}: {}", answer.status())),
            Err(error) => refused.push(format!("{caller}-{number}: {error}")),
        }
    }
    refused
}

/// Waits until some more were accepted.
async fn more(accepted: &AtomicUsize, nginx: &Nginx, fleet: &Fleet) {
    let (before, started) = (accepted.load(Ordering::Relaxed), Instant::now());
    while accepted.load(Ordering::Relaxed) < before + 30 {
        assert!(started.elapsed() < PATIENCE, "submissions stand still: {}\n{}", nginx.log(), fleet.logs());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_with_kept_connections_fails_no_submission_while_replicas_are_restarted_in_turn() {
    let played = [realty("realty", json!({ "everyone": { "properties": 1 } }))];
    let mut fleet = Fleet::new(&played, 2, "drain = \"3s\"\n").await;
    fleet.start().await;
    let ports: Vec<u16> = fleet.replicas.iter().map(|one| one.port).collect();
    let nginx = Nginx::before(&ports).await;
    let (is_over, accepted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..CALLERS)
        .map(|at| tokio::spawn(submits(nginx.port, at, Arc::clone(&is_over), Arc::clone(&accepted))))
        .collect();
    more(&accepted, &nginx, &fleet).await;
    for at in [0, 1, 0, 1] {
        assert!(fleet.replicas[at].ends().await, "it ends whole:\n{}", fleet.replicas[at].log());
        // The other has the load alone.
        more(&accepted, &nginx, &fleet).await;
        fleet.replicas[at].spawn();
        fleet.until_ready(at).await;
        more(&accepted, &nginx, &fleet).await;
    }
    is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        let refused = caller.await.expect("a caller");
        assert!(refused.is_empty(), "{refused:?}\n{}\n{}", nginx.log(), fleet.logs());
    }
}
