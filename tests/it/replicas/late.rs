//! A replica that is stopped between its last look at its lease and the first byte of a request sends nothing when it goes on.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::fleet::{Fleet, PATIENCE};
use crate::tls::Certificates;
use crate::world::{inquiry, realty};

/// A connection, as the gate has it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// Bytes that came over it, decrypted.
    bytes: usize,
    is_agreed: bool,
    is_over: bool,
}

/// TLS before a counterpart. The first connection waits for its handshake until it is let go; all others are carried at once.
struct SlowGate {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    lets_go: watch::Sender<bool>,
}

impl SlowGate {
    async fn before(target: u16, acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (lets_go, waits) = watch::channel(false);
        let all = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let at = {
                    let mut all = all.lock().expect("the connections");
                    all.push(Seen::default());
                    all.len() - 1
                };
                let (all, acceptor, mut waits) = (Arc::clone(&all), acceptor.clone(), waits.clone());
                tokio::spawn(async move {
                    if at == 0 {
                        waits.wait_for(|lets_go| *lets_go).await.expect("the gate");
                    }
                    let note = |with: &dyn Fn(&mut Seen)| with(&mut all.lock().expect("it")[at]);
                    carry(near, target, acceptor, &note).await;
                    note(&|seen| seen.is_over = true);
                });
            }
        });
        Self { port, seen, lets_go }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the connections").clone()
    }

    async fn until(&self, what: &str, is: impl Fn(&[Seen]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is(&self.seen()) {
            assert!(Instant::now() < deadline, "it never came to this: {what}: {:?}", self.seen());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Changes what was seen of a connection.
type Note<'a> = dyn Fn(&dyn Fn(&mut Seen)) + Send + Sync + 'a;

async fn carry(near: TcpStream, target: u16, acceptor: TlsAcceptor, note: &Note<'_>) {
    let Ok(mut near) = acceptor.accept(near).await else { return };
    note(&|seen| seen.is_agreed = true);
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    let (mut asked, mut heard) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        tokio::select! {
            read = near.read(&mut asked) => {
                let Ok(count @ 1..) = read else { return };
                note(&|seen| seen.bytes += count);
                if far.write_all(&asked[..count]).await.is_err() { return }
            }
            read = far.read(&mut heard) => {
                let Ok(count @ 1..) = read else { return };
                if near.write_all(&heard[..count]).await.is_err() { return }
            }
        }
    }
}

/// Copies the file of a counterpart into another folder, where it is called through a gate.
async fn gated(from: &Path, to: &Path, certificates: &Certificates) -> SlowGate {
    std::fs::create_dir_all(to).expect("a folder");
    let text = std::fs::read_to_string(from.join("registry.toml")).expect("its file");
    let (before, rest) = text.split_once("http://127.0.0.1:").expect("its address");
    let (port, after) =
        rest.split_once("\"\ntimeout = \"1s\"").expect("an address in quotes, and a time limit");
    certificates.signed("gate", "IP:127.0.0.1", 30);
    let gate = SlowGate::before(port.parse().expect("a port"), certificates.acceptor("gate", false)).await;
    let authority = certificates.path("authority.pem");
    // Longer than the process stands still: it goes on with a connection that is not late.
    let line = format!(
        "{before}https://127.0.0.1:{}\"\nca_file = \"{}\"\nconnect_timeout = \"50s\"\ntimeout = \"60s\"{after}",
        gate.port,
        authority.display()
    );
    std::fs::write(to.join("registry.toml"), line).expect("a file");
    gate
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_stopped_between_its_last_look_and_the_first_byte_sends_nothing() {
    let registry = realty("registry", json!({ "everyone": { "properties": 1 } }));
    let (mut fleet, certificates) = (Fleet::new(&[registry], 2, "").await, Certificates::new());
    let folder = fleet.setup.folder.path();
    let gate = gated(&folder.join("counterparts"), &folder.join("gated"), &certificates).await;
    fleet.counterparts_in("gated");
    fleet.start().await;
    let works = |spread: &[(String, Option<String>)]| spread.iter().all(|one| one.1.is_some());
    fleet.until_spread(0, "one works for it", works).await;
    let id = fleet.setup.submit("one", &inquiry(None, "auto")).await;
    // It has looked, and is about to send: nothing but the handshake is between.
    gate.until("it is called", |seen| !seen.is_empty()).await;
    let at = fleet.holder(0).await;
    fleet.replicas[at].signal("-STOP");
    let other = format!("r{}", 1 - at);
    let moved = |spread: &[(String, Option<String>)]| spread[0].1.as_ref() == Some(&other);
    fleet.until_spread(1 - at, "the lane moves", moved).await;
    let deadline = Instant::now() + PATIENCE;
    let view = format!("/v1/inquiries/{id}");
    while fleet.ask(1 - at, &view).await.is_none_or(|view| view["state"] != "completed") {
        assert!(Instant::now() < deadline, "the other does not go on:\n{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    gate.lets_go.send_replace(true);
    fleet.replicas[at].signal("-CONT");
    gate.until("the first connection ends", |seen| seen[0].is_over).await;
    let seen = gate.seen();
    assert!(seen[0].is_agreed, "it was there, and open: {seen:?}");
    assert_eq!(seen[0].bytes, 0, "nothing was sent over it: {seen:?}\n{}", fleet.logs());
    assert!(seen[1..].iter().any(|one| one.bytes > 0), "the other sent: {seen:?}");
    fleet.until_ready(at).await;
    assert_eq!(fleet.setup.books().await.expect("books")["registry"].duplicates, 0);
}
