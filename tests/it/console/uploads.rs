//! Files that are not what they are called, and one of a gigabyte.

use chakong_contract::order::DocumentKind;
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::guest::SESSION;
use super::pages::{FILES, filled_in};
use super::{Guest, with_banks};
use crate::world::inquiry;

/// What somebody gives the name of a sealed ruling.
const LIES: &[&[u8]] =
    &[b"<html><script>alert(1)</script></html>", b"MZ\x90\0\x03\0\0\0", b"PK\x03\x04 macros"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_another_type_than_its_name_says_is_no_legal_document() {
    let setup = with_banks(&[("9990000000000000011", "600.00")], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    for lie in LIES {
        let draft = guest.get("/console/new").await.field("draft");
        let files: Vec<(&str, &str, &[u8])> = FILES
            .iter()
            .map(|(field, name, bytes)| match *field {
                "paper.freeze_ruling" | "officer.0.work_image" => (*field, *name, *lie),
                _ => (*field, *name, *bytes),
            })
            .collect();
        let told = guest.upload("/console/new", &filled_in(&draft, "500"), &files).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
        let ruling = format!("{}：文件内容不是", DocumentKind::FreezeRuling.chinese());
        assert!(told.text.contains(&ruling), "{}", told.text);
        assert_eq!(told.text.matches("文件内容不是").count(), 2, "the image of the certificate too");
    }
    // The same from a case system, by what it says of the format, and of a paper that comes with an act.
    let mut body = inquiry(Some("500.00"), "propose");
    body["documents"][1]["content"] = json!("PGh0bWw+");
    body["documents"][2]["format"] = json!("exe");
    let (status, told) = setup.try_submit("lying", &body).await.expect("it answers");
    let pointers: Vec<&str> = told["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|one| one["pointer"].as_str())
        .collect();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    assert_eq!(pointers, ["/documents/1/content", "/documents/2/format"], "{told}");
    assert_eq!(setup.get("/v1/inquiries").await["inquiries"], json!([]), "nothing was kept of any of it");
}

/// What is answered to a request whose body has a gigabyte, and how much of it was taken.
async fn answer_to_a_gigabyte(port: u16, head: &str, is_chunked: bool) -> (String, usize) {
    const BLOCK: usize = 1 << 20;
    let (mut reader, mut writer) =
        TcpStream::connect(("127.0.0.1", port)).await.expect("a connection").into_split();
    writer.write_all(head.as_bytes()).await.expect("a head");
    let reading = tokio::spawn(async move {
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = reader.read(&mut bytes).await {
            answer.extend_from_slice(&bytes[..read]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    });
    let mut block = if is_chunked { format!("{BLOCK:x}\r\n").into_bytes() } else { Vec::new() };
    block.resize(block.len() + BLOCK, b'x');
    block.extend_from_slice(if is_chunked { b"\r\n" } else { b"" });
    let mut taken = 0;
    while taken < 1 << 30 && !reading.is_finished() && writer.write_all(&block).await.is_ok() {
        taken += BLOCK;
    }
    drop(writer);
    (reading.await.expect("read"), taken)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gigabyte_is_turned_away_before_it_fills_the_memory() {
    let setup = with_banks(&[], &[]).await;
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    guest.open("/console/new").await;
    let before = setup.daemon_memory();
    let session = format!("cookie: {SESSION}={}\r\n", guest.cookies[SESSION]);
    let key = format!("authorization: Bearer {}\r\nidempotency-key: large\r\n", crate::daemon::KEY);
    let form = "content-type: multipart/form-data; boundary=x\r\n";
    let places = [
        ("/console/new", session.as_str(), form),
        ("/v1/inquiries", &key, "content-type: application/json\r\n"),
    ];
    for (path, who, kind) in places {
        for length in
            [format!("content-length: {}\r\n", 1 << 30), "transfer-encoding: chunked\r\n".to_owned()]
        {
            let is_chunked = length.starts_with("transfer");
            let origin = format!("host: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\n", setup.port);
            let head =
                format!("POST {path} HTTP/1.1\r\n{origin}{who}{kind}{length}connection: close\r\n\r\n");
            let (answer, taken) = answer_to_a_gigabyte(setup.port, &head, is_chunked).await;
            assert!(
                answer.starts_with("HTTP/1.1 413 "),
                "{path}, {length}{taken} bytes were taken: {answer}"
            );
            assert!(taken < 256 << 20, "{path}, {length}{} MiB were taken", taken >> 20);
        }
    }
    let grown = setup.daemon_memory().saturating_sub(before);
    assert!(grown < 128 << 20, "{} MiB more than before", grown >> 20);
    let again = guest.get("/console/new").await;
    assert_eq!(again.status, StatusCode::OK, "everybody else is served: {}", again.text);
}
