//! What `config/deploy` ships is checked by the tools that will read it: the compose file by its published schema, the unit by systemd,
//! the proxy's file by nginx, the broker's by NATS, the gateway's by `chakong check`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::brokers::servers::{Broker, client};
use crate::samples::{folder, with_own_keys};
use crate::tidy::root;
use crate::tls::Certificates;

fn shipped(name: &str) -> PathBuf {
    root().join("config/deploy").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(shipped(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Output {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{}: {error}; tests/run installs it", program.display()))
}

fn path(file: &Path) -> &str {
    file.to_str().expect("UTF-8")
}

#[test]
fn the_compose_file_is_one_by_its_schema_and_names_files_that_are_shipped() {
    let checker = root().join("target/deployment-venv/bin/check-jsonschema");
    let output = run(checker, &["--builtin-schema", "vendor.compose-spec", path(&shipped("compose.yaml"))]);
    assert!(output.status.success(), "{}", said(&output));
    let compose = text("compose.yaml");
    for file in ["nginx.conf", "nats.conf"] {
        assert!(compose.contains(&format!("./{file}:")) && shipped(file).is_file(), "{file}");
    }
    assert!(compose.contains("config/deploy/Containerfile"));
    // Without them no vendor and no broker on the public network can be trusted.
    assert!(text("Containerfile").contains("install --yes --no-install-recommends ca-certificates"));
    // What is not shipped is said on the page.
    let page = text("README.md");
    for own in ["nats.env", "tls", "etc", "secrets/database.password", "secrets/nats.password"] {
        assert!(compose.contains(own) && page.contains(own), "{own}");
    }
}

/// `systemd-analyze verify` tells what it does not know and succeeds all the same.
#[test]
fn systemd_knows_every_line_of_the_unit_and_it_is_as_closed_as_that_of_one_daemon() {
    let unit = text("chakong@.service");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("chakong@.service");
    // The program and its user are not on this machine.
    let here = unit
        .replace("/usr/local/bin/chakong", "/bin/true")
        .lines()
        .filter(|line| !["User=", "Group=", "Documentation="].iter().any(|key| line.starts_with(key)))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    std::fs::write(&copy, here).expect("a copy");
    let output = run("systemd-analyze", &["verify", path(&folder.path().join("chakong@one.service"))]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("chakong@"), "{}", said(&output));
    let settings = |unit: &str| {
        let differ = ["Description=", "Documentation=", "After=", "ExecStart="];
        let lines = unit.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let same = lines.filter(|line| !differ.iter().any(|key| line.starts_with(key)));
        same.map(str::to_owned).collect::<Vec<_>>()
    };
    let single = std::fs::read_to_string(root().join("config/chakong.service")).expect("the unit");
    assert_eq!(settings(&unit), settings(&single));
    assert!(unit.contains("ExecStart=/usr/local/bin/chakong serve --config /etc/chakong/%i.toml"));
}

#[test]
fn nginx_takes_the_proxys_file_with_certificates_in_place() {
    let certificates = Certificates::new();
    certificates.signed("server", "DNS:chakong.court.example", 30);
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("access.log");
    let here = text("nginx.conf")
        .replace("/etc/nginx/tls/server.pem", path(&certificates.path("server.pem")))
        .replace("/etc/nginx/tls/server.key", path(&certificates.path("server.key")))
        .replace("/etc/nginx/tls/counterparts-ca.pem", path(&certificates.path("authority.pem")))
        .replace("/var/log/nginx/access.log", path(&log));
    let copy = folder.path().join("nginx.conf");
    let pid = format!("pid {};\nerror_log stderr;\n", path(&folder.path().join("pid")));
    std::fs::write(&copy, pid + &here).expect("a copy");
    let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let output = run(nginx, &["-t", "-q", "-c", path(&copy)]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("[warn]"), "{}", said(&output));
}

/// The compose file as one who did not write it reads it.
fn compose() -> Value {
    let python = root().join("target/deployment-venv/bin/python");
    let script = "import json, sys, ruamel.yaml; print(json.dumps(ruamel.yaml.YAML(typ='safe').load(open(sys.argv[1]))))";
    let output = run(python, &["-c", script, path(&shipped("compose.yaml"))]);
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Whoever signs in through the proxy is known by their own address, and no replica that is away keeps the proxy from starting.
#[test]
fn the_addresses_of_proxy_and_replicas_are_the_same_in_every_file() {
    let compose = compose();
    let network = &compose["networks"]["inside"]["ipam"]["config"][0];
    let subnet = network["subnet"].as_str().and_then(|net| net.strip_suffix(".0/24")).expect("256 addresses");
    assert_eq!(network["ip_range"], format!("{subnet}.128/25"), "what is given out is not what is fixed");
    let fixed = |service: &str| {
        let address = compose["services"][service]["networks"]["inside"]["ipv4_address"].as_str();
        let address = address.unwrap_or_else(|| panic!("{service} has an address")).to_owned();
        let last = address.strip_prefix(&format!("{subnet}.")).and_then(|last| last.parse::<u8>().ok());
        assert!(last.is_some_and(|last| (2..128).contains(&last)), "{address}");
        address
    };
    let gateway: toml::Table = text("chakong.toml").parse().expect("TOML");
    assert_eq!(
        gateway["server"]["proxies"].as_array().expect("a list"),
        &[toml::Value::from(fixed("proxy"))]
    );
    let listens = |section: &str| {
        let address = gateway[section]["listen"].as_str().expect("an address");
        address.rsplit_once(':').expect("a port").1.to_owned()
    };
    let proxy = text("nginx.conf");
    let upstreams: Vec<&str> = proxy
        .lines()
        .filter_map(|line| line.trim().strip_prefix("server ")?.split_once(" max_fails").map(|(to, _)| to))
        .collect();
    // The API, the pages, what changes something, and the postbox.
    let expected: Vec<String> = ["server", "server", "server", "postbox"]
        .iter()
        .flat_map(|section| {
            ["replica-1", "replica-2"].map(|one| format!("{}:{}", fixed(one), listens(section)))
        })
        .collect();
    assert_eq!(upstreams, expected);
}

/// The broker's file as the server of this machine can read it: those before 2.10 know nothing of syncing.
fn brokers_file() -> String {
    let version = said(&run("nats-server", &["--version"]));
    let parts = version
        .trim()
        .rsplit_once('v')
        .expect("a version")
        .1
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    let (file, always) = (text("nats.conf"), "  sync_interval: always\n");
    assert!(file.contains(always), "what is acknowledged is on the disk");
    if parts.collect::<Vec<u32>>() < vec![2, 10] { file.replace(always, "") } else { file }
}

/// Who reads results may read them, and can neither take the gateway's own consumer away nor read anything else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_case_systems_account_at_the_broker_reads_results_and_nothing_else() {
    let passwords = "CHAKONG_PASSWORD: \"invented-1\"\nCASES_PASSWORD: \"invented-2\"\n";
    let file = brokers_file().replace("include ./nats.env", passwords).replace("/data", "FOLDER/data");
    let broker = Broker::nats(&file).await;
    let url = |user: &str| format!("nats://{user}@127.0.0.1:{}", broker.port);
    let told = client(&["nats-rights", &url("chakong:invented-1"), &url("cases:invented-2")]).await;
    let told: Vec<&str> = told.iter().filter_map(|line| line["did"].as_str()).collect();
    assert_eq!(told, ["read a result", "submitted an inquiry"]);
}

#[test]
fn nats_takes_the_brokers_file_with_passwords_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = brokers_file().replace("/data", path(&folder.path().join("data")));
    let copy = folder.path().join("nats.conf");
    std::fs::write(&copy, here).expect("a copy");
    let passwords = "CHAKONG_PASSWORD: \"invented-1\"\nCASES_PASSWORD: \"invented-2\"\n";
    std::fs::write(folder.path().join("nats.env"), passwords).expect("passwords");
    let output = run("nats-server", &["-t", "-c", path(&copy)]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_gateways_file_is_checked_without_a_problem_once_its_secrets_are_there() {
    let sample = text("chakong.toml").replace("/run/secrets/", "secrets/");
    let bank = crate::samples::sample("counterparts/example-bank.toml");
    let folder = folder(&with_own_keys(&sample), &[("example-bank", bank)]);
    let config = folder.path().join("chakong.toml");
    let output = run(env!("CARGO_BIN_EXE_chakong"), &["check", "--config", path(&config)]);
    assert!(output.status.success(), "{}", said(&output));
    // As it is shipped, with keys that nobody has, it is refused.
    let folder = self::folder(&sample, &[]);
    let config = folder.path().join("chakong.toml");
    let output = run(env!("CARGO_BIN_EXE_chakong"), &["check", "--config", path(&config)]);
    assert_eq!(output.status.code(), Some(78), "{}", said(&output));
}
