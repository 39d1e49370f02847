//! Hundreds who connect and are slow, on either listener, beside one who must be served while they stand; and stops that wait for
//! none of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::daemon::{KEY, OPERATIONS_KEY, Setup};
use crate::world::{PASSWORD, POSTBOX, calling_bank, reserved_port};

/// Slow clients of each sort: more than the connections of one address, and nearly as many as all of a listener.
const MANY: usize = 500;
/// Within this somebody who is not slow is served, on a loaded machine too; every slow client may wait longer.
const SOON: Duration = Duration::from_secs(12);

/// What a slow client sends before it is silent for good.
#[derive(Debug, Clone, Copy)]
enum Slow {
    Silent,
    HalfHead,
    HalfBody,
    NeverReads,
    WrongPassword,
    LongPoll,
    HalfSignIn,
    WrongKey,
}

/// A call of the bank with the account of [`calling_bank`] 1.
fn bank_call(password: &str) -> String {
    let account = format!(
        "<usermarker><condition username=\"{}\" password=\"{}\"/></usermarker>",
        STANDARD.encode("YH000001"),
        STANDARD.encode(password)
    );
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"http://syyh.service.webService.ckw.tdh/\">\
         <e:Body><s:getXzcxList><arg0>{}</arg0></s:getXzcxList></e:Body></e:Envelope>",
        STANDARD.encode(account)
    )
}

fn post(path: &str, key: &str, length: usize, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// What is sent to a path; on the API under a key that the gateway knows, which is worse.
fn sent(slow: Slow, path: &str) -> String {
    let half = "x".repeat(30_000);
    match slow {
        Slow::Silent => String::new(),
        Slow::HalfHead => format!("POST {path} HTTP/1.1\r\nhost: x\r\nx-half"),
        Slow::HalfBody => post(path, KEY, 4_000_000, &format!("{{{half}")),
        Slow::NeverReads => {
            format!("GET {path}?wsdl HTTP/1.1\r\nhost: x\r\nx-api-key: {KEY}\r\n\r\n").repeat(300)
        }
        Slow::WrongPassword => {
            let body = bank_call("wrong");
            post(path, "", body.len(), &body)
        }
        Slow::HalfSignIn => post("/v1/sessions", "", 60_000, "{\"number\":\""),
        Slow::WrongKey => "GET /v1/tasks HTTP/1.1\r\nhost: x\r\nx-api-key: nobody-has-it\r\n\r\n".to_owned(),
        Slow::LongPoll => format!(
            "GET /v1/results?consumer=x&wait=60&after=0 HTTP/1.1\r\nhost: x\r\nx-api-key: {KEY}\r\n\r\n"
        ),
    }
}

async fn crowd(port: u16, slow: Slow, path: &str) -> Vec<TcpStream> {
    let mut all = Vec::with_capacity(MANY);
    let bytes = sent(slow, path);
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        // Who never reads cannot send everything either; who was let go cannot send at all.
        let _ = tokio::time::timeout(Duration::from_millis(20), stream.write_all(bytes.as_bytes())).await;
        all.push(stream);
    }
    all
}

/// One request on a connection of its own, its sending side shut behind it; the whole answer.
async fn ask(port: u16, request: &str) -> String {
    let mut answer = Vec::new();
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(request.as_bytes()).await?;
        stream.shutdown().await?;
        stream.read_to_end(&mut answer).await
    };
    let asked = tokio::time::timeout(SOON, asked).await;
    assert!(asked.is_ok(), "not served within {SOON:?}; so far: {}", String::from_utf8_lossy(&answer));
    String::from_utf8_lossy(&answer).into_owned()
}

fn of_bank(password: &str) -> String {
    let body = bank_call(password);
    post(POSTBOX, "", body.len(), &body)
}

const OTHER_KEY: &str = "another-long-random-text-of-the-tests";

fn of_case_system() -> String {
    format!("GET /v1/results?consumer=y HTTP/1.1\r\nhost: x\r\nx-api-key: {OTHER_KEY}\r\n\r\n")
}

struct Gate {
    setup: Setup,
    postbox: u16,
}

async fn gate(open_files: Option<u32>, most_requests: Option<u32>) -> Gate {
    let postbox = reserved_port();
    let digest: String =
        chakong::config::digest_of(OTHER_KEY).iter().map(|byte| format!("{byte:02x}")).collect();
    let extra = format!(
        "[[keys]]\nname = \"other\"\nroles = [\"case_system\"]\nsha256 = \"{digest}\"\n\
         [postbox]\nlisten = \"127.0.0.1:{postbox}\"\n"
    );
    let mut setup = Setup::new(&[calling_bank("bank-1", 1, Value::Null)], None, &extra);
    if let Some(most) = most_requests {
        let text = std::fs::read_to_string(setup.config()).expect("the configuration");
        let text = text.replace("grace =", &format!("most_requests = {most}\ngrace ="));
        std::fs::write(setup.config(), text).expect("the configuration");
    }
    setup.open_files = open_files;
    setup.start_daemon().await;
    Gate { setup, postbox }
}

