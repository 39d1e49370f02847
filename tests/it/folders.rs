//! Parcels in folders of this machine: whatever else lies there hides nothing and holds nothing up.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chakong::config::{Problems, read_counterpart};
use chakong::lines::parcel::{Arrivals, Depot, open};
use chakong_contract::{Date, FaultKind};
use jiff::Timestamp;
use serde_json::json;

use crate::world::{World, bank, bank_code, customer, inquiry};

const DAY: Date = Date::constant(2026, 1, 5);

fn depot(folder: &Path) -> Arc<dyn Depot> {
    let text = format!(
        "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"{0}/out\"\nincoming = \"{0}/in\"\n\
         archive = \"{0}/done\"\n[settings]\nbank_code = \"E999H110000000007\"\n",
        folder.display()
    );
    let mut problems = Problems::default();
    let read = read_counterpart(Path::new("bank.toml"), &text, &chakong::app::plugins(), &mut problems);
    open(read.unwrap_or_else(|| panic!("{problems}")).line.parcel().expect("a parcel line"))
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

#[tokio::test]
async fn strangers_in_a_folder_hide_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let depot = depot(folder.path());
    depot.prepare().await.expect("prepared");
    let incoming = folder.path().join("in");
    std::fs::create_dir(incoming.join("a-folder.zip")).expect("a folder");
    pipe(&incoming.join("a-pipe.zip"));
    symlink("/etc/hostname", incoming.join("a-link.zip")).expect("a link");
    for at in 0..2500 {
        std::fs::write(incoming.join(format!("b{at:04}.txt")), "a stranger's").expect("a file");
    }
    let mut arrivals = Arrivals::default();
    let at = |second: i64| Timestamp::from_second(second).expect("a time");
    assert_eq!(arrivals.look(depot.as_ref(), at(0)).await.expect("looked"), []);
    // Nobody takes the strangers away. All of them are seen in turn, and none of what is no file.
    let mut seen = std::collections::BTreeSet::new();
    for second in 1..=3 {
        let arrived = arrivals.look(depot.as_ref(), at(second)).await.expect("looked");
        seen.extend(arrived.into_iter().map(|file| file.listed.name));
    }
    assert_eq!(seen.len(), 2500);
    assert!(seen.iter().all(|name| name.starts_with('b')), "files alone");
    std::fs::write(incoming.join("z.zip"), "ours").expect("a file");
    arrivals.look(depot.as_ref(), at(4)).await.expect("looked");
    let arrived = arrivals.look(depot.as_ref(), at(5)).await.expect("looked");
    assert_eq!(arrived[0].listed.name, "z.zip", "what is new goes first");
}

#[tokio::test]
async fn a_file_that_becomes_something_else_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let depot = depot(folder.path());
    depot.prepare().await.expect("prepared");
    let path = folder.path().join("in/a.zip");
    pipe(&path);
    let fetched = tokio::time::timeout(Duration::from_secs(10), depot.fetch("a.zip"));
    let fault = fetched.await.expect("nobody writes into it, and nobody waits").expect_err("a pipe");
    assert_eq!(fault.kind, FaultKind::Transient);
    std::fs::remove_file(&path).expect("removed");
    symlink("/etc/hostname", &path).expect("a link");
    assert!(depot.fetch("a.zip").await.is_err(), "a link is not followed");
}

#[tokio::test]
async fn what_lies_in_the_archive_keeps_nothing_from_being_put_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let depot = depot(folder.path());
    depot.prepare().await.expect("prepared");
    std::fs::create_dir_all(folder.path().join("done/20260105/a.zip/inside")).expect("folders");
    for (round, name) in ["a.zip.1", "a.zip.1"].into_iter().enumerate() {
        std::fs::write(folder.path().join("in/a.zip"), format!("round {round}")).expect("a file");
        let file = depot.list().await.expect("listed").remove(0);
        depot.put_away(&file, DAY).await.expect("put away");
        let kept =
            std::fs::read_to_string(folder.path().join("done/20260105").join(name)).expect("it is there");
        assert_eq!(kept, format!("round {round}"));
        assert!(!folder.path().join("in/a.zip").exists());
    }
}

#[tokio::test]
async fn a_thousand_files_that_cannot_be_read_do_not_delay_a_good_one() {
    let script = json!({ "customers": [customer(&[("9990000000000000011", "100.00")])] });
    let mut played = bank("bank-1", &bank_code(1), script);
    // A file without its end may wait for an hour.
    let parcels = tempfile::tempdir().expect("a folder");
    played.file.push_str(&format!(
        "[line]\nkind = \"parcel\"\noutgoing = \"{0}/out\"\nincoming = \"{0}/in\"\narchive = \"{0}/archive\"\n\
         poll = \"20ms\"\nhalf_file = \"1h\"\n",
        parcels.path().display()
    ));
    let incoming = parcels.path().join("in");
    std::fs::create_dir_all(&incoming).expect("a folder");
    for at in 0..600 {
        // By name all of them come first.
        std::fs::write(incoming.join(format!("AAHALF{at:04}.zip")), b"PK\x03\x04 half a package")
            .expect("a file");
        std::fs::write(incoming.join(format!("AABAD{at:04}.xml")), b"<nothing/>").expect("a file");
    }
    let world = World::start(vec![played]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    world.until_complete(submitted.id).await;
    let left = std::fs::read_dir(&incoming).expect("the folder").count();
    assert!(left >= 600, "the half files still wait: {left}");
    world.stop().await;
}
