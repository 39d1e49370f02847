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

fn keys(setup: &Setup, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("keys").args(arguments).arg("--config").arg(setup.config()).output().expect("it runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_persons_are_kept_by_the_command_line() {
    let mut setup = Setup::new(&[], None, "");
    let added = [&add("gh007", "officer")[..], &["--without-password"]].concat();
    let added = people(&setup, &added);
    assert!(added.status.success() && said(&added).contains("无密码"), "{}", said(&added));
    let change = ["change", "gh007", "--court", "T10", "--phone", "0357-0000000", "--reason", "调动"];
    assert!(people(&setup, &change).status.success());
    assert!(people(&setup, &["disable", "gh007", "--reason", "休假"]).status.success());
    assert!(said(&people(&setup, &["list"])).contains("gh007\t张测试\tofficer\tT10\t停用 disabled"));
    assert!(people(&setup, &["enable", "gh007", "--reason", "返岗"]).status.success());
    let none = people(&setup, &["enable", "gh008", "--reason", "返岗"]);
    assert_eq!(none.status.code(), Some(65), "{}", said(&none));
    for taken in ["tests", "Tests-Operations", "command line", "GH007", "gh0\u{200b}08"] {
        let refused = people(&setup, &add(taken, "officer"));
        assert!(said(&refused).contains("/number"), "{taken:?}: {}", said(&refused));
    }

    let of_system =
        ["make", "--name", "case-2", "--role", "case_system", "--consumer", "courts", "--reason", "对接"];
    let secret = initial(&keys(&setup, &of_system));
    let of_person: Vec<&str> =
        "make --name own --person gh007 --role officer --until 2099-12-31 --reason 脚本".split(' ').collect();
    let own = initial(&keys(&setup, &of_person));
    for (wrong, why) in [
        (&["make", "--name", "case-2", "--role", "case_system", "--reason", "对接"][..], "/name"),
        (&["make", "--name", "tests", "--role", "case_system", "--reason", "对接"], "configuration"),
        (&["make", "--name", "x", "--role", "officer", "--consumer", "c", "--reason", "对接"], "/consumer"),
        (&["make", "--name", "x", "--role", "root", "--reason", "对接"], "is not a role"),
        (&["make", "--name", "x", "--role", "approver", "--reason", "对接"], "/roles"),
        (&["make", "--name", "GH007", "--role", "case_system", "--reason", "对接"], "/name"),
        (
            &["make", "--name", "x", "--role", "officer", "--until", "2020-01-01", "--reason", "对接"],
            "/expires_at",
        ),
        (&["revoke", "nothing", "--reason", "对接"], "no key"),
    ] {
        let refused = keys(&setup, wrong);
        assert_eq!(refused.status.code(), Some(65), "{wrong:?}: {}", said(&refused));
        assert!(said(&refused).contains(why), "{wrong:?}: {}", said(&refused));
    }
    let gone = ["make", "--name", "gone", "--role", "case_system", "--reason", "对接"];
    let gone = initial(&keys(&setup, &gone));
    assert!(keys(&setup, &["revoke", "gone", "--reason", "停用"]).status.success());
    let listed = said(&keys(&setup, &["list"]));
    assert!(listed.contains("case-2\t\tcase_system\t*\tcourts\t\t有效 valid"), "{listed}");
    assert!(listed.contains("own\tgh007\tofficer\t*\t\t2099-12-31T16:00:00Z\t有效 valid"), "{listed}");
    assert!(!listed.contains(&secret) && listed.contains("无效 over"), "{listed}");

    setup.start_daemon().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let me = async |key: &str| {
        let url = format!("http://127.0.0.1:{}/v1/me", setup.port);
        let answer = client.get(url).bearer_auth(key).send().await.expect("the daemon answers");
        (answer.status(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(me(&secret).await.1["name"], "case-2");
    let own = me(&own).await.1;
    assert_eq!((&own["name"], &own["courts"]), (&json!("gh007"), &json!(["T10"])), "no more than the person");
    assert_eq!(me(&gone).await.0, StatusCode::UNAUTHORIZED);
}
