//! The served document is valid OpenAPI 3.1, and a client that an unchanged generator makes of it drives a whole case.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::daemon::{KEY, Setup};
use crate::tidy::root;
use crate::world::{bank, bank_code, customer, inquiry};

/// The key of the one who approves.
const APPROVER: &str = "another-long-random-text-of-the-tests";

/// A program of the virtual environment that `tests/run` makes.
fn tool(name: &str) -> PathBuf {
    let path = root().join("target/openapi-venv/bin").join(name);
    assert!(path.is_file(), "{} is missing: run ./tests/run, which makes it", path.display());
    path
}

/// Runs a tool in a folder to its good end.
async fn run(folder: &Path, name: &str, arguments: &[&str]) {
    // The generator looks for its formatter beside itself.
    let own = tool(name);
    let paths =
        format!("{}:{}", own.parent().expect("a folder").display(), std::env::var("PATH").expect("a path"));
    let mut command = Command::new(own);
    command.current_dir(folder).args(arguments).env("PATH", paths).env("PYTHONPATH", folder);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a task");
    let output = output.expect("it runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} {arguments:?}:\n{said}\n{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generated_client_drives_a_whole_case() {
    let script = json!({ "customers": [customer(&[("9990000000000000011", "600.00")])] });
    let digest = hex::encode(chakong::config::digest_of(APPROVER));
    let keys = format!(
        "[[keys]]\nname = \"approver\"\nroles = [\"officer\", \"approver\"]\nsha256 = \"{digest}\"\n"
    );
    let mut setup = Setup::new(&[bank("bank-1", &bank_code(1), script)], None, &keys);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let folder = setup.folder.path().join("client");
    std::fs::create_dir(&folder).expect("a folder");
    let put = |name: &str, value: &serde_json::Value| {
        std::fs::write(folder.join(name), value.to_string()).expect("a file")
    };
    put("openapi.json", &setup.get("/openapi.json").await);
    put("submission.json", &inquiry(Some("1000.00"), "propose"));
    run(&folder, "openapi-spec-validator", &["--schema", "3.1", "openapi.json"]).await;
    let made =
        ["--path", "openapi.json", "--output-path", "chakong_client", "--meta", "none", "--fail-on-warning"];
    run(&folder, "openapi-python-client", &[&["generate"], &made[..]].concat()).await;
    let drive = root().join("tests/it/openapi_client.py");
    let url = format!("http://127.0.0.1:{}", setup.port);
    let drive = drive.to_str().expect("a path");
    run(&folder, "python", &[drive, &url, KEY, APPROVER, "submission.json"]).await;
}
