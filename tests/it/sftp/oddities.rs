//! Servers that behave as version 3 allows and few do: each is used as any other.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong::lines::leaving::MayLeave;
use chakong::lines::parcel::Depot;
use chakong_contract::{FaultKind, Message};

use super::odd::{Node, Odd, OddServer, TYPED, Wants};
use super::{DAY, depot, file_of, listed};
use crate::world::{Played, World, inquiry};

/// The ways to be odd, by name.
fn all() -> Vec<(&'static str, Odd)> {
    let odd = Odd::default;
    vec![
        ("as OpenSSH", odd()),
        ("a password as an answer alone", Odd { wants: Wants::Answer, ..odd() }),
        ("codes alone", Odd { bare_status: true, ..odd() }),
        ("handles that are bytes", Odd { byte_handles: true, ..odd() }),
        ("extended attributes", Odd { extended: true, ..odd() }),
        ("nine bits of the mode", Odd { mode: Some(0o777), ..odd() }),
        ("nine bits and no long names", Odd { mode: Some(0o777), long_names: false, ..odd() }),
        ("no mode at all", Odd { mode: None, ..odd() }),
        ("no types anywhere", Odd { mode: None, long_names: false, ..odd() }),
        ("no sizes in listings", Odd { sizes: false, ..odd() }),
        ("no LSTAT, no FSTAT", Odd { no_lstat: true, ..odd() }),
        ("neither LSTAT nor STAT", Odd { no_lstat: true, no_stat: true, absent: 4, exists: 4, ..odd() }),
        ("renaming over is not offered", Odd { renames_over: None, exists: 3, ..odd() }),
        ("renaming over is offered and fails", Odd { renames_over: Some(false), exists: 11, ..odd() }),
        ("what is there already is denied", Odd { renames_over: Some(false), exists: 3, ..odd() }),
        ("what is not there fails", Odd { renames_over: None, absent: 4, ..odd() }),
        ("reads of 999 bytes", Odd { most_read: 999, ..odd() }),
        ("an end of no names", Odd { no_names: true, ..odd() }),
        ("an end that is a failure", Odd { end: 4, most_read: 30_000, ..odd() }),
        ("an end of no bytes", Odd { empty_end: true, most_read: 30_000, ..odd() }),
        (
            "everything at once",
            Odd {
                bare_status: true,
                byte_handles: true,
                extended: true,
                mode: None,
                sizes: false,
                no_lstat: true,
                renames_over: None,
                exists: 11,
                absent: 4,
                most_read: 4096,
                ..odd()
            },
        ),
    ]
}

/// Bytes that tell one place from another.
fn content(length: u32) -> Vec<u8> {
    (0..length).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}

