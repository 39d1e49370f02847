//! What stands before a counterpart that is called and notes when requests come and how many are under way.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// Limits of every counterpart that is called.
const PER_SECOND: u32 = 4;
const BURST: u32 = 2;
const CONCURRENCY: u32 = 2;

/// Passes requests on to one counterpart.
pub struct Gate {
    name: String,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// How long the first answer is kept.
    keeps: Duration,
    came: Mutex<Vec<Instant>>,
    under_way: AtomicU32,
    most: AtomicU32,
}

impl Seen {
    /// Gives how long the answer is to be kept.
    fn begins(&self) -> Duration {
        let is_first = {
            let mut came = self.came.lock().expect("the times");
            came.push(Instant::now());
            came.len() == 1
        };
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        if is_first { self.keeps } else { Duration::ZERO }
    }

    /// Carries one connection, on which a request follows the answer to the one before.
    async fn carry(&self, mut near: TcpStream, target: u16) {
        let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
        let (mut asked, mut heard) = (vec![0; 64 << 10], vec![0; 64 << 10]);
        let (mut waits, mut keeps) = (false, Duration::ZERO);
        loop {
            tokio::select! {
                read = near.read(&mut asked) => {
                    let Ok(count @ 1..) = read else { break };
                    if !std::mem::replace(&mut waits, true) {
                        keeps = self.begins();
                    }
                    if far.write_all(&asked[..count]).await.is_err() { break }
                }
                read = far.read(&mut heard) => {
                    let Ok(count @ 1..) = read else { break };
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(std::mem::take(&mut keeps)) => {}
                        // Whoever asked waits no longer.
                        _ = near.read(&mut asked) => break,
                    }
                    if std::mem::replace(&mut waits, false) {
                        self.under_way.fetch_sub(1, Ordering::SeqCst);
                    }
                    if near.write_all(&heard[..count]).await.is_err() { break }
                }
            }
        }
        if waits {
            self.under_way.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Gate {
    /// Writes every file of one folder into another: those that are called are called through a gate, and with limits.
    pub async fn before_all(from: &Path, to: &Path) -> Vec<Self> {
        std::fs::create_dir_all(to).expect("a folder");
        let mut gates = Vec::new();
        for entry in std::fs::read_dir(from).expect("the folder") {
            let path = entry.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a file");
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let text = match text.split_once("http://127.0.0.1:") {
                None => text,
                Some((before, rest)) => {
                    let (port, after) = rest.split_once('"').expect("an address in quotes");
                    let port = port.parse().expect("a port");
                    let (gate, own) = Self::before(&name, port, Duration::ZERO).await;
                    gates.push(gate);
                    format!(
                        "{before}http://127.0.0.1:{own}\"{after}[limits]\nper_second = {PER_SECOND}\nburst = {BURST}\nconcurrency = {CONCURRENCY}\n"
                    )
                }
            };
            std::fs::write(to.join(name), text).expect("a file");
        }
        gates
    }

    /// Keeps the first answer for a time.
    pub async fn before(name: &str, target: u16, keeps: Duration) -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Seen { keeps, ..Seen::default() });
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { shared.carry(near, target).await });
            }
        });
        (Self { name: name.to_owned(), seen }, port)
    }

    /// How many requests came, and how many were under way at once at the most.
    pub fn came(&self) -> (usize, u32) {
        (self.seen.came.lock().expect("the times").len(), self.seen.most.load(Ordering::SeqCst))
    }

    /// What came was no more than the limits allow: at once, and in any time; and at least so much came.
    pub fn kept_within_the_limits(&self, at_least: usize) {
        let came = self.seen.came.lock().expect("the times").clone();
        let (name, most) = (&self.name, self.seen.most.load(Ordering::SeqCst));
        assert!(came.len() >= at_least, "{name} was asked {} times", came.len());
        assert!(most <= CONCURRENCY, "{name}: {most} at once");
        // What was sent evenly may arrive in bunches: over so long, little of that is left.
        let window = Duration::from_secs(4);
        for (at, first) in came.iter().enumerate() {
            let inside = came[at..].iter().take_while(|time| time.duration_since(*first) < window).count();
            let allowed = (PER_SECOND * 4 + BURST + 3) as usize;
            assert!(inside <= allowed, "{name}: {inside} within {window:?}, from the {at}th on");
        }
    }
}
