//! Strangers beside a registry whose call-backs name their caller last.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{PATH, city, house};
use crate::world::{PASSWORD, World};

/// A call-back that names its caller last, with so many bytes before.
fn named_last(bytes: usize) -> String {
    let filler = "x".repeat(bytes);
    let head = json!({ "username": "city-990101", "password": PASSWORD });
    format!("{{\"data\":{{\"filler\":\"{filler}\"}},\"head\":{head}}}")
}

fn receipt(body: &str, length: usize) -> String {
    let path = format!("{PATH}/accept_receipt_info");
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

async fn called_from(address: &str, postbox: SocketAddr, request: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{address}:0").parse().expect("an address")).expect("bound");
    let mut stream = socket.connect(postbox).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_bodies_of_one_stranger_keep_nobody_out_who_names_itself_last() {
    const LARGEST: usize = 64 << 20;
    let world = World::start(vec![city(house(json!({})))]).await;
    let half = receipt(&named_last(LARGEST).as_str()[..LARGEST - (1 << 10)], LARGEST);
    let stands = called_from("127.0.0.2", world.postbox, &half).await;
    let body = named_last(200 << 10);
    let asked = async {
        let mut stream = called_from("127.0.0.3", world.postbox, &receipt(&body, body.len())).await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = tokio::time::timeout(Duration::from_secs(12), asked).await.expect("it is not served");
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("密码"), "{answer}");
    drop(stands);
    world.stop().await;
}