async fn story(depot: &dyn Depot, server: &OddServer) {
    depot.probe().await.expect("probed");
    for (round, length) in [(1, 0), (2, 70_000), (3, 300_001)] {
        let bytes = content(length);
        depot
            .hand_over(&[Message::new("CXQQ.zip", bytes.clone())], &MayLeave::always())
            .await
            .expect("handed over");
        assert_eq!(server.get("/out/CXQQ.zip"), Some(Node::File(bytes.clone())), "round {round}");
        server.put(b"/in/CXFK.zip", Node::File(bytes.clone()));
        server.put(b"/in/CXFK.zip.part", Node::File(bytes.clone()));
        let size = u64::from(length);
        assert_eq!(listed(depot).await, [("CXFK.zip".to_owned(), size)], "round {round}");
        assert!(depot.fetch("CXFK.zip").await.expect("fetched") == bytes, "round {round}");
        let file = depot.list().await.expect("listed").remove(0);
        depot.put_away(&file, DAY).await.expect("put away");
        assert_eq!(server.get("/in/CXFK.zip"), None);
        depot.put_away(&file, DAY).await.expect("gone already");
        assert_eq!(server.get("/done/20260105/CXFK.zip"), Some(Node::File(bytes)), "it stays in the archive");
    }
    let fault = depot.fetch("absent.zip").await.expect_err("absent");
    assert!(fault.detail.starts_with("/in: "), "{fault}");
    server.put(b"/in/large.zip", Node::File(vec![1; (1 << 20) + 1]));
    assert_eq!(depot.fetch("large.zip").await.expect_err("too large").kind, FaultKind::Malformed);
    server.put(b"/in/large.zip", Node::File(vec![1; 1 << 20]));
    assert_eq!(depot.fetch("large.zip").await.expect("just fits").len(), 1 << 20);
    assert!(server.get("/out/.CXQQ.zip.tmp").is_none(), "nothing is left aside");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_odd_server_is_used_as_any_other() {
    for (name, odd) in all() {
        println!("{name}");
        let server = OddServer::start(odd).await;
        let depot = depot(&server.line());
        story(depot.as_ref(), &server).await;
        assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{name}: one session serves for all of it");
        depot.tidy(DAY).await.expect("kept");
        depot.tidy(chakong_contract::Date::constant(2026, 1, 6)).await.expect("tidied");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_two_proofs_is_shown_both_and_one_that_asks_for_more_is_told() {
    for (wants, alone) in [
        (Wants::KeyAndPassword, "does not accept the password; it takes publickey"),
        (Wants::PasswordAndKey, "accepts the password and asks for more: publickey"),
    ] {
        let server = OddServer::start(Odd { wants, ..Odd::default() }).await;
        let both = depot(&server.line_with_key());
        both.probe().await.expect("let in");
        assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{wants:?}");
        let fault = depot(&server.line()).probe().await.expect_err("one is missing");
        assert_eq!(fault.kind, FaultKind::Unauthorised, "{fault}");
        assert!(fault.detail.contains(alone), "{fault}");
    }
    let server = OddServer::start(Odd { wants: Wants::AnswerAndCode, ..Odd::default() }).await;
    let fault = depot(&server.line()).probe().await.expect_err("nobody knows the code");
    assert!(
        fault.kind == FaultKind::Unauthorised && fault.detail.contains("more than a password"),
        "{fault}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_answer_is_a_password_that_is_not_accepted() {
    let server = OddServer::start(Odd { wants: Wants::Answer, ..Odd::default() }).await;
    server.set_password("another");
    let fault = depot(&server.line()).probe().await.expect_err("refused");
    assert_eq!(fault.kind, FaultKind::Unauthorised, "{fault}");
    assert!(fault.detail.contains("does not accept the password"), "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_a_folder_hides_a_file() {
    for mode in [TYPED, None] {
        let server = OddServer::start(Odd { mode, long_names: mode.is_none(), ..Odd::default() }).await;
        let depot = depot(&server.line());
        for at in 0..1500 {
            server.put(format!("/in/a{at:04}.txt").as_bytes(), Node::File(b"a stranger's".to_vec()));
        }
        server.put(b"/in/CXFK-folder.zip", Node::Folder);
        server.put(b"/in/CXFK-link.zip", Node::Link);
        server.put(b"/in/CXFK-\xb2\xe9.zip", Node::File(Vec::new()));
        server.put(b"/in/out\\CXFK.zip", Node::File(Vec::new()));
        server.put(b"/in/CXFK-\xb2\xe9", Node::Folder);
        server.put(b"/in/CXFK-\xb2\xe9.zip.part", Node::File(Vec::new()));
        server.put(b"/in/CXFK.zip", Node::File(b"ours".to_vec()));
        let names = listed(depot.as_ref()).await;
        assert_eq!(names.len(), 1501, "files alone");
        assert_eq!(depot.unnamed(), 2, "files that nobody reads are counted");
        assert_eq!(names[0], ("CXFK.zip".to_owned(), 4));
        // A folder that has the archive's name for it does not keep it from being put away.
        server.put(b"/done", Node::Folder);
        server.put(b"/done/20260105", Node::Folder);
        server.put(b"/done/20260105/CXFK.zip", Node::Folder);
        let files = depot.list().await.expect("listed");
        let file = files.iter().find(|file| file.name == "CXFK.zip").expect("it is there");
        depot.put_away(file, DAY).await.expect("put away");
        assert_eq!(server.get("/done/20260105/CXFK.zip.1"), Some(Node::File(b"ours".to_vec())));
        assert_eq!(server.get("/in/CXFK.zip"), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_written_anew_stays_until_it_was_read() {
    let server = OddServer::start(Odd { sizes: false, ..Odd::default() }).await;
    let depot = depot(&server.line());
    server.put(b"/in/CXFK.zip", Node::File(b"first".to_vec()));
    let file = depot.list().await.expect("listed").remove(0);
    server.put(b"/in/CXFK.zip", Node::File(b"second one".to_vec()));
    depot.put_away(&file, DAY).await.expect("left alone");
    assert_eq!(server.get("/in/CXFK.zip"), Some(Node::File(b"second one".to_vec())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_the_server_dropped_while_it_was_idle_costs_nothing() {
    let idle = Duration::from_millis(200);
    let server = OddServer::start(Odd { idle: Some(idle), ..Odd::default() }).await;
    let depot = depot(&server.line());
    for round in 1..=3 {
        depot
            .hand_over(&[Message::new("CXQQ.zip", content(9))], &MayLeave::always())
            .await
            .expect("handed over");
        assert_eq!(server.connections.load(Ordering::SeqCst), round);
        tokio::time::sleep(idle * 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_server_may_send_ends_the_session_and_is_told() {
    let handle = |length: u32| [&[102][..], &length.to_be_bytes()].concat();
    for (packet, words) in [
        (handle(9), "cut short"),
        ([handle(5000), vec![0; 5000]].concat(), "too long"),
        (vec![99], "unknown kind"),
        (vec![101, 0, 0, 0, 0], "another kind"),
    ] {
        let server = OddServer::start(Odd { instead_of_handle: Some(packet), ..Odd::default() }).await;
        let depot = depot(&server.line());
        let fault = depot
            .hand_over(&[Message::new("CXQQ.zip", content(9))], &MayLeave::always())
            .await
            .expect_err(words);
        assert_eq!(fault.kind, FaultKind::Transient, "{fault}");
        assert!(fault.detail.contains(words), "{fault}");
        assert!(depot.list().await.is_ok(), "a new session");
        assert_eq!(server.connections.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_reached_is_told_with_address_and_cause() {
    let server = OddServer::start(Odd::default()).await;
    let closed = crate::world::reserved_port();
    let line = server.line();
    let refused = line.replace(&format!("port = {}", server.port), &format!("port = {closed}"));
    let fault = depot(&refused).probe().await.expect_err("nobody listens");
    assert!(fault.detail.contains(&format!("127.0.0.1:{closed}")), "{fault}");
    assert!(fault.detail.contains("refused"), "{fault}");
    let unknown = line.replace("\"127.0.0.1\"", "\"no-such-host.invalid\"");
    let fault = depot(&unknown).probe().await.expect_err("no such name");
    assert!(
        fault.detail.contains("no-such-host.invalid") && fault.detail.contains("name is not found"),
        "{fault}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_leaves_and_its_answer_is_looked_for_on_the_oddest_server() {
    let (_, odd) = all().pop().expect("the last");
    let server = OddServer::start(odd).await;
    let line = server.line().replace("poll = \"20ms\"", "poll = \"20ms\"\nhalf_file = \"100ms\"");
    let bank = Played { name: "bank-1", file: file_of(1, &line), script: serde_json::Value::Null };
    let world = World::start(vec![bank]).await;
    world.submit(&inquiry(None, "auto")).await;
    let sent = |tree: &OddServer| {
        tree.tree.lock().expect("the tree").keys().any(|path| path.starts_with(b"/out/CXQQ"))
    };
    world.until("the package is there", async |_| sent(&server)).await;
    server.put(b"/in/no-package.zip", Node::File(b"nothing of ours".to_vec()));
    world
        .until("what lies there is read and put away", async |_| server.get("/in/no-package.zip").is_none())
        .await;
    world.stop().await;
}
