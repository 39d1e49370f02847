//! `chakong people`, and signing in to the daemon with what it made.

use std::process::{Command, Output};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::world::realty;

fn people(setup: &Setup, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("people").args(arguments).arg("--config").arg(setup.config()).output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn add<'a>(number: &'a str, role: &'a str) -> [&'a str; 9] {
    ["add", "--name", "张测试", "--number", number, "--role", role, "--reason", "首任"]
}

fn initial(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
    let said = said(output);
    said.trim().rsplit(' ').next().expect("a password").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_security_administrator_is_made_by_the_command_line_and_signs_in() {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    let password = initial(&people(&setup, &add("gh001", "security_administrator")));
    let mixed = people(&setup, &[&add("gh002", "auditor")[..], &["--role", "officer"]].concat());
    assert_eq!(mixed.status.code(), Some(65), "{}", said(&mixed));
    let strange = people(&setup, &add("gh002", "root"));
    assert!(
        strange.status.code() == Some(65) && said(&strange).contains("security_administrator"),
        "{}",
        said(&strange)
    );
    let again = people(&setup, &add("gh001", "auditor"));
    assert!(said(&again).contains("/number"), "{}", said(&again));
    let list = said(&people(&setup, &["list"]));
    assert!(list.contains("gh001\t张测试\tsecurity_administrator\t*"), "{list}");
    let last = people(&setup, &["disable", "gh001", "--reason", "离职"]);
    assert_eq!(last.status.code(), Some(65), "the last one stays: {}", said(&last));
    let password_now = initial(&people(&setup, &["reset", "gh001", "--reason", "遗失"]));
    assert_ne!(password, password_now);

    setup.start_daemon().await;
    let running = people(&setup, &["list"]);
    assert_eq!(running.status.code(), Some(1), "not while the gateway runs: {}", said(&running));
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://127.0.0.1:{}", setup.port);
    let sign_in = async |password: &str| {
        let body = json!({ "number": "gh001", "password": password });
        client.post(format!("{url}/v1/sessions")).json(&body).send().await.expect("the daemon answers")
    };
    assert_eq!(sign_in(&password).await.status(), StatusCode::UNAUTHORIZED, "the one before the reset");
    let begun = sign_in(&password_now).await;
    assert_eq!(begun.status(), StatusCode::CREATED);
    let cookie =
        begun.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("one").to_owned();
    let begun: Value = begun.json().await.expect("JSON");
    assert_eq!(begun["pending"], "change_password");
    let change = json!({ "old": password_now, "new": "correct horse battery" });
    let changed = client
        .post(format!("{url}/v1/me/password"))
        .header("cookie", &cookie)
        .header("origin", &url)
        .header("x-csrf-token", begun["csrf"].as_str().expect("a token"))
        .json(&change)
        .send()
        .await
        .expect("the daemon answers");
    assert_eq!(changed.status(), StatusCode::OK);
    let changed: Value = changed.json().await.expect("JSON");
    assert_eq!(changed["pending"], "set_up_second_factor", "of a security administrator");
    let log = setup.log();
    assert!(!log.contains(&password_now) && !log.contains("gh001"), "nothing of it is in the log: {log}");
}
