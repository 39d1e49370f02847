//! A database whose disk is full: intake says so, nothing that was acknowledged is lost, and work goes on by itself.

use std::path::PathBuf;
use std::process::Command;

use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::{Duration, Instant};

use crate::daemon::Setup;
use crate::own_server::{OwnServer, keep_in};
use crate::world::{inquiry, of_another_case, realty};

/// A small disk of a server: a tablespace on a file system in memory. Of a server of its own: one whose disk is full makes no
/// checkpoint, which others would wait for.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let run = |program: &str, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).status();
            assert!(status.expect(program).success(), "{program}: root is needed");
        };
        let path = folder.path().to_str().expect("UTF-8");
        run("chmod", &["755", path]);
        run("mount", &["-t", "tmpfs", "-o", "size=40m,mode=755", "tmpfs", path]);
        let space = format!("{path}/space");
        run("mkdir", &["-m", "700", &space]);
        run("chown", &["postgres", &space]);
        Self(folder)
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_disk_is_full_stops_intake_with_503_and_it_resumes_by_itself() {
    let disk = SmallDisk::mount();
    let server = OwnServer::start();
    let space = format!("CREATE TABLESPACE small LOCATION '{}/space'", disk.0.path().display());
    server.administer(&space).await;
    server.administer("CREATE DATABASE small TABLESPACE small").await;
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    keep_in(&setup, &server.url().replace("/postgres\"", "/small\""));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let mut accepted = vec![setup.submit("before", &inquiry(None, "auto")).await];
    // To the last byte.
    let _ = std::fs::write(disk.filler(), vec![0_u8; 64 << 20]);
    let (mut number, problem) = (
        0,
        loop {
            // Pages that are there already take some; no legal document can be packed.
            let mut body = of_another_case(inquiry(None, "auto"));
            body["documents"][0]["content"] = json!(random_text());
            let key = format!("full-{}", accepted.len());
            match setup.try_submit(&key, &body).await.expect("it answers") {
                (status, view) if status.is_success() => {
                    accepted.push(view["id"].as_str().expect("an identifier").to_owned());
                }
                (status, problem) => {
                    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
                    break problem;
                }
            }
            assert!(accepted.len() < 60, "it is full");
        },
    );
    assert_eq!(problem["type"].as_str().map(|kind| kind.ends_with("store-full")), Some(true), "{problem}");
    for id in &accepted {
        setup.get(&format!("/v1/inquiries/{id}")).await;
    }
    std::fs::remove_file(disk.filler()).expect("removed");
    let started = Instant::now();
    loop {
        number += 1;
        let body = of_another_case(inquiry(None, "auto"));
        match setup.try_submit(&format!("again-{number}"), &body).await.expect("it answers") {
            (status, view) if status.is_success() => {
                accepted.push(view["id"].as_str().expect("an identifier").to_owned());
                break;
            }
            (status, problem) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}"),
        }
        assert!(started.elapsed() < Duration::from_secs(30), "intake does not resume:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for id in &accepted {
        let path = format!("/v1/inquiries/{id}");
        while setup.get(&path).await["state"] != "completed" {
            assert!(started.elapsed() < Duration::from_secs(60), "{id} stays open:\n{}", setup.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A megabyte in Base64 that cannot be packed.
fn random_text() -> String {
    use base64::Engine as _;
    let mut bytes = vec![0_u8; 1 << 20];
    rand::Rng::fill(&mut rand::rng(), bytes.as_mut_slice());
    bytes[..8].copy_from_slice(b"%PDF-1.7");
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
