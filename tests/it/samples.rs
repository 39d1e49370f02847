//! The sample configuration: complete, right, and true to the code's defaults; and `check` says everything at once.

use std::path::Path;
use std::process::Command;

use chakong::app::plugins;
use chakong::config::{Config, CounterpartConfig, Problems, load};
use tempfile::TempDir;

use crate::tidy::root;

/// Names in `config/counterparts`.
const COUNTERPARTS: [&str; 16] = [
    "companies-house",
    "example-bank",
    "example-bank-by-postbox",
    "example-bank-by-sftp",
    "example-county",
    "example-market-regulator",
    "example-market-regulator-parameters",
    "example-registry",
    "example-registry-by-form",
    "example-registry-by-platform",
    "example-registry-by-postbox",
    "example-vehicles",
    "gleif",
    "qichacha",
    "tianyancha",
    "tianyancha-by-environment",
];
/// Files below `secrets` that they name.
const SECRETS: [&str; 9] = [
    "companies-house.key",
    "example-bank.password",
    "example-bank-by-sftp.password",
    "example-registry.key",
    "example-registry.password",
    "example-vehicles.key",
    "market-regulator.token",
    "qichacha.key",
    "tianyancha.token",
];
/// Its token comes from the environment, which a test cannot change in its own process.
const BY_ENVIRONMENT: &str = "tianyancha-by-environment";

