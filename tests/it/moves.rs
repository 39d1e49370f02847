//! The store is moved while orders are in flight, and whatever is killed: one of the two is in charge, nothing is doubled, nothing is
//! lost. The banks' books are compared with the ledger.

mod broken;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::time::Instant;

use crate::daemon::{OPERATIONS_KEY, Setup};
use crate::kill::{Trial, collect, complete, over_parcels, over_the_postbox, submit_some};
use crate::own_server::{keep_in, without_url};
use crate::world::database::empty_database;
use crate::world::{inquiry, realty};

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The command `store`, with the key of the tests.
fn store(setup: &Setup, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("store").args(arguments).arg("--config").arg(setup.config()).stdin(Stdio::null());
    command.env("CHAKONG_URL", format!("http://127.0.0.1:{}", setup.port)).env("CHAKONG_KEY", OPERATIONS_KEY);
    command
}

async fn done(setup: &Setup, arguments: &[&str]) -> String {
    let mut command = store(setup, arguments);
    let output =
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}\n{}", said(&output), setup.log());
    said(&output)
}

fn url(address: &str) -> String {
    format!("url = \"{address}\"")
}

/// Where the embedded store of a test is.
fn file(setup: &Setup) -> std::path::PathBuf {
    setup.folder.path().join("data/chakong.sqlite")
}

/// Whether the embedded store says that it was moved.
fn is_moved(file: &Path) -> bool {
    let store = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let sql = "SELECT COUNT(*) FROM store_info WHERE key = 'moved'";
    store.expect("the old store").query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count") == 1
}

/// Takes a store away, as whoever looks after the folder does.
fn take_away(file: &Path) {
    std::fs::remove_file(file).expect("the old store");
    for beside in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(beside);
        let _ = std::fs::remove_file(name);
    }
}

/// The daemon is started and refused; what it says.
async fn refused(setup: &mut Setup) -> String {
    let before = setup.log().len();
    setup.spawn_daemon();
    assert_eq!(setup.wait_for_end().await, Some(78), "{}", setup.log());
    setup.log()[before..].to_owned()
}

