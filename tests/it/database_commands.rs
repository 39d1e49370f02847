//! `chakong store` where the store is in a database: as on the embedded one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::json;

use crate::daemon::Setup;
use crate::own_server::keep_in;
use crate::world::database::{empty_database, number_at, run_in};
use crate::world::{inquiry, of_another_case, realty};

fn setup(address: &str) -> Setup {
    let setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    keep_in(&setup, &format!("url = \"{address}\""));
    setup
}

fn store(setup: &Setup, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("store").args(arguments).arg("--config").arg(setup.config()).stdin(Stdio::null());
    command.output().expect("it runs")
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

async fn inquiries(setup: &Setup) -> usize {
    setup.get("/v1/inquiries?limit=200").await["inquiries"].as_array().expect("a list").len()
}

/// Numbers of all results, as a consumer reads them that acknowledges nothing.
async fn numbers(setup: &Setup) -> Vec<i64> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = setup.get(&format!("/v1/results?consumer=case-system&after={after}&limit=500")).await;
        let events = page["events"].as_array().expect("events");
        let ids =
            events.iter().map(|event| event["id"].as_str().expect("an id").parse::<i64>().expect("a number"));
        found.extend(ids);
        after = page["next"].as_i64().expect("a number");
        if events.is_empty() {
            return found;
        }
    }
}

/// Acknowledges results; how many are left then.
async fn acknowledged(setup: &Setup, seq: i64) -> i64 {
    setup.post("/v1/results/ack", &json!({ "consumer": "case-system", "seq": seq })).await;
    setup.get("/v1/consumers").await["consumers"][0]["lag"].as_i64().expect("a lag")
}

async fn stopped(setup: &mut Setup) {
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
}

fn number_in(file: &Path, sql: &str) -> i64 {
    let rows = Connection::open(file).expect("the copy");
    rows.query_row(sql, [], |row| row.get(0)).expect("a number")
}

