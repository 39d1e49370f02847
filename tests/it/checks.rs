//! `check`, and what commands do with their output and their exit code.

mod shares;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::tidy::root;

const GATEWAY: &str = "[[keys]]\nname = \"tests\"\nroles = [\"officer\"]\n\
     sha256 = \"3f5e9b0d6a3c7e1f2b4d8a6c9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b\"\n";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A configuration: the gateway's file and the counterparts'.
fn configured(gateway: &str, counterparts: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("counterparts")).expect("a folder");
    std::fs::write(folder.path().join("chakong.toml"), gateway).expect("a file");
    for (name, text) in counterparts {
        std::fs::write(folder.path().join("counterparts").join(name), text).expect("a file");
    }
    folder
}

fn check(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = program(&["check", "--config"]);
    let Output { status, stdout, stderr } =
        command.arg(folder.join("chakong.toml")).args(more).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

fn bank(code: &str) -> String {
    format!(
        "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"../out-{code}\"\nincoming = \"../in-{code}\"\n\
         [settings]\nbank_code = \"{code}\"\n"
    )
}

fn registry(line: &str) -> String {
    format!(
        "connector = \"court-realty\"\n[line]\nkind = \"call\"\n{line}\n[settings]\namount_unit = \"yuan\"\n"
    )
}

#[test]
fn mistakes_that_look_right_are_found() {
    let gateway = format!("instance = \"court one/1\"\n[log]\nfilter = \"informational\"\n{GATEWAY}");
    let bank = bank("E999H110000000007");
    let batch = format!("{bank}[limits]\nbatch = 201\n");
    let address = registry("base_url = \"https://court:invented@registry.example.cn\"");
    let proxy = registry("base_url = \"https://a.example.cn\"\nproxy = \"socks5://proxy.example.cn:1080\"");
    let folder = configured(
        &gateway,
        &[("first.toml", &bank), ("second.toml", &batch), ("third.toml", &address), ("fourth.toml", &proxy)],
    );
    let (code, _, said) = check(folder.path(), &[]);
    assert_eq!(code, Some(78));
    for part in [
        "chakong.toml:1: `instance`: must have 1 to 64",
        "chakong.toml:3: `log.filter`: `informational` is not a level",
        "second.toml:9: `limits.batch`: connector court-bank takes at most 200",
        "third.toml:4: `line.base_url`: may not hold a user and a password",
        "fourth.toml:5: `line.proxy`: must be an address that begins with http",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
    assert!(!said.contains("invented"), "the password is not shown: {said}");
}

#[test]
fn one_bank_in_two_files_is_found() {
    let (one, other) = (bank("E999H110000000007"), bank("E999H110000000008"));
    let folder = configured(GATEWAY, &[("a.toml", &one), ("b.toml", &other), ("c.toml", &one)]);
    let (code, _, said) = check(folder.path(), &[]);
    assert_eq!(code, Some(78));
    let is_told = |line: &str| {
        line.contains("c.toml:") && line.contains(": `settings.bank_code`: a has E999H110000000007 too")
    };
    assert!(said.lines().any(is_told), "{said}");
    assert!(!said.contains("b.toml"), "{said}");
}

#[test]
fn one_mistake_hides_no_other() {
    let twice = format!("{}[limits]\nbatch = 0\n", bank("e999h11 0000000007"));
    let described = "connector = \"declarative\"\n[line]\nkind = \"call\"\nbase_url = \"https://a.example.cn\"\n[settings]\n\
                     secret = \"inline\"\ndescription = \"identities = ['nobody']\"\nsecrets = 1\n";
    let folder = configured(
        GATEWAY,
        &[("a.toml", &bank("E999H110000000007")), ("b.toml", &twice), ("c.toml", described)],
    );
    let (_, _, said) = check(folder.path(), &[]);
    for part in [
        "b.toml:7: `settings.bank_code`: a has E999H110000000007 too",
        "b.toml:9: `limits.batch`",
        "c.toml:6: `settings.secret`: a secret is not written here",
        "c.toml:7: `settings.description`: line 1 of it: ",
        "c.toml:8: `settings.secrets`: is not a setting",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
}

#[test]
fn keys_that_nobody_or_anybody_has_are_found() {
    let digest = |key: &str| {
        chakong::config::digest_of(key).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let sample = std::fs::read_to_string(root().join("config/chakong.toml")).expect("the sample");
    let of_sample = sample.lines().find_map(|line| line.strip_prefix("sha256 = ")).expect("a digest");
    let own = digest("7c1f0e8a-invented-and-long");
    for (text, is_right) in [
        (own, true),
        (of_sample.trim_matches('"').to_owned(), false),
        (digest("password"), false),
        (digest("KEY"), false),
        (digest("secret\n"), false),
        ("0".repeat(64), false),
        ("ab".repeat(32), false),
    ] {
        let gateway = format!("[[keys]]\nname = \"tests\"\nroles = [\"officer\"]\nsha256 = \"{text}\"\n");
        let (code, _, said) = check(configured(&gateway, &[]).path(), &[]);
        assert_eq!(code, Some(if is_right { 0 } else { 78 }), "{text}: {said}");
        assert!(is_right || said.contains("chakong.toml:4: `keys.sha256`: is"), "{said}");
    }
}

#[test]
fn leftovers_beside_the_counterparts_files_are_named_and_not_read() {
    let leftovers =
        [(".a.toml", "=="), ("a.toml~", "=="), ("a.toml.bak", "=="), ("#a.toml#", "=="), ("notes.txt", "==")];
    let right = bank("E999H110000000007");
    let files: Vec<_> = leftovers.into_iter().chain([("a.toml", right.as_str())]).collect();
    let (code, said, wrong) = check(configured(GATEWAY, &files).path(), &[]);
    assert_eq!((code, wrong.as_str()), (Some(0), ""));
    assert!(said.contains("1 counterparts"), "{said}");
    for (name, _) in &leftovers[..4] {
        assert!(
            said.lines().any(|line| line.contains("not read: ") && line.contains(&format!("/{name}:"))),
            "{said}"
        );
    }
    assert!(!said.contains("notes.txt"), "{said}");
}

#[test]
fn the_environments_proxies_are_said_not_to_be_used() {
    let folder = configured(GATEWAY, &[]);
    let mut command = program(&["check", "--config"]);
    command.arg(folder.path().join("chakong.toml")).env("HTTPS_PROXY", "http://proxy.example.cn:3128");
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("not used: HTTPS_PROXY"), "{said}");
}

#[test]
fn paths_are_looked_at_where_that_is_asked_for() {
    let right = bank("E999H110000000007");
    let folder = configured(GATEWAY, &[("a.toml", &right)]);
    assert_eq!(check(folder.path(), &["--paths"]).0, Some(0));
    assert!(!folder.path().join("out-E999H110000000007").exists(), "nothing is made");
    std::fs::write(folder.path().join("in-E999H110000000007"), "a file").expect("a file");
    assert_eq!(check(folder.path(), &[]).0, Some(0), "not looked at unless asked");
    let (code, _, said) = check(folder.path(), &["--paths"]);
    assert_eq!(code, Some(78));
    assert!(said.contains("a: line.incoming: ") && said.contains("is not a folder"), "{said}");
    let full = format!("[store]\nmin_free_mib = 1000000000\n{GATEWAY}");
    let (code, _, said) = check(configured(&full, &[]).path(), &["--paths"]);
    assert_eq!(code, Some(78));
    assert!(said.contains("store.directory: ") && said.contains("MiB are free"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counterparts_are_connected_to_where_that_is_asked_for() {
    let there = wiremock::MockServer::start().await;
    let nobody = crate::world::reserved_port();
    let well = registry(&format!("base_url = \"{}\"", there.uri()));
    let gone = registry(&format!("base_url = \"http://127.0.0.1:{nobody}\""));
    let folder = configured(GATEWAY, &[("well.toml", &well), ("bank.toml", &bank("E999H110000000007"))]);
    let (code, said, _) = check(folder.path(), &["--connect"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("reached: it answered with status 404") && said.contains("is not called"),
        "{said}"
    );
    std::fs::write(folder.path().join("counterparts/gone.toml"), gone).expect("a file");
    assert_eq!(check(folder.path(), &[]).0, Some(0), "no network unless asked");
    let (code, _, said) = check(folder.path(), &["--connect"]);
    assert_eq!(code, Some(69));
    assert!(said.contains(&format!("gone: failed to call the counterpart: 127.0.0.1:{nobody}: ")), "{said}");
    assert!(said.contains("refused"), "{said}");
}

/// Runs a command whose reader goes away after the first line; gives its exit code and what it complains of.
fn read_by_head(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut reader = BufReader::with_capacity(16, child.stdout.take().expect("its output"));
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first).expect("a line");
    drop(reader);
    let mut said = String::new();
    child.stderr.take().expect("its complaints").read_to_string(&mut said).expect("text");
    (child.wait().expect("its end").code(), said)
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly() {
    let many: Vec<(String, String)> =
        (0..400).map(|at| (format!("bank-{at}.toml"), bank(&format!("E999H11{at:010}")))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = configured(GATEWAY, &many);
    let mut check = program(&["check", "--config"]);
    check.arg(folder.path().join("chakong.toml"));
    for command in [
        check,
        program(&["connectors", "show", "court-bank"]),
        program(&["connectors", "list"]),
        program(&["--help"]),
        program(&["demo", "--once"]),
    ] {
        let shown = format!("{command:?}");
        let (code, said) = read_by_head(command);
        assert_eq!((code, said.contains("panicked")), (Some(0), false), "{shown}: {said}");
    }
    // Nobody reads standard error either.
    let wrong = configured("instance = 5\n", &[]);
    let mut command = program(&["check", "--config"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ended = command.arg(wrong.path().join("chakong.toml")).stderr(writer).status().expect("it runs");
    assert_eq!(ended.code(), Some(78));
}

#[test]
fn the_demonstration_plays_in_a_folder_that_is_named_from_where_it_is_started() {
    let here = tempfile::tempdir().expect("a folder");
    let demo = &mut program(&["demo", "--once", "--folder", "shown"]);
    let output = demo.current_dir(&here).output().expect("it runs");
    assert!(output.status.success() && here.path().join("shown/chakong.toml").is_file(), "{output:?}");
}

#[test]
fn reading_what_nobody_understands_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbage = folder.path().join("garbage.json");
    std::fs::write(&garbage, b"\x00\xffno answer of anybody").expect("a file");
    let empty = folder.path().join("empty");
    std::fs::write(&empty, b"").expect("a file");
    for connector in ["court-bank", "court-realty", "tianyancha", "gleif"] {
        for file in [&garbage, &empty] {
            let mut command = program(&["connectors", "read", connector]);
            let output = command.arg(file).output().expect("it runs");
            assert_eq!(output.status.code(), Some(65), "{connector}: {output:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("nothing") || said.contains("not"), "{connector}: {said}");
        }
    }
}

/// Whether the gateway answers at a port.
async fn is_ready(port: u16) -> bool {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asked = client.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
    asked.is_ok_and(|answer| answer.status().is_success())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_whose_log_nobody_reads_goes_on() {
    let port = crate::world::reserved_port();
    let gateway = format!("[server]\nlisten = \"127.0.0.1:{port}\"\n[log]\nfilter = \"trace\"\n{GATEWAY}");
    let folder = configured(&gateway, &[]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut serve = program(&["serve", "--config"]);
    let serve = serve.arg(folder.path().join("chakong.toml")).current_dir(folder.path());
    let mut serve = serve.stderr(writer).spawn().expect("it starts");
    let started = tokio::time::Instant::now();
    while !is_ready(port).await {
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", serve.try_wait());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &serve.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    };
    signal("-HUP");
    // Longer than it takes to hear it, and to look at the files by itself.
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert!(is_ready(port).await, "it is there still");
    signal("-TERM");
    let ended = tokio::task::spawn_blocking(move || serve.wait()).await.expect("joined");
    let code = ended.expect("its end").code();
    assert_eq!(code, Some(0), "it ended as it was told to");
}

#[test]
fn a_demonstration_whose_terminal_is_closed_ends() {
    let mut demo =
        program(&["demo"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let lines = BufReader::new(demo.stdout.take().expect("its output")).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Ctrl-C ends")), "it stays until it is told to end");
    let sent = Command::new("kill").args(["-HUP", &demo.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    assert_eq!(demo.wait().expect("its end").code(), Some(0));
}

#[test]
fn a_file_of_holidays_replaces_what_is_built_in_and_what_is_wrong_in_it_is_told() {
    let gateway = format!("holidays = \"days.toml\"\n{GATEWAY}");
    let folder = configured(&gateway, &[]);
    let write = |text: &str| std::fs::write(folder.path().join("days.toml"), text).expect("a file");
    let (code, _, told) = check(folder.path(), &[]);
    assert!(code == Some(78) && told.contains("days.toml"), "a file that is not there: {told}");
    write("[[year]]\nyear = 2031\nsource = \"s\"\nholidays = [[\"2032-01-01\"]]\nworking_days = []\n");
    let (code, _, told) = check(folder.path(), &[]);
    assert!(code == Some(78) && told.contains("chakong.toml:1") && told.contains("another year"), "{told}");
    let years: String = (2027..2060)
        .map(|year| {
            format!("[[year]]\nyear = {year}\nsource = \"s\"\nholidays = [[\"{year}-01-01\"]]\nworking_days = []\n")
        })
        .collect();
    write(&years);
    let (code, said, told) = check(folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(said.contains("2025, 2026, 2027") && !said.contains("not known of"), "{said}");
}

#[test]
fn two_banks_that_share_a_folder_are_found_however_it_is_written() {
    let bank = |code: &str, outgoing: &str, incoming: &str, archive: &str| {
        format!(
            "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"{outgoing}\"\nincoming = \"{incoming}\"\n\
             archive = \"{archive}\"\n[settings]\nbank_code = \"{code}\"\n"
        )
    };
    let one = bank("E999H110000000007", "../parcels/out", "../parcels/in", "../parcels/done");
    let same = bank("E999H110000000008", "../parcels/./out", "../x/../parcels/in", "../parcels/done/");
    let crossed = bank("E999H110000000009", "../other/out", "../other/in", "../parcels/in");
    let apart = bank("E999H110000000010", "../fourth/out", "../fourth/in", "../parcels/done");
    let folder =
        configured(GATEWAY, &[("a.toml", &one), ("b.toml", &same), ("c.toml", &crossed), ("d.toml", &apart)]);
    let (code, _, said) = check(folder.path(), &[]);
    assert_eq!(code, Some(78));
    for part in [
        "b.toml: `line.outgoing`: a has the folder",
        "b.toml: `line.incoming`: a has",
        "c.toml: `line.archive`: a has",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
    assert!(
        !said.contains("d.toml") && !said.contains("b.toml: `line.archive`"),
        "archives may be shared: {said}"
    );
    // A folder of its own, though relative paths are the same: they begin where the file stands.
    let apart = configured(GATEWAY, &[("a.toml", &one), ("d.toml", &apart)]);
    let (code, listed, said) = check(apart.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    let outgoing = apart.path().join("parcels/out");
    assert!(listed.contains(&format!("outgoing {},", outgoing.display())), "{listed}");
}

#[test]
fn relative_folders_begin_where_the_counterparts_file_stands() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(elsewhere.path().join("banks")).expect("a folder");
    std::fs::write(elsewhere.path().join("banks/a.toml"), bank("E999H110000000007")).expect("a file");
    let gateway = format!("counterparts = \"{}/banks\"\n{GATEWAY}", elsewhere.path().display());
    let folder = configured(&gateway, &[]);
    let (code, listed, said) = check(folder.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    let incoming = elsewhere.path().join("in-E999H110000000007");
    assert!(listed.contains(&format!("incoming {}", incoming.display())), "{listed}");
}

#[test]
fn a_log_filter_that_names_nothing_is_told() {
    let gateway =
        format!("[log]\nfilter = \"info,chakong::lane=debug,tokyo=warn,chakong::lanes=info\"\n{GATEWAY}");
    let folder = configured(&gateway, &[]);
    let (code, listed, said) = check(folder.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    for name in ["chakong::lane;", "tokyo;"] {
        assert!(
            listed.contains(&format!("no part of the program is called {name}")),
            "{name}\nis not in\n{listed}"
        );
    }
    assert_eq!(listed.matches("log.filter").count(), 2, "{listed}");
}
