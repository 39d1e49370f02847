//! The sample configuration: complete, right, and true to the code's defaults; and `check` says everything at once.

use std::path::Path;
use std::process::Command;

use chakong::app::plugins;
use chakong::config::{Config, Problems, load};
use tempfile::TempDir;

use crate::tidy::root;

/// Its token comes from the environment, which a test cannot change in its own process.
pub(crate) const BY_ENVIRONMENT: &str = "tianyancha-by-environment";
/// Most lines of a sample that are neither blank nor a comment.
const LONGEST_SAMPLE: usize = 22;

/// Names of the samples in `config/counterparts`.
pub(crate) fn names() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("config/counterparts")).expect("the samples");
    let name = |path: std::path::PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.filter_map(|entry| name(entry.expect("an entry").path())).collect();
    names.sort();
    names
}

/// The files below `../secrets` that a text names.
pub(crate) fn secrets(text: &str) -> impl Iterator<Item = &str> {
    text.split("\"../secrets/").skip(1).filter_map(|rest| rest.split('"').next())
}

pub(crate) fn sample(name: &str) -> String {
    let path = root().join("config").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A gateway's file with keys that somebody has, as whoever copies it must put them in.
pub(crate) fn with_own_keys(text: &str) -> String {
    let digest = |key: &str| {
        chakong::config::digest_of(key).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let line = |(at, line): (usize, &str)| match line.starts_with("sha256 = ") {
        true => format!("sha256 = \"{}\"\n", digest(&format!("invented-{at}"))),
        false => format!("{line}\n"),
    };
    text.lines().enumerate().map(line).collect()
}

fn gateway_sample() -> String {
    with_own_keys(&sample("chakong.toml"))
}

fn counterpart_sample(name: &str) -> String {
    sample(&format!("counterparts/{name}.toml"))
}

/// A folder with a configuration: the gateway's file, the counterparts' files, and the secrets that they name.
pub(crate) fn folder(gateway: &str, counterparts: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for below in ["counterparts", "descriptions", "secrets"] {
        std::fs::create_dir(folder.path().join(below)).expect("a folder");
    }
    write(&folder.path().join("chakong.toml"), gateway);
    for secret in gateway.split("\"secrets/").skip(1).filter_map(|rest| rest.split('"').next()) {
        write(&folder.path().join("secrets").join(secret), "invented-token-0001\n");
    }
    write(&folder.path().join("holidays.toml"), include_str!("../../src/domain/rules/holidays.toml"));
    for description in ["vehicles.toml", "housing-fund.toml"] {
        let text = sample(&format!("descriptions/{description}"));
        write(&folder.path().join("descriptions").join(description), &text);
    }
    for (name, text) in counterparts {
        write(&folder.path().join(format!("counterparts/{name}.toml")), text);
        for secret in secrets(text) {
            write(&folder.path().join("secrets").join(secret), "invented-token-0001\n");
        }
    }
    folder
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
}

pub(crate) fn loaded(gateway: &str, counterparts: &[(&str, String)]) -> Result<Config, Problems> {
    load(&folder(gateway, counterparts).path().join("chakong.toml"), &plugins())
}

#[test]
fn every_sample_is_checked_without_a_problem() {
    let names = names();
    let samples: Vec<_> = names.iter().map(|name| (name.as_str(), counterpart_sample(name))).collect();
    let folder = folder(&gateway_sample(), &samples);
    let output = Command::new(env!("CARGO_BIN_EXE_chakong"))
        .args(["check", "--config"])
        .arg(folder.path().join("chakong.toml"))
        .env("CHAKONG_TIANYANCHA_TOKEN", "invented-token")
        .output()
        .expect("chakong check");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(names.iter().all(|name| said.contains(name)), "{said}");
}

#[test]
fn every_connector_has_a_sample() {
    for plugin in plugins() {
        let line = format!("connector = \"{}\"", plugin.manifest.id);
        assert!(names().iter().any(|name| counterpart_sample(name).contains(&line)), "no sample has {line}");
    }
}

#[test]
fn a_sample_holds_what_matters_and_the_reference_the_rest() {
    for name in
        names().into_iter().map(|name| format!("counterparts/{name}.toml")).chain(["chakong.toml".into()])
    {
        let text = sample(&name);
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert!(lines <= LONGEST_SAMPLE, "{name} has {lines} lines");
        let is_setting = |line: &&str| {
            let rest = line.trim_start_matches(['#', ' ']);
            line.starts_with('#')
                && rest.split_once(" = ").is_some_and(|(key, _)| !key.contains([' ', ':', '`']))
        };
        assert_eq!(text.lines().find(is_setting), None, "{name}: defaults stand in reference.toml");
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
fn in_a_house_of_several_courts_every_account_says_whose_it_is() {
    let account = |name: &str, courts: &str| {
        format!(
            "\n[[court_accounts]]\nname = \"{name}\"\n{courts}holder = \"测试法院\"\nnumber = \"99\"\nbank = \"测试银行\"\n"
        )
    };
    let said = |more: &str| {
        let folder = folder(&format!("{}{more}", gateway_sample()), &[]);
        load(&folder.path().join("chakong.toml"), &plugins()).map_err(|problems| problems.to_string())
    };
    let only = said(&account("main", "")).expect("one court has no need to say it");
    assert!(only.court_accounts[0].courts.are_all());
    let own = account("first", "courts = [\"T10\"]\n") + &account("second", "courts = [\"T11\", \"T12\"]\n");
    let accounts = said(&own).expect("each says it").court_accounts;
    assert!(
        accounts[0].courts.cover("T10")
            && !accounts[0].courts.cover("T11")
            && accounts[1].courts.cover("T12")
    );
    let others = "\n[[progress.courts]]\ncourt = \"T10\"\n[[progress.courts]]\ncourt = \"T11\"\n";
    for more in [own + &account("main", ""), account("main", "") + others] {
        let told = said(&more).expect_err("whose is it?");
        assert!(told.contains("`main` does not say whose account it is"), "{told}");
    }
    let told = said(&account("main", "courts = []\n")).expect_err("of no court");
    assert!(told.contains("names no court"), "{told}");
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
    let bank = sample("counterparts/example-bank.toml") + "[cache]\nage = \"1h\"\n";
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
