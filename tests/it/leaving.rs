//! A process that is to end and still takes requests: whoever keeps connections open to it is sent elsewhere before they close.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::daemon::Setup;
use crate::world::realty;

const ASK: &[u8] = b"GET /readyz HTTP/1.1\r\nHost: chakong\r\n\r\n";

/// Asks over a connection; head and body of the answer.
async fn ask(connection: &mut TcpStream) -> (String, String) {
    connection.write_all(ASK).await.expect("a request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.expect("an answer"));
    }
    let head = String::from_utf8(head).expect("text").to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    connection.read_exact(&mut body).await.expect("a body");
    (head, String::from_utf8(body).expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_process_drains_every_answer_closes_its_connection_and_none_closes_without_one() {
    let mut setup = Setup::new(&[realty("registry", json!({ "everyone": { "properties": 1 } }))], None, "");
    let text = std::fs::read_to_string(setup.config()).expect("the configuration");
    assert!(text.contains("[server]\n"), "{text}");
    std::fs::write(setup.config(), text.replace("[server]\n", "[server]\ndrain = \"60s\"\n"))
        .expect("the configuration");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let connect = async || TcpStream::connect(("127.0.0.1", setup.port)).await.expect("a connection");
    let (mut kept, mut other) = (connect().await, connect().await);
    for connection in [&mut kept, &mut other] {
        let (head, _) = ask(connection).await;
        assert!(head.starts_with("http/1.1 200") && !head.contains("connection: close"), "{head}");
    }
    setup.signal_daemon("TERM");
    while setup.try_call(Method::GET, "/readyz", None).await.is_some_and(|(status, _)| status.is_success()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Both stand still; each is answered once more, and closed behind the answer. New ones are answered too.
    for mut connection in [kept, other, connect().await] {
        let (head, body) = ask(&mut connection).await;
        assert!(head.starts_with("http/1.1 503") && body.contains("draining"), "{head}{body}");
        assert!(head.contains("connection: close"), "{head}");
        assert_eq!(connection.read(&mut [0]).await.expect("its end"), 0);
    }
    setup.kill_daemon();
}