async fn stopped(setup: &mut Setup) {
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_moved_to_a_database_while_the_gateway_is_stopped_and_back_again() {
    let mut setup = over_parcels();
    without_url(&setup);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let trial = Trial { kills: 0, inquiries: 6, orders: 100, caught: 0 };
    let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
    submit_some(&setup, &trial, &mut submitted, 3).await;
    collect(&setup, &mut seen).await;
    let address = empty_database();
    let busy = store(&setup, &["move", "--to", &address]).output().expect("it runs");
    assert!(!busy.status.success() && said(&busy).contains("another chakong works with"), "{}", said(&busy));
    stopped(&mut setup).await;
    let from = format!("sqlite:{}", setup.folder.path().join("data").display());
    let told = done(&setup, &["move", "--from", &from, "--to", &address]).await;
    assert!(told.contains("tables copied and compared") && told.contains("orders"), "{told}");
    assert!(done(&setup, &["move", "--from", &from, "--to", &address]).await.contains("moved before"));
    // The old one is refused and says where the new one is.
    let told = refused(&mut setup).await;
    let place = address.rsplit('@').next().expect("a place");
    assert!(told.contains("was moved to") && told.contains(place), "{told}");
    assert!(done(&setup, &["check"]).await.contains("which is in charge"));
    keep_in(&setup, &url(&address));
    assert!(done(&setup, &["check", "--thorough"]).await.contains("moved here from"));
    setup.start_daemon().await;
    submit_some(&setup, &trial, &mut submitted, 3).await;
    collect(&setup, &mut seen).await;
    stopped(&mut setup).await;
    // Back into the folder, from which the old store is taken away.
    let full = store(&setup, &["move", "--from", &address, "--to", &from]).output().expect("it runs");
    assert!(!full.status.success() && said(&full).contains("holds a store already"), "{}", said(&full));
    take_away(&file(&setup));
    done(&setup, &["move", "--from", &address, "--to", &from]).await;
    let told = refused(&mut setup).await;
    assert!(told.contains("was moved to"), "{told}");
    without_url(&setup);
    setup.start_daemon().await;
    complete(&setup, &trial, &mut submitted, &mut seen).await;
}

/// Callers are told to come again while the store is moved, and everybody goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_moves_its_store_while_it_runs_and_orders_in_flight_stay_in_flight() {
    for mut setup in [over_parcels(), over_the_postbox()] {
        without_url(&setup);
        setup.start_sandbox().await;
        setup.start_daemon().await;
        let trial = Trial { kills: 0, inquiries: 8, orders: 150, caught: 0 };
        let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
        submit_some(&setup, &trial, &mut submitted, 5).await;
        let body = json!({ "reason": "the province" });
        let (status, problem) =
            setup.try_call(Method::POST, "/v1/store/move", Some(&body)).await.expect("it answers");
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["detail"].as_str().expect("a detail").contains("has no [store] url"), "{problem}");
        keep_in(&setup, "url = \"postgres://a@127.0.0.1:1/b\"");
        let (status, problem) =
            setup.try_call(Method::POST, "/v1/store/move", Some(&body)).await.expect("it answers");
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        let address = empty_database();
        keep_in(&setup, &url(&address));
        let moving = {
            let mut command = store(&setup, &["move", "--live", "--reason", "the province"]);
            tokio::task::spawn_blocking(move || command.output().expect("it runs"))
        };
        // Nobody is turned away at the door: each call is answered, or told to come again.
        let (mut told_to_come_again, mut answered, mut cut) = (0, 0, 0);
        while !moving.is_finished() {
            match setup.try_call(Method::GET, "/readyz", None).await {
                Some((StatusCode::OK, _)) => answered += 1,
                Some((StatusCode::SERVICE_UNAVAILABLE, _)) => told_to_come_again += 1,
                Some((status, view)) => panic!("{status} {view}"),
                // A connection that was idle when a listener ended.
                None => cut += 1,
            }
        }
        assert!(cut <= 2, "{cut} calls were cut off");
        let output = moving.await.expect("it ends");
        assert!(output.status.success(), "{}\n{}", said(&output), setup.log());
        assert!(said(&output).contains("now"), "{}", said(&output));
        assert!(told_to_come_again > 0 && answered > 0, "{told_to_come_again} {answered}");
        assert!(is_moved(&file(&setup)));
        let view = setup.get("/v1/store").await;
        assert_eq!(
            (view["on_server"].as_bool(), view["last_move"]["failure"].is_null()),
            (Some(true), true),
            "{view}"
        );
        let acts = setup.get("/v1/acts?act=move_store").await.to_string();
        assert!(acts.contains("the province"), "it is on record, and came along: {acts}");
        complete(&setup, &trial, &mut submitted, &mut seen).await;
        // The file says where the store is: the next start needs nobody.
        stopped(&mut setup).await;
        setup.start_daemon().await;
    }
}

