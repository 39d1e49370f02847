//! `connectors read` and `connectors write` on whole packages, single XML files and SOAP bodies.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tidy::root;

fn fixture(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

fn said(arguments: &[&str], files: &[&Path]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    let output = command.arg("connectors").args(arguments).args(files).output().expect("chakong");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn answer(call: &str) -> String {
    let call = fixture(&format!("court-bank-service/{call}.call.xml"));
    let orders = fixture("court-bank/query.order.json");
    let answer = said(&["write", "court-bank", "--answer", call.to_str().expect("a path")], &[&orders]);
    let (status, body) = answer.split_once('\n').expect("a status");
    assert_eq!(status, "200", "{body}");
    let sealed = body.split("<return>").nth(1).and_then(|rest| rest.split('<').next()).expect("a return");
    let opened = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, sealed).expect("Base64");
    String::from_utf8(opened).expect("text")
}

/// Outcomes by request number.
fn outcomes(read: &str) -> Vec<(String, String)> {
    let entry = |line: &str| {
        let entry: Value = serde_json::from_str(line).expect("JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&entry["number"]), text(&entry["answer"]["reply"]["outcome"]))
    };
    read.lines().map(entry).collect()
}

#[test]
fn a_package_an_xml_file_and_a_soap_body_are_read_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let package = folder.path().join("CXFKE999H110000000001000020260105000000000000000001.zip");
    let reply = "court-bank/query.reply.1.CXFKE999H110000000001000020260105000000000000000001.zip";
    std::fs::copy(fixture(reply), &package).expect("a copy");
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(&package).expect("a file")).expect("a package");
    let mut inside = archive.by_index(0).expect("a file");
    let xml = folder.path().join(inside.name().expect("a name").into_owned());
    std::io::copy(&mut inside, &mut std::fs::File::create(&xml).expect("a file")).expect("a copy");
    let of_package = outcomes(&said(&["read", "court-bank"], &[&package]));
    assert!(of_package.len() > 1, "{of_package:?}");
    assert_eq!(outcomes(&said(&["read", "court-bank"], &[&xml])), of_package);
    let soap = said(&["read", "court-bank"], &[&fixture("court-bank/soap-feed-query.reply.xml")]);
    assert!(
        outcomes(&soap).iter().all(|(number, outcome)| number.starts_with("A2") && !outcome.is_empty()),
        "{soap}"
    );
}

#[test]
fn orders_are_written_as_a_package_as_its_files_and_as_the_answer_to_a_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let orders = fixture("court-bank/freeze.order.json");
    let into = folder.path().to_str().expect("a path");
    let package = said(&["write", "court-bank", "--into", into], &[&orders]);
    let expected =
        fixture("court-bank/freeze.request.1.KZQQE999H110000000001000020260105000000000000000001.zip");
    let (written, expected) =
        (std::fs::read(package.trim()).expect("a file"), std::fs::read(expected).expect("a file"));
    assert_eq!(written.len(), expected.len(), "the same as in the fixture, but for the batch's number");
    let files = said(&["write", "court-bank", "--into", into, "--unpack"], &[&orders]);
    let prefixes: Vec<String> = files
        .lines()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("text");
            assert!(text.starts_with("<?xml"), "{text}");
            Path::new(path).file_name().expect("a name").to_string_lossy()[..2].to_owned()
        })
        .collect();
    assert_eq!(prefixes, ["QA", "QI", "QC"]);
    assert_eq!(answer("ask-queries").matches("<cxqq ").count(), 2);
    assert!(answer("ask-controls-of-axis-1").contains("<kzqqList/>"), "no control is among the orders");
    assert!(answer("certificates").contains("GZZ="));
    assert_eq!(answer("feed-query").matches("<jg ").count(), 2);
}
