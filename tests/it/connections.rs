//! What may happen to a connection of a call line: closed while it was idle, packed though nothing of the kind was asked for,
//! sent on elsewhere.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use chakong::clock::SystemClock;
use chakong::config::{Problems, read_counterpart};
use chakong::lanes::{About, Admission, Conversation, Ended, converse};
use chakong::lines::call::{CallLine, Repeat};
use chakong::lines::leaving::MayLeave;
use chakong_contract::connector::{Dialogue, Input, Step};
use chakong_contract::{Fault, FaultKind, HttpRequest, HttpResponse};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with the requests of one connection, in turn.
#[derive(Debug, Clone)]
enum Deed {
    /// Answers with these bytes.
    Answer(Vec<u8>),
    /// Closes the connection once the next request has come.
    CloseAtNext,
}

/// A server that counts connections and requests; each connection begins the deeds anew.
struct Server {
    port: u16,
    connections: Arc<AtomicU64>,
    requests: Arc<AtomicU64>,
    heads: Arc<std::sync::Mutex<Vec<String>>>,
}

async fn head_of(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0").to_owned();
    let mut body = vec![0; length.parse().expect("a length")];
    stream.read_exact(&mut body).await.ok()?;
    Some(text)
}

impl Server {
    async fn start(deeds: Vec<Deed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            port: listener.local_addr().expect("its address").port(),
            connections: Arc::default(),
            requests: Arc::default(),
            heads: Arc::default(),
        };
        let counted =
            (Arc::clone(&server.connections), Arc::clone(&server.requests), Arc::clone(&server.heads));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (connections, requests, heads) = counted.clone();
                connections.fetch_add(1, Ordering::SeqCst);
                let deeds = deeds.clone();
                tokio::spawn(async move {
                    for deed in deeds {
                        let Some(head) = head_of(&mut stream).await else { return };
                        requests.fetch_add(1, Ordering::SeqCst);
                        heads.lock().expect("the heads").push(head);
                        match deed {
                            Deed::Answer(bytes) => drop(stream.write_all(&bytes).await),
                            Deed::CloseAtNext => return,
                        }
                    }
                });
            }
        });
        server
    }

    fn counts(&self) -> (u64, u64) {
        (self.connections.load(Ordering::SeqCst), self.requests.load(Ordering::SeqCst))
    }
}

fn answer(headers: &str, body: &[u8]) -> Deed {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    Deed::Answer([head.as_bytes(), body].concat())
}

/// Sends the same request so many times and ends with the last answer.
#[derive(Debug)]
struct Repeats {
    left: u32,
    request: HttpRequest,
    last: Arc<std::sync::Mutex<Option<HttpResponse>>>,
}

impl Dialogue for Repeats {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input {
            *self.last.lock().expect("the answer") = Some(answer);
            self.left -= 1;
        }
        if self.left == 0 { Step::Done(Vec::new()) } else { Step::Send(self.request.clone()) }
    }
}

struct Held {
    line: CallLine,
    admission: Admission,
}

fn held(port: u16, more: &str) -> Held {
    let text = format!(
        "connector = \"court-realty\"\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{port}/base\"\n\
         largest_answer_mib = 1\ntimeout = \"5s\"\n{more}[settings]\namount_unit = \"yuan\"\n"
    );
    let mut problems = Problems::default();
    let path = std::path::Path::new("registry.toml");
    let config = read_counterpart(path, &text, &chakong::app::plugins(), &mut problems);
    let config = Arc::new(config.unwrap_or_else(|| panic!("{problems}")));
    let call = config.line.call().expect("a call line");
    let line = CallLine::open(call).expect("a line");
    Held { line, admission: Admission::new(config, Arc::new(SystemClock), Default::default()) }
}

impl Held {
    async fn ask(
        &self,
        times: u32,
        request: HttpRequest,
        control: bool,
    ) -> (Conversation, Option<HttpResponse>) {
        let last = Arc::default();
        let mut dialogue = Repeats { left: times, request, last: Arc::clone(&last) };
        let first = dialogue.next(Input::Start);
        let held =
            converse(&self.line, &mut dialogue, first, About { control, court: "" }, &self.admission, None)
                .await;
        let answer = last.lock().expect("the answer").take();
        (held, answer)
    }
}

