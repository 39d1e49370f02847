//! Every shipped sample of a counterpart works against its simulated counterpart, unchanged but for address and secret.

use std::path::Path;

use chakong::app::plugins;
use chakong::config::{Config, CounterpartConfig, load};
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, IdentityDocument, IdentityKind, Instruction, Money, Order, Reply};
use chakong_testkit::{drive, sample as orders};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::samples::{BY_ENVIRONMENT, sample, secrets, with_own_keys};
use crate::tidy::root;

/// Where the services of the public registers and vendors begin, as their operators publish it.
const PUBLISHED: [(&str, &[&str]); 4] = [
    ("companies-house", &["/company/", "/search/companies"]),
    ("gleif", &["/api/v1/lei-records"]),
    ("qichacha", &["/ECIV4/", "/ECIPartner/", "/ECIBranch/", "/JudicialAssistance/"]),
    ("tianyancha", &["/services/open/", "/services/v4/"]),
];
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the samples") {
        let entry = entry.expect("an entry");
        if entry.path().file_stem().is_some_and(|stem| stem != BY_ENVIRONMENT) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a sample");
        }
    }
}

/// The samples as they are shipped, in a folder with invented secrets.
fn shipped() -> (TempDir, Config) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for below in ["counterparts", "descriptions"] {
        copy(&root().join("config").join(below), &at(below));
    }
    std::fs::write(at("chakong.toml"), with_own_keys(&sample("chakong.toml"))).expect("the gateway's sample");
    std::fs::create_dir(at("secrets")).expect("a folder");
    for entry in std::fs::read_dir(at("counterparts")).expect("the samples") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a sample");
        for secret in secrets(&text) {
            std::fs::write(at("secrets").join(secret), "invented-secret-0001\n").expect("a secret");
        }
    }
    let config = load(&at("chakong.toml"), &plugins()).unwrap_or_else(|problems| panic!("{problems}"));
    (folder, config)
}

/// A query, or of a counterpart that cannot be queried a freeze.
fn order(counterpart: &CounterpartConfig) -> Order {
    let manifest = &counterpart.plugin.manifest;
    let kind = *manifest.identities.first().expect("a kind of identity document");
    let document = document(kind);
    if manifest.capability(ActionKind::Query).is_some() {
        let query = orders::query(manifest, "示例有限公司", document.clone());
        return Order { document, ..orders::about_a_stranger(&query, kind) };
    }
    let target = Target::Equity {
        company: "示例有限公司".to_owned(),
        company_code: None,
        registration_number: "000000000000017".to_owned(),
        subscribed: None,
        percent: None,
        shares: None,
    };
    let limit = Some(Money::yuan("10000.00".parse().expect("an amount")));
    let (from, until) = ("2026-01-05".parse().expect("a day"), "2029-01-04".parse().expect("a day"));
    let freeze = Instruction::Freeze { target, limit, from, until };
    let freeze = orders::order(manifest, "TESTFREEZE1", "示例有限公司", document.clone(), freeze);
    Order { document, ..orders::about_a_stranger(&freeze, kind) }
}

/// A document whose number the counterpart can have: a number of a register where that is all it knows.
fn document(kind: IdentityKind) -> IdentityDocument {
    match kind {
        IdentityKind::BusinessLicence => {
            IdentityDocument::BusinessLicence("00012345".parse().expect("a number"))
        }
        kind => orders::stranger(kind),
    }
}

/// A script in which whoever is asked about owns something.
fn script(counterpart: &CounterpartConfig, order: &Order) -> Value {
    match counterpart.plugin.manifest.id {
        id if id.starts_with("court-realty") => json!({ "everyone": { "properties": 1 } }),
        id if id.starts_with("market-regulator") => json!({ "companies": [{
            "name": "示例有限公司", "registration_number": "000000000000017",
            "holders": [{ "name": order.name, "number": order.document.number(), "subscribed": 3_500_000, "percent": "35" }],
        }] }),
        "declarative" => json!({ "everyone": { "plateNo": "示A00001", "state": "A" } }),
        _ => json!({ "everyone": {} }),
    }
}

/// What the simulated counterpart answers over the line of the sample.
fn answered(counterpart: &CounterpartConfig) -> Vec<Reply> {
    let name = counterpart.name.as_str();
    let order = order(counterpart);
    let script = script(counterpart, &order);
    let built = (counterpart.plugin.sandbox)(&script, &counterpart.settings);
    let mut sandbox = built.unwrap_or_else(|error| panic!("{name}: {error}"));
    let batch = drive::batch(vec![order]);
    let connector = &*counterpart.connector;
    let talk = match (counterpart.line.call(), connector.call(), sandbox.call()) {
        (Some(line), Some(call), Some(served)) => {
            let (_, below) = line.base_url.split_once("://").expect("an address");
            let base = below.find('/').map_or("", |at| &below[at..]);
            drive::talk(call, &batch, |_, request, now| {
                let path = format!("{base}{}", request.path);
                if let Some((_, published)) = PUBLISHED.iter().find(|(known, _)| name.starts_with(known)) {
                    assert!(
                        published.iter().any(|start| path.starts_with(start)),
                        "{name}: {path} is not published"
                    );
                }
                drive::serve(served, request, now)
            })
        }
        _ => drive::converse(connector, &mut *sandbox, &batch),
    };
    let talk = talk.unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(!talk.reads().is_empty(), "{name}: {:?}", talk.end);
    let replies = talk.reads().iter().map(|read| match &read.content {
        chakong_contract::connector::ReadContent::Answer(answer) => answer.reply.clone(),
        other => panic!("{name}: {other:?}"),
    });
    replies.collect()
}

#[test]
fn every_shipped_counterpart_is_answered_by_its_sandbox() {
    let (_folder, config) = shipped();
    let shipped = std::fs::read_dir(root().join("config/counterparts")).expect("the samples").count();
    assert_eq!(config.counterparts.len(), shipped - 1, "all but the one by environment");
    for counterpart in &config.counterparts {
        for reply in answered(counterpart) {
            let done = matches!(reply.outcome(), "found" | "partial" | "held" | "partly_held" | "accepted");
            assert!(done, "{}: {reply:?}", counterpart.name);
        }
    }
}
