//! Hundreds of forms that arrive slowly, beside somebody whose pages are made meanwhile.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Guest, NO_CODES, add_people, everybody};
use crate::daemon::Setup;

/// Slow forms: more than pages are made at once, and fewer than the connections of one address.
const MANY: usize = 300;
/// The address of a proxy that nobody is.
const PROXY: &str = "127.0.0.9";

/// A daemon at which certificates sign in.
async fn started() -> Setup {
    let extra = format!("{NO_CODES}[sign_in.certificate]\nheader = \"x-client-certificate\"\n");
    let mut setup = Setup::new(&[], None, &extra);
    let config = std::fs::read_to_string(setup.config()).expect("a configuration");
    let config = config.replace("[server]\n", &format!("[server]\nproxies = [\"{PROXY}\"]\n"));
    std::fs::write(setup.config(), config).expect("a configuration");
    add_people(&setup, everybody()).await;
    setup.start_daemon().await;
    setup
}

/// Forms of which a part was sent and no more comes.
async fn crowd(port: u16, path: &str, cookie: &str) -> Vec<TcpStream> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\ncontent-length: 8000\r\n\
         content-type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    );
    let mut all = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        // Who was answered that there is no room cannot send everything.
        let _ = tokio::time::timeout(Duration::from_millis(200), stream.write_all(head.as_bytes())).await;
        all.push(stream);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_persons_slow_forms_take_no_place_of_anybody_else() {
    let setup = started().await;
    let slow = Guest::signed_in(setup.port, "officer").await;
    let mut other = Guest::signed_in(setup.port, "approver").await;
    let cookie = slow.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    let standing = crowd(setup.port, "/console/new", &cookie.join("; ")).await;
    let page = other.get("/console/tasks").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let mut same = Guest::new(setup.port);
    same.cookies = slow.cookies.clone();
    let own = same.get("/console/tasks").await;
    assert_eq!(own.status, StatusCode::SERVICE_UNAVAILABLE, "all of it is theirs: {}", own.text);
    Guest::signed_in(setup.port, "supervisor").await;
    drop(standing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_are_slow_at_any_door_of_the_sign_in_close_no_page() {
    let setup = started().await;
    let mut known = Guest::signed_in(setup.port, "officer").await;
    for door in ["/console/sign-in", "/console/sign-in/certificate", "/console/sign-in/provider/code"] {
        let standing = crowd(setup.port, door, "").await;
        let page = known.get("/console/tasks").await;
        assert_eq!(page.status, StatusCode::OK, "{door}: {}", page.text);
        Guest::signed_in(setup.port, "approver").await;
        drop(standing);
    }
}
