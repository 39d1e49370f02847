//! A counterpart that answers whatever it likes: what leaves for it never exceeds its limits, with everything that is sent again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::world::{Played, World, inquiry, numbered_company};

const PER_SECOND: u32 = 20;
const BURST: u32 = 2;
const CONCURRENCY: u32 = 3;
pub const PER_DAY: usize = 90;

/// A server that notes when requests come and how many are under way, and answers each in another way.
#[derive(Debug, Default)]
pub struct Storm {
    came: Mutex<Vec<Instant>>,
    under_way: AtomicU32,
    most: AtomicU32,
}

fn status(line: &str, more: &str) -> String {
    format!("HTTP/1.1 {line}\r\ncontent-length: 2\r\n{more}\r\n{{}}")
}

/// The answer to the nth request; `None` closes the connection without one.
fn answer(nth: usize) -> Option<String> {
    match nth.wrapping_mul(7) % 11 {
        0 => Some(status("429 Too Many Requests", "retry-after: 0\r\n")),
        1 => Some(status("503 Service Unavailable", "retry-after: 0\r\n")),
        2 => Some(status("503 Service Unavailable", "")),
        3 => None,
        4 => Some(status("429 Too Many Requests", "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n")),
        5 => Some(status("500 Internal Server Error", "connection: close\r\n")),
        6 => Some("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{".to_owned()),
        7 => Some("this is no HTTP\r\n\r\n".to_owned()),
        8 => Some(status("408 Request Timeout", "")),
        9 => Some(status("429 Too Many Requests", "retry-after: 1\r\n")),
        _ => Some(status("503 Service Unavailable", "retry-after: soon\r\n")),
    }
}

impl Storm {
    pub async fn start() -> (u16, Arc<Self>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let storm = Arc::new(Self::default());
        let shared = Arc::clone(&storm);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { while shared.serve_one(&stream).await {} });
            }
        });
        (port, storm)
    }

    /// Whether the connection goes on.
    async fn serve_one(&self, stream: &TcpStream) -> bool {
        let mut head = Vec::new();
        let mut bytes = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            stream.readable().await.expect("readable");
            match stream.try_read(&mut bytes) {
                Ok(0) => return false,
                Ok(read) => head.extend_from_slice(&bytes[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let nth = {
            let mut came = self.came.lock().expect("the times");
            came.push(Instant::now());
            came.len()
        };
        tokio::time::sleep(Duration::from_millis(30)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let Some(answer) = answer(nth) else { return false };
        stream.writable().await.expect("writable");
        stream.try_write(answer.as_bytes()).is_ok() && answer.starts_with("HTTP/1.1 4")
    }

    pub fn count(&self) -> usize {
        self.came.lock().expect("the times").len()
    }

    /// What came was no more than the limits allow: in a day, at once, and in any time.
    pub fn kept_within_the_limits(&self) {
        let came = self.came.lock().expect("the times").clone();
        assert!(came.len() > 20, "there was a storm: {}", came.len());
        assert!(came.len() <= PER_DAY, "{} in a day", came.len());
        let most = self.most.load(Ordering::SeqCst);
        assert!(most <= CONCURRENCY, "{most} at once");
        // What was sent evenly may arrive in bunches: over so long, little of that is left.
        let window = Duration::from_secs(2);
        for (at, first) in came.iter().enumerate() {
            let inside = came[at..].iter().take_while(|time| time.duration_since(*first) < window).count();
            let allowed = (PER_SECOND * 2 + BURST + 4) as usize;
            assert!(inside <= allowed, "{inside} within {window:?}, from the {at}th on");
        }
    }
}

/// A registry that a storm plays.
pub fn stormy(port: u16) -> Played {
    let file = format!(
        "connector = \"court-realty\"\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{port}\"\ntimeout = \"2s\"\n\
         [settings]\namount_unit = \"yuan\"\n[limits]\nper_second = {PER_SECOND}\nburst = {BURST}\nconcurrency = {CONCURRENCY}\n\
         per_day = {PER_DAY}\n[breaker]\nfailures = 1000\n[retry.query]\ninitial = \"1ms\"\nlongest = \"5ms\"\nattempts = 500\n"
    );
    Played { name: "registry", file, script: Value::Null }
}

#[tokio::test]
async fn what_leaves_never_exceeds_the_limits_whatever_the_counterpart_answers() {
    let (port, storm) = Storm::start().await;
    let world = World::start(vec![stormy(port)]).await;
    for at in 0..12 {
        let mut body = inquiry(None, "auto");
        body["parties"] = json!([numbered_company(at)]);
        world.submit_as(&format!("storm-{at}"), &body).await.expect("accepted");
    }
    let began = Instant::now();
    while storm.count() < PER_DAY && began.elapsed() < Duration::from_secs(25) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Whatever is over the day's limit would have come by now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    storm.kept_within_the_limits();
    world.stop().await;
}
