//! The parcel line over SFTP, against OpenSSH.

mod odd;
mod oddities;
pub mod server;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chakong::app::plugins;
use chakong::config::{ParcelConfig, Problems, read_counterpart};
use chakong::lines::leaving::MayLeave;
use chakong::lines::parcel::{Depot, Listed, open};
use chakong_contract::{Date, FaultKind, Message};
use rust_decimal::Decimal;
use serde_json::json;

use crate::world::{Played, World, bank_code, customer, inquiry};
use server::{Cutting, PASSWORD, PasswordServer, Sshd, make_key};

const DAY: Date = Date::constant(2026, 1, 5);

fn file_of(number: u32, line: &str) -> String {
    format!("connector = \"court-bank\"\n[settings]\nbank_code = \"{}\"\n{line}", bank_code(number))
}

fn bank(name: &'static str, number: u32, line: &str, script: serde_json::Value) -> Played {
    Played { name, file: file_of(number, line), script }
}

fn read(text: &str) -> Result<ParcelConfig, Problems> {
    let mut problems = Problems::default();
    let read = read_counterpart(Path::new("bank.toml"), text, &plugins(), &mut problems);
    let config = read.as_ref().and_then(|read| read.line.parcel()).filter(|_| problems.is_empty()).cloned();
    config.ok_or(problems)
}

fn depot(line: &str) -> Arc<dyn Depot> {
    let config = read(&file_of(1, line)).unwrap_or_else(|problems| panic!("{problems}"));
    open(&config)
}