fn fault(held: &Conversation) -> &Fault {
    match &held.ended {
        Ended::Failed(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn post(repeatable: bool) -> HttpRequest {
    HttpRequest { repeatable, ..HttpRequest::post_json("/x", b"{}".to_vec()) }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nothing() {
    for request in [HttpRequest::get("/x"), post(false)] {
        let server = Server::start(vec![answer("", b"one"), Deed::CloseAtNext]).await;
        let (held, last) = held(server.port, "").ask(3, request, false).await;
        assert!(matches!(held.ended, Ended::Done(_)), "{held:?}");
        assert_eq!(last.expect("an answer").body, b"one");
        // The second meets a closed connection and goes out again; the third finds none and makes one.
        assert_eq!((held.requests, server.counts()), (4, (3, 4)), "what went out is counted");
    }
}

/// May leave when the sending begins, and not any more when the first byte is about to be written.
fn only_at_first() -> MayLeave {
    let asked = AtomicU32::new(0);
    MayLeave::when(move || asked.fetch_add(1, Ordering::SeqCst) == 0)
}

/// A server that keeps every byte that it is sent, and the number of its connections.
async fn listening() -> (u16, Arc<std::sync::Mutex<(usize, Vec<u8>)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let seen = Arc::<std::sync::Mutex<(usize, Vec<u8>)>>::default();
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes).await;
            let mut kept = kept.lock().expect("what came");
            kept.0 += 1;
            kept.1.extend(bytes);
        }
    });
    (port, seen)
}

#[tokio::test]
async fn a_request_that_may_not_leave_any_more_when_its_connection_is_there_is_not_sent() {
    for request in [HttpRequest::get("/x"), post(false), HttpRequest { body: Vec::new(), ..post(false) }] {
        let (port, seen) = listening().await;
        let line = held(port, "").line;
        let unanswered = line.send(&request, Repeat::Never, &only_at_first()).await.expect_err("kept back");
        assert_eq!((unanswered.fault.kind, unanswered.was_stale), (FaultKind::Transient, false));
        assert!(unanswered.fault.to_string().contains("nothing was sent"), "{}", unanswered.fault);
        // The connection was made, and is closed with nothing sent.
        while seen.lock().expect("what came").0 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(String::from_utf8_lossy(&seen.lock().expect("what came").1), "");
        // Over a connection that stood open likewise; and what may leave arrives as it always does.
        let server = Server::start(vec![answer("", b"one"), answer("", b"two")]).await;
        let line = held(server.port, "").line;
        let always = MayLeave::when(|| true);
        let answered = line.send(&request, Repeat::Never, &always).await.expect("an answer");
        assert_eq!(answered.body, b"one");
        line.send(&request, Repeat::Never, &only_at_first()).await.expect_err("kept back");
        let answered = line.send(&request, Repeat::Never, &MayLeave::always()).await.expect("an answer");
        assert_eq!((answered.body, server.counts()), (b"one".to_vec(), (2, 2)));
        let heads = server.heads.lock().expect("the heads").clone();
        assert_eq!(heads[0], heads[1], "the same bytes, whether it is asked or not");
    }
}

#[tokio::test]
async fn a_control_that_may_have_arrived_is_not_sent_again() {
    let server = Server::start(vec![answer("", b"one"), Deed::CloseAtNext]).await;
    let line = held(server.port, "");
    let (held, _) = line.ask(2, post(false), true).await;
    assert_eq!(fault(&held).kind, FaultKind::OutcomeUnknown);
    assert_eq!((held.requests, server.counts()), (2, (1, 2)));
    // One that does no more the second time than the first is.
    let server = Server::start(vec![answer("", b"one"), Deed::CloseAtNext]).await;
    let line = self::held(server.port, "");
    let (held, _) = line.ask(2, post(true), true).await;
    assert!(matches!(held.ended, Ended::Done(_)), "{held:?}");
    assert_eq!((held.requests, server.counts()), (3, (2, 3)));
}

#[tokio::test]
async fn a_fresh_connection_that_is_closed_is_a_fault_and_what_goes_out_again_is_admitted() {
    let server = Server::start(vec![Deed::CloseAtNext]).await;
    let (held, _) = held(server.port, "").ask(1, HttpRequest::get("/x"), false).await;
    assert_eq!(fault(&held).kind, FaultKind::Transient);
    assert_eq!(server.counts(), (1, 1), "sent once");
    assert!(fault(&held).detail.contains(&format!("127.0.0.1:{}", server.port)), "{}", fault(&held));
    // The day's last request is spent: what would go out again does not.
    let server = Server::start(vec![answer("", b"one"), Deed::CloseAtNext]).await;
    let line = self::held(server.port, "[limits]\nper_day = 1\n");
    let (held, _) = line.ask(2, HttpRequest::get("/x"), false).await;
    assert_eq!(fault(&held).kind, FaultKind::QuotaSpent, "{held:?}");
    assert_eq!((held.requests, server.counts()), (2, (1, 2)));
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("packed")
}