/// A copy that was made while thirty inquiries were submitted, and how many of them are in it.
async fn copied(setup: &Setup) -> (PathBuf, i64) {
    let file = setup.folder.path().join("copy.sqlite");
    let (config, into) = (setup.config(), file.clone());
    let copying = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
        command.args(["store", "backup", path(&into), "--config", path(&config)]).output().expect("it runs")
    });
    for number in 0..30 {
        setup.submit(&format!("meanwhile-{number}"), &of_another_case(inquiry(None, "auto"))).await;
    }
    done(&copying.await.expect("it ends"));
    let count = number_in(&file, "SELECT COUNT(*) FROM inquiries");
    (file, count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_a_database_is_made_while_the_gateway_writes_and_restored_into_it_or_into_a_folder() {
    let address = empty_database();
    let mut setup = setup(&address);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
    let (file, count) = copied(&setup).await;
    assert!((1..=31).contains(&count), "{count}");
    setup.submit("behind-the-copy", &of_another_case(inquiry(None, "auto"))).await;
    refused(&store(&setup, &["backup", path(&file)]), "is there already");
    refused(&store(&setup, &["restore", path(&file), "--replace"]), "another chakong works with");
    refused(&store(&setup, &["migrate"]), "another chakong works with");
    let looked = done(&store(&setup, &["check", "--thorough"]));
    assert!(looked.contains("inquiries      32") && looked.contains("bytes"), "{looked}");
    let read = numbers(&setup).await;
    let last = *read.last().expect("results");
    acknowledged(&setup, last).await;
    stopped(&mut setup).await;
    assert!(done(&store(&setup, &["migrate"])).contains("already"));
    refused(&store(&setup, &["restore", path(&file)]), "holds a store already");
    let told = done(&store(&setup, &["restore", path(&file), "--replace"]));
    let aside = told.lines().find_map(|line| line.strip_prefix("the store that was there is "));
    let aside = Connection::open(aside.expect("where it is kept")).expect("a store");
    let kept: i64 = aside.query_row("SELECT COUNT(*) FROM inquiries", [], |row| row.get(0)).expect("a count");
    assert_eq!(kept, 32, "what was there is kept whole");
    assert!(done(&store(&setup, &["check"])).contains("a backup that was made at"));
    setup.spawn_daemon();
    assert_eq!(setup.wait_for_end().await, Some(78), "{}", setup.log());
    assert!(setup.log().contains("start once with `chakong serve --restored`"), "{}", setup.log());
    setup.arguments = vec!["--restored".to_owned()];
    setup.start_daemon().await;
    assert_eq!(i64::try_from(inquiries(&setup).await).expect("few"), count);
    // Whoever has read more than the copy knows goes on; no number that was read means something else now.
    let left = acknowledged(&setup, last).await;
    assert!(left < 10_000, "numbers that were passed over are no lag: {left}");
    setup.submit("restored", &of_another_case(inquiry(None, "auto"))).await;
    let known = number_in(&file, "SELECT MAX(seq) FROM events");
    let now = numbers(&setup).await;
    assert!(now.iter().all(|seq| *seq <= known || *seq > last + 1_000_000), "{known} {last}: {now:?}");
    let behind = format!("/v1/results?consumer=case-system&after={last}&limit=1");
    assert_eq!(
        setup.get(&behind).await["events"].as_array().expect("events").len(),
        1,
        "what is new is read"
    );
    stopped(&mut setup).await;
    // Once was enough.
    setup.arguments.clear();
    setup.start_daemon().await;
    assert!(!done(&store(&setup, &["check"])).contains("a backup"));
    stopped(&mut setup).await;
    // The same file is a store of the other kind.
    keep_in(&setup, "");
    done(&store(&setup, &["restore", path(&file)]));
    assert!(done(&store(&setup, &["check", "--thorough"])).contains(&format!("inquiries      {count}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_newer_strange_or_damaged_in_a_database_is_told() {
    let address = empty_database();
    let mut setup = setup(&address);
    refused(&store(&setup, &["check"]), "there is no store of chakong");
    refused(&store(&setup, &["migrate"]), "there is no store of chakong");
    refused(&store(&setup, &["backup", "copy.sqlite"]), "there is no store of chakong");
    assert_eq!(
        number_at(&address, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'"),
        0
    );
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
    stopped(&mut setup).await;
    run_in(
        &address,
        "INSERT INTO events (seq, kind, inquiry, at) SELECT 1000000, kind, inquiry, at FROM events LIMIT 1",
    );
    refused(&store(&setup, &["check"]), "1 events have a number behind the head of the log");
    run_in(&address, "DELETE FROM events WHERE seq = 1000000");
    done(&store(&setup, &["check"]));
    run_in(&address, "INSERT INTO migrations VALUES (9000, '')");
    for words in [&["check"][..], &["migrate"], &["backup", "newer.sqlite"]] {
        refused(&store(&setup, words), "newer version");
    }
    let refused_at_start = async |setup: &mut Setup, words: &str| {
        let before = setup.log().len();
        setup.spawn_daemon();
        assert_eq!(setup.wait_for_end().await, Some(78), "it is not begun over and over: {}", setup.log());
        assert!(setup.log()[before..].contains(words), "{}", setup.log());
    };
    refused_at_start(&mut setup, "it was written by a newer version of chakong; install that version").await;
    run_in(
        &address,
        "DELETE FROM migrations WHERE number = 9000; UPDATE migrations SET checksum = '' WHERE number = 2",
    );
    refused_at_start(&mut setup, "migration 3 differs from the one that made this database").await;
    let strange = setup.folder.path().join("strange.sqlite");
    Connection::open(&strange).expect("a file").execute_batch("CREATE TABLE x (y)").expect("a table");
    refused(&store(&setup, &["restore", path(&strange), "--replace"]), "no store of chakong");
}

#[test]
fn a_server_that_cannot_be_reached_is_named_by_every_command_without_user_and_password() {
    let setup = setup("postgres://somebody@127.0.0.1:1/b");
    for words in [&["check"][..], &["migrate"], &["backup", "copy"]] {
        let output = store(&setup, words);
        refused(&output, "127.0.0.1:1/b");
        assert!(!said(&output).contains("somebody"), "{}", said(&output));
    }
}