fn sample(name: &str) -> String {
    let path = root().join("config").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The gateway's sample with keys that somebody has, as whoever copies it must put them in.
fn gateway_sample() -> String {
    let digest = |key: &str| {
        chakong::config::digest_of(key).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let line = |(at, line): (usize, &str)| match line.starts_with("sha256 = ") {
        true => format!("sha256 = \"{}\"\n", digest(&format!("invented-{at}"))),
        false => format!("{line}\n"),
    };
    sample("chakong.toml").lines().enumerate().map(line).collect()
}

fn counterpart_sample(name: &str) -> String {
    sample(&format!("counterparts/{name}.toml"))
}

/// A folder with a configuration: the gateway's file and the counterparts' files, and the secret that they name.
fn folder(gateway: &str, counterparts: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for below in ["counterparts", "descriptions", "secrets"] {
        std::fs::create_dir(folder.path().join(below)).expect("a folder");
    }
    write(&folder.path().join("chakong.toml"), gateway);
    for description in ["vehicles.toml", "housing-fund.toml"] {
        let text = sample(&format!("descriptions/{description}"));
        write(&folder.path().join("descriptions").join(description), &text);
    }
    for secret in SECRETS {
        write(&folder.path().join("secrets").join(secret), "invented-token-0001\n");
    }
    for (name, text) in counterparts {
        write(&folder.path().join(format!("counterparts/{name}.toml")), text);
    }
    folder
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
}

fn loaded(gateway: &str, counterparts: &[(&str, String)]) -> Result<Config, Problems> {
    load(&folder(gateway, counterparts).path().join("chakong.toml"), &plugins())
}

/// What may be compared of a counterpart. Settings show in the connector that was built with them.
fn content(counterpart: &CounterpartConfig, folder: &Path) -> String {
    let CounterpartConfig { name, name_zh, name_en, connector, line, limits, window, breaker, .. } =
        counterpart;
    let retries = (&counterpart.retry_query, &counterpart.retry_control);
    let text = format!(
        "{name} {name_zh} {name_en} {connector:?} {line:?} {limits:?} {window:?} {breaker:?} {retries:?}"
    );
    text.replace(&folder.display().to_string(), "")
}

fn content_of(gateway: &str, counterparts: &[(&str, String)]) -> Vec<String> {
    let folder = folder(gateway, counterparts);
    let config =
        load(&folder.path().join("chakong.toml"), &plugins()).unwrap_or_else(|problems| panic!("{problems}"));
    let Config { instance, server, postbox, store, log, keys, .. } = &config;
    let own = format!("{instance} {server:?} {postbox:?} {store:?} {log:?} {keys:?}");
    let own = own.replace(&folder.path().display().to_string(), "");
    let others = config.counterparts.iter().map(|counterpart| content(counterpart, folder.path()));
    std::iter::once(own).chain(others).collect()
}

/// A setting on a line that is commented out: `# key = value` with a default, `#   key = value` without one.
fn setting<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(mark)?;
    let key = rest.split(" = ").next()?;
    let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    (is_key && rest.contains(" = ")).then_some(rest)
}

/// The text with its defaults written out, or with its examples as well.
fn written_out(text: &str, examples: bool) -> String {
    let line = |line: &str| {
        let table = line.strip_prefix("#   ").filter(|rest| rest.starts_with("[["));
        let example = setting(line, "#   ").or(table).filter(|_| examples);
        setting(line, "# ").or(example).unwrap_or(line).to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn counterparts(write: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let here = COUNTERPARTS.into_iter().filter(|name| *name != BY_ENVIRONMENT);
    here.map(|name| (name, write(&counterpart_sample(name)))).collect()
}

#[test]
fn every_sample_is_checked_without_a_problem() {
    let found = std::fs::read_dir(root().join("config/counterparts")).expect("the samples").count();
    assert_eq!(found, COUNTERPARTS.len(), "COUNTERPARTS names every sample");
    let samples: Vec<_> = COUNTERPARTS.map(|name| (name, counterpart_sample(name))).into();
    let folder = folder(&gateway_sample(), &samples);
    let output = Command::new(env!("CARGO_BIN_EXE_chakong"))
        .args(["check", "--config"])
        .arg(folder.path().join("chakong.toml"))
        .env("CHAKONG_TIANYANCHA_TOKEN", "invented-token")
        .output()
        .expect("chakong check");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(COUNTERPARTS.iter().all(|name| said.contains(name)), "{said}");
}

#[test]
fn every_connector_has_a_sample() {
    for plugin in plugins() {
        let line = format!("connector = \"{}\"", plugin.manifest.id);
        assert!(
            COUNTERPARTS.iter().any(|name| counterpart_sample(name).contains(&line)),
            "no sample has {line}"
        );
    }
}

#[test]
fn what_is_commented_out_is_the_default() {
    let as_it_stands = content_of(&gateway_sample(), &counterparts(str::to_owned));
    let gateway = written_out(&gateway_sample(), false);
    let written = content_of(&gateway, &counterparts(|text| written_out(text, false)));
    assert_eq!(as_it_stands, written);
    assert!(gateway.contains("\nlisten = "), "the defaults were written out");
}

/// After every header of a table, and before the first, a key that nobody knows.
fn with_strangers(text: &str) -> String {
    let mut lines = vec!["stranger = 1"];
    for line in text.lines() {
        lines.push(line);
        if line.starts_with('[') {
            lines.push("stranger = 1");
        }
    }
    lines.join("\n")
}

/// What a message lists after `known here:` or `known:`.
fn known(message: &str) -> Vec<String> {
    let list = message.split_once("known here: ").or_else(|| message.split_once("known: "));
    let (_, list) = list.unwrap_or_else(|| panic!("{message}"));
    list.split(", ").map(|key| key.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_setting_that_is_read_is_in_the_samples() {
    let complete = |(name, text): (&'static str, String)| (name, with_strangers(&text));
    let others: Vec<_> = counterparts(str::to_owned).into_iter().map(complete).collect();
    let gateway = gateway_sample();
    let problems = loaded(&with_strangers(&gateway), &others).expect_err("strangers");
    let headers = |text: &str| text.lines().filter(|line| line.starts_with('[')).count() + 1;
    let expected: usize =
        headers(&gateway) + counterparts(str::to_owned).iter().map(|(_, text)| headers(text)).sum::<usize>();
    assert_eq!(problems.0.len(), expected, "{problems}");
    for problem in &problems.0 {
        let name = problem.file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let text = if name == "chakong" { gateway.clone() } else { counterpart_sample(name) };
        let text = written_out(&text, true);
        for key in known(&problem.message) {
            let as_setting = text.lines().any(|line| line.starts_with(&format!("{key} = ")));
            // A table may stand in another sample: of [line.sftp] a file needs none.
            let named = |text: &str| {
                text.lines().any(|line| line.trim_matches(['[', ']']).split('.').any(|part| part == key))
            };
            let as_table = named(&text) || COUNTERPARTS.iter().any(|name| named(&counterpart_sample(name)));
            assert!(as_setting || as_table, "{name}.toml: `{key}` is missing ({})", problem.message);
        }
    }
}

#[test]
fn examples_in_comments_can_be_used() {
    // Two ways to say a rate exclude each other; certificates must exist.
    let one_rate = |text: &str| {
        let kept = |line: &&str| !line.starts_with("per_minute = ") && !line.contains("_file = \"/etc");
        written_out(text, true).lines().filter(kept).collect::<Vec<_>>().join("\n")
    };
    if let Err(problems) = loaded(&written_out(&gateway_sample(), true), &counterparts(one_rate)) {
        panic!("{problems}");
    }
}

const BROKEN: &str = r#"instance = 5
colour = "blue"

[server]
listen = "somewhere"
request_timeout = "soon"

[log]
format = "xml"

[[keys]]
name = "case-system"
roles = ["judge"]
sha256 = "abc"
"#;

const BROKEN_COUNTERPARTS: [(&str, &str); 6] = [
    (
        "bank",
        "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"out\"\n[limits]\nper_second = 1\nper_minute = 60\n\
         [settings]\nbank_code = \"E99\"\n",
    ),
    (
        "registry",
        "connector = \"court-reality\"\n[line]\nkind = \"call\"\nbase_url = \"registry.example.cn\"\n",
    ),
    (
        "vendor",
        "connector = \"tianyancha\"\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:1\"\ntimeout = \"30\"\n\
         [settings]\ntoken = { file = \"absent.token\" }\n",
    ),
    (
        "first",
        "connector = \"tianyancha\"\n[routing]\nstand_ins = [\"second\", \"nobody\"]\ndivisions = [\"Shanxi\"]\n\
         [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:1\"\n[settings]\ntoken = { environment = \"PATH\" }\n",
    ),
    (
        "second",
        "connector = \"qichacha\"\n[routing]\n\nstand_ins = [\"first\"]\n[line]\nkind = \"call\"\n\
         base_url = \"http://127.0.0.1:1\"\n[settings]\napp_key = \"a\"\nsecret_key = { environment = \"PATH\" }\n",
    ),
    ("Broken Name", "connector = \"court-realty\"\nline = 3\n[settings]\n"),
];

/// File, line, and a part of what is said about it.
const SAID: [(&str, usize, &str); 18] = [
    ("chakong.toml", 1, "`instance`: must be text in quotes"),
    ("chakong.toml", 2, "`colour` is not a setting"),
    ("chakong.toml", 5, "`server.listen`: must be an address with a port"),
    ("chakong.toml", 6, "`server.request_timeout`: must be a length of time"),
    ("chakong.toml", 9, "`log.format`: must be"),
    ("chakong.toml", 13, "`judge` is not a role"),
    ("chakong.toml", 14, "64 hexadecimal digits"),
    ("Broken Name.toml", 1, "the file's name must be"),
    ("Broken Name.toml", 2, "`line`: must be a table"),
    ("Broken Name.toml", 3, "`settings.amount_unit`: is missing"),
    ("bank.toml", 2, "`line.incoming`: is missing"),
    ("bank.toml", 7, "`limits.per_minute`: stands beside `per_second`"),
    ("bank.toml", 9, "`settings.bank_code`: "),
    ("registry.toml", 1, "`court-reality` is not a connector; known: "),
    ("registry.toml", 4, "begins with http:// or https://"),
    ("first.toml", 4, "`routing.divisions`: must be a list of at most 200 divisions"),
    ("vendor.toml", 5, "`line.timeout`: must be a length of time"),
    ("vendor.toml", 7, "`settings.token`: file absent.token"),
];

#[test]
fn check_says_every_problem_of_every_file_at_once_with_its_line() {
    let counterparts = BROKEN_COUNTERPARTS.map(|(name, text)| (name, text.to_owned()));
    let folder = folder(BROKEN, &counterparts);
    let output = Command::new(env!("CARGO_BIN_EXE_chakong"))
        .args(["check", "--config"])
        .arg(folder.path().join("chakong.toml"))
        .output()
        .expect("chakong check");
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    for (file, line, part) in SAID {
        let place = format!("{file}:{line}: ");
        let is_said = said.lines().any(|said| said.contains(&place) && said.contains(part));
        assert!(is_said, "{place}{part}\nis not in:\n{said}");
    }
    assert!(!said.contains("invented-token"));
}

#[test]
fn what_is_wrong_in_a_description_is_told_with_its_file_and_line() {
    let vehicles = counterpart_sample("example-vehicles");
    let folder = folder(&gateway_sample(), &[("vehicles", vehicles)]);
    let description = folder.path().join("descriptions/vehicles.toml");
    let right = sample("descriptions/vehicles.toml");
    let line =
        |text: &str, part: &str| text.lines().position(|line| line.contains(part)).map_or(0, |at| at + 1);
    for (good, bad) in [("plate = ", "plait = "), ("size = 20", "size = 0"), ("path = ", "path = 7 #")] {
        let wrong = right.replacen(good, bad, 1);
        write(&description, &wrong);
        let problems = load(&folder.path().join("chakong.toml"), &plugins()).expect_err(bad);
        let said = problems.to_string();
        let place = format!("descriptions/vehicles.toml:{}: ", line(&wrong, bad));
        assert!(said.contains(&place), "{place} is not in {said}");
    }
}

#[test]
fn nobody_stands_in_for_himself_in_the_end_nor_who_is_not_there() {
    let vendor = |stand_ins: &str| {
        format!(
            "connector = \"tianyancha\"\n[routing]\nstand_ins = [{stand_ins}]\n[line]\nkind = \"call\"\n\
             base_url = \"http://127.0.0.1:1\"\n[settings]\ntoken = {{ file = \"../secrets/tianyancha.token\" }}\n"
        )
    };
    let regulator = sample("counterparts/example-market-regulator-parameters.toml");
    let of = |first: &str, second: &str| {
        let counterparts =
            [("first", vendor(first)), ("second", vendor(second)), ("regulator", regulator.clone())];
        loaded(&gateway_sample(), &counterparts).map(drop).map_err(|problems| problems.to_string())
    };
    assert_eq!(of("\"second\"", ""), Ok(()));
    for (first, second, file, why) in [
        ("\"second\"", "\"first\"", "second.toml:3", "it would stand in for itself"),
        ("\"first\"", "", "first.toml:3", "it would stand in for itself"),
        ("\"nobody\"", "", "first.toml:3", "there is no such counterpart"),
        ("\"second\", \"second\"", "", "first.toml:3", "it stands there twice"),
        ("\"regulator\"", "", "first.toml:3", "it cannot be queried"),
    ] {
        let said = of(first, second).expect_err(why);
        assert!(said.contains(file) && said.contains(why), "{said}");
    }
    let bank = sample("counterparts/example-bank.toml").replace("# age = \"0s\"", "age = \"1h\"");
    let said = loaded(&gateway_sample(), &[("bank", bank)]).map(drop).expect_err("files").to_string();
    assert!(said.contains("over call lines only"), "{said}");
}

#[test]
fn every_simulated_counterpart_can_play_everyone_without_a_script() {
    let everyone = serde_json::json!({ "everyone": {} });
    for plugin in plugins() {
        // The one that is described needs what its description's [auth] asks for.
        let secret =
            chakong_contract::manifest::SettingValue::Secret(chakong_contract::Secret::new("invented"));
        let settings =
            chakong_contract::Settings::of_examples(plugin.manifest.settings).with("secret", secret);
        if let Err(error) = (plugin.sandbox)(&everyone, &settings) {
            panic!("{}: {error}", plugin.manifest.id);
        }
    }
}