/// A move that cannot be done leaves the gateway on its store, at work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_fails_leaves_the_gateway_at_work_on_the_old_store() {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    without_url(&setup);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let first = setup.submit("first", &inquiry(None, "auto")).await;
    let address = empty_database();
    keep_in(&setup, &url(&address));
    // A table of that name is there, and is another.
    crate::world::database::run_in(&address, "CREATE TABLE chains (id BIGINT)");
    let mut command = store(&setup, &["move", "--live", "--reason", "the province"]);
    let output =
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("the store was not moved"), "{}", said(&output));
    assert!(!is_moved(&file(&setup)));
    let view = setup.get("/v1/store").await;
    assert_eq!(view["on_server"], false, "{view}");
    let started = Instant::now();
    while setup.get(&format!("/v1/inquiries/{first}")).await["state"] != "completed" {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How long a move takes here that nobody kills; the store is back in its folder afterwards.
async fn time_of_a_move(setup: &Setup, data: &str) -> Duration {
    let (address, began) = (empty_database(), Instant::now());
    done(setup, &["move", "--to", &address]).await;
    let whole = began.elapsed();
    take_away(&file(setup));
    done(setup, &["move", "--from", &address, "--to", data]).await;
    whole
}

/// Brings a move to its end that was killed before its switch.
async fn finish(setup: &mut Setup, address: &str) {
    // Where nothing of the move is there yet a start is refused; else it finishes the move.
    match setup.try_start_daemon().await {
        Ok(()) => assert!(is_moved(&file(setup)), "{}", setup.log()),
        Err(code) => assert_eq!(code, Some(78), "{}", setup.log()),
    }
    setup.kill_daemon();
    if !is_moved(&file(setup)) {
        without_url(setup);
        setup.start_daemon().await;
        setup.kill_daemon();
        keep_in(setup, &url(address));
        done(setup, &["move"]).await;
    }
}

/// `kill -9` at random moments of twenty moves, of the gateway that moves its own store and of the command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_a_move_is_killed_one_store_is_in_charge_and_nothing_is_doubled_or_lost() {
    const ROUNDS: u32 = 20;
    let mut setup = over_parcels();
    without_url(&setup);
    setup.start_sandbox().await;
    let mut chance = StdRng::seed_from_u64(20_261_130);
    let trial = Trial { kills: 0, inquiries: ROUNDS, orders: 300, caught: 0 };
    let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
    let (mut old_in_charge, mut new_in_charge) = (0, 0);
    let data = format!("sqlite:{}", setup.folder.path().join("data").display());
    setup.start_daemon().await;
    submit_some(&setup, &trial, &mut submitted, 1).await;
    setup.kill_daemon();
    let whole = time_of_a_move(&setup, &data).await;
    for round in 0..ROUNDS {
        setup.start_daemon().await;
        submit_some(&setup, &trial, &mut submitted, 1).await;
        collect(&setup, &mut seen).await;
        let address = empty_database();
        let lives = whole.mul_f64(chance.random_range(0.0..3.0));
        if round % 2 == 0 {
            keep_in(&setup, &url(&address));
            let body = json!({ "reason": "the province" });
            let asked =
                setup.try_call(Method::POST, "/v1/store/move", Some(&body)).await.expect("it answers");
            assert_eq!(asked.0, StatusCode::ACCEPTED, "{}", asked.1);
            tokio::time::sleep(lives).await;
            setup.kill_daemon();
        } else {
            setup.kill_daemon();
            keep_in(&setup, &url(&address));
            let mut moving = store(&setup, &["move"]).stdout(Stdio::null()).spawn().expect("it runs");
            tokio::time::sleep(lives).await;
            let _ = moving.kill();
            let _ = moving.wait();
        }
        if is_moved(&file(&setup)) {
            new_in_charge += 1;
            without_url(&setup);
            let told = refused(&mut setup).await;
            assert!(told.contains("was moved to"), "round {round}: {told}");
            keep_in(&setup, &url(&address));
        } else {
            old_in_charge += 1;
            finish(&mut setup, &address).await;
        }
        // On the new store everything goes on, and from there back into the folder for the next round.
        setup.start_daemon().await;
        collect(&setup, &mut seen).await;
        assert!(is_moved(&file(&setup)), "round {round}");
        setup.kill_daemon();
        take_away(&file(&setup));
        done(&setup, &["move", "--from", &address, "--to", &data]).await;
        without_url(&setup);
    }
    assert!(
        old_in_charge > 0 && new_in_charge > 0,
        "{old_in_charge} before the switch, {new_in_charge} behind it"
    );
    setup.start_daemon().await;
    complete(&setup, &trial, &mut submitted, &mut seen).await;
}