#[tokio::test]
async fn nothing_packed_is_asked_for_and_what_comes_packed_is_unpacked_within_the_limit() {
    let body = br#"{"code":"0000"}"#;
    let server = Server::start(vec![answer("content-encoding: gzip\r\n", &packed(body))]).await;
    let (_, last) = held(server.port, "").ask(1, HttpRequest::get("/x"), false).await;
    let last = last.expect("an answer");
    assert_eq!((last.body.as_slice(), last.header("content-encoding")), (&body[..], None));
    let head = server.heads.lock().expect("the heads").remove(0);
    assert!(head.starts_with("GET /base/x HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\naccept-encoding: identity\r\n"), "{head}");
    let bomb = packed(&vec![b' '; 40 << 20]);
    assert!(bomb.len() < 100_000);
    for (coding, bytes, words) in
        [("gzip", bomb, "larger than 1048576 bytes"), ("zstd", b"x".to_vec(), "coded as zstd")]
    {
        let server = Server::start(vec![answer(&format!("content-encoding: {coding}\r\n"), &bytes)]).await;
        let (held, _) = held(server.port, "").ask(1, HttpRequest::get("/x"), false).await;
        assert_eq!(fault(&held).kind, FaultKind::Malformed);
        assert!(fault(&held).detail.contains(words), "{}", fault(&held));
    }
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let to = |status: u16, place: &str| {
        let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n");
        Deed::Answer(head.into_bytes())
    };
    for (status, place, words) in [
        (302, "https://elsewhere.example.cn:8443/x?token=invented", "https://elsewhere.example.cn:8443,"),
        (301, "https://127.0.0.1/", "https://127.0.0.1,"),
        (308, "/login", "another path"),
    ] {
        let server = Server::start(vec![to(status, place)]).await;
        let line = held(server.port, "");
        let (held, _) = line.ask(1, HttpRequest::get("/x"), false).await;
        let fault = fault(&held);
        assert_eq!(
            (fault.kind, fault.status.as_deref()),
            (FaultKind::Misconfigured, Some(status.to_string().as_str()))
        );
        assert!(fault.detail.contains(words) && !fault.detail.contains("invented"), "{fault}");
        assert_eq!(server.counts().1, 1);
        match line.line.probe().await {
            Ok(probed) => assert_eq!((probed, place), (308, "/login"), "it says nothing of other paths"),
            Err(probed) => {
                assert_eq!(probed.kind, FaultKind::Misconfigured);
                assert!(words.starts_with("https") && probed.detail.contains(words), "{probed}");
            }
        }
    }
}

#[tokio::test]
async fn why_nobody_is_reached_is_told_apart() {
    let nobody = crate::world::reserved_port();
    let refused = held(nobody, "").line.probe().await.expect_err("refused");
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let late = held(port, "").line;
    let late = tokio::time::timeout(Duration::from_secs(20), late.probe())
        .await
        .expect("bounded")
        .expect_err("late");
    let text = "connector = \"court-realty\"\n[line]\nkind = \"call\"\nbase_url = \"http://no-such-host.invalid\"\n\
                [settings]\namount_unit = \"yuan\"\n";
    let path = std::path::Path::new("registry.toml");
    let config =
        read_counterpart(path, text, &chakong::app::plugins(), &mut Problems::default()).expect("read");
    let call = config.line.call().expect("a call line");
    let unknown = CallLine::open(call).expect("a line").probe().await.expect_err("no such name");
    let resetting = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = resetting.local_addr().expect("its address");
    tokio::spawn(async move {
        let (stream, _) = resetting.accept().await.expect("a connection");
        // Closed with bytes unread: the other side is sent a reset.
        stream.readable().await.expect("bytes");
        stream.set_zero_linger().expect("an option");
    });
    let reset = held(place.port(), "").line.probe().await.expect_err("reset");
    for (fault, place, words) in [
        (&refused, format!("127.0.0.1:{nobody}: "), "refused"),
        (&late, format!("127.0.0.1:{port}: "), "time limit"),
        (&unknown, "no-such-host.invalid:80: ".to_owned(), "name is not found"),
        (&reset, format!("{place}: "), "reset"),
    ] {
        assert_eq!(fault.kind, FaultKind::Transient, "{fault}");
        assert!(fault.detail.contains(&place) && fault.detail.contains(words), "{fault}");
    }
}