async fn listed(depot: &dyn Depot) -> Vec<(String, u64)> {
    let mut listed: Vec<_> =
        depot.list().await.expect("listed").into_iter().map(|file| (file.name, file.size)).collect();
    listed.sort();
    listed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_is_answered_and_frozen_over_sftp() {
    let (sshd, other) = (Sshd::start(), Sshd::start());
    let world = World::start(vec![
        bank(
            "bank-1",
            1,
            &sshd.line(sshd.port),
            json!({ "customers": [customer(&[("9990000000000000011", "600.00")])] }),
        ),
        bank(
            "bank-2",
            2,
            &other.line(other.port),
            json!({ "customers": [customer(&[("9990000000000000037", "500.00")])],
            "faults": [{ "do": "half_file", "on": "query", "first": 1, "after_ms": 500 }] }),
        ),
    ])
    .await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    let held: Decimal = measures.iter().map(|measure| measure.held).sum();
    assert_eq!(held, Decimal::new(100_000, 2), "{measures:#?}");
    for (name, books) in world.hosted.books() {
        assert_eq!(books.duplicates, 0, "{name}");
        assert!(books.controls.iter().all(|control| control.executed == 1), "{name}: {books:?}");
    }
    // Half a file was left until it was whole: nobody complained about it.
    let health = world.board.get("bank-2").expect("its lane").view(Default::default());
    assert_eq!((health.problems, health.last_fault), (0, None));
    world.stop().await;
    for server in [&sshd, &other] {
        let days = server.names("archive");
        assert_eq!(days.len(), 1, "{days:?}");
        let archived = server.names(&format!("archive/{}", days[0]));
        let kinds: Vec<&str> = archived.iter().map(|name| &name[..4]).collect();
        assert_eq!(kinds, ["CXFK", "KZFK"], "{archived:?}");
        assert_eq!((server.names("in"), server.names("out")), (Vec::<String>::new(), Vec::new()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_off_in_the_middle_is_made_again_and_nothing_is_lost() {
    let sshd = Sshd::start();
    let cutting = Cutting::start(sshd.port, 6, 200 << 10).await;
    let script = json!({ "customers": [customer(&[("9990000000000000011", "600.00")])] });
    let line = format!(
        "{}[breaker]\nfailures = 100\n[retry.control]\ninitial = \"20ms\"\nlongest = \"100ms\"\n",
        sshd.line(cutting.port)
    );
    let world = World::start(vec![bank("bank-1", 1, &line, script)]).await;
    // A notice that does not shrink, so that a package does not pass before the cut.
    let mut body = inquiry(Some("600.00"), "auto");
    let words = (0..1_u32 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).rotate_left(7).to_le_bytes());
    let noise: Vec<u8> = b"%PDF-1.7".iter().copied().chain(words).collect();
    for document in body["documents"].as_array_mut().expect("documents") {
        document["content"] =
            json!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &noise));
    }
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    assert_eq!(measures[0].held, Decimal::new(60_000, 2), "{measures:#?}");
    assert_eq!(cutting.cut.load(Ordering::SeqCst), 6, "connections were cut");
    let books = &world.hosted.books()["bank-1"];
    assert_eq!((books.duplicates, books.queries, books.controls.len()), (0, 1, 1), "{books:?}");
    world.stop().await;
    assert!(sshd.names("out").is_empty(), "nothing is left half written: {:?}", sshd.names("out"));
}

#[tokio::test]
async fn a_server_with_another_key_is_told_nothing() {
    let sshd = Sshd::start();
    let wrong = make_key(&sshd.path("other_key"));
    let line = sshd.line_with(sshd.port, &wrong, "key_file", &sshd.path("user_key"));
    let fault = depot(&line).probe().await.expect_err("another key");
    assert_eq!(fault.kind, FaultKind::Misconfigured);
    assert!(fault.detail.contains("SHA256:") && fault.detail.contains("`host_keys`"), "{fault}");
    // The engine says so and keeps the order; with the right key it leaves.
    let world = World::start(vec![bank("bank-1", 1, &line, serde_json::Value::Null)]).await;
    world.submit(&inquiry(None, "auto")).await;
    world
        .until("the fault is shown", async |world| {
            let health = world.board.get("bank-1").expect("its lane").view(Default::default());
            health.last_fault.is_some_and(|fault| fault.contains("SHA256:"))
        })
        .await;
    assert!(sshd.names("out").is_empty());
    let path = world.folder.path().join("counterparts/bank-1.toml");
    std::fs::write(path, file_of(1, &sshd.line(sshd.port))).expect("the counterpart's file");
    world.until("the package is there", async |_| sshd.names("out").len() == 1).await;
    world.stop().await;
}

#[tokio::test]
async fn a_server_is_known_by_ecdsa_too_but_not_by_rsa_alone() {
    let sshd = Sshd::start_with("ecdsa");
    depot(&sshd.line(sshd.port)).probe().await.expect("a key of another kind");
    let old = Sshd::start_with("rsa");
    let wanted = make_key(&old.path("other_key"));
    let line = old.line_with(old.port, &wanted, "key_file", &old.path("user_key"));
    let fault = depot(&line).probe().await.expect_err("no key in common");
    assert_eq!(fault.kind, FaultKind::Misconfigured, "{fault}");
    assert!(fault.detail.contains("`host_keys`"), "{fault}");
}

#[tokio::test]
async fn a_password_or_a_key_that_is_not_taken_is_said_to_be_so() {
    let sshd = Sshd::start();
    let host_key = std::fs::read_to_string(sshd.path("host_key.pub")).expect("a key").trim().to_owned();
    make_key(&sshd.path("stranger"));
    std::fs::write(sshd.path("password"), "wrong").expect("a file");
    for (login, secret) in [("key_file", "stranger"), ("password", "password")] {
        let line = sshd.line_with(sshd.port, &host_key, login, &sshd.path(secret));
        let depot = depot(&line);
        let fault = depot.list().await.expect_err("refused");
        assert_eq!(fault.kind, FaultKind::Unauthorised, "{fault}");
        // It is not tried again at once: the server might lock us out.
        let began = std::time::Instant::now();
        assert_eq!(depot.list().await.expect_err("refused still"), fault);
        assert!(began.elapsed() < std::time::Duration::from_millis(20), "{:?}", began.elapsed());
        assert!(fault.detail.contains("publickey"), "it says what is taken: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_depot_replaces_archives_and_tidies_alike() {
    let sshd = Sshd::start();
    let server = PasswordServer::start().await;
    std::fs::write(sshd.path("password"), format!("{PASSWORD}\n")).expect("a file");
    let by_password = sshd.line_with(server.port, &server.host_key, "password", &sshd.path("password"));
    let by_key = sshd.line(sshd.port);
    let in_directories = by_key.split("[line.sftp]").next().expect("a line").to_owned();
    for line in [in_directories, by_key, by_password] {
        let depot = depot(&line);
        depot.probe().await.expect("probed");
        for content in ["first", "second one"] {
            let files = [Message::new("CXQQ.zip", content.as_bytes()), Message::new("KZQQ.zip", Vec::new())];
            depot.hand_over(&files, &MayLeave::always()).await.expect("handed over");
            assert_eq!(sshd.names("out"), ["CXQQ.zip", "KZQQ.zip"]);
            assert_eq!(std::fs::read_to_string(sshd.path("out/CXQQ.zip")).expect("the file"), content);
            for (name, bytes) in [("a.zip", content), ("b.zip.part", "x"), (".c.zip", "x")] {
                std::fs::write(sshd.path("in").join(name), bytes).expect("a file");
            }
            let size = u64::try_from(content.len()).expect("a size");
            assert_eq!(listed(depot.as_ref()).await, [("a.zip".to_owned(), size)]);
            assert_eq!(depot.fetch("a.zip").await.expect("fetched"), content.as_bytes());
            let file = depot.list().await.expect("listed").remove(0);
            let before = Listed { size: size + 1, ..file.clone() };
            depot.put_away(&before, DAY).await.expect("it is another by now");
            assert!(sshd.names("in").contains(&"a.zip".to_owned()), "what was not read stays");
            depot.put_away(&file, DAY).await.expect("put away");
            depot.put_away(&file, DAY).await.expect("gone already");
            assert_eq!(sshd.names("archive/20260105"), ["a.zip"]);
        }
        assert_eq!(depot.tidy(DAY).await.expect("kept"), 0);
        assert_eq!(sshd.names("archive"), ["20260105"]);
        assert_eq!(depot.tidy(Date::constant(2026, 1, 6)).await.expect("tidied"), 1);
        assert!(sshd.names("archive").is_empty());
        let bad = depot
            .hand_over(&[Message::new("../x", Vec::new())], &MayLeave::always())
            .await
            .expect_err("a path");
        assert_eq!(bad.kind, FaultKind::Unsupported);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_files_pass_whole_and_too_large_ones_are_not_read() {
    let sshd = Sshd::start();
    let depot =
        depot(&sshd.line(sshd.port).replace("poll = \"20ms\"", "poll = \"20ms\"\nlargest_file_mib = 6"));
    let bytes: Vec<u8> = (0..5_u32 << 18).flat_map(|n| n.to_le_bytes()).chain([7; 13]).collect();
    let (file, again) = (Message::new("x.zip", bytes.clone()), Message::new("y.zip", bytes.clone()));
    // Several at once share the connection.
    let (one, two) = ([file], [again]);
    let always = MayLeave::always();
    let (first, second) = tokio::join!(depot.hand_over(&one, &always), depot.hand_over(&two, &always));
    first.and(second).expect("handed over");
    for name in ["x.zip", "y.zip"] {
        std::fs::rename(sshd.path("out").join(name), sshd.path("in").join(name)).expect("moved");
        assert!(depot.fetch(name).await.expect("fetched") == bytes, "{name}");
    }
    std::fs::write(sshd.path("in/z.zip"), vec![0; (6 << 20) + 1]).expect("a file");
    let fault = depot.fetch("z.zip").await.expect_err("too large");
    assert_eq!(fault.kind, FaultKind::Malformed);
    let fault = depot.fetch("absent.zip").await.expect_err("absent");
    assert_eq!(fault.kind, FaultKind::Misconfigured);
    std::fs::remove_dir_all(sshd.path("in")).expect("removed");
    assert_eq!(depot.probe().await.expect_err("no folder").kind, FaultKind::Misconfigured);
}

#[test]
fn what_is_missing_or_wrong_in_the_file_is_said_with_what_to_do() {
    let said = |server: &str| {
        let line = format!(
            "[line]\nkind = \"parcel\"\noutgoing = \"out\"\nincoming = \"in\"\n[line.sftp]\n{server}"
        );
        read(&file_of(1, &line)).expect_err("problems").to_string()
    };
    let nothing = said("");
    for part in
        ["`line.sftp.host`", "`line.sftp.user`", "`line.sftp.host_keys`", "give `password` or `key_file`"]
    {
        assert!(nothing.contains(part), "{part}\n{nothing}");
    }
    let pin = said(
        "host = \"sftp.example.cn\"\nport = 2222\nuser = \"court\"\nkey_file = \"absent\"\nhost_keys = [\"AAAA\"]\n",
    );
    assert!(pin.contains("ssh-keyscan -t ed25519,ecdsa -p 2222 sftp.example.cn"), "{pin}");
    assert!(pin.contains("`line.sftp.key_file`"), "{pin}");
    let folder = tempfile::tempdir().expect("a folder");
    let rsa = folder.path().join("rsa");
    let made =
        std::process::Command::new("ssh-keygen").args(["-q", "-t", "rsa", "-N", "", "-f"]).arg(&rsa).status();
    assert!(made.expect("ssh-keygen").success());
    let public = std::fs::read_to_string(folder.path().join("rsa.pub")).expect("a key");
    let old = said(&format!(
        "host = \"h\"\nuser = \"u\"\nhost_keys = [\"{}\"]\nkey_file = \"{}\"\n",
        public.trim(),
        rsa.display()
    ));
    assert_eq!(old.matches("RSA and DSA keys are not supported").count(), 2, "{old}");
}
