//! The scenario: its counterparts with their scripts, its configuration files, and what it expects.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

use super::super::client::{Failed, Gateway};
use crate::config::{Role, digest_of};

/// The case as it is submitted.
pub(super) const CASE: &str = include_str!("../../../fixtures/cases/linfen.json");
const WORLD: &str = include_str!("../../../fixtures/cases/linfen.world.json");

/// The scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    counterparts: BTreeMap<String, Counterpart>,
    expected: Expected,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counterpart {
    connector: String,
    name_zh: String,
    name_en: String,
    line: String,
    settings: BTreeMap<String, Value>,
    script: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    held: String,
    measures_in_force: usize,
    accounts: usize,
    properties: usize,
    companies: usize,
    answered_queries: usize,
    refused: usize,
}

/// A key as the configuration has it. Administrators run no inquiries: everything that the demonstration does by itself is for the
/// others.
fn written(key: &str) -> String {
    let roles = Role::ALL.into_iter().filter(|(role, _)| !role.is_administrator());
    let roles = roles.map(|(_, word)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let digest = hex::encode(digest_of(key));
    format!("[[keys]]\nname = \"demo\"\nroles = [{roles}]\nsha256 = \"{digest}\"\n")
}

/// A new folder below the temporary folder.
pub(super) fn temporary_folder() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("chakong-demo-{}", uuid::Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

impl World {
    /// The scenario as it was built in.
    pub(super) fn read() -> Result<Self, String> {
        serde_json::from_str(WORLD).map_err(|error| format!("the scenario cannot be read: {error}"))
    }

    /// Scripts by counterpart.
    pub(super) fn scripts(&self) -> BTreeMap<String, Value> {
        self.counterparts.iter().map(|(name, each)| (name.clone(), each.script.clone())).collect()
    }

    /// Chinese names by counterpart.
    pub(super) fn names(&self) -> BTreeMap<String, String> {
        self.counterparts.iter().map(|(name, each)| (name.clone(), each.name_zh.clone())).collect()
    }

    /// Listens for each counterpart that is called, on a port that the system gives.
    pub(super) async fn listen(&self) -> Result<BTreeMap<String, TcpListener>, String> {
        let mut listeners = BTreeMap::new();
        for (name, _) in self.counterparts.iter().filter(|(_, each)| each.line == "call") {
            let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
            listeners.insert(name.clone(), listener);
        }
        Ok(listeners)
    }

    /// Writes the configuration into a folder, with the addresses that `listeners` have, and gives the API key.
    pub(super) fn write(
        &self,
        folder: &Path,
        listeners: &BTreeMap<String, TcpListener>,
    ) -> Result<String, String> {
        let put = |path: PathBuf, text: String| {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        let counterparts = folder.join("counterparts");
        std::fs::create_dir_all(&counterparts)
            .map_err(|error| format!("{}: {error}", counterparts.display()))?;
        let key = uuid::Uuid::new_v4().simple().to_string();
        put(
            folder.join("chakong.toml"),
            format!(
                "instance = \"demo\"\ncounterparts = \"counterparts\"\n\n[server]\nlisten = \"127.0.0.1:0\"\n\n\
                 [postbox]\nlisten = \"127.0.0.1:0\"\n\n[store]\n\
                 directory = \"data\"\nmin_free_mib = 1\n\n[log]\nfilter = \"error\"\n\n[sign_in]\nsecond_factor = []\n\n{}",
                written(&key)
            ),
        )?;
        for (name, counterpart) in &self.counterparts {
            put(
                counterparts.join(format!("{name}.toml")),
                counterpart.file(name, folder, listeners.get(name))?,
            )?;
        }
        Ok(key)
    }

    /// Where the outcome differs from what the scenario expects.
    pub(super) async fn compare(&self, gateway: &Gateway, id: &str) -> Result<Vec<String>, Failed> {
        let assets = gateway.get(&format!("/v1/inquiries/{id}/assets")).await?;
        let measures = gateway.get(&format!("/v1/inquiries/{id}/measures")).await?;
        let certificate = gateway.get(&format!("/v1/inquiries/{id}/certificate")).await?;
        let count = |value: &Value, list: &str, fits: &dyn Fn(&Value) -> bool| {
            value[list].as_array().map_or(0, |all| all.iter().filter(|each| fits(each)).count())
        };
        let of_kind = |kind: &str| count(&assets, "assets", &|each| each["asset"]["kind"] == kind);
        let queries = |state: &str| {
            count(&certificate, "orders", &|line| line["action"] == "query" && line["state"] == state)
        };
        let in_force = count(&measures, "measures", &|measure| measure["state"] == "in_force");
        let expected = &self.expected;
        let held = certificate["coverage"]["held"]["amount"].as_str().unwrap_or_default().to_owned();
        let mut differences = Vec::new();
        if held != expected.held {
            differences.push(format!("held {held}, expected {}", expected.held));
        }
        for (what, got, wanted) in [
            ("measures in force", in_force, expected.measures_in_force),
            ("accounts", of_kind("account"), expected.accounts),
            ("properties", of_kind("property"), expected.properties),
            ("companies", of_kind("company"), expected.companies),
            ("queries answered", queries("answered"), expected.answered_queries),
            ("queries refused", queries("refused"), expected.refused),
        ] {
            if got != wanted {
                differences.push(format!("{what}: {got}, expected {wanted}"));
            }
        }
        Ok(differences)
    }
}

impl Counterpart {
    fn file(&self, name: &str, folder: &Path, listener: Option<&TcpListener>) -> Result<String, String> {
        let quoted = |text: &str| Value::String(text.to_owned()).to_string();
        let mut file = format!("connector = {}\n", quoted(&self.connector));
        let mut line = |text: String| writeln!(file, "{text}").map_err(|error| error.to_string());
        line(format!(
            "name_zh = {}\nname_en = {}\n\n[line]\nkind = {}",
            quoted(&self.name_zh),
            quoted(&self.name_en),
            quoted(&self.line)
        ))?;
        match self.line.as_str() {
            "call" => {
                let listener = listener.ok_or("nobody listens for a counterpart that is called")?;
                let address = listener.local_addr().map_err(|error| error.to_string())?;
                line(format!("base_url = \"http://{address}\""))?;
            }
            "postbox" => line("path = \"/ckwWebService/SyyhConvertData\"".to_owned())?,
            _ => {
                let path =
                    |part: &str| quoted(&folder.join("parcels").join(name).join(part).to_string_lossy());
                line(format!(
                    "outgoing = {}\nincoming = {}\narchive = {}\npoll = \"50ms\"",
                    path("out"),
                    path("in"),
                    path("archive")
                ))?;
            }
        }
        line("\n[settings]".to_owned())?;
        for (key, value) in &self.settings {
            line(match secret_of(value) {
                Some(secret) => {
                    let file = folder.join(format!("{name}.{key}"));
                    std::fs::write(&file, secret).map_err(|error| format!("{}: {error}", file.display()))?;
                    format!("{key} = {{ file = {} }}", quoted(&file.to_string_lossy()))
                }
                None => format!("{key} = {value}"),
            })?;
        }
        Ok(file)
    }
}

/// A secret in the scenario is `{"secret": "…"}` and goes into a file of its own.
fn secret_of(value: &Value) -> Option<&str> {
    value["secret"].as_str()
}
