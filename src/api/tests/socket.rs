//! Over a real socket, byte by byte: what `oneshot` cannot show.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Bench, submission};

/// Serves the bench and opens a connection to it.
async fn connect(bench: &Bench) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let address = listener.local_addr().expect("address");
    let serving = super::super::serve(listener, std::sync::Arc::clone(&bench.gateway), axum::Router::new());
    bench.gateway.tasks.spawn_service("http", serving);
    TcpStream::connect(address).await.expect("connection")
}

fn chunked(body: &str) -> String {
    let mut request = "POST /v1/inquiries HTTP/1.1\r\nhost: x\r\nauthorization: Bearer key-of-case\r\n\
        idempotency-key: k\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_owned();
    for piece in body.as_bytes().chunks(1000) {
        let piece = std::str::from_utf8(piece).expect("ASCII");
        request.push_str(&format!("{:x}\r\n{piece}\r\n", piece.len()));
    }
    request + "0\r\n\r\n"
}

async fn answer_to(connection: &mut TcpStream, request: &str) -> String {
    // The gateway may hang up before it has read everything.
    let _ = connection.write_all(request.as_bytes()).await;
    let mut answer = String::new();
    let _ = connection.read_to_string(&mut answer).await;
    answer
}

/// JSON with everything beyond ASCII escaped, so that it can be cut anywhere.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect()
}

#[tokio::test]
async fn chunked_bodies_are_read_and_bounded() {
    let bench = Bench::new();
    let answer = answer_to(&mut connect(&bench).await, &chunked(&ascii(&submission().to_string()))).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let answer = answer_to(&mut connect(&bench).await, &chunked(&"x".repeat((128 << 10) + 1))).await;
    assert!(
        answer.starts_with("HTTP/1.1 413 ") && answer.contains("urn:chakong:problem:too-large"),
        "{answer}"
    );
    assert!(bench.gateway.tasks.drain(std::time::Duration::from_secs(5)).await, "nothing hangs");
}

#[tokio::test]
async fn an_open_stream_does_not_hold_a_shutdown_up() {
    let bench = Bench::new();
    bench.submitted("k", &submission()).await;
    let mut connection = connect(&bench).await;
    let request = "GET /v1/results/stream?consumer=x HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-case\r\n\r\n";
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut text = String::new();
    while !text.contains("event: chakong.inquiry.accepted") {
        let mut bytes = [0; 4096];
        let read = connection.read(&mut bytes).await.expect("read");
        assert_ne!(read, 0, "the stream ended early: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    assert!(text.contains("id: 1\n"), "{text}");
    assert!(text.to_ascii_lowercase().contains("x-accel-buffering: no\r\n"), "{text}");
    assert!(
        bench.gateway.tasks.drain(std::time::Duration::from_secs(5)).await,
        "the stream ends with the gateway"
    );
}
