//! Fixtures of the toys: written anew they pass, and every change of them is found.

use std::path::Path;

use chakong_testkit::Subject;
use chakong_testkit::fixtures::{Mode, run_fixtures};

fn folder(subject: &Subject, replies: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let orders = serde_json::to_vec(&subject.samples[..1]).expect("JSON");
    std::fs::write(folder.path().join("a.order.json"), orders).expect("a file");
    for (file, text) in replies {
        std::fs::write(folder.path().join(file), text).expect("a file");
    }
    folder
}

fn run(subject: &Subject, folder: &Path, mode: Mode) -> Result<(), String> {
    run_fixtures(&subject.plugin, &subject.settings, folder, mode)
}

fn change(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).expect("a file");
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).expect("a file");
}

#[test]
fn a_dialogue_is_written_and_compared() {
    let subject = super::call::subject("");
    let page = r#"{"total": 2, "here": 1}"#;
    let folder = folder(&subject, &[("a.reply.1.json", page), ("a.reply.2.json", page)]);
    assert!(run(&subject, folder.path(), Mode::Check).is_err(), "nothing is compared yet");
    run(&subject, folder.path(), Mode::Rewrite).expect("written");
    run(&subject, folder.path(), Mode::Check).expect("the same");
    let request = std::fs::read_to_string(folder.path().join("a.request.http")).expect("written");
    assert_eq!(request.matches("\n---\n").count(), 1, "two requests: {request}");
    assert!(request.contains("page=2") && !request.contains("open sesame"), "{request}");
    change(&folder.path().join("a.request.http"), "page=2", "page=3");
    assert!(run(&subject, folder.path(), Mode::Check).expect_err("differs").contains("page=3"));
    run(&subject, folder.path(), Mode::Rewrite).expect("written");
    change(&folder.path().join("a.expected.json"), "found", "nothing");
    assert!(run(&subject, folder.path(), Mode::Check).expect_err("differs").contains("nothing"));
    run(&subject, folder.path(), Mode::Rewrite).expect("written");
    std::fs::rename(folder.path().join("a.reply.2.json"), folder.path().join("a.reply.2.503.json"))
        .expect("renamed");
    assert!(run(&subject, folder.path(), Mode::Check).expect_err("a status").contains("transient"));
    std::fs::write(folder.path().join("a.reply.3.json"), page).expect("a file");
    assert!(
        run(&subject, folder.path(), Mode::Check).expect_err("one reply too many").contains("ended before")
    );
}

#[test]
fn a_parcel_is_written_and_compared() {
    let subject = super::parcel::subject("");
    let folder = folder(&subject, &[("a.reply.1.reply.txt", "REPLY TESTQUERY1 found\nEND 1")]);
    run(&subject, folder.path(), Mode::Rewrite).expect("written");
    run(&subject, folder.path(), Mode::Check).expect("the same");
    let request = folder.path().join("a.request.1.20260105000000000000000001-0.txt");
    change(&request, "query", "freeze");
    assert!(run(&subject, folder.path(), Mode::Check).is_err(), "other bytes");
    run(&subject, folder.path(), Mode::Rewrite).expect("written");
    std::fs::rename(&request, folder.path().join("a.request.1.other.txt")).expect("renamed");
    assert!(run(&subject, folder.path(), Mode::Check).expect_err("other name").contains("now named"));
    change(&folder.path().join("a.reply.1.reply.txt"), "END 1", "END 2");
    assert!(run(&subject, folder.path(), Mode::Check).expect_err("damaged").contains("malformed"));
}