impl Gate {
    async fn assert_served(&self, beside: &str) {
        let answer = ask(self.postbox, &of_bank(PASSWORD)).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "beside {beside}: {answer}\n{}", self.setup.log());
        assert!(answer.contains("getXzcxListResponse"), "beside {beside}: {answer}");
        let answer = ask(self.setup.port, &of_case_system()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "beside {beside}: {answer}\n{}", self.setup.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_is_served_beside_five_hundred_slow_callers_of_every_sort() {
    let gate = gate(None, None).await;
    for slow in [Slow::Silent, Slow::HalfHead, Slow::HalfBody, Slow::NeverReads, Slow::WrongPassword] {
        let standing = crowd(gate.postbox, slow, POSTBOX).await;
        gate.assert_served(&format!("{slow:?} at the postbox")).await;
        drop(standing);
    }
    let memory = gate.setup.daemon_memory();
    assert!(memory < 512 << 20, "{} MiB", memory >> 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_system_is_served_beside_five_hundred_slow_clients_of_every_sort() {
    let gate = gate(None, None).await;
    for slow in [Slow::Silent, Slow::HalfHead, Slow::HalfBody, Slow::LongPoll, Slow::NeverReads] {
        let standing = crowd(gate.setup.port, slow, "/v1/inquiries").await;
        gate.assert_served(&format!("{slow:?} at the API")).await;
        drop(standing);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_descriptors_are_shared_out_and_some_are_kept() {
    let gate = gate(Some(300), None).await;
    assert!(gate.setup.log().contains("fewer connections than configured"), "{}", gate.setup.log());
    let at_api = crowd(gate.setup.port, Slow::Silent, "/").await;
    let at_postbox = crowd(gate.postbox, Slow::HalfHead, POSTBOX).await;
    gate.assert_served("more than there are descriptors for").await;
    let ready = ask(gate.setup.port, "GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert!(!gate.setup.log().contains("Too many open files"), "{}", gate.setup.log());
    drop((at_api, at_postbox));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_no_stranger() {
    let mut gate = gate(None, None).await;
    let mut standing = Vec::new();
    for slow in [Slow::Silent, Slow::HalfHead, Slow::HalfBody, Slow::WrongPassword] {
        for port in [gate.postbox, gate.setup.port] {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            let path = if port == gate.postbox { POSTBOX } else { "/v1/unknown" };
            let bytes = sent(slow, path).replace(KEY, "nobody's");
            let _ = stream.write_all(bytes.as_bytes()).await;
            standing.push(stream);
        }
    }
    gate.assert_served("a few of each").await;
    let began = Instant::now();
    gate.setup.signal_daemon("TERM");
    assert_eq!(gate.setup.wait_for_end().await, Some(0), "{}", gate.setup.log());
    // The grace is ten seconds; nobody here is given any of it.
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}\n{}", began.elapsed(), gate.setup.log());
    drop(standing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_told_in_log_metric_and_audit_with_the_address() {
    let gate = gate(None, None).await;
    let guesses = (0..10).map(|at| {
        let port = gate.postbox;
        async move { ask(port, &of_bank(&format!("guess-{at}"))).await }
    });
    let answers = futures_util::future::join_all(guesses).await;
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 200")), "{answers:?}");
    gate.assert_served("those who guess").await;
    let asking = format!("GET /metrics HTTP/1.1\r\nhost: x\r\nx-api-key: {OPERATIONS_KEY}\r\n\r\n");
    let metrics = ask(gate.setup.port, &asking).await;
    assert!(metrics.contains("chakong_postbox_turned_away_total 10"), "{metrics}");
    let acts = gate.setup.get("/v1/acts").await.to_string();
    assert!(acts.contains("guess_password") && acts.contains("127.0.0.1"), "{acts}");
    let log = gate.setup.log();
    assert!(log.contains("somebody tries to guess a password") && log.contains("127.0.0.1"), "{log}");
    assert!(!log.contains("guess-3"), "what was tried is not in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_at_the_api_take_no_place_of_those_who_are_known() {
    let gate = gate(None, Some(40)).await;
    for slow in [Slow::HalfSignIn, Slow::WrongKey] {
        let standing = crowd(gate.setup.port, slow, "/").await;
        for _ in 0..5 {
            gate.assert_served(&format!("{slow:?} at the API")).await;
        }
        drop(standing);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_keys_is_slowed_down_and_told_and_the_right_key_is_not_kept_waiting() {
    let gate = gate(None, None).await;
    let guess = |at: usize| format!("GET /v1/tasks HTTP/1.1\r\nhost: x\r\nx-api-key: guess-{at}\r\n\r\n");
    let guesses = (0..12).map(|at| {
        let port = gate.setup.port;
        async move { ask(port, &guess(at)).await }
    });
    let began = Instant::now();
    let answers = futures_util::future::join_all(guesses).await;
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 401")), "{answers:?}");
    assert!(began.elapsed() >= Duration::from_secs(5), "the twelfth waits: {:?}", began.elapsed());
    let right = ask(gate.setup.port, &of_case_system()).await;
    assert!(right.starts_with("HTTP/1.1 200"), "{right}");
    let asking = format!("GET /metrics HTTP/1.1\r\nhost: x\r\nx-api-key: {OPERATIONS_KEY}\r\n\r\n");
    let metrics = ask(gate.setup.port, &asking).await;
    assert!(metrics.contains("chakong_api_wrong_keys_total 12"), "{metrics}");
    let acts = gate.setup.get("/v1/acts?act=guess_key").await;
    assert_eq!(acts["acts"][0]["detail"]["from"], "127.0.0.1", "{acts}");
    let log = gate.setup.log();
    assert!(log.contains("somebody tries to guess a key") && !log.contains("guess-3"), "{log}");
    let none = ask(gate.setup.port, "GET /v1/tasks HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(none.starts_with("HTTP/1.1 401"), "no key is no guess: {none}");
}
