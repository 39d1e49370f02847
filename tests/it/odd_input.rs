//! Commands on odd input: what they say of it, and their exit code.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

fn said_by(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    let output = command.args(arguments).stdin(Stdio::null()).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A server that answers each call with 200 and a page, and is no gateway.
fn stranger(calls: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let served = std::thread::spawn(move || {
        let mut lines = Vec::new();
        for stream in listener.incoming().take(calls) {
            let mut stream = stream.expect("a caller");
            let mut head = [0; 4096];
            let length = stream.read(&mut head).expect("a request");
            let text = String::from_utf8_lossy(&head[..length]).into_owned();
            lines.push(text.lines().next().unwrap_or_default().to_owned());
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>";
            stream.write_all(answer.as_bytes()).expect("answered");
        }
        lines
    });
    (address, served)
}

#[test]
fn a_server_that_is_no_gateway_is_told_and_nothing_leads_elsewhere() {
    let (address, served) = stranger(3);
    let calls: [&[&str]; 3] = [
        &["results", "--follow", "--consumer", "a&limit=1", "--url", &address],
        &["watch", "../acts?x=1#y", "--url", &address],
        &["requery", "..", "--reason", "again", "--url", &address],
    ];
    for arguments in calls {
        let (code, said) = said_by(arguments);
        assert_eq!(code, Some(69), "{arguments:?}: {said}");
        assert!(said.contains("is no gateway"), "{said}");
    }
    let lines = served.join().expect("served");
    assert!(lines[0].starts_with("GET /v1/results?consumer=a%26limit%3D1&limit=200"), "{lines:?}");
    assert!(lines[1].starts_with("GET /v1/inquiries/..%2Facts%3Fx%3D1%23y/certificate"), "{lines:?}");
    assert!(!lines[2].contains("/../"), "{lines:?}");
}

#[test]
fn what_is_no_address_and_what_is_no_file_is_wrong_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().to_str().expect("a path");
    for (arguments, code, part) in [
        (&["results", "--url", "not an address"][..], 65, "is no address"),
        (&["results", "--url", "http://127.0.0.1:1", "--key", "two\nlines"], 65, "the key cannot be sent"),
        (&["submit", here], 65, "directory"),
        (&["submit", "/nowhere/inquiry.json"], 65, "No such file"),
        (&["connectors", "read", "court-bank", here], 65, "directory"),
        (&["connectors", "read", "no-such", "/dev/null"], 65, "is not a connector"),
        (&["connectors", "write", "gleif", "/dev/null"], 65, "not an order"),
        (&["check", "--config", here], 78, "is not a file"),
        (&["results", "--no-such-flag"], 2, "--no-such-flag"),
    ] {
        let (exit, said) = said_by(arguments);
        assert_eq!(exit, Some(code), "{arguments:?}: {said}");
        assert!(said.contains(part) && !said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_disk_that_is_full_is_no_reader_that_went_away() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    let output =
        command.args(["connectors", "list"]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{said}");
    assert!(said.contains("standard output cannot be written"), "{said}");
}
