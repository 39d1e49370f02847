//! A message that kills the process while it is read: everything else goes before it at the next start, and it is set aside at the one
//! after. The process is the program itself, and its death is a SIGKILL while the message is under way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::{bank, bank_code, customer, inquiry};

/// Longest that anything may take here.
const PATIENCE: Duration = Duration::from_secs(60);
/// By name it comes before every other.
const BAD: &str = "AABAD.xml";

/// How often the process died while each message was read that has a mark, as the marks beside the store say.
fn marks(setup: &Setup) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(setup.folder.path().join("data/reading")) else { return Vec::new() };
    let read = |path: PathBuf| std::fs::read_to_string(path).ok().filter(|count| !count.is_empty());
    entries.filter_map(|entry| read(entry.ok()?.path())).collect()
}

/// Kills the daemon while it reads something, with this many deaths written down.
async fn dies_while_reading(setup: &mut Setup, deaths: &str) {
    let began = Instant::now();
    let is_reading = |setup: &Setup| marks(setup).iter().any(|count| count == deaths);
    while !is_reading(setup) {
        assert!(began.elapsed() < PATIENCE, "nothing is read for the {deaths}. time:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    setup.kill_daemon();
    assert!(is_reading(setup), "it was read before the process could be killed: the message must be larger");
}

fn lies_in(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_the_process_dies_of_twice_is_set_aside_and_told_and_holds_up_no_other() {
    let script = json!({ "customers": [customer(&[("9990000000000000011", "100.00")])] });
    let mut setup = Setup::new(&[bank("bank-1", &bank_code(1), script)], None, "");
    setup.start_sandbox().await;
    let folder = setup.folder.path().join("parcels/bank-1/in");
    std::fs::create_dir_all(&folder).expect("a folder");
    // Large enough that its reading takes long enough to be seen.
    let text = format!("<nothing>{}</nothing>", "<a b='c'>text</a>".repeat(1 << 20));
    std::fs::write(folder.join(BAD), text).expect("a file");
    setup.spawn_daemon();
    dies_while_reading(&mut setup, "1").await;

    std::fs::write(folder.join("ZZOTHER.xml"), "<nothing/>").expect("a file");
    setup.spawn_daemon();
    dies_while_reading(&mut setup, "2").await;
    assert!(lies_in(&folder, BAD), "nobody has read it");
    assert!(!lies_in(&folder, "ZZOTHER.xml"), "everything else goes first:\n{}", setup.log());

    setup.start_daemon().await;
    let began = Instant::now();
    while lies_in(&folder, BAD) {
        assert!(began.elapsed() < PATIENCE, "it is not set aside:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let told = setup.get("/v1/acts?act=set_aside").await;
    assert_eq!(told["acts"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(
        (&told["acts"][0]["subject"], &told["acts"][0]["detail"]["what"]),
        (&json!("bank-1"), &json!(BAD))
    );
    assert!(setup.log().contains("a message was set aside"), "{}", setup.log());
    let health = setup.get("/v1/counterparts/bank-1").await;
    assert!(health.to_string().contains("died twice"), "{health}");
    let days = std::fs::read_dir(setup.folder.path().join("parcels/bank-1/archive")).expect("the archive");
    let kept = days.filter(|day| lies_in(&day.as_ref().expect("a day").path(), BAD));
    assert_eq!(kept.count(), 1, "it is kept for whoever looks into it");
    assert!(marks(&setup).is_empty());
    let id = setup.submit("after", &inquiry(None, "auto")).await;
    until(&setup, &id, "the bank answers", |view| answered(view, 1)).await;
}
