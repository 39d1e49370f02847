//! `chakong store`: a store is looked through and copied while the gateway writes to it, and a copy is put in its place.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::world::{inquiry, of_another_case, realty};

fn store(setup: &Setup, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("store").args(arguments).arg("--config").arg(setup.config()).output().expect("it runs")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
    said(output)
}

fn refused(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    assert!(said(output).contains(words), "{}", said(output));
}

fn path(file: &Path) -> &str {
    file.to_str().expect("UTF-8")
}

fn copy(setup: &Setup) -> PathBuf {
    setup.folder.path().join("copy.sqlite")
}

async fn inquiries(setup: &Setup) -> usize {
    let page: Value = setup.get("/v1/inquiries?limit=200").await;
    page["inquiries"].as_array().expect("a list").len()
}

/// A gateway with an inquiry, and a copy that was made while another thirty were submitted. Gives how many stand in the copy.
async fn copied() -> (Setup, i64) {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
    let (file, config) = (copy(&setup), setup.config());
    let copying = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
        command.args(["store", "backup", path(&file), "--config", path(&config)]).output().expect("it runs")
    });
    for number in 0..30 {
        setup.submit(&format!("meanwhile-{number}"), &of_another_case(inquiry(None, "auto"))).await;
    }
    done(&copying.await.expect("it ends"));
    assert_eq!(inquiries(&setup).await, 31, "nothing was held up");
    let rows = Connection::open(copy(&setup)).expect("the copy");
    let count = rows.query_row("SELECT COUNT(*) FROM inquiries", [], |row| row.get(0)).expect("a count");
    (setup, count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_made_while_the_gateway_writes_and_takes_the_place_of_a_store_that_was_lost() {
    let (mut setup, count) = copied().await;
    assert!((1..=31).contains(&count), "{count}");
    let file = copy(&setup);
    refused(&store(&setup, &["backup", path(&file)]), "is there already");
    refused(&store(&setup, &["restore", path(&file), "--replace"]), "another chakong works with");
    let looked = done(&store(&setup, &["check", "--thorough"]));
    assert!(looked.contains("inquiries      31"), "{looked}");
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    refused(&store(&setup, &["restore", path(&file)]), "is there already");
    let told = done(&store(&setup, &["restore", path(&file), "--replace"]));
    let aside = told.lines().find_map(|line| line.strip_prefix("the store that was there is "));
    assert!(Path::new(aside.expect("where it is kept")).is_file(), "{told}");
    assert!(done(&store(&setup, &["check"])).contains("a backup that was made at"));
    setup.spawn_daemon();
    assert_ne!(setup.wait_for_end().await, Some(0), "{}", setup.log());
    assert!(setup.log().contains("start once with `chakong serve --restored`"), "{}", setup.log());
    setup.arguments = vec!["--restored".to_owned()];
    setup.start_daemon().await;
    assert_eq!(i64::try_from(inquiries(&setup).await).expect("few"), count);
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    // Once was enough.
    setup.arguments.clear();
    setup.start_daemon().await;
    assert!(!done(&store(&setup, &["check"])).contains("a backup"));
    assert!(done(&store(&setup, &["check", "--thorough"])).contains("schema"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_strange_or_newer_is_told_and_never_restored() {
    let (mut setup, _) = copied().await;
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    assert!(done(&store(&setup, &["migrate"])).contains("already"));
    let whole = std::fs::read(copy(&setup)).expect("the copy");
    let damaged = setup.folder.path().join("damaged.sqlite");
    let mut bytes = whole.clone();
    let middle = bytes.len() / 2;
    bytes[middle - 30_000..middle + 30_000].fill(0x5a);
    std::fs::write(&damaged, &bytes).expect("written");
    let strange = setup.folder.path().join("strange.sqlite");
    Connection::open(&strange).expect("a file").execute_batch("CREATE TABLE x (y)").expect("a table");
    let newer = setup.folder.path().join("newer.sqlite");
    std::fs::write(&newer, &whole).expect("written");
    let rows = Connection::open(&newer).expect("a file");
    rows.execute("INSERT INTO migrations VALUES (900, x'00')", []).expect("a migration of tomorrow");
    drop(rows);
    for (file, words) in [
        (&damaged, "damaged.sqlite cannot be restored"),
        (&strange, "no store of chakong, or a newer version"),
        (&newer, "no store of chakong, or a newer version"),
        (&setup.folder.path().join("absent.sqlite"), "failed to find the file"),
    ] {
        refused(&store(&setup, &["restore", path(file), "--replace"]), words);
    }
    let kept = done(&store(&setup, &["check", "--thorough"]));
    assert!(kept.contains("inquiries      31"), "the store stands as it was: {kept}");
    let file = setup.folder.path().join("data/chakong.sqlite");
    for (change, words) in [
        (
            "INSERT INTO migrations VALUES (900, x'00')",
            "it was written by a newer version of chakong; install that version",
        ),
        (
            "DELETE FROM migrations WHERE number = 900; UPDATE migrations SET checksum = x'00' WHERE number = 2",
            "migration 3 differs from the one that made this file",
        ),
    ] {
        Connection::open(&file).expect("the store").execute_batch(change).expect("another schema");
        let before = setup.log().len();
        setup.spawn_daemon();
        assert_eq!(setup.wait_for_end().await, Some(78), "it is not begun over and over: {}", setup.log());
        assert!(setup.log()[before..].contains(words), "{}", setup.log());
    }
    std::fs::write(&file, &bytes).expect("the disk failed");
    refused(&store(&setup, &["check"]), "damaged");
    std::fs::remove_file(&file).expect("removed");
    refused(&store(&setup, &["check"]), "failed to find the file");
    refused(&store(&setup, &["migrate"]), "failed to find the file");
}
